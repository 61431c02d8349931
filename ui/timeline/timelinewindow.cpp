// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which part of the time the view shows, and how far its lanes are scrolled.
#include "ui/timeline/timelineinteraction.h"
#include "ui/timeline/timelineview.h"

#include <algorithm>
#include <cmath>

namespace Interleave
{

namespace
{

constexpr DurationNs kNarrowest = 100;

} // namespace

void TimelineView::fit()
{
    leaveFollowing();
    setWindow(widestWindow());
    m_fitted = m_live ? TimeSpan() : m_state.window; // of a live run there is more to come
    m_interaction->hoverAgain();
}

void TimelineView::fitAgain()
{
    if (m_live || m_state.runs.empty())
        return;
    const bool isFitted = m_state.window == m_fitted;
    setWindow(isFitted ? widestWindow() : m_state.window); // which is also within the new bounds
    if (isFitted)
        m_fitted = m_state.window;
}

void TimelineView::zoomIn()
{
    m_interaction->zoom(Interaction::kZoomStep);
}

void TimelineView::zoomOut()
{
    m_interaction->zoom(1 / Interaction::kZoomStep);
}

TimeSpan TimelineView::widestWindow() const
{
    const DurationNs longest = TimelineSceneBuilder::longestOf(m_state.runs);
    TimeSpan widest = TimelineSceneBuilder::wholeWindow(longest, width(), m_theme.scale);
    if (m_live)
        widest.end = std::max(widest.end, TimelineSceneBuilder::liveWindow(longest, width()).end);
    return widest;
}

TimeScale TimelineView::currentScale() const
{
    TimeScale scale = m_builder.timeScale();
    scale.window = m_state.window;
    return scale;
}

void TimelineView::setWindow(TimeSpan window)
{
    const TimeSpan widest = widestWindow();
    const DurationNs length = std::clamp(window.duration(), kNarrowest, widest.duration());
    const TimestampNs begin = std::clamp(window.begin, widest.begin, widest.end - length);
    m_state.window = {begin, begin + length};
    if (m_state.window != m_announcedWindow) {
        m_announcedWindow = m_state.window;
        emit windowChanged(m_state.window);
    }
    update();
}

void TimelineView::setScroll(qreal y)
{
    const qreal most = m_builder.layout().contentHeight() - (height() - m_builder.lanesTop());
    m_state.scrollY = std::round(std::clamp<qreal>(y, 0, std::max<qreal>(most, 0)));
    update();
}

void TimelineView::leaveFollowing()
{
    if (m_live)
        setFollowing(false);
}

} // namespace Interleave
