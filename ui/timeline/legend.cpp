// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/legend.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(Legend)
};

/// A form that the timeline has, whether it occurs or not.
struct Explained {
    LegendEntry entry;
    bool isStandard = false; ///< worth explaining also where it does not occur
};

/// Every form once, in the order in which a legend has them.
std::array<Explained, kSwatchCount> everyForm()
{
    const auto standard = [](Swatch swatch, const QString &text) {
        return Explained{{swatch, text}, true};
    };
    const auto rare = [](Swatch swatch, const QString &text) {
        return Explained{{swatch, text}, false};
    };
    return {
        standard(Swatch::Solid, stateText(SliceState::Running)),
        standard(Swatch::Hatched, stateText(SliceState::Runnable)),
        rare(Swatch::Shaded, stateText(SliceState::Sampled)),
        rare(Swatch::Dots, stateText(SliceState::Unknown)),
        standard(Swatch::ThinLine, Texts::tr("waiting: I/O, sleep, join")),
        standard(Swatch::AlertLine, Texts::tr("blocked on a lock")),
        standard(Swatch::DottedLine, Texts::tr("suspended coroutine")),
        standard(Swatch::Hollow, stateText(SliceState::Queued)),
        rare(Swatch::Held, Texts::tr("held by a task")),
        rare(Swatch::Contended, Texts::tr("held, and others wait for it")),
        rare(Swatch::HandOver, Texts::tr("given on to the next one")),
        rare(Swatch::Barrier, Texts::tr("a barrier opens")),
        standard(Swatch::Pale, stateText(SliceState::Others)),
        standard(Swatch::Crossed, stateText(SliceState::Lost)),
        standard(Swatch::Diamond, Texts::tr("printed a line")),
        rare(Swatch::CancelledEnd, Texts::tr("cancelled before its end")),
        rare(Swatch::FailedEnd, Texts::tr("failed or crashed")),
    };
}

/// Which forms occur.
struct Seen {
    std::array<bool, kSwatchCount> forms{};

    void add(Swatch swatch) { forms[std::size_t(swatch)] = true; }
    [[nodiscard]] bool has(Swatch swatch) const { return forms[std::size_t(swatch)]; }
};

void lookAtSlices(const TraceSnapshot &snapshot, TrackIndex index, Seen &seen)
{
    const Track &track = snapshot.trace().track(index);
    const std::size_t count = snapshot.sliceCount(index);
    const auto look = [&](const Slice &slice) {
        const bool isLock = track.kind == TrackKind::Lock;
        if (!isLock || slice.holders() != 0)
            seen.add(swatchOf(slice.state, slice.reason));
        if (isLock && slice.waiters() != 0)
            seen.add(Swatch::Contended);
    };
    for (std::size_t i = 0; i < count; ++i)
        look(track.slices[i]);
    if (const std::optional<Slice> open = snapshot.openSlice(index))
        look(*open);
}

/// What passes between tasks, and what they printed.
void lookAtInstants(const Trace &trace, Seen &seen)
{
    const std::size_t marks = trace.marks().size();
    for (std::size_t i = 0; i < marks; ++i) {
        const MarkKind kind = trace.marks()[i].kind;
        if (kind == MarkKind::Printed)
            seen.add(Swatch::Diamond);
        else if (kind == MarkKind::Barrier)
            seen.add(Swatch::Barrier);
    }
    const std::size_t flows = trace.flows().size();
    for (std::size_t i = 0; i < flows && !seen.has(Swatch::HandOver); ++i) {
        if (trace.flows()[i].object != kNoObject)
            seen.add(Swatch::HandOver);
    }
}

/// What the objects of a run show sooner or later.
void expectOfObjects(const Trace &trace, Seen &seen)
{
    const std::size_t objects = trace.objectCount();
    for (std::size_t i = 0; i < objects; ++i) {
        const ObjectKind kind = trace.object(i).kind;
        if (kind == ObjectKind::Barrier)
            seen.add(Swatch::Barrier);
        if (!isHeld(kind))
            continue;
        for (const Swatch swatch : {Swatch::Held, Swatch::Contended, Swatch::HandOver})
            seen.add(swatch);
    }
}

void lookAtEnd(const TraceSnapshot &snapshot, TrackIndex index, Seen &seen)
{
    const Trace &trace = snapshot.trace();
    const Track &track = trace.track(index);
    if (track.kind != TrackKind::Task || track.task >= trace.taskEnd())
        return;
    const TaskInfo &task = trace.task(track.task);
    const TimestampNs ended = task.ended.load(std::memory_order_relaxed);
    const std::optional<Swatch> end = swatchOf(task.outcome.load(std::memory_order_relaxed));
    if (end && ended != 0 && ended <= snapshot.horizon())
        seen.add(*end);
}

/// What a run of this source shows sooner or later, without looking for it.
void expectOf(Source source, Seen &seen)
{
    if (source == Source::Sampled)
        seen.add(Swatch::Shaded);
    if (source == Source::Sampled || source == Source::Events)
        seen.add(Swatch::Dots);
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
    }
    return {};
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

std::vector<LegendEntry> legendEntries(const std::vector<RunView> &runs, LegendScope scope)
{
    const bool isPicture = scope == LegendScope::Picture;
    Seen seen;
    for (const RunView &run : runs) {
        if (!run.trace)
            continue;
        const TraceSnapshot snapshot(*run.trace);
        for (std::size_t i = 0; i < run.trace->trackCount(); ++i) {
            lookAtEnd(snapshot, TrackIndex(i), seen);
            if (isPicture)
                lookAtSlices(snapshot, TrackIndex(i), seen);
        }
        if (isPicture) {
            lookAtInstants(*run.trace, seen);
        } else {
            expectOf(run.trace->source(), seen);
            expectOfObjects(*run.trace, seen);
        }
    }
    std::vector<LegendEntry> entries;
    for (Explained &form : everyForm()) {
        if (seen.has(form.entry.swatch) || (!isPicture && form.isStandard))
            entries.push_back(std::move(form.entry));
    }
    return entries;
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
