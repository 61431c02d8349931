// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/timeline/timelineview.h"

#include <QPointF>
#include <QStringList>

#include <optional>
#include <vector>

class QKeyEvent;
class QMouseEvent;
class QWheelEvent;

namespace Interleave
{

/// What lies under a point of the view.
struct TimelineView::Hit {
    enum class Place { Nothing, Overview, Ruler, Heading, Head, Track };
    Place place = Place::Nothing;
    int lane = -1; ///< index into the layout's lanes: Heading, Head, Track
    TimestampNs time = 0; ///< relative to zero: Overview, Ruler, Track
    std::optional<SliceHit> slice; ///< Track: what is drawn there
    std::optional<PixelRun> dense; ///< Track: instead of a slice, when many share the column
};

/// Turns gestures and keys into changes of the view (UI.md, "Timeline conventions").
///
///   idle --press on a lane--> pressed --moved--> spanning --release--> idle (span selected)
///                             pressed --release--> idle (slice selected, group folded)
///   idle --press on ruler, middle button--> panning --release--> idle
///   idle --press on the overview--> seeking --release--> idle
/// Owned by the view; GUI thread.
class TimelineView::Interaction
{
public:
    explicit Interaction(TimelineView &view);

    static constexpr double kZoomStep = 1.25;

    [[nodiscard]] Hit hitAt(QPointF position);

    void press(const QMouseEvent &event);
    void move(const QMouseEvent &event);
    void release(const QMouseEvent &event);
    void leave();
    void wheel(QWheelEvent &event);
    void pinch(QPointF position, qreal factor);
    /// \return whether the key meant something here.
    bool key(const QKeyEvent &event);
    /// Whether the view acts on this key, so that no shortcut of the window takes it away.
    [[nodiscard]] static bool isOurs(const QKeyEvent &event);
    /// Zooms around the pointer, else around the middle. \param factor > 1: in.
    void zoom(double factor);
    /// What lies under the pointer has changed without the pointer moving.
    void hoverAgain();
    void keepCursor(); ///< under the pointer, while the window moves on by itself
    void forget(); ///< the runs are others now

private:
    enum class Drag { None, Pressed, Spanning, Panning, Seeking };

    void hover(QPointF position);
    [[nodiscard]] QStringList tooltipOf(const Hit &hit);
    void click(const Hit &hit);
    void pan(double pixels);
    void scroll(qreal y);
    void seek(QPointF position);
    void toggleGroup(int lane);
    void toggleSelectedGroup();
    bool navigationKey(const QKeyEvent &event);
    bool commandKey(const QKeyEvent &event);
    void setTooltip(const QStringList &lines, QPointF position);

    TimelineView &m_view;
    std::vector<PixelRun> m_runs; ///< of the lane under the pointer
    Drag m_drag = Drag::None;
    QPointF m_pressedAt;
    Hit m_pressed;
    TimeScale m_pressedScale;
    qreal m_pressedScroll = 0;
    std::optional<QPointF> m_pointer; ///< where it hovers
    std::optional<double> m_pointerX; ///< within the lanes' area
    QString m_lastGroup; ///< of the selected lane, to unfold it again by the keyboard
};

} // namespace Interleave
