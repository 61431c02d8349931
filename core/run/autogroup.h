// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

namespace Interleave
{

enum class AutogroupAnswer {
    Lowered,
    Later, ///< the kernel takes one write per 100 ms
    Unavailable ///< no autogroups here
};

/// Gives the session of the process, which has one of its own, the nice level 19 against the other
/// sessions; inside of it nothing changes. Thread: any. Source: sched(7), "The autogroup feature".
AutogroupAnswer lowerAutogroup(pid_t pid);

} // namespace Interleave
