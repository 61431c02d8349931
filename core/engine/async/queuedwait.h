// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"
#include "core/engine/sync/mutex.h"

#include <cstddef>
#include <utility>

namespace Interleave::Detail
{

class WaiterQueue;

/// A suspension point in a queue, where others find it: first come, first served. One that goes (its
/// coroutine went on, or its frame is destroyed) leaves the queue. Thread: the executor's.
class QueuedWait : public SuspensionPoint
{
public:
    /// Who asks for what is waited for.
    [[nodiscard]] TaskId task() const { return m_task; }
    [[nodiscard]] AccessMode mode() const { return m_mode; }

protected:
    explicit QueuedWait(TaskId task, AccessMode mode = AccessMode::Exclusive)
        : m_task(task)
        , m_mode(mode)
    {
    }
    ~QueuedWait() { leaveQueue(); }

    /// Whether it must not wait at all; then its coroutine goes on with "stopped".
    [[nodiscard]] bool isOverBefore()
    {
        m_waiting.cancelled = Executor::current()->mustEnd(m_task);
        return m_waiting.cancelled;
    }
    template<typename Promise>
    void waitIn(WaiterQueue &queue, std::coroutine_handle<Promise> self, WaitReason why,
                ObjectId object, TimestampNs deadline = kNoDeadline);
    void leaveQueue();
    /// How it ended, once the coroutine goes on: what was granted counts more than a stop or a deadline.
    [[nodiscard]] Acquired result() const
    {
        if (m_isGranted)
            return Acquired::Yes;
        return m_waiting.timedOut && !m_waiting.cancelled ? Acquired::TimedOut : Acquired::Stopped;
    }

    TaskId m_task;
    AccessMode m_mode;
    bool m_isGranted = false; ///< it has what it waits for

private:
    friend class WaiterQueue;
    WaiterQueue *m_queue = nullptr;
    QueuedWait *m_previous = nullptr;
    QueuedWait *m_next = nullptr;
};

/// The waits for one thing, in their order. All O(1) but dropEnded(). Thread: the executor's.
class WaiterQueue
{
public:
    WaiterQueue() = default;
    ~WaiterQueue()
    {
        while (m_first)
            remove(*m_first);
    }
    WaiterQueue(const WaiterQueue &) = delete;
    WaiterQueue &operator=(const WaiterQueue &) = delete;

    void append(QueuedWait &wait)
    {
        wait.m_queue = this;
        wait.m_previous = m_last;
        wait.m_next = nullptr;
        (m_last ? m_last->m_next : m_first) = &wait;
        m_last = &wait;
        ++m_count;
    }
    void remove(QueuedWait &wait)
    {
        (wait.m_previous ? wait.m_previous->m_next : m_first) = wait.m_next;
        (wait.m_next ? wait.m_next->m_previous : m_last) = wait.m_previous;
        wait.m_queue = nullptr;
        --m_count;
    }
    /// The longest waiting, or null. Those whose wait has been ended otherwise (a stop, a deadline) are
    /// out, even where they have not gone on yet.
    [[nodiscard]] QueuedWait *first()
    {
        while (m_first && !m_first->m_waiting.isParked())
            remove(*m_first);
        return m_first;
    }
    /// With those whose wait has been ended otherwise, until they go on or first() passes them.
    [[nodiscard]] std::size_t count() const { return m_count; }
    /// From now on, count() is without them. O(count()).
    void dropEnded()
    {
        for (QueuedWait *wait = m_first; wait;) {
            QueuedWait *const next = wait->m_next;
            if (!wait->m_waiting.isParked())
                remove(*wait);
            wait = next;
        }
    }
    /// It has what it waits for, and goes on in its turn; `cause` made it so.
    void grant(QueuedWait &wait, TaskId cause)
    {
        wait.m_isGranted = true;
        letGo(wait, cause);
    }
    /// It goes on with nothing.
    void letGo(QueuedWait &wait, TaskId cause)
    {
        remove(wait);
        wait.m_waiting.executor->release(wait.m_waiting, cause);
    }

private:
    QueuedWait *m_first = nullptr;
    QueuedWait *m_last = nullptr;
    std::size_t m_count = 0;
};

template<typename Promise>
void QueuedWait::waitIn(WaiterQueue &queue, std::coroutine_handle<Promise> self, WaitReason why,
                        ObjectId object, TimestampNs deadline)
{
    Executor &executor = suspend(self, why, object, deadline != kNoDeadline);
    queue.append(*this);
    executor.park(m_waiting, deadline);
}

inline void QueuedWait::leaveQueue()
{
    if (m_queue)
        m_queue->remove(*this);
}

/// The wait for something that tasks hold: `Owner` is AsyncMutex, AsyncSemaphore or AsyncReadWriteLock.
/// It has `bool take(const QueuedWait &)`, `void takeBack(const QueuedWait &)`,
/// `WaiterQueue &queueOf(AccessMode)`, `void waiterLeft()` and `object()`.
///
/// What was granted to a coroutine whose frame is destroyed before it goes on is taken back, for the
/// next. Not so when the frame goes outside of the executor's run(): then nobody goes on any more.
template<typename Owner>
class HolderWait : public QueuedWait
{
public:
    HolderWait(Owner &owner, TaskId task, AccessMode mode, WaitReason why, TimestampNs deadline)
        : QueuedWait(task, mode)
        , m_owner(owner)
        , m_deadline(deadline)
        , m_why(why)
    {
    }
    [[nodiscard]] bool await_ready()
    {
        if (isOverBefore())
            return true;
        m_isGranted = m_owner.take(*this);
        m_waiting.timedOut = !m_isGranted && m_deadline == kNoPatience;
        return m_isGranted || m_waiting.timedOut;
    }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        m_isWaiting = true;
        waitIn(m_owner.queueOf(mode()), self, m_why, m_owner.object(), m_deadline);
    }
    /// The deadline of one who does not wait at all.
    static constexpr TimestampNs kNoPatience = -1;

protected:
    ~HolderWait()
    {
        if (!m_isWaiting || !Executor::current()) [[likely]]
            return;
        leaveQueue();
        if (m_isGranted)
            m_owner.takeBack(*this);
        else
            m_owner.waiterLeft();
    }
    [[nodiscard]] Acquired finish()
    {
        leaveQueue();
        const bool hasWaited = std::exchange(m_isWaiting, false);
        const Acquired acquired = result();
        if (acquired == Acquired::Yes)
            Recorder::acquire(task(), m_owner.object(), mode());
        else if (hasWaited)
            m_owner.waiterLeft();
        return acquired;
    }

private:
    Owner &m_owner;
    TimestampNs m_deadline;
    WaitReason m_why;
    bool m_isWaiting = false; ///< suspended, and its coroutine has not gone on yet
};

/// Without a deadline: gives whether it has it.
template<typename Owner>
class UntimedHolderWait final : public HolderWait<Owner>
{
public:
    UntimedHolderWait(Owner &owner, TaskId task, AccessMode mode, WaitReason why)
        : HolderWait<Owner>(owner, task, mode, why, kNoDeadline)
    {
    }
    [[nodiscard]] bool await_resume() { return this->finish() == Acquired::Yes; }
};

template<typename Owner>
class TimedHolderWait final : public HolderWait<Owner>
{
public:
    TimedHolderWait(Owner &owner, TaskId task, AccessMode mode, WaitReason why, DurationNs patience)
        : HolderWait<Owner>(owner, task, mode, why,
                            patience > 0 ? deadlineAfter(patience) : HolderWait<Owner>::kNoPatience)
    {
    }
    [[nodiscard]] Acquired await_resume() { return this->finish(); }
};

/// A task id as a record may have it.
[[nodiscard]] inline TaskId recordedId(TaskId task)
{
    return isRecorded(task) ? task : kNoTask;
}
[[nodiscard]] inline TaskId taskOf(const QueuedWait *wait)
{
    return wait ? recordedId(wait->task()) : kNoTask;
}

} // namespace Interleave::Detail
