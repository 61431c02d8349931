// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobpool.h"

#include "core/engine/work/kernelname.h"
#include "core/engine/work/stoppablewait.h"
#include "core/record/recorder.h"

#include <QString>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace Interleave
{

namespace
{

std::atomic<std::uint32_t> s_never{0}; // a stop word that nobody sets

/// Counts the threads that the calling thread was refused while it lives.
///
/// Source: QThread::start() of Qt 6 warns, in the starting thread, when pthread_create() fails; nothing
/// else tells. The handler stays once it is installed: pools of several threads come and go.
class RefusalWatch
{
public:
    RefusalWatch()
    {
        static std::once_flag installed;
        std::call_once(installed, [] {
            s_outer.store(qInstallMessageHandler(&RefusalWatch::notice), std::memory_order_release);
        });
        t_current = this;
    }
    ~RefusalWatch() { t_current = nullptr; }
    RefusalWatch(const RefusalWatch &) = delete;
    RefusalWatch &operator=(const RefusalWatch &) = delete;

    [[nodiscard]] int count() const { return m_count; }

private:
    static void notice(QtMsgType type, const QMessageLogContext &context, const QString &text)
    {
        if (t_current && text.startsWith(QLatin1String("QThread::start: Thread creation error")))
            ++t_current->m_count;
        else if (const QtMessageHandler outer = s_outer.load(std::memory_order_acquire))
            outer(type, context, text);
    }

    static std::atomic<QtMessageHandler> s_outer;
    static thread_local RefusalWatch *t_current;
    int m_count = 0;
};

std::atomic<QtMessageHandler> RefusalWatch::s_outer{nullptr};
thread_local RefusalWatch *RefusalWatch::t_current = nullptr;

constexpr int kNoWorker = -1;
thread_local int t_worker = kNoWorker;
thread_local bool t_isIdle = false;

void becomeWorker(int number)
{
    t_worker = number;
    setKernelName("worker " + std::to_string(number + 1));
}

} // namespace

/// The first job of a thread: holds it until all threads are there and the pool is opened.
class JobPool::Opener final : public QRunnable
{
public:
    Opener(JobPool &pool, int worker)
        : m_pool(pool)
        , m_worker(worker)
    {
        setAutoDelete(false);
    }
    void run() override
    {
        becomeWorker(m_worker);
        m_pool.jobBegins();
        Recorder::wait(WaitReason::Idle);
        waitWhileEqual(m_pool.m_gate, 0, s_never);
        Recorder::waitEnd();
        m_pool.jobDone();
    }

private:
    JobPool &m_pool;
    int m_worker;
};

JobPool::JobPool(int threads, Opening opening)
    : m_pool(std::make_unique<QThreadPool>())
{
    createThreads(threads);
    m_nextWorker.store(m_threads, std::memory_order_relaxed);
    if (opening == Opening::AtOnce) {
        open();
        waitUntilDone();
    }
}

JobPool::~JobPool()
{
    if (m_gate.load(std::memory_order_relaxed) == 0) {
        open();
        waitUntilDone();
    }
    // The pool counts the thread that was never created as busy, and its destructor would wait for it.
    if (m_wasRefused.load(std::memory_order_relaxed))
        (void)m_pool.release(); // NOLINT(bugprone-unused-return-value): left behind on purpose
}

void JobPool::open()
{
    if (m_gate.exchange(1, std::memory_order_release) == 0)
        wakeWord(m_gate);
}

void JobPool::createThreads(int wanted)
{
    m_pool->setMaxThreadCount(wanted);
    m_pool->setExpiryTimeout(-1);
    const RefusalWatch refusals;
    while (m_threads < wanted && refusals.count() == 0) {
        expect(1);
        m_openers.push_back(std::make_unique<Opener>(*this, m_threads));
        m_pool->start(m_openers.back().get());
        if (refusals.count() > 0)
            m_jobs.expectOneLess();
        else
            ++m_threads;
    }
    if (refusals.count() == 0)
        return;
    m_wasRefused.store(true, std::memory_order_relaxed);
    m_pool->setMaxThreadCount(m_threads + 1); // no further attempt, and no thread retires
}

void JobPool::jobBegins()
{
    m_jobs.oneBegins();
    if (t_worker == kNoWorker) [[unlikely]]
        becomeWorker(m_nextWorker.fetch_add(1, std::memory_order_relaxed));
    if (std::exchange(t_isIdle, false))
        Recorder::waitEnd();
}

void JobPool::jobDone()
{
    const std::uint32_t expected = m_jobs.expected();
    if (m_jobs.haveBegun(expected)) {
        t_isIdle = true;
        Recorder::wait(WaitReason::Idle);
    }
    m_jobs.oneIsDone(expected);
}

int JobPool::currentWorker()
{
    return std::max(t_worker, 0);
}

bool JobPool::waitBegins()
{
    if (m_wasRefused.load(std::memory_order_relaxed))
        return false;
    if (m_givenBack.fetch_add(1, std::memory_order_relaxed) < kMostGivenBack) {
        const RefusalWatch refusals;
        m_pool->releaseThread(); // starts a thread for the next job
        if (refusals.count() == 0) [[likely]]
            return true;
        m_pool->reserveThread();
        for (int counted = 0; counted < refusals.count(); ++counted)
            countLostJob(); // which may try for another thread, and be refused, too
    }
    m_givenBack.fetch_sub(1, std::memory_order_relaxed);
    return false;
}

void JobPool::waitEnds()
{
    m_pool->reserveThread();
    m_givenBack.fetch_sub(1, std::memory_order_relaxed);
}

/// By a job, which is not done yet itself.
void JobPool::countLostJob()
{
    const std::lock_guard lock(m_refusal);
    m_wasRefused.store(true, std::memory_order_relaxed);
    m_lost.fetch_add(1, std::memory_order_relaxed);
    m_jobs.oneIsLost();
    // Qt counts a thread that was never created as one at work. It must not take a worker's place.
    m_pool->setMaxThreadCount(m_pool->maxThreadCount() + 1);
}

} // namespace Interleave
