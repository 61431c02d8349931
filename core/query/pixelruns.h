// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <cstdint>
#include <vector>

namespace Interleave
{

/// What stands in pixels [x, x + width) of one lane.
struct PixelRun {
    int x = 0;
    int width = 0;
    bool dense = false; ///< stands for several slices: draw shares, not a state
    SliceState state =
        SliceState::Running; ///< of the slice; of a dense run the most important state
    WaitReason reason = WaitReason::None;
    TaskId task = kNoTask; ///< of the slice; of a dense run the task that dominated
    ThreadIndex thread = kNoThread;
    CoreId core = kNoCore; ///< of a held slice, by how many it is held
    std::uint8_t fraction = 255; ///< of a sampled slice; of a held one, how many wait for it
    std::uint32_t slices = 1;
    std::uint8_t running = 0; ///< dense: shares of the run's time, 255 = all; of a lock, held and
        ///< nobody waits
    std::uint8_t runnable = 0;
    std::uint8_t blocked = 0;
    std::uint8_t lost = 0;
    std::uint8_t others = 0; ///< of a core, other programs; else in progress, on a core or not
    std::uint8_t contended = 0; ///< of a lock, dense or not: the share in which somebody waits
    std::int64_t sliceIndex = -1; ///< not dense: index in the track; -2 for the open slice
    bool open = false; ///< ends at the horizon because the run is live
    bool operator==(const PixelRun &) const = default;
};

/// The pixel runs of one track inside a window, at most one run per pixel column.
///
/// A slice shorter than a pixel still gets one, so that nothing is invisible; where several share a
/// column, the column is dense and tells how full it was and who dominated. Only where two slices
/// that both have columns of their own meet within one, it goes to the one with more of it, so that
/// edges are crisp. Lost time always shows, and so does the time in which a lock was waited for.
/// \param window [begin, end) in ns of CLOCK_MONOTONIC; an empty window gives no runs.
/// \param widthPx > 0. \return runs sorted by x, not overlapping, x in [0, widthPx).
/// Thread: any. Cost: O(widthPx + log slices), from the pyramid when a pixel is wider than its
/// bins.
void pixelRuns(const TraceSnapshot &snapshot, TrackIndex track, TimeSpan window, int widthPx,
               std::vector<PixelRun> &out);

/// The slice of a track at a time, or of the nearest column when `toleranceNs` > 0.
struct SliceHit {
    TrackIndex track = kNoTrack;
    std::int64_t index = -1; ///< -2: the open slice
    Slice slice;
};
[[nodiscard]] std::optional<SliceHit> sliceAt(const TraceSnapshot &snapshot, TrackIndex track,
                                              TimestampNs time, DurationNs toleranceNs = 0);

} // namespace Interleave
