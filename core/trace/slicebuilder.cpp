// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder.h"

#include "core/trace/slicebuilder_p.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace Interleave
{

namespace
{

constexpr std::uint64_t rankOf(SchedEventKind kind)
{
    switch (kind) {
    case SchedEventKind::Fork:
    case SchedEventKind::Name:
    case SchedEventKind::Exec:
    case SchedEventKind::Lost:
    case SchedEventKind::Found:
        return 0;
    case SchedEventKind::SwitchIn:
    case SchedEventKind::Sampled: // of the time before
        return 1;
    case SchedEventKind::SwitchOut:
    case SchedEventKind::Exit:
    case SchedEventKind::Woken: // have a rank of their own, see addWoken()
    case SchedEventKind::WokenSum:
    case SchedEventKind::WaitSeen: // so have these
    case SchedEventKind::GlobalLockWait:
        break;
    }
    return 3;
}

} // namespace

SliceBuilder::Private::Private(Trace &trace, const std::vector<CoreId> &cores, Source source)
    : m_trace(trace)
    , m_source(source)
{
    for (const CoreId core : cores) {
        if (m_coreIndex.size() <= core)
            m_coreIndex.resize(std::size_t(core) + 1, -1);
        m_coreIndex[core] = int(m_cores.size());
        CoreLife life;
        life.track = trace.addCoreTrack(core);
        m_cores.push_back(life);
    }
}

void SliceBuilder::Private::addKey(TimestampNs time, std::uint64_t rank, std::size_t index)
{
    if (time < m_horizon) {
        time = m_horizon;
        m_trace.countLate(1);
    }
    m_keys.push_back({time, rank << kRankShift | std::uint64_t(index)});
}

void SliceBuilder::Private::handleUntil(TimestampNs horizon)
{
    const auto split = std::partition(m_keys.begin(), m_keys.end(),
                                      [horizon](const Key &key) { return key.time < horizon; });
    std::sort(m_keys.begin(), split);
    for (auto key = m_keys.begin(); key != split; ++key) {
        const std::size_t index = key->order & kIndexMask;
        if (key->order >> kRankShift == kRecordRank)
            handle(m_records[index], key->time);
        else
            handle(m_sched[index], key->time);
    }
    keepRest(std::size_t(split - m_keys.begin()));
    for (CoreLife &core : m_cores)
        flushSample(core);
}

/// Moves what was not handled to the front, in its order of arrival.
void SliceBuilder::Private::keepRest(std::size_t handled)
{
    std::sort(m_keys.begin() + std::ptrdiff_t(handled), m_keys.end(),
              [](const Key &a, const Key &b) { return a.order < b.order; });
    m_spareKeys.clear();
    m_spareSched.clear();
    m_spareRecords.clear();
    for (std::size_t i = handled; i < m_keys.size(); ++i) {
        const Key &key = m_keys[i];
        const std::size_t index = key.order & kIndexMask;
        const std::uint64_t rank = key.order >> kRankShift;
        std::size_t target = 0;
        if (rank == kRecordRank) {
            target = m_spareRecords.size();
            m_spareRecords.push_back(m_records[index]);
        } else {
            target = m_spareSched.size();
            m_spareSched.push_back(m_sched[index]);
        }
        m_spareKeys.push_back({key.time, rank << kRankShift | std::uint64_t(target)});
    }
    m_keys.swap(m_spareKeys);
    m_sched.swap(m_spareSched);
    m_records.swap(m_spareRecords);
}

void SliceBuilder::Private::closeEverything(TimestampNs end)
{
    for (std::size_t i = 0; i < m_threads.size(); ++i) {
        ThreadLife &thread = m_threads.writable(i);
        if (!thread.isAlive)
            continue;
        closePiece(thread, end);
        thread.isAlive = false; // as far as slices are concerned: the recording has ended, not it
        markDirty(thread);
    }
    for (CoreLife &core : m_cores)
        core.occupant = kNoThread;
    for (TaskId id = 1; id < m_tasks.size(); ++id) {
        TaskLife &life = m_tasks.writable(id);
        if (life.phase == TaskPhase::None || life.phase == TaskPhase::Done)
            continue;
        closeTaskPiece(id, life, end);
        life.phase = TaskPhase::Done;
        markDirty(id, life);
        TaskInfo *info = m_trace.writableTask(id);
        // Where threads are tasks, who has ended has been told of: the others go on.
        if (info->begun.load(std::memory_order_relaxed) != 0 && !m_takeTaskId)
            noteEnded(id, TaskOutcome::Crashed, end);
    }
}

void SliceBuilder::Private::publish(TimestampNs horizon)
{
    for (const ThreadIndex index : m_dirtyThreads)
        publishOpen(m_threads.writable(index));
    m_dirtyThreads.clear();
    for (const TaskId id : m_dirtyTasks)
        publishOpen(id);
    m_dirtyTasks.clear();
    for (CoreLife &core : m_cores)
        publishOpen(core);
    for (const ObjectId id : m_dirtyObjects)
        publishOpen(m_objects[id]);
    m_dirtyObjects.clear();
    m_horizon = horizon;
    m_trace.publish(horizon);
}

void SliceBuilder::Private::publishOpen(ThreadLife &thread)
{
    thread.isDirty = false;
    if (thread.isAlive && thread.isOfRun && isDrawn(thread))
        m_trace.setOpen(trackOf(thread), pieceOf(thread));
    else if (thread.track != kNoTrack)
        m_trace.clearOpen(thread.track);
    if (thread.isAlive && thread.task != kNoTask)
        publishOpen(thread.task);
}

void SliceBuilder::Private::publishOpen(TaskId task)
{
    TaskLife &life = taskLife(task);
    life.isDirty = false;
    const TrackIndex track = m_trace.task(task).track.load(std::memory_order_relaxed);
    if (track == kNoTrack)
        return;
    switch (life.phase) {
    case TaskPhase::None:
    case TaskPhase::Done:
        m_trace.clearOpen(track);
        break;
    case TaskPhase::OnThread:
        m_trace.setOpen(track, pieceOf(m_threads[life.thread]));
        break;
    case TaskPhase::Queued:
    case TaskPhase::Covered:
    case TaskPhase::Suspended:
        m_trace.setOpen(track, waitingPieceOf(task, life));
        break;
    }
}

void SliceBuilder::Private::publishOpen(CoreLife &core)
{
    std::optional<Slice> open;
    if (core.occupant != kNoThread) {
        const ThreadLife &thread = m_threads[core.occupant];
        open = pieceOf(thread);
        if (!thread.isOfRun)
            open->state = SliceState::Others;
    }
    if (open == core.open)
        return;
    core.open = open;
    if (open)
        m_trace.setOpen(core.track, *open);
    else
        m_trace.clearOpen(core.track);
}

SliceBuilder::SliceBuilder(Trace &trace, const std::vector<CoreId> &cores, Source source)
    : d(std::make_unique<Private>(trace, cores, source))
{
}

SliceBuilder::~SliceBuilder() = default;

void SliceBuilder::setThreadsAreTasks(std::function<TaskId()> takeTaskId)
{
    d->m_takeTaskId = std::move(takeTaskId);
}

void SliceBuilder::addRoot(pid_t pid, TimestampNs since, const char *name)
{
    ThreadLife &thread = d->addThread(pid, pid, since, true);
    thread.isForked = true;
    d->setName(thread, name, std::strlen(name));
    if (!d->isKernel()) // else it begins when its program does
        d->giveTask(thread, since);
}

void SliceBuilder::addSched(const SchedEvent &event)
{
    if (event.kind == SchedEventKind::Woken || event.kind == SchedEventKind::WokenSum) {
        d->addWoken(event);
        return;
    }
    if (event.kind == SchedEventKind::WaitSeen) {
        d->addWaitSeen(event);
        return;
    }
    if (event.kind == SchedEventKind::GlobalLockWait) {
        d->addLockWait(event);
        return;
    }
    d->addKey(event.time, rankOf(event.kind), d->m_sched.size());
    d->m_sched.push_back(event);
}

void SliceBuilder::addRecord(const Event &event, TimestampNs time, pid_t pid, pid_t tid)
{
    d->addKey(time, Private::kRecordRank, d->m_records.size());
    d->m_records.push_back({event, pid, tid});
    ++d->m_recorded;
}

void SliceBuilder::process(TimestampNs horizon)
{
    if (horizon <= d->m_horizon)
        return;
    d->learnObjects();
    d->handleUntil(horizon);
    d->lookForDeadlock(horizon);
    d->publish(horizon);
}

void SliceBuilder::finish(TimestampNs end)
{
    end = std::max(end, d->m_horizon);
    for (Private::Key &key : d->m_keys)
        key.time = std::min(key.time, end);
    d->learnObjects();
    d->handleUntil(std::numeric_limits<TimestampNs>::max());
    d->closeEverything(end);
    d->closeObjects(end);
    d->publish(end);
    d->m_trace.finish();
}

const std::optional<Deadlock> &SliceBuilder::deadlock() const
{
    return d->m_deadlock;
}

std::uint64_t SliceBuilder::recordedEvents() const
{
    return d->m_recorded;
}

} // namespace Interleave
