// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/taskend.h"
#include "ui/timeline/timelineinteraction.h"
#include "ui/timeline/timelinetooltip.h"

#include <cmath>
#include <cstddef>

namespace Interleave
{

namespace
{

constexpr double kMarkReachPx = 5;
/// How far behind a task's end its mark and word go.
constexpr double kEndReachPx = 75;

} // namespace

void TimelineView::Interaction::hover(QPointF position)
{
    TimelineState &state = m_view.m_state;
    m_pointer = position;
    const Hit hit = hitAt(position);
    const double x = position.x() - m_view.m_builder.headWidth();
    const bool isOnTime = hit.place == Hit::Place::Track || hit.place == Hit::Place::Ruler
        || (hit.place == Hit::Place::Heading && x >= 0);
    m_pointerX.reset();
    state.cursor.reset();
    if (isOnTime) {
        m_pointerX = x;
        state.cursor = hit.time;
    }
    state.hoveredTask = kNoTask;
    QStringList lines;
    if (hit.lane >= 0 && (hit.place == Hit::Place::Track || hit.place == Hit::Place::Head)) {
        const Lane &lane = m_view.m_builder.layout().lanes()[std::size_t(hit.lane)];
        state.hoveredRun = lane.run;
        if (lane.kind == Lane::Kind::Track)
            state.hoveredTask = state.runs[std::size_t(lane.run)].trace->track(lane.track).task;
        if (hit.slice)
            state.hoveredTask = hit.slice->slice.task;
        else if (hit.dense)
            state.hoveredTask = hit.dense->task;
        lines = tooltipOf(hit);
    }
    setTooltip(lines, position);
    m_view.update();
}

QStringList TimelineView::Interaction::tooltipOf(const Hit &hit)
{
    const Lane &lane = m_view.m_builder.layout().lanes()[std::size_t(hit.lane)];
    const TraceSnapshot snapshot(*m_view.m_state.runs[std::size_t(lane.run)].trace);
    const Trace &trace = snapshot.trace();
    const double nsPerPixel = m_view.currentScale().nsPerPixel();
    const ObjectHistory &objects = m_view.m_builder.layout().objects(lane.run);
    const TimestampNs time = snapshot.origin() + hit.time;
    const auto markReach = DurationNs(std::ceil(kMarkReachPx * nsPerPixel));
    QStringList lines;
    if (lane.kind == Lane::Kind::Counter) {
        return hit.place == Hit::Place::Track
            ? counterTooltip(snapshot, objects, lane.object, time, nsPerPixel)
            : lines;
    }
    if (lane.kind == Lane::Kind::Output) {
        const QString printed =
            hit.place == Hit::Place::Track ? outputNear(snapshot, time, markReach) : QString();
        return printed.isEmpty() ? lines : QStringList{tr("printed: %1").arg(printed)};
    }
    if (hit.slice)
        lines = sliceTooltip(snapshot, *hit.slice, nsPerPixel,
                             m_view.m_state.runs[std::size_t(lane.run)].deadlock);
    else if (hit.dense)
        lines = denseTooltip(snapshot, lane.track, *hit.dense);
    if (hit.place != Hit::Place::Track)
        return lines;

    const TaskId id = trace.track(lane.track).task;
    const TimestampNs ended =
        id != kNoTask && id < trace.taskEnd() ? trace.task(id).ended.load() : 0;
    const auto reach = DurationNs(std::ceil(kEndReachPx * m_view.m_theme.scale * nsPerPixel));
    if (ended != 0 && time >= ended && time - ended <= reach) {
        const QString end = endExplanation(snapshot, lane.track, nsPerPixel);
        if (lines.isEmpty() && !end.isEmpty())
            lines << QString::fromStdString(trace.taskName(id));
        if (!end.isEmpty() && !lines.contains(end))
            lines << end;
    }
    const QString printed = printedNear(snapshot, lane.track, time, markReach);
    if (!printed.isEmpty())
        lines.prepend(tr("printed: %1").arg(printed));
    const QString barrier = barrierNear(snapshot, objects, time, markReach, nsPerPixel);
    if (!barrier.isEmpty())
        lines << barrier;
    return lines;
}

void TimelineView::Interaction::hoverAgain()
{
    if (m_pointer && m_drag == Drag::None)
        hover(*m_pointer);
}

void TimelineView::Interaction::keepCursor()
{
    if (m_pointer && m_drag == Drag::None && m_view.m_state.cursor)
        m_view.m_state.cursor =
            m_view.currentScale().toTime(m_pointer->x() - m_view.m_builder.headWidth());
}

void TimelineView::Interaction::setTooltip(const QStringList &lines, QPointF position)
{
    m_view.m_state.tooltipAt = position;
    if (lines == m_view.m_state.tooltip)
        return;
    m_view.m_state.tooltip = lines;
    emit m_view.hovered(lines.join(QStringLiteral(" · ")));
}

} // namespace Interleave
