// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/holding.h"

#include "core/query/explanation.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cstddef>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Holding)
};

/// So many slices are looked through for where a holding began and ended: each waiter makes one.
constexpr std::size_t kFarthestSlice = 10'000;
/// So many waiting tasks are asked what they wait for: a tooltip must not be waited for itself.
constexpr int kMostAsked = 64;
constexpr std::size_t kMostNamed = 3;

bool isSameHolding(const Slice &a, const Slice &b)
{
    return a.task != kNoTask && a.task == b.task && a.holders() == b.holders();
}

TimeSpan heldSpan(const TraceSnapshot &snapshot, const SliceHit &hit, bool &isGoingOn)
{
    const SegmentedVector<Slice> &slices = snapshot.trace().track(hit.track).slices;
    const std::size_t count = snapshot.sliceCount(hit.track);
    const std::optional<Slice> open = snapshot.openSlice(hit.track);
    TimeSpan span{hit.slice.begin, hit.slice.end};
    std::size_t index = hit.index >= 0 ? std::size_t(hit.index) : count;
    for (std::size_t i = index; i > 0 && index - i < kFarthestSlice; --i) {
        const Slice &before = slices[i - 1];
        if (before.end != span.begin || !isSameHolding(before, hit.slice))
            break;
        span.begin = before.begin;
    }
    isGoingOn = hit.index == -2;
    if (isGoingOn)
        return span;
    const std::size_t last = std::min(count, index + kFarthestSlice);
    for (++index; index < last; ++index) {
        if (slices[index].begin != span.end || !isSameHolding(slices[index], hit.slice))
            return span;
        span.end = slices[index].end;
    }
    if (open && open->begin == span.end && isSameHolding(*open, hit.slice)) {
        span.end = open->end;
        isGoingOn = true;
    }
    return span;
}

bool isWaitForHeldObject(const Slice &slice)
{
    if (slice.state != SliceState::Blocked && slice.state != SliceState::Suspended)
        return false;
    switch (slice.reason) {
    case WaitReason::Lock:
    case WaitReason::GlobalLock:
    case WaitReason::Semaphore:
    case WaitReason::Connection:
        return true;
    default:
        return false;
    }
}

void addOnce(std::vector<TaskId> &tasks, TaskId task)
{
    if (std::find(tasks.begin(), tasks.end(), task) == tasks.end())
        tasks.push_back(task);
}

/// The tasks that certainly waited for the object at a time.
std::vector<TaskId> waitersAt(const TraceSnapshot &snapshot, ObjectId object, TimestampNs time,
                              const std::optional<DeadlockReport> &deadlock)
{
    const Trace &trace = snapshot.trace();
    std::vector<TaskId> tasks;
    if (deadlock && time - snapshot.origin() >= deadlock->since) {
        for (const DeadlockReport::Edge &edge : deadlock->cycle) {
            if (edge.objectId == object)
                addOnce(tasks, edge.waiterId);
        }
    }
    int asked = 0;
    const std::size_t tracks = trace.trackCount();
    for (std::size_t i = 0; i < tracks && asked < kMostAsked; ++i) {
        const auto track = TrackIndex(i);
        if (trace.track(track).kind != TrackKind::Task)
            continue;
        const std::optional<SliceHit> hit = sliceAt(snapshot, track, time);
        if (!hit || !isWaitForHeldObject(hit->slice))
            continue;
        ++asked;
        if (explain(snapshot, *hit).object == object)
            addOnce(tasks, trace.track(track).task);
    }
    return tasks;
}

} // namespace

Holding holdingOf(const TraceSnapshot &snapshot, const SliceHit &hit,
                  const std::optional<DeadlockReport> &deadlock)
{
    const Slice &slice = hit.slice;
    Holding holding;
    holding.object = snapshot.trace().track(hit.track).object;
    holding.holder = slice.task;
    holding.holders = slice.holders();
    holding.waiters = slice.waiters();
    if (const ObjectInfo *object = snapshot.trace().findObject(holding.object))
        holding.capacity = object->capacity;
    holding.held = heldSpan(snapshot, hit, holding.isGoingOn);
    if (holding.waiters > 0) {
        holding.waiting =
            waitersAt(snapshot, holding.object, slice.begin + slice.duration() / 2, deadlock);
        // Who waits is counted; a name more than that would be one of before or after.
        if (holding.waiting.size() > holding.waiters)
            holding.waiting.clear();
    }
    return holding;
}

QString severalHoldersText(const ObjectInfo *object, unsigned holders)
{
    if (object && object->capacity > 1)
        return Texts::tr("%1 of %2").arg(holders).arg(object->capacity);
    if (object && object->kind == ObjectKind::ReadWriteLock)
        return holders == 1 ? Texts::tr("1 reader") : Texts::tr("%1 readers").arg(holders);
    return holders == 1 ? Texts::tr("1 task") : Texts::tr("%1 tasks").arg(holders);
}

QString holdersText(const Trace &trace, const Holding &holding)
{
    if (holding.holders == 0)
        return Texts::tr("nobody");
    if (holding.holder == kNoTask)
        return severalHoldersText(trace.findObject(holding.object), holding.holders);
    const QString name = QString::fromStdString(trace.taskName(holding.holder));
    return holding.capacity > 1
        ? Texts::tr("%1 (1 of %2)").arg(name, QString::number(holding.capacity))
        : name;
}

QString waitersText(const Trace &trace, const Holding &holding)
{
    if (holding.waiters == 0)
        return {};
    if (holding.waiting.empty()) {
        return holding.waiters == 1 ? Texts::tr("1 task")
                                    : Texts::tr("%1 tasks").arg(holding.waiters);
    }
    QStringList names;
    const std::size_t named = std::min(holding.waiting.size(), kMostNamed);
    for (std::size_t i = 0; i < named; ++i)
        names << QString::fromStdString(trace.taskName(holding.waiting[i]));
    const std::size_t more = holding.waiters - named;
    const QString text = names.join(QStringLiteral(", "));
    return more > 0 ? Texts::tr("%1 and %2 more").arg(text, QString::number(more)) : text;
}

WaitedObject waitedObjectOf(const TraceSnapshot &snapshot, const SliceHit &hit,
                            const std::optional<DeadlockReport> &deadlock)
{
    if (!isWaitForHeldObject(hit.slice))
        return {};
    if (const DeadlockReport::Edge *edge = deadlockEdgeOf(snapshot, hit.slice, deadlock))
        return {edge->object, edge->holder};
    const Explanation explanation = explain(snapshot, hit);
    WaitedObject waited;
    waited.name = QString::fromStdString(snapshot.trace().objectName(explanation.object));
    if (explanation.holders.size() == 1)
        waited.holder =
            QString::fromStdString(snapshot.trace().taskName(explanation.holders.front().task));
    return waited;
}

const DeadlockReport::Edge *deadlockEdgeOf(const TraceSnapshot &snapshot, const Slice &slice,
                                           const std::optional<DeadlockReport> &deadlock)
{
    const bool isWait = slice.state == SliceState::Blocked || slice.state == SliceState::Suspended;
    if (!deadlock || !isWait || slice.end - snapshot.origin() <= deadlock->since)
        return nullptr;
    for (const DeadlockReport::Edge &edge : deadlock->cycle) {
        if (edge.waiterId == slice.task
            && edge.reason == QLatin1String(waitReasonName(slice.reason)))
            return &edge;
    }
    return nullptr;
}

std::optional<SliceHit> hitOf(const TraceSnapshot &snapshot, TrackIndex track, const PixelRun &run)
{
    if (run.dense)
        return std::nullopt;
    if (run.sliceIndex >= 0)
        return SliceHit{track, run.sliceIndex,
                        snapshot.trace().track(track).slices[std::size_t(run.sliceIndex)]};
    if (const std::optional<Slice> open = snapshot.openSlice(track))
        return SliceHit{track, -2, *open};
    return std::nullopt;
}

} // namespace Interleave
