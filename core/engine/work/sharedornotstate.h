// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/condition.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// What each task of the set "shared-or-not" does. Value.
struct SharedOrNotPlan {
    std::uint32_t additions = 1'000; ///< of each task
    std::uint32_t sampleEvery = 10; ///< additions between two records of the value
    double workMs = 0.02; ///< computing after each addition

    [[nodiscard]] static SharedOrNotPlan of(const WorkParameters &parameters);
};

/// "The" variable of the set, with its lock. All bytes 0 is "0 and free".
struct SharedVariable {
    MutexState lock;
    std::int64_t value; ///< guarded by `lock`
};

/// The global variable of the program that calls: one for all threads of a process, and another one
/// in each process, which is the point of the set. The engine's workload is its only user there.
[[nodiscard]] SharedVariable &ownVariable();

/// The shared memory of the set.
struct SharedOrNotState {
    static constexpr std::size_t kMostTasks = 8;
    static constexpr ObjectId kVariable = 1;
    static constexpr ObjectId kLock = 2;
    static constexpr ObjectId kMeeting = 3;
    /// Where each task has a variable of its own: that of task i is kOwn + 2 i, its lock the next.
    static constexpr ObjectId kOwn = 10;

    SharedVariable variable; ///< used where the parameter "share" asks processes for it
    BarrierState meeting; ///< nobody prints before all have added
    std::atomic<std::uint32_t> participants; ///< tasks that run side by side; 1: one after another
    std::atomic<std::uint32_t> isInBoard; ///< `variable` is the one that the tasks use
    std::atomic<std::uint32_t> isSeparate; ///< each task is a process with an ownVariable()
    std::atomic<std::uint32_t> pipe; ///< 1 + the descriptor that takes each task's sum; 0: none
    std::array<std::atomic<std::int64_t>, kMostTasks> seen; ///< what each task read and printed
};

} // namespace Interleave
