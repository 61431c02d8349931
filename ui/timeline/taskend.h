// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <QString>

namespace Interleave
{

/// How a task ended, as it stands at the end of its lane: "✓", "✕" for cancelled, "!" for failed and
/// crashed; empty while it goes on, and of one that never began.
[[nodiscard]] QString endMark(TaskOutcome outcome);
/// The mark and its word: "✕ cancelled".
[[nodiscard]] QString endText(TaskOutcome outcome);
/// Cancelled, failed or crashed.
[[nodiscard]] bool isBadEnd(TaskOutcome outcome);

/// What the mark means, for the tooltip and for assistive programs: "cancelled at 100 ms: it was told to
/// stop before it was done". Empty while the task of this track has no end before the horizon, and for
/// other tracks.
/// \param nsPerPixel decides how many digits the time has. Thread: any.
[[nodiscard]] QString endExplanation(const TraceSnapshot &snapshot, TrackIndex track,
                                     double nsPerPixel);

} // namespace Interleave
