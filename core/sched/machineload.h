// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <cstdint>
#include <string>
#include <vector>

namespace Interleave
{

/// Cumulative busy, idle and stolen time of one core since boot.
struct CoreLoad {
    DurationNs busy = 0; ///< user + nice + system + irq + softirq
    DurationNs idle = 0; ///< idle + iowait
    DurationNs steal = 0; ///< taken by the hypervisor
};

/// /proc/stat, per online core in the order of the file; resolution one USER_HZ tick (10 ms).
/// \return empty when it cannot be read. Source: proc_stat(5). Any thread, about 10 us on 2 cores.
[[nodiscard]] std::vector<CoreLoad> readCoreLoads();

/// What /proc/PID/task/TID/schedstat says. Source: Documentation/scheduler/sched-stats.rst.
struct ThreadSchedStat {
    DurationNs ran = 0;
    DurationNs waitedOnRunQueue = 0;
    std::uint64_t timesRun = 0;
};
/// \return false when the thread is gone or the file is absent.
bool readThreadSchedStat(int pid, int tid, ThreadSchedStat &out);

} // namespace Interleave
