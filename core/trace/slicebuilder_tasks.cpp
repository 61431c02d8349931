// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder_p.h"

#include <algorithm>

namespace Interleave
{

namespace
{

bool putsTaskOnThread(EventKind kind)
{
    return kind == EventKind::Begin || kind == EventKind::Chain || kind == EventKind::Resume;
}

} // namespace

void SliceBuilder::Private::handle(const Record &record, TimestampNs now)
{
    const Event &event = record.event;
    if (!m_trace.writableTask(event.task))
        return; // an id that is not kept
    ThreadLife *known = newestLife(record.tid);
    // A helper is believed only about threads of its own process that the kernel has shown.
    if (m_takeTaskId && isKernel()
        && (!known || !known->isOfRun || (known->isAlive && known->pid != record.pid)))
        return;
    if (!known || !known->isAlive) {
        // Behind the thread's end only what came late is found. Of that, what says something of the
        // task alone still counts. Where ends are merely sampled, it may be a new thread.
        const bool needsThread = putsTaskOnThread(event.kind) || event.task == kNoTask;
        if (known && needsThread && isKernel())
            return;
        if (!known || needsThread)
            known = &threadOf(record.pid, record.tid, now);
    }
    if (!known->isOfRun) { // who writes into our rings is ours
        joinRun(*known, now);
        giveTask(*known, now);
    }
    ThreadLife &thread = *known;
    noteTaskOf(thread, event.task);
    const TaskId task = event.task != kNoTask ? event.task : thread.task;
    switch (event.kind) {
    case EventKind::Queued:
        queued(event, now);
        break;
    case EventKind::Begin:
        endWaiting(event.task, now);
        begin(thread, event.task, now);
        m_graph.begin(event.task);
        break;
    case EventKind::Chain:
        endWaiting(event.task, now);
        chain(thread, event.task, now);
        m_graph.begin(event.task);
        break;
    case EventKind::Resume:
        endWaiting(event.task, now);
        begin(thread, event.task, now);
        if (event.cause != kNoTask && event.cause < Trace::kMostTasks && event.task != kNoTask)
            m_trace.addFlow({now, event.cause, event.task, kNoObject});
        break;
    case EventKind::Suspend:
        suspend(task, event, now);
        break;
    case EventKind::End:
        end(task, TaskOutcome::Finished, now);
        break;
    case EventKind::Cancelled:
        end(task, TaskOutcome::Cancelled, now);
        break;
    case EventKind::Failed:
        end(task, TaskOutcome::Failed, now);
        break;
    case EventKind::Wait:
        wait(thread, checkedReason(event.reason), now);
        beginWaiting(thread.task, event, now);
        break;
    case EventKind::WaitEnd:
        waitEnd(thread, now);
        endWaiting(thread.task, now);
        break;
    case EventKind::Mark:
        m_trace.addMark({now, task, thread.index, event.argument, checkedMarkKind(event.reason)});
        break;
    case EventKind::Acquire:
        acquire(task, event.argument, checkedMode(event.reason), now);
        break;
    case EventKind::Release:
        release(task, event.argument, event.cause, now);
        break;
    case EventKind::Counter:
        if (event.argument != kNoObject && event.argument < Trace::kMostObjects)
            m_trace.addCounter({now, event.argument, event.cause, task});
        break;
    case EventKind::None:
        break;
    }
}

void SliceBuilder::Private::queued(const Event &event, TimestampNs now)
{
    const TaskId id = event.task;
    if (id == kNoTask)
        return;
    TaskInfo *info = m_trace.writableTask(id);
    if (info->submitted.load(std::memory_order_relaxed) == 0) {
        // The submitter may have been switched out before it could say so.
        const TimestampNs begun = info->begun.load(std::memory_order_relaxed);
        info->submitted.store(begun != 0 ? std::min(begun, now) : now, std::memory_order_relaxed);
    }
    TaskLife &life = taskLife(id);
    noteQueuedAt(event.argument, id, life, now);
    if (life.phase != TaskPhase::None)
        return;
    life.phase = TaskPhase::Queued;
    life.since = now;
    markDirty(id, life);
}

void SliceBuilder::Private::begin(ThreadLife &thread, TaskId id, TimestampNs now)
{
    if (id == kNoTask || thread.task == id)
        return;
    leave(id, now);
    closePiece(thread, now);
    if (thread.task != kNoTask) {
        endWaiting(thread.task, now);
        TaskLife &below = taskLife(thread.task);
        below.phase = TaskPhase::Covered;
        below.since = now;
        markDirty(thread.task, below);
        thread.outer.push_back(thread.task);
    }
    noteBegun(thread, id, now);
}

/// One clock read for an end and a begin. Unlike the two apart, a task that lies below both does
/// not come up in between: it would get a slice for every job.
void SliceBuilder::Private::chain(ThreadLife &thread, TaskId id, TimestampNs now)
{
    if (id == kNoTask || thread.task == id)
        return;
    if (thread.task == kNoTask) {
        begin(thread, id, now);
        return;
    }
    leave(id, now);
    closePiece(thread, now);
    const TaskId done = thread.task;
    endWaiting(done, now);
    m_graph.end(done, now);
    TaskLife &doneLife = taskLife(done);
    doneLife.phase = TaskPhase::Done;
    markDirty(done, doneLife);
    noteEnded(done, TaskOutcome::Finished, now);
    noteBegun(thread, id, now);
}

/// Makes `id` the task on top of a thread whose piece has been closed.
void SliceBuilder::Private::noteBegun(ThreadLife &thread, TaskId id, TimestampNs now)
{
    thread.task = id;
    thread.wait = WaitReason::None; // whoever begins something waits no more
    if (!isKernel())
        thread.state = SliceState::Unknown;
    TaskLife &life = taskLife(id);
    life.phase = TaskPhase::OnThread;
    life.thread = thread.index;
    life.since = now;
    TaskInfo *info = m_trace.writableTask(id);
    if (info->begun.load(std::memory_order_relaxed) == 0) {
        info->begun.store(now, std::memory_order_relaxed);
        info->thread.store(thread.index, std::memory_order_relaxed);
    }
    info->ended.store(0, std::memory_order_relaxed);
    info->outcome.store(TaskOutcome::Running, std::memory_order_relaxed);
    markDirty(thread);
}

void SliceBuilder::Private::noteEnded(TaskId id, TaskOutcome outcome, TimestampNs now)
{
    TaskInfo *info = m_trace.writableTask(id);
    info->ended.store(now, std::memory_order_relaxed);
    info->outcome.store(outcome, std::memory_order_relaxed);
}

void SliceBuilder::Private::suspend(TaskId id, const Event &event, TimestampNs now)
{
    if (id == kNoTask)
        return;
    TaskLife &life = taskLife(id);
    if (life.phase == TaskPhase::Done)
        return;
    if (life.phase == TaskPhase::Suspended && life.reason == checkedReason(event.reason)) {
        beginWaiting(id, event, now); // the same wait, from now on for something else
        return;
    }
    if (life.phase == TaskPhase::None || life.phase == TaskPhase::Queued)
        noteBegunNowhere(id, now);
    leave(id, now);
    life.phase = TaskPhase::Suspended;
    life.since = now;
    life.reason = checkedReason(event.reason);
    markDirty(id, life);
    beginWaiting(id, event, now);
}

void SliceBuilder::Private::end(TaskId id, TaskOutcome outcome, TimestampNs now)
{
    if (id == kNoTask)
        return;
    TaskLife &life = taskLife(id);
    if (life.phase == TaskPhase::Done) {
        // Who has ended its process on purpose says so after the kernel has told of the end.
        TaskInfo *info = m_trace.writableTask(id);
        if (outcome == TaskOutcome::Cancelled
            && info->outcome.load(std::memory_order_relaxed) == TaskOutcome::Crashed)
            info->outcome.store(outcome, std::memory_order_relaxed);
        return;
    }
    endWaiting(id, now);
    m_graph.end(id, now);
    leave(id, now);
    life.phase = TaskPhase::Done;
    markDirty(id, life);
    noteEnded(id, outcome, now);
}

void SliceBuilder::Private::wait(ThreadLife &thread, WaitReason reason, TimestampNs now)
{
    thread.wait = reason;
    if (!isKernel()) {
        setState(thread, SliceState::Blocked, reason, now);
    } else if (thread.state == SliceState::Blocked
               && (thread.reason != reason || thread.isDerived)) {
        thread.reason = reason; // stamped just after the switch out that it explains
        thread.isDerived = false;
        markDirty(thread);
    }
}

void SliceBuilder::Private::waitEnd(ThreadLife &thread, TimestampNs now)
{
    thread.wait = WaitReason::None;
    if (!isKernel())
        setState(thread, SliceState::Unknown, WaitReason::None, now);
}

/// Takes a task from wherever it is and closes what was going on with it.
void SliceBuilder::Private::leave(TaskId id, TimestampNs now)
{
    TaskLife &life = taskLife(id);
    if (life.phase == TaskPhase::None || life.phase == TaskPhase::Done)
        return;
    closeTaskPiece(id, life, now);
    if (life.phase == TaskPhase::Covered) {
        auto &outer = m_threads.writable(life.thread).outer;
        outer.erase(std::remove(outer.begin(), outer.end(), id), outer.end());
    } else if (life.phase == TaskPhase::OnThread) {
        ThreadLife &thread = m_threads.writable(life.thread);
        closePiece(thread, now);
        thread.task = kNoTask;
        if (!thread.outer.empty()) {
            thread.task = thread.outer.back();
            thread.outer.pop_back();
            TaskLife &below = taskLife(thread.task);
            closeTaskPiece(thread.task, below, now);
            below.phase = TaskPhase::OnThread;
            below.since = now;
        }
        markDirty(thread);
    }
    life.phase = TaskPhase::None;
    markDirty(id, life);
}

/// Appends what a task that is on no thread, or covered, did up to `until`. Of a task on top, the
/// thread's pieces tell.
void SliceBuilder::Private::closeTaskPiece(TaskId id, TaskLife &life, TimestampNs until)
{
    if (life.phase != TaskPhase::Queued && life.phase != TaskPhase::Suspended
        && life.phase != TaskPhase::Covered) {
        return;
    }
    // What finer tasks do on a thread is theirs: the thread's own has not waited meanwhile.
    if (life.phase == TaskPhase::Covered && m_threads[life.thread].ownTask == id)
        return;
    Slice slice = waitingPieceOf(id, life);
    slice.end = until;
    life.since = until;
    if (slice.end <= slice.begin)
        return;
    TaskInfo *info = m_trace.writableTask(id);
    addToTotals(info->totals, slice);
    const TrackIndex track = info->track.load(std::memory_order_relaxed);
    if (track != kNoTrack)
        m_trace.append(track, slice);
}

Slice SliceBuilder::Private::waitingPieceOf(TaskId id, const TaskLife &life) const
{
    Slice slice;
    slice.begin = life.since;
    slice.end = life.since;
    slice.task = id;
    slice.thread = life.thread;
    if (life.thread != kNoThread)
        slice.core = m_threads[life.thread].core;
    if (life.phase == TaskPhase::Queued) {
        slice.state = SliceState::Queued;
    } else if (life.phase == TaskPhase::Suspended) {
        slice.state = SliceState::Suspended;
        slice.reason = life.reason;
    } else {
        slice.state = SliceState::Blocked;
        slice.reason = WaitReason::Await;
    }
    return slice;
}

TaskLife &SliceBuilder::Private::taskLife(TaskId id)
{
    while (m_tasks.size() <= id) {
        m_tasks.next();
        m_tasks.publish();
    }
    return m_tasks.writable(id);
}

void SliceBuilder::Private::markDirty(TaskId id, TaskLife &life)
{
    if (life.isDirty || m_trace.task(id).track.load(std::memory_order_relaxed) == kNoTrack)
        return;
    life.isDirty = true;
    m_dirtyTasks.push_back(id);
}

void SliceBuilder::Private::closePiece(ThreadLife &thread, TimestampNs until)
{
    if (until <= thread.since || !thread.isAlive)
        return;
    Slice slice = pieceOf(thread);
    slice.end = until;
    thread.since = until;
    emitPiece(thread, slice);
    markDirty(thread);
}

void SliceBuilder::Private::emitPiece(ThreadLife &thread, const Slice &slice)
{
    CoreLife *core = slice.state == SliceState::Running ? coreOf(slice.core) : nullptr;
    if (!thread.isOfRun) {
        if (core) {
            Slice others = slice;
            others.state = SliceState::Others;
            m_trace.append(core->track, others);
        }
        return;
    }
    if (slice.state == SliceState::Unknown && slice.task == kNoTask)
        return;
    m_trace.append(trackOf(thread), slice);
    if (core)
        m_trace.append(core->track, slice);
    if (slice.task == kNoTask)
        return;
    TaskInfo *info = m_trace.writableTask(slice.task);
    addToTotals(info->totals, slice);
    const TrackIndex track = info->track.load(std::memory_order_relaxed);
    if (track != kNoTrack)
        m_trace.append(track, slice);
}

void SliceBuilder::Private::setState(ThreadLife &thread, SliceState state, WaitReason reason,
                                     TimestampNs now)
{
    closePiece(thread, now);
    thread.state = state;
    thread.reason = reason;
    thread.isDerived = false;
    markDirty(thread);
}

void SliceBuilder::Private::markDirty(ThreadLife &thread)
{
    if (thread.isDirty)
        return;
    thread.isDirty = true;
    m_dirtyThreads.push_back(thread.index);
}

Slice SliceBuilder::Private::pieceOf(const ThreadLife &thread) const
{
    Slice slice;
    slice.begin = thread.since;
    slice.end = thread.since;
    slice.task = thread.task;
    slice.thread = thread.index;
    slice.core = thread.core;
    slice.state = thread.state;
    if (thread.state == SliceState::Blocked)
        slice.reason = thread.reason;
    slice.derived = thread.isDerived;
    return slice;
}

bool SliceBuilder::Private::isDrawn(const ThreadLife &thread)
{
    return thread.state != SliceState::Unknown || thread.task != kNoTask;
}

} // namespace Interleave
