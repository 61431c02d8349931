// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/models.h"

#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <deque>
#include <exception>

namespace Interleave
{

namespace
{

std::string textOf(const std::exception_ptr &error)
{
    try {
        std::rethrow_exception(error);
    } catch (const std::exception &e) {
        return e.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

/// Runs main's own coroutine: whenever that goes on, main has its thread back.
Task<TaskStatus> carryMain(EngineRun *run, Task<TaskTally> *part)
{
    part->promise().actFor(run->mainTask());
    part->promise().markStarted();
    run->resumeMain();
    part->resume(); // until main waits for the first time
    const TaskTally tally = co_await *part;
    run->add(tally);
    run->suspendMain();
    co_return TaskStatus::Finished;
}

/// The tasks and main as coroutines beside each other. \return false: main is none in this set.
bool runWithMainCoroutine(EngineRun &run, Workload &workload)
{
    Executor executor(run.setup().rings);
    std::deque<TaskContext> contexts; // addresses stay
    Task<TaskTally> part = workload.mainCoroutine(&run.mainContext(), &contexts);
    if (!part.isValid())
        return false;
    for (int i = 0; i < run.taskCount(); ++i)
        contexts.emplace_back(run.setup(), run.taskId(i), i, workload.taskName(i));
    const TimestampNs begin = monotonicNow();
    {
        const MainSuspension suspension(run);
        executor.spawn(carryMain(&run, &part));
        executor.run();
    }
    run.addBusy(0, monotonicNow() - begin - executor.idleTime());
    const auto &promise = executor.spawned(0).promise();
    if (promise.status() == TaskStatus::Failed && promise.error())
        std::rethrow_exception(promise.error());
    if (workload.joins())
        workload.mainAfterwards(run.mainContext());
    return true;
}

/// Hands the task to the executor, in whose turn it begins.
void startTask(EngineRun &run, Workload &workload, Executor &executor, TaskContext &context)
{
    Task<TaskStatus> task = workload.coroutine(&context);
    task.setId(context.id());
    executor.spawn(std::move(task), run.mainTask());
}

/// Starts the tasks with main's pause between them. Once stopped, the others still come and go.
Task<TaskStatus> startOneByOne(EngineRun *run, Workload *workload, Executor *executor,
                               std::deque<TaskContext> *contexts)
{
    for (TaskContext &context : *contexts) {
        if (context.index() > 0)
            (void)co_await sleepFor(run->startStagger());
        startTask(*run, *workload, *executor, context);
    }
    co_return TaskStatus::Finished;
}

} // namespace

void runModel(EngineRun &run, Workload &workload)
{
    switch (run.spec().model) {
    case Model::Sequential:
        runSequential(run, workload);
        break;
    case Model::Threads:
    case Model::Gil:
        runThreads(run, workload);
        break;
    case Model::Pool:
        runPool(run, workload);
        break;
    case Model::Processes:
        runProcesses(run, workload);
        break;
    case Model::Coroutines:
        runCoroutines(run, workload);
        break;
    }
}

void runSequential(EngineRun &run, Workload &workload)
{
    {
        const MainSuspension suspension(run);
        for (int i = 0; i < run.taskCount(); ++i) {
            TaskTally tally;
            if (run.isStopRequested()) {
                tally.cancelled = std::uint32_t(run.taskCount() - i);
                run.add(tally);
                break;
            }
            TaskContext context(run.setup(), run.taskId(i), i, workload.taskName(i));
            const TimestampNs begin = monotonicNow();
            const TaskStatus status = runRecorded(workload.body(), context);
            run.addBusy(0, monotonicNow() - begin);
            tally.add(status, context.failure());
            run.add(tally);
        }
    }
    workload.mainMeanwhile(run.mainContext());
    if (workload.joins())
        workload.mainAfterwards(run.mainContext());
}

void runCoroutines(EngineRun &run, Workload &workload)
{
    if (runWithMainCoroutine(run, workload))
        return;
    Executor executor(run.setup().rings);
    std::deque<TaskContext> contexts; // addresses stay
    for (int i = 0; i < run.taskCount(); ++i)
        contexts.emplace_back(run.setup(), run.taskId(i), i, workload.taskName(i));
    // Who starts them one by one is the first coroutine, and none of the run's tasks.
    const std::size_t others = run.startStagger() > 0 ? 1 : 0;
    if (others > 0)
        executor.spawn(startOneByOne(&run, &workload, &executor, &contexts));
    for (std::size_t i = 0; others == 0 && i < contexts.size(); ++i)
        startTask(run, workload, executor, contexts[i]);
    // Nothing has begun yet: main gives up the thread only when it waits.
    workload.mainMeanwhile(run.mainContext());
    if (!workload.joins())
        run.endMain(TaskStatus::Finished);
    const TimestampNs begin = monotonicNow();
    {
        const MainSuspension suspension(run);
        executor.run();
    }
    run.addBusy(0, monotonicNow() - begin - executor.idleTime());
    if (others > 0 && executor.spawned(0).promise().error())
        std::rethrow_exception(executor.spawned(0).promise().error());
    TaskTally tally;
    for (std::size_t i = 0; i + others < executor.spawnedCount(); ++i) {
        const auto &promise = executor.spawned(i + others).promise();
        std::string failure = contexts[i].failure();
        if (promise.error() && promise.status() == TaskStatus::Failed)
            failure = "task " + std::to_string(i + 1) + " threw: " + textOf(promise.error());
        tally.add(promise.status(), failure);
    }
    run.add(tally);
    if (workload.joins())
        workload.mainAfterwards(run.mainContext());
}

} // namespace Interleave
