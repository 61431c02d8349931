// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelinetooltip.h"

#include "ui/timeline/holding.h"
#include "ui/timeline/legend.h"
#include "ui/timeline/taskend.h"
#include "ui/timeline/threadtitle.h"
#include "ui/timeline/timelinelanes.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TimelineTooltip)
};

/// Longer lines would cover the timeline.
constexpr qsizetype kLongestLine = 80;

QString ownerName(const TraceSnapshot &snapshot, TrackIndex track, TaskId task, ThreadIndex thread)
{
    const Trace &trace = snapshot.trace();
    if (task != kNoTask)
        return QString::fromStdString(trace.taskName(task));
    const Track &own = trace.track(track);
    if (own.kind == TrackKind::Task)
        return QString::fromStdString(trace.taskName(own.task));
    if (thread < trace.threadCount())
        return threadTitle(trace, thread);
    return own.kind == TrackKind::Core ? Texts::tr("Core %1").arg(own.core) : QString();
}

/// Whether the task of this track ended badly, and this is its last slice.
bool isBeforeBadEnd(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const Trace &trace = snapshot.trace();
    const Track &track = trace.track(hit.track);
    return track.kind == TrackKind::Task && track.task < trace.taskEnd() && hit.index >= 0
        && std::size_t(hit.index) + 1 == snapshot.sliceCount(hit.track)
        && isBadEnd(trace.task(track.task).outcome.load(std::memory_order_relaxed));
}

/// "41 ms, from 1 ms to 42 ms"; "41 ms, since 1 ms" of what still goes on.
QString spanText(TimeSpan span, bool isGoingOn, double nsPerPixel)
{
    const QString length = durationLabel(span.duration());
    const QString from = timeLabel(span.begin, nsPerPixel);
    return isGoingOn
        ? Texts::tr("for %1, since %2").arg(length, from)
        : Texts::tr("%1, from %2 to %3").arg(length, from, timeLabel(span.end, nsPerPixel));
}

QStringList heldTooltip(const TraceSnapshot &snapshot, const SliceHit &hit, double nsPerPixel,
                        const std::optional<DeadlockReport> &deadlock)
{
    const Trace &trace = snapshot.trace();
    const Holding holding = holdingOf(snapshot, hit, deadlock);
    QStringList lines{QString::fromStdString(trace.objectName(holding.object)),
                      Texts::tr("held by %1").arg(holdersText(trace, holding))};
    lines << spanText(
        {holding.held.begin - snapshot.origin(), holding.held.end - snapshot.origin()},
        holding.isGoingOn, nsPerPixel);
    if (holding.waiters > 0)
        lines << Texts::tr("waiting: %1").arg(waitersText(trace, holding));
    return lines;
}

/// What a lane of a lock tells where it is too dense to show each holding.
QStringList denseLockTooltip(const TraceSnapshot &snapshot, const PixelRun &run)
{
    const auto percent = [](int share) {
        return QStringLiteral("%1\u202f%").arg((std::min(share, 255) * 100 + 127) / 255);
    };
    QStringList lines{Texts::tr("%1 slices, held %2 of the time")
                          .arg(QString::number(run.slices), percent(run.running + run.contended))};
    if (run.contended > 0)
        lines << Texts::tr("somebody waits %1 of the time").arg(percent(run.contended));
    if (run.task != kNoTask)
        lines << Texts::tr("mostly %1")
                     .arg(QString::fromStdString(snapshot.trace().taskName(run.task)));
    lines << Texts::tr("zoom in to see them");
    return lines;
}

} // namespace

QStringList sliceTooltip(const TraceSnapshot &snapshot, const SliceHit &hit, double nsPerPixel,
                         const std::optional<DeadlockReport> &deadlock)
{
    const Slice &slice = hit.slice;
    if (snapshot.trace().track(hit.track).kind == TrackKind::Lock)
        return heldTooltip(snapshot, hit, nsPerPixel, deadlock);
    QStringList lines;
    lines << (slice.state == SliceState::Others
                  ? Texts::tr("Other programs")
                  : ownerName(snapshot, hit.track, slice.task, slice.thread));

    QString state = stateText(slice.state, slice.reason);
    if (slice.state == SliceState::Running && slice.core != kNoCore)
        state = Texts::tr("running on core %1").arg(slice.core);
    else if (slice.state == SliceState::Sampled)
        state = Texts::tr("sampled: %1\u202f% of the time on some core")
                    .arg(slice.fraction * 100 / 255);
    if (slice.state == SliceState::Blocked && slice.derived
        && slice.reason == WaitReason::GlobalLock)
        state = Texts::tr("waiting for the GIL");
    if (const QString known = derivedText(slice); !known.isEmpty())
        state += QStringLiteral(" (%1)").arg(known);
    else if (slice.derived)
        state += Texts::tr(" (computed)");
    lines << state;
    const WaitedObject waited = waitedObjectOf(snapshot, hit, deadlock);
    if (!waited.name.isEmpty()) {
        lines << (waited.holder.isEmpty()
                      ? Texts::tr("for %1").arg(waited.name)
                      : Texts::tr("for %1, held by %2").arg(waited.name, waited.holder));
    }
    lines << spanText({slice.begin - snapshot.origin(), slice.end - snapshot.origin()},
                      hit.index == -2, nsPerPixel);
    if (isBeforeBadEnd(snapshot, hit)) {
        const QString end = endExplanation(snapshot, hit.track, nsPerPixel);
        if (!end.isEmpty())
            lines << end;
    }
    return lines;
}

QStringList denseTooltip(const TraceSnapshot &snapshot, TrackIndex track, const PixelRun &run)
{
    if (snapshot.trace().track(track).kind == TrackKind::Lock)
        return denseLockTooltip(snapshot, run);
    const int percent = (run.running * 100 + 127) / 255;
    QStringList lines{Texts::tr("%1 slices, %2\u202f% running").arg(run.slices).arg(percent)};
    if (run.task != kNoTask && snapshot.trace().track(track).kind != TrackKind::Task)
        lines << Texts::tr("mostly %1")
                     .arg(QString::fromStdString(snapshot.trace().taskName(run.task)));
    if (run.lost > 0)
        lines << Texts::tr("some records were lost here");
    lines << Texts::tr("zoom in to see them");
    return lines;
}

QStringList counterTooltip(const TraceSnapshot &snapshot, const ObjectHistory &objects,
                           ObjectId object, TimestampNs time, double nsPerPixel)
{
    const Trace &trace = snapshot.trace();
    const CounterValues *values = objects.values(object);
    const ObjectInfo *info = trace.findObject(object);
    if (!values || !info || time >= snapshot.horizon())
        return {};
    const std::size_t past = values->firstFrom(time + 1);
    if (past == 0)
        return {}; // before its first value
    QStringList lines{QString::fromStdString(trace.objectName(object))};
    const auto half = DurationNs(std::ceil(nsPerPixel / 2));
    const std::size_t first = values->firstFrom(time - half);
    const std::size_t last = values->firstFrom(time + half);
    if (last > first + 1) {
        const CounterValues::Range range = values->rangeOf(first, last);
        lines << Texts::tr("%1 changes, from %2 to %3")
                     .arg(QString::number(last - first), countLabel(range.least),
                          countLabel(range.most));
        lines << Texts::tr("zoom in to see them");
        return lines;
    }
    const CounterValues::Sample &sample = (*values)[past - 1];
    const QString value = countLabel(sample.value);
    const bool isChannel = info->kind == ObjectKind::Channel;
    if (info->capacity == 0)
        lines << value;
    else
        lines << (isChannel ? Texts::tr("%1 of %2 places taken") : Texts::tr("%1 of %2 expected"))
                     .arg(value, countLabel(info->capacity));
    const QString since = timeLabel(sample.time - snapshot.origin(), nsPerPixel);
    const QString who = QString::fromStdString(trace.taskName(sample.task));
    lines << (who.isEmpty() ? Texts::tr("since %1").arg(since)
                            : Texts::tr("since %1, by %2").arg(since, who));
    return lines;
}

QString barrierNear(const TraceSnapshot &snapshot, const ObjectHistory &objects, TimestampNs time,
                    DurationNs tolerance, double nsPerPixel)
{
    const std::vector<ObjectHistory::Opening> &openings = objects.openings();
    auto opening = std::lower_bound(
        openings.begin(), openings.end(), time - tolerance,
        [](const ObjectHistory::Opening &o, TimestampNs from) { return o.time < from; });
    const ObjectHistory::Opening *nearest = nullptr;
    for (; opening != openings.end() && opening->time <= time + tolerance; ++opening) {
        if (!nearest || std::abs(opening->time - time) < std::abs(nearest->time - time))
            nearest = &*opening;
    }
    if (!nearest)
        return {};
    const QString at = timeLabel(nearest->time - snapshot.origin(), nsPerPixel);
    const QString name = QString::fromStdString(snapshot.trace().objectName(nearest->object));
    return name.isEmpty() ? Texts::tr("a barrier opened at %1").arg(at)
                          : Texts::tr("barrier “%1” opened at %2").arg(name, at);
}

namespace
{

/// The text of the printed mark nearest to a time of which `isOurs` is true.
template<typename IsOurs>
QString nearestPrinted(const Trace &trace, TimestampNs time, DurationNs tolerance, IsOurs isOurs)
{
    const auto &marks = trace.marks();
    const std::size_t count = marks.size();
    const std::string *nearest = nullptr;
    DurationNs distance = tolerance + 1;
    for (std::size_t i = firstFrom(trace.marks(), time - tolerance); i < count; ++i) {
        const MarkInfo &mark = marks[i];
        if (mark.time > time + tolerance)
            break;
        const DurationNs away = std::abs(mark.time - time);
        if (mark.kind != MarkKind::Printed || away >= distance || !isOurs(mark))
            continue;
        if (const std::string *text = trace.markText(mark.number)) {
            nearest = text;
            distance = away;
        }
    }
    if (!nearest)
        return {};
    const QString line = QString::fromStdString(*nearest).simplified();
    return line.size() > kLongestLine ? line.left(kLongestLine) + QChar(0x2026) : line;
}

} // namespace

QString printedNear(const TraceSnapshot &snapshot, TrackIndex track, TimestampNs time,
                    DurationNs tolerance)
{
    const Trace &trace = snapshot.trace();
    const Track &own = trace.track(track);
    const bool isThread = own.kind == TrackKind::Thread && own.thread < trace.threadCount();
    const TaskId task =
        isThread ? trace.thread(own.thread).task.load(std::memory_order_relaxed) : own.task;
    return nearestPrinted(trace, time, tolerance, [&](const MarkInfo &mark) {
        return (isThread && mark.thread == own.thread) || (task != kNoTask && mark.task == task);
    });
}

QString outputNear(const TraceSnapshot &snapshot, TimestampNs time, DurationNs tolerance)
{
    return nearestPrinted(snapshot.trace(), time, tolerance, [](const MarkInfo &mark) {
        return mark.task == kNoTask && mark.thread == kNoThread;
    });
}

} // namespace Interleave
