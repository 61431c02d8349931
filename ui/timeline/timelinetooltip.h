// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/pixelruns.h"

#include <QString>
#include <QStringList>

namespace Interleave
{

/// What the pointer is told of a slice: whose it is, its state in words, how long and when; of the last
/// slice of a task that was cancelled, failed or crashed, also that.
/// \param nsPerPixel decides how many digits the times have. Thread: GUI.
[[nodiscard]] QStringList sliceTooltip(const TraceSnapshot &snapshot, const SliceHit &hit,
                                       double nsPerPixel);

/// The same of a column that stands for many slices: how many, how full, and that zooming tells more.
[[nodiscard]] QStringList denseTooltip(const TraceSnapshot &snapshot, TrackIndex track,
                                       const PixelRun &run);

/// The newest line that the track's task or thread printed within [time - tolerance, time + tolerance],
/// or an empty text. Cost: O(log marks + marks in there).
[[nodiscard]] QString printedNear(const TraceSnapshot &snapshot, TrackIndex track, TimestampNs time,
                                  DurationNs tolerance);

} // namespace Interleave
