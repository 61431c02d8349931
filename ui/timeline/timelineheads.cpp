// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/knowledge.h"
#include "ui/timeline/taskend.h"
#include "ui/timeline/timelinelanes.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TimelineScene)
};

/// How much of 255 one short process darkens its column.
constexpr std::size_t kOneProcessShare = 40;
/// So much of a heading its title may take.
constexpr qreal kWidestTitle = 0.6;
/// Left edge of names, behind the task's swatch.
constexpr qreal kNameLeftPx = 16;
/// Marks closer than this on one lane are one.
constexpr double kLeastMarkGapPx = 3;
/// More marks in the window than this are sampled: they would cover each other many times over.
constexpr std::size_t kMostMarks = 20'000;

/// The task that a lane is about: of a task's its own, of a program's thread the one it stands for.
TaskId taskOf(const Trace &trace, const Track &track)
{
    if (track.kind == TrackKind::Task)
        return track.task;
    return track.kind == TrackKind::Thread && track.thread < trace.threadCount()
        ? trace.thread(track.thread).task.load(std::memory_order_relaxed)
        : kNoTask;
}

/// How far the name of a lane stands to the right; half of the heads' width at the most.
qreal indentOf(const Lane &lane, const Theme &theme)
{
    constexpr qreal kStepPx = 10;
    return std::round(lane.depth * kStepPx * theme.scale);
}

/// Time on a core, with the slice that is open now.
DurationNs runningTime(const TraceSnapshot &snapshot, TrackIndex index, const TrackTotals &totals)
{
    DurationNs time = totals.running.load(std::memory_order_relaxed);
    const std::optional<Slice> open = snapshot.openSlice(index);
    if (open && open->state == SliceState::Running)
        time += std::max<DurationNs>(open->duration(), 0);
    return time;
}

int percentOf(DurationNs part, DurationNs whole)
{
    const double share = whole > 0 ? 100.0 * double(part) / double(whole) : 0;
    return qRound(std::min(share, 100.0));
}

QString percentText(DurationNs part, DurationNs whole)
{
    return QStringLiteral("%1\u202f%").arg(percentOf(part, whole));
}

QString coreText(const TraceSnapshot &snapshot, TrackIndex index)
{
    const Knowledge knows = knowledgeOf(snapshot.trace().source());
    if (!knows.switches)
        return knows.totals ? Texts::tr("sampled") : Texts::tr("use not known");
    const Track &track = snapshot.trace().track(index);
    const DurationNs elapsed = snapshot.horizon() - snapshot.origin();
    return Texts::tr("%1 · %2 slices")
        .arg(percentText(runningTime(snapshot, index, track.totals), elapsed))
        .arg(snapshot.sliceCount(index));
}

QString taskText(const TraceSnapshot &snapshot, TrackIndex index)
{
    const Trace &trace = snapshot.trace();
    const TaskId id = trace.track(index).task;
    if (id >= trace.taskEnd())
        return {};
    const TaskInfo &task = trace.task(id);
    const DurationNs running = runningTime(snapshot, index, task.totals);
    if (running > 0)
        return Texts::tr("ran %1").arg(durationLabel(running));
    const TimestampNs begun = task.begun.load(std::memory_order_relaxed);
    if (begun == 0) {
        return task.submitted.load(std::memory_order_relaxed) != 0 ? Texts::tr("queued")
                                                                   : Texts::tr("not started");
    }
    const TimestampNs ended = task.ended.load(std::memory_order_relaxed);
    const DurationNs taken = (ended != 0 ? ended : snapshot.horizon()) - begun;
    return Texts::tr("took %1").arg(durationLabel(std::max<DurationNs>(taken, 0)));
}

/// Of a program's thread also its number: that is how other tools call it.
QString threadText(const TraceSnapshot &snapshot, TrackIndex index)
{
    const Trace &trace = snapshot.trace();
    const Track &track = trace.track(index);
    QStringList parts;
    if (taskOf(trace, track) != kNoTask)
        parts << QString::number(trace.thread(track.thread).tid.load(std::memory_order_relaxed));
    if (knowledgeOf(trace.source()).totals) {
        const DurationNs running = runningTime(snapshot, index, track.totals);
        parts << Texts::tr("ran %1").arg(durationLabel(running));
    }
    return parts.join(QStringLiteral(" · "));
}

QString subtitleOf(const TraceSnapshot &snapshot, TrackIndex index)
{
    const Track &track = snapshot.trace().track(index);
    switch (track.kind) {
    case TrackKind::Core:
        return coreText(snapshot, index);
    case TrackKind::Task:
        return taskText(snapshot, index);
    case TrackKind::Thread:
        return threadText(snapshot, index);
    case TrackKind::Lock:
        break;
    }
    return {};
}

/// "held 31 %", or "held 31 · wait 5 %" when somebody waited: of the whole run so far.
QString lockText(const TraceSnapshot &snapshot, TrackIndex index, ObjectHistory::LockSums sums)
{
    const std::optional<Slice> open = snapshot.openSlice(index);
    if (open && open->holders() != 0)
        sums.held += open->duration();
    if (open && open->waiters() != 0)
        sums.contended += open->duration();
    const DurationNs elapsed = snapshot.horizon() - snapshot.origin();
    if (sums.contended == 0)
        return Texts::tr("held %1").arg(percentText(sums.held, elapsed));
    // One sign for both, as the head has no room for two.
    return Texts::tr("held %1 · wait %2")
        .arg(QString::number(percentOf(sums.held, elapsed)), percentText(sums.contended, elapsed));
}

/// "97 % busy": of all cores over the whole run so far; empty where nobody knows.
QString busyText(const TraceSnapshot &snapshot, const std::vector<TrackIndex> &cores)
{
    if (!knowledgeOf(snapshot.trace().source()).totals)
        return {};
    DurationNs running = 0;
    DurationNs whole = 0;
    for (const TrackIndex core : cores) {
        running += runningTime(snapshot, core, snapshot.trace().track(core).totals);
        whole += snapshot.horizon() - snapshot.origin();
    }
    return whole > 0 ? Texts::tr("%1 busy").arg(percentText(running, whole)) : QString();
}

/// A lane that marks may stand on.
struct MarkLane {
    std::uint64_t key = 0;
    qreal y = 0;
    qreal radius = 0;
    double lastX = -1e9;
};

/// Tasks and, for what no task printed, threads.
std::uint64_t markKey(TaskId task, ThreadIndex thread)
{
    constexpr std::uint64_t kThreads = std::uint64_t(1) << 40;
    return task != kNoTask ? task : kThreads + thread;
}

/// Where the marks of a lane's task, or thread, or of the whole program stand.
void addMarkLanes(const Trace &trace, const Lane &lane, qreal top, const Theme &theme,
                  std::vector<MarkLane> &lanes)
{
    const qreal radius = std::clamp(lane.height / 9, 2.5, 4 * theme.scale);
    const qreal y = top + lane.height - radius - 2;
    if (lane.kind == Lane::Kind::Output) {
        lanes.push_back({markKey(kNoTask, kNoThread), top + std::floor(lane.height / 2),
                         std::max(radius, 3 * theme.scale), -1e9});
    }
    if (lane.kind != Lane::Kind::Track)
        return;
    const Track &track = trace.track(lane.track);
    if (const TaskId task = taskOf(trace, track); task != kNoTask)
        lanes.push_back({markKey(task, kNoThread), y, radius, -1e9});
    if (track.kind == TrackKind::Thread)
        lanes.push_back({markKey(kNoTask, track.thread), y, radius, -1e9});
}

} // namespace

void TimelineSceneBuilder::drawHeading(Frame &frame, const Lane &lane, qreal top)
{
    const Theme &theme = frame.theme;
    const qreal width = frame.size.width();
    const bool isRun = lane.kind == Lane::Kind::RunHeading;
    frame.scene.rect(QRectF(0, top, width, lane.height), isRun ? theme.panel : theme.laneHead);
    frame.scene.line({0, top + lane.height - 0.5}, {width, top + lane.height - 0.5}, theme.line);

    const qreal indent = indentOf(lane, theme);
    const QRectF row = QRectF(0, top, width, lane.height).adjusted(indent, 0, 0, 0);
    const qreal left = kNameLeftPx * theme.scale;
    const bool isShortOnes = lane.group == LaneLayout::shortProcessesGroup(lane.run);
    if (isShortOnes)
        drawShortProcesses(frame, lane, top);
    frame.scene.label(row.adjusted(3 * theme.scale, 0, 0, 0),
                      lane.collapsed ? QStringLiteral("\u25b8") : QStringLiteral("\u25be"),
                      theme.smallFont, theme.mutedText, Qt::AlignLeft | Qt::AlignVCenter, false);
    QFont font = frame.strongFont;
    if (!isRun && lane.height < 20 * theme.scale)
        font.setPixelSize(theme.smallFont.pixelSize());
    // A command line may be longer than the window is wide.
    const qreal titleWidth = std::min(std::ceil(QFontMetricsF(font).horizontalAdvance(lane.title)),
                                      row.width() * kWidestTitle);
    if (isShortOnes) // its words must not be taken for a part of what is drawn below them
        frame.scene.rect(QRectF(row.left() + left, top + 3, titleWidth + 4, lane.height - 6),
                         theme.laneHead);
    frame.scene.label(QRectF(row.left() + left, top, titleWidth, lane.height), lane.title, font,
                      theme.text);
    if (isShortOnes)
        return;
    QString subtitle = lane.subtitle;
    const std::optional<TraceSnapshot> &snapshot = frame.snapshots[std::size_t(lane.run)];
    if (snapshot && lane.group.endsWith(QLatin1String("/cores"))) {
        if (const QString busy = busyText(*snapshot, m_layout.coreTracks(lane.run));
            !busy.isEmpty())
            subtitle += QStringLiteral(" · ") + busy;
    }
    const qreal subtitleLeft = left + titleWidth + 10 * theme.scale;
    frame.scene.label(row.adjusted(subtitleLeft, 0, 0, 0), subtitle, theme.smallFont,
                      theme.mutedText);
    m_headingWords.push_back(
        {top, top + lane.height, row.left() + subtitleLeft + m_widths.of(subtitle)});
}

void TimelineSceneBuilder::drawHead(Frame &frame, const Lane &lane, qreal top)
{
    const Theme &theme = frame.theme;
    const std::optional<TraceSnapshot> &snapshot = frame.snapshots[std::size_t(lane.run)];
    if (!snapshot)
        return;
    const Track &track = snapshot->trace().track(lane.track);
    const qreal indent = indentOf(lane, theme);
    if (const TaskId task = taskOf(snapshot->trace(), track); task != kNoTask) {
        const qreal height = std::min(lane.height - 8, 20 * theme.scale);
        frame.scene.rect(QRectF(6 * theme.scale + indent,
                                top + std::floor((lane.height - height) / 2),
                                std::round(4 * theme.scale), height),
                         theme.taskColor(task), Pattern::Solid, 2);
    }
    const bool isCompact = lane.height < 20 * theme.scale;
    const bool isStrong = track.kind == TrackKind::Core
        || (frame.state.selected && frame.state.selectedRun == lane.run
            && frame.state.selected->track == lane.track);
    QFont font = isStrong ? frame.strongFont : theme.font;
    if (isCompact)
        font.setPixelSize(theme.smallFont.pixelSize());

    const QRectF row(kNameLeftPx * theme.scale + indent, top,
                     m_headWidth - (kNameLeftPx + 3) * theme.scale - indent, lane.height - 1);
    const qreal both = std::ceil(QFontMetricsF(font).height())
        + std::ceil(QFontMetricsF(theme.smallFont).height());
    if (both > row.height()) {
        frame.scene.label(row, lane.title, font, theme.text);
        return;
    }
    const qreal first = top + std::floor((row.height() - both) / 2);
    const qreal split = std::ceil(QFontMetricsF(font).height());
    const QString subtitle = track.kind == TrackKind::Lock
        ? lockText(*snapshot, lane.track, m_layout.objects(lane.run).sumsOf(track.object))
        : subtitleOf(*snapshot, lane.track);
    frame.scene.label(QRectF(row.left(), first, row.width(), split), lane.title, font, theme.text);
    frame.scene.label(QRectF(row.left(), first + split, row.width(), both - split), subtitle,
                      theme.smallFont, theme.mutedText);
}

void TimelineSceneBuilder::drawOutputHead(Frame &frame, const Lane &lane, qreal top)
{
    const Theme &theme = frame.theme;
    frame.scene.label(QRectF(kNameLeftPx * theme.scale, top,
                             m_headWidth - (kNameLeftPx + 3) * theme.scale, lane.height - 1),
                      lane.title, theme.smallFont, theme.mutedText);
}

/// How many of them lived, column by column: the more, the darker.
void TimelineSceneBuilder::drawShortProcesses(Frame &frame, const Lane &lane, qreal top)
{
    const std::optional<TraceSnapshot> &snapshot = frame.snapshots[std::size_t(lane.run)];
    if (!snapshot)
        return;
    const RunProcesses &processes = m_layout.processes(lane.run);
    const TimestampNs origin = snapshot->origin();
    m_columns.clear();
    for (int x = 0; x < m_scale.widthPx; ++x) {
        const TimestampNs from = origin + m_scale.toTime(x);
        const TimestampNs to = std::max(origin + m_scale.toTime(x + 1), from + 1);
        const std::size_t count = processes.shortOnesIn(from, to);
        const int share = int(std::min<std::size_t>(count * kOneProcessShare, 200));
        m_columns.push_back(count == 0 ? 0
                                       : Theme::blended(frame.theme.laneHead.rgb(),
                                                        frame.theme.accent.rgb(), share));
    }
    frame.scene.strip(QRectF(m_headWidth, top + 3, 0, lane.height - 6), m_columns);
}

void TimelineSceneBuilder::drawEnd(Frame &frame, const Lane &lane, qreal top)
{
    const std::optional<TraceSnapshot> &snapshot = frame.snapshots[std::size_t(lane.run)];
    if (!snapshot)
        return;
    const Trace &trace = snapshot->trace();
    const Track &track = trace.track(lane.track);
    if (track.kind != TrackKind::Task || track.task >= trace.taskEnd())
        return;
    const TaskInfo &task = trace.task(track.task);
    const TaskOutcome outcome = task.outcome.load(std::memory_order_relaxed);
    QString text = endText(outcome);
    const TimestampNs ended = task.ended.load(std::memory_order_relaxed);
    if (text.isEmpty() || ended == 0 || ended > snapshot->horizon())
        return;
    const double x = m_scale.toX(ended - snapshot->origin()) + 6 * frame.theme.scale;
    if (x < 0 || x >= m_scale.widthPx)
        return;
    const QFont &font = frame.theme.smallFont;
    const qreal room = 90 * frame.theme.scale;
    if (x + room > m_scale.widthPx
        && x + QFontMetricsF(font).horizontalAdvance(text) > m_scale.widthPx)
        text = endMark(outcome); // rather than half a word
    frame.scene.label(QRectF(m_headWidth + x, top, room, lane.height), text, font,
                      isBadEnd(outcome) ? frame.theme.alert : frame.theme.mutedText,
                      Qt::AlignLeft | Qt::AlignVCenter, false);
}

void TimelineSceneBuilder::drawMarks(Frame &frame)
{
    for (std::size_t run = 0; run < frame.snapshots.size(); ++run) {
        const std::optional<TraceSnapshot> &snapshot = frame.snapshots[run];
        if (!snapshot || snapshot->trace().marks().size() == 0)
            continue;
        const Trace &trace = snapshot->trace();
        std::vector<MarkLane> lanes;
        for (std::size_t i = m_firstLane; i < m_lastLane; ++i) {
            const Lane &lane = m_layout.lanes()[i];
            if (lane.run == int(run))
                addMarkLanes(trace, lane, m_lanesTop + lane.y - frame.state.scrollY, frame.theme,
                             lanes);
        }
        std::sort(lanes.begin(), lanes.end(),
                  [](const MarkLane &a, const MarkLane &b) { return a.key < b.key; });

        const SegmentedVector<MarkInfo> &marks = trace.marks();
        const TimestampNs origin = snapshot->origin();
        const std::size_t first = firstFrom(marks, origin + m_scale.window.begin);
        const std::size_t last = firstFrom(marks, origin + m_scale.window.end);
        const std::size_t stride = (last - std::min(first, last)) / kMostMarks + 1;
        for (std::size_t i = first; i < last; i += stride) {
            if (marks[i].kind != MarkKind::Printed)
                continue; // values have lanes of their own, barriers a line through all of them
            const std::uint64_t key = markKey(marks[i].task, marks[i].thread);
            const auto lane =
                std::lower_bound(lanes.begin(), lanes.end(), key,
                                 [](const MarkLane &l, std::uint64_t k) { return l.key < k; });
            const double x = m_scale.toX(marks[i].time - origin);
            if (lane == lanes.end() || lane->key != key || x < lane->lastX + kLeastMarkGapPx)
                continue;
            lane->lastX = x;
            frame.scene.diamond({m_headWidth + std::floor(x) + 0.5, lane->y}, lane->radius,
                                frame.theme.text);
        }
    }
}

} // namespace Interleave
