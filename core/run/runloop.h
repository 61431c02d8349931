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
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace Interleave
{

/// What the collector's thread does: waits, drains, ends runs. One per RunController.
///
/// Thread: loop() runs on the collector's thread; post() may be called from any.
///
///   idle --start--> getting ready --the host is ready--> running --it is over--> idle
///   getting ready --stop, 10 s, the host ends or the window closes--> idle; the host is killed
///   running --stop, a limit, a deadlock that has been shown--> stopping, by the StopLadder
///           --it is over, or given up--> idle
///   running --the window closes--> idle; everything is killed
///
/// A task set is over when its engine has ended; every descendant of that is then ended and reaped.
/// Its limit is kLongestRun. A command is over when it has ended and all that it has started has,
/// too, or kGrace later, unless it is to be followed: what still runs then goes on. When it is
/// stopped, it is over when nothing of it runs. A deadlock of it is told, and left to the person; so
/// is a standstill that is only suspected.
/// An attached process is over when it ends or when the recording is stopped, which it does not
/// notice. A recording that has grown to RunRequest::largestTrace ends its run as a stop does; of a
/// command the program is stopped, too, because what it does then could not be told any more.
class RunLoop
{
public:
    struct Callbacks { // called on the collector's thread
        std::function<void(std::shared_ptr<const Trace>)> started;
        std::function<void(const std::vector<PrintedLine> &)> printed;
        std::function<void(const QString &)> deadlockFound; ///< at most once for every start
        std::function<void(DurationNs)> standstillSuspected;
        /// Once after each standstillSuspected; false: it is only not watched any more.
        std::function<void(bool hasMoved)> standstillOver;
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
    /// So long the recording waits for what a command has left running.
    static constexpr DurationNs kGrace = kSecond;
    /// More than any task set tells; further ones are counted.
    static constexpr int kMostResults = 1'000;

private:
    struct ActiveRun;
    enum class StopReason { Asked, TookTooLong, GrewTooLarge };
    void post(std::function<void()> command);
    void runCommands();
    void wait();
    [[nodiscard]] static std::string enginePath(const char *name);

    // Up to the release (runloop.cpp).
    void prepare(bool background);
    void start(RunRequest request);
    Result<std::unique_ptr<RunHost>> takeHost(const RunRequest &request);
    void getReady();
    [[nodiscard]] bool isLoadKnown();
    void watchLoadWhileIdle();
    Result<void> launch(ActiveRun &run, std::uint64_t unitsPerMs);
    void requestStop(StopReason reason);
    void endBeforeRelease(RunOutcome outcome, const QString &message);
    /// \param status for the shell, of a command.
    void tellThatItNeverRan(const RunRequest &request, RunOutcome outcome, const QString &message,
                            std::optional<int> status = {});

    // Of a command or an attached process (runloop_command.cpp).
    static Result<void> findProgramOfSet(RunRequest &request);
    bool isRefused(const RunRequest &request);
    static Result<std::unique_ptr<RunHost>> makeCommandHost(const RunRequest &request);
    void describeCommand();
    [[nodiscard]] bool hasFamilyEnded();
    void reapOrphans();
    void placeMarks(bool isOver);
    void fillCommandReport();
    void fillCommandOutcome();

    // While it runs (runloop_watch.cpp).
    void watch();
    [[nodiscard]] bool isOver();
    void hear(bool isOver);
    void handle(const Message &message);
    void addResult(const Message &message);
    void noteChild(const Message &message);
    void tellLines();
    void measureMemory();
    void watchLimits();
    void climbLadder();
    void watchForDeadlock(); // runloop_deadlock.cpp
    void watchForStandstill(); // runloop_deadlock.cpp
    void endStandstill(); // runloop_deadlock.cpp

    // Its end (runloop_end.cpp).
    void finishRun();
    void fillReport();
    void fillOutcome();
    void tellWhatIsLeftOut();
    void closeLines();

    Callbacks m_callbacks;
    UniqueFd m_wake;
    std::mutex m_mutex;
    std::deque<std::function<void()>> m_commands; ///< guarded by m_mutex
    bool m_quit = false;
    std::unique_ptr<EngineHostProcess> m_spare;
    bool m_spareLowered = false;
    std::unique_ptr<ActiveRun> m_run;
    std::uint64_t m_unitsPerMs = 0;
    BusyCheck m_busy; ///< what else the machine did before the next run
    UniqueFd m_keeper;
};

} // namespace Interleave
