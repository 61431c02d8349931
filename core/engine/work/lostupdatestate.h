// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/condition.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <pthread.h>

namespace Interleave
{

/// How a task of the set "lost-update" adds 1.
enum class AddMode : std::uint8_t {
    Plain, ///< read, add, write: three steps
    Atomic, ///< one step
    Lock, ///< three steps under a lock
};

/// What each task of the set does. Value.
struct LostUpdatePlan {
    AddMode mode = AddMode::Plain;
    std::uint64_t increments = 1'000'000; ///< of each task
    std::uint64_t chunk = 5'000; ///< so many between two looks at the stop request
    bool awaitBetween = false; ///< coroutines: co_await once a chunk, before writing

    [[nodiscard]] static LostUpdatePlan of(const WorkParameters &parameters);
};

/// The shared memory of the set, in several cache lines: only the counter itself is fought over.
struct LostUpdateState {
    static constexpr std::size_t kMostTasks = 8;
    static constexpr ObjectId kCounter = 1; ///< of task i, where each has its own: kCounter + i
    static constexpr ObjectId kLock = 20;
    static constexpr ObjectId kStart = 21;

    alignas(64) std::atomic<std::uint64_t> counter;
    /// A plain lock: to record each of a million short holds would measure the recorder. Made by
    /// Workload::prepare(), for use between processes.
    alignas(64) pthread_mutex_t mutex;
    alignas(64) BarrierState start;
    std::atomic<std::uint32_t> participants; ///< tasks that run side by side; 1: one after another
    std::atomic<std::uint32_t> isSeparate; ///< each task has a counter of its own
    alignas(64) std::atomic<std::uint32_t> arrivals; ///< at the starting line
    std::atomic<std::uint32_t> isOpen; ///< the starting line no longer waits
    alignas(64) std::array<std::atomic<std::uint64_t>, kMostTasks> done; ///< additions, by task
    std::array<std::atomic<std::uint64_t>, kMostTasks> own; ///< the separate counters at their ends
};

/// Adds 1 to `counter` `times` times.
///
/// Plain is a data race as a program would have it, but in atomic steps without any order, so that
/// the language says what happens: what another task wrote between load and store is overwritten.
void addOnes(std::atomic<std::uint64_t> &counter, pthread_mutex_t &mutex, AddMode mode,
             std::uint64_t times);

} // namespace Interleave
