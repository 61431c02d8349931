// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/legend.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Legend)
};

/// Every form once, in the order in which a legend has them.
std::array<LegendEntry, kSwatchCount> everyForm()
{
    return {{
        {Swatch::Solid, stateText(SliceState::Running)},
        {Swatch::Neutral, Texts::tr("other threads of this run")},
        {Swatch::Hatched, stateText(SliceState::Runnable)},
        {Swatch::Shaded, stateText(SliceState::Sampled)},
        {Swatch::Dots, stateText(SliceState::Unknown)},
        {Swatch::ThinLine, Texts::tr("waiting: I/O, sleep, join")},
        {Swatch::AlertLine, Texts::tr("blocked on a lock")},
        {Swatch::InferredLine, Texts::tr("waiting for the GIL (inferred)")},
        {Swatch::SampledLine, Texts::tr("waiting, seen in /proc (sampled)")},
        {Swatch::DottedLine, Texts::tr("suspended coroutine")},
        {Swatch::Hollow, stateText(SliceState::Queued)},
        {Swatch::Held, Texts::tr("held by a task")},
        {Swatch::HeldBySeveral, Texts::tr("held by several")},
        {Swatch::Contended, Texts::tr("held, and others wait for it")},
        {Swatch::HandOver, Texts::tr("given on to the next one")},
        {Swatch::Resumed, Texts::tr("makes a coroutine go on")},
        {Swatch::Barrier, Texts::tr("a barrier opens")},
        {Swatch::Pale, stateText(SliceState::Others)},
        {Swatch::Crossed, stateText(SliceState::Lost)},
        {Swatch::Diamond, Texts::tr("printed a line")},
        {Swatch::CancelledEnd, Texts::tr("cancelled before its end")},
        {Swatch::FailedEnd, Texts::tr("failed or crashed")},
    }};
}

/// Of a slice that is not of a lock. On a core, what runs on behalf of no task has a colour of its own.
Swatch formOf(const Track &track, const Slice &slice)
{
    const bool isOfNoTask = track.kind == TrackKind::Core && slice.state == SliceState::Running
        && slice.task == kNoTask;
    return isOfNoTask ? Swatch::Neutral : swatchOf(slice.state, slice.reason, slice.derived);
}

/// The mark of a task that has ended badly; nothing for others.
std::optional<Swatch> badEndOf(const TraceSnapshot &snapshot, TrackIndex index)
{
    const Trace &trace = snapshot.trace();
    const Track &track = trace.track(index);
    if (track.kind != TrackKind::Task || track.task >= trace.taskEnd())
        return std::nullopt;
    const TaskInfo &task = trace.task(track.task);
    const TimestampNs ended = task.ended.load(std::memory_order_relaxed);
    if (ended == 0 || ended > snapshot.horizon())
        return std::nullopt;
    return swatchOf(task.outcome.load(std::memory_order_relaxed));
}

} // namespace

QString waitText(WaitReason reason)
{
    switch (reason) {
    case WaitReason::None:
        return Texts::tr("blocked");
    case WaitReason::Sleep:
        return Texts::tr("sleep");
    case WaitReason::Lock:
        return Texts::tr("waits for a lock");
    case WaitReason::Io:
        return Texts::tr("input/output");
    case WaitReason::Child:
        return Texts::tr("waits for a child process to end");
    case WaitReason::Join:
        return Texts::tr("waits for its tasks to finish (join)");
    case WaitReason::Condition:
        return Texts::tr("waits for a condition");
    case WaitReason::Semaphore:
        return Texts::tr("waits for a semaphore");
    case WaitReason::Barrier:
        return Texts::tr("waits at a barrier");
    case WaitReason::Queue:
        return Texts::tr("waits for a queue");
    case WaitReason::Idle:
        return Texts::tr("nothing to do");
    case WaitReason::Yield:
        return Texts::tr("lets others run");
    case WaitReason::Await:
        return Texts::tr("awaits another task");
    case WaitReason::GlobalLock:
        return Texts::tr("waits for the interpreter's lock");
    case WaitReason::Connection:
        return Texts::tr("waits for a connection");
    case WaitReason::Event:
        return Texts::tr("waits for an event");
    case WaitReason::Futex:
        return Texts::tr("a lock or a condition");
    case WaitReason::Poll:
        return Texts::tr("input, output or a timer");
    }
    return {};
}

QString derivedText(const Slice &slice)
{
    if (slice.state != SliceState::Blocked || !slice.derived || slice.reason == WaitReason::None)
        return {};
    return slice.reason == WaitReason::GlobalLock ? Texts::tr("inferred") : Texts::tr("sampled");
}

QString stateText(SliceState state, WaitReason reason)
{
    switch (state) {
    case SliceState::Running:
        return Texts::tr("running on a core");
    case SliceState::Runnable:
        return Texts::tr("ready, waiting for a core");
    case SliceState::Blocked:
        if (reason == WaitReason::None)
            return Texts::tr("blocked");
        if (reason == WaitReason::GlobalLock)
            return Texts::tr("blocked on the interpreter's lock");
        return reason == WaitReason::Lock ? Texts::tr("blocked on a lock")
                                          : Texts::tr("waiting: %1").arg(waitText(reason));
    case SliceState::Suspended:
        return reason == WaitReason::None ? Texts::tr("suspended")
                                          : Texts::tr("suspended: %1").arg(waitText(reason));
    case SliceState::Queued:
        return Texts::tr("queued, not started");
    case SliceState::Lost:
        return Texts::tr("records lost, nothing known");
    case SliceState::Sampled:
        return Texts::tr("sampled: share of time on a core");
    case SliceState::Unknown:
        return Texts::tr("in progress, core not known");
    case SliceState::Others:
        return Texts::tr("other programs");
    case SliceState::Held:
        return Texts::tr("held");
    }
    return {};
}

Legend::Reading Legend::takeReading(const std::shared_ptr<const Trace> &trace)
{
    for (Reading &known : m_readings) {
        if (known.trace == trace)
            return std::move(known);
    }
    Reading fresh;
    fresh.trace = trace;
    return fresh;
}

void Legend::update(const std::vector<RunView> &runs)
{
    std::vector<Reading> readings;
    for (const RunView &run : runs) {
        if (!run.trace)
            continue;
        readings.push_back(takeReading(run.trace));
        readOn(readings.back());
    }
    m_readings = std::move(readings);
}

void Legend::readOn(Reading &reading)
{
    const Trace &trace = *reading.trace;
    const TraceSnapshot snapshot(trace);
    const auto add = [&](Swatch swatch) { reading.forms[std::size_t(swatch)] = true; };
    const std::size_t tracks = trace.trackCount();
    reading.slices.resize(tracks, 0);
    for (std::size_t i = 0; i < tracks; ++i) {
        readSlices(reading, snapshot, TrackIndex(i));
        if (const std::optional<Swatch> end = badEndOf(snapshot, TrackIndex(i)))
            add(*end);
    }
    for (const std::size_t size = trace.marks().size(); reading.marks < size; ++reading.marks) {
        const MarkKind kind = trace.marks()[reading.marks].kind;
        if (kind == MarkKind::Printed)
            add(Swatch::Diamond);
        else if (kind == MarkKind::Barrier)
            add(Swatch::Barrier);
    }
    for (const std::size_t size = trace.flows().size(); reading.flows < size; ++reading.flows) {
        const bool isHandOver = trace.flows()[reading.flows].object != kNoObject;
        add(isHandOver ? Swatch::HandOver : Swatch::Resumed);
    }
}

void Legend::readSlices(Reading &reading, const TraceSnapshot &snapshot, TrackIndex index)
{
    const Track &track = snapshot.trace().track(index);
    const auto add = [&](Swatch swatch) { reading.forms[std::size_t(swatch)] = true; };
    const auto read = [&](const Slice &slice) {
        if (track.kind != TrackKind::Lock) {
            add(formOf(track, slice));
            return;
        }
        if (slice.holders() != 0) {
            const bool isBySeveral =
                slice.state == SliceState::Held && (slice.holders() > 1 || slice.task == kNoTask);
            add(isBySeveral ? Swatch::HeldBySeveral : swatchOf(slice.state, slice.reason));
        }
        if (slice.waiters() != 0)
            add(Swatch::Contended);
    };
    std::size_t &past = reading.slices[index];
    for (const std::size_t count = snapshot.sliceCount(index); past < count; ++past)
        read(track.slices[past]);
    if (const std::optional<Slice> open = snapshot.openSlice(index))
        read(*open);
}

std::vector<LegendEntry> Legend::entries() const
{
    std::vector<LegendEntry> entries;
    for (LegendEntry &form : everyForm()) {
        const auto has = [&](const Reading &reading) {
            return reading.forms[std::size_t(form.swatch)];
        };
        if (std::any_of(m_readings.begin(), m_readings.end(), has))
            entries.push_back(std::move(form));
    }
    return entries;
}

std::vector<LegendEntry> legendEntries(const std::vector<RunView> &runs)
{
    Legend legend;
    legend.update(runs);
    return legend.entries();
}

namespace
{

/// Measures of a line, from the size of its type.
struct LineMeasures {
    explicit LineMeasures(const QFont &font)
    {
        const qreal size =
            font.pixelSize() > 0 ? qreal(font.pixelSize()) : QFontMetricsF(font).height();
        formWidth = std::round(2 * size);
        formHeight = std::round(0.9 * size);
        gap = std::round(0.6 * size);
    }
    qreal formWidth;
    qreal formHeight;
    qreal gap;
};

} // namespace

void drawLegendEntry(Scene &scene, const LegendEntry &entry, const QRectF &row, const QFont &font,
                     const Theme &theme)
{
    const LineMeasures line(font);
    const qreal top = row.top() + std::floor((row.height() - line.formHeight) / 2);
    drawSwatch(scene, QRectF(row.left(), top, line.formWidth, line.formHeight), entry.swatch,
               theme.accent, theme);
    scene.label(row.adjusted(line.formWidth + line.gap, 0, 0, 0), entry.text, font, theme.text);
}

qreal drawLegendRows(Scene &scene, const std::vector<LegendEntry> &entries, QPointF topLeft,
                     qreal widthPx, const Theme &theme)
{
    const QFontMetricsF metrics(theme.smallFont);
    const LineMeasures line(theme.smallFont);
    const qreal rowHeight = std::ceil(metrics.height() + 6 * theme.scale);
    qreal x = 0;
    qreal y = 0;
    for (const LegendEntry &entry : entries) {
        const qreal textWidth = std::ceil(metrics.horizontalAdvance(entry.text)) + 2;
        const qreal width = line.formWidth + line.gap + textWidth;
        if (x > 0 && x + width > widthPx) {
            x = 0;
            y += rowHeight;
        }
        drawLegendEntry(scene, entry, QRectF(topLeft.x() + x, topLeft.y() + y, width, rowHeight),
                        theme.smallFont, theme);
        x += width + 18 * theme.scale;
    }
    return entries.empty() ? 0 : y + rowHeight;
}

} // namespace Interleave
