// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation.h"
#include "core/query/runreport.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

TaskStatistics makeTask(TaskId id, TimestampNs start, TimestampNs end, DurationNs running)
{
    TaskStatistics task;
    task.id = id;
    task.name = "task " + std::to_string(id);
    task.pid = 10;
    task.tid = pid_t(10 + id);
    task.outcome = TaskOutcome::Finished;
    task.start = start;
    task.end = end;
    task.running = running;
    return task;
}

RunReport makeReport(const QString &slug, std::vector<TaskStatistics> tasks)
{
    RunReport report;
    report.slug = slug;
    report.model = u"threads"_s;
    report.source = Source::Kernel;
    RunStatistics &s = report.statistics;
    TimestampNs last = 0;
    for (const TaskStatistics &task : tasks) {
        last = std::max(last, task.end);
        s.cpu += task.running;
    }
    s.wall = last;
    s.parallelism = last > 0 ? double(s.cpu) / double(last) : 0;
    s.tasks = std::move(tasks);
    return report;
}

QString length(DurationNs duration)
{
    return QString::fromStdString(durationText(duration));
}

} // namespace

#define SAYS(sentence, expected) QVERIFY2((sentence).contains(expected), qPrintable(sentence))

class ResultSentenceTest : public QObject
{
    Q_OBJECT

private slots:
    void sleepersTellHowLittleTheyRan()
    {
        const RunReport report =
            makeReport(u"two-sleepers"_s,
                       {makeTask(1, 0, 1500 * kMillisecond, 600 * kMicrosecond),
                        makeTask(2, 0, 1500 * kMillisecond, 600 * kMicrosecond)});
        QCOMPARE(resultSentence(report),
                 u"2 tasks were in progress together for %1, yet on a core for only %2 in all: "
                 u"waiting needs no processor."_s.arg(length(1500 * kMillisecond),
                                                      length(1200 * kMicrosecond)));
    }

    void sleepersThatTookTurnsAreNotTogether()
    {
        const RunReport report = makeReport(u"two-sleepers"_s,
                                            {makeTask(1, 0, kSecond, kMillisecond),
                                             makeTask(2, kSecond, 2 * kSecond, kMillisecond)});
        SAYS(resultSentence(report), u"2 tasks took turns"_s);
    }

    void aSingleWorkerMakesSleepersTakeTurns()
    {
        // Under pool the second waits in the queue until the first has ended.
        RunReport report = makeReport(
            u"two-sleepers"_s,
            {makeTask(1, 0, 1500 * kMillisecond, kMillisecond),
             makeTask(2, 1500 * kMillisecond + 20 * kMicrosecond, 3 * kSecond, kMillisecond)});
        report.model = u"pool"_s;
        report.params = {{u"workers"_s, 1}};
        report.statistics.tasks[1].queued = 1500 * kMillisecond;
        report.statistics.tasks[1].tid = report.statistics.tasks[0].tid;
        SAYS(resultSentence(report),
             u"2 tasks took turns, one in progress at a time, for %1"_s.arg(length(3 * kSecond)));
    }

    void fewerWorkersThanSleepersAreCounted()
    {
        RunReport report = makeReport(u"two-sleepers"_s,
                                      {makeTask(1, 0, kSecond, kMillisecond),
                                       makeTask(2, 0, kSecond, kMillisecond),
                                       makeTask(3, kSecond, 2 * kSecond, kMillisecond),
                                       // in time for the last moment of the third
                                       makeTask(4, 2 * kSecond - 1, 3 * kSecond, kMillisecond)});
        report.model = u"pool"_s;
        SAYS(resultSentence(report),
             u"4 tasks were in progress, 2 at a time, for %1"_s.arg(length(3 * kSecond)));
    }

    void busySleepersGetNoMoral()
    {
        const RunReport report =
            makeReport(u"two-sleepers"_s,
                       {makeTask(1, 0, kSecond, kSecond), makeTask(2, 0, kSecond, kSecond)});
        QVERIFY(!resultSentence(report).contains(u"needs no processor"_s));
    }

    void mainIsSaidToEndAfterOrBeforeItsTasks()
    {
        TaskStatistics mainTask = makeTask(1, 0, 400 * kMillisecond, kMillisecond);
        mainTask.kind = TaskKind::Main;
        RunReport report =
            makeReport(u"main-keeps-going"_s,
                       {mainTask, makeTask(2, kMillisecond, 300 * kMillisecond, kMillisecond)});
        SAYS(resultSentence(report),
             u"it was done %1 after the last of them"_s.arg(length(100 * kMillisecond)));
        SAYS(resultSentence(report),
             u"at least one of its 1 task beside it for %1"_s.arg(length(299 * kMillisecond)));
        report.statistics.tasks[0].end = 50 * kMillisecond;
        SAYS(resultSentence(report),
             u"it was done %1 before the last of them"_s.arg(length(250 * kMillisecond)));
    }

    void primesTellCoresAndParallelism()
    {
        RunReport report =
            makeReport(u"primes"_s, {makeTask(1, 0, 800, 800), makeTask(2, 0, 800, 776)});
        report.params = {{u"work_ms"_s, 400}};
        report.statistics.peakParallelism = 2;
        report.statistics.overlap = 776;
        const QString sentence = resultSentence(report);
        SAYS(sentence, u"2 tasks of %1 ran on 2 cores at once"_s.arg(length(400 * kMillisecond)));
        SAYS(sentence, u"parallelism 1.97"_s);
        report.statistics.overlap = 0;
        report.statistics.peakParallelism = 1;
        SAYS(resultSentence(report), u"ran one at a time"_s);
    }

    void theMixTellsItsShareAndItsWaits()
    {
        TaskStatistics task = makeTask(1, 0, 800 * kMillisecond, 200 * kMillisecond);
        task.blocked = 150 * kMillisecond;
        task.suspended = 50 * kMillisecond;
        RunReport report = makeReport(u"io-or-cpu"_s, {task});
        report.params = {{u"cpu_share"_s, 50}, {u"total_ms"_s, 400}};
        const QString sentence = resultSentence(report);
        SAYS(sentence, u"1 task with 50 % of computing"_s);
        SAYS(sentence, u"2.00 times the %1 of one alone"_s.arg(length(400 * kMillisecond)));
        SAYS(sentence, u"waited for %1"_s.arg(length(200 * kMillisecond)));
    }

    void ordersAreCounted()
    {
        RunReport report = makeReport(u"ordering"_s, {makeTask(1, 0, 10, 5)});
        report.result = {{u"rounds"_s, 20}, {u"distinct_orders"_s, 17}};
        QCOMPARE(resultSentence(report), u"20 rounds gave 17 different orders."_s);
        report.result = {{u"rounds"_s, 20}, {u"distinct_orders"_s, 1}};
        SAYS(resultSentence(report), u"All 20 rounds gave the same order: that is what happened"_s);
        report.model = u"coroutines"_s;
        SAYS(resultSentence(report), u"only where they give way"_s);
        report.result = {};
        SAYS(resultSentence(report), u"1 task took"_s);
    }

    void thePoolTellsQueueAndBalance()
    {
        std::vector<TaskStatistics> tasks;
        for (TaskId i = 0; i < 40; ++i) {
            TaskStatistics task = makeTask(i + 1, 0, i % 2 ? 30 : 10, 5);
            task.tid = pid_t(11 + i % 2);
            task.queued = DurationNs(i) * kMillisecond;
            tasks.push_back(task);
        }
        RunReport report = makeReport(u"pool-saturation"_s, tasks);
        report.model = u"pool"_s;
        const QString sentence = resultSentence(report);
        SAYS(sentence, u"40 jobs took"_s);
        SAYS(sentence, u"on 2 threads"_s);
        SAYS(sentence,
             u"half of them waited in the queue for %1 or more, one in twenty for %2 or more"_s.arg(
                 length(20 * kMillisecond), length(38 * kMillisecond)));
        SAYS(sentence, u"the busiest worker had 1.50 times the mean"_s);
    }

    void thePoolTellsAnOrderOnlyWhereItsQueueHasOne()
    {
        RunReport report =
            makeReport(u"pool-saturation"_s, {makeTask(1, 0, 10, 5), makeTask(2, 0, 10, 5)});
        report.model = u"pool"_s;
        report.params = {{u"order"_s, u"long-first"_s}};
        report.result = {{u"dispatch"_s, u"jobs"_s}};
        SAYS(resultSentence(report), u"2 jobs, the long ones first, took"_s);
        report.params = {{u"order"_s, u"short-first"_s}};
        SAYS(resultSentence(report), u"2 jobs, the short ones first, took"_s);
        report.params = {{u"order"_s, u"submitted"_s}};
        SAYS(resultSentence(report), u"2 jobs took"_s);
        report.params = {{u"order"_s, u"long-first"_s}};
        report.result = {{u"dispatch"_s, u"drivers"_s}};
        SAYS(resultSentence(report), u"2 jobs took"_s);
    }

    void thePoolTellsOfWorkersThatWereGivenBackOnlyIfThatMadeThreads()
    {
        RunReport report =
            makeReport(u"pool-saturation"_s, {makeTask(1, 0, 10, 5), makeTask(2, 0, 10, 5)});
        report.model = u"pool"_s;
        report.result = {{u"dispatch"_s, u"jobs"_s}};
        report.params = {{u"workers"_s, 1}, {u"release_while_waiting"_s, true}};
        SAYS(resultSentence(report), u"gave its worker back, of which the pool has 1."_s);
        report.params = {{u"workers"_s, 2}, {u"release_while_waiting"_s, true}};
        QVERIFY(!resultSentence(report).contains(u"gave its worker back"_s));
        report.params = {{u"workers"_s, 1}, {u"release_while_waiting"_s, false}};
        QVERIFY(!resultSentence(report).contains(u"gave its worker back"_s));
    }

    void oversubscriptionTellsPreemptionsAndWaits()
    {
        RunReport report =
            makeReport(u"oversubscription"_s,
                       {makeTask(1, 0, kSecond, kSecond), makeTask(2, 0, kSecond, kSecond)});
        report.statistics.involuntary = 480;
        report.statistics.runQueueWait.total = 14 * kSecond;
        report.statistics.runQueueWait.max = 24 * kMillisecond;
        report.statistics.cores = {{0, kSecond, 0}, {1, kSecond, 0}, {2, 0, kSecond}};
        report.statistics.peakParallelism = 2;
        const QString sentence = resultSentence(report);
        SAYS(sentence, u"2 tasks on 2 cores at once took"_s);
        SAYS(sentence, u"preempted 480 times"_s);
        SAYS(sentence,
             u"waited for %1 in all, at most %2"_s.arg(length(14 * kSecond),
                                                       length(24 * kMillisecond)));
        // One at a time, though it came round on all of them.
        report.statistics.cores = {{0, kSecond, 0}, {1, kSecond, 0}, {2, kSecond, 0}};
        report.statistics.peakParallelism = 1;
        SAYS(resultSentence(report), u"2 tasks on one core at a time took"_s);
        report.source = Source::Sampled;
        QVERIFY(!resultSentence(report).contains(u"preempted"_s));
    }

    void oversubscriptionWithWorkPerTaskTellsHowMuchLongerEachTook()
    {
        RunReport report = makeReport(u"oversubscription"_s,
                                      {makeTask(1, 0, 300 * kMillisecond, 200 * kMillisecond),
                                       makeTask(2, 0, 500 * kMillisecond, 200 * kMillisecond)});
        report.params = {{u"fixed"_s, u"per-task"_s}, {u"each_ms"_s, 200}, {u"total_ms"_s, 2000}};
        report.statistics.peakParallelism = 1;
        SAYS(resultSentence(report),
             u"2 tasks of %1 each on one core"_s.arg(length(200 * kMillisecond)));
        SAYS(resultSentence(report),
             u"; on average each was in progress for %1, 2.00 times its work."_s.arg(
                 length(400 * kMillisecond)));
        report.source = Source::Sampled;
        SAYS(resultSentence(report), u"2.00 times its work"_s);
        report.source = Source::Kernel;
        report.params.insert(u"fixed"_s, u"in-all"_s);
        QVERIFY(!resultSentence(report).contains(u"each"_s));
    }

    void namesTellHowManyTheKernelHad()
    {
        RunReport report =
            makeReport(u"named-workers"_s, {makeTask(1, 0, 10, 1), makeTask(2, 0, 10, 1)});
        report.result = {{u"kernel_name_count"_s, 1}};
        QCOMPARE(resultSentence(report),
                 u"2 tasks ran on 2 threads; the kernel had 1 name for them."_s);
        report.trace = std::make_shared<Trace>();
        SAYS(resultSentence(report),
             u"none of the tasks' names was known to the kernel. It had 1 name for them in all."_s);
        report.result = {{u"kernel_name_count"_s, 2}};
        SAYS(resultSentence(report), u"It had 2 names for them in all."_s);
    }

    void niceLevelsTellTheShareOfTheNicerOne()
    {
        RunReport report = makeReport(u"nice-levels"_s,
                                      {makeTask(1, 0, kSecond, 750 * kMillisecond),
                                       makeTask(2, 0, kSecond, 250 * kMillisecond)});
        report.params = {{u"lesson"_s, u"nice"_s}};
        report.result = {{u"nice"_s, QJsonArray{0, 5}}, {u"work_units"_s, QJsonArray{60, 40}}};
        SAYS(resultSentence(report), u"3.00 to 1, where 1.25 to the power of 5 is 3.05."_s);
        SAYS(resultSentence(report), u"The second one got 25.0 % of it."_s);
        report.source = Source::Events; // then the work that they did has to tell it
        SAYS(resultSentence(report), u"The second one got 40.0 % of it."_s);
    }

    void aMaskIsNamedByItsCores()
    {
        RunReport report = makeReport(u"nice-levels"_s,
                                      {makeTask(1, 0, kSecond, 750 * kMillisecond),
                                       makeTask(2, 0, kSecond, 250 * kMillisecond)});
        report.params = {{u"lesson"_s, u"affinity"_s}, {u"pin"_s, u"mask"_s}};
        report.result = {{u"mask"_s, QJsonArray{3}}};
        SAYS(resultSentence(report), u"2 spinners, kept to core 3: "_s);
        report.result = {{u"mask"_s, QJsonArray{0, 2, 3}}};
        SAYS(resultSentence(report), u"2 spinners, kept to cores 0, 2 and 3: "_s);
    }

    void inversionIsToldWithoutTheKernel()
    {
        std::vector<TaskStatistics> tasks{makeTask(1, 0, 300, 1), makeTask(2, 0, 200, 1),
                                          makeTask(3, 0, 300, 1)};
        tasks[0].name = "low";
        tasks[1].name = "medium";
        tasks[2].name = "high";
        RunReport report = makeReport(u"nice-levels"_s, tasks);
        report.params = {{u"lesson"_s, u"inversion"_s}};
        report.source = Source::Events;
        SAYS(resultSentence(report), u"High, medium and low ended after"_s);
        report.result = {{u"high_waited_ms"_s, 250.0}, {u"medium_worked_ms"_s, 240.0}};
        SAYS(resultSentence(report),
             u"High waited for %1 for a lock that low held"_s.arg(length(250 * kMillisecond)));
        SAYS(resultSentence(report), u"worked for %1 meanwhile"_s.arg(length(240 * kMillisecond)));
    }

    void amdahlTellsWhatNoNumberOfCoresCanExceed()
    {
        RunReport report = makeReport(u"amdahl"_s, {makeTask(1, 0, kSecond, kSecond)});
        report.params = {{u"serial_percent"_s, 25}};
        report.result = {
            {u"points"_s,
             QJsonArray{QJsonObject{{u"n"_s, 1}, {u"measured"_s, 1.0}, {u"theory"_s, 1.0}},
                        QJsonObject{{u"n"_s, 2}, {u"measured"_s, 1.55}, {u"theory"_s, 1.6}}}},
            {u"cores"_s, 2},
            {u"most_speed_up"_s, 3.98}};
        SAYS(resultSentence(report), u"2 tasks were 1.55 times as fast as one"_s);
        SAYS(resultSentence(report),
             u"took 1/3.98 of the time that one task needed, so no number of cores makes it more "
             u"than "
             "3.98 times as fast."_s);
        report.result.insert(u"most_speed_up"_s, QJsonValue(QJsonValue::Null));
        QVERIFY(!resultSentence(report).contains(u"no number of cores"_s));
    }

    void spawnCostIsWhatTheEngineMeasuredElseTheMean()
    {
        RunReport report = makeReport(
            u"spawn-cost"_s,
            {makeTask(1, 0, 100 * kMicrosecond, 10), makeTask(2, 0, 200 * kMicrosecond, 10)});
        report.statistics.spawn = 30 * kMicrosecond;
        SAYS(resultSentence(report), u"%1 each"_s.arg(length(100 * kMicrosecond)));
        SAYS(resultSentence(report), u"on average %1 passed"_s.arg(length(30 * kMicrosecond)));
        report.result = {{u"per_task_ns"_s, 13.0}};
        SAYS(resultSentence(report), u"%1 each"_s.arg(length(13)));
        QVERIFY(!resultSentence(report).contains(u"nobody records"_s));
    }

    void spawnCostIsToldBesideTheBareThing()
    {
        RunReport report = makeReport(u"spawn-cost"_s, {makeTask(1, 0, 100 * kMicrosecond, 10)});
        report.result = {
            {u"per_task_ns"_s, 50'000.0}, {u"bare_ns"_s, 45'000.0}, {u"total_ns"_s, 60'000.0}};
        SAYS(resultSentence(report),
             u"took %1 with their records; %2 each, where a QThread that nobody records takes %3"_s
                 .arg(length(60 * kMicrosecond), length(50 * kMicrosecond),
                      length(45 * kMicrosecond)));
        report.model = u"coroutines"_s;
        SAYS(resultSentence(report),
             u"each without them, where a coroutine of C++ that nobody records takes"_s);
    }

    void theKernelsNamesAreComparedWithTheTasks()
    {
        auto trace = std::make_shared<Trace>();
        trace->defineTasks(1, 1, TaskKind::Thread, kNoTask, "a long name of a worker");
        trace->defineTasks(2, 1, TaskKind::Thread, kNoTask, "short");
        const char *kernelNames[] = {"a long name of ", "short"};
        for (TaskId id = 1; id <= 2; ++id) {
            const ThreadIndex thread = trace->addThread(10, pid_t(10 + id), 0, true);
            trace->writableThread(thread).name.store(trace->addText(kernelNames[id - 1]));
            trace->writableTask(id)->thread.store(thread);
        }
        RunReport report =
            makeReport(u"named-workers"_s, {makeTask(1, 0, 10, 1), makeTask(2, 0, 10, 1)});
        report.statistics.tasks[0].name = "a long name of a worker";
        report.statistics.tasks[1].name = "short";
        report.trace = trace;
        SAYS(resultSentence(report), u"2 tasks ran on 2 threads; the kernel knew each"_s);
        report.statistics.tasks[1].name = "another";
        SAYS(resultSentence(report), u"the kernel knew 1 of the 2 names"_s);
        report.trace = nullptr;
        QCOMPARE(resultSentence(report), u"2 tasks ran on 2 threads."_s);
    }

    void anUnfinishedRunSaysSoFirst_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<QString>("begin");
        QTest::newRow("failed") << int(RunOutcome::Failed) << u"The run failed: no luck."_s;
        QTest::newRow("cancelled")
            << int(RunOutcome::Cancelled) << u"The run was cancelled: no luck."_s;
        QTest::newRow("deadlocked")
            << int(RunOutcome::Deadlocked) << u"The run ended in a deadlock: no luck."_s;
        QTest::newRow("crashed") << int(RunOutcome::Crashed) << u"The run crashed: no luck."_s;
        QTest::newRow("timed out")
            << int(RunOutcome::TimedOut) << u"The run took too long: no luck."_s;
    }
    void anUnfinishedRunSaysSoFirst()
    {
        QFETCH(int, outcome);
        QFETCH(QString, begin);
        RunReport report =
            makeReport(u"primes"_s, {makeTask(1, 0, 800, 800), makeTask(2, 0, 800, 100)});
        report.statistics.tasks[1].outcome = TaskOutcome::Running;
        report.outcome = RunOutcome(outcome);
        report.message = u"no luck"_s;
        const QString sentence = resultSentence(report);
        QVERIFY2(sentence.startsWith(begin), qPrintable(sentence));
        SAYS(sentence, u"1 of 2 tasks was done"_s);
    }

    void weakSourcesAreNamed()
    {
        RunReport report = makeReport(u"primes"_s, {makeTask(1, 0, 800, 800)});
        report.source = Source::Sampled;
        SAYS(resultSentence(report), u"sampled, not witnessed"_s);
        QVERIFY(!resultSentence(report).contains(u"one at a time"_s));
        report.source = Source::Events;
        SAYS(resultSentence(report), u"Without the kernel's records"_s);
        QVERIFY(!resultSentence(report).contains(u"parallelism"_s));
    }

    void lossesAndRemarksAreTold()
    {
        RunReport report = makeReport(u"primes"_s, {makeTask(1, 0, 800, 800)});
        report.recordsLost = 3;
        report.eventsDropped = 1;
        report.message = u"created 39 of 200 threads"_s;
        const QString sentence = resultSentence(report);
        SAYS(sentence, u"The kernel dropped 3 records"_s);
        SAYS(sentence, u"1 event found no room"_s);
        SAYS(sentence, u"Created 39 of 200 threads."_s);
    }

    void aRunWithoutTasksClaimsNothing()
    {
        for (const QString &slug :
             {u"two-sleepers"_s, u"main-keeps-going"_s, u"named-workers"_s, u"primes"_s,
              u"io-or-cpu"_s, u"ordering"_s, u"pool-saturation"_s, u"oversubscription"_s,
              u"spawn-cost"_s, u"unheard-of"_s})
            QCOMPARE(resultSentence(makeReport(slug, {})), u"No task began."_s);
    }

    void anUnknownSetGetsTheGeneralNumbers()
    {
        SAYS(resultSentence(makeReport(u"unheard-of"_s, {makeTask(1, 0, 800, 400)})),
             u"parallelism 0.50"_s);
    }
};

QTEST_GUILESS_MAIN(ResultSentenceTest)
#include "tst_resultsentence.moc"
