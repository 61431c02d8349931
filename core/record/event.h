// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/waitreason.h"

#include <cstdint>
#include <type_traits>

namespace Interleave
{

/// What a recorder event says about the thread that wrote it.
enum class EventKind : std::uint8_t {
    None = 0,
    Queued, ///< `task` was submitted (by `cause`) and waits to be started; `argument`: the pool, or 0
    Begin, ///< `task` runs on this thread from now on
    End, ///< `task` is done
    Chain, ///< the task before is done and `task` begins, in one record with one clock read
    Suspend, ///< coroutine `task` gives up this thread at a suspension point (`reason`, `argument`)
    Resume, ///< coroutine `task` continues on this thread; `cause` is the task that resumed it
    Wait, ///< the thread is about to wait for `reason`; `argument`: the object, `cause`: the awaited task
    WaitEnd, ///< the wait is over
    Mark, ///< an instant: `argument` is the Mark's number (Trace::marks), `reason` its MarkKind
    Cancelled, ///< `task` ends because it was asked to stop
    Failed, ///< `task` ends in failure
    Acquire, ///< `task` holds object `argument` from now on; `reason` is its AccessMode
    Release, ///< `task` gives object `argument` back, to `cause` where it is handed over
    Counter, ///< counter `argument` was set to `cause` by `task`
};
constexpr std::uint8_t kEventKindCount = 15;

/// Set in Event::reason of a Wait or Suspend that ends by itself after some time: it cannot be part of a
/// deadlock.
constexpr std::uint8_t kTimedWaitFlag = 0x80;

/// How a task holds an object.
enum class AccessMode : std::uint8_t { Exclusive = 0, Shared, Permit };

/// What an instant on a track stands for.
enum class MarkKind : std::uint8_t { None = 0, Printed, Value, Barrier };

/// One record in a shared ring: 24 bytes, written with one clock read.
///
/// `ticks` is raw TSC or nanoseconds of CLOCK_MONOTONIC, as the ring's header says (TickClock).
struct Event {
    std::uint64_t ticks = 0;
    TaskId task = kNoTask;
    TaskId cause = kNoTask;
    std::uint32_t argument = 0;
    EventKind kind = EventKind::None;
    std::uint8_t reason = 0; ///< WaitReason (and kTimedWaitFlag), MarkKind or AccessMode
    CoreId core = kNoCore; ///< where the thread was, from rseq; kNoCore when not known
};
static_assert(sizeof(Event) == 24 && std::is_trivially_copyable_v<Event>);

} // namespace Interleave
