// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/timestamp.h"

#include <array>
#include <cstdint>

#include <sys/types.h>

namespace Interleave
{

/// What the kernel (or the sampler) reports about one thread at one moment.
enum class SchedEventKind : std::uint8_t {
    SwitchIn, ///< the thread starts running on `core`
    SwitchOut, ///< it stops; `preempted` when it was still runnable (preempted, yielded, throttled)
    Fork, ///< `pid`/`tid` was created by `parentPid`/`parentTid`
    Exit, ///< the thread ended; closes its interval, no SwitchOut follows (kernel.md, section 2)
    Name, ///< `name` is the thread's kernel name from now on (COMM)
    Exec, ///< the same with an exec: re-opens tid == pid, closes the other threads of that pid
    Lost, ///< `lostRecords` records of `core` are missing in [lostSince, time)
    Sampled, ///< sampled tier only: in [lostSince, time) the thread ran `ranNs` and was ready `readyNs`
    // Not records of the kernel, but what WakeDelay finds out from its counters:
    Woken, ///< off its core from lostSince to the SwitchIn at `time`; the last `readyNs` it was ready
    WokenSum, ///< of several such gaps in [lostSince, time] together it was ready `readyNs`
    // Nor these: what was read from /proc, or inferred from the records of several threads.
    WaitSeen, ///< at `time` it waited for `reason`, off its core since lostSince (0: whenever)
    GlobalLockWait, ///< off its core in [lostSince, time): it waited for its interpreter's lock (inferred)
    Found, ///< `pid`/`tid` was there when the recording began at `time`, made by `parentPid` at
    ///< `lostSince`; `waiting` tells whether it was off its core then
};
constexpr int kSchedEventKindCount = 13;

/// One record of the scheduling stream. Value; ordered by `time` within one core.
struct SchedEvent {
    TimestampNs time = 0;
    SchedEventKind kind = SchedEventKind::SwitchIn;
    bool preempted = false;
    bool waiting = false; ///< Found only
    std::uint8_t reason = 0; ///< WaitSeen only: a WaitReason
    CoreId core = kNoCore;
    pid_t pid = 0;
    pid_t tid = 0; ///< 0 is the idle task (whole-machine tier only)
    pid_t parentPid = 0;
    pid_t parentTid = 0;
    std::uint32_t lostRecords = 0;
    TimestampNs lostSince = 0;
    std::uint32_t ranNs = 0;
    std::uint32_t readyNs = 0;
    std::array<char, 16> name{};
};

} // namespace Interleave
