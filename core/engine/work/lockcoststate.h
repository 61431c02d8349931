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

/// What each task of the set "lock-cost" does. Value.
///
/// An iteration reads the shared counter, computes for `holdMs`, writes the counter, and computes
/// for `workMs` on its own. The mode says which part of it is under which lock.
struct LockCostPlan {
    enum class Mode : std::uint8_t {
        None, ///< no lock
        Right, ///< one lock for all, around the counter
        TwoLocks, ///< a lock, but not the same for all
        Chunked, ///< one lock for all, around a number of whole iterations
    };
    Mode mode = Mode::Right;
    std::uint32_t iterations = 30'000;
    std::uint32_t chunk = 1; ///< iterations for which the lock is taken once; 1 unless Chunked
    std::uint32_t sampleEvery = 150; ///< additions between two records of the counter
    double holdMs = 0.005;
    double workMs = 0.010;
    bool awaitBetween = true; ///< coroutines: a co_await between reading and writing

    [[nodiscard]] static LockCostPlan of(const WorkParameters &parameters);
    [[nodiscard]] bool locks() const { return mode != Mode::None; }
    /// 0 or 1: which of the locks the task takes.
    [[nodiscard]] std::size_t lockOf(int taskIndex) const
    {
        return mode == Mode::TwoLocks ? std::size_t(taskIndex % 2) : 0;
    }
};

/// The shared memory of the set.
struct LockCostState {
    static constexpr std::size_t kMostTasks = 8;
    static constexpr ObjectId kLock = 1; ///< and the one after it: the second lock
    static constexpr ObjectId kCounter = 3;
    static constexpr ObjectId kStart = 4;

    alignas(64) std::array<MutexState, 2> locks;
    /// Under `none` and `two-locks` used by several at once: a data race in atomic steps.
    alignas(64) std::atomic<std::uint64_t> counter;
    alignas(64) BarrierState start;
    std::atomic<std::uint32_t> participants; ///< tasks that run side by side; 1: one after another
    /// 1 + the descriptor, which the children inherit, of the file that is the lock; 0: no files.
    std::array<std::atomic<std::uint32_t>, 2> lockFiles;
    alignas(64) std::array<std::atomic<std::uint64_t>, kMostTasks> done; ///< additions, by task
    std::array<std::atomic<std::uint64_t>, kMostTasks> timesLocked; ///< by task
};

} // namespace Interleave
