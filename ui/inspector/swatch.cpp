// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/swatch.h"

#include <QPainter>
#include <QPainterPath>

namespace Interleave
{

namespace
{

void hatch(QPainter &painter, const QRectF &area, const QColor &color, bool crossed)
{
    QColor pale = color;
    pale.setAlphaF(0.16f);
    painter.save();
    QPainterPath outline;
    outline.addRoundedRect(area, 2, 2);
    painter.fillPath(outline, pale);
    painter.setClipPath(outline, Qt::IntersectClip);
    painter.setPen(QPen(color, 1.2));
    const qreal step = 6;
    for (qreal x = area.left() - area.height(); x < area.right(); x += step) {
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()));
        if (crossed)
            painter.drawLine(QPointF(x, area.top()), QPointF(x + area.height(), area.bottom()));
    }
    painter.restore();
}

void lineAcross(QPainter &painter, const QRectF &area, const QPen &pen)
{
    painter.setPen(pen);
    painter.drawLine(QPointF(area.left(), area.center().y()),
                     QPointF(area.right(), area.center().y()));
}

void solid(QPainter &painter, const QRectF &area, const QColor &color)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(area, 2, 2);
}

void diamond(QPainter &painter, const QRectF &area, const QColor &color)
{
    const QPointF c = area.center();
    const QPointF corners[4] = {c + QPointF(0, -5), c + QPointF(4, 0), c + QPointF(0, 5),
                                c + QPointF(-4, 0)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawConvexPolygon(corners, 4);
}

} // namespace

Swatch swatchOf(SliceState state, WaitReason reason)
{
    switch (state) {
    case SliceState::Running:
    case SliceState::Unknown:
        return Swatch::Solid;
    case SliceState::Runnable:
    case SliceState::Sampled:
        return Swatch::Hatched;
    case SliceState::Blocked:
        return reason == WaitReason::Lock ? Swatch::AlertLine : Swatch::ThinLine;
    case SliceState::Suspended:
        return Swatch::Dotted;
    case SliceState::Queued:
        return Swatch::Hollow;
    case SliceState::Lost:
        return Swatch::Crossed;
    case SliceState::Others:
        return Swatch::Pale;
    }
    return Swatch::Solid;
}

void paintSwatch(QPainter &painter, const QRectF &area, Swatch swatch, const QColor &color,
                 const Theme &theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    switch (swatch) {
    case Swatch::Solid:
        solid(painter, area, color);
        break;
    case Swatch::Hatched:
        hatch(painter, area, color, false);
        break;
    case Swatch::ThinLine:
        lineAcross(painter, area, QPen(theme.waiting, 2));
        break;
    case Swatch::AlertLine:
        lineAcross(painter, area, QPen(theme.alert, 4));
        break;
    case Swatch::Dotted:
        lineAcross(painter, area, QPen(theme.waiting, 2, Qt::DotLine));
        break;
    case Swatch::Hollow:
        painter.setPen(QPen(color, 1.2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(area.adjusted(0.6, 0.6, -0.6, -0.6), 2, 2);
        break;
    case Swatch::Diamond:
        diamond(painter, area, theme.text);
        break;
    case Swatch::Pale:
        solid(painter, area, theme.others);
        break;
    case Swatch::Crossed:
        hatch(painter, area, theme.alert, true);
        break;
    }
    painter.restore();
}

} // namespace Interleave
