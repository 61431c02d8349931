// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelinetooltip.h"

#include "ui/timeline/legend.h"
#include "ui/timeline/taskend.h"
#include "ui/timeline/timelinelanes.h"

#include <QCoreApplication>

#include <algorithm>
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
        return QString::fromStdString(trace.threadName(thread));
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

} // namespace

QStringList sliceTooltip(const TraceSnapshot &snapshot, const SliceHit &hit, double nsPerPixel)
{
    const Slice &slice = hit.slice;
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
    if (slice.derived)
        state += Texts::tr(" (computed)");
    lines << state;

    const TimestampNs from = slice.begin - snapshot.origin();
    const TimestampNs to = slice.end - snapshot.origin();
    const bool isOpen = hit.index == -2;
    lines << (isOpen ? Texts::tr("for %1, since %2")
                           .arg(durationLabel(slice.duration()), timeLabel(from, nsPerPixel))
                     : Texts::tr("%1, from %2 to %3")
                           .arg(durationLabel(slice.duration()), timeLabel(from, nsPerPixel),
                                timeLabel(to, nsPerPixel)));
    if (isBeforeBadEnd(snapshot, hit)) {
        const QString end = endExplanation(snapshot, hit.track, nsPerPixel);
        if (!end.isEmpty())
            lines << end;
    }
    return lines;
}

QStringList denseTooltip(const TraceSnapshot &snapshot, TrackIndex track, const PixelRun &run)
{
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

QString printedNear(const TraceSnapshot &snapshot, TrackIndex track, TimestampNs time,
                    DurationNs tolerance)
{
    const Trace &trace = snapshot.trace();
    const Track &own = trace.track(track);
    const auto &marks = trace.marks();
    const std::size_t count = marks.size();
    const std::string *nearest = nullptr;
    DurationNs distance = tolerance + 1;
    for (std::size_t i = firstMarkFrom(trace, time - tolerance); i < count; ++i) {
        const MarkInfo &mark = marks[i];
        if (mark.time > time + tolerance)
            break;
        const bool isOurs = own.kind == TrackKind::Task
            ? mark.task == own.task
            : own.kind == TrackKind::Thread && mark.thread == own.thread;
        const DurationNs away = std::abs(mark.time - time);
        if (!isOurs || mark.kind != MarkKind::Printed || away >= distance)
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

} // namespace Interleave
