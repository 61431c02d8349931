// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/sharedornotstate.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <unistd.h>

namespace Interleave
{

namespace
{

/// \return false when stopped.
bool addAll(TaskContext &context, const SharedOrNotPlan &plan, SharedVariable &variable,
            Mutex mutex, ObjectId counter)
{
    for (std::uint32_t i = 1; i <= plan.additions; ++i) {
        {
            const Held<Mutex> held(mutex, context);
            if (!held)
                return false;
            ++variable.value;
            if (i % plan.sampleEvery == 0 || i == plan.additions)
                Recorder::counter(context.id(), counter, std::uint32_t(variable.value));
        }
        if (!context.burn(plan.workMs))
            return false;
    }
    return true;
}

/// Tells the parent by the pipe. It has room for all tasks' sums, so this does not wait.
bool sendSum(int pipe, std::int64_t sum)
{
    return ::write(pipe, &sum, sizeof sum) == ssize_t(sizeof sum);
}

} // namespace

SharedOrNotPlan SharedOrNotPlan::of(const WorkParameters &parameters)
{
    constexpr std::uint32_t kSamples = 100; // of the value by each task: enough for the plot
    SharedOrNotPlan plan;
    plan.additions = std::uint32_t(parameters.count("additions", 1'000, 1, 1'000'000));
    plan.sampleEvery = std::max<std::uint32_t>(1, plan.additions / kSamples);
    plan.workMs = std::clamp(parameters.real("work_us", 20), 0.0, 1e5) / 1000.0;
    return plan;
}

SharedVariable &ownVariable()
{
    static SharedVariable variable{};
    return variable;
}

TaskStatus sharedOrNotBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    const auto index = std::size_t(context.index());
    if (!setup.board || index >= SharedOrNotState::kMostTasks)
        return context.fail("the set shared-or-not needs shared memory and at most 8 tasks");
    auto &state = setup.board->object<SharedOrNotState>();
    const SharedOrNotPlan plan = SharedOrNotPlan::of(setup.parameters);
    const bool isInBoard = state.isInBoard.load(std::memory_order_acquire) != 0;
    const bool isSeparate = state.isSeparate.load(std::memory_order_acquire) != 0;
    SharedVariable &variable = isInBoard ? state.variable : ownVariable();
    const ObjectId own = SharedOrNotState::kOwn + 2 * ObjectId(index);
    const ObjectId counter = isSeparate ? own : SharedOrNotState::kVariable;
    const Mutex mutex(variable.lock, isSeparate ? own + 1 : SharedOrNotState::kLock);

    if (!addAll(context, plan, variable, mutex, counter))
        return context.outcome(false);
    const std::uint32_t participants = state.participants.load(std::memory_order_acquire);
    Barrier meeting(state.meeting, SharedOrNotState::kMeeting, participants);
    if (participants > 1 && !meeting.arriveAndWait(context))
        return context.outcome(false);
    std::int64_t value = 0;
    {
        const Held<Mutex> held(mutex, context);
        if (!held)
            return context.outcome(false);
        value = variable.value;
    }
    state.seen[index].store(value, std::memory_order_release);
    context.print(context.name() + " sees " + std::to_string(value));
    const std::uint32_t pipe = state.pipe.load(std::memory_order_acquire);
    if (pipe != 0 && !sendSum(int(pipe) - 1, value))
        return context.fail(std::string("the pipe to the parent takes nothing: ")
                            + std::strerror(errno));
    return context.outcome(true);
}

} // namespace Interleave
