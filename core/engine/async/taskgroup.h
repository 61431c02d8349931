// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"

#include <cstddef>
#include <deque>

namespace Interleave
{

/// Several tasks side by side on the current executor, and who waits for them: for all, for the first,
/// or for some time; and their cancellation.
///
///     TaskGroup group(context->id());
///     group.start(fetch(1));
///     group.start(fetch(2));
///     const bool inTime = co_await group.allFor(500 * kMillisecond);
///     if (!inTime)
///         group.cancel();
///     co_await group.all();
///
/// Made inside a coroutine, lives in its frame, and is awaited by one coroutine at a time, with all() at
/// last: the tasks may use what lies in that frame. (When an exception leads past that, the destructor
/// drops unfinished tasks where they are, recorded as cancelled.) A task with an id records its Queued,
/// Begin and End; one without works unrecorded.
/// Thread: the executor's. Cost: O(1) a task, and of memory less than 200 bytes beyond its frame.
class TaskGroup
{
public:
    /// \param submitter recorded as the one who queued the tasks.
    explicit TaskGroup(TaskId submitter = kNoTask);
    ~TaskGroup();
    TaskGroup(const TaskGroup &) = delete;
    TaskGroup &operator=(const TaskGroup &) = delete;

    [[nodiscard]] std::size_t size() const { return m_members.size(); }
    [[nodiscard]] std::size_t endedCount() const { return m_ended; }
    [[nodiscard]] bool isEnded(std::size_t index) const { return m_members[index].task.isDone(); }
    /// How a task that has ended did so.
    [[nodiscard]] TaskStatus status(std::size_t index) const
    {
        return m_members[index].task.promise().status();
    }
    /// Throws what the first task, in their order, threw that has failed by an exception.
    void rethrowFailure() const;

    /// Takes it over; it begins in its turn. In a cancelled group its waits end at once.
    void start(Task<TaskStatus> task);
    /// Ends every wait of the unfinished tasks, and every later one (Executor::cancel).
    void cancel();

private:
    /// \param needed how many tasks have to have ended
    class Wait : public Detail::SuspensionPoint
    {
    public:
        Wait(TaskGroup &group, std::size_t needed)
            : m_group(group)
            , m_needed(needed)
        {
        }
        [[nodiscard]] bool await_ready() const { return m_group.m_ended >= m_needed; }
        /// Not ended by a stop request or a cancellation itself: the tasks are, and that ends it.
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            m_group.m_awaited = m_group.awaitedOne(m_needed);
            suspend(self, WaitReason::Await, m_group.m_awaited);
            m_group.beginWait(m_waiting, m_needed);
        }

    protected:
        ~Wait() { m_group.endWait(m_waiting); }

        TaskGroup &m_group;
        std::size_t m_needed;
    };

public:
    class AllWait final : public Wait
    {
    public:
        using Wait::Wait;
        void await_resume() const {}
    };
    class AnyWait final : public Wait
    {
    public:
        using Wait::Wait;
        [[nodiscard]] std::size_t await_resume() const { return m_group.m_firstEnded; }
    };
    class AllForWait final : public Wait
    {
    public:
        AllForWait(TaskGroup &group, std::size_t needed, TimestampNs deadline)
            : Wait(group, needed)
            , m_deadline(deadline)
        {
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            Executor &executor = suspend(self, WaitReason::Await, 0, true);
            m_group.noteWait(m_waiting, m_needed, true);
            executor.park(m_waiting, m_deadline);
        }
        [[nodiscard]] bool await_resume()
        {
            m_group.endWait(m_waiting);
            return m_group.m_ended >= m_needed;
        }

    private:
        TimestampNs m_deadline;
    };

    /// The co_await comes back when every task started so far has ended.
    [[nodiscard]] AllWait all() { return AllWait(*this, size()); }
    /// The co_await comes back when that many of the tasks started so far have ended.
    [[nodiscard]] AllWait atLeast(std::size_t count)
    {
        return AllWait(*this, count < size() ? count : size());
    }
    /// The co_await gives the index of the first task that ended; 0 when there is none.
    [[nodiscard]] AnyWait any() { return AnyWait(*this, size() > 0 ? 1 : 0); }
    /// The co_await gives whether all ended within `patience`: false also when stopped or cancelled.
    [[nodiscard]] AllForWait allFor(DurationNs patience)
    {
        return AllForWait(*this, size(), deadlineAfter(patience));
    }

private:
    friend class Executor;
    struct Watcher;
    struct Member {
        Task<TaskStatus> task;
        std::coroutine_handle<> watcher; ///< where the task continues to at its end; owned
        TaskId id = kNoTask; ///< or one that is not recorded
    };

    static Watcher watch(TaskGroup *group, std::size_t index);
    void memberEnded(std::size_t index);
    /// One that has to end before `needed` have ended, if there is one that is recorded.
    [[nodiscard]] TaskId awaitedOne(std::size_t needed);
    /// Records the wait anew when it now is for another one.
    void renewWait();
    void beginWait(WaitingCoroutine &waiting, std::size_t needed);
    void noteWait(WaitingCoroutine &waiting, std::size_t needed, bool isParked);
    void endWait(const WaitingCoroutine &waiting);

    Executor &m_executor;
    TaskId m_submitter;
    std::deque<Member> m_members;
    std::size_t m_ended = 0;
    std::size_t m_firstEnded = 0;
    WaitingCoroutine *m_waiting = nullptr; ///< who waits, if anybody
    std::size_t m_needed = 0; ///< what it waits for
    TaskId m_awaited = kNoTask; ///< whose end it waits for among others, as recorded
    std::size_t m_unfinishedEnd = 0; ///< the members from here on have ended or are not recorded
    bool m_isParked = false; ///< it is with the executor; otherwise among its joins
    bool m_isCancelled = false;
    std::size_t m_joinAt = 0; ///< the executor's
};

/// `co_await withTimeout(task, ns)`: runs the task beside the one that awaits it, and cancels it when it
/// takes longer. \return whether it ended in time. Comes back when it has ended, in any case; its
/// exception comes out. \param submitter recorded as the one who queued it
Task<bool> withTimeout(Task<TaskStatus> task, DurationNs patience, TaskId submitter = kNoTask);

} // namespace Interleave
