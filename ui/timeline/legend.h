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

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace Interleave
{

/// One line of the legend, in the window and in pictures: a form, and what it means.
struct LegendEntry {
    Swatch swatch = Swatch::Solid;
    QString text;
    bool operator==(const LegendEntry &) const = default;
};

/// What a wait is for, in words that fit on a lane: "sleep", "a lock"; "blocked" when not known.
[[nodiscard]] QString waitText(WaitReason reason);
/// How a wait is known whose reason nobody recorded: "inferred", "sampled"; empty for other slices.
[[nodiscard]] QString derivedText(const Slice &slice);
/// A state as a person says it: "running", "ready, waiting for a core", "blocked on a lock".
[[nodiscard]] QString stateText(SliceState state, WaitReason reason = WaitReason::None);

/// Which forms occur in runs, and with that the lines of their legend: it explains what is to be seen, and
/// nothing else. Keeps what it has read of runs that go on; a form that occurred once stays.
///
/// Keeps the traces alive. Thread: its owner's.
class Legend
{
public:
    /// A run that was not among those of the last time is read from its begin.
    /// Cost: O(tracks + slices, marks and flows since the last time); no sum tells of locks and lost records.
    void update(const std::vector<RunView> &runs);
    /// Each form once, in an order that never changes.
    [[nodiscard]] std::vector<LegendEntry> entries() const;

private:
    using Forms = std::array<bool, kSwatchCount>;
    /// How far one run has been read, and what occurred until there.
    struct Reading {
        std::shared_ptr<const Trace> trace;
        std::vector<std::size_t> slices; ///< by track
        std::size_t marks = 0;
        std::size_t flows = 0;
        Forms forms{};
    };
    [[nodiscard]] Reading takeReading(const std::shared_ptr<const Trace> &trace);
    static void readOn(Reading &reading);
    static void readSlices(Reading &reading, const TraceSnapshot &snapshot, TrackIndex index);

    std::vector<Reading> m_readings; ///< by run
};

/// The lines of the legend of these runs, read once.
[[nodiscard]] std::vector<LegendEntry> legendEntries(const std::vector<RunView> &runs);

/// Draws one line into `row`: the form in the accent colour, and its words, shortened to fit.
void drawLegendEntry(Scene &scene, const LegendEntry &entry, const QRectF &row, const QFont &font,
                     const Theme &theme);
/// Draws the entries side by side from the top left, in as many rows as `widthPx` asks for.
/// \return the height that was used.
qreal drawLegendRows(Scene &scene, const std::vector<LegendEntry> &entries, QPointF topLeft,
                     qreal widthPx, const Theme &theme);

} // namespace Interleave
