// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"

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

/// What /proc/PID/task/TID/schedstat says. Source: Documentation/scheduler/sched-stats.rst. All three
/// are 0 where the kernel was built or started without these counters.
struct ThreadSchedStat {
    DurationNs ran = 0;
    DurationNs waitedOnRunQueue = 0; ///< run_delay: ready, but not on a core
    std::uint64_t timesRun = 0; ///< pcount: how often it got a core after it had waited for one
};
/// \return false when the thread is gone or the file is absent.
bool readThreadSchedStat(int pid, int tid, ThreadSchedStat &out);

/// The file of one thread, to be read again and again. Not open when the thread is gone or it is absent.
[[nodiscard]] UniqueFd openThreadSchedStat(int pid, int tid);
/// Its numbers as they are now. A descriptor never speaks of a later thread with the same number.
/// \return false when the thread is gone.
bool readThreadSchedStat(int fd, ThreadSchedStat &out);

} // namespace Interleave
