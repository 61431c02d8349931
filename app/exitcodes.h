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

    // Of `record`, which else ends with the command's own status (128 + n for signal n): as env(1) and
    // timeout(1), so that a caller can tell the command's failures from those of Interleave.
    // 126 the command is there, but it is no program; 127 there is no such command.
    ExitOwnFailure =
        125, ///< Interleave itself could not: wrong usage, an output that cannot be written
};

} // namespace Interleave
