// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/histogramview.h"

#include "ui/timeline/scenepainter.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace Interleave
{

namespace
{

constexpr int kMostBars = 10;
constexpr int kLeastWidth = 180;
constexpr int kUsualWidth = 320;

QString headingOf(const Distribution &distribution)
{
    const QString name = resultKeyText(distribution.key);
    const QString text = name.left(1).toUpper() + name.mid(1);
    if (!distribution.isNumeric)
        return text;
    return HistogramView::tr("%1: %2 different values in %3 runs")
        .arg(text, QString::number(distribution.values.size()),
             QString::number(distribution.total()));
}

} // namespace

Scene histogramScene(const Distribution &distribution, const Theme &theme, qreal widthPx)
{
    const std::vector<DistributionBar> bars = barsOf(distribution, kMostBars);
    const QFontMetricsF small(theme.smallFont);
    QFont headingFont = theme.font;
    headingFont.setWeight(QFont::DemiBold);
    const qreal heading = std::ceil(QFontMetricsF(headingFont).height()) + 4 * theme.scale;
    const qreal row = std::ceil(small.height()) + 4 * theme.scale;
    qreal labelWidth = 0;
    qreal countWidth = 0;
    int most = 1;
    for (const DistributionBar &bar : bars) {
        labelWidth = std::max(labelWidth, std::ceil(small.horizontalAdvance(bar.label)) + 1);
        countWidth = std::max(countWidth,
                              std::ceil(small.horizontalAdvance(QString::number(bar.count))) + 1);
        most = std::max(most, bar.count);
    }
    labelWidth = std::min(labelWidth, std::floor(widthPx / 2));
    const qreal gap = 8 * theme.scale;
    const qreal left = labelWidth + gap;
    const qreal room = std::max<qreal>(widthPx - left - countWidth - gap, 1);

    Scene scene;
    scene.size = QSizeF(widthPx, heading + row * qreal(bars.size()) + 2);
    scene.label(QRectF(0, 0, widthPx, heading), headingOf(distribution), headingFont, theme.text);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const qreal top = heading + row * qreal(i);
        const qreal length = std::round(room * bars[i].count / most);
        scene.label(QRectF(0, top, labelWidth, row), bars[i].label, theme.smallFont, theme.text,
                    Qt::AlignRight | Qt::AlignVCenter);
        if (bars[i].count > 0) {
            scene.rect(QRectF(left, top + 2, std::max<qreal>(length, 2), row - 4), theme.accent,
                       Pattern::Solid, 2);
        }
        scene.label(QRectF(left + (bars[i].count > 0 ? length + 5 : 0), top, countWidth, row),
                    QString::number(bars[i].count), theme.smallFont, theme.mutedText,
                    Qt::AlignLeft | Qt::AlignVCenter, false);
    }
    return scene;
}

HistogramView::HistogramView(const Distribution &distribution, const Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_distribution(distribution)
    , m_theme(theme)
{
    setObjectName(QStringLiteral("histogram.") + distribution.key);
    setAccessibleName(headingOf(distribution));
    QStringList texts;
    for (const DistributionBar &bar : barsOf(distribution, kMostBars))
        texts << tr("%1: %2 times").arg(bar.label, QString::number(bar.count));
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    setToolTip(texts.join(u'\n'));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize HistogramView::sizeHint() const
{
    const int height =
        int(std::ceil(histogramScene(m_distribution, m_theme, kUsualWidth).size.height()));
    return {kUsualWidth, height};
}

QSize HistogramView::minimumSizeHint() const
{
    return {kLeastWidth, sizeHint().height()};
}

void HistogramView::paintEvent(QPaintEvent *)
{
    QPainter painter(this); // the panel's own background shows through
    paintScene(histogramScene(m_distribution, m_theme, width()), painter);
}

} // namespace Interleave
