// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QString>

namespace Interleave
{

/// The processes of a run of a command as a terminal shows them: a tree, each child below the one that
/// made it, with threads, times, and the verdict in brackets. Those that a library keeps for itself
/// (Python's resource tracker) are counted, not shown, and so is what goes beyond a screenful. Empty for
/// no processes.
[[nodiscard]] QString processesText(const CommandReport &command);

} // namespace Interleave
