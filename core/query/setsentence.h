// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QString>

#include <cstdint>

namespace Interleave
{

/// What the numbers of a finished run show about its task set, in one sentence or two: every set has
/// its own. Every figure is computed from the run at hand; what its source cannot know is not said.
/// Thread: any. Cost: O(tasks log tasks).
[[nodiscard]] QString setSentence(const RunReport &report);

/// durationText() as a QString.
[[nodiscard]] QString lengthText(DurationNs duration);
/// "1 task", "4 tasks"
[[nodiscard]] QString counted(std::uint64_t count, const QString &noun);

} // namespace Interleave
