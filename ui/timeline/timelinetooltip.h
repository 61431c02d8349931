// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/pixelruns.h"
#include "core/query/runreport.h"
#include "ui/timeline/objecthistory.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace Interleave
{

/// What the pointer is told of a slice: whose it is, its state in words, how long and when; of the last
/// slice of a task that was cancelled, failed or crashed, also that. Of a lock: who has it, since when,
/// and who waits; of a wait for one: for which, and who has that.
/// \param nsPerPixel decides how many digits the times have. \param deadlock that the run ended in.
/// Thread: GUI.
[[nodiscard]] QStringList
sliceTooltip(const TraceSnapshot &snapshot, const SliceHit &hit, double nsPerPixel,
             const std::optional<DeadlockReport> &deadlock = std::nullopt);

/// The same of a column that stands for many slices: how many, how full, and that zooming tells more.
[[nodiscard]] QStringList denseTooltip(const TraceSnapshot &snapshot, TrackIndex track,
                                       const PixelRun &run);

/// What a counter or channel is at a time (absolute), or over the pixel's time when it changes within.
[[nodiscard]] QStringList counterTooltip(const TraceSnapshot &snapshot,
                                         const ObjectHistory &objects, ObjectId object,
                                         TimestampNs time, double nsPerPixel);

/// "barrier “end of the phase” opened at 1.24 s": of the nearest one within the tolerance, or empty.
[[nodiscard]] QString barrierNear(const TraceSnapshot &snapshot, const ObjectHistory &objects,
                                  TimestampNs time, DurationNs tolerance, double nsPerPixel);

/// The newest line that the track's task or thread printed within [time - tolerance, time + tolerance],
/// or an empty text. Cost: O(log marks + marks in there).
[[nodiscard]] QString printedNear(const TraceSnapshot &snapshot, TrackIndex track, TimestampNs time,
                                  DurationNs tolerance);
/// The same of what a program printed: nobody knows which of its threads did.
[[nodiscard]] QString outputNear(const TraceSnapshot &snapshot, TimestampNs time,
                                 DurationNs tolerance);

} // namespace Interleave
