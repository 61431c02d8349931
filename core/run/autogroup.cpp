// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/autogroup.h"

#include "core/base/uniquefd.h"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

AutogroupAnswer lowerAutogroup(pid_t pid)
{
    char enabled = '0';
    const UniqueFd state(::open("/proc/sys/kernel/sched_autogroup_enabled", O_RDONLY | O_CLOEXEC));
    if (!state.isOpen() || ::read(state.get(), &enabled, 1) != 1 || enabled != '1')
        return AutogroupAnswer::Unavailable;
    const UniqueFd group(
        ::open(("/proc/" + std::to_string(pid) + "/autogroup").c_str(), O_WRONLY | O_CLOEXEC));
    if (!group.isOpen())
        return AutogroupAnswer::Unavailable;
    if (::write(group.get(), "19", 2) == 2)
        return AutogroupAnswer::Lowered;
    return errno == EAGAIN ? AutogroupAnswer::Later : AutogroupAnswer::Unavailable;
}

} // namespace Interleave
