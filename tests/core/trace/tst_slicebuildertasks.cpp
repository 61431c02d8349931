// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/commandrun.h"

#include <QTest>

using namespace Interleave;

class TestSliceBuilderTasks : public QObject
{
    Q_OBJECT

private slots:
    void aTaskHasTheStateOfItsThread();
    void chainedTasksShareOneMoment();
    void aNestedTaskMakesTheOuterOneWait();
    void chainedTasksDoNotWakeTheOuterOne();
    void aTaskThatIsNotOnTopCanEnd();
    void aCoroutineIsSuspendedAndMovesToAnotherThread();
    void aTaskIsOnOneThreadAtATime();
    void aBlockedTaskNamesItsReason_data();
    void aBlockedTaskNamesItsReason();
    void anEndTellsHowATaskEnded_data();
    void anEndTellsHowATaskEnded();
    void anExitCrashesTheTasksOfItsThread();
    void whoEndedItOnPurposeSaysSoAfterTheExit();
    void aQueuedTaskOnNoThreadBeginsWithItsFirstSuspension();
    void aTaskOfAnEngineBeginsOnAThreadOnly();
};

void TestSliceBuilderTasks::aTaskHasTheStateOfItsThread()
{
    BuilderRun run;
    run.fork(100, 11);
    run.record(EventKind::Queued, 120, kRoot, 1);
    run.in(200, 11, 0);
    run.begin(250, 11, 1);
    run.preempt(300, 11, 0);
    run.in(400, 11, 1);
    run.end(450, 11, 1);
    run.out(500, 11, 1);
    run.builder.finish(600);
    QCOMPARE(run.task(1),
             QStringLiteral("queued 120-250 #1; running@0 250-300 #1; "
                            "runnable 300-400 #1; running@1 400-450 #1"));
    QCOMPARE(run.thread(11),
             QStringLiteral("runnable 100-200; running@0 200-250; running@0 250-300 #1; "
                            "runnable 300-400 #1; running@1 400-450 #1; running@1 450-500; "
                            "blocked 500-600"));
    QCOMPARE(run.core(1), QStringLiteral("running@1 400-450 #1; running@1 450-500"));
    const TaskInfo &info = run.trace.task(1);
    QCOMPARE(info.submitted.load(), TimestampNs(120));
    QCOMPARE(info.begun.load(), TimestampNs(250));
    QCOMPARE(info.ended.load(), TimestampNs(450));
    QCOMPARE(info.thread.load(), run.threadIndex(11));
    QVERIFY(info.outcome.load() == TaskOutcome::Finished);
    QCOMPARE(info.totals.queued.load(), DurationNs(130));
    QCOMPARE(info.totals.running.load(), DurationNs(100));
    QCOMPARE(info.totals.runnable.load(), DurationNs(100));
    QCOMPARE(run.builder.recordedEvents(), std::uint64_t(3));
}

void TestSliceBuilderTasks::chainedTasksShareOneMoment()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.record(EventKind::Chain, 200, kRoot, 1);
    run.record(EventKind::Chain, 300, kRoot, 2);
    run.record(EventKind::Chain, 300, kRoot, 3);
    run.end(400, kRoot, 3);
    run.builder.finish(500);
    QCOMPARE(run.core(0),
             QStringLiteral("running@0 100-200; running@0 200-300 #1; "
                            "running@0 300-400 #3; running@0 400-500"));
    QCOMPARE(run.trace.task(1).ended.load(), TimestampNs(300));
    QCOMPARE(run.trace.task(2).begun.load(), TimestampNs(300));
    QCOMPARE(run.trace.task(2).ended.load(), TimestampNs(300));
    QVERIFY(run.trace.task(2).outcome.load() == TaskOutcome::Finished);
}

void TestSliceBuilderTasks::aNestedTaskMakesTheOuterOneWait()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(200, kRoot, 1);
    run.begin(300, kRoot, 2);
    run.begin(350, kRoot, 3);
    run.end(400, kRoot, 3);
    run.end(500, kRoot, 2);
    run.end(600, kRoot, 1);
    run.builder.finish(700);
    QCOMPARE(run.task(1),
             QStringLiteral("running@0 200-300 #1; blocked(await) 300-500 #1; "
                            "running@0 500-600 #1"));
    QCOMPARE(run.task(2),
             QStringLiteral("running@0 300-350 #2; blocked(await) 350-400 #2; "
                            "running@0 400-500 #2"));
    QCOMPARE(run.core(0),
             QStringLiteral("running@0 100-200; running@0 200-300 #1; running@0 300-350 #2; "
                            "running@0 350-400 #3; running@0 400-500 #2; running@0 500-600 #1; "
                            "running@0 600-700"));
    QCOMPARE(run.trace.task(1).totals.blocked.load(), DurationNs(200));
}

void TestSliceBuilderTasks::chainedTasksDoNotWakeTheOuterOne()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(200, kRoot, 1);
    run.begin(300, kRoot, 2);
    run.record(EventKind::Chain, 400, kRoot, 3);
    run.end(500, kRoot, 3);
    run.builder.finish(600);
    QCOMPARE(run.task(1),
             QStringLiteral("running@0 200-300 #1; blocked(await) 300-500 #1; "
                            "running@0 500-600 #1"));
}

void TestSliceBuilderTasks::aTaskThatIsNotOnTopCanEnd()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(200, kRoot, 1);
    run.begin(300, kRoot, 2);
    run.end(400, kRoot, 1);
    run.end(500, kRoot, 2);
    run.end(550, kRoot, 2); // twice: nothing more happens
    run.builder.finish(600);
    QCOMPARE(run.task(1), QStringLiteral("running@0 200-300 #1; blocked(await) 300-400 #1"));
    QCOMPARE(run.task(2), QStringLiteral("running@0 300-500 #2"));
    QVERIFY(run.core(0).endsWith(QStringLiteral("; running@0 500-600")));
    QCOMPARE(run.trace.task(2).ended.load(), TimestampNs(500));
}

void TestSliceBuilderTasks::aCoroutineIsSuspendedAndMovesToAnotherThread()
{
    BuilderRun run;
    run.fork(10, 11);
    run.in(100, kRoot, 0);
    run.in(100, 11, 1);
    run.begin(200, kRoot, 1);
    run.record(EventKind::Suspend, 300, kRoot, 1, kNoTask, WaitReason::Sleep);
    run.begin(350, 11, 2);
    run.end(380, 11, 2);
    run.record(EventKind::Resume, 400, 11, 1, 2);
    run.end(500, 11, 1);
    run.builder.finish(600);
    QCOMPARE(run.task(1),
             QStringLiteral("running@0 200-300 #1; suspended(sleep) 300-400 #1; "
                            "running@1 400-500 #1"));
    QCOMPARE(run.core(0),
             QStringLiteral("running@0 100-200; running@0 200-300 #1; running@0 300-600"));
    QCOMPARE(run.trace.flows().size(), std::size_t(1));
    QCOMPARE(run.trace.flows()[0].time, TimestampNs(400));
    QCOMPARE(run.trace.flows()[0].from, TaskId(2));
    QCOMPARE(run.trace.flows()[0].to, TaskId(1));
    QCOMPARE(run.trace.task(1).totals.suspended.load(), DurationNs(100));
}

void TestSliceBuilderTasks::aTaskIsOnOneThreadAtATime()
{
    BuilderRun run;
    run.fork(10, 11);
    run.in(100, kRoot, 0);
    run.in(100, 11, 1);
    run.begin(200, kRoot, 1);
    run.record(EventKind::Resume, 300, 11, 1); // its Suspend was dropped
    run.end(400, 11, 1);
    run.builder.finish(500);
    QCOMPARE(run.task(1), QStringLiteral("running@0 200-300 #1; running@1 300-400 #1"));
}

void TestSliceBuilderTasks::aBlockedTaskNamesItsReason_data()
{
    QTest::addColumn<qint64>("waitAt");
    QTest::addColumn<qint64>("waitEndAt");
    QTest::addColumn<QString>("expected");
    const QString before = QStringLiteral("running@0 100-200 #1; ");
    const QString after = QStringLiteral(" #1; running@0 400-500 #1");
    QTest::newRow("no wait") << qint64(0) << qint64(0)
                             << before + QStringLiteral("blocked 200-400") + after;
    QTest::newRow("around the gap")
        << qint64(190) << qint64(410) << before + QStringLiteral("blocked(lock) 200-400") + after;
    QTest::newRow("at its very edges")
        << qint64(200) << qint64(400) << before + QStringLiteral("blocked(lock) 200-400") + after;
    QTest::newRow("stamped just inside")
        << qint64(205) << qint64(395) << before + QStringLiteral("blocked(lock) 200-400") + after;
    QTest::newRow("over before") << qint64(150) << qint64(160)
                                 << before + QStringLiteral("blocked 200-400") + after;
}

void TestSliceBuilderTasks::aBlockedTaskNamesItsReason()
{
    QFETCH(qint64, waitAt);
    QFETCH(qint64, waitEndAt);
    QFETCH(QString, expected);
    BuilderRun run;
    run.in(50, kRoot, 0);
    run.begin(100, kRoot, 1);
    if (waitAt != 0) {
        run.wait(waitAt, kRoot, WaitReason::Lock);
        run.record(EventKind::WaitEnd, waitEndAt, kRoot, kNoTask);
    }
    run.out(200, kRoot, 0);
    run.in(400, kRoot, 0);
    run.builder.finish(500);
    QCOMPARE(run.task(1), expected);
}

void TestSliceBuilderTasks::anEndTellsHowATaskEnded_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("outcome");
    QTest::newRow("end") << int(EventKind::End) << int(TaskOutcome::Finished);
    QTest::newRow("cancelled") << int(EventKind::Cancelled) << int(TaskOutcome::Cancelled);
    QTest::newRow("failed") << int(EventKind::Failed) << int(TaskOutcome::Failed);
    QTest::newRow("nothing") << int(EventKind::None) << int(TaskOutcome::Crashed);
}

void TestSliceBuilderTasks::anEndTellsHowATaskEnded()
{
    QFETCH(int, kind);
    QFETCH(int, outcome);
    BuilderRun run;
    run.in(50, kRoot, 0);
    run.begin(100, kRoot, 1);
    run.record(EventKind::Queued, 110, kRoot, 2);
    run.record(EventKind(kind), 200, kRoot, 1);
    run.record(EventKind(kind), 200, kRoot, 2);
    run.builder.process(150);
    QVERIFY(run.trace.task(1).outcome.load() == TaskOutcome::Running);
    QVERIFY(run.trace.task(2).outcome.load() == TaskOutcome::NeverStarted);
    run.builder.finish(300);
    QCOMPARE(int(run.trace.task(1).outcome.load()), outcome);
    QCOMPARE(run.trace.task(1).ended.load(),
             TimestampNs(outcome == int(TaskOutcome::Crashed) ? 300 : 200));
    // Taken back before it began, it has an end all the same.
    if (outcome == int(TaskOutcome::Crashed))
        QVERIFY(run.trace.task(2).outcome.load() == TaskOutcome::NeverStarted);
    else
        QCOMPARE(int(run.trace.task(2).outcome.load()), outcome);
    QCOMPARE(run.trace.task(2).begun.load(), TimestampNs(0));
}

void TestSliceBuilderTasks::anExitCrashesTheTasksOfItsThread()
{
    BuilderRun run;
    run.fork(10, 11);
    run.in(100, 11, 0);
    run.begin(150, 11, 1);
    run.begin(160, 11, 2);
    run.begin(165, 11, 3);
    run.record(EventKind::Suspend, 170, 11, 3, kNoTask, WaitReason::Io);
    run.exit(200, 11, 0);
    run.builder.process(300);
    QVERIFY(run.trace.task(1).outcome.load() == TaskOutcome::Crashed);
    QVERIFY(run.trace.task(2).outcome.load() == TaskOutcome::Crashed);
    QVERIFY(run.trace.task(3).outcome.load() == TaskOutcome::Running);
    QCOMPARE(run.trace.task(1).ended.load(), TimestampNs(200));
    QCOMPARE(run.task(1), QStringLiteral("running@0 150-160 #1; blocked(await) 160-200 #1"));
    run.builder.finish(400);
    QVERIFY(run.trace.task(3).outcome.load() == TaskOutcome::Crashed);
    QCOMPARE(run.trace.task(3).ended.load(), TimestampNs(400));
}

void TestSliceBuilderTasks::whoEndedItOnPurposeSaysSoAfterTheExit()
{
    BuilderRun run;
    run.fork(10, 11);
    run.in(100, 11, 0);
    run.begin(150, 11, 1);
    run.exit(200, 11, 0);
    run.record(EventKind::Cancelled, 250, kRoot, 1);
    run.builder.finish(300);
    QVERIFY(run.trace.task(1).outcome.load() == TaskOutcome::Cancelled);
    QCOMPARE(run.trace.task(1).ended.load(), TimestampNs(200)); // as the kernel says
}

/// A job of a pool of processes, as the process sees it that has submitted it.
void TestSliceBuilderTasks::aQueuedTaskOnNoThreadBeginsWithItsFirstSuspension()
{
    CommandRun run;
    run.in(100, kRoot, 0);
    run.exec(110, kRoot, "python3");
    for (TaskId job = 5; job <= 7; ++job)
        run.record(EventKind::Queued, 120, kRoot, job);
    run.record(EventKind::Suspend, 150, kRoot, 5, kNoTask, WaitReason::Child);
    run.record(EventKind::Suspend, 160, kRoot, 6, kNoTask, WaitReason::Child);
    run.end(250, kRoot, 5);
    run.exit(300, kRoot, 0);
    run.builder.process(320);
    QCOMPARE(run.task(5), QStringLiteral("queued 120-150 #5; suspended(child) 150-250 #5"));
    QCOMPARE(run.info(5).submitted.load(), TimestampNs(120));
    QCOMPARE(run.info(5).begun.load(), TimestampNs(150));
    QCOMPARE(run.info(5).ended.load(), TimestampNs(250));
    QVERIFY(run.info(5).outcome.load() == TaskOutcome::Finished);
    // One that was under way crashes with its process; one that nobody has taken never began.
    QCOMPARE(run.info(6).begun.load(), TimestampNs(160));
    QVERIFY(run.info(6).outcome.load() == TaskOutcome::Crashed);
    QCOMPARE(run.info(7).begun.load(), TimestampNs(0));
    QVERIFY(run.info(7).outcome.load() == TaskOutcome::NeverStarted);
}

void TestSliceBuilderTasks::aTaskOfAnEngineBeginsOnAThreadOnly()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.record(EventKind::Queued, 120, kRoot, 5);
    run.record(EventKind::Suspend, 150, kRoot, 5, kNoTask, WaitReason::Io);
    run.begin(200, kRoot, 5);
    run.builder.finish(300);
    QCOMPARE(run.trace.task(5).begun.load(), TimestampNs(200));
}

QTEST_GUILESS_MAIN(TestSliceBuilderTasks)
#include "tst_slicebuildertasks.moc"
