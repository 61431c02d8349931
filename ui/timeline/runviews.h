// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "ui/timeline/lanelayout.h"

#include <vector>

namespace Interleave
{

/// What several runs are put above each other for.
enum class RunStack {
    Picture, ///< every run that there is; headed only when there are several
    Comparison, ///< of repeats the first of each model, as a table has them all; always headed
};

/// How runs that are over stand on a timeline, in their order; a run without a trace has no place there.
/// Thread: any. Cost: O(runs x models).
[[nodiscard]] std::vector<RunView> viewsOf(const std::vector<RunReport> &runs, RunStack stack);

} // namespace Interleave
