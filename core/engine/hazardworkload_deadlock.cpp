// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/hazardworkload.h"
#include "core/engine/work/deadlockstate.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <string>

namespace Interleave
{

namespace
{

/// S19: tasks that wait for each other in a circle, and the ways out.
class DeadlockSet final : public Workload
{
public:
    explicit DeadlockSet(const EngineRun &run)
        : Workload(run)
        , m_plan(DeadlockPlan::of(parameters()))
    {
        for (int pair = 0; pair < m_plan.pairs; ++pair)
            m_answers.emplace_back(DeadlockState::kAnswer + ObjectId(pair), 1);
    }

    [[nodiscard]] int taskCount() const override { return m_plan.taskCount(); }
    [[nodiscard]] std::string prefix() const override { return "Task"; }
    [[nodiscard]] bool hasOwnNames() const override { return isStarvation(); }
    [[nodiscard]] std::string taskName(int index) const override
    {
        if (!isStarvation())
            return Workload::taskName(index);
        const std::string number = std::to_string(m_plan.pairOf(index) + 1);
        return (m_plan.waits(index) ? "asking " : "answering ") + number;
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<DeadlockState>();
    }
    [[nodiscard]] int workers() const override { return m_plan.pairs; }
    /// Each waits for another one; and with fewer workers than the pool is told to have, nothing would
    /// tell that they are all taken.
    [[nodiscard]] bool needsAllTasks() const override { return true; }
    [[nodiscard]] ObjectId poolObject() const override
    {
        return model() == Model::Pool ? DeadlockState::kPool : kNoObject;
    }

    void defineObjects(EngineRun &run) override
    {
        if (!isStarvation()) {
            run.defineObject(DeadlockState::kLock, ObjectKind::Lock, "lock A");
            run.defineObject(DeadlockState::kLock + 1, ObjectKind::Lock, "lock B");
        } else if (model() == Model::Coroutines) {
            for (int pair = 0; pair < m_plan.pairs; ++pair)
                run.defineObject(DeadlockState::kAnswer + ObjectId(pair), ObjectKind::Latch,
                                 "answer " + std::to_string(pair + 1), 1);
        }
        if (model() == Model::Pool)
            run.defineObject(DeadlockState::kPool, ObjectKind::Pool, "the pool",
                             std::uint32_t(std::min(workers(), taskCount())));
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        bool going = false;
        if (!isStarvation())
            going = co_await needBothLocks(context);
        else
            going = co_await askOrAnswer(context);
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    /// "got_both", "retries": of the tasks with two locks. "helped", "gave_up": of those that wait
    /// for another task.
    void finish(EngineRun &run) override
    {
        const auto number = [](const std::atomic<std::uint32_t> &count) {
            return qint64(count.load(std::memory_order_acquire));
        };
        if (isStarvation()) {
            run.result("helped", number(state().helped));
            run.result("gave_up", number(state().gaveUp));
        } else {
            run.result("got_both", number(state().gotBoth));
            run.result("retries", number(state().retries));
        }
    }

private:
    [[nodiscard]] bool isStarvation() const
    {
        return m_plan.kind == DeadlockPlan::Kind::Starvation;
    }
    [[nodiscard]] DeadlockState &state() const
    {
        return run().setup().board->object<DeadlockState>();
    }

    /// \return false when stopped.
    Task<bool> needBothLocks(TaskContext *context)
    {
        const std::size_t which = m_plan.firstLock(context->index());
        AsyncMutex &first = m_locks[which];
        AsyncMutex &second = m_locks[1 - which];
        for (int attempt = 0;; ++attempt) {
            bool going = co_await first.lock(*context);
            if (!going)
                co_return false;
            going = co_await sleepFor(m_plan.delay);
            Acquired result = Acquired::Stopped;
            if (going)
                result = co_await takeSecond(&second, context, attempt);
            if (result == Acquired::Yes) {
                state().gotBoth.fetch_add(1, std::memory_order_relaxed);
                going = context->burn(m_plan.holdMs);
                second.unlock(*context);
                first.unlock(*context);
                co_return going;
            }
            first.unlock(*context);
            if (result == Acquired::Stopped)
                co_return false;
            state().retries.fetch_add(1, std::memory_order_relaxed);
            const DurationNs pause = m_plan.backOff(context->index(), attempt);
            going = co_await sleepFor(pause);
            if (!going)
                co_return false;
        }
    }

    /// The second lock, by the plan's way out. The first one is held meanwhile.
    Task<Acquired> takeSecond(AsyncMutex *second, TaskContext *context, int attempt)
    {
        Acquired result = Acquired::Stopped;
        if (m_plan.fix == DeadlockPlan::Fix::TryLock) {
            result = second->tryLock(*context) ? Acquired::Yes : Acquired::TimedOut;
        } else if (m_plan.fix == DeadlockPlan::Fix::Timeout) {
            const DurationNs patience = m_plan.patienceOf(context->index(), attempt);
            result = co_await second->lockFor(*context, patience);
        } else {
            const bool got = co_await second->lock(*context);
            if (got)
                result = Acquired::Yes;
        }
        co_return result;
    }

    /// A coroutine that waits holds no worker, so none of the ways out is needed.
    Task<bool> askOrAnswer(TaskContext *context)
    {
        AsyncLatch &done = m_answers[m_plan.pairOf(context->index())];
        bool going = true;
        if (m_plan.waits(context->index())) {
            going = co_await done.wait(*context);
        } else {
            going = context->burn(m_plan.holdMs);
            if (going)
                done.countDown(*context);
        }
        co_return going;
    }

    DeadlockPlan m_plan;
    std::array<AsyncMutex, 2> m_locks{AsyncMutex(DeadlockState::kLock),
                                      AsyncMutex(DeadlockState::kLock + 1)};
    std::deque<AsyncLatch> m_answers; ///< by pair
};

} // namespace

std::unique_ptr<Workload> makeDeadlock(const EngineRun &run)
{
    return std::make_unique<DeadlockSet>(run);
}

} // namespace Interleave
