// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/taskset/catalogue.h"

#include <QString>

#include <vector>

namespace Interleave
{

/// What a terminal shows of a run, a comparison, the catalogue. Plain text with aligned columns.
[[nodiscard]] QString runText(const RunReport &report);
[[nodiscard]] QString comparisonText(const Comparison &comparison);
/// How several runs of the same differed: a sentence, and how often each value came out.
[[nodiscard]] QString repeatsText(const std::vector<RunReport> &runs);
[[nodiscard]] QString catalogueText(const Catalogue &catalogue);

} // namespace Interleave
