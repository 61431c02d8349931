// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/scenepainter.h"

#include "ui/timeline/paintcache.h"

#include <QFontMetricsF>
#include <QImage>
#include <QPaintEngine>
#include <QPainter>
#include <QPen>
#include <QTransform>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace Interleave
{

namespace
{

/// Edges in device pixels.
struct DeviceRect {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
};

class ScenePainter
{
public:
    ScenePainter(const Scene &scene, QPainter &painter)
        : m_scene(scene)
        , m_painter(painter)
    {
        const QTransform &transform = painter.deviceTransform();
        const QPaintEngine *engine = painter.paintEngine();
        m_snaps = engine && engine->type() == QPaintEngine::Raster
            && transform.type() <= QTransform::TxScale && transform.m11() > 0
            && transform.m22() > 0;
        if (m_snaps) {
            m_scaleX = transform.m11();
            m_scaleY = transform.m22();
            m_dx = transform.dx();
            m_dy = transform.dy();
        }
    }

    void draw()
    {
        m_painter.save();
        m_painter.setRenderHint(QPainter::Antialiasing, !m_snaps);
        if (m_scene.background.isValid())
            m_painter.fillRect(QRectF(QPointF(0, 0), m_scene.size), m_scene.background);
        for (const SceneItem &item : m_scene.items)
            drawItem(item);
        for (; m_clips > 0; --m_clips)
            m_painter.restore();
        m_painter.restore();
    }

private:
    void drawItem(const SceneItem &item)
    {
        switch (item.kind) {
        case SceneItem::Kind::Rect:
            drawRect(item);
            break;
        case SceneItem::Kind::Line:
            drawLine(item);
            break;
        case SceneItem::Kind::Label:
            drawLabel(item);
            break;
        case SceneItem::Kind::Strip:
            drawStrip(item);
            break;
        case SceneItem::Kind::Diamond:
            drawDiamond(item);
            break;
        case SceneItem::Kind::PushClip:
            m_painter.save();
            m_painter.setClipRect(m_snaps ? toLogical(toDevice(item.area)) : item.area,
                                  Qt::IntersectClip);
            ++m_clips;
            break;
        case SceneItem::Kind::PopClip:
            if (m_clips == 0)
                break;
            --m_clips;
            m_painter.restore();
            m_hasState = false;
            break;
        }
    }

    /// At least one device pixel wide and high: what is there shall be seen.
    [[nodiscard]] DeviceRect toDevice(const QRectF &area) const
    {
        DeviceRect d{qRound(area.left() * m_scaleX + m_dx), qRound(area.top() * m_scaleY + m_dy),
                     qRound(area.right() * m_scaleX + m_dx),
                     qRound(area.bottom() * m_scaleY + m_dy)};
        d.right = std::max(d.right, d.left + 1);
        d.bottom = std::max(d.bottom, d.top + 1);
        return d;
    }
    [[nodiscard]] QRectF toLogical(const DeviceRect &d) const
    {
        return {(d.left - m_dx) / m_scaleX, (d.top - m_dy) / m_scaleY,
                (d.right - d.left) / m_scaleX, (d.bottom - d.top) / m_scaleY};
    }
    [[nodiscard]] int penPx(const SceneItem &item) const
    {
        return std::max(1, qRound(qreal(item.penWidth) * m_scaleX));
    }
    void fill(const DeviceRect &d, const QColor &color)
    {
        if (d.right > d.left && d.bottom > d.top)
            m_painter.fillRect(toLogical(d), color);
    }

    void drawRect(const SceneItem &item)
    {
        const QColor color = QColor::fromRgba(item.color);
        switch (item.pattern) {
        case Pattern::Hatched:
            drawTextured(item, Texture::Hatched, Qt::BDiagPattern);
            return;
        case Pattern::CrossHatched:
            drawTextured(item, Texture::CrossHatched, Qt::DiagCrossPattern);
            return;
        case Pattern::Dotted:
            drawTextured(item, Texture::Stippled, Qt::Dense6Pattern);
            return;
        case Pattern::Hollow:
            drawFrame(item, color);
            return;
        case Pattern::Solid:
        case Pattern::Dashed: // only lines are
            break;
        }
        if (item.corner == 0) {
            if (m_snaps)
                fill(toDevice(item.area), color);
            else
                m_painter.fillRect(item.area, color);
        } else if (item.corner <= 3 && m_snaps) {
            fillRounded(toDevice(item.area), qRound(item.corner * m_scaleX), color);
        } else {
            drawSmooth(item, Qt::NoPen, color);
        }
    }

    /// Small corners as short rows: a path with antialiasing costs ten times as much per slice.
    void fillRounded(DeviceRect d, int radius, const QColor &color)
    {
        const int r = std::min({radius, (d.right - d.left) / 2, (d.bottom - d.top) / 2});
        for (int i = 0; i < r; ++i) {
            const qreal rise = r - i - 0.5;
            const int inset = qRound(r - std::sqrt(qreal(r) * r - rise * rise));
            if (inset == 0)
                break;
            fill({d.left + inset, d.top, d.right - inset, d.top + 1}, color);
            fill({d.left + inset, d.bottom - 1, d.right - inset, d.bottom}, color);
            ++d.top;
            --d.bottom;
        }
        fill(d, color);
    }

    void drawSmooth(const SceneItem &item, const QPen &pen, const QBrush &brush)
    {
        m_painter.setRenderHint(QPainter::Antialiasing, true);
        m_painter.setPen(pen);
        m_painter.setBrush(brush);
        m_painter.drawRoundedRect(item.area, item.corner, item.corner);
        m_painter.setRenderHint(QPainter::Antialiasing, !m_snaps);
        m_hasState = false;
    }

    /// \param style stands for the texture where there are no device pixels (PDF).
    void drawTextured(const SceneItem &item, Texture texture, Qt::BrushStyle style)
    {
        if (m_snaps) {
            m_painter.fillRect(toLogical(toDevice(item.area)),
                               textureBrush(item.color, texture, m_scaleX, m_scaleY));
            return;
        }
        const QColor color = QColor::fromRgba(item.color);
        const int share = texture == Texture::Stippled ? kStippleGround : kHatchGround;
        QColor ground = color;
        ground.setAlpha(color.alpha() * share / 255);
        m_painter.fillRect(item.area, ground);
        m_painter.fillRect(item.area, QBrush(color, style));
    }

    void drawFrame(const SceneItem &item, const QColor &color)
    {
        if (item.corner > 3 || !m_snaps) {
            SceneItem inner = item;
            const qreal half = qreal(item.penWidth) / 2;
            inner.area.adjust(half, half, -half, -half);
            drawSmooth(inner, QPen(color, qreal(item.penWidth)), Qt::NoBrush);
            return;
        }
        const DeviceRect d = toDevice(item.area);
        const int pen =
            std::min({penPx(item), (d.right - d.left + 1) / 2, (d.bottom - d.top + 1) / 2});
        fill({d.left, d.top, d.right, d.top + pen}, color);
        fill({d.left, d.bottom - pen, d.right, d.bottom}, color);
        fill({d.left, d.top + pen, d.left + pen, d.bottom - pen}, color);
        fill({d.right - pen, d.top + pen, d.right, d.bottom - pen}, color);
    }

    void drawLine(const SceneItem &item)
    {
        const QPointF from = item.area.topLeft();
        const QPointF to = item.area.bottomRight();
        const bool across = qFuzzyIsNull(from.y() - to.y());
        const bool down = qFuzzyIsNull(from.x() - to.x());
        const QColor color = QColor::fromRgba(item.color);
        if (!m_snaps || (!across && !down)) {
            QPen pen(color, qreal(item.penWidth));
            pen.setCapStyle(Qt::FlatCap);
            if (item.pattern == Pattern::Dotted)
                pen.setDashPattern({2.0, 2.0});
            const qreal unit = pen.widthF(); // of a dash pattern
            if (item.pattern == Pattern::Dashed)
                pen.setDashPattern({kDashPx / unit, (kDashPitchPx - kDashPx) / unit});
            m_painter.setRenderHint(QPainter::Antialiasing, true);
            m_painter.setPen(pen);
            m_painter.drawLine(from, to);
            m_painter.setRenderHint(QPainter::Antialiasing, !m_snaps);
            m_hasState = false;
            return;
        }
        // A line lies on whole device pixels around its position, so that it is sharp.
        const int pen = penPx(item);
        DeviceRect d = toDevice(item.area.normalized());
        if (across) {
            d.top = qRound(from.y() * m_scaleY + m_dy - pen / 2.0);
            d.bottom = d.top + pen;
        } else {
            d.left = qRound(from.x() * m_scaleX + m_dx - pen / 2.0);
            d.right = d.left + pen;
        }
        if (item.pattern != Pattern::Dotted && item.pattern != Pattern::Dashed) {
            fill(d, color);
            return;
        }
        const bool isDashed = item.pattern == Pattern::Dashed;
        const Texture kind = across ? (isDashed ? Texture::DashedAcross : Texture::DottedAcross)
                                    : (isDashed ? Texture::DashedDown : Texture::DottedDown);
        m_painter.fillRect(toLogical(d), textureBrush(item.color, kind, m_scaleX, m_scaleY));
    }

    void drawStrip(const SceneItem &item)
    {
        const QRgb *colors = m_scene.strips.data() + item.index;
        if (m_snaps) {
            // Opaque or 0 = nothing, which are the same premultiplied and not.
            const QImage row(reinterpret_cast<const uchar *>(colors), int(item.count), 1,
                             qsizetype(item.count) * qsizetype(sizeof(QRgb)),
                             QImage::Format_ARGB32_Premultiplied);
            m_painter.drawImage(toLogical(toDevice(item.area)), row);
            return;
        }
        for (std::uint32_t i = 0; i < item.count;) {
            std::uint32_t end = i + 1;
            while (end < item.count && colors[end] == colors[i])
                ++end;
            if (qAlpha(colors[i]) > 0) {
                m_painter.fillRect(
                    QRectF(item.area.left() + i, item.area.top(), end - i, item.area.height()),
                    QColor::fromRgba(colors[i]));
            }
            i = end;
        }
    }

    void drawDiamond(const SceneItem &item)
    {
        const QColor color = QColor::fromRgba(item.color);
        const QPointF centre = item.area.center();
        if (!m_snaps) {
            const std::array<QPointF, 4> corners{
                QPointF(centre.x(), item.area.top()), QPointF(item.area.right(), centre.y()),
                QPointF(centre.x(), item.area.bottom()), QPointF(item.area.left(), centre.y())};
            m_painter.setPen(Qt::NoPen);
            m_painter.setBrush(color);
            m_painter.drawConvexPolygon(corners.data(), int(corners.size()));
            m_hasState = false;
            return;
        }
        const int r = std::max(1, qRound(item.area.width() / 2 * m_scaleX));
        const int x = qRound(centre.x() * m_scaleX + m_dx);
        const int y = qRound(centre.y() * m_scaleY + m_dy);
        for (int row = -r; row <= r; ++row) {
            const int half = r - std::abs(row);
            fill({x - half, y + row, x + half + 1, y + row + 1}, color);
        }
    }

    void drawLabel(const SceneItem &item)
    {
        const SceneLabel &label = m_scene.labels[item.index];
        PreparedLabel text = preparedLabel(label.text, label.font, -1);
        if (label.elide && text.size.width() > item.area.width() + 1) {
            if (item.area.width() < 8)
                return;
            text = preparedLabel(label.text, label.font, int(item.area.width()));
        }
        QPointF at = item.area.topLeft();
        if (label.align & Qt::AlignRight)
            at.setX(item.area.right() - text.size.width());
        else if (label.align & Qt::AlignHCenter)
            at.setX(item.area.center().x() - text.size.width() / 2);
        if (label.align & Qt::AlignBottom)
            at.setY(item.area.bottom() - text.size.height());
        else if (!(label.align & Qt::AlignTop))
            at.setY(item.area.center().y() - text.size.height() / 2);

        setTextState(label.font, item.color);
        if (m_snaps) {
            at = {(qRound(at.x() * m_scaleX + m_dx) - m_dx) / m_scaleX,
                  (qRound(at.y() * m_scaleY + m_dy) - m_dy) / m_scaleY};
            m_painter.drawStaticText(at, text.prepared);
        } else {
            m_painter.drawText(at + QPointF(0, QFontMetricsF(label.font).ascent()), text.shown);
        }
    }

    /// Setting a font or pen makes the engine prepare anew, so only what has changed is set.
    void setTextState(const QFont &font, QRgb color)
    {
        if (!m_hasState || font != m_font) {
            m_font = font;
            m_painter.setFont(font);
        }
        if (!m_hasState || color != m_penColor) {
            m_penColor = color;
            m_painter.setPen(QColor::fromRgba(color));
        }
        m_hasState = true;
    }

    const Scene &m_scene;
    QPainter &m_painter;
    QFont m_font;
    QRgb m_penColor = 0;
    bool m_hasState = false;
    bool m_snaps = false; ///< on a raster device: edges lie on device pixels
    int m_clips = 0;
    qreal m_scaleX = 1, m_scaleY = 1, m_dx = 0, m_dy = 0;
};

} // namespace

void paintScene(const Scene &scene, QPainter &painter)
{
    ScenePainter(scene, painter).draw();
}

} // namespace Interleave
