// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/collector.h"
#include "core/run/enginehostprocess.h"
#include "core/run/runcontroller.h"
#include "core/sched/busycheck.h"
#include "core/sched/machineload.h"

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace Interleave
{

/// What the collector's thread does: waits, drains, ends runs. One per RunController.
///
/// Thread: loop() runs on the collector's thread; post() may be called from any.
///
///   idle --start--> getting ready --the engine is ready--> running --host ended--> idle
///   getting ready --stop, 10 s, the engine ends or the window closes--> idle; the engine is killed
///   running --stop, 60 s, a deadlock that has been shown--> stopping, by the StopLadder --host ended, or given up--> idle
///   running --the window closes--> idle; everything is killed
/// Whenever a host has ended, every descendant of it is ended and reaped, too.
class RunLoop
{
public:
    struct Callbacks { // called on the collector's thread
        std::function<void(std::shared_ptr<const Trace>)> started;
        std::function<void(const std::vector<PrintedLine> &)> printed;
        std::function<void(const QString &)> deadlockFound; ///< at most once for every start
        std::function<void(const RunReport &)> finished; ///< once for every start
    };

    explicit RunLoop(Callbacks callbacks);
    ~RunLoop();

    void loop();

    void postPrepare(bool background);
    void postStart(const RunRequest &request);
    void postStop();
    void postQuit();

    /// A run that lasts longer is ended ("timed-out"), whatever it does (CATALOGUE.md).
    static constexpr DurationNs kLongestRun = 60 * kSecond;

private:
    struct ActiveRun;
    void post(std::function<void()> command);
    void runCommands();
    void wait();
    [[nodiscard]] static std::string enginePath(const char *name);

    // Up to the release (runloop.cpp).
    void prepare(bool background);
    void start(const RunRequest &request);
    Result<EngineHostProcess> takeHost(const RunRequest &request);
    void getReady();
    [[nodiscard]] bool isLoadKnown();
    void watchLoadWhileIdle();
    Result<void> launch(ActiveRun &run, std::uint64_t unitsPerMs);
    void requestStop(bool timedOut);
    void endBeforeRelease(RunOutcome outcome, const QString &message);
    void tellThatItNeverRan(const RunRequest &request, RunOutcome outcome, const QString &message);

    // While it runs (runloop_watch.cpp).
    void watch();
    void hear(bool isOver);
    void handle(const Message &message);
    void noteChild(const Message &message);
    void tellLines();
    void measureMemory();
    void climbLadder();
    void watchForDeadlock(); // runloop_deadlock.cpp

    // Its end (runloop_end.cpp).
    /// \param exit nothing: the host could not be ended.
    void finishRun(const std::optional<EngineHostProcess::Exit> &exit);
    void fillReport();
    void fillOutcome(const std::optional<EngineHostProcess::Exit> &exit);
    void closeLines();

    Callbacks m_callbacks;
    UniqueFd m_wake;
    std::mutex m_mutex;
    std::deque<std::function<void()>> m_commands; ///< guarded by m_mutex
    bool m_quit = false;
    std::optional<EngineHostProcess> m_spare;
    bool m_spareLowered = false;
    std::unique_ptr<ActiveRun> m_run;
    std::uint64_t m_unitsPerMs = 0;
    BusyCheck m_busy; ///< what else the machine did before the next run
    UniqueFd m_keeper;
};

} // namespace Interleave
