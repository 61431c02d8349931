// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"
#include "ui/theme/theme.h"
#include "ui/timeline/scene.h"

#include <QRectF>

#include <cstdint>
#include <optional>

class QPainter;

namespace Interleave
{

/// The small sample of how something is drawn on the timeline: for legends, in the window and in
/// pictures, and for the inspector.
enum class Swatch : std::uint8_t {
    Solid, ///< running on a core
    Neutral, ///< the same, on behalf of no task
    Hatched, ///< ready, waiting for a core
    ThinLine, ///< waiting for something
    AlertLine, ///< blocked on a lock
    InferredLine, ///< for the lock of an interpreter, as inferred from who ran when
    SampledLine, ///< waiting, for what was seen in /proc only
    DottedLine, ///< a suspended coroutine
    Hollow, ///< queued
    Shaded, ///< sampled
    Dots, ///< in progress, on a core or not
    Held, ///< a lock that somebody has
    HeldBySeveral, ///< and nobody has it alone
    Contended, ///< and somebody else waits for
    HandOver, ///< a lock that is given to the next one
    Resumed, ///< a coroutine that another task makes go on
    Barrier, ///< it lets its tasks go on
    Pale, ///< other programs
    Crossed, ///< records lost
    Diamond, ///< a printed line
    CancelledEnd,
    FailedEnd, ///< also of a crash
};
constexpr int kSwatchCount = 22;

/// Waits that are drawn in the alert hue: for a lock, also for the one of an interpreter.
[[nodiscard]] bool isLockWait(WaitReason reason);
/// How the timeline draws a state (UI.md, "How a moment looks"). No two states look alike, but for the
/// many reasons of a wait.
/// \param isDerived of a wait whose reason nobody recorded (Slice::derived): lines of dashes.
[[nodiscard]] Swatch swatchOf(SliceState state, WaitReason reason, bool isDerived = false);
/// The mark at the end of a task that did not end as it should; nothing for others.
[[nodiscard]] std::optional<Swatch> swatchOf(TaskOutcome outcome);

/// Of a bar that stands for several holders, on `ground`: words are read on it.
[[nodiscard]] QColor severalHoldersColor(const QColor &ground, const Theme &theme);

/// How much of a lane's height and of its hue a sampled slice has, by its share of time on a core.
struct SampledLook {
    qreal height = 1;
    float opacity = 1;
};
/// \param share 0 to 1.
[[nodiscard]] SampledLook sampledLook(qreal share);

/// Draws a sample into `area`; `color` is the task's, used by the forms that carry one.
void drawSwatch(Scene &scene, const QRectF &area, Swatch swatch, const QColor &color,
                const Theme &theme);
/// The same on a widget. Thread: GUI.
void paintSwatch(QPainter &painter, const QRectF &area, Swatch swatch, const QColor &color,
                 const Theme &theme);

} // namespace Interleave
