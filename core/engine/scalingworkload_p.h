// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/workload.h"

#include <memory>

namespace Interleave
{

// The sets about scaling that have a file of their own.
[[nodiscard]] std::unique_ptr<Workload> makeNiceLevels(const EngineRun &run); ///< S26
[[nodiscard]] std::unique_ptr<Workload> makeAmdahl(const EngineRun &run); ///< S32

} // namespace Interleave
