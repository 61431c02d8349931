// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/timeline/timelinescene.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <vector>

namespace Interleave
{

/// The timeline in the window: draws the scene, zooms, pans, selects, follows live.
///
/// One opaque widget; reads snapshots, never blocks. GUI thread. Keys and gestures: UI.md.
class TimelineView : public QWidget
{
    Q_OBJECT

public:
    explicit TimelineView(QWidget *parent = nullptr);
    ~TimelineView() override;

    void setTheme(const Theme &theme);
    /// Shows these runs. While one of them is live, the view repaints itself and follows.
    void setRuns(std::vector<RunView> runs, bool live);
    /// The run is over: the last frame is drawn and, when following, everything is fitted.
    void setLive(bool live);
    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    void setEmptyText(const QString &text, const QString &action);
    void setFilter(const QString &filter);

    [[nodiscard]] const TimelineState &state() const { return m_state; }
    [[nodiscard]] const TimelineSceneBuilder &builder() const { return m_builder; }

public slots:
    void fit();
    void zoomToSelection();
    void zoomIn();
    void zoomOut();
    void
    selectNeighbour(int direction); ///< -1: the slice before on the selected track, 1: the next
    /// Selects the slice at the same time on the track above (-1) or below (1).
    void selectNeighbourTrack(int direction);
    void clearSelection();

signals:
    /// A slice was selected; an invalid hit (track == kNoTrack) when the selection was cleared.
    void sliceSelected(int run, const Interleave::SliceHit &hit);
    /// A span of time was selected, relative to zero; empty when cleared.
    void spanSelected(Interleave::TimeSpan span);
    /// Enter: what is selected, a slice or a span, shall be explained.
    void detailsRequested();
    void hovered(const QString &text);
    void followingChanged(bool following);
    /// The button on the empty timeline was pressed.
    void emptyActionTriggered();
    /// Own cost of a frame, ns: query and painting.
    void painted(qint64 ns);
    /// The first slice of the current live run is on the screen.
    void firstSlicePainted();
    void windowChanged(Interleave::TimeSpan window);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Hit;
    class Interaction;
    friend class Interaction;

    /// Shows `window`, moved and shrunk so that it lies within what there is.
    void setWindow(TimeSpan window);
    /// What was fitted, and not moved since, stays so: the words behind the last slice need the same room in
    /// a view of another width or theme.
    void fitAgain();
    void setScroll(qreal y);
    [[nodiscard]] TimeSpan widestWindow() const;
    [[nodiscard]] TimeScale currentScale() const;
    [[nodiscard]] bool hasSlices() const;
    [[nodiscard]] QRectF emptyButton() const;
    void select(int run, const SliceHit &hit);
    void reveal(const SliceHit &hit);
    /// The slice that was open when it was selected goes on, and ends.
    void refreshSelected();
    void leaveFollowing();
    void advance();
    void buildFrame();
    void buildEmpty();

    TimelineState m_state;
    TimelineSceneBuilder m_builder;
    Scene m_scene;
    Theme m_theme;
    QTimer m_frameTimer;
    QString m_emptyText;
    QString m_emptyAction;
    std::size_t m_foldedRuns = 0; ///< runs whose housekeeping threads were folded once
    bool m_following = true;
    bool m_live = false;
    bool m_sawFirstSlice = false;
    bool m_hasKeyboardFocus = false;
    TimestampNs m_paintedHorizon = -1; ///< sum over the runs, to see that there is something new
    TimeSpan m_announcedWindow;
    TimeSpan m_fitted; ///< what the last fit() showed
    std::unique_ptr<Interaction> m_interaction;
};

} // namespace Interleave
