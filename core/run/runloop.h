// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/collector.h"
#include "core/run/enginehostprocess.h"
#include "core/run/runcontroller.h"
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
///   idle --start--> running --host ended--> idle
///   running --stop, 60 s, or the window closes--> stopping: stop flag, 500 ms, SIGTERM to the group,
///   1 s, SIGKILL; then every descendant is reaped
class RunLoop
{
public:
    struct Callbacks { // called on the collector's thread
        std::function<void(std::shared_ptr<const Trace>)> started;
        std::function<void(const std::vector<PrintedLine> &)> printed;
        std::function<void(const RunReport &)> finished;
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
    void prepare(bool background);
    void start(const RunRequest &request);
    Result<EngineHostProcess> takeHost(const RunRequest &request);
    Result<void> launch(ActiveRun &run);
    void failToStart(const RunRequest &request, const Error &error);
    void requestStop(bool timedOut);
    void tick();
    void measureMemory();
    void handle(const Message &message);
    void climbLadder();
    void finishRun(const EngineHostProcess::Exit &exit);
    void fillOutcome(RunReport &report, const EngineHostProcess::Exit &exit) const;
    [[nodiscard]] static std::string enginePath(const char *name);

    Callbacks m_callbacks;
    UniqueFd m_wake;
    std::mutex m_mutex;
    std::deque<std::function<void()>> m_commands; ///< guarded by m_mutex
    bool m_quit = false;
    std::optional<EngineHostProcess> m_spare;
    bool m_spareLowered = false;
    std::unique_ptr<ActiveRun> m_run;
    std::uint64_t m_unitsPerMs = 0;
    UniqueFd m_keeper;
};

} // namespace Interleave
