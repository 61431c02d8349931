// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart/chartscene.h"

#include "ui/timeline/timescale.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace Interleave
{

namespace
{

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Chart)
};

constexpr qreal kLeastWidthPx = 160;
constexpr qreal kPlotHeightPx = 110;
/// Shorter than what any machine does once: a logarithm has no place for 0.
constexpr double kLeastNs = 0.001;
/// Up to so many powers of ten there is room for what is between them.
constexpr int kFewDecades = 2;

struct Sizes {
    Sizes(const Theme &theme, qreal widthPx)
        : width(std::max(widthPx, kLeastWidthPx))
        , scale(theme.scale)
        , word(std::ceil(QFontMetricsF(theme.smallFont).height()))
        , gap(4 * scale)
        , bar(std::round(8 * scale))
        , diamond(std::round(4 * scale))
    {
    }
    qreal width;
    qreal scale;
    qreal word; ///< height of a line of small type
    qreal gap;
    qreal bar; ///< height
    qreal diamond; ///< half of its width
};

struct Tick {
    qreal x = 0;
    QString text;
};

qreal textWidth(const Theme &theme, const QString &text)
{
    return std::ceil(QFontMetricsF(theme.smallFont).horizontalAdvance(text)) + 2;
}

/// "2.4 ns", "41.2 µs": below ten nanoseconds a tenth tells one thing from another.
QString costText(double ns)
{
    if (ns < 9.95)
        return QString::number(ns, 'f', 1) + QChar(0x202f) + QStringLiteral("ns");
    return durationLabel(DurationNs(std::llround(ns)));
}

/// "10 µs": without the digits that a measurement has.
QString tickText(double ns)
{
    const std::array<QString, 4> units{QStringLiteral("ns"), QStringLiteral("µs"),
                                       QStringLiteral("ms"), QStringLiteral("s")};
    std::size_t unit = 0;
    for (; unit + 1 < units.size() && ns > 999; ++unit)
        ns /= 1000;
    return QString::number(ns, 'g', 6) + QChar(0x202f) + units[unit];
}

QString ratioText(double ratio)
{
    return QString::number(ratio, 'f', 2);
}

/// Texts below their places inside `row`; one that would touch the one before is left out.
void drawTickTexts(Scene &scene, const std::vector<Tick> &ticks, const QRectF &row,
                   const Theme &theme)
{
    qreal free = row.left();
    for (const Tick &tick : ticks) {
        const qreal width = textWidth(theme, tick.text);
        const qreal x =
            std::clamp(tick.x - width / 2, row.left(), std::max(row.left(), row.right() - width));
        if (x < free)
            continue;
        scene.label(QRectF(x, row.top(), width, row.height()), tick.text, theme.smallFont,
                    theme.mutedText, Qt::AlignCenter, false);
        free = x + width + 4 * theme.scale;
    }
}

/// The powers of ten that the bars need, so that the shortest is still seen.
class LogarithmicAxis
{
public:
    LogarithmicAxis(const std::vector<Chart::Bar> &bars, qreal widthPx)
        : m_width(widthPx)
    {
        double least = logarithmOf(bars.front().valueNs);
        double most = least;
        for (const Chart::Bar &bar : bars) {
            least = std::min(least, logarithmOf(bar.valueNs));
            most = std::max(most, logarithmOf(bar.valueNs));
        }
        m_low = int(std::floor(least - 0.1));
        m_high = std::max(int(std::ceil(most)), m_low + 1);
    }

    [[nodiscard]] qreal xOf(double ns) const
    {
        return m_width * (logarithmOf(ns) - m_low) / (m_high - m_low);
    }

    [[nodiscard]] std::vector<Tick> ticks() const
    {
        std::vector<Tick> ticks;
        for (int power = m_low; power <= m_high; ++power) {
            const double decade = std::pow(10.0, power);
            for (const int factor : {1, 2, 5}) {
                const bool isDecade = factor == 1;
                if (isDecade || (m_high - m_low <= kFewDecades && power < m_high))
                    ticks.push_back({xOf(factor * decade), tickText(factor * decade)});
            }
        }
        return ticks;
    }

private:
    static double logarithmOf(double ns) { return std::log10(std::max(ns, kLeastNs)); }

    qreal m_width;
    int m_low = 0; ///< powers of ten
    int m_high = 1;
};

/// Its name and its value, and below them the bar; grid lines only there, so that texts stay clear.
void drawBar(Scene &scene, const Chart::Bar &bar, const LogarithmicAxis &axis, const Theme &theme,
             const Sizes &sizes, qreal top)
{
    const QString value = costText(bar.valueNs);
    const qreal valueWidth = std::min(textWidth(theme, value), sizes.width / 2);
    scene.label(QRectF(0, top, sizes.width - valueWidth - sizes.gap, sizes.word), bar.name,
                theme.smallFont, theme.text);
    scene.label(QRectF(sizes.width - valueWidth, top, valueWidth, sizes.word), value,
                theme.smallFont, theme.text, Qt::AlignRight | Qt::AlignVCenter, false);
    const qreal y = top + sizes.word + 1;
    for (const Tick &tick : axis.ticks())
        scene.line({tick.x, y - 1}, {tick.x, y + sizes.bar + 1}, theme.line);
    scene.rect(QRectF(0, y, std::max<qreal>(axis.xOf(bar.valueNs), 2), sizes.bar),
               bar.isReference ? theme.neutral : theme.accent,
               bar.isReference ? Pattern::Hatched : Pattern::Solid);
}

Scene barsScene(const Chart &chart, const Theme &theme, const Sizes &sizes)
{
    Scene scene;
    if (chart.bars.empty())
        return scene;
    const LogarithmicAxis axis(chart.bars, sizes.width);
    qreal y = 0;
    for (const Chart::Bar &bar : chart.bars) {
        drawBar(scene, bar, axis, theme, sizes, y);
        y += sizes.word + sizes.bar + 2 + sizes.gap;
    }
    scene.line({0, y}, {sizes.width, y}, theme.mutedText);
    y += 2;
    drawTickTexts(scene, axis.ticks(), QRectF(0, y, sizes.width, sizes.word), theme);
    y += sizes.word;
    scene.label(QRectF(0, y, sizes.width, sizes.word), chart.xTitle, theme.smallFont,
                theme.mutedText);
    scene.size = QSizeF(sizes.width, y + sizes.word + 2);
    return scene;
}

/// 1, 2 or 5 times a power of ten, at least `least`.
double niceStep(double least)
{
    const double decade = std::pow(10.0, std::floor(std::log10(least)));
    for (const int factor : {1, 2, 5}) {
        if (factor * decade >= least)
            return factor * decade;
    }
    return 10 * decade;
}

/// Where points lie: each doubling of the tasks is as wide, and the speed-up begins at 0.
struct Plot {
    Plot(const Chart &chart, const Theme &theme, const Sizes &sizes)
        : first(chart.measured.front().x)
        , last(chart.measured.back().x)
    {
        double most = 0;
        for (const std::vector<Chart::Point> *points : {&chart.measured, &chart.curve}) {
            for (const Chart::Point &point : *points)
                most = std::max(most, point.y);
        }
        step = niceStep(std::max(most, kLeastNs) / 4);
        // Room for a value above the highest.
        steps = std::max(1, int(std::ceil(1.15 * most / step)));
        qreal head = 0;
        for (int i = 0; i <= steps; ++i)
            head = std::max(head, textWidth(theme, tickOf(i)));
        const qreal half = std::ceil(sizes.word / 2); // of the text at the highest tick
        area = QRectF(head + sizes.gap, half, sizes.width - head - sizes.gap,
                      std::round(kPlotHeightPx * sizes.scale));
        inset = sizes.diamond + 2;
    }

    [[nodiscard]] QString tickOf(int i) const { return QString::number(i * step, 'g', 4); }
    [[nodiscard]] QPointF at(double x, double y) const
    {
        const double share = last > first ? std::log(x / first) / std::log(last / first) : 0;
        return {area.left() + inset + share * (area.width() - 2 * inset),
                area.bottom() - y / (steps * step) * area.height()};
    }

    double first = 1;
    double last = 1;
    double step = 1; ///< between two ticks of the speed-up
    int steps = 1;
    QRectF area;
    qreal inset = 0; ///< so that the outermost points are whole
};

bool hasMark(const Chart &chart)
{
    return chart.mark && chart.mark->x >= chart.measured.front().x
        && chart.mark->x <= chart.measured.back().x;
}

struct Value {
    QRectF area;
    QString text;
};

/// On the side of the point where the curve is not. A value that has no room there or on the other side
/// is left out: the description still has it.
std::vector<Value> valuesOf(const Chart &chart, const Plot &plot, const Theme &theme,
                            const Sizes &sizes)
{
    std::vector<Value> values;
    for (std::size_t i = 0; i < chart.measured.size(); ++i) {
        const Chart::Point &point = chart.measured[i];
        const QPointF at = plot.at(point.x, point.y);
        const QString text = ratioText(point.y);
        const qreal width = textWidth(theme, text);
        const auto place = [&](bool isBelow) {
            const qreal most = std::max(plot.area.left() + 2, plot.area.right() - width);
            const qreal x =
                std::clamp(at.x() - width * (isBelow ? 0.25 : 0.75), plot.area.left() + 2, most);
            const qreal y =
                isBelow ? at.y() + sizes.diamond + 1 : at.y() - sizes.diamond - 1 - sizes.word;
            return QRectF(x, y, width, sizes.word);
        };
        const bool isUnder = i >= chart.expected.size() || point.y <= chart.expected[i].y;
        for (const bool isBelow : {isUnder, !isUnder}) {
            const QRectF area = place(isBelow);
            const bool isTaken = std::any_of(values.begin(), values.end(), [&](const Value &other) {
                return other.area.intersects(area);
            });
            if (isTaken || area.top() < 0 || area.bottom() > plot.area.bottom())
                continue;
            values.push_back({area, text});
            break;
        }
    }
    return values;
}

/// From top to bottom, but not through a value.
void drawMark(Scene &scene, const Plot &plot, qreal x, std::vector<Value> values,
              const QColor &color, qreal pen)
{
    std::sort(values.begin(), values.end(),
              [](const Value &a, const Value &b) { return a.area.top() < b.area.top(); });
    qreal y = plot.area.top();
    for (const Value &value : values) {
        if (x < value.area.left() || x > value.area.right())
            continue;
        if (value.area.top() > y)
            scene.line({x, y}, {x, value.area.top()}, color, pen, Pattern::Dashed);
        y = std::max(y, value.area.bottom());
    }
    if (y < plot.area.bottom())
        scene.line({x, y}, {x, plot.area.bottom()}, color, pen, Pattern::Dashed);
}

void drawGrid(Scene &scene, const Plot &plot, const Theme &theme, const Sizes &sizes)
{
    for (int i = 0; i <= plot.steps; ++i) {
        const qreal y = plot.at(plot.first, i * plot.step).y();
        scene.line({plot.area.left(), y}, {plot.area.right(), y},
                   i == 0 ? theme.mutedText : theme.line);
        scene.label(QRectF(0, y - sizes.word / 2, plot.area.left() - sizes.gap, sizes.word),
                    plot.tickOf(i), theme.smallFont, theme.mutedText,
                    Qt::AlignRight | Qt::AlignVCenter, false);
    }
}

/// What the lines and points are; as many rows as that takes. \return the lower end.
qreal drawKeys(Scene &scene, const Chart &chart, const Theme &theme, const Sizes &sizes, qreal top)
{
    const qreal sample = std::round(18 * sizes.scale);
    const qreal pen = 1.5 * sizes.scale;
    qreal x = 0;
    const auto beginKey = [&](const QString &text) {
        const qreal width = std::min(sample + 5 + textWidth(theme, text), sizes.width);
        if (x > 0 && x + width > sizes.width) {
            x = 0;
            top += sizes.word;
        }
        scene.label(QRectF(x + sample + 5, top, width - sample - 5, sizes.word), text,
                    theme.smallFont, theme.mutedText);
        const QPointF left(x, top + std::floor(sizes.word / 2));
        x += width + 10 * sizes.scale;
        return left;
    };
    const QPointF measured = beginKey(chart.measuredName);
    scene.diamond({measured.x() + sample / 2, measured.y()}, sizes.diamond, theme.accent);
    if (!chart.curve.empty()) {
        const QPointF left = beginKey(chart.curveName);
        scene.line(left, {left.x() + sample, left.y()}, theme.neutral, pen);
    }
    if (hasMark(chart)) {
        const QPointF left = beginKey(chart.mark->name);
        scene.line(left, {left.x() + sample, left.y()}, theme.text, sizes.scale, Pattern::Dashed);
    }
    return top + sizes.word;
}

Scene curveScene(const Chart &chart, const Theme &theme, const Sizes &sizes)
{
    Scene scene;
    if (chart.measured.empty())
        return scene;
    const Plot plot(chart, theme, sizes);
    const std::vector<Value> values = valuesOf(chart, plot, theme, sizes);
    drawGrid(scene, plot, theme, sizes);
    if (hasMark(chart))
        drawMark(scene, plot, plot.at(chart.mark->x, 0).x(), values, theme.text, sizes.scale);
    for (std::size_t i = 1; i < chart.curve.size(); ++i) {
        const Chart::Point &from = chart.curve[i - 1];
        const Chart::Point &to = chart.curve[i];
        scene.line(plot.at(from.x, from.y), plot.at(to.x, to.y), theme.neutral, 1.5 * sizes.scale);
    }
    std::vector<Tick> ticks;
    for (const Chart::Point &point : chart.measured) {
        const QPointF at = plot.at(point.x, point.y);
        scene.diamond(at, sizes.diamond, theme.accent);
        ticks.push_back({at.x(), QString::number(point.x, 'g', 6)});
    }
    for (const Value &value : values)
        scene.label(value.area, value.text, theme.smallFont, theme.text, Qt::AlignCenter, false);

    // The lowest tick of the speed-up has the lower half of its text beside this row.
    qreal y = plot.area.bottom() + std::ceil(sizes.word / 2);
    drawTickTexts(scene, ticks, QRectF(plot.area.left(), y, plot.area.width(), sizes.word), theme);
    y += sizes.word;
    scene.label(QRectF(plot.area.left(), y, plot.area.width(), sizes.word), chart.xTitle,
                theme.smallFont, theme.mutedText, Qt::AlignCenter);
    y = drawKeys(scene, chart, theme, sizes, y + sizes.word + sizes.gap);
    scene.size = QSizeF(sizes.width, y + 2);
    return scene;
}

} // namespace

Scene chartScene(const Chart &chart, const Theme &theme, qreal widthPx)
{
    const Sizes sizes(theme, widthPx);
    return chart.kind == Chart::Kind::Curve ? curveScene(chart, theme, sizes)
                                            : barsScene(chart, theme, sizes);
}

QStringList chartWords(const Chart &chart)
{
    QStringList words;
    for (const Chart::Bar &bar : chart.bars)
        words << Words::tr("%1: %2").arg(bar.name, costText(bar.valueNs));
    for (std::size_t i = 0; i < chart.measured.size() && i < chart.expected.size(); ++i) {
        words << Words::tr("n = %1: %2 measured, %3 by the law")
                     .arg(QString::number(chart.measured[i].x, 'g', 6),
                          ratioText(chart.measured[i].y), ratioText(chart.expected[i].y));
    }
    if (!chart.measured.empty() && hasMark(chart))
        words << chart.mark->name;
    return words;
}

} // namespace Interleave
