// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/joinorderstate.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace Interleave
{

JoinOrderPlan JoinOrderPlan::of(const WorkParameters &parameters)
{
    JoinOrderPlan plan;
    const std::string order = parameters.text("order", "given");
    if (order == "reversed")
        plan.order = Order::Reversed;
    else if (order == "as-completed")
        plan.order = Order::AsCompleted;
    plan.scale = std::clamp(parameters.real("scale", 1), 0.01, 10.0);
    return plan;
}

DurationNs JoinOrderPlan::durationOf(int task) const
{
    // The slowest first: whoever joins in the order given meets it at once.
    constexpr std::array<int, kTasks> kMilliseconds{900, 300, 600};
    return DurationNs(scale * double(kMilliseconds[std::size_t(task) % kTasks])
                      * double(kMillisecond));
}

int JoinOrderPlan::joinAt(int place) const
{
    if (order == Order::AsCompleted)
        return -1;
    return order == Order::Reversed ? kTasks - 1 - place : place;
}

TaskStatus joinOrderBody(TaskContext &context)
{
    if (!context.setup().board)
        return context.fail("the set join-order needs shared memory, and none was given");
    const EndNote note(context.setup().board->object<EndOrder>(), context.index());
    const JoinOrderPlan plan = JoinOrderPlan::of(context.parameters());
    const bool going =
        !context.stopRequested() && context.sleepFor(plan.durationOf(context.index()));
    if (going)
        context.print(context.name() + " is done");
    return context.outcome(going);
}

} // namespace Interleave
