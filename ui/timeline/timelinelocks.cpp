// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lanes of locks: a bar of who holds it, and below it, in the alert hue, when somebody waits. That
// line is never thinner than two pixels, and no column in which somebody waited is without it: what a
// lock costs must not be hidden by zooming out.
#include "ui/timeline/holding.h"
#include "ui/timeline/timelinelanes.h"

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

constexpr qreal kNamePaddingPx = 6;
constexpr int kLeastGapPx =
    4; // where a bar is at least this wide, a gap separates it from the next
constexpr int kLeastRoundPx = 6;
constexpr qreal kContentionPx = 3; // where somebody waits all of the time
constexpr qreal kLeastContentionPx = 2;
constexpr qreal kCountGapPx = 6; // between two counts of waiters
/// A column in which it was held at all is never fainter: it would look free.
constexpr int kFaintestHeld = 110;

qreal contentionBand(const Theme &theme)
{
    return std::max(kContentionPx, std::round(kContentionPx * theme.scale));
}

/// Whether `b` goes on where `a` ends, with the same holders.
bool isSameBar(const PixelRun &a, const PixelRun &b)
{
    return !b.dense && a.core == b.core && a.task == b.task && a.x + a.width == b.x;
}

QString waitingText(int waiters)
{
    return Texts::tr("%1 waiting").arg(waiters);
}

} // namespace

void LanePainter::drawLock()
{
    const qreal word = m_theme.smallFont.pixelSize();
    const qreal band = contentionBand(m_theme);
    m_object = m_trace->findObject(m_track->object);
    m_hasCountRow = m_height >= (word + 4) + (band + 1) + (word + 2);
    m_barHeight = std::max<qreal>(3, m_height - (band + 1) - (m_hasCountRow ? word + 2 : qreal(0)));

    const std::vector<PixelRun> &runs = m_buffers.runs;
    for (std::size_t i = 0; i < runs.size();) {
        std::size_t past = i + 1;
        if (!runs[i].dense && runs[i].core != 0) {
            while (past < runs.size() && isSameBar(runs[past - 1], runs[past]))
                ++past;
            drawHolding(i, past);
        }
        i = past;
    }
    drawDenseHoldings();
    drawContention();
}

void LanePainter::drawHolding(std::size_t first, std::size_t past)
{
    const std::vector<PixelRun> &runs = m_buffers.runs;
    const PixelRun &run = runs[first];
    const int end = runs[past - 1].x + runs[past - 1].width;
    const int width = end - run.x;
    const int nextX = past < runs.size() ? runs[past].x : m_scale.widthPx + 2;
    const bool isOne = run.core == 1 && run.task != kNoTask;
    const bool hasShare = m_object && m_object->capacity > 1;
    const double share = hasShare ? std::min(1.0, double(run.core) / m_object->capacity) : 1.0;
    const qreal height = std::max<qreal>(2, std::round(m_barHeight * share));
    const QColor fill = isOne ? hueOf(run) : severalHoldersColor(m_ground, m_theme);
    QRectF bar(m_left + run.x, m_top + m_barHeight - height, width, height);
    if (width >= kLeastGapPx)
        bar.setWidth(width - 1);
    else if (width < 2 && nextX > end)
        bar.setWidth(2); // a lone sliver of a pixel is overlooked
    m_scene.rect(bar, fill, Pattern::Solid, width >= kLeastRoundPx ? 2 : 0);

    int waiters = 0;
    for (std::size_t i = first; i < past; ++i)
        waiters = std::max<int>(waiters, runs[i].contended != 0 ? runs[i].fraction : 0);
    const QString holders = isOne ? QString::fromStdString(m_trace->taskName(run.task))
                                  : severalHoldersText(m_object, run.core);
    const QString both = waiters > 0 && !m_hasCountRow
        ? holders + QStringLiteral(" · ") + waitingText(waiters)
        : holders;
    drawHoldersName(bar, both, holders, fill, height >= m_barHeight);
}

/// On a bar that is not of full height the words stand on a plate: half of them would be on the bar.
void LanePainter::drawHoldersName(const QRectF &bar, const QString &text, const QString &shorter,
                                  const QColor &fill, bool isFullHeight)
{
    const qreal padding = kNamePaddingPx * m_theme.scale;
    const qreal word = m_theme.smallFont.pixelSize();
    const qreal room = bar.width() - 2 * padding;
    if (m_barHeight < word || room < word)
        return;
    const bool fits = m_buffers.widths.of(text) <= room;
    const QString &shown = fits ? text : shorter;
    const qreal width = m_buffers.widths.of(shown);
    if (width > room)
        return;
    const QRectF area(bar.left() + padding, m_top, width + 1, m_barHeight);
    if (!isFullHeight) {
        const qreal margin = std::max(0.0, std::floor((m_barHeight - word - 4) / 2));
        m_scene.rect(area.adjusted(-3, margin, 3, -margin), m_ground);
    }
    m_scene.label(area, shown, m_theme.smallFont,
                  isFullHeight ? Theme::readableOn(fill) : m_theme.text,
                  Qt::AlignLeft | Qt::AlignVCenter, false);
}

void LanePainter::drawDenseHoldings()
{
    std::vector<QRgb> &columns = m_buffers.columns;
    columns.clear();
    int from = 0;
    const auto flush = [&] {
        if (std::any_of(columns.begin(), columns.end(), [](QRgb color) { return color != 0; }))
            m_scene.strip(QRectF(m_left + from, m_top, 0, m_barHeight), columns);
        columns.clear();
    };
    for (const PixelRun &run : m_buffers.runs) {
        if (!run.dense)
            continue;
        if (!columns.empty() && from + int(columns.size()) != run.x)
            flush();
        if (columns.empty())
            from = run.x;
        const int held = std::min(255, int(run.running) + int(run.contended));
        const int share = kFaintestHeld + held * (255 - kFaintestHeld) / 255;
        const QRgb color =
            held == 0 ? QRgb(0) : Theme::blended(m_ground.rgb(), hueOf(run).rgb(), share);
        columns.insert(columns.end(), std::size_t(run.width), color);
    }
    flush();
}

/// Its height tells the share of the time; neighbours of the same height are one line.
void LanePainter::drawContention()
{
    const qreal band = contentionBand(m_theme);
    const qreal top = m_top + m_barHeight + 1;
    QRectF line;
    for (const PixelRun &run : m_buffers.runs) {
        if (run.contended == 0)
            continue;
        const qreal height =
            kLeastContentionPx + std::round((band - kLeastContentionPx) * run.contended / 255.0);
        const QRectF area(m_left + run.x, top, std::max(run.width, 2), height);
        if (line.isEmpty()) {
            line = area;
        } else if (line.right() >= area.left() && line.height() == area.height()) {
            line.setRight(std::max(line.right(), area.right()));
        } else {
            m_scene.rect(line, m_theme.alert);
            line = area;
        }
    }
    if (!line.isEmpty())
        m_scene.rect(line, m_theme.alert);
    if (m_hasCountRow)
        drawWaiterCounts(top + band);
}

/// Where as many wait in several runs, one word stands for all of them.
void LanePainter::drawWaiterCounts(qreal top)
{
    const std::vector<PixelRun> &runs = m_buffers.runs;
    const auto isCounted = [](const PixelRun &run) { return !run.dense && run.contended != 0; };
    qreal freeFrom = m_left;
    for (std::size_t i = 0; i < runs.size();) {
        std::size_t past = i + 1;
        if (!isCounted(runs[i])) {
            i = past;
            continue;
        }
        while (past < runs.size() && isCounted(runs[past])
               && runs[past].fraction == runs[i].fraction
               && runs[past - 1].x + runs[past - 1].width == runs[past].x)
            ++past;
        std::size_t next = past;
        while (next < runs.size() && runs[next].contended == 0)
            ++next;
        const qreal until = m_left + (next < runs.size() ? runs[next].x : m_scale.widthPx);
        const QString text = waitingText(runs[i].fraction);
        const qreal width = m_buffers.widths.of(text);
        const qreal x = m_left + runs[i].x;
        if (x >= freeFrom && x + width <= until) {
            m_scene.label(QRectF(x, top, width + 1, m_theme.smallFont.pixelSize() + 3), text,
                          m_theme.smallFont, m_theme.alert, Qt::AlignLeft | Qt::AlignVCenter,
                          false);
            freeFrom = x + width + kCountGapPx * m_theme.scale;
        }
        i = past;
    }
}

} // namespace Interleave
