// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QRectF>
#include <QRgb>
#include <QString>

#include <cstdint>
#include <vector>

namespace Interleave
{

/// How an area is filled; patterns say the state where colour alone must not. Dotted: an area gets
/// staggered dots, a line dashes as long as their gaps. Dashed is for lines: long dashes, short gaps.
enum class Pattern : std::uint8_t { Solid, Hatched, Hollow, Dotted, CrossHatched, Dashed };

/// One thing to draw. Coordinates are in logical pixels of the scene.
struct SceneItem {
    enum class Kind : std::uint8_t { Rect, Line, Label, Strip, Diamond, PushClip, PopClip };
    Kind kind = Kind::Rect;
    Pattern pattern = Pattern::Solid;
    std::uint8_t corner = 0; ///< corner radius of a Rect
    std::uint32_t index = 0; ///< Label: into labels; Strip: first of `count` colours in strips
    std::uint32_t count = 0;
    QRectF area; ///< Line: from topLeft to bottomRight
    QRgb color = 0;
    float penWidth = 1; ///< Line, Hollow
};

struct SceneLabel {
    QString text;
    QFont font;
    Qt::Alignment align = Qt::AlignLeft | Qt::AlignVCenter;
    bool elide = true; ///< shortened with "..." to fit its area; else clipped by nothing
};

/// What a picture consists of, apart from any device: the screen, PNG, SVG, PDF and the tests all get
/// the same. Items are drawn in their order. Reused between frames: clear() keeps the memory.
struct Scene {
    QSizeF size;
    QColor background;
    std::vector<SceneItem> items;
    std::vector<SceneLabel> labels;
    std::vector<QRgb> strips; ///< one colour per pixel column of a dense lane

    void clear();
    void rect(const QRectF &area, const QColor &color, Pattern pattern = Pattern::Solid,
              int corner = 0);
    void line(QPointF from, QPointF to, const QColor &color, qreal width = 1,
              Pattern pattern = Pattern::Solid);
    void label(const QRectF &area, const QString &text, const QFont &font, const QColor &color,
               Qt::Alignment align = Qt::AlignLeft | Qt::AlignVCenter, bool elide = true);
    /// One colour per column from area.left() on, each repeated over the area's height.
    void strip(const QRectF &area, const std::vector<QRgb> &columns);
    void diamond(QPointF centre, qreal radius, const QColor &color);
    void pushClip(const QRectF &area);
    void popClip();
    /// Draws another scene, its background included, with its origin at `offset`.
    void append(const Scene &other, QPointF offset);
};

} // namespace Interleave
