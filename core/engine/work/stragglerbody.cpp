// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/stragglerstate.h"

#include <algorithm>

namespace Interleave
{

StragglerPlan stragglerPlan(const WorkParameters &parameters)
{
    StragglerPlan plan;
    plan.tasks = parameters.count("tasks", 2, 2, 256);
    plan.phases = parameters.count("phases", 4, 1, 10'000);
    plan.workMs = std::clamp(parameters.real("work_ms", 100), 0.0, 1e5);
    plan.factor = std::clamp(parameters.real("straggler", 2), 1.0, 1000.0);
    return plan;
}

TaskStatus stragglerBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set straggler needs shared memory, and none was given");
    const StragglerPlan plan = stragglerPlan(setup.parameters);
    auto &state = setup.board->object<StragglerState>();
    Barrier phaseEnd(state.phaseEnd, kPhaseEndObject, std::uint32_t(plan.tasks));
    bool going = !context.stopRequested();
    for (int phase = 0; going && phase < plan.phases; ++phase) {
        going = context.burn(plan.workOf(context.index())) && phaseEnd.arriveAndWait(context);
        if (going && plan.isStraggler(context.index()))
            state.phasesPassed.fetch_add(1, std::memory_order_relaxed);
    }
    return context.outcome(going);
}

} // namespace Interleave
