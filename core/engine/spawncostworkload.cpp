// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/jobpool.h"
#include "core/engine/taskthread.h"
#include "core/engine/workerprocess.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QJsonValue>
#include <QProcess>
#include <QRunnable>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

constexpr int kMostWorkerProcesses = 200;
/// What takes nanoseconds is timed in batches: the clock itself costs 24 ns a reading.
constexpr int kBatches = 9;
constexpr int kBatchSize = 10'000;

DurationNs medianOf(std::vector<DurationNs> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Nanoseconds per call of `once`: the median of several batches.
template<typename Once>
double perCall(Once &&once)
{
    std::vector<DurationNs> batches;
    for (int batch = 0; batch < kBatches; ++batch) {
        const TimestampNs begin = monotonicNow();
        for (int i = 0; i < kBatchSize; ++i)
            once();
        batches.push_back(monotonicNow() - begin);
    }
    return double(medianOf(std::move(batches))) / kBatchSize;
}

Task<TaskStatus> emptyCoroutine()
{
    co_return TaskStatus::Finished;
}

/// An empty job of the pool.
class EmptyJob final : public QRunnable
{
public:
    EmptyJob(JobPool &pool, TaskId task)
        : m_pool(pool)
        , m_task(task)
    {
        setAutoDelete(false);
    }
    void run() override
    {
        m_pool.jobBegins();
        Recorder::begin(m_task);
        Recorder::end(m_task);
        m_pool.jobDone();
    }

private:
    JobPool &m_pool;
    TaskId m_task;
};

/// S29: what it costs to have a task carried by something. Each is created, runs, and is waited for.
class SpawnCost final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        const int most = model() == Model::Processes ? kMostWorkerProcesses : 100'000;
        return parameters().count("count", 100, 1, most);
    }
    [[nodiscard]] std::string prefix() const override { return "empty"; }

    bool runItself(EngineRun &run) override
    {
        const TimestampNs begin = monotonicNow();
        switch (model()) {
        case Model::Sequential:
            callOneByOne(run);
            break;
        case Model::Threads:
        case Model::Gil:
            threadsOneByOne(run);
            break;
        case Model::Pool:
            jobsAtOnce(run);
            break;
        case Model::Processes:
            processesOneByOne(run);
            break;
        case Model::Coroutines:
            coroutinesOneByOne(run);
            break;
        }
        if (m_totalNs == 0)
            m_totalNs = monotonicNow() - begin;
        measureBare();
        return true;
    }

    /// "per_task_ns": the typical cost of one; "total_ns": of all of them, recording included;
    /// "count": how many there were.
    void finish(EngineRun &run) override
    {
        if (m_done == 0)
            return;
        run.result("count", m_done);
        run.result("total_ns", double(m_totalNs));
        run.result("per_task_ns", m_perTaskNs);
        const int asked = int(parameters().integer("count", 100));
        if (model() == Model::Processes && asked > kMostWorkerProcesses) {
            run.note("started " + std::to_string(m_done) + " processes of the "
                     + std::to_string(asked) + " asked for: this set goes no further than "
                     + std::to_string(kMostWorkerProcesses));
        }
    }

private:
    void callOneByOne(EngineRun &run)
    {
        const MainSuspension suspension(run);
        TaskContext context(run.setup(), kNoTask, 0, prefix());
        TaskTally tally;
        for (; m_done < run.taskCount() && !run.isStopRequested(); ++m_done) {
            context.become(run.taskId(m_done), m_done);
            tally.add(runRecorded(body(), context));
        }
        run.add(tally);
    }

    void threadsOneByOne(EngineRun &run)
    {
        std::vector<DurationNs> costs;
        for (; m_done < run.taskCount() && !run.isStopRequested(); ++m_done) {
            const TimestampNs begin = monotonicNow();
            TaskThread thread(run, *this, m_done);
            if (!thread.tryStart()) {
                tellShortage(run, "threads");
                break;
            }
            thread.join();
            costs.push_back(monotonicNow() - begin);
        }
        m_perTaskNs = double(medianOf(std::move(costs)));
    }

    void jobsAtOnce(EngineRun &run)
    {
        std::deque<EmptyJob> jobs;
        // Its threads are there before the clock runs.
        JobPool pool(std::min(workers(), run.taskCount()));
        if (pool.threads() == 0) {
            tellShortage(run, "threads");
            return;
        }
        for (int i = 0; i < run.taskCount(); ++i)
            jobs.emplace_back(pool, run.taskId(i));
        pool.expect(std::uint32_t(run.taskCount()));
        const TimestampNs begin = monotonicNow();
        for (EmptyJob &job : jobs) {
            Recorder::queued(run.taskId(m_done++), run.mainTask());
            pool.start(&job);
        }
        Recorder::wait(WaitReason::Join);
        pool.waitUntilDone();
        Recorder::waitEnd();
        m_totalNs = monotonicNow() - begin;
        m_perTaskNs = double(m_totalNs) / m_done;
        TaskTally tally;
        tally.finished = std::uint32_t(m_done);
        run.add(tally);
    }

    void processesOneByOne(EngineRun &run)
    {
        std::vector<DurationNs> costs;
        ReapedCpu reaped;
        for (; m_done < run.taskCount() && !run.isStopRequested(); ++m_done) {
            Recorder::queued(run.taskId(m_done), run.mainTask());
            const TimestampNs begin = monotonicNow();
            const auto process = makeWorkerProcess(run, *this, m_done);
            process->start();
            const qint64 pid = process->processId();
            if (process->state() != QProcess::NotRunning)
                tellProcessStart(run, m_done, pid);
            Recorder::wait(WaitReason::Child);
            const bool ended = process->waitForFinished(-1);
            Recorder::waitEnd();
            costs.push_back(monotonicNow() - begin);
            if (!ended || process->error() == QProcess::FailedToStart) {
                run.fail("the worker could not be started: " + run.spec().worker + ": "
                         + process->errorString().toStdString());
                costs.pop_back();
                break;
            }
            tellProcessEnd(run, m_done, pid, process->exitCode(), process->exitStatus(),
                           reaped.take());
        }
        m_perTaskNs = double(medianOf(std::move(costs)));
    }

    void coroutinesOneByOne(EngineRun &run)
    {
        const MainSuspension suspension(run);
        for (; m_done < run.taskCount() && !run.isStopRequested(); ++m_done) {
            Task<TaskStatus> task = emptyCoroutine();
            task.setId(run.taskId(m_done));
            task.resume();
        }
        TaskTally tally;
        tally.finished = std::uint32_t(m_done);
        run.add(tally);
    }

    /// A call and a coroutine cost less than their two records: they are timed again without.
    void measureBare()
    {
        if (model() == Model::Coroutines) {
            m_perTaskNs = perCall([] {
                Task<TaskStatus> task = emptyCoroutine();
                task.resume();
            });
        } else if (model() == Model::Sequential) {
            TaskContext context(run().setup(), kNoTask, 0, prefix());
            BlockingBody volatile call = body(); // else the compiler might see that it is empty
            m_perTaskNs = perCall([&] {
                const BlockingBody now = call;
                (void)now(context);
            });
        }
    }

    void tellShortage(EngineRun &run, const std::string &what)
    {
        const std::string sentence = "created " + std::to_string(m_done) + " of "
            + std::to_string(run.taskCount()) + " " + what + ": the system gives no more";
        if (m_done == 0)
            run.fail(sentence);
        else
            run.note(sentence);
    }

    int m_done = 0;
    DurationNs m_totalNs = 0;
    double m_perTaskNs = 0;
};

} // namespace

std::unique_ptr<Workload> makeSpawnCostWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "spawn-cost")
        return std::make_unique<SpawnCost>(run);
    return nullptr;
}

} // namespace Interleave
