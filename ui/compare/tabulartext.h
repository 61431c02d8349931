// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>

class QPainter;

namespace Interleave
{

/// Text whose digits all have the same width, so that numbers below each other line up: Qt 6.4 cannot
/// switch a font's tabular figures on, and Inter's default figures are proportional.
[[nodiscard]] qreal tabularWidth(const QFont &font, const QString &text);

/// Draws with the painter's pen, vertically centred; shortened from the right when it does not fit.
void drawTabular(QPainter &painter, const QRectF &area, Qt::Alignment align, const QFont &font,
                 const QString &text);

} // namespace Interleave
