// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/slice.h"
#include "ui/theme/theme.h"
#include "ui/timeline/lanelayout.h"
#include "ui/timeline/scene.h"
#include "ui/timeline/swatch.h"

#include <QFont>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <vector>

namespace Interleave
{

/// One line of the legend, in the window and in pictures: a form, and what it means.
struct LegendEntry {
    Swatch swatch = Swatch::Solid;
    QString text;
    bool operator==(const LegendEntry &) const = default;
};

/// Where a legend stands.
enum class LegendScope {
    Picture, ///< alone: it explains what occurs, and nothing else
    /// Beside runs that go on: what is always worth explaining, and what the runs' sources and the ends
    /// of their tasks add.
    Window,
};

/// What a wait is for, in words that fit on a lane: "sleep", "a lock"; "blocked" when not known.
[[nodiscard]] QString waitText(WaitReason reason);
/// A state as a person says it: "running", "ready, waiting for a core", "blocked on a lock".
[[nodiscard]] QString stateText(SliceState state, WaitReason reason = WaitReason::None);

/// The lines of the legend of these runs, each form once.
/// Cost: O(tracks + objects); for a picture also O(slices + marks + flows), as no sum tells of locks and
/// lost records.
[[nodiscard]] std::vector<LegendEntry> legendEntries(const std::vector<RunView> &runs,
                                                     LegendScope scope);

/// Draws one line into `row`: the form in the accent colour, and its words, shortened to fit.
void drawLegendEntry(Scene &scene, const LegendEntry &entry, const QRectF &row, const QFont &font,
                     const Theme &theme);
/// Draws the entries side by side from the top left, in as many rows as `widthPx` asks for.
/// \return the height that was used.
qreal drawLegendRows(Scene &scene, const std::vector<LegendEntry> &entries, QPointF topLeft,
                     qreal widthPx, const Theme &theme);

} // namespace Interleave
