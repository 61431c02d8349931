// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// What the tasks of the set "deadlock" do. Value.
///
/// Locks: two tasks need the same two locks; one takes A then B, the other B then A.
/// Starvation: as many tasks as the pool has workers each wait for the end of a task that stands in
/// the queue behind them.
struct DeadlockPlan {
    enum class Kind : std::uint8_t { Locks, Starvation };
    enum class Fix : std::uint8_t {
        None,
        Ordered, ///< Locks: A before B for both. Starvation: what is waited for is handed in first
        TryLock, ///< never wait while holding. Starvation: do oneself what nobody has begun
        Timeout, ///< give up after some time
    };
    static constexpr int kMostPairs = 4;

    Kind kind = Kind::Locks;
    Fix fix = Fix::None;
    int pairs = 2; ///< of Starvation: waiting tasks, and as many that are waited for
    DurationNs delay = 50 * kMillisecond; ///< between the first lock and the second
    DurationNs patience = 100 * kMillisecond; ///< of Fix::Timeout
    double holdMs = 100; ///< computing with both locks; Starvation: of a task that is waited for
    std::uint64_t seed = 1;

    [[nodiscard]] static DeadlockPlan of(const WorkParameters &parameters);
    [[nodiscard]] int taskCount() const { return kind == Kind::Locks ? 2 : 2 * pairs; }
    /// Locks: 0 or 1, the number of the lock that the task takes first.
    [[nodiscard]] std::size_t firstLock(int task) const
    {
        return fix == Fix::Ordered ? 0 : std::size_t(task % 2);
    }
    /// Starvation: whether the task waits for another one, or is waited for.
    [[nodiscard]] bool waits(int task) const
    {
        return fix == Fix::Ordered ? task >= pairs : task < pairs;
    }
    [[nodiscard]] std::size_t pairOf(int task) const { return std::size_t(task % pairs); }
    /// Starvation: the task that the waiting one of a pair waits for.
    [[nodiscard]] int awaitedOf(std::size_t pair) const
    {
        return fix == Fix::Ordered ? int(pair) : int(pair) + pairs;
    }
    /// How long to wait after attempt number `attempt` failed: longer and longer, and by chance, so
    /// that two tasks do not go on getting in each other's way.
    [[nodiscard]] DurationNs backOff(int task, int attempt) const;
    /// How long attempt number `attempt` waits for the second lock; not the same for both tasks.
    [[nodiscard]] DurationNs patienceOf(int task, int attempt) const;
};

/// The shared memory of the set.
struct DeadlockState {
    static constexpr ObjectId kLock = 1; ///< lock A, and the one after it: lock B
    static constexpr ObjectId kPool = 3;
    static constexpr ObjectId kAnswer = 4; ///< of pair i: kAnswer + i; under `coroutines` only

    std::array<MutexState, 2> locks;
    std::array<std::atomic<std::uint32_t>, DeadlockPlan::kMostPairs> answered; ///< futex words
    std::array<std::atomic<std::uint32_t>, DeadlockPlan::kMostPairs> claimed; ///< somebody does it
    std::atomic<std::uint32_t> gotBoth; ///< tasks that had both locks
    std::atomic<std::uint32_t> retries; ///< times that a task gave its first lock back
    std::atomic<std::uint32_t> helped; ///< tasks that did what they would have waited for
    std::atomic<std::uint32_t> gaveUp; ///< tasks that ended without what they waited for
};

} // namespace Interleave
