// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QString>

namespace Interleave
{

/// What the numbers show about a run of a person's own program, or of one that was attached to: how it
/// ended, how many processes and threads had how much of the cores, which Python processes ran one thread
/// at a time, for how long it perhaps stood still, and of which only the kernel's view is known. Every
/// figure is computed from the report; what its source cannot know is not said. Only for reports with a
/// RunReport::command.
/// Thread: any. Cost: O(processes + tasks).
[[nodiscard]] QString commandSentence(const RunReport &report);

/// "ended with status 3", "was ended by signal 9 (SIGKILL: Killed)", "could not be started"; of one that is
/// not our child, "ended; only its parent knows how"; else "was still running when the recording ended".
[[nodiscard]] QString commandEndText(const CommandReport &command);

} // namespace Interleave
