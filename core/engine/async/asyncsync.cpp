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
    Recorder::release(context.id(), m_object, taskOf(m_waiters.first()));
    handOver(context.id());
}

/// To the longest waiting, or to nobody.
void AsyncMutex::handOver(TaskId cause)
{
    QueuedWait *const next = m_waiters.first();
    m_isHeld = next != nullptr;
    m_owner = next ? next->task() : kNoTask;
    if (next)
        m_waiters.grant(*next, cause);
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
    Recorder::release(context.id(), m_object, taskOf(m_waiters.first()));
    handOver(context.id());
}

/// One permit to the longest waiting, or to nobody.
void AsyncSemaphore::handOver(TaskId cause)
{
    if (QueuedWait *const next = m_waiters.first())
        m_waiters.grant(*next, cause); // the permit stays taken
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

void AsyncReadWriteLock::leave()
{
    if (m_hasWriter)
        m_hasWriter = false;
    else
        --m_readers;
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
    leave();
    Recorder::release(context.id(), m_object, taskOf(nextToGoIn()));
    letIn(context.id());
}

void AsyncReadWriteLock::takeBack(const QueuedWait &wait)
{
    leave();
    letIn(wait.task());
}

/// A wake that a task may have got, and not used yet. Where it comes to no use (a stop request, or
/// the frame goes), the next one may go on.
class AsyncCondition::Wake
{
public:
    Wake(AsyncCondition &condition, TaskId task, bool isHad)
        : m_condition(condition)
        , m_task(task)
        , m_isHad(isHad)
    {
    }
    ~Wake()
    {
        if (m_isHad && Executor::current())
            m_condition.wakeNext(m_task);
    }
    Wake(const Wake &) = delete;
    Wake &operator=(const Wake &) = delete;

    void use() { m_isHad = false; }

private:
    AsyncCondition &m_condition;
    TaskId m_task;
    bool m_isHad;
};

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
    ~Wait()
    {
        if (m_isGranted && !m_hasGoneOn && Executor::current())
            m_condition.wakeNext(task());
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
        m_hasGoneOn = true;
        return result();
    }

private:
    AsyncCondition &m_condition;
    TimestampNs m_deadline;
    bool m_hasGoneOn = false;
};

Task<Acquired> AsyncCondition::waitUntil(AsyncMutex *mutex, const TaskContext *context,
                                         TimestampNs deadline)
{
    mutex->unlock(*context);
    Acquired end = co_await Wait(*this, context->id(), deadline);
    if (end != Acquired::Stopped) {
        Wake wake(*this, context->id(), end == Acquired::Yes);
        const bool isHeld = co_await mutex->lock(*context);
        if (isHeld)
            wake.use();
        else
            end = Acquired::Stopped;
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
    wakeNext(context.id());
}

void AsyncCondition::wakeNext(TaskId cause)
{
    if (QueuedWait *const waiter = m_waiters.first())
        m_waiters.grant(*waiter, cause);
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
