// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/tabledelegate.h"

#include "ui/compare/comparemodel.h"
#include "ui/compare/tabulartext.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace Interleave
{

namespace
{

constexpr int kPadding = 8;
constexpr int kSwatch = 10;
constexpr qreal kBarHeight = 8;
constexpr double kFasterThanBaseline =
    1.05; // below, a bar claims nothing: the spread of a quiet run

QFont boldOf(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

TableDelegate::TableDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

void TableDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, m_theme.selection);
    painter->setRenderHint(QPainter::Antialiasing);
    paintContent(*painter, QRectF(option.rect).adjusted(kPadding, 0, -kPadding, 0), index);
    painter->restore();
}

void TableDelegate::paintContent(QPainter &painter, const QRectF &area,
                                 const QModelIndex &index) const
{
    QRectF text = area;
    const QVariant swatch = index.data(Qt::DecorationRole);
    if (swatch.isValid()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(swatch.value<QColor>());
        painter.drawRoundedRect(
            QRectF(area.left(), area.center().y() - kSwatch / 2.0, kSwatch, kSwatch), 2, 2);
        text.adjust(kSwatch + 6, 0, 0, 0);
    }
    painter.setPen(m_theme.text);
    const auto align = Qt::Alignment::fromInt(index.data(Qt::TextAlignmentRole).toInt());
    drawTabular(painter, text, align, m_theme.font, index.data(Qt::DisplayRole).toString());
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const QString text = index.data(Qt::DisplayRole).toString();
    int width = int(std::ceil(tabularWidth(m_theme.font, text))) + 2 * kPadding;
    if (index.data(Qt::DecorationRole).isValid())
        width += kSwatch + 6;
    return {width, QFontMetrics(m_theme.font).height() + 7};
}

SpeedUpDelegate::SpeedUpDelegate(QObject *parent)
    : TableDelegate(parent)
{
}

void SpeedUpDelegate::paintContent(QPainter &painter, const QRectF &area,
                                   const QModelIndex &index) const
{
    const double speedUp = index.data(CompareModel::SpeedUpRole).toDouble();
    const double scale = index.data(CompareModel::ScaleRole).toDouble();
    const int cores = index.data(CompareModel::CoresRole).toInt();
    const QFont bold = boldOf(theme().font);
    const qreal numberWidth = tabularWidth(bold, QStringLiteral("00.00×"));
    painter.setPen(theme().text);
    drawTabular(painter, QRectF(area.left(), area.top(), numberWidth, area.height()),
                Qt::AlignRight, bold, index.data(Qt::DisplayRole).toString());

    const qreal left = area.left() + numberWidth + 8;
    const qreal width = area.right() - left;
    if (width <= 0 || scale <= 0)
        return;
    const qreal length = width * std::min(speedUp / scale, 1.0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(speedUp > kFasterThanBaseline ? theme().accent : theme().neutral);
    if (speedUp > 0) {
        painter.drawRoundedRect(
            QRectF(left, area.center().y() - kBarHeight / 2, std::max(length, 2.0), kBarHeight), 2,
            2);
    }
    // Over the whole height, so that the rows' guides join to one line.
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme().mutedText, 1, Qt::DotLine));
    for (const int guide : {1, cores}) {
        const qreal x = std::floor(left + width * guide / scale);
        if (x <= area.right())
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
}

QSize SpeedUpDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    constexpr int kShortestBar = 60;
    const QSize base = TableDelegate::sizeHint(option, index);
    const int number = int(std::ceil(tabularWidth(boldOf(theme().font), QStringLiteral("00.00×"))));
    return {number + 8 + kShortestBar + 2 * kPadding, base.height()};
}

} // namespace Interleave
