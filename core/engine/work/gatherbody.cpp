// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/gatherstate.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>
#include <string>

namespace Interleave
{

GatherPlan GatherPlan::of(const WorkParameters &parameters)
{
    const auto milliseconds = [&](const char *name, int fallback) {
        return DurationNs(parameters.count(name, fallback, 1, 100'000)) * kMillisecond;
    };
    GatherPlan plan;
    plan.tasks = parameters.count("tasks", 4, 1, kMostTasks);
    const std::string waitFor = parameters.text("wait_for", "timeout");
    if (waitFor == "all")
        plan.waitFor = WaitFor::All;
    else if (waitFor == "first")
        plan.waitFor = WaitFor::First;
    plan.shortest = milliseconds("shortest_ms", 200);
    plan.longest = std::max(plan.shortest, milliseconds("longest_ms", 800));
    plan.timeout = milliseconds("timeout_ms", 500);
    plan.check = milliseconds("check_ms", 50);
    plan.seed = std::uint64_t(parameters.integer("seed", 1));
    return plan;
}

DurationNs GatherPlan::durationOf(int task) const
{
    // Which part is its own: its rank among random numbers, one for each task.
    const std::uint64_t own = mixed(seed, std::uint64_t(task));
    int part = 0;
    for (int other = 0; other < tasks; ++other) {
        const std::uint64_t number = mixed(seed, std::uint64_t(other));
        part += number < own || (number == own && other < task) ? 1 : 0;
    }
    const double place = double(part) + 0.25 + 0.5 * mixedFraction(seed, std::uint64_t(task), 1);
    return shortest + DurationNs(place / double(tasks) * double(longest - shortest));
}

TaskStatus gatherBody(TaskContext &context)
{
    if (!context.setup().board)
        return context.fail("the set gather needs shared memory, and none was given");
    auto &state = context.setup().board->object<GatherState>();
    const EndNote note(state.ends, context.index());
    const GatherPlan plan = GatherPlan::of(context.parameters());
    const bool looks = state.looks.load(std::memory_order_acquire) != 0;
    const TimestampNs end = monotonicNow() + plan.durationOf(context.index());
    bool going = !context.stopRequested();
    for (DurationNs left = end - monotonicNow(); going && left > 0; left = end - monotonicNow()) {
        if (state.isAsked.load(std::memory_order_acquire) != 0)
            going = false;
        else
            going = context.sleepFor(looks ? std::min(left, plan.check) : left);
    }
    if (going)
        context.print(context.name() + " is done");
    return context.outcome(going);
}

} // namespace Interleave
