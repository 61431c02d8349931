// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"
#include "core/engine/jobpool.h"
#include "core/record/objectkind.h"

#include <QRunnable>
#include <QThreadPool>

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace Interleave
{

namespace Detail
{

/// A callable that runs on a pool's thread while the coroutine is suspended; the job and its result lie
/// in the coroutine's frame. Only the begin of the wait and its end belong to the executor's thread.
template<typename Pool, typename Callable>
class PoolWait final : public SuspensionPoint, private QRunnable
{
public:
    using Result = std::invoke_result_t<Callable &>;
    using Stored = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

    PoolWait(Pool &pool, WaitReason why, ObjectId object, Callable callable, TaskId subtask)
        : m_pool(pool)
        , m_callable(std::move(callable))
        , m_why(why)
        , m_object(object)
        , m_subtask(subtask)
    {
        setAutoDelete(false);
    }
    /// Where the frame goes while the callable runs, it first waits for its end.
    ~PoolWait() override
    {
        if (m_isOut && !m_waiting.isReady)
            m_executor->takeBack(m_waiting);
    }

    [[nodiscard]] bool await_ready() const { return false; }
    template<typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self)
    {
        // Of an Await, the record names the task that is waited for.
        m_executor = &suspend(self, m_why, m_why == WaitReason::Await ? m_subtask : m_object);
        if (m_subtask != kNoTask) {
            const TaskId submitter = isRecorded(m_waiting.task) ? m_waiting.task : kNoTask;
            Recorder::queued(m_subtask, submitter, m_object);
        }
        m_isOut = true;
        if constexpr (kIsJobPool)
            m_pool.expect(1);
        m_pool.start(this);
    }
    Result await_resume()
    {
        m_isOut = false;
        if (m_error)
            std::rethrow_exception(m_error);
        if constexpr (!std::is_void_v<Result>)
            return std::move(*m_result);
    }

private:
    static constexpr bool kIsJobPool = std::is_same_v<Pool, JobPool>;

    /// On the pool's thread. After post() the frame may be gone.
    void run() override
    {
        if constexpr (kIsJobPool)
            m_pool.jobBegins();
        if (m_subtask != kNoTask)
            Recorder::begin(m_subtask);
        try {
            if constexpr (std::is_void_v<Result>) {
                m_callable();
                m_result.emplace();
            } else {
                m_result.emplace(m_callable());
            }
        } catch (...) {
            m_error = std::current_exception();
        }
        if (m_subtask != kNoTask)
            recordEnd(m_subtask, status());
        if constexpr (kIsJobPool)
            m_pool.jobDone();
        m_executor->post(m_waiting, m_subtask);
    }
    [[nodiscard]] TaskStatus status() const
    {
        if (m_error)
            return TaskStatus::Failed;
        if constexpr (std::is_same_v<Result, TaskStatus>)
            return *m_result;
        else
            return TaskStatus::Finished;
    }

    Pool &m_pool;
    Callable m_callable;
    WaitReason m_why;
    ObjectId m_object;
    TaskId m_subtask;
    bool m_isOut = false; ///< with the pool, or on its way back
    Executor *m_executor = nullptr;
    std::optional<Stored> m_result;
    std::exception_ptr m_error;
};

} // namespace Detail

/// `co_await onPool(pool, why, object, callable)`: runs the callable on a thread of the pool, a QThreadPool
/// or a JobPool, and comes back to the executor's thread with its result or its exception.
///
/// The coroutine's task is suspended meanwhile, for `why`. The callable works on its behalf unrecorded,
/// as a task is on one thread at a time; with a `subtask` (EngineRun::defineSubtasks) its queueing in the
/// pool, its begin and its end are that task's. It may use what lies in the coroutine's frame: so neither
/// a stop request nor a cancellation ends this wait before the callable has ended, which asks
/// TaskContext::stopRequested() itself. It should capture by reference.
/// \param object the pool's number (ObjectKind::Pool), or kNoObject. \param pool borrowed; outlives it
template<typename Pool, typename Callable>
[[nodiscard]] auto onPool(Pool &pool, WaitReason why, ObjectId object, Callable callable,
                          TaskId subtask = kNoTask)
{
    return Detail::PoolWait<Pool, Callable>(pool, why, object, std::move(callable), subtask);
}

} // namespace Interleave
