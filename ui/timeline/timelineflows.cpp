// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arrows from cause to effect: who gave a lock to whom, and which coroutine was resumed by whom.
#include "ui/timeline/timelinelanes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
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
    bool isChosen = false; ///< of the task that is hovered or selected
};

std::size_t firstFlowFrom(const SegmentedVector<FlowInfo> &flows, TimestampNs time)
{
    std::size_t low = 0;
    std::size_t high = flows.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (flows[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

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
std::vector<FlowLane> visibleLanes(const std::vector<Lane> &all, int run, const Trace &trace,
                                   qreal lanesTop, qreal scrollY, qreal height)
{
    std::vector<FlowLane> lanes;
    for (const Lane &lane : all) {
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

/// From the near edge of what the one lane shows to that of the other.
void drawArrow(Scene &scene, qreal x, const FlowLane &from, const FlowLane &to, const QColor &color,
               qreal scale)
{
    const bool isDown = to.top > from.top;
    const qreal begin = isDown ? from.bottom : from.top;
    const qreal end = isDown ? to.top : to.bottom;
    const qreal pen = std::max(1.0, scale);
    const qreal wing = 3 * scale;
    const qreal back = isDown ? -5 * scale : 5 * scale;
    scene.line({x, begin}, {x, end}, color, pen);
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
        const std::size_t first = firstFlowFrom(flows, origin + m_scale.window.begin);
        const std::size_t last = firstFlowFrom(flows, end);
        if (last <= first || last - first > kMostFlows)
            continue;
        std::vector<FlowLane> lanes = visibleLanes(m_layout.lanes(), int(run), snapshot->trace(),
                                                   m_lanesTop, state.scrollY, frame.size.height());
        const TaskId hovered = state.hoveredRun == int(run) ? state.hoveredTask : kNoTask;
        const TaskId selected =
            state.selected && state.selectedRun == int(run) ? state.selected->slice.task : kNoTask;
        const auto isChosen = [&](TaskId task) {
            return task != kNoTask && (task == hovered || task == selected);
        };
        std::vector<Arrow> arrows;
        std::array<int, 2> counts{};
        for (std::size_t i = first; i < last; ++i) {
            const FlowInfo &flow = flows[i];
            const Arrow arrow{m_scale.toX(flow.time - origin), laneOf(lanes, flow.from),
                              laneOf(lanes, flow.to), flow.object != kNoObject,
                              isChosen(flow.from) || isChosen(flow.to)};
            if (arrow.from == lanes.size() || arrow.to == lanes.size() || arrow.from == arrow.to)
                continue;
            arrows.push_back(arrow);
            ++counts[arrow.isHandOver ? 1 : 0];
        }
        for (const Arrow &arrow : arrows) {
            const bool isCrowded = counts[arrow.isHandOver ? 1 : 0] > kMostArrows;
            FlowLane &to = lanes[arrow.to];
            if ((isCrowded && !arrow.isChosen) || arrow.x < to.lastX + kLeastArrowGapPx)
                continue;
            to.lastX = arrow.x;
            drawArrow(frame.scene, m_headWidth + std::floor(arrow.x) + 0.5, lanes[arrow.from], to,
                      arrow.isHandOver ? frame.theme.neutral : frame.theme.waiting,
                      frame.theme.scale);
        }
    }
}

} // namespace Interleave
