// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/endorderstate.h"
#include "core/engine/work/workparameters.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// What the tasks of the set "gather" do: each waits for a time of its own, until main has enough of it.
/// Value.
struct GatherPlan {
    enum class WaitFor : std::uint8_t { All, First, Timeout };
    static constexpr int kMostTasks = 8;

    int tasks = 4;
    WaitFor waitFor = WaitFor::Timeout;
    DurationNs shortest = 200 * kMillisecond;
    DurationNs longest = 800 * kMillisecond;
    DurationNs timeout = 500 * kMillisecond;
    DurationNs check = 50 * kMillisecond; ///< between two looks of a task at what main asks
    std::uint64_t seed = 1;

    [[nodiscard]] static GatherPlan of(const WorkParameters &parameters);
    /// The range is cut into as many equal parts as there are tasks, and each gets a time from the
    /// middle half of a part of its own: so a timeout in the middle always finds some done and some not.
    [[nodiscard]] DurationNs durationOf(int task) const;
};

/// The shared memory of the set.
struct GatherState {
    EndOrder ends;
    std::atomic<std::uint32_t>
        looks; ///< 1: the tasks look, every now and then, whether they are asked
    std::atomic<std::uint32_t> isAsked; ///< 1: main asks them to end
};

} // namespace Interleave
