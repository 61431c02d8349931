// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/taskgroup.h"

#include <exception>
#include <utility>
#include <vector>

namespace Interleave
{

/// Where one task continues to at its end: it tells the group, and gives the thread back to the executor.
/// The least that a coroutine can be; it is resumed once.
struct TaskGroup::Watcher {
    struct promise_type {
        Watcher get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<> handle;
};

TaskGroup::Watcher TaskGroup::watch(TaskGroup *group, std::size_t index)
{
    group->memberEnded(index);
    co_return;
}

TaskGroup::TaskGroup(TaskId submitter)
    : m_executor(*Executor::current())
    , m_submitter(submitter)
{
}

TaskGroup::~TaskGroup()
{
    for (Member &member : m_members) {
        if (!member.task.isDone()) {
            m_executor.forgetStart(member.task.handle());
            member.task = Task<TaskStatus>(); // its suspension points take themselves off the lists
            if (isRecorded(member.id))
                Recorder::cancelled(member.id);
        }
        member.watcher.destroy();
    }
}

void TaskGroup::start(Task<TaskStatus> task)
{
    TaskId id = task.id();
    if (id == kNoTask) {
        id = m_executor.takeUnrecordedId();
        task.promise().actFor(id);
    } else {
        Recorder::queued(id, m_submitter);
    }
    const std::size_t index = m_members.size();
    Member &member = m_members.emplace_back();
    if (isRecorded(id))
        m_unfinishedEnd = m_members.size();
    member.id = id;
    member.watcher = watch(this, index).handle;
    member.task = std::move(task);
    member.task.promise().setContinuation(member.watcher, kNoTask);
    m_executor.start(member.task);
    if (m_isCancelled)
        m_executor.cancel(id);
    renewWait(); // none of those before has to end any more
}

void TaskGroup::cancel()
{
    if (std::exchange(m_isCancelled, true))
        return;
    std::vector<TaskId> unfinished;
    for (const Member &member : m_members) {
        if (!member.task.isDone())
            unfinished.push_back(member.id);
    }
    m_executor.cancel(unfinished);
}

void TaskGroup::rethrowFailure() const
{
    for (const Member &member : m_members) {
        const auto &promise = member.task.promise();
        if (promise.status() == TaskStatus::Failed)
            promise.rethrowIfFailed();
    }
}

void TaskGroup::memberEnded(std::size_t index)
{
    if (m_ended++ == 0)
        m_firstEnded = index;
    if (!m_waiting || m_ended < m_needed) {
        renewWait();
        return;
    }
    WaitingCoroutine &waiting = *m_waiting;
    const bool isParked = m_isParked;
    endWait(waiting);
    const TaskId cause = m_members[index].id;
    if (isParked)
        m_executor.release(waiting, cause);
    else
        m_executor.makeReady(waiting, cause);
}

/// The members that end first began first, as a rule: so the last one needs to be renewed least often.
TaskId TaskGroup::awaitedOne(std::size_t needed)
{
    if (needed < m_members.size())
        return kNoTask; // it may do without any one of them
    for (; m_unfinishedEnd > 0; --m_unfinishedEnd) {
        const Member &member = m_members[m_unfinishedEnd - 1];
        if (isRecorded(member.id) && !member.task.isDone())
            return member.id;
    }
    return kNoTask;
}

void TaskGroup::renewWait()
{
    if (!m_waiting || m_isParked)
        return;
    const TaskId awaited = awaitedOne(m_needed);
    if (std::exchange(m_awaited, awaited) != awaited && isRecorded(m_waiting->task))
        Recorder::suspend(m_waiting->task, WaitReason::Await, awaited);
}

void TaskGroup::beginWait(WaitingCoroutine &waiting, std::size_t needed)
{
    noteWait(waiting, needed, false);
    m_executor.joins(*this, waiting.task);
}

void TaskGroup::noteWait(WaitingCoroutine &waiting, std::size_t needed, bool isParked)
{
    m_waiting = &waiting;
    m_needed = needed;
    m_isParked = isParked;
}

void TaskGroup::endWait(const WaitingCoroutine &waiting)
{
    if (m_waiting != &waiting)
        return;
    m_waiting = nullptr;
    if (!m_isParked)
        m_executor.joinsNoMore(*this);
}

Task<bool> withTimeout(Task<TaskStatus> task, DurationNs patience, TaskId submitter)
{
    TaskGroup group(submitter);
    group.start(std::move(task));
    const bool inTime = co_await group.allFor(patience);
    if (!inTime) {
        group.cancel();
        co_await group.all();
    }
    group.rethrowFailure();
    co_return inTime;
}

} // namespace Interleave
