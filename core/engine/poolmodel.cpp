// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/drivetasks.h"
#include "core/engine/enginerun.h"
#include "core/engine/jobpool.h"
#include "core/engine/models.h"
#include "core/engine/work/kernelname.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QRunnable>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>

namespace Interleave
{

namespace
{

/// Above this many tasks a set is handed over as one index range, and their queueing is not recorded
/// one by one: it would overflow main's ring before the first task runs.
constexpr int kMostQueuedRecords = 8192;

void recordQueued(const EngineRun &run, const Workload &workload)
{
    for (int i = 0; i < run.taskCount() && run.taskCount() <= kMostQueuedRecords; ++i)
        Recorder::queued(run.taskId(i), run.mainTask(), workload.poolObject());
}

/// One task as a job of the pool's own queue.
class TaskJob final : public QRunnable
{
public:
    TaskJob(JobPool &pool, const EngineRun &run, const Workload &workload, int index)
        : m_pool(pool)
        , m_run(run)
        , m_workload(workload)
        , m_index(index)
    {
        setAutoDelete(false);
    }

    void run() override
    {
        m_pool.jobBegins();
        if (!m_run.isStopRequested())
            runTask();
        m_worker = JobPool::currentWorker();
        m_hasRun = true;
        m_pool.jobDone();
    }

    // Once it is done.
    [[nodiscard]] bool hasRun() const { return m_hasRun; }
    [[nodiscard]] TaskStatus status() const { return m_status; }
    [[nodiscard]] const std::string &failure() const { return m_failure; }
    [[nodiscard]] int worker() const { return m_worker; }
    [[nodiscard]] DurationNs duration() const { return m_duration; }

private:
    void runTask()
    {
        TaskContext context(m_run.setup(), m_run.taskId(m_index), m_index,
                            m_workload.taskName(m_index));
        if (m_workload.hasOwnNames())
            setKernelName(context.name());
        const TimestampNs begin = monotonicNow();
        m_status = runRecorded(m_workload.body(), context);
        m_duration = monotonicNow() - begin;
        m_failure = context.failure();
    }

    JobPool &m_pool;
    const EngineRun &m_run;
    const Workload &m_workload;
    const int m_index;
    TaskStatus m_status = TaskStatus::Cancelled;
    bool m_hasRun = false;
    int m_worker = 0;
    DurationNs m_duration = 0;
    std::string m_failure;
};

/// A worker that takes tasks from a source of indices until there are no more.
template<typename Source>
class Driver final : public QRunnable
{
public:
    Driver(JobPool &pool, EngineRun &run, const Workload &workload, Source &source, int number)
        : m_pool(pool)
        , m_run(run)
        , m_workload(workload)
        , m_source(source)
        , m_number(number)
    {
        setAutoDelete(false);
    }

    void run() override
    {
        m_pool.jobBegins();
        TaskContext context(m_run.setup(), kNoTask, 0, m_workload.prefix());
        const BlockingBody body = m_workload.body();
        TaskTally tally;
        const TimestampNs begin = monotonicNow();
        driveTasks(m_source, m_number, m_run.taskId(0), [&](std::uint32_t index) {
            context.become(m_run.taskId(int(index)), int(index));
            const TaskStatus status = runGuarded(body, context);
            tally.add(status, context.failure());
            return status;
        });
        m_run.addBusy(m_number, monotonicNow() - begin);
        m_run.add(tally);
        m_pool.jobDone();
    }

private:
    JobPool &m_pool;
    EngineRun &m_run;
    const Workload &m_workload;
    Source &m_source;
    const int m_number;
};

void waitFor(JobPool &pool)
{
    Recorder::wait(WaitReason::Join);
    pool.waitUntilDone();
    Recorder::waitEnd();
}

void mainThenWait(EngineRun &run, Workload &workload, JobPool &pool)
{
    workload.mainMeanwhile(run.mainContext());
    if (!workload.joins())
        run.endMain(TaskStatus::Finished);
    waitFor(pool);
}

/// Those whose thread the system refused.
void runLostJobs(EngineRun &run, std::deque<TaskJob> &jobs, JobPool &pool)
{
    run.note("the system gave no further thread: from then on jobs that waited kept their worker");
    const auto lost =
        std::count_if(jobs.begin(), jobs.end(), [](const TaskJob &job) { return !job.hasRun(); });
    pool.expect(std::uint32_t(lost));
    for (TaskJob &job : jobs) {
        if (!job.hasRun())
            pool.start(&job);
    }
    waitFor(pool);
}

void runJobs(EngineRun &run, Workload &workload, std::deque<TaskJob> &jobs, JobPool &pool)
{
    for (int i = 0; i < run.taskCount(); ++i)
        jobs.emplace_back(pool, run, workload, i);
    pool.expect(std::uint32_t(run.taskCount()));
    const bool hasPriorities = workload.hasPriorities();
    for (int i = 0; i < run.taskCount(); ++i) {
        if (i > 0)
            (void)run.pauseBetweenStarts(); // once stopped, the others still have to come and go
        Recorder::queued(run.taskId(i), run.mainTask(), workload.poolObject());
        pool.start(&jobs[std::size_t(i)], hasPriorities ? workload.priority(i) : 0);
    }
    pool.open();
    mainThenWait(run, workload, pool);
    if (pool.hasLostJobs())
        runLostJobs(run, jobs, pool);
    TaskTally tally;
    for (const TaskJob &job : jobs) {
        tally.add(job.status(), job.failure());
        run.addBusy(job.worker(), job.duration());
    }
    run.add(tally);
}

template<typename Source>
void runDrivers(EngineRun &run, Workload &workload, Source &source, JobPool &pool,
                std::deque<Driver<Source>> &drivers)
{
    recordQueued(run, workload);
    for (int i = 0; i < pool.threads(); ++i)
        drivers.emplace_back(pool, run, workload, source, i);
    pool.expect(std::uint32_t(pool.threads()));
    for (Driver<Source> &driver : drivers)
        pool.start(&driver);
    mainThenWait(run, workload, pool);
    const TaskTally done = run.tally();
    TaskTally left;
    left.cancelled = std::uint32_t(run.taskCount()) - done.finished - done.failed - done.cancelled;
    run.add(left);
}

/// Whether a job that waits gives its worker back meanwhile. A driver cannot: there is no other one.
bool givesWorkersBack(const EngineRun &run)
{
    return !usesDrivers(run) && run.spec().parameters.boolean("release_while_waiting", false);
}

/// What follows from the order or the number of jobs in the queue needs all of them there.
JobPool::Opening openingOf(const EngineRun &run, const Workload &workload)
{
    const bool needsAll = givesWorkersBack(run) || (!usesDrivers(run) && workload.hasPriorities());
    return needsAll ? JobPool::Opening::WhenTold : JobPool::Opening::AtOnce;
}

} // namespace

bool usesDrivers(const EngineRun &run)
{
    const WorkParameters &parameters = run.spec().parameters;
    return parameters.text("dispatch", "jobs") == "drivers"
        || parameters.text("scheduling", "single") != "single";
}

void runPool(EngineRun &run, Workload &workload)
{
    const int wanted = std::min(workload.workers(), run.taskCount());
    const auto tasks = std::uint32_t(run.taskCount());
    // Before the pool: its threads must be gone before what they use.
    std::deque<TaskJob> jobs;
    std::deque<Driver<SharedIndex>> sharing;
    std::deque<Driver<SplitIndex>> splitting;
    JobPool pool(wanted, openingOf(run, workload));
    const int threads = pool.threads();
    if (threads < wanted) {
        const std::string sentence = "created " + std::to_string(threads) + " of "
            + std::to_string(wanted) + " threads: the system gives no more";
        if (threads == 0 || workload.needsAllTasks()) {
            run.fail(sentence + ", and the pool cannot work without them");
            return;
        }
        run.note(sentence);
    }
    const std::uint32_t batch = batchFor(tasks, std::uint32_t(threads));
    const std::string scheduling = run.spec().parameters.text("scheduling", "single");
    SharedIndex shared(tasks, batch);
    SplitIndex split(tasks, std::uint32_t(threads), batch, scheduling == "steal");
    if (givesWorkersBack(run))
        run.setCarrier(&pool);
    if (!usesDrivers(run))
        runJobs(run, workload, jobs, pool);
    else if (scheduling == "single")
        runDrivers(run, workload, shared, pool, sharing);
    else
        runDrivers(run, workload, split, pool, splitting);
    run.setCarrier(nullptr);
    if (workload.joins())
        workload.mainAfterwards(run.mainContext());
}

} // namespace Interleave
