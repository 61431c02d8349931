// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/asyncchannel.h"
#include "core/engine/async/queuedwait.h"
#include "core/engine/executor.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/sync/readwritelock.h"

#include <cstddef>
#include <cstdint>

namespace Interleave
{

// What the coroutine forms of the traced synchronisation share: first come, first served, hand-over to
// the longest waiting, every suspension and every holder on record with the object's number, and who
// made whom go on. They belong to one executor and are used on its thread only, so nothing in them is
// atomic; each lives longer than the coroutines that use it.
//
// Each co_await gives false (Acquired::Stopped) when a stop was requested or the task is cancelled
// (Executor::cancel), before or while it waits; then nothing is held. A lock that was handed over before
// is had all the same, and has to be given back. Where the frame is destroyed before its coroutine goes
// on with what it was granted (an exception beside a TaskGroup), that goes to the next.

/// A lock for coroutines: `co_await mutex.lock(context)`, `mutex.unlock(context)`. Like Mutex, but
/// unlock() hands it to the longest waiting, which then holds it before it goes on.
class AsyncMutex
{
public:
    using Wait = Detail::UntimedHolderWait<AsyncMutex>;
    using TimedWait = Detail::TimedHolderWait<AsyncMutex>;

    explicit AsyncMutex(ObjectId object)
        : m_object(object)
    {
    }
    /// \return (of the co_await) whether it is held now.
    [[nodiscard]] Wait lock(const TaskContext &context)
    {
        return Wait(*this, context.id(), AccessMode::Exclusive, WaitReason::Lock);
    }
    /// The co_await gives an Acquired. A patience of 0 or less: does not wait.
    [[nodiscard]] TimedWait lockFor(const TaskContext &context, DurationNs patience)
    {
        return TimedWait(*this, context.id(), AccessMode::Exclusive, WaitReason::Lock, patience);
    }
    [[nodiscard]] bool tryLock(const TaskContext &context);
    void unlock(const TaskContext &context);

    [[nodiscard]] ObjectId object() const { return m_object; }
    [[nodiscard]] bool isHeld() const { return m_isHeld; }
    /// Who holds it, or is about to go on with it, or kNoTask.
    [[nodiscard]] TaskId owner() const { return m_owner; }

private:
    template<typename Owner>
    friend class Detail::HolderWait;
    bool take(const Detail::QueuedWait &wait) { return takeFor(wait.task()); }
    bool takeFor(TaskId task);
    void takeBack(const Detail::QueuedWait &wait) { handOver(wait.task()); }
    void handOver(TaskId cause);
    Detail::WaiterQueue &queueOf(AccessMode) { return m_waiters; }
    void waiterLeft() {}

    ObjectId m_object;
    TaskId m_owner = kNoTask;
    bool m_isHeld = false;
    Detail::WaiterQueue m_waiters;
};

/// A number of permits for coroutines: `co_await semaphore.acquire(context)`,
/// `semaphore.release(context)`.
class AsyncSemaphore
{
public:
    using Wait = Detail::UntimedHolderWait<AsyncSemaphore>;
    using TimedWait = Detail::TimedHolderWait<AsyncSemaphore>;

    AsyncSemaphore(ObjectId object, std::uint32_t permits)
        : m_object(object)
        , m_permits(permits)
    {
    }
    /// \return (of the co_await) whether it has a permit now.
    [[nodiscard]] Wait acquire(const TaskContext &context, WaitReason why = WaitReason::Semaphore)
    {
        return Wait(*this, context.id(), AccessMode::Permit, why);
    }
    /// The co_await gives an Acquired. A patience of 0 or less: does not wait.
    [[nodiscard]] TimedWait acquireFor(const TaskContext &context, DurationNs patience,
                                       WaitReason why = WaitReason::Semaphore)
    {
        return TimedWait(*this, context.id(), AccessMode::Permit, why, patience);
    }
    [[nodiscard]] bool tryAcquire(const TaskContext &context);
    void release(const TaskContext &context);

    [[nodiscard]] ObjectId object() const { return m_object; }
    [[nodiscard]] std::uint32_t takenCount() const { return m_taken; }

private:
    template<typename Owner>
    friend class Detail::HolderWait;
    bool take(const Detail::QueuedWait &) { return takeOne(); }
    bool takeOne();
    void takeBack(const Detail::QueuedWait &wait) { handOver(wait.task()); }
    void handOver(TaskId cause);
    Detail::WaiterQueue &queueOf(AccessMode) { return m_waiters; }
    void waiterLeft() {}

    ObjectId m_object;
    std::uint32_t m_permits;
    std::uint32_t m_taken = 0;
    Detail::WaiterQueue m_waiters;
};

/// Many readers or one writer, for coroutines: `co_await lock.lockForRead(context)`,
/// `co_await lock.lockForWrite(context)`, `lock.unlock(context)`.
///
/// Readers are served in their order and writers in theirs; the policy says which of the two first.
class AsyncReadWriteLock
{
public:
    using Wait = Detail::UntimedHolderWait<AsyncReadWriteLock>;
    using TimedWait = Detail::TimedHolderWait<AsyncReadWriteLock>;

    AsyncReadWriteLock(ObjectId object, ReadWritePolicy policy)
        : m_object(object)
        , m_policy(policy)
    {
    }
    [[nodiscard]] Wait lockForRead(const TaskContext &context)
    {
        return Wait(*this, context.id(), AccessMode::Shared, WaitReason::Lock);
    }
    [[nodiscard]] Wait lockForWrite(const TaskContext &context)
    {
        return Wait(*this, context.id(), AccessMode::Exclusive, WaitReason::Lock);
    }
    /// The co_await of these two gives an Acquired. A patience of 0 or less: does not wait.
    [[nodiscard]] TimedWait tryLockForRead(const TaskContext &context, DurationNs patience)
    {
        return TimedWait(*this, context.id(), AccessMode::Shared, WaitReason::Lock, patience);
    }
    [[nodiscard]] TimedWait tryLockForWrite(const TaskContext &context, DurationNs patience)
    {
        return TimedWait(*this, context.id(), AccessMode::Exclusive, WaitReason::Lock, patience);
    }
    void unlock(const TaskContext &context);

    [[nodiscard]] ObjectId object() const { return m_object; }
    [[nodiscard]] std::uint32_t readerCount() const { return m_readers; }
    [[nodiscard]] bool hasWriter() const { return m_hasWriter; }

private:
    template<typename Owner>
    friend class Detail::HolderWait;
    bool take(const Detail::QueuedWait &wait);
    void takeBack(const Detail::QueuedWait &wait);
    Detail::WaiterQueue &queueOf(AccessMode mode)
    {
        return mode == AccessMode::Exclusive ? m_waitingWriters : m_waitingReaders;
    }
    /// A writer that gave up may have kept readers out.
    void waiterLeft() { letIn(kNoTask); }
    [[nodiscard]] Detail::QueuedWait *nextToGoIn();
    void enter(AccessMode mode);
    void leave();
    void letIn(TaskId cause);

    ObjectId m_object;
    ReadWritePolicy m_policy;
    std::uint32_t m_readers = 0;
    bool m_hasWriter = false;
    Detail::WaiterQueue m_waitingReaders;
    Detail::WaiterQueue m_waitingWriters;
};

/// Waits until another coroutine says that something has changed. No wake comes without a reason, but
/// others may run between the wake and the waiter's turn: wait in a loop.
class AsyncCondition
{
public:
    explicit AsyncCondition(ObjectId object)
        : m_object(object)
    {
    }
    /// Gives `mutex` back while it waits (Wait(Condition)) and takes it again.
    /// \return (of the co_await) true: woken, and the mutex is held. false: stopped, and it is not.
    /// The mutex and the context are those of the coroutine that awaits it.
    [[nodiscard]] Task<bool> wait(AsyncMutex &mutex, const TaskContext &context);
    /// \return (of the co_await) Stopped: the mutex is not held. TimedOut: it is.
    [[nodiscard]] Task<Acquired> waitFor(AsyncMutex &mutex, const TaskContext &context,
                                         DurationNs patience);
    void wakeOne(const TaskContext &context);
    void wakeAll(const TaskContext &context);

private:
    class Wait;
    class Wake;
    void wakeNext(TaskId cause);
    Task<bool> waitForWake(AsyncMutex *mutex, const TaskContext *context);
    Task<Acquired> waitUntil(AsyncMutex *mutex, const TaskContext *context, TimestampNs deadline);

    ObjectId m_object;
    Detail::WaiterQueue m_waiters;
};

/// Opens once coroutines have counted it down, and stays open: `co_await latch.wait(context)`,
/// `latch.countDown(context)`. Who waits is recorded as waiting for an Event.
class AsyncLatch
{
public:
    AsyncLatch(ObjectId object, std::size_t count)
        : m_object(object)
        , m_left(count)
    {
    }

    class Wait final : public Detail::QueuedWait
    {
    public:
        Wait(AsyncLatch &latch, TaskId task)
            : QueuedWait(task)
            , m_latch(latch)
        {
        }
        [[nodiscard]] bool await_ready()
        {
            m_isGranted = m_latch.isOpen();
            return m_isGranted || isOverBefore();
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            waitIn(m_latch.m_waiters, self, WaitReason::Event, m_latch.m_object);
        }
        /// \return whether it is open; false when stopped.
        [[nodiscard]] bool await_resume()
        {
            leaveQueue();
            return m_isGranted;
        }

    private:
        AsyncLatch &m_latch;
    };
    [[nodiscard]] Wait wait(const TaskContext &context) { return Wait(*this, context.id()); }
    void countDown(const TaskContext &context);
    [[nodiscard]] bool isOpen() const { return m_left == 0; }

private:
    ObjectId m_object;
    std::size_t m_left;
    Detail::WaiterQueue m_waiters;
};

} // namespace Interleave
