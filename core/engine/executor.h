// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"
#include "core/engine/coroutine.h"
#include "core/record/sharedrings.h"

#include <QEventLoop>
#include <QSocketNotifier>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace Interleave
{

/// One coroutine at one suspension point. Lives in the awaiter, and so in the coroutine's frame; must
/// not move while it waits.
struct WaitingCoroutine {
    static constexpr std::size_t kNotParked = ~std::size_t(0);

    std::coroutine_handle<> handle;
    TaskId task = kNoTask;
    bool cancelled = false; ///< a stop request ended the wait
    std::size_t parkedAt = kNotParked; ///< the executor's
};

/// Runs coroutines on one thread: a queue of those that can go on, a heap of timers, and the thread's
/// Qt event loop for everything else, so that Qt's and QCoro's awaitables work.
///
/// run() records Wait(Idle) while nothing can go on, and Resume, with the task that caused it, when a
/// coroutine goes on. A stop request wakes it; then every wait of ours ends as cancelled, and
/// run() returns when the coroutines have ended.
/// Thread: one, on which it is made, used and destroyed; needs a QCoreApplication. Cost: O(1) a
/// switch, O(log n) a timer.
class Executor
{
public:
    /// \param rings whose stop request is obeyed; borrowed; none: nothing stops it.
    explicit Executor(const SharedRings *rings = nullptr);
    ~Executor();
    Executor(const Executor &) = delete;
    Executor &operator=(const Executor &) = delete;

    /// The executor whose run() is under way on this thread, or null.
    [[nodiscard]] static Executor *current();

    [[nodiscard]] bool isStopRequested() const { return m_rings && m_rings->isStopRequested(); }
    [[nodiscard]] std::size_t spawnedCount() const { return m_roots.size(); }
    /// The n-th spawned coroutine, for its status and error.
    [[nodiscard]] const Task<TaskStatus> &spawned(std::size_t index) const
    {
        return m_roots[index];
    }

    /// How long run() waited because nothing could go on.
    [[nodiscard]] DurationNs idleTime() const { return m_idle; }

    /// Takes the coroutine over; it begins when run() comes to it. Records Queued.
    void spawn(Task<TaskStatus> task, TaskId submitter = kNoTask);
    /// Until every spawned coroutine is done.
    void run();

    // For awaiters, on the executor's thread.
    /// Begins `task`, which its owner keeps until it is done, in its turn.
    void start(Task<void> &task);
    /// Goes on in its turn; `cause` made it so.
    void makeReady(WaitingCoroutine &waiting, TaskId cause);
    /// Goes on at `deadline` or at a stop request.
    void sleepUntil(WaitingCoroutine &waiting, TimestampNs deadline);
    /// Goes on when somebody calls release(), or at a stop request.
    void park(WaitingCoroutine &waiting);
    void release(WaitingCoroutine &waiting, TaskId cause);

private:
    struct Ready {
        std::coroutine_handle<> handle;
        TaskId task;
        TaskId cause;
        bool isFresh; ///< begins; otherwise it resumes
    };
    struct Timer {
        TimestampNs deadline;
        std::uint64_t order; ///< equal deadlines go on in the order in which they were set
        WaitingCoroutine *waiting;
        bool operator<(const Timer &other) const // the heap's top is the earliest
        {
            return deadline != other.deadline ? deadline > other.deadline : order > other.order;
        }
    };
    struct Reaper;

    void prepareEvents();
    void resumeReady();
    void fireDueTimers();
    void cancelAllWaits();
    void unpark(WaitingCoroutine &waiting);
    void waitForEvents();
    void letQtRun();

    const SharedRings *m_rings;
    std::deque<Ready> m_ready;
    std::vector<Timer> m_timers;
    std::uint64_t m_timerOrder = 0;
    std::vector<WaitingCoroutine *> m_parked;
    std::deque<Task<TaskStatus>> m_roots;
    std::size_t m_alive = 0;
    std::coroutine_handle<> m_reaper;
    UniqueFd m_timerFd;
    std::unique_ptr<QSocketNotifier> m_timerNotifier;
    std::unique_ptr<QEventLoop> m_events;
    TimestampNs m_lastQtTurn = 0;
    DurationNs m_idle = 0;
};

namespace Detail
{

/// What all our suspension points share: the record, and the way back.
class SuspensionPoint
{
public:
    SuspensionPoint() = default;
    SuspensionPoint(const SuspensionPoint &) = delete;
    SuspensionPoint &operator=(const SuspensionPoint &) = delete;

protected:
    ~SuspensionPoint() = default;

    template<typename Promise>
    Executor &suspend(std::coroutine_handle<Promise> self, WaitReason why, std::uint32_t object = 0)
    {
        static_assert(std::is_base_of_v<PromiseBase, Promise>,
                      "only a traced Task can wait in an executor");
        m_waiting.handle = self;
        m_waiting.task = self.promise().task();
        if (m_waiting.task != kNoTask)
            Recorder::suspend(m_waiting.task, why, object);
        return *Executor::current();
    }

    WaitingCoroutine m_waiting;
};

class SleepAwaiter final : public SuspensionPoint
{
public:
    explicit SleepAwaiter(DurationNs duration)
        : m_duration(duration)
    {
    }
    [[nodiscard]] bool await_ready()
    {
        m_waiting.cancelled = Executor::current()->isStopRequested();
        return m_waiting.cancelled;
    }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        suspend(self, WaitReason::Sleep).sleepUntil(m_waiting, monotonicNow() + m_duration);
    }
    [[nodiscard]] bool await_resume() const { return !m_waiting.cancelled; }

private:
    DurationNs m_duration;
};

class YieldAwaiter final : public SuspensionPoint
{
public:
    YieldAwaiter() = default;
    [[nodiscard]] bool await_ready() const { return Executor::current()->isStopRequested(); }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        suspend(self, WaitReason::Yield).makeReady(m_waiting, kNoTask);
    }
    [[nodiscard]] bool await_resume() const { return !Executor::current()->isStopRequested(); }
};

} // namespace Detail

/// `co_await sleepFor(ns)`: lets the others run for that long. \return false when stopped.
[[nodiscard]] inline Detail::SleepAwaiter sleepFor(DurationNs duration)
{
    return Detail::SleepAwaiter(duration);
}

/// `co_await yield()`: lets all others that can go on do so first. \return false when stopped.
[[nodiscard]] inline Detail::YieldAwaiter yield()
{
    return {};
}

} // namespace Interleave
