// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/childprocesses.h"
#include "core/engine/executor.h"
#include "core/engine/waitingworkload_p.h"
#include "core/engine/work/joinorderstate.h"
#include "core/record/recorder.h"

#include <QJsonArray>

#include <atomic>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace Interleave
{

namespace
{

/// S04: main joins its tasks one by one, in an order of its own, or as they end.
class JoinOrder final : public Workload
{
public:
    explicit JoinOrder(const EngineRun &run)
        : Workload(run)
        , m_plan(JoinOrderPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return JoinOrderPlan::kTasks; }
    [[nodiscard]] std::string prefix() const override { return "Task"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<EndOrder>();
    }
    /// One thread for each: that some begin late is another lesson.
    [[nodiscard]] int workers() const override { return taskCount(); }
    /// Main would wait for ever for the end of one that never was.
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        const EndNote note(ends(), context->index());
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
        for (int place = 0; place < taskCount(); ++place) {
            const int task = children() ? waitForChild(place) : waitForTask(main, place);
            if (task < 0 || main.stopRequested())
                return;
            noteJoined(main, task);
        }
    }

    [[nodiscard]] Task<TaskTally> mainCoroutine(TaskContext *main,
                                                std::deque<TaskContext> *contexts) override
    {
        if (m_plan.order == JoinOrderPlan::Order::AsCompleted)
            return joinAsCompleted(main, contexts);
        return joinInOrder(main, contexts);
    }

    /// "joined", "ended": the numbers of the tasks, from 1, in these orders.
    void finish(EngineRun &run) override
    {
        QJsonArray joined, ended;
        for (const int task : m_joined)
            joined.append(task + 1);
        for (int place = 0; place < taskCount(); ++place) {
            if (const int task = ends().taskAtPlace(place); task >= 0)
                ended.append(task + 1);
        }
        run.result("joined", joined);
        run.result("ended", ended);
    }

private:
    [[nodiscard]] EndOrder &ends() const { return run().setup().board->object<EndOrder>(); }

    void noteJoined(TaskContext &main, int task)
    {
        m_joined.push_back(task);
        main.print("joined " + taskName(task));
    }

    void recordWait(WaitReason why, int task) const
    {
        Recorder::waitForTask(why, task < 0 ? kNoTask : run().taskId(task));
    }

    /// \return the task that main joins n-th, which has ended; -1 when stopped before.
    [[nodiscard]] int waitForTask(const TaskContext &main, int place) const
    {
        const int wanted = m_plan.joinAt(place);
        const std::atomic<std::uint32_t> &word =
            wanted < 0 ? ends().taskAt[std::size_t(place)] : ends().hasEnded[std::size_t(wanted)];
        if (word.load(std::memory_order_acquire) == 0) {
            recordWait(WaitReason::Join, wanted);
            const bool ended = waitWhileEqual(word, 0, main.setup().rings->header().stopWord);
            Recorder::waitEnd();
            if (!ended)
                return -1;
        }
        return wanted < 0 ? ends().taskAtPlace(place) : wanted;
    }

    /// The same for processes, of which the end counts that the kernel tells.
    [[nodiscard]] int waitForChild(int place) const
    {
        const int wanted = m_plan.joinAt(place);
        const auto found = [this, place, wanted] {
            const int task = wanted < 0 ? ends().taskAtPlace(place) : wanted;
            return task >= 0 && children()->hasEnded(task) ? task : -1;
        };
        if (found() < 0) {
            recordWait(WaitReason::Child, wanted);
            children()->waitUntil([&found] { return found() >= 0; }, kNoDeadline);
            Recorder::waitEnd();
        }
        return found();
    }

    /// co_awaits one task after the other; who has ended by then keeps nobody waiting.
    Task<TaskTally> joinInOrder(TaskContext *main, std::deque<TaskContext> *contexts)
    {
        std::deque<Task<TaskStatus>> tasks;
        for (TaskContext &context : *contexts) {
            Task<TaskStatus> &task = tasks.emplace_back(coroutine(&context));
            task.setId(context.id());
            Recorder::queued(context.id(), main->id());
            Executor::current()->start(task);
        }
        TaskTally tally;
        for (int place = 0; place < taskCount(); ++place) {
            const auto index = std::size_t(m_plan.joinAt(place));
            Task<TaskStatus> &task = tasks[index];
            const TaskStatus status = co_await task;
            tally.add(status, (*contexts)[index].failure());
            if (!main->stopRequested())
                noteJoined(*main, int(index));
        }
        co_return tally;
    }

    Task<TaskTally> joinAsCompleted(TaskContext *main, std::deque<TaskContext> *contexts)
    {
        TaskGroup group(main->id());
        startTasks(group, *this, *contexts);
        for (int place = 0; place < taskCount(); ++place) {
            co_await group.atLeast(std::size_t(place) + 1);
            const int task = ends().taskAtPlace(place);
            if (task >= 0 && !main->stopRequested())
                noteJoined(*main, task);
        }
        TaskTally tally = tallyOf(group, *contexts);
        co_return tally;
    }

    const JoinOrderPlan m_plan;
    std::vector<int> m_joined;
};

} // namespace

void startTasks(TaskGroup &group, Workload &workload, std::deque<TaskContext> &contexts)
{
    for (TaskContext &context : contexts) {
        Task<TaskStatus> task = workload.coroutine(&context);
        task.setId(context.id());
        group.start(std::move(task));
    }
}

TaskTally tallyOf(const TaskGroup &group, const std::deque<TaskContext> &contexts)
{
    TaskTally tally;
    for (std::size_t i = 0; i < group.size(); ++i)
        tally.add(group.status(i), contexts[i].failure());
    return tally;
}

std::unique_ptr<Workload> makeWaitingWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "join-order")
        return std::make_unique<JoinOrder>(run);
    if (slug == "gather")
        return makeGather(run);
    if (slug == "blocking-call")
        return makeBlockingCall(run);
    if (slug == "responsive-window")
        return makeResponsiveWindow(run);
    return nullptr;
}

} // namespace Interleave
