// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/falsesharingstate.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>
#include <ctime>
#include <string>

namespace Interleave
{

namespace
{

constexpr std::size_t kMostDistance = 128;
/// Between two looks at the stop request: about 0.1 ms, some ms with a fought-over line.
constexpr std::uint64_t kChunk = 100'000;

using Counter = std::atomic<std::uint64_t>;

/// Memory of this process, from 0 on: one run is all that happens in it.
alignas(kMostDistance)
    std::array<Counter, FalseSharingPlan::kMostTasks * kMostDistance / sizeof(Counter)> s_counters;

/// A load and a store each time: an atomic may not be kept in a register meanwhile. Without a
/// locked instruction, whose own cost would hide what the set is about.
[[gnu::noinline]] void countUp(Counter &counter, std::uint64_t times)
{
    for (std::uint64_t i = 0; i < times; ++i)
        counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// Of the calling thread: a wait for a cache line is part of it, a wait for a core is not.
std::uint64_t cpuNow()
{
    timespec ts = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return std::uint64_t(ts.tv_sec) * std::uint64_t(kSecond) + std::uint64_t(ts.tv_nsec);
}

} // namespace

FalseSharingPlan FalseSharingPlan::of(const WorkParameters &parameters)
{
    FalseSharingPlan plan;
    plan.tasks = parameters.count("tasks", 2, 1, kMostTasks);
    plan.increments = std::uint64_t(parameters.count("increments", 20'000'000, 1, 1'000'000'000));
    const int padding = parameters.count("padding", 0, 0, int(kMostDistance));
    plan.distance = padding < 8 ? sizeof(Counter) : std::size_t(padding) / 8 * 8;
    return plan;
}

TaskStatus falseSharingBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    const auto index = std::size_t(context.index());
    if (!setup.board || index >= std::size_t(FalseSharingPlan::kMostTasks))
        return context.fail("the set false-sharing needs shared memory and at most 4 tasks");
    auto &state = setup.board->object<FalseSharingState>();
    const FalseSharingPlan plan = FalseSharingPlan::of(setup.parameters);
    const std::uint32_t participants = state.participants.load(std::memory_order_acquire);
    bool going = !context.stopRequested();
    if (going && participants > 1)
        going =
            Barrier(state.start, FalseSharingState::kStart, participants).arriveAndWait(context);

    Counter &counter = s_counters[index * plan.distance / sizeof(Counter)];
    const std::uint64_t before = counter.load(std::memory_order_relaxed);
    std::uint64_t done = 0;
    const std::uint64_t began = cpuNow();
    while (going && done < plan.increments) {
        const std::uint64_t now = std::min(kChunk, plan.increments - done);
        countUp(counter, now);
        done += now;
        going = !context.stopRequested();
    }
    const std::uint64_t took = cpuNow() - began;
    const std::uint64_t counted = counter.load(std::memory_order_relaxed) - before;
    if (counted != done)
        return context.fail("task " + std::to_string(index + 1) + " added 1 " + std::to_string(done)
                            + " times, and its own counter grew by " + std::to_string(counted));
    if (done == plan.increments)
        state.cpuNs[index].store(std::max<std::uint64_t>(took, 1), std::memory_order_release);
    return context.outcome(done == plan.increments);
}

} // namespace Interleave
