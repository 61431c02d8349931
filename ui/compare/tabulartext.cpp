// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/tabulartext.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace Interleave
{

namespace
{

/// Widest and narrowest digit of a font.
struct DigitWidths {
    qreal least = 0;
    qreal most = 0;

    explicit DigitWidths(const QFontMetricsF &metrics)
    {
        for (char16_t digit = u'0'; digit <= u'9'; ++digit) {
            const qreal width = metrics.horizontalAdvance(QChar(digit));
            least = digit == u'0' ? width : std::min(least, width);
            most = std::max(most, width);
        }
    }
    [[nodiscard]] bool areEqual() const { return most - least < 0.01; }
};

qreal widthOf(const QFontMetricsF &metrics, const DigitWidths &digits, const QString &text)
{
    if (digits.areEqual())
        return metrics.horizontalAdvance(text);
    qreal width = 0;
    for (const QChar c : text)
        width += c >= u'0' && c <= u'9' ? digits.most : metrics.horizontalAdvance(c);
    return width;
}

bool hasDigit(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

} // namespace

qreal tabularWidth(const QFont &font, const QString &text)
{
    const QFontMetricsF metrics(font);
    return hasDigit(text) ? widthOf(metrics, DigitWidths(metrics), text)
                          : metrics.horizontalAdvance(text);
}

void drawTabular(QPainter &painter, const QRectF &area, Qt::Alignment align, const QFont &font,
                 const QString &text)
{
    const QFontMetricsF metrics(font);
    const DigitWidths digits(metrics);
    painter.setFont(font);
    const qreal width = widthOf(metrics, digits, text);
    if (digits.areEqual() || !hasDigit(text) || width > area.width()) {
        painter.drawText(area, int(align | Qt::AlignVCenter),
                         metrics.elidedText(text, Qt::ElideRight, area.width()));
        return;
    }
    qreal x = align.testFlag(Qt::AlignRight) ? area.right() - width : area.left();
    const qreal baseline = area.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    for (const QChar c : text) {
        const qreal own = metrics.horizontalAdvance(c);
        const bool isDigit = c >= u'0' && c <= u'9';
        const qreal cell = isDigit ? digits.most : own;
        painter.drawText(QPointF(x + (cell - own) / 2, baseline), QString(c));
        x += cell;
    }
}

} // namespace Interleave
