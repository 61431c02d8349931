// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/engine/work/taskcontext.h"
#include "core/record/recorder.h"

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace Interleave
{

template<typename T>
class Task;

/// Task ids from here on stand for coroutines that have none of their own but have to be told apart,
/// because one of them may be cancelled (TaskGroup). They are never on record.
constexpr TaskId kFirstUnrecordedTask = 0x80000000u;
[[nodiscard]] constexpr bool isRecorded(TaskId task)
{
    return task != kNoTask && task < kFirstUnrecordedTask;
}

/// Thrown out of a suspension point that a stop request ended and that has no other way to say so.
/// A coroutine that lets it pass ends as cancelled, not as failed.
struct StopRequested {
};

namespace Detail
{

/// What a coroutine's frame holds for tracing: 32 bytes and the result.
///
///   created --first resume--> running <--> suspended --co_return, exception--> done
///      Queued (Executor)       Begin        Suspend/Resume       End, Cancelled, Failed
///
/// A coroutine with an id of its own records Begin and End; one without works on behalf of the task
/// that awaits it and records only where that task is suspended.
class PromiseBase
{
public:
    struct InitialAwaiter {
        PromiseBase *promise;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<>) const noexcept {}
        void await_resume() const noexcept { promise->onFirstResume(); }
    };
    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template<typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept
        {
            return self.promise().onDone();
        }
        void await_resume() const noexcept {}
    };

    InitialAwaiter initial_suspend() noexcept { return InitialAwaiter{this}; }
    FinalAwaiter final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept
    {
        m_error = std::current_exception();
        try {
            throw;
        } catch (const StopRequested &) {
            m_status = TaskStatus::Cancelled;
        } catch (...) {
            m_status = TaskStatus::Failed;
        }
    }

    /// The task on whose behalf the coroutine runs.
    [[nodiscard]] TaskId task() const { return m_task; }
    [[nodiscard]] TaskStatus status() const { return m_status; }
    [[nodiscard]] const std::exception_ptr &error() const { return m_error; }
    [[nodiscard]] bool isStarted() const { return m_isStarted; }

    void setId(TaskId id)
    {
        m_task = id;
        m_ownsId = id != kNoTask;
    }
    /// Makes it work on behalf of `task`, which is not its own. Before it is started.
    void actFor(TaskId task) { m_task = task; }
    /// Somebody resumes it for the first time; from now on an awaiter only waits for its end.
    void markStarted() { m_isStarted = true; }
    /// Where to go at the end. \param awaiter the task that is suspended until then, or none.
    void setContinuation(std::coroutine_handle<> continuation, TaskId awaiter)
    {
        m_continuation = continuation;
        m_awaiter = awaiter;
    }
    /// The coroutine `parent` of task `awaiter` co_awaits this one.
    /// \return true when this coroutine has to be resumed now.
    bool attach(std::coroutine_handle<> parent, TaskId awaiter)
    {
        const bool startNow = !m_isStarted;
        m_isStarted = true;
        if (m_ownsId || !startNow) {
            setContinuation(parent, awaiter);
            if (isRecorded(awaiter))
                Recorder::suspend(awaiter, WaitReason::Await, m_ownsId ? m_task : kNoTask);
        } else {
            m_task = awaiter; // the awaiter goes on, in another coroutine's code
            setContinuation(parent, kNoTask);
        }
        return startNow;
    }
    void rethrowIfFailed() const
    {
        if (m_error)
            std::rethrow_exception(m_error);
    }

protected:
    void setStatus(TaskStatus status) { m_status = status; }

private:
    void onFirstResume() noexcept
    {
        m_isStarted = true;
        if (m_ownsId && Recorder::isOn()) [[unlikely]]
            recordBegin();
    }
    std::coroutine_handle<> onDone() noexcept
    {
        if (Recorder::isOn()) [[unlikely]]
            recordDone();
        return m_continuation;
    }
    // Out of line: the coroutine's own code stays as small as a bare one's.
    [[gnu::noinline]] void recordBegin() const noexcept { Recorder::begin(m_task); }
    [[gnu::noinline]] void recordDone() const noexcept
    {
        if (m_ownsId)
            recordEnd(m_task, m_status);
        if (isRecorded(m_awaiter))
            Recorder::resume(m_awaiter, m_ownsId ? m_task : kNoTask);
    }

    std::coroutine_handle<> m_continuation = std::noop_coroutine();
    std::exception_ptr m_error;
    TaskId m_task = kNoTask;
    TaskId m_awaiter = kNoTask;
    TaskStatus m_status = TaskStatus::Finished;
    bool m_ownsId = false;
    bool m_isStarted = false;
};

template<typename T>
class Promise final : public PromiseBase
{
public:
    Task<T> get_return_object() noexcept;
    template<typename U>
    void return_value(U &&value)
    {
        m_value.emplace(std::forward<U>(value));
    }
    T takeResult()
    {
        rethrowIfFailed();
        return std::move(*m_value);
    }

private:
    std::optional<T> m_value;
};

template<>
class Promise<void> final : public PromiseBase
{
public:
    Task<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void takeResult() const { rethrowIfFailed(); }
};

/// A task's own coroutine: its result is the end that is recorded.
template<>
class Promise<TaskStatus> final : public PromiseBase
{
public:
    Task<TaskStatus> get_return_object() noexcept;
    void return_value(TaskStatus value) noexcept { setStatus(value); }
    TaskStatus takeResult() const
    {
        rethrowIfFailed();
        return status();
    }
};

/// co_await on a Task: starts it by symmetric transfer, comes back at its end.
template<typename T>
class TaskAwaiter
{
public:
    explicit TaskAwaiter(std::coroutine_handle<Promise<T>> child)
        : m_child(child)
    {
    }
    [[nodiscard]] bool await_ready() const noexcept { return m_child.done(); }
    template<typename Parent>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Parent> parent) const noexcept
    {
        static_assert(std::is_base_of_v<PromiseBase, Parent>,
                      "only a traced Task can await a traced Task");
        if (m_child.promise().attach(parent, parent.promise().task()))
            return m_child;
        return std::noop_coroutine();
    }
    T await_resume() const { return m_child.promise().takeResult(); }

private:
    std::coroutine_handle<Promise<T>> m_child;
};

} // namespace Detail

/// A traced C++20 coroutine: lazy (nothing runs before it is awaited, spawned or resumed), and owner
/// of its frame. `Task<TaskStatus>` is what a task of a run is made of.
///
/// With recording switched off it costs a few stores more than a bare coroutine. An exception ends it
/// as Failed and comes out of the co_await. Destroying a Task destroys its frame: before it was
/// started, when it is done, or together with its executor, which would resume it otherwise.
/// Thread: one at a time, that of its executor.
template<typename T = void>
class [[nodiscard]] Task
{
public:
    using promise_type = Detail::Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    Task() = default;
    explicit Task(Handle handle)
        : m_handle(handle)
    {
    }
    Task(Task &&other) noexcept
        : m_handle(std::exchange(other.m_handle, nullptr))
    {
    }
    Task &operator=(Task &&other) noexcept
    {
        if (this != &other) {
            if (m_handle)
                m_handle.destroy();
            m_handle = std::exchange(other.m_handle, nullptr);
        }
        return *this;
    }
    Task(const Task &) = delete;
    Task &operator=(const Task &) = delete;
    ~Task()
    {
        if (m_handle)
            m_handle.destroy();
    }

    [[nodiscard]] bool isValid() const { return bool(m_handle); }
    [[nodiscard]] bool isDone() const { return !m_handle || m_handle.done(); }
    [[nodiscard]] Handle handle() const { return m_handle; }
    [[nodiscard]] promise_type &promise() const { return m_handle.promise(); }

    /// Makes it a task of the run, which records its begin and end. Before it is started.
    void setId(TaskId id) { m_handle.promise().setId(id); }
    [[nodiscard]] TaskId id() const { return m_handle.promise().task(); }
    /// Runs it until its first suspension point or its end, on the calling thread.
    void resume() { m_handle.resume(); }

    auto operator co_await() const noexcept { return Detail::TaskAwaiter<T>(m_handle); }

private:
    Handle m_handle;
};

namespace Detail
{

template<typename T>
Task<T> Promise<T>::get_return_object() noexcept
{
    return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept
{
    return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<TaskStatus> Promise<TaskStatus>::get_return_object() noexcept
{
    return Task<TaskStatus>(std::coroutine_handle<Promise>::from_promise(*this));
}

} // namespace Detail

} // namespace Interleave
