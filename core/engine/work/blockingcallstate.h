// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/workparameters.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// What the tasks of the set "blocking-call" do: print, wait, print, wait. Value.
struct BlockingCallPlan {
    /// How a coroutine waits; tasks on threads of their own always block theirs.
    enum class Mode : std::uint8_t {
        Await, ///< gives up the thread
        Block, ///< calls what blocks the thread
        Offload, ///< has a thread of a pool call what blocks, and awaits that
    };

    int tasks = 2;
    int iterations = 5;
    DurationNs period = 200 * kMillisecond;
    Mode mode = Mode::Block;

    [[nodiscard]] static BlockingCallPlan of(const WorkParameters &parameters);
};

/// The shared memory of the set.
struct BlockingCallState {
    std::atomic<std::int64_t> latestNs; ///< how late a task went on, at worst, after it could have

    void noteLateness(DurationNs late)
    {
        std::int64_t known = latestNs.load(std::memory_order_relaxed);
        while (late > known
               && !latestNs.compare_exchange_weak(known, late, std::memory_order_relaxed)) {
        }
    }
};

} // namespace Interleave
