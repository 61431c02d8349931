// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/sync/condition.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/sync/semaphore.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

constexpr int kMostSeats = 9;

/// The numbers of the set "philosophers": fork n is kFirstForkObject + n, from 0.
constexpr ObjectId kFirstForkObject = 1;
constexpr ObjectId kTableWaiterObject = 10;
constexpr ObjectId kTableObject = 11;
constexpr ObjectId kFirstMealsObject = 21;

/// "Alice", "Bob", ..., "Ivan"
[[nodiscard]] const char *philosopherName(int seat);

enum class ForkStrategy : std::uint8_t {
    Naive, ///< left, then right
    Ordered, ///< the fork with the smaller number first
    Waiter, ///< left, then right, but never all of them at once
    TryAndBackOff, ///< left, then right; who does not get it puts the left one back and tries later
};

struct PhilosophersPlan {
    /// How long TryAndBackOff waits for its second fork.
    static constexpr DurationNs kPatience = 2 * kMillisecond;

    int seats = 5;
    int rounds = 5;
    double thinkMs = 100;
    double eatMs = 100;
    DurationNs delay = 0; ///< between the two forks
    ForkStrategy strategy = ForkStrategy::Naive;
    std::uint64_t seed = 1;

    /// The forks of a seat in the order in which it takes them, from 0.
    struct Forks {
        int first = 0;
        int second = 0;
    };
    [[nodiscard]] Forks forksOf(int seat) const;
    /// Half to one and a half of the average, by the seed.
    [[nodiscard]] DurationNs eating(int seat, int round) const;
    [[nodiscard]] DurationNs thinking(int seat, int round) const;
    /// After a vain attempt: never the same for two, or they would meet for ever.
    [[nodiscard]] DurationNs backingOff(int seat, int round, int attempt) const;
    [[nodiscard]] bool hasWaiter() const { return strategy == ForkStrategy::Waiter; }
    [[nodiscard]] std::uint32_t waiterPermits() const { return std::uint32_t(seats - 1); }
};
[[nodiscard]] PhilosophersPlan philosophersPlan(const WorkParameters &parameters);

/// What one philosopher leaves behind. Written by one task at a time.
struct SeatRecord {
    std::atomic<std::uint32_t> meals;
    std::atomic<std::uint32_t> backOffs;
    std::atomic<DurationNs> hungry; ///< before all meals together
    std::atomic<DurationNs> longestHunger;
    std::atomic<TimestampNs> satDown; ///< 0: never
    std::atomic<TimestampNs> left; ///< 0: not yet

    void noteHunger(DurationNs hunger);
};

/// What the tasks of the set "philosophers" share. All bytes 0 is its initial state. Thread: any.
struct PhilosophersState {
    BarrierState table;
    SemaphoreState waiter;
    std::array<MutexState, kMostSeats> forks;
    std::array<SeatRecord, kMostSeats> seats;
    /// How many sit down together: those who can all be carried at once, the first ones. Set before
    /// the tasks start.
    std::atomic<std::uint32_t> together;
};

} // namespace Interleave
