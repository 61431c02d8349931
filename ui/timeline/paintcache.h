// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QFont>
#include <QRgb>
#include <QSizeF>
#include <QStaticText>
#include <QString>

namespace Interleave
{

/// Share of 255 of the hue in the ground of a hatched area: enough to be seen as an area.
constexpr int kHatchGround = 56;
/// The same of an area of dots.
constexpr int kStippleGround = 32;
/// Distance of the lines of a hatched area, and of the dots in a row of a dotted one.
constexpr qreal kHatchPitchPx = 6;
/// Of such a dot; the rows are staggered.
constexpr qreal kStippleRadiusPx = 1.1;
/// A dot and the gap after it, of a dotted line.
constexpr qreal kDotPitchPx = 4;
/// The same of a dashed line, of which the dash takes five parts of eight.
constexpr qreal kDashPitchPx = 8;
constexpr qreal kDashPx = 5;

enum class Texture : quint8 {
    Hatched,
    CrossHatched,
    Stippled,
    DottedAcross,
    DottedDown,
    DashedAcross,
    DashedDown
};

/// A brush that is periodic in device pixels, so that patterns are crisp at any scale factor.
/// Kept per thread. Thread: any.
[[nodiscard]] QBrush textureBrush(QRgb color, Texture kind, qreal scaleX, qreal scaleY);

/// A text that is laid out already: that costs more than drawing it, and most labels are those of the
/// frame before.
struct PreparedLabel {
    QStaticText prepared;
    QString shown; ///< the text, perhaps shortened
    QSizeF size;
};
/// \param elideWidthPx shortened with "..." to this width; -1: whole. Kept per thread. Thread: any.
[[nodiscard]] PreparedLabel preparedLabel(const QString &text, const QFont &font, int elideWidthPx);

} // namespace Interleave
