// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/sync/semaphore.h"
#include "core/engine/work/workparameters.h"
#include "core/record/objectkind.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace Interleave
{

/// The numbers of the set "database".
constexpr ObjectId kDatabasePoolObject = 1;

/// What the queries of a run are: decided by the parameters and the seed, the same in every run.
struct DatabasePlan {
    int queries = 30;
    int poolMax = 5;
    double queryMs = 40;
    DurationNs hold = 0; ///< how long a transaction stays open after its query
    bool leaks = false; ///< connections are never given back
    std::uint64_t seed = 1;

    /// How long the database takes for a query: queryMs, 50 % more or less, in whole microseconds.
    [[nodiscard]] DurationNs wait(int query) const;
    [[nodiscard]] DurationNs total() const; ///< waits and holds of all queries
    /// How long all of them take at the least, each begun when one of `places` is free.
    [[nodiscard]] DurationNs ideal(int places) const;
    /// The same when every n-th query belongs to one of `batches`, which are worked off side by side.
    [[nodiscard]] DurationNs idealOfBatches(int batches) const;
};
[[nodiscard]] DatabasePlan databasePlan(const WorkParameters &parameters);

/// What the tasks of the set "database" share. All bytes 0 is its initial state. Thread: any.
struct DatabaseState {
    SemaphoreState permits;
    std::atomic<std::uint32_t>
        inUse; ///< connections with a task right now, by the tasks' own count
    std::atomic<std::uint32_t> mostInUse;
    std::atomic<std::uint32_t> opened; ///< connections
    std::atomic<std::uint32_t> answered; ///< queries
    std::atomic<std::uint64_t> waitedNs; ///< for a connection, all queries together
    std::atomic<std::uint64_t> heldNs; ///< connections were held, all queries together
    // Written before the first task starts:
    std::atomic<std::uint32_t>
        keepsOpen; ///< whether a thread keeps its connection between two queries
    std::array<char, 512> file; ///< of the embedded database; empty: there is none
    std::array<char, 64> table;

    /// A task has got a connection, after that long.
    void enter(DurationNs waited);
    /// It is done with it, after that long.
    void leave(DurationNs held);
};

} // namespace Interleave
