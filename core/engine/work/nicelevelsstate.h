// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/engine/sync/condition.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace Interleave
{

/// What the set "nice-levels" shows.
enum class NiceLesson : std::uint8_t {
    Nice, ///< two spinners of different nice values on one core
    Inversion, ///< low holds a lock that high waits for, and medium keeps low off the core
    Affinity, ///< spinners that may run everywhere, on one core each, all on the same, or on some
};
enum class PinMode : std::uint8_t {
    None,
    Each, ///< one core after another is given one task
    One, ///< the same core for all
    Mask, ///< some cores for all, and each may come from one of them to another
};

/// The numbers of the set. Value.
struct NiceLevelsPlan {
    static constexpr int kMostTasks = 16;
    static constexpr int kLow = 0, kMedium = 1, kHigh = 2; ///< the tasks of Inversion, by index
    static constexpr int kLowestNice = 19; ///< the least that a task can be given of a core

    NiceLesson lesson = NiceLesson::Nice;
    PinMode pin = PinMode::Each; ///< of Affinity; the others are all on one core
    int tasks = 2;
    std::vector<CoreId> mask; ///< of PinMode::Mask, ascending
    int nice = 5; ///< of Nice: by how much the second spinner is nicer
    double spinMs = 1000; ///< Nice: length; Affinity: work of each; Inversion: medium's work
    double holdMs = 50; ///< Inversion: low's work under the lock

    [[nodiscard]] static NiceLevelsPlan of(const WorkParameters &parameters);
    /// By how much the nice value of a task is raised.
    [[nodiscard]] int niceOf(int index) const;
    [[nodiscard]] PinMode pinMode() const
    {
        return lesson == NiceLesson::Affinity ? pin : PinMode::One;
    }
    /// The cores that task `index` is kept to, of those that it may run on, which are ascending. Nothing
    /// with PinMode::None, and where the mask has none of them.
    [[nodiscard]] std::vector<CoreId> coresOf(int index, const std::vector<CoreId> &allowed) const;
};

/// What the tasks of the set share. All bytes 0 is its initial state. Thread: any.
struct NiceLevelsState {
    static constexpr ObjectId kStart = 1;
    static constexpr ObjectId kLockIsHeld = 2;
    static constexpr ObjectId kLock = 3;

    struct Spinner {
        std::atomic<std::uint64_t> units; ///< of work done
        std::atomic<std::int32_t> nice; ///< as the kernel has it
        std::atomic<std::uint32_t> core; ///< 1 + the one core it is pinned to; 0: there is none
        std::atomic<std::uint64_t> waitedNs; ///< Inversion: for the lock
        std::atomic<std::uint64_t> workedNs; ///< Inversion: from the begin to the end of its work
    };

    BarrierState start;
    LatchState lockIsHeld;
    MutexState lock;
    std::atomic<std::int64_t> endNs; ///< Nice: when all of them end, whoever of them begins first
    std::array<Spinner, NiceLevelsPlan::kMostTasks> spinners;
};

} // namespace Interleave
