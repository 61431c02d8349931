// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arrows from cause to effect: who gave a lock to whom, and which coroutine was resumed by whom.
#include "ui/timeline/timelinelanes.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace Interleave
{

namespace
{

/// More of one kind in the picture than this would hide it: then only those of one task are shown.
constexpr int kMostArrows = 60;
/// More in the window than this are not even looked through: they would stand closer than pixels.
constexpr std::size_t kMostFlows = 20'000;
/// Arrows into one lane that are closer than this are one.
constexpr double kLeastArrowGapPx = 3;
/// Between a word and the line of an arrow that makes way for it.
constexpr qreal kWordMarginPx = 2;

struct FlowLane {
    TaskId task = kNoTask;
    qreal top = 0;
    qreal bottom = 0;
    double lastX = -1e9; ///< of the newest arrow that ends here
};

struct Arrow {
    double x = 0;
    std::size_t from = 0; ///< indices of the lanes
    std::size_t to = 0;
    bool isHandOver = false;
};

/// Index of the task's lane; the number of lanes when it has none in the picture.
std::size_t laneOf(const std::vector<FlowLane> &lanes, TaskId task)
{
    const auto found =
        std::lower_bound(lanes.begin(), lanes.end(), task,
                         [](const FlowLane &lane, TaskId id) { return lane.task < id; });
    return found != lanes.end() && found->task == task ? std::size_t(found - lanes.begin())
                                                       : lanes.size();
}

/// The tasks' lanes that are wholly in the picture, by their task.
/// \param first,past of the lanes that are partly in it.
std::vector<FlowLane> visibleLanes(const Lane *first, const Lane *past, int run, const Trace &trace,
                                   qreal lanesTop, qreal scrollY, qreal height)
{
    std::vector<FlowLane> lanes;
    for (const Lane *next = first; next != past; ++next) {
        const Lane &lane = *next;
        const qreal top = lanesTop + lane.y - scrollY;
        if (lane.kind != Lane::Kind::Track || lane.run != run || top < lanesTop
            || top + lane.height > height)
            continue;
        const Track &track = trace.track(lane.track);
        const qreal padding = std::max<qreal>(2, std::round(lane.height * 0.2));
        if (track.kind == TrackKind::Task)
            lanes.push_back({track.task, top + padding, top + lane.height - padding, -1e9});
    }
    std::sort(lanes.begin(), lanes.end(),
              [](const FlowLane &a, const FlowLane &b) { return a.task < b.task; });
    return lanes;
}

/// Of the flows [first, last), those whose two lanes are in the picture.
std::vector<Arrow> arrowsOf(const SegmentedVector<FlowInfo> &flows, std::size_t first,
                            std::size_t last, const std::vector<FlowLane> &lanes,
                            const TimeScale &scale, TimestampNs origin)
{
    std::vector<Arrow> arrows;
    for (std::size_t i = first; i < last; ++i) {
        const FlowInfo &flow = flows[i];
        const Arrow arrow{scale.toX(flow.time - origin), laneOf(lanes, flow.from),
                          laneOf(lanes, flow.to), flow.object != kNoObject};
        if (arrow.from != lanes.size() && arrow.to != lanes.size() && arrow.from != arrow.to)
            arrows.push_back(arrow);
    }
    return arrows;
}

/// Where words stand on the lanes: a line through them could not be told from a letter.
class WordPlaces
{
public:
    /// \param left of the lanes' area; the heads are not looked at.
    WordPlaces(const Scene &scene, qreal left, const QFont &usualFont, TextWidths &usualWidths)
    {
        for (const SceneItem &item : scene.items) {
            if (item.kind != SceneItem::Kind::Label || item.area.left() < left)
                continue;
            const SceneLabel &label = scene.labels[item.index];
            const qreal width = label.font == usualFont
                ? usualWidths.of(label.text)
                : QFontMetricsF(label.font).horizontalAdvance(label.text);
            m_places.push_back(placeOf(item.area, label, width));
            m_widest = std::max(m_widest, m_places.back().width());
        }
        std::sort(m_places.begin(), m_places.end(),
                  [](const QRectF &a, const QRectF &b) { return a.left() < b.left(); });
    }

    /// The stretches of the vertical line at `x` that are words, from top to bottom.
    [[nodiscard]] std::vector<std::pair<qreal, qreal>> at(qreal x) const
    {
        std::vector<std::pair<qreal, qreal>> stretches;
        auto place = std::lower_bound(
            m_places.begin(), m_places.end(), x - m_widest,
            [](const QRectF &candidate, qreal least) { return candidate.left() < least; });
        for (; place != m_places.end() && place->left() <= x; ++place) {
            if (place->right() >= x)
                stretches.emplace_back(place->top(), place->bottom());
        }
        std::sort(stretches.begin(), stretches.end());
        return stretches;
    }

private:
    [[nodiscard]] static QRectF placeOf(const QRectF &area, const SceneLabel &label, qreal width)
    {
        const qreal shown = label.elide ? std::min(width, area.width()) : width;
        qreal left = area.left();
        if (label.align & Qt::AlignHCenter)
            left += (area.width() - shown) / 2;
        else if (label.align & Qt::AlignRight)
            left += area.width() - shown;
        const qreal height = label.font.pixelSize() + 2 * kWordMarginPx;
        return {left - kWordMarginPx, area.center().y() - height / 2, shown + 2 * kWordMarginPx,
                height};
    }

    std::vector<QRectF> m_places; ///< by their left edges
    qreal m_widest = 0;
};

/// From the near edge of what the one lane shows to that of the other, and not through words. Dotted
/// where it resumes a coroutine, as its wait is.
void drawArrow(Scene &scene, const Theme &theme, const WordPlaces &words, qreal x,
               const Arrow &arrow, const std::vector<FlowLane> &lanes)
{
    const FlowLane &from = lanes[arrow.from];
    const FlowLane &to = lanes[arrow.to];
    const QColor &color = arrow.isHandOver ? theme.neutral : theme.waiting;
    const Pattern pattern = arrow.isHandOver ? Pattern::Solid : Pattern::Dotted;
    const bool isDown = to.top > from.top;
    const qreal begin = isDown ? from.bottom : from.top;
    const qreal end = isDown ? to.top : to.bottom;
    const qreal pen = std::max(1.0, theme.scale);
    const qreal wing = 3 * theme.scale;
    const qreal back = isDown ? -5 * theme.scale : 5 * theme.scale;
    const qreal bottom = std::max(begin, end);
    qreal top = std::min(begin, end);
    for (const auto &[wordTop, wordBottom] : words.at(x)) {
        if (wordTop >= bottom)
            break;
        if (wordTop > top)
            scene.line({x, top}, {x, wordTop}, color, pen, pattern);
        top = std::max(top, wordBottom);
    }
    if (top < bottom)
        scene.line({x, top}, {x, bottom}, color, pen, pattern);
    scene.line({x - wing, end + back}, {x, end}, color, pen);
    scene.line({x + wing, end + back}, {x, end}, color, pen);
}

} // namespace

void TimelineSceneBuilder::drawFlows(Frame &frame)
{
    const TimelineState &state = frame.state;
    for (std::size_t run = 0; run < frame.snapshots.size(); ++run) {
        const std::optional<TraceSnapshot> &snapshot = frame.snapshots[run];
        if (!snapshot || snapshot->trace().flows().size() == 0)
            continue;
        const SegmentedVector<FlowInfo> &flows = snapshot->trace().flows();
        const TimestampNs origin = snapshot->origin();
        const TimestampNs end = std::min(origin + m_scale.window.end, snapshot->horizon());
        const std::size_t first = firstFrom(flows, origin + m_scale.window.begin);
        const std::size_t last = firstFrom(flows, end);
        if (last <= first || last - first > kMostFlows)
            continue;
        const Lane *all = m_layout.lanes().data();
        std::vector<FlowLane> lanes =
            visibleLanes(all + m_firstLane, all + m_lastLane, int(run), snapshot->trace(),
                         m_lanesTop, state.scrollY, frame.size.height());
        const std::vector<Arrow> arrows = arrowsOf(flows, first, last, lanes, m_scale, origin);
        if (arrows.empty())
            continue;
        const WordPlaces words(frame.scene, m_headWidth, frame.theme.smallFont, m_widths);
        const TaskId hovered = state.hoveredRun == int(run) ? state.hoveredTask : kNoTask;
        const TaskId selected =
            state.selected && state.selectedRun == int(run) ? state.selected->slice.task : kNoTask;
        const auto isChosen = [&](const FlowLane &lane) {
            return lane.task != kNoTask && (lane.task == hovered || lane.task == selected);
        };
        const auto handOvers = std::count_if(arrows.begin(), arrows.end(),
                                             [](const Arrow &arrow) { return arrow.isHandOver; });
        const auto resumes = std::ptrdiff_t(arrows.size()) - handOvers;
        for (const Arrow &arrow : arrows) {
            FlowLane &to = lanes[arrow.to];
            const bool isCrowded = (arrow.isHandOver ? handOvers : resumes) > kMostArrows;
            if ((isCrowded && !isChosen(lanes[arrow.from]) && !isChosen(to))
                || arrow.x < to.lastX + kLeastArrowGapPx)
                continue;
            to.lastX = arrow.x;
            drawArrow(frame.scene, frame.theme, words, m_headWidth + std::floor(arrow.x) + 0.5,
                      arrow, lanes);
        }
    }
}

} // namespace Interleave
