// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelineview.h"

#include "ui/timeline/scenepainter.h"
#include "ui/timeline/timelineinteraction.h"

#include <QElapsedTimer>
#include <QFocusEvent>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace Interleave
{

namespace
{

/// Of a 60 Hz screen; a frame is only painted when there is something new.
constexpr int kFrameMs = 16;

TimestampNs horizonSum(const std::vector<RunView> &runs)
{
    TimestampNs sum = 0;
    for (const RunView &run : runs)
        sum += run.trace ? run.trace->horizon() : 0;
    return sum;
}

bool haveSameTraces(const std::vector<RunView> &left, const std::vector<RunView> &right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const RunView &a, const RunView &b) { return a.trace == b.trace; });
}

} // namespace

TimelineView::TimelineView(QWidget *parent)
    : QWidget(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
    , m_interaction(std::make_unique<Interaction>(*this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(320, 160);
    setAccessibleName(tr("Timeline"));
    setAccessibleDescription(tr("Nothing selected"));
    m_frameTimer.setTimerType(Qt::PreciseTimer);
    m_frameTimer.setInterval(kFrameMs);
    connect(&m_frameTimer, &QTimer::timeout, this, &TimelineView::advance);
}

TimelineView::~TimelineView() = default;

void TimelineView::setTheme(const Theme &theme)
{
    m_theme = theme;
    fitAgain();
    update();
}

void TimelineView::setRuns(std::vector<RunView> runs, bool live)
{
    if (!live && !m_live && haveSameTraces(runs, m_state.runs)) {
        // Only their titles may differ: what the person looks at stays.
        m_state.runs = std::move(runs);
        update();
        return;
    }
    const bool hadSelection = m_state.selected.has_value() || m_state.selectedSpan.has_value();
    m_state.runs = std::move(runs);
    for (std::size_t run = m_foldedRuns; run < m_state.runs.size(); ++run)
        m_state.collapsedGroups.insert(LaneLayout::housekeepingGroup(int(run)));
    m_foldedRuns = std::max(m_foldedRuns, m_state.runs.size());
    m_state.live = live;
    m_live = live;
    m_sawFirstSlice = false;
    m_paintedHorizon = -1;
    m_state.scrollY = 0;
    m_interaction->forget();
    if (hadSelection)
        clearSelection();
    if (live) {
        m_frameTimer.start();
        setFollowing(true);
        m_state.window = TimelineSceneBuilder::liveWindow(
            TimelineSceneBuilder::longestOf(m_state.runs), width());
    } else {
        m_frameTimer.stop();
        fit();
    }
    // Gestures that come before the next frame must not meet the lanes of other runs.
    m_builder.build(m_state, m_theme, QSizeF(size()), m_scene);
    update();
}

void TimelineView::setLive(bool live)
{
    if (m_live == live)
        return;
    m_live = live;
    m_state.live = live;
    if (live) {
        m_frameTimer.start();
    } else {
        m_frameTimer.stop();
        if (m_following)
            fit();
    }
    update();
}

void TimelineView::setFollowing(bool following)
{
    if (m_following == following)
        return;
    m_following = following;
    emit followingChanged(following);
    update();
}

void TimelineView::setEmptyText(const QString &text, const QString &action)
{
    m_emptyText = text;
    m_emptyAction = action;
    update();
}

void TimelineView::setFilter(const QString &filter)
{
    m_state.filter = filter;
    setScroll(0);
    update();
}

void TimelineView::advance()
{
    // While nothing new is published, the picture stays and costs nothing.
    if (horizonSum(m_state.runs) != m_paintedHorizon)
        update();
}

bool TimelineView::hasSlices() const
{
    for (const RunView &run : m_state.runs) {
        if (!run.trace)
            continue;
        if (run.trace->sliceCount() > 0)
            return true;
        const TraceSnapshot snapshot(*run.trace);
        for (std::size_t i = 0; i < run.trace->trackCount(); ++i) {
            if (snapshot.openSlice(TrackIndex(i)))
                return true;
        }
    }
    return false;
}

void TimelineView::buildFrame()
{
    m_paintedHorizon = horizonSum(m_state.runs);
    if (m_live && m_following) {
        const int widthPx = m_builder.timeScale().widthPx;
        m_state.window = TimelineSceneBuilder::liveWindow(
            TimelineSceneBuilder::longestOf(m_state.runs), widthPx);
        m_interaction->keepCursor();
    }
    refreshSelected();
    m_state.showFocus = m_hasKeyboardFocus;
    m_builder.build(m_state, m_theme, QSizeF(size()), m_scene);
    // Lanes come and go, and the window's height changes: never leave the lanes scrolled away.
    const qreal most =
        std::max<qreal>(m_builder.layout().contentHeight() - (height() - m_builder.lanesTop()), 0);
    if (m_state.scrollY > most) {
        m_state.scrollY = std::round(most);
        m_builder.build(m_state, m_theme, QSizeF(size()), m_scene);
    }
}

QRectF TimelineView::emptyButton() const
{
    if (m_emptyAction.isEmpty())
        return {};
    const QFontMetricsF metrics(m_theme.headingFont);
    const qreal natural = std::ceil(metrics.horizontalAdvance(m_emptyAction)) + 56 * m_theme.scale;
    const qreal width = std::min(natural, this->width() - 32.0); // a person's own title may be long
    const qreal buttonHeight = std::ceil(metrics.height()) + 24 * m_theme.scale;
    return {std::floor((this->width() - width) / 2), std::floor(height() / 2.0), width,
            buttonHeight};
}

void TimelineView::buildEmpty()
{
    m_scene.clear();
    m_scene.size = size();
    m_scene.background = m_theme.canvas;
    const qreal textHeight = 40 * m_theme.scale;
    m_scene.label(QRectF(16, std::floor(height() / 2.0) - textHeight - 8, width() - 32, textHeight),
                  m_emptyText, m_theme.font, m_theme.mutedText, Qt::AlignCenter);
    const QRectF button = emptyButton();
    if (button.isEmpty())
        return;
    const bool isHovered = m_state.cursor.has_value();
    m_scene.rect(button, isHovered ? m_theme.accentHover() : m_theme.accent, Pattern::Solid, 8);
    m_scene.label(button, m_emptyAction, m_theme.headingFont, m_theme.accentText, Qt::AlignCenter);
    if (m_hasKeyboardFocus) {
        m_scene.rect(button.adjusted(-4, -4, 4, 4), m_theme.accent, Pattern::Hollow, 11);
        m_scene.items.back().penWidth = float(2 * m_theme.scale);
    }
}

void TimelineView::paintEvent(QPaintEvent *)
{
    QElapsedTimer timer;
    timer.start();
    const bool isEmpty = m_state.runs.empty();
    if (isEmpty)
        buildEmpty();
    else
        buildFrame();
    {
        QPainter painter(this);
        paintScene(m_scene, painter);
    }
    emit painted(timer.nsecsElapsed());
    if (isEmpty)
        return;
    if (m_state.window != m_announcedWindow) {
        m_announcedWindow = m_state.window;
        emit windowChanged(m_state.window);
    }
    if (m_live && !m_sawFirstSlice && hasSlices()) {
        m_sawFirstSlice = true;
        emit firstSlicePainted();
    }
}

void TimelineView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitAgain();
}

void TimelineView::wheelEvent(QWheelEvent *event)
{
    if (m_state.runs.empty())
        event->ignore();
    else
        m_interaction->wheel(*event);
}

void TimelineView::mousePressEvent(QMouseEvent *event)
{
    if (!m_state.runs.empty())
        m_interaction->press(*event);
}

void TimelineView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_state.runs.empty()) {
        m_interaction->move(*event);
        return;
    }
    const bool isOver = emptyButton().contains(event->position());
    if (isOver == m_state.cursor.has_value())
        return;
    m_state.cursor = isOver ? std::optional<TimestampNs>(0) : std::nullopt;
    setCursor(isOver ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void TimelineView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_state.runs.empty())
        m_interaction->release(*event);
    else if (event->button() == Qt::LeftButton && emptyButton().contains(event->position()))
        emit emptyActionTriggered();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (m_state.runs.empty())
        return;
    m_interaction->press(*event);
    if (event->button() == Qt::LeftButton && m_state.selected)
        zoomToSelection();
}

void TimelineView::leaveEvent(QEvent *event)
{
    m_interaction->leave();
    QWidget::leaveEvent(event);
}

void TimelineView::keyPressEvent(QKeyEvent *event)
{
    if (m_state.runs.empty()) {
        const int key = event->key();
        const bool isPress = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space;
        if (isPress && !m_emptyAction.isEmpty())
            emit emptyActionTriggered();
        else
            QWidget::keyPressEvent(event);
        return;
    }
    if (!m_interaction->key(*event))
        QWidget::keyPressEvent(event);
}

bool TimelineView::event(QEvent *event)
{
    switch (event->type()) {
    case QEvent::ShortcutOverride:
        if (!m_state.runs.empty() && Interaction::isOurs(*static_cast<QKeyEvent *>(event))) {
            event->accept();
            return true;
        }
        break;
    case QEvent::NativeGesture: {
        const auto *gesture = static_cast<QNativeGestureEvent *>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture && !m_state.runs.empty()) {
            m_interaction->pinch(gesture->position(), 1 + gesture->value());
            return true;
        }
        break;
    }
    case QEvent::FocusIn: {
        const Qt::FocusReason reason = static_cast<QFocusEvent *>(event)->reason();
        m_hasKeyboardFocus = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason
            || reason == Qt::ShortcutFocusReason;
        update();
        break;
    }
    case QEvent::FocusOut:
        m_hasKeyboardFocus = false;
        update();
        break;
    default:
        break;
    }
    return QWidget::event(event);
}

} // namespace Interleave
