// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/deadlockstate.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/stoppablewait.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <string>

namespace Interleave
{

namespace
{

using Fix = DeadlockPlan::Fix;

/// The second lock, by the plan's way out. The first one is held meanwhile.
Acquired takeSecond(Mutex second, const TaskContext &context, const DeadlockPlan &plan, int attempt)
{
    switch (plan.fix) {
    case Fix::TryLock:
        return second.tryLock(context) ? Acquired::Yes : Acquired::TimedOut;
    case Fix::Timeout:
        return second.lockFor(context, plan.patienceOf(context.index(), attempt));
    case Fix::None:
    case Fix::Ordered:
        break;
    }
    return second.lock(context) ? Acquired::Yes : Acquired::Stopped;
}

/// One after the other, with the delay between. TimedOut and Stopped: neither is held.
Acquired takeBoth(Mutex first, Mutex second, TaskContext &context, const DeadlockPlan &plan,
                  int attempt)
{
    if (!first.lock(context))
        return Acquired::Stopped;
    Acquired result = Acquired::Stopped;
    if (context.sleepFor(plan.delay))
        result = takeSecond(second, context, plan, attempt);
    if (result != Acquired::Yes)
        first.unlock(context);
    return result;
}

TaskStatus needBothLocks(TaskContext &context, const DeadlockPlan &plan, DeadlockState &state)
{
    const std::size_t which = plan.firstLock(context.index());
    Mutex first(state.locks[which], DeadlockState::kLock + ObjectId(which));
    Mutex second(state.locks[1 - which], DeadlockState::kLock + ObjectId(1 - which));
    for (int attempt = 0;; ++attempt) {
        const Acquired result = takeBoth(first, second, context, plan, attempt);
        if (result == Acquired::Yes)
            break;
        if (result == Acquired::Stopped)
            return context.outcome(false);
        state.retries.fetch_add(1, std::memory_order_relaxed);
        if (!context.sleepFor(plan.backOff(context.index(), attempt)))
            return context.outcome(false);
    }
    state.gotBoth.fetch_add(1, std::memory_order_relaxed);
    const bool going = context.burn(plan.holdMs);
    second.unlock(context);
    first.unlock(context);
    return context.outcome(going);
}

/// \return whether the caller is the one that does the work of the pair.
bool claim(DeadlockState &state, std::size_t pair)
{
    return state.claimed[pair].exchange(1, std::memory_order_acq_rel) == 0;
}

/// Does the work of the pair and says so.
bool answer(TaskContext &context, const DeadlockPlan &plan, DeadlockState &state, std::size_t pair)
{
    if (!context.burn(plan.holdMs))
        return false;
    // release: pairs with the acquire in waitWhileEqual()
    state.answered[pair].store(1, std::memory_order_release);
    wakeWord(state.answered[pair]);
    return true;
}

/// Waits for the end of the other task of the pair, or as long as the plan says.
/// \return false when stopped.
bool waitForPair(const TaskContext &context, const DeadlockPlan &plan, DeadlockState &state,
                 std::size_t pair)
{
    const bool isTimed = plan.fix == Fix::Timeout;
    if (isTimed) {
        Recorder::timedWait(WaitReason::Join);
    } else {
        const TaskId firstTask = context.id() - TaskId(context.index());
        Recorder::waitForTask(WaitReason::Join, firstTask + TaskId(plan.awaitedOf(pair)));
    }
    const WaitEnd end =
        waitWhileEqual(state.answered[pair], 0, context.setup().rings->header().stopWord,
                       isTimed ? deadlineAfter(plan.patience) : kNoDeadline);
    Recorder::waitEnd();
    if (end == WaitEnd::TimedOut)
        state.gaveUp.fetch_add(1, std::memory_order_relaxed);
    return end != WaitEnd::Stopped;
}

TaskStatus waitForAnswer(TaskContext &context, const DeadlockPlan &plan, DeadlockState &state)
{
    const std::size_t pair = plan.pairOf(context.index());
    if (plan.fix == Fix::TryLock && claim(state, pair)) {
        state.helped.fetch_add(1, std::memory_order_relaxed);
        return context.outcome(answer(context, plan, state, pair));
    }
    bool going = !context.stopRequested();
    if (going && state.answered[pair].load(std::memory_order_acquire) == 0)
        going = waitForPair(context, plan, state, pair);
    return context.outcome(going);
}

} // namespace

DeadlockPlan DeadlockPlan::of(const WorkParameters &parameters)
{
    const auto milliseconds = [&](const char *name, double fallback) {
        return DurationNs(std::clamp(parameters.real(name, fallback), 0.0, 1e5)
                          * double(kMillisecond));
    };
    DeadlockPlan plan;
    if (parameters.text("kind", "locks") == "starvation")
        plan.kind = Kind::Starvation;
    const std::string fix = parameters.text("fix", "none");
    if (fix == "ordered")
        plan.fix = Fix::Ordered;
    else if (fix == "try_lock")
        plan.fix = Fix::TryLock;
    else if (fix == "timeout")
        plan.fix = Fix::Timeout;
    plan.pairs = parameters.count("workers", 2, 1, kMostPairs);
    plan.delay = milliseconds("delay_ms", 50);
    plan.patience = milliseconds("timeout_ms", 100);
    plan.holdMs = std::clamp(parameters.real("hold_ms", 100), 0.0, 1e5);
    plan.seed = std::uint64_t(parameters.integer("seed", 1));
    return plan;
}

DurationNs DeadlockPlan::backOff(int task, int attempt) const
{
    constexpr int kMostDoublings = 4;
    const DurationNs longest =
        std::max(delay, kMillisecond) * (DurationNs(2) << std::min(attempt, kMostDoublings));
    const double part = mixedFraction(seed, std::uint64_t(task), std::uint64_t(attempt));
    return DurationNs(part * double(longest));
}

DurationNs DeadlockPlan::patienceOf(int task, int attempt) const
{
    const double part = mixedFraction(seed, std::uint64_t(task), std::uint64_t(attempt), 1);
    return DurationNs((0.5 + part) * double(patience));
}

TaskStatus deadlockBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set deadlock needs shared memory, and none was given");
    auto &state = setup.board->object<DeadlockState>();
    const DeadlockPlan plan = DeadlockPlan::of(setup.parameters);
    if (plan.kind == DeadlockPlan::Kind::Locks)
        return needBothLocks(context, plan, state);
    if (plan.waits(context.index()))
        return waitForAnswer(context, plan, state);
    const std::size_t pair = plan.pairOf(context.index());
    const bool mine = claim(state, pair); // otherwise the waiting task did it itself
    const bool going = mine ? answer(context, plan, state, pair) : !context.stopRequested();
    return context.outcome(going);
}

} // namespace Interleave
