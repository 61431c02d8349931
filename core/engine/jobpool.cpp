// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobpool.h"

#include "core/engine/work/kernelname.h"
#include "core/engine/work/stoppablewait.h"
#include "core/record/recorder.h"

#include <QString>

#include <memory>
#include <string>
#include <utility>

namespace Interleave
{

namespace
{

std::atomic<std::uint32_t> s_never{0}; // a stop word that nobody sets

std::atomic<bool> s_refused{false};
QtMessageHandler s_outer = nullptr;

/// Source: QThread::start() of Qt 6 says so, in the starting thread, when pthread_create() fails.
void noticeRefusal(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (text.startsWith(QLatin1String("QThread::start: Thread creation error")))
        s_refused.store(true, std::memory_order_relaxed);
    else if (s_outer)
        s_outer(type, context, text);
}

thread_local int t_worker = 0;
thread_local bool t_isIdle = false;

} // namespace

/// The first job of a thread: holds it until all threads are there.
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
        t_worker = m_worker;
        setKernelName("worker " + std::to_string(m_worker + 1));
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

JobPool::JobPool(int threads)
    : m_pool(std::make_unique<QThreadPool>())
{
    createThreads(threads);
    m_gate.store(1, std::memory_order_release);
    wakeWord(m_gate);
    waitUntilDone();
}

JobPool::~JobPool()
{
    // The pool counts the thread that was never created as busy, and its destructor would wait for it.
    if (m_wasRefused)
        (void)m_pool.release(); // NOLINT(bugprone-unused-return-value): left behind on purpose
}

void JobPool::createThreads(int wanted)
{
    m_pool->setMaxThreadCount(wanted);
    m_pool->setExpiryTimeout(-1);
    s_refused.store(false, std::memory_order_relaxed);
    s_outer = qInstallMessageHandler(noticeRefusal);
    while (m_threads < wanted && !m_wasRefused) {
        expect(1);
        m_openers.push_back(std::make_unique<Opener>(*this, m_threads));
        m_pool->start(m_openers.back().get());
        if (s_refused.load(std::memory_order_relaxed)) {
            m_wasRefused = true;
            m_expected.fetch_sub(1, std::memory_order_relaxed);
        } else {
            ++m_threads;
        }
    }
    qInstallMessageHandler(s_outer);
    if (m_wasRefused)
        m_pool->setMaxThreadCount(m_threads + 1); // no further attempt, and no thread retires
}

void JobPool::jobBegins()
{
    m_begun.fetch_add(1, std::memory_order_relaxed);
    if (std::exchange(t_isIdle, false))
        Recorder::waitEnd();
}

void JobPool::jobDone()
{
    const std::uint32_t expected = m_expected.load(std::memory_order_relaxed);
    if (m_begun.load(std::memory_order_relaxed) >= expected) {
        t_isIdle = true;
        Recorder::wait(WaitReason::Idle);
    }
    // release: pairs with the acquire in waitUntilDone(), so that the job's results are visible
    if (m_done.fetch_add(1, std::memory_order_acq_rel) + 1 == expected)
        wakeWord(m_done);
}

void JobPool::waitUntilDone()
{
    for (;;) {
        const std::uint32_t seen = m_done.load(std::memory_order_acquire);
        if (seen >= m_expected.load(std::memory_order_relaxed))
            return;
        waitWhileEqual(m_done, seen, s_never);
    }
}

int JobPool::currentWorker()
{
    return t_worker;
}

} // namespace Interleave
