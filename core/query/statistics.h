// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <string>
#include <vector>

namespace Interleave
{

/// Distribution of durations in nanoseconds. `count` of them are known one by one and make up the first
/// three numbers; `total` may also contain some of which only the sum is known.
struct Percentiles {
    DurationNs p50 = 0;
    DurationNs p99 = 0;
    DurationNs max = 0;
    DurationNs total = 0;
    std::uint64_t count = 0;
};

struct CoreStatistics {
    CoreId core = kNoCore;
    DurationNs busy = 0; ///< with this run's threads
    DurationNs others = 0; ///< with other programs; 0 where the source cannot know
    DurationNs stolen =
        0; ///< wanted, but given to other virtual machines (/proc/stat, 10 ms ticks)
};

struct TaskStatistics {
    TaskId id = kNoTask;
    TaskId parent = kNoTask; ///< that created it; none: nobody did, or nobody knows
    std::string name;
    TaskKind kind = TaskKind::Thread;
    pid_t pid = 0;
    pid_t tid = 0;
    TaskOutcome outcome = TaskOutcome::NeverStarted;
    TimestampNs start = 0; ///< since the trace's origin
    TimestampNs end = 0;
    DurationNs running = 0, runnable = 0, blocked = 0, suspended = 0, queued = 0;
    std::uint64_t voluntary = 0, involuntary = 0, migrations = 0;
};

/// The numbers of one run. All times in ns; see DESIGN.md, section 8, for their meaning.
struct RunStatistics {
    DurationNs wall = 0; ///< first task's submission to last task's end
    DurationNs cpu = 0; ///< on cores within wall, all of the run's threads
    double parallelism = 0; ///< cpu / wall
    int peakParallelism = 0; ///< most of the run's tasks on cores at once
    DurationNs overlap = 0; ///< two or more of the run's tasks on cores at once
    DurationNs spawn = 0; ///< mean of submission to begin, over tasks that began
    std::uint64_t voluntary = 0, involuntary = 0, migrations = 0;
    /// The tasks' waits for a core: after preemptions, and after wake-ups (measured, see WakeDelay).
    Percentiles runQueueWait;
    TimeSpan span; ///< absolute: [first submission, last end)
    std::vector<CoreStatistics> cores;
    std::vector<TaskStatistics> tasks;
};

/// Walks the slices of a snapshot once. Thread: any. Cost: O(slices).
/// \param mostTasks tasks beyond are summed up, but not listed.
[[nodiscard]] RunStatistics computeStatistics(const TraceSnapshot &snapshot,
                                              std::size_t mostTasks = 100'000);

} // namespace Interleave
