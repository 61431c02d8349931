// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who waits in an Executor, and how each wait ends.
#include "core/engine/async/taskgroup.h"
#include "core/engine/executor.h"

#include <QAbstractEventDispatcher>

#include <algorithm>
#include <utility>

namespace Interleave
{

void Executor::makeReady(WaitingCoroutine &waiting, TaskId cause)
{
    waiting.isReady = true;
    m_ready.push_back({waiting.handle, &waiting, cause});
}

void Executor::sleepUntil(WaitingCoroutine &waiting, TimestampNs deadline)
{
    if (!endsAtOnce(waiting))
        addTimer(waiting, deadline);
}

void Executor::park(WaitingCoroutine &waiting, TimestampNs deadline)
{
    if (endsAtOnce(waiting))
        return;
    waiting.parkedAt = std::uint32_t(m_parked.size());
    m_parked.push_back(&waiting);
    if (deadline != kNoDeadline)
        addTimer(waiting, deadline);
}

void Executor::unpark(WaitingCoroutine &waiting)
{
    m_parked.back()->parkedAt = waiting.parkedAt;
    m_parked[waiting.parkedAt] = m_parked.back();
    m_parked.pop_back();
    waiting.parkedAt = WaitingCoroutine::kNowhere;
}

void Executor::release(WaitingCoroutine &waiting, TaskId cause)
{
    if (!waiting.isParked())
        return; // a stop request, its cancellation or its deadline was faster
    unpark(waiting);
    if (waiting.timerAt != WaitingCoroutine::kNowhere)
        removeTimer(waiting.timerAt);
    makeReady(waiting, cause);
}

void Executor::post(WaitingCoroutine &waiting, TaskId cause)
{
    const std::lock_guard lock(m_postMutex);
    m_posts.push_back({&waiting, cause});
    m_hasPosts.store(true, std::memory_order_release);
    m_posted.notify_all();
    // Thread-safe, and kept until the loop waits. While the lock is held: as soon as the coroutine has
    // gone on, this executor and its dispatcher may be gone. Before the first run() nobody has to be woken.
    if (m_dispatcher)
        m_dispatcher->wakeUp();
}

void Executor::takePosts()
{
    // A post that is not seen here has yet to wake the loop, or has done so.
    if (!m_hasPosts.load(std::memory_order_acquire))
        return;
    const std::lock_guard lock(m_postMutex);
    for (const Post &post : m_posts)
        makeReady(*post.waiting, post.cause);
    m_posts.clear();
    m_hasPosts.store(false, std::memory_order_relaxed);
}

void Executor::takeBack(WaitingCoroutine &waiting)
{
    std::unique_lock lock(m_postMutex);
    const auto isOfWaiting = [&waiting](const Post &post) { return post.waiting == &waiting; };
    m_posted.wait(lock, [&] { return std::erase_if(m_posts, isOfWaiting) > 0; });
}

/// From now on nobody goes on here: those who wait are on no list any more, and know of no executor. Who
/// stands in the queue stays marked as ready: what it waited for has come back from another thread.
void Executor::letGoOfAll()
{
    const auto letGo = [](WaitingCoroutine &waiting) {
        waiting.executor = nullptr;
        waiting.parkedAt = WaitingCoroutine::kNowhere;
        waiting.timerAt = WaitingCoroutine::kNowhere;
    };
    for (WaitingCoroutine *const waiting : m_parked)
        letGo(*waiting);
    for (const Timer &timer : m_timers)
        letGo(*timer.waiting);
    for (const Ready &ready : m_ready) {
        if (ready.waiting)
            letGo(*ready.waiting);
    }
    m_parked.clear();
    m_timers.clear();
    m_ready.clear();
}

void Executor::forget(WaitingCoroutine &waiting)
{
    if (waiting.isParked())
        unpark(waiting);
    if (waiting.timerAt != WaitingCoroutine::kNowhere)
        removeTimer(waiting.timerAt);
    if (!waiting.isReady)
        return;
    for (Ready &ready : m_ready) {
        if (ready.waiting == &waiting)
            ready = {std::noop_coroutine(), nullptr, kNoTask};
    }
}

void Executor::forgetStart(std::coroutine_handle<> handle)
{
    for (Ready &ready : m_ready) {
        if (ready.handle == handle)
            ready = {std::noop_coroutine(), nullptr, kNoTask};
    }
}

void Executor::fireDueTimers()
{
    if (m_timers.empty())
        return;
    const TimestampNs now = monotonicNow();
    while (!m_timers.empty() && m_timers.front().deadline <= now) {
        WaitingCoroutine &waiting = *m_timers.front().waiting;
        removeTimer(0);
        if (waiting.isParked())
            unpark(waiting);
        waiting.timedOut = true;
        makeReady(waiting, kNoTask);
    }
}

void Executor::goBehind(WaitingCoroutine &waiting)
{
    fireDueTimers();
    makeReady(waiting, kNoTask);
}

/// Whether a wait is over before it begins.
bool Executor::endsAtOnce(WaitingCoroutine &waiting)
{
    if (!mustEnd(waiting.task))
        return false;
    waiting.cancelled = true;
    makeReady(waiting, kNoTask);
    return true;
}

void Executor::endWait(WaitingCoroutine &waiting)
{
    if (waiting.isParked())
        unpark(waiting);
    if (waiting.timerAt != WaitingCoroutine::kNowhere)
        removeTimer(waiting.timerAt);
    waiting.cancelled = true;
    makeReady(waiting, kNoTask);
}

void Executor::cancelAllWaits()
{
    std::sort(m_timers.begin(), m_timers.end());
    for (const Timer &timer : m_timers) {
        timer.waiting->timerAt = WaitingCoroutine::kNowhere;
        endWait(*timer.waiting);
    }
    m_timers.clear();
    while (!m_parked.empty())
        endWait(*m_parked.back());
}

void Executor::cancel(const std::vector<TaskId> &tasks)
{
    m_cancelled.insert(tasks.begin(), tasks.end());
    m_cancelled.erase(kNoTask);
    if (std::exchange(m_isCancelling, true))
        return; // the call under way goes round once more
    std::size_t known = 0;
    do {
        known = m_cancelled.size();
        endCancelledWaits();
        // Who waits for a group waits for its tasks: they end first, and that ends the wait.
        for (const Join &join : m_joins) {
            if (isCancelled(join.waiter))
                join.group->cancel();
        }
    } while (known != m_cancelled.size());
    m_isCancelling = false;
}

void Executor::endCancelledWaits()
{
    std::vector<WaitingCoroutine *> ended; // ending one moves the others
    for (const Timer &timer : m_timers) {
        if (isCancelled(timer.waiting->task))
            ended.push_back(timer.waiting);
    }
    for (WaitingCoroutine *waiting : m_parked) {
        const bool isAmongTimers = waiting->timerAt != WaitingCoroutine::kNowhere;
        if (!isAmongTimers && isCancelled(waiting->task))
            ended.push_back(waiting);
    }
    for (WaitingCoroutine *waiting : ended)
        endWait(*waiting);
}

void Executor::joins(TaskGroup &group, TaskId waiter)
{
    group.m_joinAt = m_joins.size();
    m_joins.push_back({&group, waiter});
    if (isCancelled(waiter))
        group.cancel();
}

void Executor::joinsNoMore(TaskGroup &group)
{
    m_joins[group.m_joinAt] = m_joins.back();
    m_joins[group.m_joinAt].group->m_joinAt = group.m_joinAt;
    m_joins.pop_back();
}

void Executor::putTimer(std::size_t at, Timer timer)
{
    timer.waiting->timerAt = std::uint32_t(at);
    m_timers[at] = timer;
}

void Executor::addTimer(WaitingCoroutine &waiting, TimestampNs deadline)
{
    m_timers.push_back({deadline, m_timerOrder++, &waiting});
    moveUp(m_timers.size() - 1);
}

void Executor::removeTimer(std::size_t at)
{
    m_timers[at].waiting->timerAt = WaitingCoroutine::kNowhere;
    const Timer last = m_timers.back();
    m_timers.pop_back();
    if (at == m_timers.size())
        return;
    putTimer(at, last);
    moveUp(at);
    moveDown(last.waiting->timerAt);
}

void Executor::moveUp(std::size_t at)
{
    const Timer timer = m_timers[at];
    while (at > 0) {
        const std::size_t parent = (at - 1) / 2;
        if (!(timer < m_timers[parent]))
            break;
        putTimer(at, m_timers[parent]);
        at = parent;
    }
    putTimer(at, timer);
}

void Executor::moveDown(std::size_t at)
{
    const Timer timer = m_timers[at];
    for (std::size_t child = 2 * at + 1; child < m_timers.size(); child = 2 * at + 1) {
        if (child + 1 < m_timers.size() && m_timers[child + 1] < m_timers[child])
            ++child;
        if (!(m_timers[child] < timer))
            break;
        putTimer(at, m_timers[child]);
        at = child;
    }
    putTimer(at, timer);
}

} // namespace Interleave
