// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/pixelruns.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanelayout.h"
#include "ui/timeline/scene.h"
#include "ui/timeline/textwidths.h"
#include "ui/timeline/timescale.h"

#include <QStringList>

#include <optional>

namespace Interleave
{

/// What the timeline is asked to show.
struct TimelineState {
    std::vector<RunView> runs;
    TimeSpan window{0, 100 * kMillisecond}; ///< relative to each run's zero
    qreal scrollY = 0;
    QSet<QString> collapsedGroups;
    QString filter;
    std::optional<SliceHit> selected;
    int selectedRun = 0;
    TaskId hoveredTask = kNoTask; ///< other tasks are dimmed
    int hoveredRun = 0;
    std::optional<TimeSpan> selectedSpan;
    std::optional<TimestampNs> cursor; ///< vertical line with its time
    bool live = false;
    bool showOverview = true; ///< a picture of the whole run needs none
    bool showFocus = false; ///< the keyboard acts here
    QStringList tooltip; ///< lines beside the pointer; empty: none
    QPointF tooltipAt;
};

/// Composes the picture of a timeline: overview, ruler, lane heads, lanes, marks.
///
/// Keeps its buffers between frames. Thread: one owner. Cost: O(visible lanes x width), and that of
/// LaneLayout::update().
class TimelineSceneBuilder
{
public:
    static constexpr int kOverviewHeight = 36;
    static constexpr int kRulerHeight = 26;

    void build(const TimelineState &state, const Theme &theme, QSizeF size, Scene &scene);
    [[nodiscard]] const LaneLayout &layout() const { return m_layout; }
    /// Of the lanes' area, without the heads, as last built.
    [[nodiscard]] const TimeScale &timeScale() const { return m_scale; }
    /// Top of the lanes' area, below overview and ruler, scaled.
    [[nodiscard]] qreal lanesTop() const { return m_lanesTop; }
    [[nodiscard]] qreal headWidth() const { return m_headWidth; }
    [[nodiscard]] QRectF overviewArea() const { return m_overview; }
    [[nodiscard]] QRectF rulerArea() const { return m_ruler; }
    /// Longest of the runs so far, ns from their zero.
    [[nodiscard]] DurationNs longestRun() const { return m_longest; }

    /// The same before anything was built.
    [[nodiscard]] static DurationNs longestOf(const std::vector<RunView> &runs);
    /// Of the column with the lanes' names: a seventh of the picture, 128 to 220 pixels (times scale), and
    /// never more than half of it.
    [[nodiscard]] static qreal headWidthOf(qreal widthPx, qreal scale);
    /// What "fit" shows: all of it, and room for the words behind the last slice.
    /// \param widthPx of the whole picture, with the heads.
    [[nodiscard]] static TimeSpan wholeWindow(DurationNs longest, qreal widthPx, qreal scale);
    /// What "follow live" shows: all from zero, growing in steps, and the newest 10 s after that.
    [[nodiscard]] static TimeSpan liveWindow(DurationNs longest, int widthPx);

private:
    struct Frame;
    /// How far the words of a heading that is in the picture go.
    struct HeadingWords {
        qreal top = 0;
        qreal bottom = 0;
        qreal right = 0;
    };
    void place(const TimelineState &state, const Theme &theme, QSizeF size);
    void drawOverview(Frame &frame);
    void measureLoad(Frame &frame, TimeSpan whole, int widthPx);
    void drawRuler(Frame &frame);
    void drawGrid(Frame &frame);
    void drawLanes(Frame &frame);
    void drawHeading(Frame &frame, const Lane &lane, qreal top);
    void drawHead(Frame &frame, const Lane &lane, qreal top);
    void drawOutputHead(Frame &frame, const Lane &lane, qreal top);
    void drawShortProcesses(Frame &frame, const Lane &lane, qreal top);
    void drawEnd(Frame &frame, const Lane &lane, qreal top);
    void drawMarks(Frame &frame);
    // Values over time (timelinecounters.cpp).
    void drawCounter(Frame &frame, const Lane &lane, qreal top);
    void drawCounterHead(Frame &frame, const Lane &lane, qreal top);
    // What concerns several lanes (timelineevents.cpp, timelineflows.cpp).
    /// Right edge of the heads, and of the words of headings between `top` and `bottom`.
    [[nodiscard]] qreal endOfWords(qreal top, qreal bottom) const;
    void drawBarriers(Frame &frame);
    void drawDeadlocks(Frame &frame);
    void drawFlows(Frame &frame);
    void drawSelectedSpan(Frame &frame);
    void drawCursor(Frame &frame);
    void drawScrollThumb(Frame &frame);
    void drawTooltip(Frame &frame);

    LaneLayout m_layout;
    std::size_t m_firstLane = 0; ///< of those that are in the picture
    std::size_t m_lastLane = 0; ///< one past the last of them
    TimeScale m_scale;
    qreal m_lanesTop = 0;
    qreal m_headWidth = 0;
    std::vector<HeadingWords> m_headingWords;
    QRectF m_overview;
    QRectF m_ruler;
    DurationNs m_longest = 0;
    std::vector<PixelRun> m_runs;
    std::vector<QRgb> m_columns;
    TextWidths m_widths;
    std::vector<std::uint32_t>
        m_load; ///< of the overview: sum over the cores per column, 255 = one
    int m_loadCores = 0;
    std::vector<std::uint64_t> m_loadSignature; ///< what m_load was measured from
};

} // namespace Interleave
