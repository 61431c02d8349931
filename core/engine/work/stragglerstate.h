// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/condition.h"
#include "core/engine/work/workparameters.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// The numbers of the set "straggler".
constexpr ObjectId kPhaseEndObject = 1;

struct StragglerPlan {
    int tasks = 2;
    int phases = 4;
    double workMs = 100;
    double factor = 2; ///< how much more work the straggler has

    /// The last task is the straggler.
    [[nodiscard]] bool isStraggler(int index) const { return index == tasks - 1; }
    [[nodiscard]] double workOf(int index) const
    {
        return isStraggler(index) ? workMs * factor : workMs;
    }
};
[[nodiscard]] StragglerPlan stragglerPlan(const WorkParameters &parameters);

/// What the tasks of the set "straggler" share. All bytes 0 is its initial state. Thread: any.
struct StragglerState {
    BarrierState phaseEnd;
    std::atomic<std::uint32_t> phasesPassed; ///< by the straggler
};

} // namespace Interleave
