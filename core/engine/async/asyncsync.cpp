// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"

namespace Interleave
{

using Detail::QueuedWait;
using Detail::taskOf;

bool AsyncMutex::takeFor(TaskId task)
{
    if (m_isHeld)
        return false;
    m_isHeld = true;
    m_owner = task;
    return true;
}

bool AsyncMutex::tryLock(const TaskContext &context)
{
    if (!takeFor(context.id()))
        return false;
    Recorder::acquire(context.id(), m_object);
    return true;
}

void AsyncMutex::unlock(const TaskContext &context)
{
    QueuedWait *const next = m_waiters.first();
    Recorder::release(context.id(), m_object, taskOf(next));
    m_isHeld = next != nullptr;
    m_owner = next ? next->task() : kNoTask;
    if (next)
        m_waiters.grant(*next, context.id());
}

bool AsyncSemaphore::takeOne()
{
    if (m_taken >= m_permits)
        return false;
    ++m_taken;
    return true;
}

bool AsyncSemaphore::tryAcquire(const TaskContext &context)
{
    if (!takeOne())
        return false;
    Recorder::acquire(context.id(), m_object, AccessMode::Permit);
    return true;
}

void AsyncSemaphore::release(const TaskContext &context)
{
    QueuedWait *const next = m_waiters.first();
    Recorder::release(context.id(), m_object, taskOf(next));
    if (next)
        m_waiters.grant(*next, context.id()); // the permit stays taken
    else
        --m_taken;
}

bool AsyncReadWriteLock::take(const QueuedWait &wait)
{
    if (m_hasWriter)
        return false;
    if (wait.mode() == AccessMode::Exclusive) {
        if (m_readers > 0)
            return false;
    } else if (m_policy == ReadWritePolicy::PreferWriters && m_waitingWriters.first()) {
        return false;
    }
    enter(wait.mode());
    return true;
}

void AsyncReadWriteLock::enter(AccessMode mode)
{
    if (mode == AccessMode::Exclusive)
        m_hasWriter = true;
    else
        ++m_readers;
}

QueuedWait *AsyncReadWriteLock::nextToGoIn()
{
    if (m_hasWriter)
        return nullptr;
    QueuedWait *const writer = m_waitingWriters.first();
    QueuedWait *const reader = m_waitingReaders.first();
    if (reader && (!writer || m_policy == ReadWritePolicy::PreferReaders))
        return reader;
    return m_readers == 0 ? writer : nullptr;
}

void AsyncReadWriteLock::letIn(TaskId cause)
{
    while (QueuedWait *const next = nextToGoIn()) {
        enter(next->mode());
        queueOf(next->mode()).grant(*next, cause);
    }
}

void AsyncReadWriteLock::unlock(const TaskContext &context)
{
    if (m_hasWriter)
        m_hasWriter = false;
    else
        --m_readers;
    Recorder::release(context.id(), m_object, taskOf(nextToGoIn()));
    letIn(context.id());
}

/// The part of a condition's wait in which the mutex is not held.
class AsyncCondition::Wait final : public QueuedWait
{
public:
    Wait(AsyncCondition &condition, TaskId task, TimestampNs deadline)
        : QueuedWait(task)
        , m_condition(condition)
        , m_deadline(deadline)
    {
    }
    [[nodiscard]] bool await_ready() { return isOverBefore(); }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        waitIn(m_condition.m_waiters, self, WaitReason::Condition, m_condition.m_object,
               m_deadline);
    }
    [[nodiscard]] Acquired await_resume()
    {
        leaveQueue();
        return result();
    }

private:
    AsyncCondition &m_condition;
    TimestampNs m_deadline;
};

Task<Acquired> AsyncCondition::waitUntil(AsyncMutex *mutex, const TaskContext *context,
                                         TimestampNs deadline)
{
    mutex->unlock(*context);
    Acquired end = co_await Wait(*this, context->id(), deadline);
    if (end != Acquired::Stopped) {
        const bool isHeld = co_await mutex->lock(*context);
        if (!isHeld) {
            if (end == Acquired::Yes)
                wakeOne(*context); // of no use here: the next one may go on
            end = Acquired::Stopped;
        }
    }
    co_return end;
}

Task<bool> AsyncCondition::wait(AsyncMutex &mutex, const TaskContext &context)
{
    return waitForWake(&mutex, &context);
}

Task<bool> AsyncCondition::waitForWake(AsyncMutex *mutex, const TaskContext *context)
{
    const Acquired end = co_await waitUntil(mutex, context, kNoDeadline);
    const bool isWoken = end == Acquired::Yes;
    co_return isWoken;
}

Task<Acquired> AsyncCondition::waitFor(AsyncMutex &mutex, const TaskContext &context,
                                       DurationNs patience)
{
    return waitUntil(&mutex, &context, deadlineAfter(patience));
}

void AsyncCondition::wakeOne(const TaskContext &context)
{
    if (QueuedWait *const waiter = m_waiters.first())
        m_waiters.grant(*waiter, context.id());
}

void AsyncCondition::wakeAll(const TaskContext &context)
{
    while (QueuedWait *const waiter = m_waiters.first())
        m_waiters.grant(*waiter, context.id());
}

void AsyncLatch::countDown(const TaskContext &context)
{
    if (m_left == 0)
        return;
    --m_left;
    if (m_left > 0)
        return;
    while (QueuedWait *const waiter = m_waiters.first())
        m_waiters.grant(*waiter, context.id());
}

} // namespace Interleave
