// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/stoppablewait.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// How many jobs of a JobPool are to come, have begun and are done, and the wait until all are done.
///
/// More may be expected at any time, also while those before them end. Each operation is O(1), and a
/// system call only where the last job ends and where somebody waits for it. Thread: any.
class JobCount
{
public:
    JobCount() = default;
    JobCount(const JobCount &) = delete;
    JobCount &operator=(const JobCount &) = delete;

    /// How many more will come: before the first of them is started.
    void expect(std::uint32_t jobs) { m_expected.fetch_add(jobs, std::memory_order_relaxed); }
    /// One of those will not come. While no job can end.
    void expectOneLess() { m_expected.fetch_sub(1, std::memory_order_relaxed); }
    [[nodiscard]] std::uint32_t expected() const
    {
        return m_expected.load(std::memory_order_relaxed);
    }

    void oneBegins() { m_begun.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] bool haveBegun(std::uint32_t jobs) const
    {
        return m_begun.load(std::memory_order_relaxed) >= jobs;
    }

    /// The last thing that a job does. After its count, this object may be gone: nothing in it is read.
    /// \param seen what the job has read in expected(); there may be more by now
    void oneIsDone(std::uint32_t seen)
    {
        // release: pairs with the acquire in waitUntilDone(), so that the job's results are visible.
        // At least: a job that was expected later may have been counted before this one. Then this
        // one is the last, with more jobs done than it knows of. Waking too often does no harm.
        if (m_done.fetch_add(1, std::memory_order_acq_rel) + 1 >= seen)
            wakeWord(m_done);
    }
    /// One that will never run. By a job that is not done yet: so nobody has to be woken.
    void oneIsLost()
    {
        oneBegins();
        m_done.fetch_add(1, std::memory_order_acq_rel);
    }
    /// Until all expected jobs are done. Not ended by a stop request: the jobs are.
    void waitUntilDone() const
    {
        static std::atomic<std::uint32_t> never{0}; // a stop word that nobody sets
        for (;;) {
            const std::uint32_t done = m_done.load(std::memory_order_acquire);
            if (done >= expected())
                return;
            waitWhileEqual(m_done, done, never);
        }
    }

private:
    std::atomic<std::uint32_t> m_expected{0};
    std::atomic<std::uint32_t> m_begun{0};
    std::atomic<std::uint32_t> m_done{0};
};

} // namespace Interleave
