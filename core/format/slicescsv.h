// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/trace/trace.h"

#include <QString>

#include <functional>

class QIODevice;

namespace Interleave
{

/// slices.csv of DESIGN.md, section 7: one row per slice, tracks in order, start in CLOCK_MONOTONIC ns.
/// A row of a lock track has the object's name as its track, the task that alone holds it, and as its
/// reason "3 waiting", empty when nobody waits. A reason that no recorder told has an ending that says how
/// it is known: "global lock (inferred)" from switches alone, "futex (sampled)" as seen in /proc.
/// Errors: Io. Thread: any.
Result<void> writeSlicesCsv(const TraceSnapshot &snapshot, QIODevice &device);

/// Writes `write`'s output to a temporary file beside `path`, then renames: an existing file stays
/// as it is when anything fails (QSaveFile). Errors: Io, naming the path and the reason.
Result<void> writeFileSafely(const QString &path,
                             const std::function<Result<void>(QIODevice &)> &write);

} // namespace Interleave
