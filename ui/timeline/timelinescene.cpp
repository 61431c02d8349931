// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelinescene.h"

#include "core/query/knowledge.h"
#include "core/taskset/taskset.h"
#include "ui/timeline/timelinelanes.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TimelineScene)
};

constexpr DurationNs kShortestLive = 100 * kMillisecond;
/// Beyond, slices of a few milliseconds would become too thin to be followed: the view scrolls.
constexpr DurationNs kLongestLive = 10 * kSecond;
constexpr double kMajorTickPx = 90;
/// The part of the picture that the heads take, and its bounds: the names of threads and of tasks are longer
/// than a narrow view has room for, and a wide one has more than they need.
constexpr qreal kHeadShare = 1.0 / 7;
constexpr qreal kNarrowestHeadPx = 128;
constexpr qreal kWidestHeadPx = 220;
/// Behind the last slice: the longest word of an end, "cancelled" with its mark, and the gap before it.
constexpr qreal kEndRoomPx = 80;

bool hasBegun(const RunView &run)
{
    return run.trace && run.trace->horizon() > run.trace->origin() && run.trace->origin() != 0;
}

/// Why there are no lanes.
QString emptyText(const TimelineState &state)
{
    const bool hasTracks =
        std::any_of(state.runs.begin(), state.runs.end(),
                    [](const RunView &run) { return run.trace && run.trace->trackCount() > 0; });
    if (hasTracks && !state.filter.isEmpty())
        return Texts::tr("No track matches the filter.");
    return state.live ? Texts::tr("Waiting for the first records…")
                      : Texts::tr("Nothing was recorded.");
}

/// More threads than this are not added up to a load: it would cost more than the picture.
constexpr std::size_t kMostLoaded = 512;

/// What tells the load where nothing is known of the cores: the tasks, of a program its threads.
std::vector<TrackIndex> loadedTracks(const Trace &trace, bool isProgram)
{
    std::vector<TrackIndex> tracks;
    for (std::size_t i = 0; i < trace.trackCount() && tracks.size() < kMostLoaded; ++i) {
        if (trace.track(TrackIndex(i)).kind == (isProgram ? TrackKind::Thread : TrackKind::Task))
            tracks.push_back(TrackIndex(i));
    }
    return tracks;
}

/// Adds up how many cores were busy in each column.
void addLoad(const std::vector<PixelRun> &runs, std::vector<std::uint32_t> &load)
{
    for (const PixelRun &run : runs) {
        std::uint32_t share = 0;
        if (run.dense)
            share = run.running;
        else if (run.state == SliceState::Running || run.state == SliceState::Unknown)
            share = 255;
        else if (run.state == SliceState::Sampled)
            share = run.fraction;
        const int end = std::min(run.x + run.width, int(load.size()));
        for (int x = std::max(run.x, 0); x < end; ++x)
            load[std::size_t(x)] += share;
    }
}

} // namespace

DurationNs TimelineSceneBuilder::longestOf(const std::vector<RunView> &runs)
{
    DurationNs longest = 0;
    for (const RunView &run : runs) {
        if (hasBegun(run))
            longest = std::max(longest, run.trace->horizon() - run.trace->origin());
    }
    return longest;
}

qreal TimelineSceneBuilder::headWidthOf(qreal widthPx, qreal scale)
{
    const qreal width =
        std::clamp(widthPx * kHeadShare, kNarrowestHeadPx * scale, kWidestHeadPx * scale);
    return std::min(std::round(width), std::floor(widthPx / 2));
}

TimeSpan TimelineSceneBuilder::wholeWindow(DurationNs longest, qreal widthPx, qreal scale)
{
    if (longest <= 0)
        return {0, kShortestLive};
    DurationNs spare = longest / 10;
    const qreal lanes = widthPx - headWidthOf(widthPx, scale);
    // In a very narrow picture the slices keep half of it.
    const qreal room = std::min(kEndRoomPx * scale, lanes / 2);
    if (room > 0)
        spare = std::max(spare, DurationNs(std::ceil(double(longest) * room / (lanes - room))));
    return {0, std::max<DurationNs>(longest + spare, 100)};
}

TimeSpan TimelineSceneBuilder::liveWindow(DurationNs longest, int widthPx)
{
    const DurationNs needed = longest + longest / 20;
    if (needed > kLongestLive) {
        // In whole pixels: otherwise every edge would tremble while the picture moves on.
        const DurationNs pixel = std::max<DurationNs>(kLongestLive / std::max(widthPx, 1), 1);
        const TimestampNs begin = (needed - kLongestLive) / pixel * pixel;
        return {begin, begin + kLongestLive};
    }
    DurationNs end = kShortestLive;
    while (end < needed)
        end += end / 4;
    return {0, std::min(end, kLongestLive)};
}

void TimelineSceneBuilder::build(const TimelineState &state, const Theme &theme, QSizeF size,
                                 Scene &scene)
{
    scene.clear();
    scene.size = size;
    scene.background = theme.canvas;
    place(state, theme, size);

    Frame frame{state, theme, size, scene, theme.font, {}, {}};
    frame.strongFont.setWeight(QFont::DemiBold);
    for (const RunView &run : state.runs) {
        frame.snapshots.emplace_back();
        if (run.trace)
            frame.snapshots.back().emplace(*run.trace);
    }
    frame.ticks = rulerTicks(m_scale, kMajorTickPx * theme.scale);

    scene.pushClip(QRectF(0, m_lanesTop, size.width(), size.height() - m_lanesTop));
    drawLanes(frame);
    drawBarriers(frame);
    drawMarks(frame);
    drawFlows(frame);
    drawDeadlocks(frame);
    drawSelectedSpan(frame);
    scene.popClip();
    if (state.showOverview)
        drawOverview(frame);
    drawRuler(frame);
    drawCursor(frame);
    drawScrollThumb(frame);
    drawTooltip(frame);
    if (state.showFocus && !size.isEmpty()) {
        scene.rect(QRectF(QPointF(0, 0), size), theme.accent, Pattern::Hollow);
        scene.items.back().penWidth = float(2 * theme.scale);
    }
}

void TimelineSceneBuilder::place(const TimelineState &state, const Theme &theme, QSizeF size)
{
    m_headWidth = headWidthOf(size.width(), theme.scale);
    const qreal overview = state.showOverview ? std::round(kOverviewHeight * theme.scale) : 0;
    const qreal ruler = std::round(kRulerHeight * theme.scale);
    m_overview = QRectF(m_headWidth, 0, size.width() - m_headWidth, overview);
    m_ruler = QRectF(m_headWidth, overview, size.width() - m_headWidth, ruler);
    m_lanesTop = overview + ruler;
    m_longest = longestOf(state.runs);
    m_layout.update(state.runs, size.height() - m_lanesTop, theme.scale, state.collapsedGroups,
                    state.filter);
    m_scale.window = state.window;
    m_scale.widthPx = std::max(1, int(size.width() - m_headWidth));
    std::tie(m_firstLane, m_lastLane) =
        m_layout.lanesIn(state.scrollY, state.scrollY + size.height() - m_lanesTop);
    m_layout.refreshTitles(m_firstLane, m_lastLane);
}

void TimelineSceneBuilder::drawLanes(Frame &frame)
{
    const Theme &theme = frame.theme;
    const TimelineState &state = frame.state;
    const qreal bottom = frame.size.height();
    const auto topOf = [&](const Lane &lane) { return m_lanesTop + lane.y - state.scrollY; };
    const auto isSelected = [&](const Lane &lane) {
        return state.selected && state.selectedRun == lane.run && lane.track != kNoTrack
            && state.selected->track == lane.track;
    };
    m_headingWords.clear();
    const std::vector<Lane> &lanes = m_layout.lanes();
    for (std::size_t i = m_firstLane; i < m_lastLane; ++i) {
        if (isSelected(lanes[i]))
            frame.scene.rect(QRectF(0, topOf(lanes[i]), frame.size.width(), lanes[i].height),
                             theme.selection);
    }
    drawGrid(frame);
    if (lanes.empty()) {
        frame.scene.label(QRectF(0, m_lanesTop, frame.size.width(), bottom - m_lanesTop),
                          emptyText(state), theme.font, theme.mutedText, Qt::AlignCenter);
        return;
    }

    LanePainter painter(state, theme, m_scale, m_headWidth, frame.scene,
                        {m_runs, m_columns, m_widths});
    for (std::size_t i = m_firstLane; i < m_lastLane; ++i) {
        const Lane &lane = lanes[i];
        const qreal top = topOf(lane);
        if (lane.isHeading()) {
            drawHeading(frame, lane, top);
            continue;
        }
        const std::optional<TraceSnapshot> &snapshot = frame.snapshots[std::size_t(lane.run)];
        const bool isKnown = snapshot && snapshot->horizon() > snapshot->origin();
        if (lane.kind == Lane::Kind::Counter) {
            if (isKnown)
                drawCounter(frame, lane, top);
            drawCounterHead(frame, lane, top);
        } else if (lane.kind == Lane::Kind::Output) {
            drawOutputHead(frame, lane, top);
        } else {
            if (isKnown)
                painter.draw(*snapshot, lane, top,
                             isSelected(lane) ? theme.selection : theme.canvas,
                             m_layout.objects(lane.run));
            drawEnd(frame, lane, top);
            drawHead(frame, lane, top);
        }
        frame.scene.line({0, top + lane.height - 0.5},
                         {frame.size.width(), top + lane.height - 0.5}, theme.grid);
    }
}

void TimelineSceneBuilder::drawGrid(Frame &frame)
{
    const qreal bottom = frame.size.height();
    const QColor minor =
        QColor::fromRgb(Theme::blended(frame.theme.canvas.rgb(), frame.theme.grid.rgb(), 140));
    for (const RulerTick &tick : frame.ticks) {
        const qreal x = m_headWidth + std::floor(tick.x) + 0.5;
        frame.scene.line({x, m_lanesTop}, {x, bottom}, tick.major ? frame.theme.grid : minor);
    }
    frame.scene.line({m_headWidth - 0.5, m_lanesTop}, {m_headWidth - 0.5, bottom},
                     frame.theme.line);
}

void TimelineSceneBuilder::drawRuler(Frame &frame)
{
    const Theme &theme = frame.theme;
    Scene &scene = frame.scene;
    const qreal width = frame.size.width();
    scene.rect(QRectF(0, m_ruler.top(), width, m_ruler.height()), theme.canvas);
    scene.pushClip(m_ruler);
    const QFontMetricsF metrics(theme.smallFont);
    for (const RulerTick &tick : frame.ticks) {
        const qreal x = m_headWidth + std::floor(tick.x) + 0.5;
        const qreal top =
            tick.major ? m_ruler.top() + 4 * theme.scale : m_ruler.bottom() - 5 * theme.scale;
        scene.line({x, top}, {x, m_ruler.bottom()}, tick.major ? theme.mutedText : theme.line);
        const qreal left = x + 4 * theme.scale;
        // Half a number would be read as another one.
        if (tick.major && left + metrics.horizontalAdvance(tick.text) <= width) {
            scene.label(QRectF(left, m_ruler.top(), kMajorTickPx * theme.scale,
                               m_ruler.height() - 5 * theme.scale),
                        tick.text, theme.smallFont, theme.mutedText,
                        Qt::AlignLeft | Qt::AlignVCenter, false);
        }
    }
    scene.popClip();
    scene.line({0, m_ruler.bottom() - 0.5}, {width, m_ruler.bottom() - 0.5}, theme.line);
}

void TimelineSceneBuilder::measureLoad(Frame &frame, TimeSpan whole, int widthPx)
{
    std::vector<std::uint64_t> signature{std::uint64_t(whole.end), std::uint64_t(widthPx)};
    for (const std::optional<TraceSnapshot> &snapshot : frame.snapshots) {
        if (!snapshot)
            continue;
        signature.push_back(reinterpret_cast<std::uintptr_t>(&snapshot->trace()));
        signature.push_back(std::uint64_t(snapshot->horizon()));
        signature.push_back(snapshot->trace().trackCount());
    }
    if (signature == m_loadSignature)
        return;
    m_loadSignature = std::move(signature);
    m_load.assign(std::size_t(widthPx), 0);
    m_loadCores = 0;
    for (std::size_t run = 0; run < frame.snapshots.size(); ++run) {
        const std::optional<TraceSnapshot> &snapshot = frame.snapshots[run];
        if (!snapshot || snapshot->horizon() <= snapshot->origin())
            continue;
        const TimestampNs origin = snapshot->origin();
        const std::vector<TrackIndex> &cores = m_layout.coreTracks(int(run));
        m_loadCores += int(cores.size());
        // Without the kernel's word the cores are not known, but the shares of tasks still are.
        const bool knowsCores = knowledgeOf(snapshot->trace().source()).switches;
        const std::vector<TrackIndex> tracks = knowsCores
            ? cores
            : loadedTracks(snapshot->trace(), isProgramModel(frame.state.runs[run].model));
        for (const TrackIndex track : tracks) {
            m_runs.clear();
            pixelRuns(*snapshot, track, {origin + whole.begin, origin + whole.end}, widthPx,
                      m_runs);
            addLoad(m_runs, m_load);
        }
    }
}

void TimelineSceneBuilder::drawOverview(Frame &frame)
{
    const Theme &theme = frame.theme;
    Scene &scene = frame.scene;
    scene.rect(QRectF(0, 0, frame.size.width(), m_overview.height()), theme.canvas);
    scene.label(QRectF(16 * theme.scale, 0, m_headWidth - 16 * theme.scale, m_overview.height()),
                Texts::tr("Overview"), theme.smallFont, theme.mutedText);
    const QRectF area = m_overview.adjusted(0, 3 * theme.scale, -2, -3 * theme.scale);
    if (area.width() < 8)
        return;
    TimeSpan whole = wholeWindow(m_longest, frame.size.width(), theme.scale);
    whole.end = std::max(whole.end, frame.state.live ? frame.state.window.end : whole.end);
    const TimeScale scale{whole, std::max(1, int(area.width()))};
    measureLoad(frame, whole, scale.widthPx);

    const QColor bar = QColor::fromRgb(Theme::blended(theme.canvas.rgb(), theme.accent.rgb(), 120));
    const double full = 255.0 * std::max(m_loadCores, 1);
    const qreal room = area.height() - 4;
    const auto barHeight = [&](std::size_t x) {
        return m_load[x] == 0 ? 0.0
                              : std::max(1.0, std::round(room * std::min(1.0, m_load[x] / full)));
    };
    for (std::size_t x = 0; x < m_load.size();) {
        const double height = barHeight(x);
        std::size_t end = x + 1;
        while (end < m_load.size() && barHeight(end) == height)
            ++end;
        scene.rect(
            QRectF(area.left() + double(x), area.bottom() - 2 - height, double(end - x), height),
            bar);
        x = end;
    }
    const double from = std::clamp(scale.toX(m_scale.window.begin), 0.0, area.width() - 4);
    const double to = std::clamp(scale.toX(m_scale.window.end), from + 4, area.width());
    scene.rect(QRectF(area.left() + from, area.top(), to - from, area.height()), theme.accent,
               Pattern::Hollow, 4);
    scene.items.back().penWidth = float(1.5 * theme.scale);
    scene.line({0, m_overview.bottom() - 0.5}, {frame.size.width(), m_overview.bottom() - 0.5},
               theme.line);
}

} // namespace Interleave
