// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What lies over the lanes: the selected span, the cursor, the scroll thumb and the tooltip.
#include "ui/timeline/timelinelanes.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace Interleave
{

void TimelineSceneBuilder::drawSelectedSpan(Frame &frame)
{
    const std::optional<TimeSpan> &span = frame.state.selectedSpan;
    if (!span || span->isEmpty())
        return;
    const double from = std::max(m_scale.toX(span->begin), 0.0);
    const double to = std::min(m_scale.toX(span->end), double(m_scale.widthPx));
    if (to <= from)
        return;
    const QRectF area(m_headWidth + from, m_lanesTop, to - from, frame.size.height() - m_lanesTop);
    QColor veil = frame.theme.accent;
    veil.setAlpha(38);
    frame.scene.rect(area, veil);
    frame.scene.line(area.topLeft(), area.bottomLeft(), frame.theme.accent);
    frame.scene.line(area.topRight(), area.bottomRight(), frame.theme.accent);
    const QString length = durationLabel(span->duration());
    const qreal width = QFontMetricsF(frame.theme.smallFont).horizontalAdvance(length) + 14;
    const qreal height = 18 * frame.theme.scale;
    const qreal left = std::clamp(area.center().x() - width / 2, m_headWidth,
                                  std::max(m_headWidth, frame.size.width() - width));
    const QRectF bubble(left, area.top() + 3, width, height);
    frame.scene.rect(bubble, frame.theme.accent, Pattern::Solid, 4);
    frame.scene.label(bubble, length, frame.theme.smallFont, frame.theme.accentText,
                      Qt::AlignCenter, false);
}

void TimelineSceneBuilder::drawCursor(Frame &frame)
{
    if (!frame.state.cursor)
        return;
    const double x = m_scale.toX(*frame.state.cursor);
    if (x < 0 || x >= m_scale.widthPx)
        return;
    const Theme &theme = frame.theme;
    const qreal at = m_headWidth + std::floor(x) + 0.5;
    frame.scene.line({at, m_ruler.bottom() - 4}, {at, frame.size.height()}, theme.alert);
    QFont font = theme.smallFont;
    font.setWeight(QFont::DemiBold);
    const QString text = timeLabel(*frame.state.cursor, m_scale.nsPerPixel());
    const qreal width = std::ceil(QFontMetricsF(font).horizontalAdvance(text)) + 14 * theme.scale;
    const qreal left = std::clamp(std::floor(at - width / 2), m_headWidth,
                                  std::max(m_headWidth, frame.size.width() - width));
    const qreal height = std::round(18 * theme.scale);
    const QRectF bubble(left, m_ruler.bottom() - height - 3, width, height);
    frame.scene.rect(bubble, theme.alert, Pattern::Solid, 4);
    frame.scene.label(bubble, text, font, Theme::readableOn(theme.alert), Qt::AlignCenter, false);
}

void TimelineSceneBuilder::drawScrollThumb(Frame &frame)
{
    const qreal room = frame.size.height() - m_lanesTop;
    const qreal content = m_layout.contentHeight();
    if (content <= room || room <= 0)
        return;
    const qreal length = std::max<qreal>(20, room * room / content);
    const qreal share = std::clamp<qreal>(frame.state.scrollY / (content - room), 0, 1);
    QColor color = frame.theme.mutedText;
    color.setAlpha(130);
    frame.scene.rect(
        QRectF(frame.size.width() - 6, m_lanesTop + share * (room - length), 4, length), color,
        Pattern::Solid, 2);
}

void TimelineSceneBuilder::drawTooltip(Frame &frame)
{
    const QStringList &lines = frame.state.tooltip;
    if (lines.isEmpty())
        return;
    const Theme &theme = frame.theme;
    const QFontMetricsF strong(frame.strongFont);
    const QFontMetricsF small(theme.smallFont);
    const qreal rowHeight = std::ceil(strong.height()) + 2;
    qreal width = 0;
    for (qsizetype i = 0; i < lines.size(); ++i)
        width = std::max(width, (i == 0 ? strong : small).horizontalAdvance(lines[i]));
    const QSizeF size(std::ceil(width) + 20, rowHeight * qreal(lines.size()) + 10);
    QPointF at = frame.state.tooltipAt + QPointF(14, 18);
    if (at.x() + size.width() > frame.size.width())
        at.setX(std::max<qreal>(0, frame.state.tooltipAt.x() - 10 - size.width()));
    if (at.y() + size.height() > frame.size.height())
        at.setY(std::max<qreal>(0, frame.state.tooltipAt.y() - 8 - size.height()));
    const QRectF box(at, size);
    frame.scene.rect(box, theme.kind == Theme::Kind::Dark ? theme.laneHead : theme.canvas,
                     Pattern::Solid, 6);
    frame.scene.rect(box, theme.line, Pattern::Hollow, 6);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        frame.scene.label(
            QRectF(at.x() + 10, at.y() + 5 + rowHeight * qreal(i), size.width() - 20, rowHeight),
            lines[i], i == 0 ? frame.strongFont : theme.smallFont,
            i == 0 ? theme.text : theme.mutedText, Qt::AlignLeft | Qt::AlignVCenter, false);
    }
}

} // namespace Interleave
