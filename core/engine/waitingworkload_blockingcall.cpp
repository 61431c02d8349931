// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/onpool.h"
#include "core/engine/executor.h"
#include "core/engine/jobpool.h"
#include "core/engine/waitingworkload_p.h"
#include "core/engine/work/blockingcallstate.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

namespace Interleave
{

namespace
{

/// S09: tasks that wait, by a call that blocks the thread. On a thread of its own that concerns nobody
/// else; a coroutine has all others wait with it, unless it awaits, or has a pool's thread do the call.
class BlockingCall final : public Workload
{
public:
    explicit BlockingCall(const EngineRun &run)
        : Workload(run)
        , m_plan(BlockingCallPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks; }
    [[nodiscard]] std::string prefix() const override { return "Task"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<BlockingCallState>();
    }
    /// One thread for each: waiting for a worker is another lesson.
    [[nodiscard]] int workers() const override { return taskCount(); }

    void prepare() override
    {
        if (model() != Model::Coroutines || m_plan.mode != BlockingCallPlan::Mode::Offload)
            return;
        m_helpers.emplace(taskCount());
        if (m_helpers->threads() == 0)
            throw std::runtime_error("the pool for blocking calls got no thread from the system");
    }

    void mainMeanwhile(TaskContext &) override { m_ready = monotonicNow(); }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        TimestampNs turn = monotonicNow(); // when it got the thread
        state().noteLateness(turn - m_ready);
        bool going = !context->stopRequested();
        for (int i = 0; going && i < m_plan.iterations; ++i) {
            context->print(context->name() + " is running");
            const TimestampNs due = monotonicNow() + m_plan.period;
            if (m_plan.mode == BlockingCallPlan::Mode::Block) {
                going = context->sleepFor(m_plan.period);
            } else if (m_plan.mode == BlockingCallPlan::Mode::Await) {
                noteTurn(turn);
                going = co_await sleepFor(m_plan.period);
                turn = monotonicNow();
            } else {
                const DurationNs period = m_plan.period;
                const auto call = [context, period] { return context->sleepFor(period); };
                noteTurn(turn);
                going = co_await onPool(*m_helpers, WaitReason::Await, kNoObject, call);
                turn = monotonicNow();
            }
            if (going)
                state().noteLateness(monotonicNow() - due);
        }
        noteTurn(turn);
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    /// "latest_ms": how late a task went on, at worst, after it could have. "longest_turn_ms", of
    /// coroutines: the longest that one of them kept the thread.
    void finish(EngineRun &run) override
    {
        m_helpers.reset(); // while its threads can still say that they are gone
        const auto ms = [](DurationNs duration) { return double(duration) / double(kMillisecond); };
        run.result("latest_ms", ms(state().latestNs.load(std::memory_order_relaxed)));
        if (model() == Model::Coroutines)
            run.result("longest_turn_ms", ms(m_longestTurn));
    }

private:
    [[nodiscard]] BlockingCallState &state() const
    {
        return run().setup().board->object<BlockingCallState>();
    }
    void noteTurn(TimestampNs begin)
    {
        m_longestTurn = std::max(m_longestTurn, monotonicNow() - begin);
    }

    const BlockingCallPlan m_plan;
    TimestampNs m_ready = 0; ///< when all coroutines could begin
    DurationNs m_longestTurn = 0;
    std::optional<JobPool> m_helpers;
};

} // namespace

std::unique_ptr<Workload> makeBlockingCall(const EngineRun &run)
{
    return std::make_unique<BlockingCall>(run);
}

} // namespace Interleave
