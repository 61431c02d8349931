// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QThreadPool>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace Interleave
{

/// A QThreadPool with its threads made at once, whose jobs are counted, and which copes with a system
/// that gives fewer threads than wanted.
///
/// QThreadPool itself loses a job, and then waits for ever, when its thread cannot be created. So each
/// thread is created with a job that waits until all are there, and a refusal is noticed by Qt's
/// warning. The threads are named "worker 1", ... and record Wait(Idle) while no job is left.
/// Thread: jobBegins(), jobDone() and currentWorker() by jobs; the rest by the owner. Jobs must not be
/// destroyed before the pool.
class JobPool
{
public:
    explicit JobPool(int threads);
    ~JobPool();
    JobPool(const JobPool &) = delete;
    JobPool &operator=(const JobPool &) = delete;

    /// How many threads there are; fewer than wanted where the system refused.
    [[nodiscard]] int threads() const { return m_threads; }
    /// How many more jobs will come: before the first of them is started.
    void expect(std::uint32_t jobs) { m_expected.fetch_add(jobs, std::memory_order_relaxed); }
    /// Hands a preallocated job to the pool's queue. Only when there are threads.
    void start(QRunnable *job) { m_pool->start(job); }
    /// Until all expected jobs are done. Not ended by a stop request: the jobs are.
    void waitUntilDone();

    /// The first and the last thing that a job does.
    void jobBegins();
    void jobDone();
    /// Number of the pool's thread that calls, from 0.
    [[nodiscard]] static int currentWorker();

private:
    class Opener;

    void createThreads(int wanted);

    std::vector<std::unique_ptr<QRunnable>> m_openers; ///< before the pool: it must be gone first
    std::unique_ptr<QThreadPool> m_pool;
    int m_threads = 0;
    bool m_wasRefused = false;
    std::atomic<std::uint32_t> m_gate{0};
    std::atomic<std::uint32_t> m_expected{0};
    std::atomic<std::uint32_t> m_begun{0};
    std::atomic<std::uint32_t> m_done{0};
};

} // namespace Interleave
