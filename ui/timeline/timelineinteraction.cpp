// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelineinteraction.h"

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace Interleave
{

namespace
{

/// How far from a thin slice a click still means it.
constexpr double kReachPx = 3;
/// Of one notch of the wheel.
constexpr double kNotchPx = 80;

} // namespace

TimelineView::Interaction::Interaction(TimelineView &view)
    : m_view(view)
{
}

TimelineView::Hit TimelineView::Interaction::hitAt(QPointF position)
{
    Hit hit;
    const TimelineSceneBuilder &builder = m_view.m_builder;
    const TimeScale scale = m_view.currentScale();
    const double x = position.x() - builder.headWidth();
    hit.time = scale.toTime(x);
    if (position.y() < builder.lanesTop()) {
        if (x >= 0 && builder.overviewArea().contains(position))
            hit.place = Hit::Place::Overview;
        else if (x >= 0 && builder.rulerArea().contains(position))
            hit.place = Hit::Place::Ruler;
        return hit;
    }
    hit.lane = builder.layout().laneAt(position.y() - builder.lanesTop() + m_view.m_state.scrollY);
    if (hit.lane < 0) {
        hit.place = x >= 0 ? Hit::Place::Track : Hit::Place::Nothing;
        return hit;
    }
    const Lane &lane = builder.layout().lanes()[std::size_t(hit.lane)];
    if (lane.isHeading()) {
        hit.place = Hit::Place::Heading;
        return hit;
    }
    hit.place = x < 0 ? Hit::Place::Head : Hit::Place::Track;
    const auto &trace = m_view.m_state.runs[std::size_t(lane.run)].trace;
    if (x < 0 || !trace || lane.kind != Lane::Kind::Track)
        return hit;

    const TraceSnapshot snapshot(*trace);
    const TimestampNs origin = snapshot.origin();
    m_runs.clear();
    pixelRuns(snapshot, lane.track, {origin + scale.window.begin, origin + scale.window.end},
              scale.widthPx, m_runs);
    const int column = int(x);
    for (const PixelRun &run : m_runs) {
        if (run.dense && column >= run.x && column < run.x + run.width) {
            hit.dense = run;
            return hit;
        }
    }
    hit.slice = sliceAt(snapshot, lane.track, origin + hit.time,
                        DurationNs(std::ceil(kReachPx * scale.nsPerPixel())));
    return hit;
}

void TimelineView::Interaction::press(const QMouseEvent &event)
{
    m_pressedAt = event.position();
    m_pressed = hitAt(m_pressedAt);
    m_pressedScale = m_view.currentScale();
    m_pressedScroll = m_view.m_state.scrollY;
    m_drag = Drag::None;
    if (event.button() == Qt::MiddleButton) {
        m_drag = Drag::Panning;
    } else if (event.button() == Qt::LeftButton) {
        switch (m_pressed.place) {
        case Hit::Place::Overview:
            m_drag = Drag::Seeking;
            seek(m_pressedAt);
            break;
        case Hit::Place::Ruler:
            m_drag = Drag::Panning;
            break;
        case Hit::Place::Heading:
        case Hit::Place::Head:
        case Hit::Place::Track:
            m_drag = Drag::Pressed;
            break;
        case Hit::Place::Nothing:
            break;
        }
    }
    setTooltip({}, m_pressedAt);
}

void TimelineView::Interaction::move(const QMouseEvent &event)
{
    const QPointF position = event.position();
    const QPointF moved = position - m_pressedAt;
    switch (m_drag) {
    case Drag::None:
        hover(position);
        return;
    case Drag::Pressed:
        if (m_pressed.place != Hit::Place::Track
            || moved.manhattanLength() < QApplication::startDragDistance())
            return;
        m_drag = Drag::Spanning;
        [[fallthrough]];
    case Drag::Spanning: {
        const TimestampNs time =
            m_view.currentScale().toTime(position.x() - m_view.m_builder.headWidth());
        m_view.m_state.selectedSpan =
            TimeSpan{std::max<TimestampNs>(std::min(time, m_pressed.time), 0),
                     std::max(time, m_pressed.time)};
        m_view.m_state.cursor = time;
        m_view.update();
        return;
    }
    case Drag::Panning:
        m_view.leaveFollowing();
        m_view.setWindow(m_pressedScale.panned(-moved.x()).window);
        if (m_pressed.place != Hit::Place::Ruler)
            m_view.setScroll(m_pressedScroll - moved.y());
        return;
    case Drag::Seeking:
        seek(position);
        return;
    }
}

void TimelineView::Interaction::release(const QMouseEvent &event)
{
    const Drag drag = m_drag;
    m_drag = Drag::None;
    if (drag == Drag::Pressed)
        click(m_pressed);
    else if (drag == Drag::Spanning && m_view.m_state.selectedSpan)
        emit m_view.spanSelected(*m_view.m_state.selectedSpan);
    hover(event.position());
}

void TimelineView::Interaction::click(const Hit &hit)
{
    if (hit.place == Hit::Place::Heading) {
        toggleGroup(hit.lane);
        return;
    }
    const auto &lanes = m_view.m_builder.layout().lanes();
    if (hit.lane < 0 || std::size_t(hit.lane) >= lanes.size()) {
        m_view.clearSelection();
        return;
    }
    const Lane &lane = lanes[std::size_t(hit.lane)];
    if (lane.kind != Lane::Kind::Track) { // a counter has no slices
        m_view.clearSelection();
        return;
    }
    const auto &trace = m_view.m_state.runs[std::size_t(lane.run)].trace;
    std::optional<SliceHit> slice = hit.slice;
    if (trace && !slice && hit.place == Hit::Place::Track && hit.dense) {
        const TraceSnapshot snapshot(*trace);
        slice = sliceAt(snapshot, lane.track, snapshot.origin() + hit.time,
                        DurationNs(std::ceil(m_view.currentScale().nsPerPixel())));
    }
    if (trace && hit.place == Hit::Place::Head) {
        // The lane's name stands for its first slice on the screen.
        const TraceSnapshot snapshot(*trace);
        const std::size_t first =
            snapshot.firstEndingAfter(lane.track, snapshot.origin() + m_view.m_state.window.begin);
        if (first < snapshot.sliceCount(lane.track))
            slice =
                SliceHit{lane.track, std::int64_t(first), trace->track(lane.track).slices[first]};
        else if (const std::optional<Slice> open = snapshot.openSlice(lane.track))
            slice = SliceHit{lane.track, -2, *open};
    }
    if (!slice) {
        m_view.clearSelection();
        return;
    }
    m_view.select(lane.run, *slice);
}

void TimelineView::Interaction::leave()
{
    m_pointer.reset();
    m_pointerX.reset();
    m_view.unsetCursor();
    m_view.m_state.cursor.reset();
    m_view.m_state.hoveredTask = kNoTask;
    setTooltip({}, {});
    m_view.update();
}

void TimelineView::Interaction::forget()
{
    m_drag = Drag::None;
    m_pressed = Hit();
    m_pointer.reset();
    m_view.unsetCursor();
    m_view.m_state.cursor.reset();
    m_view.m_state.hoveredTask = kNoTask;
    setTooltip({}, {});
}

void TimelineView::Interaction::wheel(QWheelEvent &event)
{
    // Some platforms turn the wheel's axis when a modifier is held.
    const QPoint angle = event.angleDelta();
    const double steps = (angle.y() != 0 ? angle.y() : angle.x()) / 120.0;
    if (event.modifiers() & Qt::ControlModifier) {
        pinch(event.position(), std::pow(kZoomStep, steps));
    } else if (event.modifiers() & Qt::ShiftModifier) {
        pan(-steps * kNotchPx);
    } else if (std::abs(angle.x()) > std::abs(angle.y())) {
        pan(-angle.x() / 120.0 * kNotchPx);
    } else {
        scroll(m_view.m_state.scrollY - steps * kNotchPx * 0.75);
    }
    event.accept();
}

void TimelineView::Interaction::pinch(QPointF position, qreal factor)
{
    m_view.leaveFollowing();
    const double x = std::max(position.x() - m_view.m_builder.headWidth(), 0.0);
    m_view.setWindow(
        m_view.currentScale().zoomed(factor, x, m_view.widestWindow().duration()).window);
    hoverAgain();
}

void TimelineView::Interaction::zoom(double factor)
{
    const TimeScale scale = m_view.currentScale();
    const double x = m_pointerX.value_or(scale.widthPx / 2.0);
    m_view.leaveFollowing();
    m_view.setWindow(scale.zoomed(factor, x, m_view.widestWindow().duration()).window);
    hoverAgain();
}

void TimelineView::Interaction::pan(double pixels)
{
    m_view.leaveFollowing();
    m_view.setWindow(m_view.currentScale().panned(pixels).window);
    hoverAgain();
}

void TimelineView::Interaction::scroll(qreal y)
{
    m_view.setScroll(y);
    hoverAgain();
}

void TimelineView::Interaction::seek(QPointF position)
{
    const QRectF area = m_view.m_builder.overviewArea();
    const TimeScale whole{m_view.widestWindow(), std::max(1, int(area.width()))};
    const TimestampNs middle = whole.toTime(position.x() - area.left());
    const DurationNs length = m_view.m_state.window.duration();
    m_view.leaveFollowing();
    m_view.setWindow({middle - length / 2, middle - length / 2 + length});
}

void TimelineView::Interaction::toggleGroup(int lane)
{
    const auto &lanes = m_view.m_builder.layout().lanes();
    if (lane < 0 || std::size_t(lane) >= lanes.size())
        return;
    QSet<QString> &collapsed = m_view.m_state.collapsedGroups;
    const QString group = lanes[std::size_t(lane)].group;
    if (!collapsed.remove(group))
        collapsed.insert(group);
    m_view.update();
}

void TimelineView::Interaction::toggleSelectedGroup()
{
    const TimelineState &state = m_view.m_state;
    for (const Lane &lane : m_view.m_builder.layout().lanes()) {
        if (state.selected && lane.run == state.selectedRun && lane.track == state.selected->track)
            m_lastGroup = lane.group;
    }
    if (m_lastGroup.isEmpty())
        return;
    QSet<QString> &collapsed = m_view.m_state.collapsedGroups;
    if (!collapsed.remove(m_lastGroup))
        collapsed.insert(m_lastGroup);
    m_view.update();
}

} // namespace Interleave
