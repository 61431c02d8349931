// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/statistics.h"

#include <QTest>

using namespace Interleave;

class TestStatistics : public QObject
{
    Q_OBJECT

private slots:
    void anEmptyTraceHasNoNumbers();
    void aRunIsMeasuredFromSubmissionToTheLastEnd();
    void mainAndStepsDoNotStretchTheRun();
    void overlapCountsOnlyTasksAtTheSameTime();
    void neighboursOnACoreAreNotParallel();
    void processorTimeIsCutToTheSpan();
    void waitsForACoreAreRanked();
    void waitsKnownAsASumOnlyAreInTheTotal();
    void spawnIsTheMeanFromSubmissionToBegin();
    void withoutTasksTheThreadsCount();
    void aLiveRunCountsWhatIsOpen();
    void sampledRunsUseTheSamplersSums();
    void eachTaskHasItsNumbers();
    void eachTaskHasTheOneThatCreatedIt();
    void tasksBeyondTheLimitAreSummedOnly();
    void otherProgramsAreCountedPerCore();
};

namespace
{

constexpr TimestampNs kOrigin = 1'000;

/// Two cores, two threads, and as many tasks as one asks for.
struct Sheet {
    explicit Sheet(std::uint32_t tasks = 2, TaskKind kind = TaskKind::Thread)
    {
        trace.setOrigin(kOrigin);
        trace.setSource(Source::Kernel);
        trace.addCoreTrack(0);
        trace.addCoreTrack(1);
        for (pid_t tid = 41; tid <= 42; ++tid)
            trace.addThreadTrack(trace.addThread(40, tid, 0, true)); // tracks 2 and 3
        if (tasks != 0)
            trace.defineTasks(1, tasks, kind, kNoTask, "task");
    }

    void task(TaskId id, TimestampNs submitted, TimestampNs begun, TimestampNs ended)
    {
        TaskInfo &info = *trace.writableTask(id);
        info.submitted.store(submitted);
        info.begun.store(begun);
        info.ended.store(ended);
        info.outcome.store(TaskOutcome::Finished);
        info.thread.store((id - 1) % 2);
    }
    /// On the core's track and on that of thread `core`.
    void ran(CoreId core, TimestampNs begin, TimestampNs end, TaskId id)
    {
        Slice slice;
        slice.begin = begin;
        slice.end = end;
        slice.task = id;
        slice.thread = core;
        slice.core = core;
        trace.append(core, slice);
        trace.append(TrackIndex(2 + core), slice);
    }
    void was(ThreadIndex thread, SliceState state, TimestampNs begin, TimestampNs end, TaskId id)
    {
        Slice slice;
        slice.begin = begin;
        slice.end = end;
        slice.task = id;
        slice.thread = thread;
        slice.state = state;
        trace.append(TrackIndex(2 + thread), slice);
    }
    [[nodiscard]] RunStatistics statistics(TimestampNs horizon = 100'000, std::size_t most = 100)
    {
        trace.publish(horizon);
        return computeStatistics(TraceSnapshot(trace), most);
    }

    Trace trace;
};

} // namespace

void TestStatistics::anEmptyTraceHasNoNumbers()
{
    const Trace trace;
    const RunStatistics result = computeStatistics(TraceSnapshot(trace));
    QCOMPARE(result.wall, DurationNs(0));
    QCOMPARE(result.cpu, DurationNs(0));
    QCOMPARE(result.parallelism, 0.0);
    QCOMPARE(result.peakParallelism, 0);
    QCOMPARE(result.runQueueWait.count, std::uint64_t(0));
    QVERIFY(result.span.isEmpty());
    QVERIFY(result.cores.empty());
    QVERIFY(result.tasks.empty());
}

void TestStatistics::aRunIsMeasuredFromSubmissionToTheLastEnd()
{
    Sheet sheet;
    sheet.task(1, 2'000, 2'100, 6'000);
    sheet.task(2, 2'050, 2'200, 7'000);
    sheet.ran(0, 2'100, 6'000, 1);
    sheet.ran(1, 2'200, 7'000, 2);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.span.begin, TimestampNs(2'000));
    QCOMPARE(result.span.end, TimestampNs(7'000));
    QCOMPARE(result.wall, DurationNs(5'000));
    QCOMPARE(result.cpu, DurationNs(3'900 + 4'800));
    QCOMPARE(result.parallelism, 8'700.0 / 5'000.0);
    QCOMPARE(result.peakParallelism, 2);
    QCOMPARE(result.overlap, DurationNs(3'800));
    QCOMPARE(result.cores.size(), std::size_t(2));
    QCOMPARE(result.cores[0].busy, DurationNs(3'900));
    QCOMPARE(result.cores[1].busy, DurationNs(4'800));
    QCOMPARE(result.cores[1].core, CoreId(1));
}

void TestStatistics::mainAndStepsDoNotStretchTheRun()
{
    Sheet sheet(0);
    sheet.trace.defineTasks(1, 1, TaskKind::Main, kNoTask, "main");
    sheet.trace.defineTasks(2, 1, TaskKind::Job, 1, "job");
    sheet.trace.defineTasks(3, 1, TaskKind::Step, 2, "step");
    sheet.task(1, 0, 1'000, 9'000);
    sheet.task(2, 3'000, 3'500, 5'000);
    sheet.task(3, 1'500, 2'500, 8'000);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.span.begin, TimestampNs(3'000));
    QCOMPARE(result.span.end, TimestampNs(5'000));
    QCOMPARE(result.spawn, DurationNs(500));
    QCOMPARE(result.tasks.size(), std::size_t(3));
}

void TestStatistics::overlapCountsOnlyTasksAtTheSameTime()
{
    Sheet sheet;
    sheet.task(1, 1'000, 1'000, 9'000);
    sheet.task(2, 1'000, 1'000, 9'000);
    sheet.ran(0, 1'000, 2'000, 1);
    sheet.ran(1, 2'000, 3'000, 2); // one after the other
    sheet.ran(0, 4'000, 6'000, 1);
    sheet.ran(1, 4'500, 5'000, 2); // inside
    sheet.ran(1, 5'500, 7'000, kNoTask); // the program's own: no task
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.overlap, DurationNs(500));
    QCOMPARE(result.peakParallelism, 2);
    QCOMPARE(result.cpu, DurationNs(1'000 + 1'000 + 2'000 + 500 + 1'500));
}

void TestStatistics::neighboursOnACoreAreNotParallel()
{
    Sheet sheet(3);
    sheet.task(1, 1'000, 1'000, 2'000);
    sheet.task(2, 1'000, 2'000, 3'000);
    sheet.task(3, 1'000, 3'000, 4'000);
    sheet.ran(0, 1'000, 2'000, 1);
    sheet.ran(0, 2'000, 3'000, 2);
    sheet.ran(1, 3'000, 4'000, 3);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.peakParallelism, 1);
    QCOMPARE(result.overlap, DurationNs(0));
    QCOMPARE(result.parallelism, 1.0);
}

void TestStatistics::processorTimeIsCutToTheSpan()
{
    Sheet sheet(1);
    sheet.task(1, 3'000, 3'000, 5'000);
    sheet.ran(0, 1'000, 4'000, kNoTask);
    sheet.ran(0, 4'000, 6'000, 1);
    sheet.ran(0, 7'000, 8'000, kNoTask);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.wall, DurationNs(2'000));
    QCOMPARE(result.cpu, DurationNs(2'000));
    QCOMPARE(result.peakParallelism, 1);
    QCOMPARE(result.cores[0].busy, DurationNs(6'000));
}

void TestStatistics::waitsForACoreAreRanked()
{
    Sheet sheet(1);
    sheet.task(1, 1'000, 1'000, 90'000);
    TimestampNs t = 1'000;
    for (DurationNs wait = 200; wait >= 1; --wait) { // 1 to 200 ns
        sheet.was(0, SliceState::Runnable, t, t + wait, 1);
        t += wait + 10;
    }
    sheet.was(1, SliceState::Runnable, 1'000, 50'000, kNoTask); // a thread without a task
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.runQueueWait.count, std::uint64_t(200));
    QCOMPARE(result.runQueueWait.p50, DurationNs(100));
    QCOMPARE(result.runQueueWait.p99, DurationNs(198));
    QCOMPARE(result.runQueueWait.max, DurationNs(200));
    QCOMPARE(result.runQueueWait.total, DurationNs(20'100));
}

void TestStatistics::waitsKnownAsASumOnlyAreInTheTotal()
{
    for (const std::uint32_t tasks : {1u, 0u}) {
        Sheet sheet(tasks);
        sheet.was(0, SliceState::Runnable, 1'000, 1'200, tasks);
        sheet.trace.writableTrack(2).totals.wokenWait.store(70);
        sheet.trace.writableTrack(3).totals.wokenWait.store(30);
        sheet.trace.writableTrack(3).totals.wokenWaitOfTasks.store(20);
        const RunStatistics result = sheet.statistics();
        QCOMPARE(result.runQueueWait.count, std::uint64_t(1));
        QCOMPARE(result.runQueueWait.max, DurationNs(200));
        QCOMPARE(result.runQueueWait.total, DurationNs(tasks != 0 ? 220 : 300));
    }
}

void TestStatistics::spawnIsTheMeanFromSubmissionToBegin()
{
    Sheet sheet(3);
    sheet.task(1, 1'000, 1'100, 2'000);
    sheet.task(2, 1'000, 1'300, 2'000);
    sheet.trace.writableTask(3)->submitted.store(1'000); // never began
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.spawn, DurationNs(200));
    QVERIFY(result.tasks[2].outcome == TaskOutcome::NeverStarted);
    QCOMPARE(result.span.end, TimestampNs(2'000));
}

void TestStatistics::withoutTasksTheThreadsCount()
{
    Sheet sheet(0);
    sheet.ran(0, 2'000, 4'000, kNoTask);
    sheet.ran(1, 3'000, 6'000, kNoTask);
    sheet.was(1, SliceState::Runnable, 6'000, 6'500, kNoTask);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.span.begin, TimestampNs(2'000));
    QCOMPARE(result.span.end, TimestampNs(6'500));
    QCOMPARE(result.cpu, DurationNs(5'000));
    QCOMPARE(result.peakParallelism, 2);
    QCOMPARE(result.overlap, DurationNs(1'000));
    QCOMPARE(result.runQueueWait.count, std::uint64_t(1));
    QVERIFY(result.tasks.empty());
}

void TestStatistics::aLiveRunCountsWhatIsOpen()
{
    Sheet sheet(1);
    sheet.task(1, 2'000, 2'000, 0);
    sheet.trace.writableTask(1)->outcome.store(TaskOutcome::Running);
    Slice open;
    open.begin = 3'000;
    open.task = 1;
    open.thread = 0;
    open.core = 0;
    sheet.trace.setOpen(0, open);
    sheet.trace.setOpen(2, open);
    const RunStatistics result = sheet.statistics(5'000);
    QCOMPARE(result.wall, DurationNs(3'000));
    QCOMPARE(result.cpu, DurationNs(2'000));
    QCOMPARE(result.cores[0].busy, DurationNs(2'000));
    QCOMPARE(result.peakParallelism, 1);
    QCOMPARE(result.tasks[0].end, TimestampNs(5'000 - kOrigin));
}

void TestStatistics::sampledRunsUseTheSamplersSums()
{
    Sheet sheet;
    sheet.trace.setSource(Source::Sampled);
    sheet.task(1, 1'000, 1'000, 5'000);
    sheet.was(0, SliceState::Sampled, 1'000, 5'000, 1);
    sheet.trace.writableTrack(2).totals.running.store(1'500);
    sheet.trace.writableTrack(3).totals.running.store(500);
    sheet.trace.writableTrack(3).totals.runnable.store(70);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.cpu, DurationNs(2'000));
    QCOMPARE(result.parallelism, 0.5);
    QCOMPARE(result.peakParallelism, 0);
    QCOMPARE(result.overlap, DurationNs(0));
    QCOMPARE(result.runQueueWait.total, DurationNs(70));
    QCOMPARE(result.runQueueWait.count, std::uint64_t(0));
}

void TestStatistics::eachTaskHasTheOneThatCreatedIt()
{
    Sheet sheet;
    sheet.trace.defineTasks(3, 1, TaskKind::Coroutine, 2, "inner");
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.tasks.size(), std::size_t(3));
    QCOMPARE(result.tasks[0].parent, kNoTask);
    QCOMPARE(result.tasks[2].parent, TaskId(2));
}

void TestStatistics::eachTaskHasItsNumbers()
{
    Sheet sheet;
    sheet.task(1, 1'500, 2'000, 4'000);
    sheet.task(2, 1'600, 2'500, 4'500);
    TrackTotals &totals = sheet.trace.writableTask(2)->totals;
    totals.running.store(1);
    totals.runnable.store(2);
    totals.blocked.store(3);
    totals.suspended.store(4);
    totals.queued.store(5);
    totals.voluntary.store(6);
    totals.involuntary.store(7);
    totals.migrations.store(8);
    sheet.trace.writableTrack(2).totals.voluntary.store(10);
    sheet.trace.writableTrack(3).totals.voluntary.store(20);
    sheet.trace.writableTrack(3).totals.migrations.store(30);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.tasks.size(), std::size_t(2));
    const TaskStatistics &task = result.tasks[1];
    QCOMPARE(task.id, TaskId(2));
    QCOMPARE(QString::fromStdString(task.name), QStringLiteral("task 2"));
    QCOMPARE(task.pid, pid_t(40));
    QCOMPARE(task.tid, pid_t(42));
    QCOMPARE(task.start, TimestampNs(1'500));
    QCOMPARE(task.end, TimestampNs(3'500));
    QCOMPARE(task.running, DurationNs(1));
    QCOMPARE(task.runnable, DurationNs(2));
    QCOMPARE(task.blocked, DurationNs(3));
    QCOMPARE(task.suspended, DurationNs(4));
    QCOMPARE(task.queued, DurationNs(5));
    QCOMPARE(task.voluntary, std::uint64_t(6));
    QCOMPARE(task.involuntary, std::uint64_t(7));
    QCOMPARE(task.migrations, std::uint64_t(8));
    QCOMPARE(result.voluntary, std::uint64_t(30));
    QCOMPARE(result.migrations, std::uint64_t(30));
}

void TestStatistics::tasksBeyondTheLimitAreSummedOnly()
{
    Sheet sheet(1'000, TaskKind::Job);
    sheet.task(900, 1'000, 1'200, 8'000);
    const RunStatistics result = sheet.statistics(100'000, 10);
    QCOMPARE(result.tasks.size(), std::size_t(10));
    QCOMPARE(result.wall, DurationNs(7'000));
    QCOMPARE(sheet.statistics(100'000, 5'000).tasks.size(), std::size_t(1'000));
    QCOMPARE(sheet.statistics(100'000, 0).tasks.size(), std::size_t(0));
}

void TestStatistics::otherProgramsAreCountedPerCore()
{
    Sheet sheet(1);
    sheet.task(1, 1'000, 1'000, 3'000);
    Slice others;
    others.begin = 1'000;
    others.end = 2'500;
    others.state = SliceState::Others;
    sheet.trace.append(1, others);
    sheet.ran(0, 1'000, 3'000, 1);
    const RunStatistics result = sheet.statistics();
    QCOMPARE(result.cores[1].others, DurationNs(1'500));
    QCOMPARE(result.cores[1].busy, DurationNs(0));
    QCOMPARE(result.peakParallelism, 1);
    QCOMPARE(result.cpu, DurationNs(2'000));
}

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
