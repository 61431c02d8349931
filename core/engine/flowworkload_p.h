// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/workload.h"

#include <memory>

namespace Interleave
{

// The sets of makeFlowWorkload(), one a file.
[[nodiscard]] std::unique_ptr<Workload> makeFileIo(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makePipeline(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeMapReduce(const EngineRun &run);

/// For results: milliseconds with three decimals.
[[nodiscard]] double resultMs(DurationNs duration);
/// For results: a part of a whole in percent, with one decimal; 0 of nothing.
[[nodiscard]] double resultPercent(double part, double whole);

} // namespace Interleave
