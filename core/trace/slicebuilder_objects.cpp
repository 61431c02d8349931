// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder_p.h"

#include <algorithm>

namespace Interleave
{

namespace
{

constexpr std::size_t kMostHolders = 0xffff; // what Slice::holders() can tell
constexpr std::uint32_t kMostWaiters = 0xff; // what Slice::waiters() can tell

/// Whether Event::argument of such a wait is the number of an object. Of the others it may be
/// anything: of Await it is a task.
bool namesObject(WaitReason reason)
{
    switch (reason) {
    case WaitReason::Lock:
    case WaitReason::Condition:
    case WaitReason::Semaphore:
    case WaitReason::Barrier:
    case WaitReason::Queue:
    case WaitReason::GlobalLock:
    case WaitReason::Connection:
    case WaitReason::Event:
        return true;
    case WaitReason::None:
    case WaitReason::Sleep:
    case WaitReason::Io:
    case WaitReason::Child:
    case WaitReason::Join:
    case WaitReason::Idle:
    case WaitReason::Yield:
    case WaitReason::Await:
    case WaitReason::Futex:
    case WaitReason::Poll:
        break;
    }
    return false;
}

/// A look that took more than so many steps (some 0.2 ms) is not followed by one at the next tick.
constexpr std::size_t kFewSteps = 2'000;

} // namespace

/// Takes in what has been defined since the last time: always before the records that name it.
void SliceBuilder::Private::learnObjects()
{
    for (; m_knownObjects < m_trace.objectCount(); ++m_knownObjects) {
        const ObjectInfo &info = m_trace.object(m_knownObjects);
        ObjectLife &life = *objectLife(info.id);
        life.track = info.track;
        life.capacity = info.capacity;
        m_graph.defineObject(info.id, info.kind, info.capacity);
    }
}

ObjectLife *SliceBuilder::Private::objectLife(ObjectId id)
{
    if (id == kNoObject || id >= Trace::kMostObjects)
        return nullptr;
    while (m_objects.size() <= id) {
        ObjectLife life;
        life.id = ObjectId(m_objects.size());
        m_objects.push_back(std::move(life));
    }
    return &m_objects[id];
}

/// Whoever had waited for it and now has it got it from who gave it back last.
void SliceBuilder::Private::acquire(TaskId task, ObjectId id, AccessMode mode, TimestampNs now)
{
    ObjectLife *object = objectLife(id);
    if (!object || task == kNoTask)
        return;
    endWaiting(task, now); // who gets something waits no more
    TaskLife &life = taskLife(task);
    closeHeldPiece(*object, now);
    object->holders.acquire(task, mode, object->capacity);
    m_graph.acquire(task, id, mode);
    if (life.wanted != id)
        return;
    life.wanted = kNoObject;
    if (object->lastReleaser != kNoTask && object->lastReleaser != task)
        m_trace.addFlow({now, object->lastReleaser, task, id});
}

/// \param next whom it is handed to: the arrow is drawn here, and none follows at its Acquire.
void SliceBuilder::Private::release(TaskId task, ObjectId id, TaskId next, TimestampNs now)
{
    ObjectLife *object = objectLife(id);
    if (!object || task == kNoTask)
        return;
    closeHeldPiece(*object, now);
    object->holders.release(task);
    object->lastReleaser = task;
    m_graph.release(task, id);
    if (next == kNoTask || next == task || next >= Trace::kMostTasks)
        return;
    m_trace.addFlow({now, task, next, id});
    if (next < m_tasks.size() && m_tasks[next].wanted == id)
        m_tasks.writable(next).wanted = kNoObject;
}

/// The submitter may have been switched out before it could say so: then the task has begun already.
void SliceBuilder::Private::noteQueuedAt(ObjectId pool, TaskId task, const TaskLife &life,
                                         TimestampNs now)
{
    if (pool == kNoObject || pool >= Trace::kMostObjects || life.phase == TaskPhase::Done)
        return;
    m_graph.queued(task, pool, now);
    if (life.phase != TaskPhase::None && life.phase != TaskPhase::Queued)
        m_graph.begin(task);
}

void SliceBuilder::Private::beginWaiting(TaskId task, const Event &event, TimestampNs now)
{
    if (task == kNoTask)
        return;
    endWaiting(task, now);
    const WaitReason reason = checkedReason(event.reason);
    ObjectId id = namesObject(reason) ? event.argument : kNoObject;
    TaskId awaited = event.cause;
    if (event.kind == EventKind::Suspend && reason == WaitReason::Await)
        awaited = event.argument;
    if (awaited >= Trace::kMostTasks)
        awaited = kNoTask;
    TaskLife &life = taskLife(task);
    if (ObjectLife *object = objectLife(id)) {
        closeHeldPiece(*object, now);
        ++object->waiters;
    } else {
        id = kNoObject;
    }
    life.waitingFor = id;
    life.wanted = id;
    if (id == kNoObject && awaited == kNoTask)
        return; // nobody is known who could keep it from ending
    m_graph.wait(task, reason, id, awaited, (event.reason & kTimedWaitFlag) != 0, now);
    life.isInGraph = true;
}

void SliceBuilder::Private::endWaiting(TaskId task, TimestampNs now)
{
    if (task == kNoTask || task >= m_tasks.size())
        return;
    TaskLife &life = m_tasks.writable(task);
    if (life.isInGraph) {
        m_graph.waitEnd(task);
        life.isInGraph = false;
    }
    if (life.waitingFor == kNoObject)
        return;
    ObjectLife &object = m_objects[life.waitingFor];
    closeHeldPiece(object, now);
    --object.waiters;
    life.waitingFor = kNoObject;
}

/// What follows differs in its holders or in the number of its waiters.
void SliceBuilder::Private::closeHeldPiece(ObjectLife &object, TimestampNs until)
{
    Slice slice = heldPieceOf(object);
    slice.end = until;
    object.since = until;
    if (object.track == kNoTrack)
        return;
    if (slice.holders() != 0 || slice.waiters() != 0)
        m_trace.append(object.track, slice);
    if (!object.isDirty) {
        object.isDirty = true;
        m_dirtyObjects.push_back(object.id);
    }
}

/// What still is held or waited for when the recording ends is so until then.
void SliceBuilder::Private::closeObjects(TimestampNs end)
{
    for (ObjectLife &object : m_objects) {
        closeHeldPiece(object, end);
        object.holders = {};
        object.waiters = 0;
    }
}

void SliceBuilder::Private::publishOpen(ObjectLife &object)
{
    object.isDirty = false;
    const Slice piece = heldPieceOf(object);
    if (piece.holders() != 0 || piece.waiters() != 0)
        m_trace.setOpen(object.track, piece);
    else
        m_trace.clearOpen(object.track);
}

Slice SliceBuilder::Private::heldPieceOf(const ObjectLife &object)
{
    Slice slice;
    slice.begin = object.since;
    slice.end = object.since;
    slice.task = object.holders.onlyOne();
    slice.state = SliceState::Held;
    slice.core = CoreId(std::min(object.holders.size(), kMostHolders));
    slice.fraction = std::uint8_t(std::min(object.waiters, kMostWaiters));
    return slice;
}

/// Once a tick, and where a look costs much, once in kLookPitch; but not later than what has been found
/// and needs settling is certain.
void SliceBuilder::Private::lookForDeadlock(TimestampNs horizon)
{
    if (m_deadlock || horizon < m_nextLook || !m_graph.hasChanged())
        return;
    std::optional<Deadlock> found = m_graph.find();
    m_nextLook = m_graph.stepsOfLastLook() > kFewSteps ? horizon + kLookPitch : horizon;
    if (!found)
        return;
    const TimestampNs certain = found->since + (found->needsSettling ? kSettleNs : 0);
    if (horizon < certain) {
        m_nextLook = std::min(m_nextLook, certain);
        return;
    }
    m_deadlock = std::move(found);
    m_graph.endSearch();
}

} // namespace Interleave
