// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/pixelruns.h"
#include "core/query/runreport.h"

#include <QString>

#include <optional>
#include <vector>

namespace Interleave
{

/// What is known of the moment of a lock that a slice of its track shows.
struct Holding {
    ObjectId object = kNoObject;
    TaskId holder = kNoTask; ///< who has it alone; none: nobody or several
    unsigned holders = 0;
    unsigned waiters = 0;
    std::uint32_t capacity = 0;
    /// For how long `holder` had it: several slices, as a new one begins with every waiter. Where no one
    /// had it alone, the slice.
    TimeSpan held;
    bool isGoingOn = false;
    std::vector<TaskId> waiting; ///< those of the waiters of whom it is certain
};

/// \param deadlock of the run: then who waits is known from it. Cost: O(tasks + slices of the holding).
[[nodiscard]] Holding holdingOf(const TraceSnapshot &snapshot, const SliceHit &hit,
                                const std::optional<DeadlockReport> &deadlock);

/// "3 of 4", "3 readers", "3 tasks": of an object that several tasks hold at once.
[[nodiscard]] QString severalHoldersText(const ObjectInfo *object, unsigned holders);
/// "Alice", "3 of 4", "nobody".
[[nodiscard]] QString holdersText(const Trace &trace, const Holding &holding);
/// "Bob", "Bob, Carol and 1 more", "2 tasks"; empty for none.
[[nodiscard]] QString waitersText(const Trace &trace, const Holding &holding);

/// What a waiting slice of a task is for, and who has that, where both are certain.
struct WaitedObject {
    QString name; ///< empty: not known
    QString holder; ///< empty: not known, or several
};
/// Cost: as of explain().
[[nodiscard]] WaitedObject waitedObjectOf(const TraceSnapshot &snapshot, const SliceHit &hit,
                                          const std::optional<DeadlockReport> &deadlock);

/// The wait of a deadlock that this slice shows, or nullptr.
[[nodiscard]] const DeadlockReport::Edge *
deadlockEdgeOf(const TraceSnapshot &snapshot, const Slice &slice,
               const std::optional<DeadlockReport> &deadlock);

/// The slice that a run which is not dense stands for.
[[nodiscard]] std::optional<SliceHit> hitOf(const TraceSnapshot &snapshot, TrackIndex track,
                                            const PixelRun &run);

} // namespace Interleave
