// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/amdahlstate.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>

namespace Interleave
{

namespace
{

/// One phase of one who takes part. \return false when stopped.
bool runPhase(TaskContext &context, const AmdahlPlan &plan, int number, AmdahlState::Phase &phase)
{
    const auto tasks = std::uint32_t(plan.sizes[std::size_t(number)]);
    const bool isFirst = context.index() == 0;
    // Who comes in with this phase has slept here through all the ones before.
    if (!Barrier(phase.begin, AmdahlState::kBegin, tasks).arriveAndWait(context))
        return false;
    const TimestampNs begin = monotonicNow();
    if (isFirst && !context.burn(plan.serialMs()))
        return false;
    if (isFirst)
        phase.serialNs.store(std::uint64_t(monotonicNow() - begin), std::memory_order_relaxed);
    if (!Barrier(phase.serialDone, AmdahlState::kSerialDone, tasks).arriveAndWait(context))
        return false;
    if (!context.burn(plan.parallelMs(number)))
        return false;
    if (!Barrier(phase.done, AmdahlState::kDone, tasks).arriveAndWait(context))
        return false;
    if (isFirst)
        phase.tookNs.store(std::uint64_t(monotonicNow() - begin), std::memory_order_release);
    return true;
}

} // namespace

AmdahlPlan AmdahlPlan::of(const WorkParameters &parameters, int mostTasks)
{
    AmdahlPlan plan;
    plan.serial = std::clamp(parameters.real("serial_percent", 25), 0.0, 100.0) / 100.0;
    plan.totalMs = std::clamp(parameters.real("total_ms", 1000), 1.0, 1e5);
    const int most = std::clamp(mostTasks, 1, kMostTasks);
    for (int tasks = 1; tasks < most; tasks *= 2)
        plan.sizes[std::size_t(plan.phases++)] = tasks;
    plan.sizes[std::size_t(plan.phases++)] = most;
    return plan;
}

TaskStatus amdahlBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set amdahl needs shared memory, and none was given");
    auto &state = setup.board->object<AmdahlState>();
    const AmdahlPlan plan = AmdahlPlan::of(setup.parameters, setup.taskCount);
    bool going = !context.stopRequested();
    for (int i = 0; going && i < plan.phases; ++i) {
        if (plan.takesPart(context.index(), i))
            going = runPhase(context, plan, i, state.phases[std::size_t(i)]);
    }
    return context.outcome(going);
}

} // namespace Interleave
