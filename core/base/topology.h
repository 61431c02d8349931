// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <string>
#include <string_view>
#include <vector>

namespace Interleave
{

/// The online cores, ascending, from /sys/devices/system/cpu/online; falls back to sysconf(3).
[[nodiscard]] std::vector<CoreId> onlineCores();

/// The cores that this process may run on (sched_getaffinity), ascending.
[[nodiscard]] std::vector<CoreId> allowedCores();

/// "0-3,8" as {0, 1, 2, 3, 8}; what cannot be read is left out.
[[nodiscard]] std::vector<CoreId> parseCoreList(std::string_view text);

/// "AMD EPYC ...", "2 cores", "Linux 6.18.44": what exports name the machine by.
struct MachineDescription {
    std::string processor;
    int cores = 0;
    std::string kernel;
    std::string distribution;
};
[[nodiscard]] MachineDescription describeMachine();

} // namespace Interleave
