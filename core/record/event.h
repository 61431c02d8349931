// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <type_traits>

namespace Interleave
{

/// What a recorder event says about the thread that wrote it.
enum class EventKind : std::uint8_t {
    None = 0,
    Queued, ///< `task` was submitted and waits to be started (by `cause`, the submitting task)
    Begin, ///< `task` runs on this thread from now on
    End, ///< `task` is done
    Chain, ///< the task before is done and `task` begins, in one record with one clock read
    Suspend, ///< coroutine `task` gives up this thread at a suspension point (`reason`, `argument`)
    Resume, ///< coroutine `task` continues on this thread; `cause` is the task that resumed it
    Wait, ///< the thread is about to wait for `reason` (`argument` names the object)
    WaitEnd, ///< the wait is over
    Mark, ///< an instant: `argument` is the Mark's number (Trace::marks), `reason` its MarkKind
    Cancelled, ///< `task` ends because it was asked to stop
    Failed, ///< `task` ends in failure
};
constexpr std::uint8_t kEventKindCount = 12;

/// Why a thread or a coroutine waits.
enum class WaitReason : std::uint8_t {
    None = 0, ///< not known: just "blocked"
    Sleep, ///< a timer
    Lock,
    Io, ///< file, socket or pipe
    Child, ///< the end of a child process
    Join, ///< the end of a thread, or of all jobs of a pool
    Condition,
    Semaphore,
    Barrier,
    Queue, ///< an empty or full queue or channel
    Idle, ///< a pool worker or an event loop with nothing to do
    Yield, ///< a coroutine that lets the others run
    Await, ///< a coroutine that waits for another coroutine
};
constexpr std::uint8_t kWaitReasonCount = 13;

/// What an instant on a track stands for.
enum class MarkKind : std::uint8_t { None = 0, Printed, Value };

/// One record in a shared ring: 24 bytes, written with one clock read.
///
/// `ticks` is raw TSC or nanoseconds of CLOCK_MONOTONIC, as the ring's header says (TickClock).
struct Event {
    std::uint64_t ticks = 0;
    TaskId task = kNoTask;
    TaskId cause = kNoTask;
    std::uint32_t argument = 0;
    EventKind kind = EventKind::None;
    std::uint8_t reason = 0; ///< WaitReason or MarkKind
    CoreId core = kNoCore; ///< where the thread was, from rseq; kNoCore when not known
};
static_assert(sizeof(Event) == 24 && std::is_trivially_copyable_v<Event>);

} // namespace Interleave
