// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/timestamp.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What /proc/PID/task/TID/stat says about a thread, as far as it is used here.
struct ThreadStatus {
    std::string name; ///< of the kernel (COMM)
    char state = '?'; ///< 'R', 'S', 'D', 'Z', ...
    pid_t parentPid = 0; ///< of its process
    TimestampNs started = 0; ///< CLOCK_MONOTONIC, down to a clock tick (10 ms)
    CoreId core = kNoCore; ///< where it ran last

    /// Neither on a core nor in a queue for one.
    [[nodiscard]] bool isWaiting() const { return state != 'R'; }
    [[nodiscard]] bool hasEnded() const { return state == 'Z' || state == 'X'; }
};

/// Source: proc_pid_stat(5). \return nothing when the text makes no sense.
[[nodiscard]] std::optional<ThreadStatus> parseThreadStatus(std::string_view text);

/// \return nothing when the thread is gone. Any thread. Cost: about 5 us.
[[nodiscard]] std::optional<ThreadStatus> readThreadStatus(pid_t pid, pid_t tid);

/// The threads of a process, as they are listed now; empty when it is gone. Any thread.
[[nodiscard]] std::vector<pid_t> threadsOf(pid_t pid);

/// `root` and what descends from it now, parents before their children; empty when `root` is gone.
/// Where the kernel does not list children (CONFIG_PROC_CHILDREN) every process of the machine is looked
/// at. A process that appears or ends meanwhile may be missing. Any thread.
[[nodiscard]] std::vector<pid_t> processTree(pid_t root);
/// The same without this process and what descends from it, unless `root` is this process: of a process
/// that Interleave was started from, what is not Interleave's own. Any thread.
[[nodiscard]] std::vector<pid_t> processTreeOfOthers(pid_t root);

/// The names of `path` that are numbers: processes in /proc, threads in /proc/PID/task.
/// \return nothing, and errno, when it cannot be read.
[[nodiscard]] std::optional<std::vector<pid_t>> numbersIn(const char *path);

} // namespace Interleave
