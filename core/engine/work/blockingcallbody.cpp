// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/blockingcallstate.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/sharedboard.h"

#include <string>

namespace Interleave
{

BlockingCallPlan BlockingCallPlan::of(const WorkParameters &parameters)
{
    BlockingCallPlan plan;
    plan.tasks = parameters.count("tasks", 2, 1, 64);
    plan.iterations = parameters.count("iterations", 5, 1, 1000);
    plan.period = DurationNs(parameters.count("period_ms", 200, 1, 60'000)) * kMillisecond;
    const std::string mode = parameters.text("mode", "block");
    if (mode == "await")
        plan.mode = Mode::Await;
    else if (mode == "offload")
        plan.mode = Mode::Offload;
    return plan;
}

TaskStatus blockingCallBody(TaskContext &context)
{
    if (!context.setup().board)
        return context.fail("the set blocking-call needs shared memory, and none was given");
    auto &state = context.setup().board->object<BlockingCallState>();
    const BlockingCallPlan plan = BlockingCallPlan::of(context.parameters());
    bool going = !context.stopRequested();
    for (int i = 0; going && i < plan.iterations; ++i) {
        context.print(context.name() + " is running");
        const TimestampNs due = monotonicNow() + plan.period;
        going = context.sleepFor(plan.period);
        if (going)
            state.noteLateness(monotonicNow() - due);
    }
    return context.outcome(going);
}

} // namespace Interleave
