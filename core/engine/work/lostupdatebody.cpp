// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/lostupdatestate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <string>

namespace Interleave
{

namespace
{

/// Enough that all tasks must be on cores at the same time to come through quickly.
constexpr std::uint32_t kStartRounds = 16;
/// With fewer cores than tasks they never are: then the line opens all the same.
constexpr DurationNs kStartPatience = 50 * kMillisecond;

/// A starting line: a million additions are a matter of milliseconds, and a task that is woken late
/// would find the others done. So the tasks meet, and then spin through some rounds that each need
/// all of them, until they run side by side.
/// \return false when stopped.
bool startTogether(const TaskContext &context, LostUpdateState &state)
{
    const std::uint32_t participants = state.participants.load(std::memory_order_acquire);
    if (participants < 2)
        return !context.stopRequested();
    if (!Barrier(state.start, LostUpdateState::kStart, participants).arriveAndWait(context))
        return false;
    const TimestampNs patience = monotonicNow() + kStartPatience;
    for (std::uint32_t round = 1; round <= kStartRounds; ++round) {
        state.arrivals.fetch_add(1, std::memory_order_acq_rel);
        while (state.arrivals.load(std::memory_order_acquire) < round * participants
               && state.isOpen.load(std::memory_order_relaxed) == 0) {
            if (monotonicNow() >= patience || context.stopRequested())
                state.isOpen.store(1, std::memory_order_relaxed);
        }
    }
    return !context.stopRequested();
}

} // namespace

LostUpdatePlan LostUpdatePlan::of(const WorkParameters &parameters)
{
    constexpr std::uint64_t kSamples = 200; // of the counter by each task: enough for the plot
    constexpr std::uint64_t kLargestChunk = 10'000; // some ms under a fought-over lock
    LostUpdatePlan plan;
    const std::string mode = parameters.text("mode", "plain");
    if (mode == "atomic")
        plan.mode = AddMode::Atomic;
    else if (mode == "lock")
        plan.mode = AddMode::Lock;
    plan.increments = std::uint64_t(parameters.count("increments", 1'000'000, 1, 100'000'000));
    plan.chunk = std::clamp<std::uint64_t>(plan.increments / kSamples, 1, kLargestChunk);
    plan.awaitBetween = parameters.boolean("await_between", false);
    return plan;
}

void addOnes(std::atomic<std::uint64_t> &counter, pthread_mutex_t &mutex, AddMode mode,
             std::uint64_t times)
{
    switch (mode) {
    case AddMode::Plain:
        for (std::uint64_t i = 0; i < times; ++i)
            counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        return;
    case AddMode::Atomic:
        for (std::uint64_t i = 0; i < times; ++i)
            counter.fetch_add(1, std::memory_order_relaxed);
        return;
    case AddMode::Lock:
        for (std::uint64_t i = 0; i < times; ++i) {
            pthread_mutex_lock(&mutex);
            counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
            pthread_mutex_unlock(&mutex);
        }
        return;
    }
}

TaskStatus lostUpdateBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    const auto index = std::size_t(context.index());
    if (!setup.board || index >= LostUpdateState::kMostTasks)
        return context.fail("the set lost-update needs shared memory and at most 8 tasks");
    auto &state = setup.board->object<LostUpdateState>();
    const LostUpdatePlan plan = LostUpdatePlan::of(setup.parameters);
    const bool isSeparate = state.isSeparate.load(std::memory_order_acquire) != 0;
    std::atomic<std::uint64_t> own{0};
    pthread_mutex_t ownMutex = PTHREAD_MUTEX_INITIALIZER;
    std::atomic<std::uint64_t> &counter = isSeparate ? own : state.counter;
    pthread_mutex_t &mutex = isSeparate ? ownMutex : state.mutex;
    const ObjectId object = LostUpdateState::kCounter + (isSeparate ? ObjectId(index) : 0);

    bool going = startTogether(context, state);
    std::uint64_t done = 0;
    while (going && done < plan.increments) {
        const std::uint64_t now = std::min(plan.chunk, plan.increments - done);
        addOnes(counter, mutex, plan.mode, now);
        done += now;
        Recorder::counter(context.id(), object,
                          std::uint32_t(counter.load(std::memory_order_relaxed)));
        going = !context.stopRequested();
    }
    state.own[index].store(own.load(std::memory_order_relaxed), std::memory_order_relaxed);
    state.done[index].store(done, std::memory_order_release);
    return context.outcome(done == plan.increments);
}

} // namespace Interleave
