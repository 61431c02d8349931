// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/timestamp.h"
#include "core/record/event.h"

#include <cstdint>

namespace Interleave
{

/// State of a task or thread during a slice (DESIGN.md, section 2).
enum class SliceState : std::uint8_t {
    Running, ///< switched in, on Slice::core
    Runnable, ///< switched out while still runnable: preempted, yielded, throttled
    Blocked, ///< switched out, reason in Slice::reason
    Suspended, ///< a coroutine between two resumes
    Queued, ///< submitted, not started
    Lost, ///< the kernel dropped records here: nothing is known
    Sampled, ///< sampled tier: `fraction` of the time on some core, placement unknown
    Unknown, ///< events only: the task was in progress; whether on a core is not known
    Others, ///< core track, whole-machine tier: a thread that is not of this run
    Held, ///< lock track: held or waited for, see Slice::holders() and Slice::waiters()
};
constexpr int kSliceStateCount = 10;
/// "running", "runnable", ...: the words of slices.csv.
[[nodiscard]] const char *sliceStateName(SliceState state);
[[nodiscard]] const char *waitReasonName(WaitReason reason);

/// An interval on a track. 32 bytes. Slices of one track are in order and do not overlap.
struct Slice {
    TimestampNs begin = 0;
    TimestampNs end = 0;
    TaskId task = kNoTask;
    ThreadIndex thread = kNoThread;
    CoreId core = kNoCore; ///< where it ran; of a waiting slice, where it ran last
    SliceState state = SliceState::Running;
    WaitReason reason = WaitReason::None;
    std::uint8_t fraction = 255; ///< Sampled: share of the interval on a core, 255 = all of it
    /// Not witnessed. Runnable: the run-queue wait after a wake-up, computed. Blocked: of a wait for an
    /// interpreter's lock, inferred; else its reason was seen in /proc while it lasted (sampled).
    bool derived = false;

    [[nodiscard]] DurationNs duration() const { return end - begin; }
    /// Held: how many tasks hold the object (`task` is the one where there is one alone), and how many
    /// wait for it. A new slice begins whenever one of them changes. At most 65,535 and 255.
    [[nodiscard]] unsigned holders() const { return core; }
    [[nodiscard]] unsigned waiters() const { return fraction; }
    bool operator==(const Slice &) const = default;
};
static_assert(sizeof(Slice) <= 32);

} // namespace Interleave
