// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/condition.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// The numbers of the set "false-sharing". Value.
struct FalseSharingPlan {
    static constexpr int kMostTasks = 4;

    int tasks = 2;
    std::uint64_t increments = 20'000'000; ///< of each task
    std::size_t distance = 8; ///< bytes from the begin of one counter to that of the next

    [[nodiscard]] static FalseSharingPlan of(const WorkParameters &parameters);
};

/// What the tasks of the set tell each other. The counters themselves are not in here: they are
/// plain memory of the process, which threads share and child processes do not.
/// All bytes 0 is its initial state. Thread: any.
struct FalseSharingState {
    static constexpr ObjectId kStart = 1;

    alignas(64) BarrierState start;
    std::atomic<std::uint32_t> participants; ///< that meet at the start; 1: they run one at a time
    /// What the counting of each task took of a core, in ns. Written once, at its end.
    alignas(64) std::array<std::atomic<std::uint64_t>, FalseSharingPlan::kMostTasks> cpuNs;
};

} // namespace Interleave
