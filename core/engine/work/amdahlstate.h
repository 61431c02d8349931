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

/// The numbers of the set "amdahl": the same work again and again, each time by more tasks. Value.
struct AmdahlPlan {
    static constexpr int kMostTasks = 64;
    static constexpr int kMostPhases = 8; ///< 1, 2, 4, ..., 32 and the largest number

    double serial = 0.25; ///< share of the work that one task has to do alone
    double totalMs = 1000; ///< the work of each phase
    int phases = 0;
    std::array<int, kMostPhases> sizes{}; ///< tasks that take part, by phase; growing

    /// \param mostTasks in the last phase
    [[nodiscard]] static AmdahlPlan of(const WorkParameters &parameters, int mostTasks);
    [[nodiscard]] bool takesPart(int index, int phase) const
    {
        return index < sizes[std::size_t(phase)];
    }
    [[nodiscard]] double serialMs() const { return totalMs * serial; }
    /// The part of each task.
    [[nodiscard]] double parallelMs(int phase) const
    {
        return totalMs * (1 - serial) / sizes[std::size_t(phase)];
    }
    /// How many times as fast `tasks` tasks can be as one. Source: Amdahl 1967.
    [[nodiscard]] double speedUp(int tasks) const { return 1 / (serial + (1 - serial) / tasks); }
};

/// What the tasks of the set share. All bytes 0 is its initial state. Thread: any.
struct AmdahlState {
    // The instants at which all who take part have arrived.
    static constexpr ObjectId kBegin = 1;
    static constexpr ObjectId kSerialDone = 2;
    static constexpr ObjectId kDone = 3;

    struct Phase {
        BarrierState begin, serialDone, done;
        std::atomic<std::uint64_t> serialNs; ///< of that, the part for one task alone
        std::atomic<std::uint64_t> tookNs; ///< 0 until it is done
    };
    std::array<Phase, AmdahlPlan::kMostPhases> phases;
};

} // namespace Interleave
