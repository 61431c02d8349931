// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/builderrun.h"

#include <QTest>

using namespace Interleave;

class TestSliceBuilderThreads : public QObject
{
    Q_OBJECT

private slots:
    void aThreadIsRunnableRunsIsPreemptedAndBlocks();
    void anExitClosesTheIntervalWithoutASwitchOut();
    void aFirstSwitchOutMeansItRanSinceItIsKnown();
    void aReusedNumberIsANewThread();
    void aCreationSeenTwiceEndsTheFirstLife();
    void anExecFromAThreadReopensTheLeader();
    void anExecByTheLeaderOnlyRenames();
    void namesAreInheritedUntilChanged();
    void lostRecordsAreHatchedAndForgotten();
    void aSwitchOutAfterALossProvesTheTimeSince();
    void aWaitKnownToTheRecorderOutlastsALoss();
    void aSwitchInWithoutASwitchOutBeforeIsNotGuessed();
};

void TestSliceBuilderThreads::aThreadIsRunnableRunsIsPreemptedAndBlocks()
{
    BuilderRun run;
    run.fork(100, 11);
    run.in(200, 11, 0);
    run.preempt(300, 11, 0);
    run.in(400, 11, 1);
    run.out(500, 11, 1);
    run.in(600, 11, 1);
    run.builder.process(700);
    QCOMPARE(run.thread(11),
             QStringLiteral("runnable 100-200; running@0 200-300; runnable 300-400; "
                            "running@1 400-500; blocked 500-600"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 200-300"));
    QCOMPARE(run.core(1), QStringLiteral("running@1 400-500"));
    run.builder.finish(800);
    QVERIFY(run.thread(11).endsWith(QStringLiteral("; running@1 600-800")));
    QVERIFY2(run.trace.track(run.trace.thread(1).track.load()).slices[0].derived,
             "nobody saw the new thread become ready");
    QCOMPARE(run.thread(kRoot), QString());
}

void TestSliceBuilderThreads::anExitClosesTheIntervalWithoutASwitchOut()
{
    BuilderRun run;
    run.fork(100, 11);
    run.in(200, 11, 0);
    run.exit(300, 11, 0);
    run.in(310, kRoot, 0);
    run.builder.finish(400);
    QCOMPARE(run.thread(11), QStringLiteral("runnable 100-200; running@0 200-300"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 200-300; running@0 310-400"));
    QCOMPARE(run.trace.thread(run.threadIndex(11)).ended.load(), TimestampNs(300));
}

void TestSliceBuilderThreads::aFirstSwitchOutMeansItRanSinceItIsKnown()
{
    BuilderRun run(Source::Kernel, 100);
    run.out(300, kRoot, 0);
    run.builder.finish(400);
    QCOMPARE(run.thread(kRoot), QStringLiteral("running@0 100-300; blocked 300-400"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-300"));
}

void TestSliceBuilderThreads::aReusedNumberIsANewThread()
{
    BuilderRun run;
    run.fork(100, 11);
    run.in(200, 11, 0);
    run.exit(300, 11, 0);
    run.fork(400, 11);
    run.in(500, 11, 0);
    run.exit(600, 11, 0);
    run.builder.finish(700);
    QCOMPARE(run.thread(11, 0), QStringLiteral("runnable 100-200; running@0 200-300"));
    QCOMPARE(run.thread(11, 1), QStringLiteral("runnable 400-500; running@0 500-600"));
}

void TestSliceBuilderThreads::aCreationSeenTwiceEndsTheFirstLife()
{
    BuilderRun run;
    run.fork(100, 11);
    run.in(200, 11, 0);
    run.fork(300, 11);
    run.in(400, 11, 0);
    run.builder.finish(500);
    QCOMPARE(run.thread(11, 0), QStringLiteral("runnable 100-200; running@0 200-300"));
    QCOMPARE(run.thread(11, 1), QStringLiteral("runnable 300-400; running@0 400-500"));
}

void TestSliceBuilderThreads::anExecFromAThreadReopensTheLeader()
{
    BuilderRun run;
    run.fork(100, 20, 20); // a child process
    run.in(110, 20, 0);
    run.fork(120, 21, 20, 20); // two threads of it
    run.fork(130, 22, 20, 20);
    run.out(140, 20, 0);
    SchedEvent in;
    in.kind = SchedEventKind::SwitchIn;
    in.time = 150;
    in.pid = 20;
    in.tid = 21;
    in.core = 1;
    run.builder.addSched(in);
    run.exit(200, 20, 0); // the old leader
    run.name(SchedEventKind::Exec, 300, 20, 20, "ls", 1); // called by 21, now 20
    run.out(400, 20, 1);
    run.builder.finish(500);
    QVERIFY(run.thread(21).endsWith(QStringLiteral("running@1 150-300")));
    QCOMPARE(run.trace.thread(run.threadIndex(21)).ended.load(), TimestampNs(300));
    QCOMPARE(run.trace.thread(run.threadIndex(22)).ended.load(), TimestampNs(300));
    QCOMPARE(run.thread(20, 1), QStringLiteral("running@1 300-400; blocked 400-500"));
    QCOMPARE(run.core(1), QStringLiteral("running@1 150-300; running@1 300-400"));
    QCOMPARE(QString::fromStdString(run.trace.threadName(run.threadIndex(20, 1))),
             QStringLiteral("ls"));
}

void TestSliceBuilderThreads::anExecByTheLeaderOnlyRenames()
{
    BuilderRun run;
    run.fork(100, 20, 20);
    run.in(150, 20, 0);
    run.name(SchedEventKind::Exec, 200, 20, 20, "worker");
    run.builder.finish(300);
    QCOMPARE(run.thread(20), QStringLiteral("runnable 100-150; running@0 150-300"));
    QCOMPARE(run.threadIndex(20, 1), kNoThread);
    QCOMPARE(QString::fromStdString(run.trace.threadName(run.threadIndex(20))),
             QStringLiteral("worker"));
}

void TestSliceBuilderThreads::namesAreInheritedUntilChanged()
{
    BuilderRun run;
    run.fork(100, 11);
    run.builder.process(150);
    const ThreadIndex index = run.threadIndex(11);
    QCOMPARE(QString::fromStdString(run.trace.threadName(index)), QStringLiteral("root"));
    QCOMPARE(run.trace.thread(index).parent.load(), run.threadIndex(kRoot));
    run.name(SchedEventKind::Name, 200, kRoot, 11, "prime 1");
    run.builder.process(300);
    QCOMPARE(QString::fromStdString(run.trace.threadName(index)), QStringLiteral("prime 1"));
}

void TestSliceBuilderThreads::lostRecordsAreHatchedAndForgotten()
{
    BuilderRun run;
    run.fork(10, 11);
    run.fork(10, 12);
    run.in(100, 11, 0);
    run.in(100, 12, 1);
    run.begin(110, 11, 1);
    run.lost(200, 400, 0);
    run.in(500, 11, 1); // so 12 has left core 1
    run.builder.finish(600);
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-110; running@0 110-200 #1; lost 200-400"));
    QCOMPARE(run.task(1),
             QStringLiteral("running@0 110-200 #1; lost 200-500 #1; running@1 500-600 #1"));
    QCOMPARE(run.core(1), QStringLiteral("running@1 100-500; running@1 500-600 #1"));
    QCOMPARE(run.trace.task(1).totals.running.load(), DurationNs(190));
}

void TestSliceBuilderThreads::aSwitchOutAfterALossProvesTheTimeSince()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.lost(200, 400, 0);
    run.preempt(500, kRoot, 0); // nobody else came in between: it had the core
    run.builder.finish(600);
    QCOMPARE(run.thread(kRoot),
             QStringLiteral("running@0 100-200; lost 200-400; "
                            "running@0 400-500; runnable 500-600"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-200; lost 200-400; running@0 400-500"));
}

void TestSliceBuilderThreads::aWaitKnownToTheRecorderOutlastsALoss()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.wait(150, kRoot, WaitReason::Sleep);
    run.out(160, kRoot, 0);
    run.lost(200, 400, 0);
    run.in(500, kRoot, 0);
    run.builder.finish(600);
    QCOMPARE(run.thread(kRoot),
             QStringLiteral("running@0 100-160; blocked(sleep) 160-500; running@0 500-600"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-160; lost 200-400; running@0 500-600"));
}

void TestSliceBuilderThreads::aSwitchInWithoutASwitchOutBeforeIsNotGuessed()
{
    BuilderRun run;
    run.fork(10, 11);
    run.in(100, kRoot, 0);
    run.in(200, 11, 0);
    run.in(300, kRoot, 1);
    run.builder.finish(400);
    QCOMPARE(run.thread(kRoot),
             QStringLiteral("running@0 100-200; lost 200-300; running@1 300-400"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-200; running@0 200-400"));
}

QTEST_GUILESS_MAIN(TestSliceBuilderThreads)
#include "tst_slicebuilderthreads.moc"
