// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/asyncsync.h"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace Interleave
{

/// A lock for coroutines that its holder, a task with an id, may lock again: `co_await
/// mutex.lock(context)`, and `mutex.unlock(context)` as often. Only the outermost of both are
/// recorded, and the outermost unlock() hands it to the longest waiting, as AsyncMutex does.
///
/// The holder is the task, not the coroutine: what it awaits may lock again with its context. One that
/// has been handed the lock holds it when it goes on; until then another coroutine of the same task
/// waits like everybody else.
/// A co_await that a stop request or Executor::cancel() ends gives false (Acquired::Stopped) to the
/// holder, too; then it has not locked once more, and holds what it held before.
/// Thread: the executor's.
class AsyncRecursiveMutex
{
    /// AsyncMutex's wait, from which its holder is exempt.
    template<typename Inner>
    class Entry final
    {
    public:
        using Result = decltype(std::declval<Inner &>().await_resume());

        template<typename... Patience>
        Entry(AsyncRecursiveMutex &mutex, TaskId task, Patience... patience)
            : m_mutex(mutex)
            , m_wait(mutex.m_mutex, task, AccessMode::Exclusive, WaitReason::Lock, patience...)
        {
        }
        [[nodiscard]] bool await_ready()
        {
            const TaskId task = m_wait.task();
            m_isAgain = !Executor::current()->mustEnd(task) && m_mutex.lockAgain(task);
            return m_isAgain || m_wait.await_ready();
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            m_wait.await_suspend(self);
        }
        [[nodiscard]] Result await_resume()
        {
            if (m_isAgain)
                return yes();
            const Result result = m_wait.await_resume();
            if (result == yes())
                m_mutex.noteHeld(m_wait.task());
            return result;
        }

    private:
        [[nodiscard]] static constexpr Result yes()
        {
            if constexpr (std::is_same_v<Result, bool>)
                return true;
            else
                return Acquired::Yes;
        }

        AsyncRecursiveMutex &m_mutex;
        Inner m_wait;
        bool m_isAgain = false;
    };

public:
    using Wait = Entry<AsyncMutex::Wait>;
    using TimedWait = Entry<AsyncMutex::TimedWait>;

    explicit AsyncRecursiveMutex(ObjectId object)
        : m_mutex(object)
    {
    }
    /// \return (of the co_await) whether it is held once more now.
    [[nodiscard]] Wait lock(const TaskContext &context) { return Wait(*this, context.id()); }
    /// The co_await gives an Acquired. A patience of 0 or less: does not wait.
    [[nodiscard]] TimedWait lockFor(const TaskContext &context, DurationNs patience)
    {
        return TimedWait(*this, context.id(), patience);
    }
    [[nodiscard]] bool tryLock(const TaskContext &context);
    /// Of a task that does not hold it: no effect, so that nothing false is on record.
    void unlock(const TaskContext &context);

    [[nodiscard]] ObjectId object() const { return m_mutex.object(); }
    /// Whether somebody holds it, or is about to go on with it.
    [[nodiscard]] bool isHeld() const { return m_mutex.isHeld(); }
    /// Who holds it, or is about to go on with it, or kNoTask.
    [[nodiscard]] TaskId owner() const { return m_mutex.owner(); }
    /// How often its holder has to unlock it.
    [[nodiscard]] std::size_t depth() const { return m_depth; }

private:
    /// \return whether the task holds it already and now does once more.
    [[nodiscard]] bool lockAgain(TaskId task);
    void noteHeld(TaskId task);

    AsyncMutex m_mutex;
    TaskId m_holder = kNoTask; ///< who has gone on with it
    std::size_t m_depth = 0;
};

} // namespace Interleave
