// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/jobcount.h"
#include "core/engine/work/blockingscope.h"

#include <QThreadPool>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace Interleave
{

/// A QThreadPool with its threads made at once, whose jobs are counted, and which copes with a system
/// that gives fewer threads than wanted.
///
/// QThreadPool itself loses a job, and then waits for ever, when its thread cannot be created. So each
/// thread is created with a job that waits until all are there, and a refusal is noticed by Qt's
/// warning. The threads are named "worker 1", ... and record Wait(Idle) while no job is left.
///
/// As the carrier of its jobs it gives the place of one that waits to the next in the queue, for which
/// QThreadPool may start a further thread; a thread too many ends when its job does.
/// Thread: jobBegins(), jobDone(), currentWorker(), waitBegins() and waitEnds() by jobs; the rest by the
/// owner. Jobs must not be destroyed before the pool.
class JobPool final : public TaskCarrier
{
public:
    /// When the threads take their first jobs. QThreadPool gives a job to an idle thread without regard
    /// to its priority; so where priorities count, all jobs have to be in the queue before.
    enum class Opening { AtOnce, WhenTold };
    explicit JobPool(int threads, Opening opening = Opening::AtOnce);
    ~JobPool() override;
    JobPool(const JobPool &) = delete;
    JobPool &operator=(const JobPool &) = delete;

    /// How many threads there are; fewer than wanted where the system refused.
    [[nodiscard]] int threads() const { return m_threads; }
    /// How many more jobs will come: before the first of them is started. Others may be under way.
    void expect(std::uint32_t jobs) { m_jobs.expect(jobs); }
    /// Hands a preallocated job to the pool's queue. Only when there are threads.
    /// \param priority >= 0; the highest is taken first
    void start(QRunnable *job, int priority = 0) { m_pool->start(job, priority); }
    /// Opening::WhenTold: now.
    void open();
    /// What is inside, for jobs that the pool does not count. They end before it does.
    [[nodiscard]] QThreadPool &threadPool() { return *m_pool; }
    /// Until all expected jobs are done. Not ended by a stop request: the jobs are.
    void waitUntilDone() { m_jobs.waitUntilDone(); }

    /// The first and the last thing that a job does.
    void jobBegins();
    void jobDone();
    /// Number of the pool's thread that calls, from 0.
    [[nodiscard]] static int currentWorker();

    /// So many jobs can wait without keeping their place: there is a thread for each of them.
    static constexpr int kMostGivenBack = 256;
    /// \return false, and the job keeps its place, when there are as many already, or when the system
    /// gives no further thread. Then a job of the queue is lost, and counts as done: hasLostJobs().
    [[nodiscard]] bool waitBegins() override;
    void waitEnds() override;
    /// Whether jobs were not run. They may be started again, once the others are done.
    [[nodiscard]] bool hasLostJobs() const { return m_lost.load(std::memory_order_relaxed) > 0; }

private:
    class Opener;

    void createThreads(int wanted);
    void countLostJob();

    std::vector<std::unique_ptr<QRunnable>> m_openers; ///< before the pool: it must be gone first
    std::unique_ptr<QThreadPool> m_pool;
    int m_threads = 0;
    std::atomic<bool> m_wasRefused{false};
    std::mutex
        m_refusal; ///< one at a time changes the number of threads that the pool thinks it has
    std::atomic<int> m_givenBack{0};
    std::atomic<int> m_lost{0};
    std::atomic<int> m_nextWorker{0};
    std::atomic<std::uint32_t> m_gate{0};
    JobCount m_jobs;
};

} // namespace Interleave
