// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"
#include "core/engine/coroutine.h"
#include "core/engine/work/stoppablewait.h"
#include "core/record/sharedrings.h"

#include <QEventLoop>
#include <QSocketNotifier>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

class QAbstractEventDispatcher;

namespace Interleave
{

class Executor;
class TaskGroup;

/// One coroutine at one suspension point. Lives in the awaiter, and so in the coroutine's frame; must
/// not move while it waits.
struct WaitingCoroutine {
    static constexpr std::uint32_t kNowhere = ~std::uint32_t(0);

    std::coroutine_handle<> handle;
    Executor *executor = nullptr; ///< where it waits; null: nowhere, or that one is gone
    TaskId task = kNoTask;
    std::uint32_t parkedAt = kNowhere; ///< the executor's
    std::uint32_t timerAt = kNowhere; ///< the executor's
    bool cancelled = false; ///< a stop request, or Executor::cancel(), ended the wait
    bool timedOut = false; ///< its deadline ended the wait
    bool isReady = false; ///< it stands in the executor's queue and goes on in its turn

    [[nodiscard]] bool isParked() const { return parkedAt != kNowhere; }
    /// Whether the executor knows where it is.
    [[nodiscard]] bool isKnown() const
    {
        return executor && (isParked() || timerAt != kNowhere || isReady);
    }
};

/// Runs coroutines on one thread: a queue of those that can go on, a heap of timers, and the thread's
/// Qt event loop for everything else, so that Qt's and QCoro's awaitables work.
///
/// run() records Wait(Idle) while nothing can go on, and Resume, with the task that caused it, when a
/// coroutine goes on. A stop request wakes it; then every wait of ours ends as cancelled, and
/// run() returns when the coroutines have ended. cancel() does the same for single tasks.
///
/// A frame that goes while it waits (with its TaskGroup, between two runs, with the executor) takes itself
/// off the lists. The destructor first lets go of all who wait: then their frames go, in whatever order,
/// and nobody goes on any more, whatever they hand over or give back while they go. Frames that belong to
/// somebody else may go after it, unless they hold a TaskGroup or wait for post() (onPool()): these need it.
/// Thread: one, on which it is made, used and destroyed, except post(); needs a QCoreApplication.
/// Cost: O(1) a switch, O(log n) a timer, O(waiting coroutines) a call of cancel().
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

    /// Ends the task's wait, and every later one, as a stop request would. What the task does between
    /// its waits is up to it. A wait for the end of another task goes on: with a TaskGroup, the group's
    /// tasks are cancelled, too, and the wait ends with them; a Task with an id of its own that is
    /// co_awaited directly has to be cancelled by that id. No effect on a task that has ended.
    void cancel(TaskId task) { cancel(std::vector<TaskId>{task}); }
    void cancel(const std::vector<TaskId> &tasks);
    [[nodiscard]] bool isCancelled(TaskId task) const
    {
        return !m_cancelled.empty() && m_cancelled.count(task) != 0;
    }
    /// Whether a task's waits end at once: a stop was requested, or it was cancelled.
    [[nodiscard]] bool mustEnd(TaskId task) const { return isStopRequested() || isCancelled(task); }

    // For awaiters, on the executor's thread.
    /// Begins `task`, which its owner keeps until it is done, in its turn.
    template<typename T>
    void start(Task<T> &task)
    {
        task.promise().markStarted();
        m_ready.push_back({task.handle(), nullptr, kNoTask});
    }
    /// Goes on in its turn; `cause` made it so.
    void makeReady(WaitingCoroutine &waiting, TaskId cause);
    /// Goes on after all that can go on now, those whose time has come meanwhile among them.
    void goBehind(WaitingCoroutine &waiting);
    /// Goes on at `deadline`, at a stop request, or when its task is cancelled.
    void sleepUntil(WaitingCoroutine &waiting, TimestampNs deadline);
    /// Goes on when somebody calls release(), at `deadline`, at a stop request, or when its task is
    /// cancelled.
    void park(WaitingCoroutine &waiting, TimestampNs deadline = kNoDeadline);
    /// No effect when something else was faster.
    void release(WaitingCoroutine &waiting, TaskId cause);
    /// Goes on, from any thread. For a wait that nothing else ends: neither parked nor asleep.
    void post(WaitingCoroutine &waiting, TaskId cause);
    /// Waits until post() has been called for it and undoes that: its frame is about to go.
    void takeBack(WaitingCoroutine &waiting);
    /// Its frame goes before it went on.
    void forget(WaitingCoroutine &waiting);
    /// The frame of a task goes that was started and may not have begun.
    void forgetStart(std::coroutine_handle<> handle);
    /// An id for a coroutine that has none (kFirstUnrecordedTask).
    [[nodiscard]] TaskId takeUnrecordedId() { return m_nextUnrecorded++; }
    /// `waiter` waits for `group`, which is cancelled with it.
    void joins(TaskGroup &group, TaskId waiter);
    void joinsNoMore(TaskGroup &group);

private:
    struct Ready {
        std::coroutine_handle<> handle;
        WaitingCoroutine *waiting; ///< null: it begins
        TaskId cause;
    };
    struct Timer {
        TimestampNs deadline;
        std::uint64_t order; ///< equal deadlines go on in the order in which they were set
        WaitingCoroutine *waiting;
        bool operator<(const Timer &other) const // which is the earlier one
        {
            return deadline != other.deadline ? deadline < other.deadline : order < other.order;
        }
    };
    struct Post {
        WaitingCoroutine *waiting;
        TaskId cause;
    };
    struct Join {
        TaskGroup *group;
        TaskId waiter;
    };
    struct Reaper;

    void prepareEvents();
    void letGoOfAll();
    void takePosts();
    void resumeReady();
    void fireDueTimers();
    void cancelAllWaits();
    void endCancelledWaits();
    bool endsAtOnce(WaitingCoroutine &waiting);
    void endWait(WaitingCoroutine &waiting);
    void unpark(WaitingCoroutine &waiting);
    void waitForEvents();
    void letQtRun();
    // The timers are a binary heap in which every waiting coroutine knows its place.
    void addTimer(WaitingCoroutine &waiting, TimestampNs deadline);
    void removeTimer(std::size_t at);
    void putTimer(std::size_t at, Timer timer);
    void moveUp(std::size_t at);
    void moveDown(std::size_t at);

    const SharedRings *m_rings;
    std::deque<Ready> m_ready;
    std::vector<Timer> m_timers;
    std::uint64_t m_timerOrder = 0;
    std::vector<WaitingCoroutine *> m_parked;
    std::vector<Join> m_joins;
    std::unordered_set<TaskId> m_cancelled;
    TaskId m_nextUnrecorded = kFirstUnrecordedTask;
    bool m_isCancelling = false;
    std::mutex m_postMutex; ///< guards m_posts, and m_dispatcher until it is set
    std::condition_variable m_posted;
    std::vector<Post> m_posts;
    std::atomic<bool> m_hasPosts{false};
    QAbstractEventDispatcher *m_dispatcher = nullptr; ///< Qt's, of this thread; none before run()
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

/// What all our suspension points share: the record, and the way back. One that goes while its coroutine
/// is still suspended (the frame is destroyed) takes itself off the executor's lists.
class SuspensionPoint
{
public:
    SuspensionPoint() = default;
    SuspensionPoint(const SuspensionPoint &) = delete;
    SuspensionPoint &operator=(const SuspensionPoint &) = delete;

protected:
    ~SuspensionPoint()
    {
        if (m_waiting.isKnown()) [[unlikely]]
            m_waiting.executor->forget(m_waiting);
    }

    /// \param isTimed the wait ends by itself after some time.
    template<typename Promise>
    Executor &suspend(std::coroutine_handle<Promise> self, WaitReason why, std::uint32_t object = 0,
                      bool isTimed = false)
    {
        static_assert(std::is_base_of_v<PromiseBase, Promise>,
                      "only a traced Task can wait in an executor");
        m_waiting.handle = self;
        m_waiting.executor = Executor::current();
        m_waiting.task = self.promise().task();
        if (isRecorded(m_waiting.task)) {
            if (isTimed)
                Recorder::timedSuspend(m_waiting.task, why, object);
            else
                Recorder::suspend(m_waiting.task, why, object);
        }
        return *m_waiting.executor;
    }

    WaitingCoroutine m_waiting;
};

class SleepAwaiter final : public SuspensionPoint
{
public:
    explicit SleepAwaiter(TimestampNs deadline)
        : m_deadline(deadline)
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
        suspend(self, WaitReason::Sleep).sleepUntil(m_waiting, m_deadline);
    }
    [[nodiscard]] bool await_resume() const { return !m_waiting.cancelled; }

private:
    TimestampNs m_deadline;
};

class YieldAwaiter final : public SuspensionPoint
{
public:
    YieldAwaiter() = default;
    [[nodiscard]] bool await_ready() const { return Executor::current()->isStopRequested(); }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        suspend(self, WaitReason::Yield).goBehind(m_waiting);
    }
    [[nodiscard]] bool await_resume() const
    {
        return !Executor::current()->mustEnd(m_waiting.task);
    }
};

} // namespace Detail

/// `co_await sleepFor(ns)`: lets the others run for that long. \return false when stopped or cancelled.
[[nodiscard]] inline Detail::SleepAwaiter sleepFor(DurationNs duration)
{
    return Detail::SleepAwaiter(deadlineAfter(duration));
}

/// `co_await delayUntil(time)`: lets the others run until then. \return false when stopped or cancelled.
[[nodiscard]] inline Detail::SleepAwaiter delayUntil(TimestampNs deadline)
{
    return Detail::SleepAwaiter(deadline);
}

/// `co_await yield()`: lets all others that can go on do so first. \return false when stopped or
/// cancelled.
[[nodiscard]] inline Detail::YieldAwaiter yield()
{
    return {};
}

} // namespace Interleave
