// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What /proc/PID/stat tells of a process, also of one that has ended and was not reaped.
struct ProcessStat {
    char state = 0; ///< 'R', 'S', 'D' (waits in the kernel), 'Z' (has ended), ...
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    TimestampNs started = 0; ///< CLOCK_MONOTONIC, to 10 ms
    bool isForked = false; ///< it executes what its parent did: no exec has followed the fork
};

// Thread: any.
/// \return nothing when there is no such process. Source: proc(5).
[[nodiscard]] std::optional<ProcessStat> readProcessStat(pid_t pid);
/// 'D' when any of its threads waits in the kernel, else the state of the process; 0 when it is gone.
[[nodiscard]] char stateOfProcess(pid_t pid);
[[nodiscard]] std::vector<pid_t> childrenOfThisProcess();
/// Whether the environment that the process was started with holds `mark`. Of one that has ended, or
/// may not be looked at, this is not known: false. In the middle of an exec it has none: that is waited for,
/// 10 ms at most.
[[nodiscard]] bool carriesMark(pid_t pid, const std::string &mark);
/// waitpid() with an end: what waits in the kernel does not end when it is killed. \return whether this
/// call has reaped it.
bool reapWithin(pid_t pid, TimestampNs deadline);

} // namespace Interleave
