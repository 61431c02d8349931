// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/timeline/swatch.h"
#include "ui/timeline/timelinescene.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace Interleave
{

/// One frame in the making; lives as long as TimelineSceneBuilder::build().
struct TimelineSceneBuilder::Frame {
    const TimelineState &state;
    const Theme &theme;
    QSizeF size;
    Scene &scene;
    QFont strongFont; ///< of what is emphasised
    /// By run; all lanes of a run are drawn from the same one, so that they agree.
    std::vector<std::optional<TraceSnapshot>> snapshots;
    std::vector<RulerTick> ticks;
};

/// Index of the first entry at or after `time` of a list that is in the order of time, as marks and flows
/// are; the size of the list when none. Cost: O(log entries).
template<typename Entry>
[[nodiscard]] std::size_t firstFrom(const SegmentedVector<Entry> &list, TimestampNs time)
{
    std::size_t low = 0;
    std::size_t high = list.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (list[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/// Draws what happened on one lane after the other, as UI.md says how a moment looks.
/// Thread: its owner's. Cost of a lane: O(width).
class LanePainter
{
public:
    /// Borrowed; the buffers keep their memory between frames.
    struct Buffers {
        std::vector<PixelRun> &runs;
        std::vector<QRgb> &columns;
        TextWidths &widths; ///< in the theme's small font
    };
    LanePainter(const TimelineState &state, const Theme &theme, const TimeScale &scale, qreal left,
                Scene &scene, Buffers buffers);

    /// \param top of the lane in the scene. \param ground what lies behind it.
    /// \param objects of the lane's run.
    void draw(const TraceSnapshot &snapshot, const Lane &lane, qreal top, const QColor &ground,
              ObjectHistory &objects);

private:
    void drawSlice(const PixelRun &run, int nextX);
    void drawQueued(const PixelRun &run, const QColor &hue);
    void drawUnknown(const PixelRun &run, const QColor &hue);
    void drawRunning(const PixelRun &run, int nextX);
    void drawBlocked(const PixelRun &run);
    void drawWait(const PixelRun &run, const QColor &color, qreal width, Pattern pattern);
    /// \param plate what the words stand on where the slice itself has a texture.
    void drawText(const PixelRun &run, const QString &text, const QColor &color,
                  const QColor &plate = {});
    void addDense(const PixelRun &run);
    void flushDense();
    void flushDenseLine();
    /// Nobody recorded it: its reason was seen in /proc, or inferred.
    [[nodiscard]] bool isDerived(const PixelRun &run) const;
    /// Of a column that stands for many: where a program's waits for the GIL are inferred, all of them are.
    [[nodiscard]] bool isInferred(WaitReason reason) const;
    void drawSelected(const TraceSnapshot &snapshot);

    // Who holds a lock, and who waits for it (timelinelocks.cpp).
    void drawLock();
    /// Runs [first, past) in which the same ones hold it, drawn as one bar.
    void drawHolding(std::size_t first, std::size_t past);
    void drawHoldersName(const QRectF &bar, const QString &text, const QString &shorter,
                         const QColor &fill, bool isFullHeight);
    void drawDenseHoldings();
    void drawContention();
    void drawWaiterCounts(qreal top);

    [[nodiscard]] QColor hueOf(const PixelRun &run) const;
    [[nodiscard]] QRgb denseColor(const PixelRun &run) const;
    [[nodiscard]] QString nameOf(const PixelRun &run) const;
    [[nodiscard]] bool hasRoomInWait(const PixelRun &run, qreal textWidth) const;
    /// "sleep", "waits for fork 2"; empty where no such word has room.
    [[nodiscard]] QString waitTextOf(const PixelRun &run) const;
    [[nodiscard]] QRectF areaOf(const PixelRun &run, qreal heightShare) const;

    const TimelineState &m_state;
    const Theme &m_theme;
    const TimeScale &m_scale;
    const qreal m_left;
    Scene &m_scene;
    Buffers m_buffers;

    // Of the lane that is being drawn.
    const Trace *m_trace = nullptr;
    const Track *m_track = nullptr;
    const ObjectInfo *m_object = nullptr; ///< of a lock's lane
    qreal m_barHeight = 0; ///< of a lock that is held by as many as can
    bool m_hasCountRow = false; ///< below a lock's bar there is room for how many wait
    const Lane *m_lane = nullptr;
    const TraceSnapshot *m_snapshot = nullptr;
    ObjectHistory *m_objects = nullptr;
    QColor m_ground;
    qreal m_top = 0; ///< of a full slice
    qreal m_height = 0;
    int m_denseX = 0; ///< first column of the strip in the making
    int m_lineX = -1; ///< where a line of dense waits began; -1: none
    int m_lineEnd = 0;
    Swatch m_line = Swatch::ThinLine; ///< how that line is drawn
    bool m_hasLoneTick = false; ///< the strip so far is one column in which the run itself ran
};

} // namespace Interleave
