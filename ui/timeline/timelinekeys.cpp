// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelineinteraction.h"

#include <QKeyEvent>

namespace Interleave
{

namespace
{

constexpr qreal kScrollStepPx = 40;
/// A key pans by this share of what is shown.
constexpr double kPanShare = 0.15;

} // namespace

bool TimelineView::Interaction::isOurs(const QKeyEvent &event)
{
    const Qt::KeyboardModifiers modifiers =
        event.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier);
    const int key = event.key();
    if (modifiers == Qt::ControlModifier)
        return key == Qt::Key_Up || key == Qt::Key_Down;
    if (modifiers != Qt::NoModifier)
        return false;
    switch (key) {
    case Qt::Key_W:
    case Qt::Key_S:
    case Qt::Key_A:
    case Qt::Key_D:
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
    case Qt::Key_Comma:
    case Qt::Key_Period:
    case Qt::Key_F:
    case Qt::Key_0:
    case Qt::Key_Home:
    case Qt::Key_L:
    case Qt::Key_End:
    case Qt::Key_Escape:
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        return true;
    default:
        return false;
    }
}

bool TimelineView::Interaction::key(const QKeyEvent &event)
{
    return isOurs(event) && (navigationKey(event) || commandKey(event));
}

bool TimelineView::Interaction::navigationKey(const QKeyEvent &event)
{
    const double step = kPanShare * m_view.currentScale().widthPx;
    const qreal page = m_view.height() - m_view.m_builder.lanesTop();
    const bool isControl = event.modifiers().testFlag(Qt::ControlModifier);
    switch (event.key()) {
    case Qt::Key_W:
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(kZoomStep);
        return true;
    case Qt::Key_S:
    case Qt::Key_Minus:
        zoom(1 / kZoomStep);
        return true;
    case Qt::Key_A:
    case Qt::Key_Left:
        pan(-step);
        return true;
    case Qt::Key_D:
    case Qt::Key_Right:
        pan(step);
        return true;
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int direction = event.key() == Qt::Key_Up ? -1 : 1;
        if (isControl)
            m_view.selectNeighbourTrack(direction);
        else
            scroll(m_view.m_state.scrollY + direction * kScrollStepPx);
        return true;
    }
    case Qt::Key_PageUp:
        scroll(m_view.m_state.scrollY - page);
        return true;
    case Qt::Key_PageDown:
        scroll(m_view.m_state.scrollY + page);
        return true;
    default:
        return false;
    }
}

bool TimelineView::Interaction::commandKey(const QKeyEvent &event)
{
    switch (event.key()) {
    case Qt::Key_Comma:
        m_view.selectNeighbour(-1);
        return true;
    case Qt::Key_Period:
        m_view.selectNeighbour(1);
        return true;
    case Qt::Key_F:
        m_view.zoomToSelection();
        return true;
    case Qt::Key_0:
    case Qt::Key_Home:
        m_view.fit();
        return true;
    case Qt::Key_L:
        m_view.setFollowing(true);
        return true;
    case Qt::Key_End:
        m_view.setFollowing(true);
        if (!m_view.m_live) {
            const TimestampNs end = m_view.widestWindow().end;
            m_view.setWindow({end - m_view.m_state.window.duration(), end});
            hoverAgain();
        }
        return true;
    case Qt::Key_Escape:
        m_view.clearSelection();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_view.m_state.selected && !m_view.m_state.selectedSpan)
            return false;
        emit m_view.detailsRequested();
        return true;
    case Qt::Key_Space:
        toggleSelectedGroup();
        return true;
    default:
        return false;
    }
}

} // namespace Interleave
