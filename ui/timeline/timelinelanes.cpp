// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/timelinelanes.h"

#include "core/taskset/taskset.h"
#include "ui/timeline/holding.h"
#include "ui/timeline/legend.h"
#include "ui/timeline/swatch.h"
#include "ui/timeline/threadtitle.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TimelineScene)
};

/// Narrower slices are not asked for their name: five letters would not fit.
constexpr qreal kLeastNamePx = 30;
/// Between the edge of a slice and its name.
constexpr qreal kNamePaddingPx = 6;
/// So much of a wait's line is left on both sides of its word together.
constexpr qreal kWaitLinePx = 28;
/// Where a slice is at least this wide, a gap of a pixel separates it from the next.
constexpr int kLeastGapPx = 4;
constexpr int kLeastRoundPx = 6;
/// Time in a dense column is never drawn fainter than this (of 255): it would look idle.
constexpr int kFaintest = 60;
/// The same for what the run itself did: some microseconds between two long waits are what counts there.
constexpr int kFaintestRunning = 165;

} // namespace

LanePainter::LanePainter(const TimelineState &state, const Theme &theme, const TimeScale &scale,
                         qreal left, Scene &scene, Buffers buffers)
    : m_state(state)
    , m_theme(theme)
    , m_scale(scale)
    , m_left(left)
    , m_scene(scene)
    , m_buffers(buffers)
{
    m_buffers.widths.setFont(theme.smallFont);
}

void LanePainter::draw(const TraceSnapshot &snapshot, const Lane &lane, qreal top,
                       const QColor &ground, ObjectHistory &objects)
{
    m_trace = &snapshot.trace();
    m_snapshot = &snapshot;
    m_objects = &objects;
    m_track = &m_trace->track(lane.track);
    m_lane = &lane;
    m_ground = ground;
    const qreal padding = std::max<qreal>(2, std::round(lane.height * 0.11));
    m_top = top + padding;
    m_height = std::max<qreal>(3, lane.height - 2 * padding);

    const TimestampNs origin = snapshot.origin();
    const TimeSpan window{origin + m_scale.window.begin, origin + m_scale.window.end};
    std::vector<PixelRun> &runs = m_buffers.runs;
    runs.clear();
    pixelRuns(snapshot, lane.track, window, m_scale.widthPx, runs);

    m_buffers.columns.clear();
    m_lineX = -1;
    if (m_track->kind == TrackKind::Lock) {
        drawLock();
        drawSelected(snapshot);
        return;
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i].dense) {
            addDense(runs[i]);
            continue;
        }
        flushDense();
        drawSlice(runs[i], i + 1 < runs.size() ? runs[i + 1].x : m_scale.widthPx + 2);
    }
    flushDense();
    drawSelected(snapshot);
}

QColor LanePainter::hueOf(const PixelRun &run) const
{
    const TaskId task =
        run.task == kNoTask && m_track->kind == TrackKind::Task ? m_track->task : run.task;
    const QColor hue = m_theme.taskColor(task);
    const bool isDimmed = m_state.hoveredTask != kNoTask && m_state.hoveredRun == m_lane->run
        && task != m_state.hoveredTask;
    return isDimmed ? Theme::dimmed(m_ground, hue) : hue;
}

QRectF LanePainter::areaOf(const PixelRun &run, qreal heightShare) const
{
    const qreal height = std::max<qreal>(2, std::round(m_height * heightShare));
    return {m_left + run.x, m_top + std::floor((m_height - height) / 2), qreal(run.width), height};
}

void LanePainter::drawSlice(const PixelRun &run, int nextX)
{
    const QColor hue = hueOf(run);
    switch (run.state) {
    case SliceState::Running:
        drawRunning(run, nextX);
        break;
    case SliceState::Runnable:
        m_scene.rect(areaOf(run, 0.6), hue, Pattern::Hatched);
        break;
    case SliceState::Blocked:
        drawBlocked(run);
        break;
    case SliceState::Suspended:
        drawWait(run, m_theme.waiting, 1.5, Pattern::Dotted);
        break;
    case SliceState::Queued:
        drawQueued(run, hue);
        break;
    case SliceState::Lost:
        m_scene.rect(areaOf(run, 1), m_theme.alert, Pattern::CrossHatched);
        drawText(run, Texts::tr("records lost"), m_theme.text);
        break;
    case SliceState::Sampled: {
        // Where in the interval it ran is not known: its share is told by height and depth.
        const SampledLook look = sampledLook(run.fraction / 255.0);
        QColor shade = hue;
        shade.setAlphaF(look.opacity);
        m_scene.rect(areaOf(run, look.height), shade, Pattern::Hatched);
        break;
    }
    case SliceState::Unknown:
        drawUnknown(run, hue);
        break;
    case SliceState::Others:
        m_scene.rect(areaOf(run, 1), m_theme.others);
        drawText(run, Texts::tr("other programs"), m_theme.mutedText);
        break;
    case SliceState::Held:
        m_scene.rect(areaOf(run, 0.5), hue);
        break;
    }
}

/// Dots, and no outline: a task that is queued has that, and nobody shall take one for the other.
void LanePainter::drawUnknown(const PixelRun &run, const QColor &hue)
{
    m_scene.rect(areaOf(run, 0.8), hue, Pattern::Dotted);
    drawText(run, nameOf(run), m_theme.text, m_ground);
}

/// Half of the lane high, or as high as its word: a frame through the word cannot be read.
void LanePainter::drawQueued(const PixelRun &run, const QColor &hue)
{
    const qreal wordShare = (m_theme.smallFont.pixelSize() + 4) / std::max(m_height, 1.0);
    m_scene.rect(areaOf(run, std::clamp(wordShare, 0.5, 1.0)), hue, Pattern::Hollow);
    if (wordShare <= 1)
        drawText(run, Texts::tr("queued"), m_theme.mutedText);
}

void LanePainter::drawRunning(const PixelRun &run, int nextX)
{
    QRectF area = areaOf(run, 1);
    if (run.width >= kLeastGapPx)
        area.setWidth(run.width - 1);
    else if (run.width < 2 && nextX > run.x + 1)
        area.setWidth(2); // a lone sliver of a pixel is overlooked
    const QColor hue = hueOf(run);
    m_scene.rect(area, hue, Pattern::Solid, run.width >= kLeastRoundPx ? 2 : 0);
    if (run.width >= kLeastNamePx)
        drawText(run, nameOf(run), Theme::readableOn(hue));
}

QString LanePainter::nameOf(const PixelRun &run) const
{
    // The lane's head says already whose lane it is; the slice says where.
    const bool isOfThread =
        m_track->kind == TrackKind::Thread && m_track->thread < m_trace->threadCount();
    const bool isOwn = isOfThread && run.task != kNoTask
        && m_trace->thread(m_track->thread).task.load(std::memory_order_relaxed) == run.task;
    if (m_track->kind == TrackKind::Task || isOwn)
        return run.core == kNoCore ? QString() : Texts::tr("core %1").arg(run.core);
    if (run.task != kNoTask)
        return QString::fromStdString(m_trace->taskName(run.task));
    if (m_track->kind == TrackKind::Thread || run.thread == kNoThread)
        return {};
    return threadTitle(*m_trace, run.thread);
}

void LanePainter::drawText(const PixelRun &run, const QString &text, const QColor &color,
                           const QColor &plate)
{
    if (text.isEmpty() || run.width < kLeastNamePx)
        return;
    const qreal padding = kNamePaddingPx * m_theme.scale;
    const qreal width = m_buffers.widths.of(text);
    if (width + 2 * padding > run.width || m_height < m_theme.smallFont.pixelSize())
        return;
    const QRectF area(m_left + run.x + padding, m_top, width + 1, m_height);
    if (plate.isValid()) {
        const qreal margin =
            std::max(0.0, std::floor((m_height - m_theme.smallFont.pixelSize() - 4) / 2));
        m_scene.rect(area.adjusted(-3, margin, 3, -margin), plate);
    }
    m_scene.label(area, text, m_theme.smallFont, color, Qt::AlignLeft | Qt::AlignVCenter, false);
}

void LanePainter::drawBlocked(const PixelRun &run)
{
    switch (swatchOf(run.state, run.reason, isDerived(run))) {
    case Swatch::AlertLine:
        drawWait(run, m_theme.alert, 2.5, Pattern::Solid);
        break;
    case Swatch::InferredLine:
        drawWait(run, m_theme.alert, 2.5, Pattern::Dashed);
        break;
    case Swatch::SampledLine:
        drawWait(run, m_theme.waiting, 1.5, Pattern::Dashed);
        break;
    default:
        drawWait(run, m_theme.waiting, 1.5, Pattern::Solid);
        break;
    }
}

bool LanePainter::isDerived(const PixelRun &run) const
{
    if (run.sliceIndex >= 0)
        return m_track->slices[std::size_t(run.sliceIndex)].derived;
    const std::optional<Slice> open = m_snapshot->openSlice(m_lane->track);
    return run.sliceIndex == -2 && open && open->derived;
}

bool LanePainter::isInferred(WaitReason reason) const
{
    return reason == WaitReason::GlobalLock
        && isProgramModel(m_state.runs[std::size_t(m_lane->run)].model);
}

void LanePainter::drawWait(const PixelRun &run, const QColor &color, qreal width, Pattern pattern)
{
    const qreal y = m_top + std::floor(m_height / 2);
    const qreal from = m_left + run.x;
    const qreal to = from + run.width;
    const qreal pen = width * m_theme.scale;
    QString text;
    if (run.width >= kLeastNamePx)
        text = waitTextOf(run);
    const qreal textWidth = text.isEmpty() ? 0 : m_buffers.widths.of(text);
    if (textWidth <= 0 || !hasRoomInWait(run, textWidth)) {
        m_scene.line({from, y}, {to, y}, color, pen, pattern);
        return;
    }
    // The word interrupts the line: above it there is no room on a low lane.
    const qreal half = std::ceil(textWidth / 2) + 5 * m_theme.scale;
    const qreal middle = std::floor((from + to) / 2);
    m_scene.line({from, y}, {middle - half, y}, color, pen, pattern);
    m_scene.line({middle + half, y}, {to, y}, color, pen, pattern);
    const bool isSampled = run.state == SliceState::Blocked && color != m_theme.alert;
    const QColor textColor =
        isLockWait(run.reason) && !isSampled ? m_theme.alert : m_theme.mutedText;
    m_scene.label(QRectF(middle - half, m_top, 2 * half, m_height), text, m_theme.smallFont,
                  textColor, Qt::AlignCenter, false);
}

bool LanePainter::hasRoomInWait(const PixelRun &run, qreal textWidth) const
{
    return textWidth + kWaitLinePx * m_theme.scale <= run.width
        && m_height >= m_theme.smallFont.pixelSize();
}

QString LanePainter::waitTextOf(const PixelRun &run) const
{
    if (run.state == SliceState::Suspended && run.reason == WaitReason::None)
        return Texts::tr("suspended");
    const bool isForHeldObject = isLockWait(run.reason) || run.reason == WaitReason::Semaphore
        || run.reason == WaitReason::Connection;
    if (run.reason == WaitReason::GlobalLock && isDerived(run))
        return Texts::tr("waits for the GIL (inferred)");
    if (!isForHeldObject || isDerived(run))
        return waitText(run.reason);
    // Looking a name up costs some tens of microseconds: not for one that cannot be shown.
    if (!hasRoomInWait(run, m_buffers.widths.of(Texts::tr("waits for %1").arg(QString()))))
        return {};
    const std::optional<SliceHit> hit = hitOf(*m_snapshot, m_lane->track, run);
    if (!hit)
        return waitText(run.reason);
    const RunView &view = m_state.runs[std::size_t(m_lane->run)];
    const DeadlockReport::Edge *edge = deadlockEdgeOf(*m_snapshot, hit->slice, view.deadlock);
    const QString name = edge ? edge->object : m_objects->waitedName(*m_snapshot, *hit);
    return name.isEmpty() ? waitText(run.reason) : Texts::tr("waits for %1").arg(name);
}

QRgb LanePainter::denseColor(const PixelRun &run) const
{
    const QRgb hue = hueOf(run).rgb();
    QRgb color = m_ground.rgb();
    bool isEmpty = true;
    const auto mix = [&](QRgb over, int share) {
        color = Theme::blended(color, over, share);
        isEmpty = false;
    };
    if (run.others > 0)
        mix(m_theme.others.rgb(), std::max<int>(run.others, kFaintest));
    if (run.runnable > 0)
        mix(Theme::blended(m_ground.rgb(), hue, 80), std::max<int>(run.runnable, kFaintest));
    if (run.running > 0) {
        const int share = kFaintestRunning + run.running * (255 - kFaintestRunning) / 255;
        mix(hue, run.state == SliceState::Sampled ? share / 2 : share);
    }
    if (run.lost > 0)
        mix(m_theme.alert.rgb(), std::max<int>(run.lost, 110));
    if (!isEmpty)
        return color;
    // No share tells about these states, and a lane never looks blank where something is.
    if (run.state == SliceState::Running || run.state == SliceState::Sampled)
        mix(hue, kFaintest + 40);
    else if (run.state == SliceState::Runnable || run.state == SliceState::Unknown)
        mix(hue, kFaintest);
    else if (run.state == SliceState::Others)
        mix(m_theme.others.rgb(), 255);
    else if (run.state == SliceState::Lost)
        mix(m_theme.alert.rgb(), 110);
    return isEmpty ? 0 : color;
}

void LanePainter::addDense(const PixelRun &run)
{
    std::vector<QRgb> &columns = m_buffers.columns;
    if (!columns.empty() && m_denseX + int(columns.size()) != run.x)
        flushDense();
    if (columns.empty())
        m_denseX = run.x;
    const QRgb color = denseColor(run);
    columns.insert(columns.end(), std::size_t(run.width), color);
    m_hasLoneTick = columns.size() == 1 && run.running > 0;

    const bool isLine = color == 0;
    const Swatch form = isInferred(run.reason) ? Swatch::InferredLine
        : isLockWait(run.reason)               ? Swatch::AlertLine
                                               : Swatch::ThinLine;
    if (!isLine || form != m_line || m_lineEnd != run.x)
        flushDenseLine();
    if (!isLine)
        return;
    if (m_lineX < 0)
        m_lineX = run.x;
    m_lineEnd = run.x + run.width;
    m_line = form;
}

void LanePainter::flushDenseLine()
{
    if (m_lineX < 0)
        return;
    const qreal y = m_top + std::floor(m_height / 2);
    m_scene.line({m_left + m_lineX, y}, {m_left + m_lineEnd, y},
                 m_line == Swatch::ThinLine ? m_theme.waiting : m_theme.alert, 1.5 * m_theme.scale,
                 m_line == Swatch::InferredLine ? Pattern::Dashed : Pattern::Solid);
    m_lineX = -1;
}

void LanePainter::flushDense()
{
    flushDenseLine();
    std::vector<QRgb> &columns = m_buffers.columns;
    const bool hasColor =
        std::any_of(columns.begin(), columns.end(), [](QRgb color) { return color != 0; });
    if (m_hasLoneTick)
        columns.push_back(columns.front()); // between two long waits one pixel is easily overlooked
    m_hasLoneTick = false;
    if (hasColor)
        m_scene.strip(QRectF(m_left + m_denseX, m_top, 0, m_height), columns);
    columns.clear();
}

void LanePainter::drawSelected(const TraceSnapshot &snapshot)
{
    if (!m_state.selected || m_state.selectedRun != m_lane->run
        || m_state.selected->track != m_lane->track)
        return;
    const Slice &slice = m_state.selected->slice;
    const double from = std::max(m_scale.toX(slice.begin - snapshot.origin()), 0.0);
    const double to = std::min(m_scale.toX(slice.end - snapshot.origin()), double(m_scale.widthPx));
    if (to < from)
        return;
    const qreal width = std::max(std::round(to - from), 3.0);
    m_scene.rect(QRectF(m_left + std::round(from) - 1, m_top - 2, width + 2, m_height + 4),
                 m_theme.text, Pattern::Hollow, 0);
    m_scene.items.back().penWidth = float(2 * m_theme.scale);
}

} // namespace Interleave
