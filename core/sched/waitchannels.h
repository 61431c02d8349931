// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/observer.h"
#include "core/sched/schedevent.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// Looks at what blocked threads wait for, where the kernel lets their owner know: the number of the
/// system call (/proc/PID/task/TID/syscall) and the kernel's function (wchan).
///
/// At a low rate: a thread is looked at once in a wait, and only when it has waited for kLookAfter; all
/// together at most kMostLooks a second (10 us each: below 1 % of a core). What is found is a sample:
/// it is marked as such wherever it is shown.
///
/// Owned by the collector; thread: the collector's. Source: proc(5), "/proc/pid/syscall",
/// "/proc/pid/wchan"; both need PTRACE_MODE_ATTACH_FSCREDS or READ_FSCREDS, which the own children's
/// owner has unless they are setuid or not dumpable: then nothing is told.
class WaitChannels
{
public:
    static constexpr DurationNs kLookAfter = 4 * kMillisecond;
    static constexpr int kMostLooks = 500; ///< a second

    /// \param source KernelWide: only addRoot()'s thread, those that were Found and what they make are
    /// looked at; Kernel: every thread is; with the others no wait is known, and nothing is done.
    explicit WaitChannels(Source source = Source::Kernel);

    /// The root of the run; needed in the whole-machine tier only.
    void addRoot(pid_t pid);
    /// Every event that was drained, in order of time within its core. Cost: O(1).
    void add(const SchedEvent &event);
    /// Looks at those that are due now. Appends WaitSeen events to `out`: their `time` is after the look.
    void collect(TimestampNs now, std::vector<SchedEvent> &out);

    /// The reason (a WaitReason) that a line of /proc/.../syscall and one of wchan tell, or nothing.
    /// x86-64, aarch64 and riscv64 numbers; elsewhere wchan alone is understood.
    [[nodiscard]] static std::optional<std::uint8_t> reasonOf(std::string_view syscallLine,
                                                              std::string_view wchan);

private:
    struct Thread {
        pid_t pid = 0;
        TimestampNs since = 0; ///< its newest record: when its wait began, if it waits
        bool isWaiting = false;
        bool isSeen = false; ///< in this wait
        bool isQueued = false;
    };
    struct Due {
        TimestampNs time = 0;
        pid_t tid = 0;
    };

    void endThreads(pid_t pid);
    static void look(pid_t tid, const Thread &thread, std::vector<SchedEvent> &out);

    const bool m_isWholeMachine;
    const bool m_isOff;
    std::unordered_map<pid_t, Thread> m_threads;
    std::deque<Due> m_due; ///< at most one for each thread, about in order of time
    TimestampNs m_earnedUntil = 0;
    int m_looks = 0; ///< that may be made
};

} // namespace Interleave
