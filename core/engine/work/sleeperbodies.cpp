// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/namesboard.h"
#include "core/engine/work/workplan.h"

namespace Interleave
{

namespace
{

TaskStatus printAndSleep(TaskContext &context, SleeperPlan plan)
{
    bool going = !context.stopRequested();
    for (int i = 0; going && i < plan.iterations; ++i) {
        context.print(context.name() + " is running");
        going = context.sleepFor(plan.period);
    }
    return context.outcome(going);
}

} // namespace

TaskStatus twoSleepersBody(TaskContext &context)
{
    return printAndSleep(context, sleeperPlan(context.parameters(), 5, 300));
}

TaskStatus mainKeepsGoingBody(TaskContext &context)
{
    return printAndSleep(context, sleeperPlan(context.parameters(), 3, 100));
}

TaskStatus namedWorkersBody(TaskContext &context)
{
    noteKernelName(context);
    return printAndSleep(context, sleeperPlan(context.parameters(), 2, 100));
}

} // namespace Interleave
