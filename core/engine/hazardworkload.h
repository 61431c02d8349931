// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/workload.h"

#include <memory>

namespace Interleave
{

// The sets about what goes wrong between tasks, one for each hazardworkload*.cpp;
// makeHazardWorkload() chooses.
[[nodiscard]] std::unique_ptr<Workload> makeLostUpdate(const EngineRun &run); ///< S16
[[nodiscard]] std::unique_ptr<Workload> makeLockCost(const EngineRun &run); ///< S17
[[nodiscard]] std::unique_ptr<Workload> makeDeadlock(const EngineRun &run); ///< S19
[[nodiscard]] std::unique_ptr<Workload> makeSharedOrNot(const EngineRun &run); ///< S28

} // namespace Interleave
