// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lanes of counters and channels: a line in steps, and where several values share a column, the
// band from the least to the most of them.
#include "ui/timeline/timelinelanes.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TimelineScene)
};

constexpr qreal kNameLeftPx = 16;
// Parts of 255 of the neutral hue: below the line, and between the least and the most of a column.
constexpr int kFillShare = 30;
constexpr int kBandShare = 130;

/// What the line is drawn against: the places of a channel, the expected value of a counter, or 0.
std::uint32_t limitOf(const ObjectInfo *object)
{
    return object ? object->capacity : 0;
}

/// The highest value of the axis, which begins at 0.
std::uint32_t axisMost(const CounterValues &values, const ObjectInfo *object)
{
    return std::max({values.most(), limitOf(object), std::uint32_t(1)});
}

/// The curve of one lane. Columns come from left to right.
class CounterPlot
{
public:
    CounterPlot(Scene &scene, const Theme &theme, QRectF area, std::uint32_t most)
        : m_scene(scene)
        , m_theme(theme)
        , m_area(area)
        , m_most(most)
        , m_pen(std::max(2.0, std::round(1.5 * theme.scale)))
        , m_fill(shade(kFillShare))
        , m_bandFill(shade(kBandShare))
    {
    }

    /// The value does not change in the columns [from, to).
    void flat(int from, int to, std::uint32_t value)
    {
        if (to <= from)
            return;
        flushBand();
        const qreal y = yOf(value);
        m_scene.rect(QRectF(m_area.left() + from, y, to - from, m_area.bottom() - y), m_fill);
        m_scene.rect(QRectF(m_area.left() + from, y - std::floor(m_pen / 2), to - from, m_pen),
                     m_theme.neutral);
    }

    /// It changes once.
    void step(int x, CounterValues::Range range)
    {
        flushBand();
        const qreal top = yOf(range.most) - std::floor(m_pen / 2);
        const qreal bottom = yOf(range.least) - std::floor(m_pen / 2) + m_pen;
        m_scene.rect(QRectF(m_area.left() + x, top, m_pen, bottom - top), m_theme.neutral);
    }

    /// It changes more often than can be shown.
    void band(int x, CounterValues::Range range)
    {
        const qreal top = yOf(range.most) - std::floor(m_pen / 2);
        const qreal bottom = yOf(range.least) - std::floor(m_pen / 2) + m_pen;
        const QRectF column(m_area.left() + x, top, 1, bottom - top);
        const bool continues = !m_band.isEmpty() && m_band.right() == column.left()
            && m_band.top() == column.top() && m_band.bottom() == column.bottom();
        if (continues) {
            m_band.setRight(column.right());
            return;
        }
        flushBand();
        m_band = column;
    }

    void flushBand()
    {
        if (m_band.isEmpty())
            return;
        const qreal foot = m_band.bottom();
        m_scene.rect(QRectF(m_band.left(), foot, m_band.width(), m_area.bottom() - foot), m_fill);
        m_scene.rect(m_band, m_bandFill);
        m_band = QRectF();
    }

    /// A line across the lane with its word, which lets the curve shine through.
    void limit(std::uint32_t value, const QString &text, qreal textWidth, Pattern pattern)
    {
        flushBand();
        const qreal y = yOf(value);
        m_scene.line({m_area.left(), y}, {m_area.right(), y}, m_theme.mutedText,
                     std::max(1.0, m_theme.scale), pattern);
        const qreal word = m_theme.smallFont.pixelSize() + 3;
        const qreal inset = 6 * m_theme.scale;
        if (word + 4 > m_area.height() || textWidth + 2 * inset > m_area.width())
            return;
        const qreal top = m_area.bottom() - y >= word + 4 ? y + 2 : y - word - 2;
        const QRectF label(m_area.left() + inset, top, textWidth + 1, word);
        QColor plate = m_theme.canvas;
        plate.setAlpha(190);
        m_scene.rect(label.adjusted(-3, 0, 3, 0), plate);
        m_scene.label(label, text, m_theme.smallFont, m_theme.mutedText,
                      Qt::AlignLeft | Qt::AlignVCenter, false);
    }

private:
    [[nodiscard]] QColor shade(int share) const
    {
        return QColor::fromRgb(Theme::blended(m_theme.canvas.rgb(), m_theme.neutral.rgb(), share));
    }
    [[nodiscard]] qreal yOf(std::uint32_t value) const
    {
        return m_area.bottom() - std::round(m_area.height() * value / m_most);
    }

    Scene &m_scene;
    const Theme &m_theme;
    const QRectF m_area;
    const double m_most;
    const qreal m_pen;
    const QColor m_fill;
    const QColor m_bandFill;
    QRectF m_band; ///< columns in the making that have the same least and most
};

/// Draws the values of a window, column by column.
void plotValues(CounterPlot &plot, const CounterValues &values, const TimeScale &scale,
                TimestampNs origin, TimestampNs horizon)
{
    const TimestampNs begin = origin + scale.window.begin;
    const TimestampNs end = std::min(origin + scale.window.end, horizon);
    if (end <= begin)
        return;
    const int lastColumn = int(std::ceil(std::min(scale.toX(end - origin), double(scale.widthPx))));
    std::size_t i = values.firstFrom(begin);
    std::optional<std::uint32_t> value;
    if (i > 0)
        value = values[i - 1].value;
    int from = 0;
    while (i < values.size() && values[i].time < end) {
        const int column = std::clamp(int(scale.toX(values[i].time - origin)), 0, lastColumn);
        if (value)
            plot.flat(from, column, *value);
        const TimestampNs next = std::min(origin + scale.toTime(column + 1), end);
        const std::size_t past = std::max(values.firstFrom(next, i), i + 1);
        CounterValues::Range range = values.rangeOf(i, past);
        if (value) {
            range.least = std::min(range.least, *value);
            range.most = std::max(range.most, *value);
        }
        if (past - i == 1)
            plot.step(column, range);
        else
            plot.band(column, range);
        value = values[past - 1].value;
        from = past - i == 1 ? column : column + 1;
        i = past;
    }
    if (value)
        plot.flat(from, lastColumn, *value);
    plot.flushBand();
}

} // namespace

void TimelineSceneBuilder::drawCounter(Frame &frame, const Lane &lane, qreal top)
{
    const TraceSnapshot &snapshot = *frame.snapshots[std::size_t(lane.run)];
    const CounterValues *values = m_layout.objects(lane.run).values(lane.object);
    const ObjectInfo *object = snapshot.trace().findObject(lane.object);
    if (!values)
        return;
    const qreal padding = std::max<qreal>(3, std::round(lane.height * 0.11));
    const QRectF area(m_headWidth, top + padding, m_scale.widthPx,
                      std::max<qreal>(4, lane.height - 2 * padding - 1));
    CounterPlot plot(frame.scene, frame.theme, area, axisMost(*values, object));
    plotValues(plot, *values, m_scale, snapshot.origin(), snapshot.horizon());
    if (limitOf(object) == 0)
        return;
    const bool isChannel = object->kind == ObjectKind::Channel;
    const QString text =
        isChannel ? Texts::tr("full") : Texts::tr("expected %1").arg(countLabel(object->capacity));
    plot.limit(object->capacity, text, m_widths.of(text),
               isChannel ? Pattern::Solid : Pattern::Dotted);
}

void TimelineSceneBuilder::drawCounterHead(Frame &frame, const Lane &lane, qreal top)
{
    const Theme &theme = frame.theme;
    const std::optional<TraceSnapshot> &snapshot = frame.snapshots[std::size_t(lane.run)];
    const CounterValues *values = m_layout.objects(lane.run).values(lane.object);
    if (!snapshot || !values)
        return;
    const qreal word = theme.smallFont.pixelSize() + 3;
    const QString most = countLabel(axisMost(*values, snapshot->trace().findObject(lane.object)));
    const qreal axisWidth = std::ceil(m_widths.of(most)) + 1;
    const qreal axisLeft = m_headWidth - axisWidth - 4 * theme.scale;
    const bool hasAxis = lane.height >= 2 * word;
    if (hasAxis) {
        frame.scene.label(QRectF(axisLeft, top, axisWidth, word), most, theme.smallFont,
                          theme.mutedText, Qt::AlignRight | Qt::AlignVCenter, false);
        frame.scene.label(QRectF(axisLeft, top + lane.height - 1 - word, axisWidth, word),
                          QStringLiteral("0"), theme.smallFont, theme.mutedText,
                          Qt::AlignRight | Qt::AlignVCenter, false);
    }
    const qreal left = kNameLeftPx * theme.scale;
    const qreal right = hasAxis ? axisLeft : m_headWidth;
    const QRectF row(left, top, right - left - 3 * theme.scale, lane.height - 1);
    const qreal nameHeight = theme.font.pixelSize() + 5;
    if (nameHeight + word > row.height()) {
        frame.scene.label(row, lane.title, theme.font, theme.text);
        return;
    }
    const qreal first = top + std::floor((row.height() - nameHeight - word) / 2);
    const QString last = countLabel((*values)[values->size() - 1].value);
    frame.scene.label(QRectF(left, first, row.width(), nameHeight), lane.title, theme.font,
                      theme.text);
    // Beside it stands the axis' 0 alone, not its highest value.
    const qreal below = m_headWidth - left - m_widths.of(QStringLiteral("0")) - 8 * theme.scale;
    frame.scene.label(QRectF(left, first + nameHeight, below, word),
                      snapshot->trace().isFinished() ? Texts::tr("last %1").arg(last)
                                                     : Texts::tr("now %1").arg(last),
                      theme.smallFont, theme.mutedText);
}

} // namespace Interleave
