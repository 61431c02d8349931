// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder_p.h"

#include <algorithm>

namespace Interleave
{

namespace
{

/// Moves what the slices show as blocked to runnable.
DurationNs moveToRunnable(TrackTotals &totals, DurationNs wait)
{
    const DurationNs moved = std::min(wait, totals.blocked.load(std::memory_order_relaxed));
    addAsOnlyWriter(totals.blocked, -moved);
    addAsOnlyWriter(totals.runnable, moved);
    addAsOnlyWriter(totals.wokenWait, moved);
    return moved;
}

} // namespace

/// It is in time as long as the switch in is ahead, even if the thread was ready before the horizon:
/// the blocked piece is open until then, and nothing of it has been appended.
void SliceBuilder::Private::addWoken(const SchedEvent &event)
{
    SchedEvent kept = event;
    TimestampNs time = event.time;
    if (event.time <= m_horizon)
        kept.kind = SchedEventKind::WokenSum;
    if (kept.kind == SchedEventKind::Woken)
        time -= event.readyNs;
    m_keys.push_back(
        {std::max(time, m_horizon), kWokenRank << kRankShift | std::uint64_t(m_sched.size())});
    m_sched.push_back(kept);
}

void SliceBuilder::Private::woken(const SchedEvent &event, TimestampNs now)
{
    ThreadLife *thread = aliveThread(event.tid);
    if (!thread || !thread->isOfRun)
        return;
    if (event.kind == SchedEventKind::WokenSum) {
        addUnplacedWait(*thread, event);
        return;
    }
    if (thread->state != SliceState::Blocked)
        return; // records were lost in between
    const TimestampNs ready = std::min(event.time - DurationNs(event.readyNs), now);
    setState(*thread, SliceState::Runnable, WaitReason::None, std::max(ready, thread->since));
    thread->isDerived = true;
}

/// It explains a piece that is open until the switch in that follows.
void SliceBuilder::Private::addWaitSeen(const SchedEvent &event)
{
    m_keys.push_back({std::max(event.time, m_horizon),
                      kWokenRank << kRankShift | std::uint64_t(m_sched.size())});
    m_sched.push_back(event);
}

void SliceBuilder::Private::waitSeen(const SchedEvent &event)
{
    ThreadLife *thread = aliveThread(event.tid);
    const WaitReason reason = checkedReason(event.reason);
    if (!thread || reason == WaitReason::None || thread->state != SliceState::Blocked
        || thread->reason != WaitReason::None)
        return;
    if (thread->switchedOut > event.time)
        return; // that was another wait
    thread->reason = reason;
    thread->isDerived = true;
    markDirty(*thread);
}

/// Like a wake-up it is in time as long as the switch in is ahead. It is handled before the switch out
/// at its begin, and the pieces that follow get its reason as they begin.
void SliceBuilder::Private::addLockWait(const SchedEvent &event)
{
    if (event.time <= m_horizon)
        return; // what could show it has been told
    m_keys.push_back({std::max(event.lostSince, m_horizon),
                      kLockWaitRank << kRankShift | std::uint64_t(m_sched.size())});
    m_sched.push_back(event);
}

void SliceBuilder::Private::lockWait(const SchedEvent &event)
{
    ThreadLife *thread = aliveThread(event.tid);
    if (!thread || !thread->isOfRun)
        return;
    thread->lockWait = {event.lostSince, event.time};
    if (thread->state == SliceState::Blocked && thread->switchedOut >= event.lostSince)
        labelLockWait(*thread);
}

/// What a recorder says of a wait is never replaced; what was only seen is.
void SliceBuilder::Private::labelLockWait(ThreadLife &thread)
{
    if (thread.state != SliceState::Blocked
        || (thread.reason != WaitReason::None && !thread.isDerived))
        return;
    thread.reason = WaitReason::GlobalLock;
    thread.isDerived = true;
    markDirty(thread);
}

/// The task's only when all of it was the task's: it has been on top for as long as the gaps go back.
void SliceBuilder::Private::addUnplacedWait(ThreadLife &thread, const SchedEvent &event)
{
    TrackTotals &totals = m_trace.writableTrack(trackOf(thread)).totals;
    const DurationNs wait = moveToRunnable(totals, DurationNs(event.readyNs));
    if (thread.idleUntil <= event.lostSince)
        addAsOnlyWriter(totals.wokenWaitOfTasks, wait);
    if (thread.task == kNoTask)
        return;
    const TaskLife &life = taskLife(thread.task);
    if (life.phase == TaskPhase::OnThread && life.since <= event.lostSince)
        moveToRunnable(m_trace.writableTask(thread.task)->totals, wait);
}

} // namespace Interleave
