// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"
#include "core/trace/waitforgraph.h"

#include <QJsonArray>
#include <QTest>

#include <limits>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

TaskStatistics makeTask(TaskId id, const char *name)
{
    TaskStatistics task;
    task.id = id;
    task.name = name;
    task.pid = 100;
    task.tid = pid_t(100 + id);
    task.outcome = TaskOutcome::Finished;
    task.start = 10;
    task.end = 5'000'000'000;
    task.running = 4'000'000'000;
    task.runnable = 30;
    task.blocked = 40;
    task.suspended = 50;
    task.queued = 60;
    task.voluntary = 7;
    task.involuntary = 8;
    task.migrations = 9;
    return task;
}

RunReport makeReport(Source source)
{
    RunReport report;
    report.taskSet = u"S06"_s;
    report.slug = u"primes"_s;
    report.model = u"threads"_s;
    report.params = {{u"tasks"_s, 2}, {u"work_ms"_s, 400}};
    report.source = source;
    report.result = {{u"primes_found"_s, 42}};
    report.sentence = u"A sentence."_s;
    report.peakRssBytes = 9'000'000'000;
    report.eventsRecorded = 11;
    report.eventsDropped = 12;
    report.recordsLost = 13;
    report.eventsLate = 14;
    RunStatistics &s = report.statistics;
    s.wall = 5'000'000'000;
    s.cpu = 8'000'000'000;
    s.parallelism = 1.6;
    s.peakParallelism = 2;
    s.overlap = 3'000'000'000;
    s.spawn = 12'345;
    s.voluntary = 14;
    s.involuntary = 16;
    s.migrations = 18;
    s.runQueueWait = {1, 2, 3, 6, 4};
    s.cores = {{0, 4'000'000'000, 5}, {1, 4'000'000'000, 6}};
    s.tasks = {makeTask(1, "prime 1"), makeTask(2, "prime 2")};
    return report;
}

} // namespace

class RunReportTest : public QObject
{
    Q_OBJECT

private slots:
    void theDocumentKeepsItsContract()
    {
        const QJsonObject json = makeReport(Source::Kernel).toJson();
        QCOMPARE(json.value("schema"_L1).toString(), u"interleave.run/1"_s);
        for (const QString &key : {u"task_set"_s,       u"model"_s,
                                   u"params"_s,         u"source"_s,
                                   u"outcome"_s,        u"message"_s,
                                   u"wall_ns"_s,        u"cpu_ns"_s,
                                   u"parallelism"_s,    u"peak_parallelism"_s,
                                   u"overlap_ns"_s,     u"spawn_ns"_s,
                                   u"peak_rss_bytes"_s, u"switches"_s,
                                   u"migrations"_s,     u"run_queue_wait_ns"_s,
                                   u"events"_s,         u"cores"_s,
                                   u"result"_s,         u"sentence"_s,
                                   u"tasks"_s,          u"children"_s})
            QVERIFY2(json.contains(key), qPrintable(key));
        QCOMPARE(json.value("task_set"_L1).toString(), u"S06"_s);
        QCOMPARE(json.value("source"_L1).toString(), u"kernel"_s);
        QCOMPARE(json.value("outcome"_L1).toString(), u"finished"_s);
        QCOMPARE(json.value("params"_L1)["work_ms"_L1].toInteger(), qint64(400));
        QCOMPARE(json.value("result"_L1)["primes_found"_L1].toInteger(), qint64(42));
    }

    void childrenHaveTheirEndAndTheirTime()
    {
        RunReport report = makeReport(Source::Kernel);
        QVERIFY(report.toJson().value("children"_L1).toArray().isEmpty());
        report.children = {
            {1, 4711, ChildProcess::End::Exited, 3, 5'000'000'000, 7},
            {2, 4712, ChildProcess::End::Signalled, 9, 0, 0},
            {2, 4713, ChildProcess::End::Unknown, 0, 0, 0},
        };
        const QJsonArray children = report.toJson().value("children"_L1).toArray();
        QCOMPARE(children.size(), qsizetype(3));
        const QJsonObject exited = children[0].toObject();
        QCOMPARE(exited.value("task"_L1).toInteger(), qint64(1));
        QCOMPARE(exited.value("pid"_L1).toInteger(), qint64(4711));
        QCOMPARE(exited.value("exit_code"_L1).toInteger(), qint64(3));
        QVERIFY(!exited.contains("signal"_L1));
        QCOMPARE(exited.value("user_ns"_L1).toInteger(), qint64(5'000'000'000));
        QCOMPARE(exited.value("system_ns"_L1).toInteger(), qint64(7));
        const QJsonObject signalled = children[1].toObject();
        QCOMPARE(signalled.value("signal"_L1).toInteger(), qint64(9));
        QVERIFY(!signalled.contains("exit_code"_L1));
        QCOMPARE(signalled.value("user_ns"_L1).toInteger(-1), qint64(0));
        const QJsonObject unknown = children[2].toObject();
        QVERIFY(!unknown.contains("signal"_L1) && !unknown.contains("exit_code"_L1));
        QVERIFY(unknown.value("user_ns"_L1).isNull() && unknown.value("system_ns"_L1).isNull());
    }

    void numbersAreWholeNanoseconds()
    {
        const QJsonObject json = makeReport(Source::Kernel).toJson();
        QCOMPARE(json.value("wall_ns"_L1).toInteger(), qint64(5'000'000'000));
        QCOMPARE(json.value("cpu_ns"_L1).toInteger(), qint64(8'000'000'000));
        QCOMPARE(json.value("parallelism"_L1).toDouble(), 1.6);
        QCOMPARE(json.value("peak_parallelism"_L1).toInteger(), qint64(2));
        QCOMPARE(json.value("overlap_ns"_L1).toInteger(), qint64(3'000'000'000));
        QCOMPARE(json.value("spawn_ns"_L1).toInteger(), qint64(12'345));
        QCOMPARE(json.value("peak_rss_bytes"_L1).toInteger(), qint64(9'000'000'000));
        QCOMPARE(json.value("switches"_L1)["voluntary"_L1].toInteger(), qint64(14));
        QCOMPARE(json.value("switches"_L1)["involuntary"_L1].toInteger(), qint64(16));
        QCOMPARE(json.value("migrations"_L1).toInteger(), qint64(18));
        const QJsonObject wait = json.value("run_queue_wait_ns"_L1).toObject();
        QCOMPARE(wait.value("p50"_L1).toInteger(), qint64(1));
        QCOMPARE(wait.value("p99"_L1).toInteger(), qint64(2));
        QCOMPARE(wait.value("max"_L1).toInteger(), qint64(3));
        QCOMPARE(wait.value("total"_L1).toInteger(), qint64(6));
        const QJsonObject events = json.value("events"_L1).toObject();
        QCOMPARE(events.value("recorded"_L1).toInteger(), qint64(11));
        QCOMPARE(events.value("dropped"_L1).toInteger(), qint64(12));
        QCOMPARE(events.value("lost"_L1).toInteger(), qint64(13));
        QCOMPARE(events.value("late"_L1).toInteger(), qint64(14));
    }

    void everyCoreAndTaskHasItsRow()
    {
        const QJsonObject json = makeReport(Source::KernelWide).toJson();
        const QJsonArray cores = json.value("cores"_L1).toArray();
        QCOMPARE(cores.size(), qsizetype(2));
        QCOMPARE(cores[1].toObject().value("core"_L1).toInteger(), qint64(1));
        QCOMPARE(cores[1].toObject().value("busy_ns"_L1).toInteger(), qint64(4'000'000'000));
        QCOMPARE(cores[1].toObject().value("others_ns"_L1).toInteger(), qint64(6));
        const QJsonArray tasks = json.value("tasks"_L1).toArray();
        QCOMPARE(tasks.size(), qsizetype(2));
        const QJsonObject task = tasks[1].toObject();
        QCOMPARE(task.value("id"_L1).toInteger(), qint64(2));
        QCOMPARE(task.value("name"_L1).toString(), u"prime 2"_s);
        QCOMPARE(task.value("pid"_L1).toInteger(), qint64(100));
        QCOMPARE(task.value("tid"_L1).toInteger(), qint64(102));
        QCOMPARE(task.value("outcome"_L1).toString(), u"finished"_s);
        QCOMPARE(task.value("start_ns"_L1).toInteger(), qint64(10));
        QCOMPARE(task.value("end_ns"_L1).toInteger(), qint64(5'000'000'000));
        QCOMPARE(task.value("running_ns"_L1).toInteger(), qint64(4'000'000'000));
        QCOMPARE(task.value("runnable_ns"_L1).toInteger(), qint64(30));
        QCOMPARE(task.value("blocked_ns"_L1).toInteger(), qint64(40));
        QCOMPARE(task.value("suspended_ns"_L1).toInteger(), qint64(50));
        QCOMPARE(task.value("queued_ns"_L1).toInteger(), qint64(60));
        QCOMPARE(task.value("voluntary"_L1).toInteger(), qint64(7));
        QCOMPARE(task.value("involuntary"_L1).toInteger(), qint64(8));
        QCOMPARE(task.value("migrations"_L1).toInteger(), qint64(9));
    }

    void aTaskNamesTheOneThatCreatedIt()
    {
        RunReport report = makeReport(Source::Kernel);
        report.statistics.tasks[1].parent = 1;
        const QJsonArray tasks = report.toJson().value("tasks"_L1).toArray();
        QVERIFY(tasks[0].toObject().contains("parent"_L1));
        QVERIFY(tasks[0].toObject().value("parent"_L1).isNull());
        QCOMPARE(tasks[1].toObject().value("parent"_L1).toInteger(), qint64(1));
    }

    void whatTheSourceCannotKnowIsNull()
    {
        const QJsonObject sampled = makeReport(Source::Sampled).toJson();
        QCOMPARE(sampled.value("source"_L1).toString(), u"sampled"_s);
        QCOMPARE(sampled.value("cpu_ns"_L1).toInteger(), qint64(8'000'000'000));
        QVERIFY(sampled.value("overlap_ns"_L1).isNull());
        QVERIFY(sampled.value("switches"_L1)["voluntary"_L1].isNull());
        QVERIFY(sampled.value("cores"_L1)[0]["busy_ns"_L1].isNull());
        const QJsonObject events = makeReport(Source::Events).toJson();
        QCOMPARE(events.value("source"_L1).toString(), u"events"_s);
        QVERIFY(events.value("cpu_ns"_L1).isNull());
        QVERIFY(events.value("parallelism"_L1).isNull());
        QVERIFY(events.value("run_queue_wait_ns"_L1)["p99"_L1].isNull());
        QVERIFY(events.value("tasks"_L1)[0]["running_ns"_L1].isNull());
        QCOMPARE(events.value("wall_ns"_L1).toInteger(), qint64(5'000'000'000));
        QCOMPARE(events.value("tasks"_L1)[0]["queued_ns"_L1].toInteger(), qint64(60));
    }

    void anEmptyReportIsAWholeDocument()
    {
        const QJsonObject json = RunReport().toJson();
        QCOMPARE(json.value("schema"_L1).toString(), u"interleave.run/1"_s);
        QCOMPARE(json.value("wall_ns"_L1).toInteger(-1), qint64(0));
        QVERIFY(json.value("tasks"_L1).isArray());
        QVERIFY(json.value("tasks"_L1).toArray().isEmpty());
        QVERIFY(json.value("params"_L1).isObject());
    }

    void aDeadlockIsToldWithItsNames()
    {
        QVERIFY(!makeReport(Source::Kernel).toJson().contains("deadlock"_L1));
        Trace trace;
        trace.setOrigin(1'000);
        trace.defineTasks(1, 1, TaskKind::Thread, kNoTask, "Alice");
        trace.defineTasks(2, 1, TaskKind::Thread, kNoTask, "Bob");
        trace.defineObject(5, ObjectKind::Lock, 0, "fork 1");
        Deadlock deadlock;
        deadlock.cycle = {{1, 5, 2, WaitReason::Lock, 2'000},
                          {2, kNoObject, 1, WaitReason::Join, 3'000}};
        deadlock.since = 3'000;
        RunReport report = makeReport(Source::Kernel);
        report.outcome = RunOutcome::Deadlocked;
        report.deadlock = deadlockReport(trace, deadlock, 10'000);
        QCOMPARE(report.deadlock->cycle[0].objectId, ObjectId(5));
        const QJsonObject told = report.toJson().value("deadlock"_L1).toObject();
        QCOMPARE(told.value("since_ns"_L1).toInteger(), qint64(2'000));
        QCOMPARE(told.value("found_after_ns"_L1).toInteger(), qint64(7'000));
        QCOMPARE(told.value("starvation"_L1).toBool(true), false);
        QCOMPARE(told.value("leak"_L1).toBool(true), false);
        const QJsonArray cycle = told.value("cycle"_L1).toArray();
        QCOMPARE(cycle.size(), qsizetype(2));
        QCOMPARE(cycle[0].toObject().value("waiter"_L1).toString(), u"Alice"_s);
        QCOMPARE(cycle[0].toObject().value("object"_L1).toString(), u"fork 1"_s);
        QCOMPARE(cycle[0].toObject().value("holder"_L1).toString(), u"Bob"_s);
        QCOMPARE(cycle[0].toObject().value("reason"_L1).toString(), u"lock"_s);
        QCOMPARE(cycle[1].toObject().value("object"_L1).toString(), QString());
        QCOMPARE(cycle[1].toObject().value("reason"_L1).toString(), u"join"_s);
    }

    void hugeTimesStayExact()
    {
        RunReport report = makeReport(Source::Kernel);
        report.statistics.wall = std::numeric_limits<DurationNs>::max();
        QCOMPARE(report.toJson().value("wall_ns"_L1).toInteger(),
                 qint64(std::numeric_limits<DurationNs>::max()));
    }

    void everyOutcomeHasItsWord_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<QString>("word");
        QTest::newRow("finished") << int(RunOutcome::Finished) << u"finished"_s;
        QTest::newRow("failed") << int(RunOutcome::Failed) << u"failed"_s;
        QTest::newRow("cancelled") << int(RunOutcome::Cancelled) << u"cancelled"_s;
        QTest::newRow("deadlocked") << int(RunOutcome::Deadlocked) << u"deadlocked"_s;
        QTest::newRow("crashed") << int(RunOutcome::Crashed) << u"crashed"_s;
        QTest::newRow("timed out") << int(RunOutcome::TimedOut) << u"timed-out"_s;
    }
    void everyOutcomeHasItsWord()
    {
        QFETCH(int, outcome);
        QFETCH(QString, word);
        QCOMPARE(runOutcomeName(RunOutcome(outcome)), word);
    }
};

QTEST_GUILESS_MAIN(RunReportTest)
#include "tst_runreport.moc"
