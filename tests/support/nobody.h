// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/prctl.h>
#include <unistd.h>

#include <grp.h>

namespace Interleave
{

/// For a child process that is root: from here on it is a user without any privilege, and may be observed
/// still. \return whether it could.
inline bool becomeNobody()
{
    constexpr unsigned kNobody = 65534;
    // A change of user makes a process undumpable, and perf refuses those.
    return geteuid() == 0 && setgroups(0, nullptr) == 0 && setresgid(kNobody, kNobody, kNobody) == 0
        && setresuid(kNobody, kNobody, kNobody) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0;
}

} // namespace Interleave
