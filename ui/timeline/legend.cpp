// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/legend.h"

#include "ui/timeline/scenepainter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

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

LegendEntry sliceEntry(SliceState state, WaitReason reason, const QString &text)
{
    LegendEntry entry;
    entry.state = state;
    entry.reason = reason;
    entry.text = text;
    return entry;
}

LegendEntry markEntry()
{
    LegendEntry entry;
    entry.form = LegendEntry::Form::Mark;
    entry.text = Texts::tr("printed a line");
    return entry;
}

/// One bit per state, and one for waits on locks.
struct Seen {
    std::array<bool, kSliceStateCount> states{};
    bool lock = false;
    bool mark = false;

    void add(SliceState state) { states[std::size_t(state)] = true; }
    [[nodiscard]] bool has(SliceState state) const { return states[std::size_t(state)]; }
};

void lookAt(const TraceSnapshot &snapshot, TrackIndex index, Seen &seen)
{
    const auto look = [&seen](const Slice &slice) {
        seen.add(slice.state);
        if (slice.state == SliceState::Blocked && slice.reason == WaitReason::Lock)
            seen.lock = true;
    };
    const Track &track = snapshot.trace().track(index);
    const std::size_t count = snapshot.sliceCount(index);
    for (std::size_t i = 0; i < count; ++i)
        look(track.slices[i]);
    if (const std::optional<Slice> open = snapshot.openSlice(index))
        look(*open);
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
    }
    return {};
}

std::vector<LegendEntry> legendEntries()
{
    return {
        sliceEntry(SliceState::Running, WaitReason::None, stateText(SliceState::Running)),
        sliceEntry(SliceState::Runnable, WaitReason::None, stateText(SliceState::Runnable)),
        sliceEntry(SliceState::Blocked, WaitReason::Sleep, Texts::tr("waiting: I/O, sleep, join")),
        sliceEntry(SliceState::Blocked, WaitReason::Lock, Texts::tr("blocked on a lock")),
        sliceEntry(SliceState::Suspended, WaitReason::None, Texts::tr("suspended coroutine")),
        sliceEntry(SliceState::Queued, WaitReason::None, stateText(SliceState::Queued)),
        sliceEntry(SliceState::Others, WaitReason::None, stateText(SliceState::Others)),
        markEntry(),
    };
}

std::vector<LegendEntry> legendEntries(const std::vector<RunView> &runs)
{
    Seen seen;
    for (const RunView &run : runs) {
        if (!run.trace)
            continue;
        const TraceSnapshot snapshot(*run.trace);
        for (std::size_t i = 0; i < run.trace->trackCount(); ++i)
            lookAt(snapshot, TrackIndex(i), seen);
        seen.mark = seen.mark || run.trace->marks().size() > 0;
    }
    std::vector<LegendEntry> entries;
    for (LegendEntry &entry : legendEntries()) {
        const bool isLock = entry.reason == WaitReason::Lock;
        const bool isSeen = entry.form == LegendEntry::Form::Mark ? seen.mark
            : isLock                                              ? seen.lock
                                                                  : seen.has(entry.state);
        if (isSeen)
            entries.push_back(std::move(entry));
    }
    for (const SliceState state : {SliceState::Sampled, SliceState::Unknown, SliceState::Lost}) {
        if (seen.has(state))
            entries.push_back(sliceEntry(state, WaitReason::None, stateText(state)));
    }
    return entries;
}

void drawLegendSign(Scene &scene, const LegendEntry &entry, const QRectF &area, const Theme &theme)
{
    if (entry.form == LegendEntry::Form::Mark) {
        scene.diamond(area.center(), area.height() * 0.4, theme.text);
        return;
    }
    const QPointF left(area.left(), area.center().y());
    const QPointF right(area.right(), area.center().y());
    const QColor hue = theme.accent;
    switch (entry.state) {
    case SliceState::Running:
        scene.rect(area, hue, Pattern::Solid, 2);
        break;
    case SliceState::Runnable:
    case SliceState::Sampled:
        scene.rect(area, hue, Pattern::Hatched);
        break;
    case SliceState::Blocked:
        if (entry.reason == WaitReason::Lock)
            scene.line(left, right, theme.alert, 3 * theme.scale);
        else
            scene.line(left, right, theme.waiting, 1.5 * theme.scale);
        break;
    case SliceState::Suspended:
        scene.line(left, right, theme.waiting, 1.5 * theme.scale, Pattern::Dotted);
        break;
    case SliceState::Queued:
    case SliceState::Unknown:
        scene.rect(area, hue, Pattern::Hollow);
        break;
    case SliceState::Lost:
        scene.rect(area, theme.alert, Pattern::CrossHatched);
        break;
    case SliceState::Others:
        scene.rect(area, theme.others);
        break;
    }
}

qreal drawLegendRows(Scene &scene, const std::vector<LegendEntry> &entries, QPointF topLeft,
                     qreal widthPx, const Theme &theme)
{
    const QFontMetricsF metrics(theme.smallFont);
    const qreal rowHeight = std::ceil(metrics.height() + 6 * theme.scale);
    const qreal sign = 22 * theme.scale;
    const qreal gap = 6 * theme.scale;
    qreal x = 0;
    qreal y = 0;
    for (const LegendEntry &entry : entries) {
        const qreal textWidth = std::ceil(metrics.horizontalAdvance(entry.text)) + 2;
        const qreal width = sign + gap + textWidth;
        if (x > 0 && x + width > widthPx) {
            x = 0;
            y += rowHeight;
        }
        const qreal signHeight = 10 * theme.scale;
        drawLegendSign(scene, entry,
                       QRectF(topLeft.x() + x, topLeft.y() + y + (rowHeight - signHeight) / 2, sign,
                              signHeight),
                       theme);
        scene.label(QRectF(topLeft.x() + x + sign + gap, topLeft.y() + y, textWidth, rowHeight),
                    entry.text, theme.smallFont, theme.text);
        x += width + 18 * theme.scale;
    }
    return entries.empty() ? 0 : y + rowHeight;
}

LegendWidget::LegendWidget(QWidget *parent)
    : QWidget(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
    , m_entries(legendEntries())
{
    setAccessibleName(tr("Legend"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void LegendWidget::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    update();
}

void LegendWidget::setEntries(std::vector<LegendEntry> entries)
{
    m_entries = std::move(entries);
    updateGeometry();
    update();
}

int LegendWidget::rowHeight() const
{
    return int(QFontMetricsF(m_theme.font).height() + 6 * m_theme.scale);
}

QSize LegendWidget::sizeHint() const
{
    return {int(200 * m_theme.scale), rowHeight() * int(m_entries.size())};
}

QSize LegendWidget::minimumSizeHint() const
{
    return {int(120 * m_theme.scale), rowHeight() * int(m_entries.size())};
}

void LegendWidget::paintEvent(QPaintEvent *)
{
    m_scene.clear();
    m_scene.size = size();
    m_scene.background = QColor(); // the panel's own shows through
    const qreal sign = 24 * m_theme.scale;
    const qreal height = 11 * m_theme.scale;
    qreal y = 0;
    for (const LegendEntry &entry : m_entries) {
        drawLegendSign(m_scene, entry, QRectF(0, y + (rowHeight() - height) / 2, sign, height),
                       m_theme);
        const qreal left = sign + 8 * m_theme.scale;
        m_scene.label(QRectF(left, y, width() - left, rowHeight()), entry.text, m_theme.font,
                      m_theme.text);
        y += rowHeight();
    }
    QPainter painter(this);
    paintScene(m_scene, painter);
}

} // namespace Interleave
