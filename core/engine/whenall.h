// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"

#include <cstddef>
#include <exception>
#include <vector>

namespace Interleave
{

namespace Detail
{

/// Lets one coroutine wait until a number of others have arrived.
class Latch
{
public:
    explicit Latch(std::size_t count)
        : m_left(count)
    {
    }

    void arrive(TaskId who)
    {
        if (--m_left == 0 && m_waiting)
            Executor::current()->makeReady(*m_waiting, who);
    }

    class Awaiter final : public SuspensionPoint
    {
    public:
        explicit Awaiter(Latch &latch)
            : m_latch(latch)
        {
        }
        [[nodiscard]] bool await_ready() const { return m_latch.m_left == 0; }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            // Not ended by a stop request: the others live in this coroutine's frame and are stopped
            // themselves.
            suspend(self, WaitReason::Await);
            m_latch.m_waiting = &m_waiting;
        }
        void await_resume() const {}

    private:
        Latch &m_latch;
    };
    [[nodiscard]] Awaiter operator co_await() { return Awaiter(*this); }

private:
    std::size_t m_left;
    WaitingCoroutine *m_waiting = nullptr;
};

/// Awaits one of several, and keeps its exception for the one who waits for all.
inline Task<void> awaitInto(Task<TaskStatus> *task, std::exception_ptr *error, Latch *latch)
{
    const TaskId id = task->id();
    try {
        (void)co_await *task; // the promise keeps the status
    } catch (...) {
        *error = std::current_exception();
    }
    latch->arrive(id);
}

} // namespace Detail

/// Runs several tasks side by side on the current executor and waits for all of them.
/// \return how each ended, in their order. When one failed by an exception, the first such exception
/// comes out, after all are done. \param submitter recorded as the one who queued them.
inline Task<std::vector<TaskStatus>> whenAll(std::vector<Task<TaskStatus>> tasks,
                                             TaskId submitter = kNoTask)
{
    Detail::Latch latch(tasks.size());
    std::vector<std::exception_ptr> errors(tasks.size());
    std::vector<Task<void>> helpers;
    helpers.reserve(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (tasks[i].id() != kNoTask)
            Recorder::queued(tasks[i].id(), submitter);
        helpers.push_back(Detail::awaitInto(&tasks[i], &errors[i], &latch));
        Executor::current()->start(helpers.back());
    }
    co_await latch;
    std::vector<TaskStatus> statuses;
    statuses.reserve(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (errors[i] && tasks[i].promise().status() == TaskStatus::Failed)
            std::rethrow_exception(errors[i]);
        statuses.push_back(tasks[i].promise().status());
    }
    co_return statuses;
}

} // namespace Interleave
