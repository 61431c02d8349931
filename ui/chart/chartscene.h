// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/chart.h"
#include "ui/theme/theme.h"
#include "ui/timeline/scene.h"

#include <QStringList>

namespace Interleave
{

/// Bars below their names and values, on an axis of powers of ten; or measured points with their values
/// on the curve of a law, a dashed line at the mark, and below what is what. Without the title. Empty for
/// a chart without bars or points.
/// \param widthPx of the picture, at least 160. \return with its size.
[[nodiscard]] Scene chartScene(const Chart &chart, const Theme &theme, qreal widthPx);

/// The numbers of the chart in words, a line each: for who cannot see it.
[[nodiscard]] QStringList chartWords(const Chart &chart);

} // namespace Interleave
