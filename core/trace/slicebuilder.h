// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/event.h"
#include "core/sched/schedevent.h"
#include "core/trace/trace.h"
#include "core/trace/waitforgraph.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// Joins what the kernel says about threads with what the recorder says about tasks.
///
/// Two streams go in, out come slices on core, thread and task tracks; O(n) in the number of inputs,
/// O(threads + tasks) of memory. Inputs may be added in any order; process() sorts what lies before
/// the horizon and keeps the rest.
///
///   thread:  [unknown] --SwitchIn--> running --SwitchOut(preempted)--> runnable --SwitchIn--> running
///                                    running --SwitchOut-------------> blocked(reason of the open Wait)
///                                    any ----Exit--> closed
///   object:  held by its holders and waited for by its waiters; a new piece whenever one of them
///            changes (Acquire, Release, Wait and Suspend that name it, and their ends)
///   task:    Queued -> queued; Begin/Chain/Resume on a thread -> that thread's state is the task's
///            state; Suspend -> suspended; End/Cancelled/Failed -> closed
///
/// Rules (kernel.md, section 2): Exit closes the interval, no SwitchOut follows; a first SwitchOut
/// without SwitchIn means that the thread ran since it is known; a thread is (tid, life), a reused tid
/// is a new thread; Exec re-opens tid == pid and closes the other threads of that pid; Lost forgets
/// what was running on that core and draws a Lost slice; nothing is ever retracted.
/// Woken (it must be added before process() passes its time) splits the blocked piece that ends then:
///            blocked --its time less readyNs--> runnable (derived) --SwitchIn--> running
/// Too late for that, and WokenSum, it only moves time from blocked to runnable in the totals.
/// GlobalLockWait (it must be added before process() passes its time) and WaitSeen give blocked pieces
/// the reason that no recorder has given, and mark them as derived.
/// Found is a thread that was there before: blocked (derived) or unknown from then on, until a switch
/// tells; a first SwitchOut says, as above, that it ran since.
/// A process is (pid, life): it begins with its first thread, ends with its last, and stays the same
/// one over an Exec.
/// In the whole-machine tier only threads that descend from a root belong to the run; the others give
/// Others slices on core tracks.
/// Thread: the collector's.
class SliceBuilder
{
public:
    SliceBuilder(Trace &trace, const std::vector<CoreId> &cores, Source source);
    ~SliceBuilder();

    /// From now on each thread of the run gets a task that stands for it (Trace::defineThreadTask): it
    /// begins when the thread is created, or found, or when the root executes its program, and ends with
    /// the thread; what the recorder tells of tasks covers it, and is in none of its sums. What still
    /// lives at the end stays TaskOutcome::Running; tasks of a process end with it. Call before addRoot().
    /// \param takeTaskId gives a number that was never given before, or kNoTask.
    void setThreadsAreTasks(std::function<TaskId()> takeTaskId);

    /// The held engine host: its threads and what they create belong to the run.
    void addRoot(pid_t pid, TimestampNs since, const char *name);

    void addSched(const SchedEvent &event);
    /// \param time of the event, converted. \param tid of the ring's owner.
    void addRecord(const Event &event, TimestampNs time, pid_t pid, pid_t tid);

    /// Everything added with a time before `horizon` becomes slices; open ones are published as open.
    /// An event that comes with a time before an earlier horizon is moved to it and counted as late.
    void process(TimestampNs horizon);
    /// The run is over: closes everything at `end`.
    void finish(TimestampNs end);

    [[nodiscard]] std::uint64_t recordedEvents() const;
    /// The first circle of tasks that wait for each other, once process() has come upon it. One that
    /// could still dissolve by itself (Deadlock::needsSettling) counts from kSettleNs on.
    [[nodiscard]] const std::optional<Deadlock> &deadlock() const;
    static constexpr DurationNs kSettleNs = 40 * kMillisecond;
    /// Where many wait, it is looked for only so often. A pitch, a tick of 20 ms and the margin are less
    /// than the 100 ms within which a deadlock has to be told.
    static constexpr DurationNs kLookPitch = 50 * kMillisecond;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace Interleave
