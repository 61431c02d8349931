// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QRectF>

class QPainter;

namespace Interleave
{

/// The small sample of how something is drawn on the timeline, for legends and tables.
enum class Swatch { Solid, Hatched, ThinLine, AlertLine, Dotted, Hollow, Diamond, Pale, Crossed };

/// How the timeline draws a state (UI.md, "How a moment looks").
[[nodiscard]] Swatch swatchOf(SliceState state, WaitReason reason);

/// Draws a sample into `area`; `color` is the task's, used by the forms that carry one.
void paintSwatch(QPainter &painter, const QRectF &area, Swatch swatch, const QColor &color,
                 const Theme &theme);

} // namespace Interleave
