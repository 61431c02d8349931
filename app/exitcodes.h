// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Interleave
{

/// Exit codes of the command line (DESIGN.md, section 8).
enum ExitCode : int {
    ExitDone = 0,
    ExitRunFailed = 1,
    ExitBadUsage = 2,
    ExitNotAllowed = 3, ///< this machine does not allow it
    ExitInterrupted = 130,
};

} // namespace Interleave
