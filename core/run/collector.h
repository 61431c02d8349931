// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/record/helperboard.h"
#include "core/record/sharedrings.h"
#include "core/record/tickclock.h"
#include "core/run/commandfollower.h"
#include "core/sched/observer.h"
#include "core/sched/privilegedexec.h"
#include "core/sched/wakedelay.h"
#include "core/trace/slicebuilder.h"
#include "core/trace/trace.h"

#include <functional>
#include <memory>
#include <vector>

namespace Interleave
{

/// Brings what the rings and the kernel have to the trace: hop 1 and 2 of DESIGN.md, section 2.
///
/// Thread: one owner. tick() every 5 ms at most; it never sleeps. Cost: O(events).
class Collector
{
public:
    /// \param firstPair a clock pair older than every event.
    /// \param board  of a command with language helpers; it must outlive this.
    Collector(std::shared_ptr<Trace> trace, const SharedRings &rings,
              std::unique_ptr<Observer> observer, ClockPair firstPair,
              HelperBoard *board = nullptr);
    ~Collector();

    /// The run is one of a person's program, or of a process that is attached to: its threads are tasks,
    /// its processes are described, and why they wait is looked for. Call before addRoot().
    void followCommand();
    /// The held process; call before its release.
    void addRoot(pid_t pid, const char *name);
    /// One drain of everything: what is older than the safe horizon becomes slices.
    /// \param beforeJoin runs between the drain and the join: what the engine said before an event was
    /// stamped (the definition of its task) is in its pipe by then.
    void tick(const std::function<void()> &beforeJoin = {});
    /// The run is over and nothing writes any more: the rest becomes slices and the trace is finished.
    void finish(TimestampNs end);

    [[nodiscard]] const Observer &observer() const { return *m_observer; }
    /// Programs that the kernel stopped to show, one sentence each.
    [[nodiscard]] const std::vector<std::string> &remarks() const
    {
        return m_privileged.sentences();
    }
    [[nodiscard]] std::uint64_t recordedEvents() const { return m_recorded; }
    [[nodiscard]] std::uint64_t droppedEvents() const;
    /// Of a command: names and the like of its processes and threads for which there was no room.
    [[nodiscard]] std::uint64_t factsLeftOut() const
    {
        return m_command ? m_command->factsLeftOut() : 0;
    }
    /// Of a command: names of its helpers' tasks that are missing, more than a trace keeps.
    [[nodiscard]] std::uint64_t taskNamesLeftOut() const
    {
        return m_command ? m_command->taskNamesLeftOut() : 0;
    }
    /// The first circle of tasks that wait for each other, or nullptr. Certain: while events are
    /// missing, none is told.
    [[nodiscard]] const Deadlock *deadlock() const;
    [[nodiscard]] std::uint64_t lostRecords() const { return m_observer->lostRecords(); }
    /// Records may not be later than this behind their stamp (kernel.md, section 2: at most 182 us).
    static constexpr DurationNs kMargin = kMillisecond;

private:
    TimestampNs drain();
    void addRecords();
    void nameForeignThreads();

    std::shared_ptr<Trace> m_trace;
    const SharedRings &m_rings;
    std::unique_ptr<Observer> m_observer;
    HelperBoard *m_board;
    RingReader m_reader;
    TickConverter m_converter;
    SliceBuilder m_builder;
    PrivilegedExecDetector m_privileged;
    WakeDelay m_wakeDelay;
    std::unique_ptr<CommandFollower> m_command; ///< nullptr: the run of a task set
    std::vector<Event> m_events;
    std::vector<RingReader::DrainedRing> m_drained;
    std::vector<SchedEvent> m_sched;
    std::vector<SchedEvent> m_woken;
    std::uint64_t m_recorded = 0;
    std::uint64_t m_impossible = 0; ///< events stamped before the run
    const TimestampNs m_since; ///< no event is older
    ThreadIndex m_namedThreads = 0; ///< threads below have been looked at
};

} // namespace Interleave
