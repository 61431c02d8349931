// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelineinteraction.h"
#include "ui/timeline/timelinetooltip.h"

#include <algorithm>
#include <cstddef>

namespace Interleave
{

void TimelineView::zoomToSelection()
{
    refreshSelected();
    TimeSpan target;
    if (m_state.selectedSpan && !m_state.selectedSpan->isEmpty()) {
        target = *m_state.selectedSpan;
    } else if (m_state.selected && std::size_t(m_state.selectedRun) < m_state.runs.size()) {
        const auto &trace = m_state.runs[std::size_t(m_state.selectedRun)].trace;
        const Slice &slice = m_state.selected->slice;
        target = {slice.begin - trace->origin(), slice.end - trace->origin()};
    } else {
        return;
    }
    const DurationNs margin = std::max<DurationNs>(target.duration() / 10, 1);
    leaveFollowing();
    setWindow({target.begin - margin, target.end + margin});
    m_interaction->hoverAgain();
}

void TimelineView::selectNeighbour(int direction)
{
    if (!m_state.selected) {
        selectNeighbourTrack(1);
        return;
    }
    const TrackIndex track = m_state.selected->track;
    const auto &trace = m_state.runs[std::size_t(m_state.selectedRun)].trace;
    const TraceSnapshot snapshot(*trace);
    const auto count = std::int64_t(snapshot.sliceCount(track));
    const std::optional<Slice> open = snapshot.openSlice(track);
    // The slice that was open when it was selected may have been closed since.
    const std::int64_t index = m_state.selected->index >= 0
        ? m_state.selected->index
        : std::int64_t(snapshot.firstEndingAfter(track, m_state.selected->slice.begin));
    const std::int64_t next = index + direction;
    if (next < 0 || next >= count + (open ? 1 : 0))
        return;
    const SliceHit hit = next < count
        ? SliceHit{track, next, trace->track(track).slices[std::size_t(next)]}
        : SliceHit{track, -2, *open};
    select(m_state.selectedRun, hit);
    reveal(hit);
}

void TimelineView::selectNeighbourTrack(int direction)
{
    const std::vector<Lane> &lanes = m_builder.layout().lanes();
    int current = direction > 0 ? -1 : int(lanes.size());
    TimestampNs time = m_state.window.begin;
    if (m_state.selected) {
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            if (lanes[i].run == m_state.selectedRun && lanes[i].track == m_state.selected->track)
                current = int(i);
        }
        const auto &trace = m_state.runs[std::size_t(m_state.selectedRun)].trace;
        time = m_state.selected->slice.begin - trace->origin();
    }
    for (int i = current + direction; i >= 0 && i < int(lanes.size()); i += direction) {
        const Lane &lane = lanes[std::size_t(i)];
        if (lane.kind != Lane::Kind::Track)
            continue;
        const auto &trace = m_state.runs[std::size_t(lane.run)].trace;
        const TraceSnapshot snapshot(*trace);
        const std::size_t count = snapshot.sliceCount(lane.track);
        std::size_t index = snapshot.firstEndingAfter(lane.track, snapshot.origin() + time);
        const std::optional<Slice> open = snapshot.openSlice(lane.track);
        if (count == 0 && !open)
            continue;
        if (index >= count && !open)
            index = count - 1;
        const SliceHit hit = index < count
            ? SliceHit{lane.track, std::int64_t(index), trace->track(lane.track).slices[index]}
            : SliceHit{lane.track, -2, *open};
        select(lane.run, hit);
        reveal(hit);
        return;
    }
}

void TimelineView::clearSelection()
{
    const bool hadSlice = m_state.selected.has_value();
    const bool hadSpan = m_state.selectedSpan.has_value();
    m_state.selected.reset();
    m_state.selectedSpan.reset();
    setAccessibleDescription(tr("Nothing selected"));
    if (hadSlice)
        emit sliceSelected(0, SliceHit());
    if (hadSpan)
        emit spanSelected(TimeSpan());
    update();
}

void TimelineView::select(int run, const SliceHit &hit)
{
    m_state.selected = hit;
    m_state.selectedRun = run;
    const bool hadSpan = m_state.selectedSpan.has_value();
    m_state.selectedSpan.reset();
    const TraceSnapshot snapshot(*m_state.runs[std::size_t(run)].trace);
    // Setting the description tells assistive programs, which read the slice out.
    setAccessibleDescription(sliceTooltip(snapshot, hit, currentScale().nsPerPixel(),
                                          m_state.runs[std::size_t(run)].deadlock)
                                 .join(QStringLiteral(", ")));
    if (hadSpan)
        emit spanSelected(TimeSpan());
    emit sliceSelected(run, hit);
    update();
}

void TimelineView::refreshSelected()
{
    if (!m_state.selected || m_state.selected->index >= 0
        || std::size_t(m_state.selectedRun) >= m_state.runs.size())
        return;
    const auto &trace = m_state.runs[std::size_t(m_state.selectedRun)].trace;
    if (!trace)
        return;
    const TraceSnapshot snapshot(*trace);
    if (const auto now = sliceAt(snapshot, m_state.selected->track, m_state.selected->slice.begin))
        m_state.selected = *now;
}

void TimelineView::reveal(const SliceHit &hit)
{
    const auto &trace = m_state.runs[std::size_t(m_state.selectedRun)].trace;
    const TimeSpan slice{hit.slice.begin - trace->origin(), hit.slice.end - trace->origin()};
    if (slice.intersected(m_state.window).isEmpty()) {
        const DurationNs length = m_state.window.duration();
        const TimestampNs begin = slice.begin + slice.duration() / 2 - length / 2;
        leaveFollowing();
        setWindow({begin, begin + length});
    }
    const qreal room = height() - m_builder.lanesTop();
    for (const Lane &lane : m_builder.layout().lanes()) {
        if (lane.run != m_state.selectedRun || lane.track != hit.track)
            continue;
        if (lane.y < m_state.scrollY)
            setScroll(lane.y);
        else if (lane.y + lane.height > m_state.scrollY + room)
            setScroll(lane.y + lane.height - room);
    }
    m_interaction->hoverAgain();
}

} // namespace Interleave
