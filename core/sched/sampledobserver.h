// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"
#include "core/sched/observer.h"
#include "core/sched/processtree.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

/// The fallback where perf is refused: reads schedstat and stat of every thread of the tree.
///
/// Emits SchedEventKind::Sampled per thread and interval in which it ran or waited: totals are right,
/// placement is not, so nothing of it may be drawn as a crisp slice. Also emits Fork, Name and Exit as
/// seen between two samples. The rate falls with the number of threads to stay below 5 % of a core:
/// 1 kHz for 8, 250 Hz for 64, 50 Hz beyond (kernel.md, section 3), and further when samples turn
/// out to be dear: down to one a second with some 10 000 threads. A thread that was new in a sample
/// carries Fork at the time of the sample before it. A process that begins and ends between two samples
/// is not seen.
/// One owner, one thread.
class SampledObserver final : public Observer
{
public:
    /// What the root does when it is first looked at.
    enum class Start {
        Held, ///< nothing: it has one thread, which is known to who asked
        Running ///< what is there is told by Found events, the root too
    };
    explicit SampledObserver(pid_t rootPid, Start start = Start::Held);
    ~SampledObserver() override;

    [[nodiscard]] Source source() const override { return Source::Sampled; }
    /// Takes a sample when one is due.
    void drain(std::vector<SchedEvent> &out) override;
    [[nodiscard]] TimestampNs safeUntil() const override { return m_lastSample; }
    [[nodiscard]] const std::vector<CoreId> &cores() const override { return m_cores; }

private:
    /// One thread; its files in /proc stay open, so that a sample costs a pread each.
    struct Thread {
        pid_t pid = 0;
        UniqueFd schedstat;
        UniqueFd stat;
        UniqueFd children;
        std::uint64_t ranNs = 0;
        std::uint64_t readyNs = 0;
        std::string name;
        bool isSeen = false;
        bool hasEnded = false; ///< a zombie: reported, but still listed
    };
    /// One process and who created it. Stays known when its parent ends before it does.
    struct Process {
        pid_t parentPid = 0;
        pid_t parentTid = 0;
        bool isSeen = false;
    };
    using Threads = std::map<pid_t, Thread>;

    void sampleTree(std::vector<SchedEvent> &out);
    void sampleProcess(pid_t pid, std::vector<SchedEvent> &out);
    void sampleThread(pid_t pid, pid_t tid, std::vector<SchedEvent> &out);
    void reportProgress(pid_t tid, Thread &thread, std::uint64_t ran, std::uint64_t ready,
                        std::vector<SchedEvent> &out);
    void reportFork(pid_t pid, pid_t tid, std::vector<SchedEvent> &out) const;
    void reportFound(pid_t tid, Thread &thread, std::vector<SchedEvent> &out) const;
    void findChildren(pid_t tid, Thread &thread);
    [[nodiscard]] std::optional<ThreadStatus> statusOf(pid_t tid, Thread &thread) const;
    [[nodiscard]] bool keepsFiles() const;
    void setInterval(DurationNs cost);

    pid_t m_root;
    Start m_start;
    std::map<pid_t, Process> m_processes;
    Threads m_threads;
    std::vector<pid_t> m_toVisit;
    std::vector<SchedEvent> m_pending; ///< what was there at the start, for the first drain()
    std::vector<CoreId> m_cores;
    TimestampNs m_lastSample = 0;
    TimestampNs m_now = 0;
    DurationNs m_interval = kMillisecond;
    bool m_isFirst = true;
    unsigned m_samples = 0;
};

/// The last resort: knows the cores, reports nothing. Tasks are then drawn from their own events only.
class EventsOnlyObserver final : public Observer
{
public:
    EventsOnlyObserver();
    [[nodiscard]] Source source() const override { return Source::Events; }
    void drain(std::vector<SchedEvent> &out) override;
    [[nodiscard]] TimestampNs safeUntil() const override { return m_now; }
    [[nodiscard]] const std::vector<CoreId> &cores() const override { return m_cores; }

private:
    std::vector<CoreId> m_cores;
    TimestampNs m_now = 0;
};

} // namespace Interleave
