// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/endorderstate.h"
#include "core/engine/work/workparameters.h"

#include <cstdint>

namespace Interleave
{

/// What the tasks of the set "join-order" do: each waits for a time of its own. And in which order main
/// joins them. Value. Its shared memory is an EndOrder.
struct JoinOrderPlan {
    enum class Order : std::uint8_t { Given, Reversed, AsCompleted };
    static constexpr int kTasks = 3;

    Order order = Order::Given;
    double scale = 1; ///< of all durations

    [[nodiscard]] static JoinOrderPlan of(const WorkParameters &parameters);
    /// 900, 300 and 600 ms, times the scale.
    [[nodiscard]] DurationNs durationOf(int task) const;
    /// Whom main joins n-th; -1: whoever ended n-th.
    [[nodiscard]] int joinAt(int place) const;
};

} // namespace Interleave
