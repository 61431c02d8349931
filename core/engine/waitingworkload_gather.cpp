// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/childprocesses.h"
#include "core/engine/executor.h"
#include "core/engine/waitingworkload_p.h"
#include "core/engine/work/gatherstate.h"
#include "core/record/recorder.h"

#include <atomic>
#include <cstddef>
#include <string>

namespace Interleave
{

namespace
{

using WaitFor = GatherPlan::WaitFor;

/// S05: main waits for all of its tasks, for the first, or for some time, and then has what is left
/// cancelled: threads and jobs it can only ask, processes it kills, coroutines it cancels.
class Gather final : public Workload
{
public:
    explicit Gather(const EngineRun &run)
        : Workload(run)
        , m_plan(GatherPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks; }
    [[nodiscard]] std::string prefix() const override { return "Task"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<GatherState>();
    }
    /// One thread for each: all are under way when some are cancelled.
    [[nodiscard]] int workers() const override { return taskCount(); }
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void prepare() override
    {
        const bool looks = model() == Model::Threads || model() == Model::Pool;
        state().looks.store(looks ? 1 : 0, std::memory_order_release);
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        const EndNote note(state().ends, context->index());
        bool going = !context->stopRequested();
        if (going)
            going = co_await sleepFor(m_plan.durationOf(context->index()));
        if (going)
            context->print(context->name() + " is done");
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    void mainMeanwhile(TaskContext &main) override
    {
        const TimestampNs deadline =
            m_plan.waitFor == WaitFor::Timeout ? deadlineAfter(m_plan.timeout) : kNoDeadline;
        const int enough = m_plan.waitFor == WaitFor::First ? 1 : taskCount();
        if (endedCount() < enough)
            waitForEnds(main, enough, deadline);
        if (main.stopRequested())
            return;
        const bool isOver = endedCount() == taskCount();
        tellEndOfWait(main, isOver);
        if (!isOver)
            cancelTheRest();
    }

    [[nodiscard]] Task<TaskTally> mainCoroutine(TaskContext *main,
                                                std::deque<TaskContext> *contexts) override
    {
        TaskGroup group(main->id());
        startTasks(group, *this, *contexts);
        if (m_plan.waitFor == WaitFor::First) {
            co_await group.atLeast(1);
        } else if (m_plan.waitFor == WaitFor::Timeout) {
            const bool inTime = co_await group.allFor(m_plan.timeout);
            (void)inTime; // the count below says it, too
        } else {
            co_await group.all();
        }
        const bool isOver = group.endedCount() == group.size();
        if (!main->stopRequested())
            tellEndOfWait(*main, isOver);
        if (!isOver)
            group.cancel();
        co_await group.all();
        TaskTally tally = tallyOf(group, *contexts);
        co_return tally;
    }

    /// "done", "cancelled": tasks.
    void finish(EngineRun &run) override
    {
        const TaskTally tally = run.tally();
        run.result("done", qint64(tally.finished));
        run.result("cancelled", qint64(tally.cancelled));
    }

private:
    [[nodiscard]] GatherState &state() const { return run().setup().board->object<GatherState>(); }

    [[nodiscard]] bool hasEnded(int task) const
    {
        return children() ? children()->hasEnded(task) : state().ends.isEnded(task);
    }
    [[nodiscard]] int endedCount() const
    {
        int count = 0;
        for (int task = 0; task < taskCount(); ++task)
            count += hasEnded(task) ? 1 : 0;
        return count;
    }

    void waitForEnds(const TaskContext &main, int enough, TimestampNs deadline) const
    {
        const WaitReason why = children() ? WaitReason::Child : WaitReason::Join;
        if (deadline != kNoDeadline)
            Recorder::timedWait(why);
        else
            Recorder::wait(why);
        if (children()) {
            children()->waitUntil([this, enough] { return endedCount() >= enough; }, deadline);
        } else {
            WaitEnd end = WaitEnd::Changed;
            for (int task = 0; end == WaitEnd::Changed && task < taskCount(); ++task) {
                const auto index = std::size_t(task);
                const std::atomic<std::uint32_t> &word =
                    enough == 1 ? state().ends.taskAt[0] : state().ends.hasEnded[index];
                end = waitWhileEqual(word, 0, main.setup().rings->header().stopWord, deadline);
            }
        }
        Recorder::waitEnd();
    }

    /// The last line that main prints: the moment from which on it does not want the rest any more.
    void tellEndOfWait(TaskContext &main, bool isOver) const
    {
        const std::string rest = isOver ? "" : ": the others are cancelled";
        const int first = state().ends.taskAtPlace(0);
        if (m_plan.waitFor == WaitFor::First && first >= 0)
            main.print(taskName(first) + " was first" + rest);
        else
            main.print(isOver ? "all are done" : "the time is up" + rest);
    }

    void cancelTheRest() const
    {
        if (!children()) {
            state().isAsked.store(1, std::memory_order_release);
            return;
        }
        for (int task = 0; task < taskCount(); ++task) {
            // One that has said goodbye already is let go by itself.
            if (!state().ends.isEnded(task))
                children()->kill(task);
        }
    }

    const GatherPlan m_plan;
};

} // namespace

std::unique_ptr<Workload> makeGather(const EngineRun &run)
{
    return std::make_unique<Gather>(run);
}

} // namespace Interleave
