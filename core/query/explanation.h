// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/pixelruns.h"

#include <string>
#include <vector>

namespace Interleave
{

/// Why a slice is what it is, in facts of the trace; the window puts them into words.
struct Explanation {
    enum class Kind {
        Ran, ///< it ran; see endedBy, with `reason` or `onCores` of what followed
        Preempted, ///< it was ready, but `onCores` had the cores
        Woken, ///< what it had waited for had come, but `onCores` had the cores
        Waited, ///< it waited for `reason`
        Suspended, ///< a coroutine; resumed by `resumer`
        Held, ///< of a lock track: by whom it was held, see Slice
        Queued, ///< it waited for a free worker; `aheadOfIt` tasks began in the meantime
        Lost,
        Sampled,
        Unknown,
    };
    struct Occupant {
        CoreId core = kNoCore;
        TaskId task = kNoTask;
        ThreadIndex thread = kNoThread;
        DurationNs time = 0; ///< how much of the slice it had that core
    };
    struct Holding {
        TaskId task = kNoTask; ///< kNoTask: several at once
        DurationNs time = 0; ///< how much of the slice it held the object
    };
    Kind kind = Kind::Unknown;
    WaitReason reason = WaitReason::None;
    SliceState endedBy = SliceState::Unknown; ///< Ran: the state that followed; Unknown: none known
    TaskId resumer = kNoTask;
    std::vector<Occupant> onCores; ///< the longest first
    ObjectId object = kNoObject; ///< Waited, Suspended: for what, where tasks hold such a thing
    std::vector<Holding> holders; ///< of `object`, the longest first
    TimestampNs heldUntil = 0; ///< when the last of them gave it back; 0: it still has it
    int aheadOfIt = 0;
    CoreId nextCore = kNoCore; ///< where it ran next
    bool migrated = false;
    /// `reason` is what nobody recorded: inferred (GlobalLock; `onCores` then are the threads of its
    /// process that ran meanwhile), or seen in /proc while it waited.
    bool isDerived = false;
};

/// Thread: any. Cost: O(slices in the gap); of a queued slice, O(tasks).
[[nodiscard]] Explanation explain(const TraceSnapshot &snapshot, const SliceHit &hit);

/// The same in one English sentence or two, for the inspector, exports and the command line.
[[nodiscard]] std::string explanationText(const TraceSnapshot &snapshot, const SliceHit &hit,
                                          const Explanation &explanation);

/// "41.2 ms", "3.10 s", "850 ns": three significant digits and a unit.
[[nodiscard]] std::string durationText(DurationNs duration);

} // namespace Interleave
