// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/executor.h"

#include "core/engine/stopwatcher.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include <sys/timerfd.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// How long coroutines that are always ready may keep Qt's own events waiting.
constexpr DurationNs kQtTurn = kMillisecond;

thread_local Executor *t_current = nullptr;

} // namespace

/// Where every spawned coroutine continues to: it counts them down and gives the thread back to run().
struct Executor::Reaper {
    struct promise_type {
        Reaper get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<> handle;

    static Reaper make(std::size_t *alive)
    {
        for (;;) {
            --*alive;
            co_await std::suspend_always{};
        }
    }
};

Executor::Executor(const SharedRings *rings)
    : m_rings(rings)
    , m_reaper(Reaper::make(&m_alive).handle)
{
}

Executor::~Executor()
{
    letGoOfAll();
    // Frames before all else: what goes with them may still ask for the current executor, hand something
    // over, or wait here for what comes back from another thread.
    Executor *const outer = std::exchange(t_current, this);
    m_roots.clear();
    m_reaper.destroy();
    t_current = outer;
}

Executor *Executor::current()
{
    return t_current;
}

void Executor::spawn(Task<TaskStatus> task, TaskId submitter)
{
    const TaskId id = task.id();
    if (id != kNoTask)
        Recorder::queued(id, submitter);
    task.promise().markStarted();
    task.promise().setContinuation(m_reaper, kNoTask);
    m_ready.push_back({task.handle(), nullptr, kNoTask});
    m_roots.push_back(std::move(task));
    ++m_alive;
}

void Executor::run()
{
    Executor *const outer = std::exchange(t_current, this);
    prepareEvents();
    std::optional<StopWatcher> watcher;
    if (m_rings) {
        // Thread-safe, and kept until the loop waits: a wake-up is never lost.
        watcher.emplace(*m_rings, [dispatcher = m_dispatcher] { dispatcher->wakeUp(); });
    }
    while (m_alive > 0) {
        if (isStopRequested())
            cancelAllWaits();
        takePosts();
        fireDueTimers();
        if (m_ready.empty()) {
            waitForEvents();
        } else {
            resumeReady();
            letQtRun();
        }
    }
    watcher.reset();
    t_current = outer;
}

void Executor::prepareEvents()
{
    if (m_events)
        return;
    m_events = std::make_unique<QEventLoop>(); // also gives the thread its event dispatcher
    {
        const std::lock_guard lock(m_postMutex);
        m_dispatcher = QAbstractEventDispatcher::instance();
    }
    // A descriptor, because Qt's own timers count milliseconds.
    m_timerFd.reset(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!m_timerFd.isOpen())
        qFatal("the executor has no timer (timerfd_create): too many open files?");
    m_timerNotifier = std::make_unique<QSocketNotifier>(m_timerFd.get(), QSocketNotifier::Read);
    const int fd = m_timerFd.get();
    QObject::connect(m_timerNotifier.get(), &QSocketNotifier::activated, m_timerNotifier.get(),
                     [fd] {
                         std::uint64_t expirations;
                         // Only to make it unreadable again; who is due is told by the clock.
                         while (::read(fd, &expirations, sizeof expirations) > 0) {
                         }
                     });
}

/// One round: whoever becomes ready meanwhile has to wait for the next.
void Executor::resumeReady()
{
    for (std::size_t left = m_ready.size(); left > 0; --left) {
        const Ready next = m_ready.front();
        m_ready.pop_front();
        if (next.waiting) {
            next.waiting->isReady = false;
            if (isRecorded(next.waiting->task))
                Recorder::resume(next.waiting->task, isRecorded(next.cause) ? next.cause : kNoTask);
        }
        next.handle.resume();
    }
}

void Executor::waitForEvents()
{
    itimerspec when = {};
    if (!m_timers.empty()) {
        const TimestampNs deadline = std::max<TimestampNs>(1, m_timers.front().deadline);
        when.it_value.tv_sec = time_t(deadline / kSecond);
        when.it_value.tv_nsec = long(deadline % kSecond);
    }
    timerfd_settime(m_timerFd.get(), TFD_TIMER_ABSTIME, &when, nullptr); // all zero: disarmed
    const TimestampNs before = monotonicNow();
    Recorder::wait(WaitReason::Idle);
    m_events->processEvents(QEventLoop::WaitForMoreEvents);
    Recorder::waitEnd();
    // No loop is running in Qt's sense, so what was deleted later is deleted here.
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    m_lastQtTurn = monotonicNow();
    m_idle += m_lastQtTurn - before;
}

void Executor::letQtRun()
{
    const TimestampNs now = monotonicNow();
    if (now - m_lastQtTurn < kQtTurn)
        return;
    m_events->processEvents(QEventLoop::AllEvents);
    m_lastQtTurn = now;
}

} // namespace Interleave
