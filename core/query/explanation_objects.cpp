// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation_objects.h"

#include "core/query/pixelruns_p.h"

#include <algorithm>

namespace Interleave
{

namespace
{

/// So many hand-overs are looked through for the one that ended a wait: those of other tasks come
/// in between.
constexpr std::size_t kFarthestFlow = 4096;
/// So many slices are looked through for when a holder gave it back: each waiter begins a new one.
constexpr std::size_t kFarthestSlice = 256;
/// So many holders are named in a sentence.
constexpr std::size_t kMostNamedHolders = 3;

bool fits(ObjectKind kind, WaitReason reason)
{
    switch (reason) {
    case WaitReason::Lock:
        return kind == ObjectKind::Lock || kind == ObjectKind::ReadWriteLock;
    case WaitReason::Semaphore:
        return kind == ObjectKind::Semaphore;
    case WaitReason::GlobalLock:
        return kind == ObjectKind::GlobalLock;
    case WaitReason::Connection:
        return kind == ObjectKind::Connections || kind == ObjectKind::Semaphore;
    default:
        return false;
    }
}

bool isWaitedForAt(const TraceSnapshot &snapshot, const ObjectInfo &object, TimestampNs time)
{
    if (object.track == kNoTrack)
        return false;
    const SliceSequence slices(snapshot, object.track);
    const std::size_t index =
        slices.firstEndingAfter(time, snapshot.firstEndingAfter(object.track, time));
    return index < slices.size() && slices[index].begin <= time && slices[index].waiters() != 0;
}

/// What the task got first from somebody else after `begin`.
ObjectId nextHandedOver(const Trace &trace, TaskId task, TimestampNs begin)
{
    const auto &flows = trace.flows();
    const std::size_t size = flows.size();
    std::size_t low = 0;
    std::size_t high = size;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (flows[middle].time >= begin)
            high = middle;
        else
            low = middle + 1;
    }
    const std::size_t last = std::min(size, low + kFarthestFlow);
    for (std::size_t i = low; i < last; ++i) {
        if (flows[i].to == task && flows[i].object != kNoObject)
            return flows[i].object;
    }
    return kNoObject;
}

ObjectId waitedObject(const TraceSnapshot &snapshot, const Slice &slice)
{
    const Trace &trace = snapshot.trace();
    // A thread tells of its wait about when it leaves its core, and has nothing before it is back.
    // A coroutine tells as it begins, and may be given the object long before it is resumed.
    const TimestampNs time =
        slice.state == SliceState::Suspended ? slice.begin : slice.begin + slice.duration() / 2;
    const ObjectInfo *handed = trace.findObject(nextHandedOver(trace, slice.task, slice.begin));
    if (handed && fits(handed->kind, slice.reason) && isWaitedForAt(snapshot, *handed, time))
        return handed->id;
    ObjectId only = kNoObject;
    for (std::size_t i = 0; i < trace.objectCount(); ++i) {
        const ObjectInfo &object = trace.object(i);
        if (!fits(object.kind, slice.reason) || !isWaitedForAt(snapshot, object, time))
            continue;
        if (only != kNoObject)
            return kNoObject; // any of them
        only = object.id;
    }
    return only;
}

void addHolding(std::vector<Explanation::Holding> &holders, TaskId task, DurationNs time)
{
    for (Explanation::Holding &holding : holders) {
        if (holding.task == task) {
            holding.time += time;
            return;
        }
    }
    holders.push_back({task, time});
}

/// When the holder of slice `index` gave the object back; 0 while it has it.
TimestampNs endOfHolding(const SliceSequence &slices, std::size_t index)
{
    const TaskId holder = slices[index].task;
    const std::size_t last = std::min(slices.size(), index + kFarthestSlice);
    std::size_t next = index + 1;
    while (next < last && slices[next].begin == slices[next - 1].end
           && slices[next].task == holder) {
        ++next;
    }
    return slices.isOpen(next - 1) ? 0 : slices[next - 1].end;
}

} // namespace

const char *waitedFor(WaitReason reason)
{
    switch (reason) {
    case WaitReason::None:
        return "something that is not known";
    case WaitReason::Sleep:
        return "a timer";
    case WaitReason::Lock:
        return "a lock";
    case WaitReason::Io:
        return "input or output";
    case WaitReason::Child:
        return "a child process to end";
    case WaitReason::Join:
        return "others to end";
    case WaitReason::Condition:
        return "a condition";
    case WaitReason::Semaphore:
        return "a semaphore";
    case WaitReason::Barrier:
        return "the others at a barrier";
    case WaitReason::Queue:
        return "a queue";
    case WaitReason::Idle:
        return "work";
    case WaitReason::Yield:
        return "its next turn";
    case WaitReason::Await:
        return "another task";
    case WaitReason::GlobalLock:
        return "the interpreter's lock";
    case WaitReason::Connection:
        return "a free connection";
    case WaitReason::Event:
        return "word from another task";
    case WaitReason::Futex:
        return "a lock or a condition (futex)";
    case WaitReason::Poll:
        return "input, output or a timer";
    }
    return "something that is not known";
}

void findWaitedObject(const TraceSnapshot &snapshot, const SliceHit &hit, Explanation &result)
{
    const Slice &slice = hit.slice;
    if (slice.task == kNoTask)
        return;
    result.object = waitedObject(snapshot, slice);
    const ObjectInfo *object = snapshot.trace().findObject(result.object);
    if (!object)
        return;
    const SliceSequence slices(snapshot, object->track);
    std::size_t index =
        slices.firstEndingAfter(slice.begin, snapshot.firstEndingAfter(object->track, slice.begin));
    std::optional<std::size_t> last;
    for (; index < slices.size() && slices[index].begin < slice.end; ++index) {
        const Slice &held = slices[index];
        const TimeSpan part = TimeSpan{held.begin, held.end}.intersected({slice.begin, slice.end});
        if (held.holders() == 0 || part.isEmpty() || held.task == slice.task)
            continue;
        addHolding(result.holders, held.task, part.duration());
        last = index;
    }
    if (last) // looked for once: it may walk over hundreds of slices
        result.heldUntil = endOfHolding(slices, *last);
    std::stable_sort(result.holders.begin(), result.holders.end(),
                     [](const auto &a, const auto &b) { return a.time > b.time; });
}

std::string waitedObjectText(const TraceSnapshot &snapshot, const Explanation &explanation)
{
    if (explanation.object == kNoObject)
        return {};
    const Trace &trace = snapshot.trace();
    const std::string text = trace.objectName(explanation.object);
    const auto &holders = explanation.holders;
    if (holders.empty())
        return text;
    const bool severalAtOnce = std::any_of(holders.begin(), holders.end(), [](const auto &holding) {
        return holding.task == kNoTask;
    });
    if (severalAtOnce)
        return text + ", held by several tasks at once";
    if (holders.size() == 1) {
        const std::string who = trace.taskName(holders.front().task);
        if (explanation.heldUntil == 0)
            return text + ", which " + who + " still holds";
        return text + ", held by " + who + " until "
            + durationText(explanation.heldUntil - snapshot.origin());
    }
    std::string names;
    for (std::size_t i = 0; i < holders.size() && i < kMostNamedHolders; ++i) {
        if (i != 0)
            names += ", ";
        names += trace.taskName(holders[i].task) + " (" + durationText(holders[i].time) + ')';
    }
    if (holders.size() > kMostNamedHolders)
        names += " and " + std::to_string(holders.size() - kMostNamedHolders) + " more";
    return text + ", held meanwhile by " + names;
}

std::string heldText(const Trace &trace, const SliceHit &hit)
{
    const Slice &slice = hit.slice;
    const std::string duration = durationText(slice.duration());
    const bool isGoingOn = hit.index == -2;
    std::string text;
    if (slice.holders() == 0) {
        text = isGoingOn ? "Nobody has held it for " + duration : "Nobody held it for " + duration;
    } else {
        const std::string who = slice.task != kNoTask ? trace.taskName(slice.task)
            : slice.holders() == 1                    ? "a task"
                                                      : std::to_string(slice.holders()) + " tasks";
        text = (isGoingOn ? "Has been held by " : "Held by ") + who + " for " + duration;
    }
    if (slice.waiters() == 0)
        return text + "; nobody waited for it meanwhile.";
    return text + "; " + std::to_string(slice.waiters())
        + (slice.waiters() == 1 ? " task waited for it meanwhile."
                                : " tasks waited for it meanwhile.");
}

} // namespace Interleave
