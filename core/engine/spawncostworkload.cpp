// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/coroutine.h"
#include "core/engine/enginerun.h"
#include "core/engine/jobpool.h"
#include "core/engine/spawncostworkload_p.h"
#include "core/engine/taskthread.h"
#include "core/engine/work/stoppablewait.h"
#include "core/engine/work/workermain.h"
#include "core/engine/workerprocess.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QJsonValue>
#include <QProcess>
#include <QRunnable>
#include <QString>
#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

constexpr int kMostWorkerProcesses = 200;
constexpr int kBatches = 15;
/// There are not fewer tasks in a round, if there is more than one round.
constexpr int kRound = 100;
constexpr int kRoundOfJobs = 400; // long enough that the workers' waking up does not count
constexpr int kMostRounds = 15;
constexpr int kMostBare = 1000; // and as many as there are tasks, if these are fewer

[[gnu::noinline]] Task<TaskStatus> emptyCoroutine()
{
    co_return TaskStatus::Finished;
}

[[gnu::noinline]] BareCoroutine bareCoroutine()
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
        switch (model()) {
        case Model::Sequential:
            callOneByOne(run);
            break;
        case Model::Threads:
        case Model::Gil:
            inRounds(
                run, kRound, [&](int end) { return threadsUntil(run, end); },
                [&](int count) { bareThreads(count); });
            break;
        case Model::Pool:
            jobsAtOnce(run);
            break;
        case Model::Processes:
            inRounds(
                run, kRound, [&](int end) { return processesUntil(run, end); },
                [&](int count) { bareProcesses(count); });
            break;
        case Model::Coroutines:
            coroutinesOneByOne(run);
            break;
        }
        return true;
    }

    /// "per_task_ns": the typical cost of one; "bare_ns": the same of what it is made of, without any
    /// record, where it is made of something; "total_ns": of all of them, recording included; "count":
    /// how many there were.
    void finish(EngineRun &run) override
    {
        if (m_done == 0)
            return;
        run.result("count", m_done);
        run.result("total_ns", double(m_totalNs));
        run.result("per_task_ns", medianOf(m_costs));
        if (!m_bareCosts.empty())
            run.result("bare_ns", medianOf(m_bareCosts));
        const int asked = int(parameters().integer("count", 100));
        if (model() == Model::Processes && asked > kMostWorkerProcesses) {
            run.note("started " + std::to_string(m_done) + " processes of the "
                     + std::to_string(asked) + " asked for: this set goes no further than "
                     + std::to_string(kMostWorkerProcesses));
        }
    }

private:
    /// The tasks in rounds, with bare ones before, between and after: what else the machine does hits
    /// both alike. A few tasks are one round, so that nothing comes between them on the timeline.
    /// \param tasksUntil runs the tasks up to a number, from m_done on; false: there are no more.
    template<typename TasksUntil, typename Bare>
    void inRounds(EngineRun &run, int least, TasksUntil &&tasksUntil, Bare &&bare)
    {
        const int count = run.taskCount();
        const int rounds = std::clamp(count / least, 1, kMostRounds);
        const int share = (std::min(count, kMostBare) + rounds) / (rounds + 1);
        bare(1);
        m_bareCosts.clear(); // the first one pays for what is made only once
        for (int round = 1; round <= rounds; ++round) {
            bare(share);
            const TimestampNs begin = monotonicNow();
            const bool isGoing = tasksUntil(int(std::int64_t(count) * round / rounds));
            m_totalNs += monotonicNow() - begin;
            if (!isGoing)
                return;
        }
        bare(share);
    }

    void callOneByOne(EngineRun &run)
    {
        const TimestampNs begin = monotonicNow();
        TaskContext context(run.setup(), kNoTask, 0, prefix());
        {
            const MainSuspension suspension(run);
            TaskTally tally;
            for (; m_done < run.taskCount() && !run.isStopRequested(); ++m_done) {
                context.become(run.taskId(m_done), m_done);
                tally.add(runRecorded(body(), context));
            }
            run.add(tally);
        }
        m_totalNs = monotonicNow() - begin;
        // It costs less than its two records: once more without.
        BlockingBody volatile call = body(); // else the compiler might see that it is empty
        for (int i = 0; i < kBatches; ++i) {
            m_costs.push_back(costOfBatch([&] {
                const BlockingBody now = call;
                (void)now(context);
            }));
        }
    }

    bool threadsUntil(EngineRun &run, int end)
    {
        for (; m_done < end && !run.isStopRequested(); ++m_done) {
            const TimestampNs begin = monotonicNow();
            TaskThread thread(run, *this, m_done);
            if (!thread.tryStart()) {
                tellShortage(run, "threads");
                return false;
            }
            thread.join();
            m_costs.push_back(double(monotonicNow() - begin));
        }
        return !run.isStopRequested();
    }

    void bareThreads(int count)
    {
        for (int i = 0; i < count && !run().isStopRequested(); ++i) {
            const TimestampNs begin = monotonicNow();
            BareThread thread;
            thread.start();
            if (!thread.isRunning() && !thread.isFinished())
                return; // the system gives no more, as the next task will tell
            thread.wait();
            m_bareCosts.push_back(double(monotonicNow() - begin));
        }
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
        // Both in pieces of the same size: what it takes to wake the workers is shared out alike.
        const int rounds = std::clamp(run.taskCount() / kRoundOfJobs, 1, kMostRounds);
        const int piece = run.taskCount() / rounds;
        inRounds(
            run, kRoundOfJobs, [&](int end) { return jobsUntil(run, end, jobs, pool); },
            [&](int) { bareJobs(piece, pool); });
        TaskTally tally;
        tally.finished = std::uint32_t(m_done);
        run.add(tally);
    }

    bool jobsUntil(EngineRun &run, int end, std::deque<EmptyJob> &jobs, JobPool &pool)
    {
        const int count = end - m_done;
        pool.expect(std::uint32_t(count));
        const TimestampNs begin = monotonicNow();
        for (; m_done < end; ++m_done) {
            Recorder::queued(run.taskId(m_done), run.mainTask());
            pool.start(&jobs[std::size_t(m_done)]);
        }
        Recorder::wait(WaitReason::Join);
        pool.waitUntilDone();
        Recorder::waitEnd();
        m_costs.push_back(double(monotonicNow() - begin) / count);
        return !run.isStopRequested();
    }

    /// On the same threads.
    void bareJobs(int count, JobPool &pool)
    {
        const auto all = std::uint32_t(count);
        m_bareDone.store(0, std::memory_order_relaxed);
        const TimestampNs begin = monotonicNow();
        for (int i = 0; i < count; ++i) {
            pool.threadPool().start([this, all] {
                if (m_bareDone.fetch_add(1, std::memory_order_acq_rel) + 1 == all)
                    wakeWord(m_bareDone);
            });
        }
        for (std::uint32_t seen = m_bareDone.load(std::memory_order_acquire); seen < all;
             seen = m_bareDone.load(std::memory_order_acquire))
            waitWhileEqual(m_bareDone, seen, m_never);
        m_bareCosts.push_back(double(monotonicNow() - begin) / count);
    }

    bool processesUntil(EngineRun &run, int end)
    {
        ReapedCpu reaped; // the bare ones were reaped, too
        for (; m_done < end && !run.isStopRequested(); ++m_done) {
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
            const TimestampNs over = monotonicNow();
            if (!ended || process->error() == QProcess::FailedToStart) {
                run.fail("the worker could not be started: " + run.spec().worker + ": "
                         + process->errorString().toStdString());
                return false;
            }
            m_costs.push_back(double(over - begin));
            tellProcessEnd(run, m_done, pid, process->exitCode(), process->exitStatus(),
                           reaped.take());
        }
        return !run.isStopRequested();
    }

    /// The same program, which then does nothing.
    void bareProcesses(int count)
    {
        for (int i = 0; i < count && !run().isStopRequested(); ++i) {
            const TimestampNs begin = monotonicNow();
            const auto process = makeWorkerProcess(run(), *this, 0);
            process->setArguments({QString::fromLatin1(kWorkerDoesNothing)});
            process->start();
            if (!process->waitForFinished(-1) || process->error() == QProcess::FailedToStart)
                return; // as the next task will tell
            m_bareCosts.push_back(double(monotonicNow() - begin));
        }
    }

    void coroutinesOneByOne(EngineRun &run)
    {
        const TimestampNs begin = monotonicNow();
        {
            const MainSuspension suspension(run);
            for (; m_done < run.taskCount() && !run.isStopRequested(); ++m_done) {
                Task<TaskStatus> task = emptyCoroutine();
                task.setId(run.taskId(m_done));
                task.resume();
            }
        }
        m_totalNs = monotonicNow() - begin;
        TaskTally tally;
        tally.finished = std::uint32_t(m_done);
        run.add(tally);
        // One costs less than its two records: once more without, and bare ones in between.
        const RecordingPause pause;
        for (int i = 0; i < kBatches; ++i) {
            m_costs.push_back(costOfBatch([] {
                Task<TaskStatus> task = emptyCoroutine();
                task.resume();
                keep(task);
            }));
            m_bareCosts.push_back(costOfBatch([] {
                BareCoroutine task = bareCoroutine();
                task.resume();
                keep(task);
            }));
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
    std::vector<double> m_costs; ///< of single tasks, or per task of a piece
    std::vector<double> m_bareCosts;
    std::atomic<std::uint32_t> m_bareDone{0};
    const std::atomic<std::uint32_t> m_never{0}; ///< a stop word that nobody sets
};

} // namespace

std::unique_ptr<Workload> makeSpawnCostWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "spawn-cost")
        return std::make_unique<SpawnCost>(run);
    return nullptr;
}

} // namespace Interleave
