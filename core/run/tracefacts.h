// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What has become known of processes and threads from elsewhere than the kernel's records.
///
/// A trace learns of a process some milliseconds late, when its horizon has passed the creation; and an
/// exec that is still ahead of it would undo what is told now. So a fact waits until the horizon has
/// passed its time and its process or thread is there; one that waits for longer than kLongestWait is
/// left out. Of one process at most kMostOfOne wait, so that whatever one says, the others have room.
/// Thread: the collector's. Cost: O(facts that wait) a settle().
class TraceFacts
{
public:
    explicit TraceFacts(Trace &trace);

    void ofProcess(pid_t pid, TimestampNs time, std::function<void(ProcessInfo &)> apply);
    /// Of thread `tid` of process `pid`: of another process's, nothing is taken.
    void ofThread(pid_t pid, pid_t tid, TimestampNs time, std::function<void(ThreadInfo &)> apply);
    /// Applies what can be.
    void settle(TimestampNs now);
    /// Nothing will be added to the trace any more: applies all that has found its place.
    void finish();

    /// The newest life of a process with that number, or kNoProcess.
    [[nodiscard]] ProcessIndex processOf(pid_t pid);

    static constexpr DurationNs kLongestWait = 2 * kSecond;
    /// Facts for which there was no room.
    [[nodiscard]] std::uint64_t leftOut() const { return m_leftOut; }

    static constexpr std::size_t kMostWaiting = 20'000;
    /// More than a program of some thousand threads tells between two samples of the sampled tier.
    static constexpr std::size_t kMostOfOne = 5'000;

private:
    struct Fact {
        TimestampNs time = 0;
        pid_t pid = 0;
        pid_t tid = 0; ///< 0: of the process
        std::function<void(ProcessInfo &)> ofProcess;
        std::function<void(ThreadInfo &)> ofThread;
    };
    void add(Fact fact);
    void learnLives();
    bool apply(const Fact &fact);
    void noteGone(pid_t pid);

    Trace &m_trace;
    std::vector<Fact> m_waiting; ///< in the order in which they came
    std::unordered_map<pid_t, std::size_t> m_waitingOf; ///< how many, by process
    std::uint64_t m_leftOut = 0;
    std::unordered_map<pid_t, ProcessIndex> m_processes; ///< the newest by number
    std::unordered_map<pid_t, ThreadIndex> m_threads;
    ProcessIndex m_knownProcesses = 0;
    ThreadIndex m_knownThreads = 0;
};

} // namespace Interleave
