// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/gallery/tasksetdelegate.h"

#include "ui/gallery/tasksetmodel.h"

#include <QFontMetrics>
#include <QPainter>

namespace Interleave
{

TaskSetDelegate::TaskSetDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

void TaskSetDelegate::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_headingFont = theme.smallFont;
    m_headingFont.setCapitalization(QFont::AllUppercase);
    m_headingFont.setLetterSpacing(QFont::PercentageSpacing, 106);
    m_headingFont.setWeight(QFont::Medium);
    m_titleFont = theme.font;
    m_titleFont.setWeight(QFont::DemiBold);
}

void TaskSetDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (index.data(TaskSetModel::IsHeadingRole).toBool())
        paintHeading(*painter, option.rect, index.data(Qt::DisplayRole).toString());
    else
        paintSet(*painter, option, index);
    painter->restore();
}

void TaskSetDelegate::paintHeading(QPainter &painter, const QRect &area, const QString &text) const
{
    painter.setFont(m_headingFont);
    painter.setPen(m_theme.mutedText);
    const QRect line = area.adjusted(16, 0, -10, -4);
    painter.drawText(line, int(Qt::AlignLeft | Qt::AlignBottom),
                     QFontMetrics(m_headingFont).elidedText(text, Qt::ElideRight, line.width()));
}

void TaskSetDelegate::paintSet(QPainter &painter, const QStyleOptionViewItem &option,
                               const QModelIndex &index) const
{
    const QRect card = option.rect.adjusted(8, 1, -8, -1);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    if (isSelected || option.state.testFlag(QStyle::State_MouseOver)) {
        QColor fill = m_theme.selection;
        if (!isSelected)
            fill.setAlphaF(float(fill.alphaF() * 0.5));
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawRoundedRect(card, 6, 6);
    }
    if (isSelected) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.accent);
        painter.drawRoundedRect(QRectF(card.left(), card.top() + 6, 3, card.height() - 12), 1.5,
                                1.5);
    }
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter.setPen(QPen(m_theme.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    const QFontMetrics titleMetrics(m_titleFont);
    const QFontMetrics lookMetrics(m_theme.smallFont);
    const int left = card.left() + 12;
    const int width = card.width() - 20;
    const int top = card.top() + (card.height() - titleMetrics.height() - lookMetrics.height()) / 2;
    painter.setFont(m_titleFont);
    const bool isUsable = index.data(TaskSetModel::IsUsableRole).toBool();
    painter.setPen(isUsable ? m_theme.text : m_theme.mutedText);
    painter.drawText(
        QPoint(left, top + titleMetrics.ascent()),
        titleMetrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, width));
    painter.setFont(m_theme.smallFont);
    painter.setPen(m_theme.mutedText);
    painter.drawText(QPoint(left, top + titleMetrics.height() + lookMetrics.ascent()),
                     lookMetrics.elidedText(index.data(TaskSetModel::LookRole).toString(),
                                            Qt::ElideRight, width));
}

QSize TaskSetDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const int small = QFontMetrics(m_theme.smallFont).height();
    if (index.data(TaskSetModel::IsHeadingRole).toBool())
        return {120, small + (index.row() == 0 ? 8 : 16)};
    return {120, small + QFontMetrics(m_titleFont).height() + 14};
}

} // namespace Interleave
