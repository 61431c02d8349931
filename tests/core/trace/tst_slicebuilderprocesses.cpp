// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/commandrun.h"

#include <QTest>

using namespace Interleave;

class TestSliceBuilderProcesses : public QObject
{
    Q_OBJECT

private slots:
    void aThreadIsATaskFromItsCreationToItsEnd();
    void aThreadThatIsTakenApartIsNoNewThread();
    void afterALossANumberMayBeThatOfANewThread();
    void whatTheRecorderTellsCoversTheThreadsTask();
    void anEnginesThreadsAreNoTasks();
    void aProcessLivesFromItsFirstThreadToItsLast();
    void aReusedNumberIsANewProcess();
    void anExecKeepsTheProcess();
    void anExecForgetsWhatWasKnownOfTheProgram();
    void tasksOfAProcessEndWithIt();
    void anExecEndsTheTasksOfTheProgramBefore();
    void aRequestIsSuspendedFromItsBeginToItsEnd();
    void theProgramsOwnNameIsNotReplaced();
    void aThreadThatWasThereIsBlockedOrUnknownAtFirst();
    void aSwitchOutOfAFoundThreadMeansItRanSince_data();
    void aSwitchOutOfAFoundThreadMeansItRanSince();
    void foundProcessesNest();
    void otherProgramsHaveNoTasks();
    void inTheSampledTierTheRootsTaskBeginsAtOnce();
    void whenThereAreNoNumbersLeftThreadsAreNoTasks();
};

void TestSliceBuilderProcesses::aThreadIsATaskFromItsCreationToItsEnd()
{
    CommandRun run;
    run.in(100, kRoot, 0);
    run.exec(150, kRoot, "prog");
    run.fork(200, 11);
    run.in(250, 11, 1);
    run.exit(300, 11, 1);
    run.builder.finish(500);
    QCOMPARE(run.thread(kRoot), QStringLiteral("running@0 100-150; running@0 150-500 #100"));
    QCOMPARE(run.thread(11), QStringLiteral("runnable 200-250 #101; running@1 250-300 #101"));
    QCOMPARE(run.taskOfThread(11), TaskId(101));
    QCOMPARE(run.info(101).begun.load(), TimestampNs(200));
    QCOMPARE(run.info(101).ended.load(), TimestampNs(300));
    QVERIFY(run.info(101).outcome.load() == TaskOutcome::Finished);
    QCOMPARE(run.info(101).totals.running.load(), DurationNs(50));
    QCOMPARE(run.info(101).totals.runnable.load(), DurationNs(50));
    QCOMPARE(run.info(100).begun.load(), TimestampNs(150));
    QCOMPARE(run.info(100).ended.load(), TimestampNs(0));
    QVERIFY2(run.info(100).outcome.load() == TaskOutcome::Running, "nobody saw it end");
    QVERIFY(run.trace.rangeOf(100)->kind == TaskKind::Process);
    QVERIFY(run.trace.rangeOf(101)->kind == TaskKind::Thread);
    QCOMPARE(run.trace.rangeOf(101)->parent, TaskId(100));
    QCOMPARE(QString::fromStdString(run.trace.taskName(100)), QStringLiteral("prog"));
}

void TestSliceBuilderProcesses::aThreadThatIsTakenApartIsNoNewThread()
{
    CommandRun run;
    run.fork(200, 11);
    run.in(250, 11, 1);
    run.exit(300, 11, 1);
    run.in(320, 11, 0); // on the way out it was interrupted, and then went on elsewhere
    run.out(330, 11, 0);
    run.fork(400, 11);
    run.in(410, 11, 0);
    run.exit(420, 11, 0);
    run.builder.finish(500);
    QCOMPARE(run.trace.threadCount(), std::size_t(3)); // the root, and two that had the number
}

void TestSliceBuilderProcesses::afterALossANumberMayBeThatOfANewThread()
{
    CommandRun run;
    run.fork(200, 11);
    run.in(250, 11, 1);
    run.exit(300, 11, 1);
    run.lost(310, 350, 0);
    run.in(400, 11, 0);
    run.out(420, 11, 0);
    run.builder.finish(500);
    QCOMPARE(run.trace.threadCount(), std::size_t(3));
}

void TestSliceBuilderProcesses::whatTheRecorderTellsCoversTheThreadsTask()
{
    CommandRun run;
    run.in(100, kRoot, 0);
    run.exec(110, kRoot, "python3");
    run.begin(200, kRoot, 1);
    run.record(EventKind::Suspend, 300, kRoot, 1, kNoTask, WaitReason::Io);
    run.record(EventKind::Resume, 400, kRoot, 1);
    run.end(450, kRoot, 1);
    run.exit(500, kRoot, 0);
    run.builder.finish(600);
    QCOMPARE(run.thread(kRoot),
             QStringLiteral("running@0 100-110; running@0 110-200 #100; running@0 200-300 #1; "
                            "running@0 300-400 #100; running@0 400-450 #1; "
                            "running@0 450-500 #100"));
    QCOMPARE(run.info(100).totals.running.load(), DurationNs(240));
    QVERIFY2(run.info(100).totals.blocked.load() == 0, "the thread went on meanwhile");
    QVERIFY(run.info(100).outcome.load() == TaskOutcome::Finished);
    QCOMPARE(run.info(100).ended.load(), TimestampNs(500));
}

void TestSliceBuilderProcesses::anEnginesThreadsAreNoTasks()
{
    BuilderRun run;
    run.fork(200, 11);
    run.in(250, 11, 1);
    run.exit(300, 11, 1);
    run.builder.finish(500);
    QCOMPARE(run.thread(11), QStringLiteral("runnable 200-250; running@1 250-300"));
    QCOMPARE(run.trace.thread(run.threadIndex(11)).task.load(), kNoTask);
    QCOMPARE(run.trace.taskRangeCount(), std::size_t(1)); // of BuilderRun itself
    QCOMPARE(run.trace.processCount(), std::size_t(1));
    QCOMPARE(run.trace.thread(run.threadIndex(11)).process.load(), ProcessIndex(0));
}

void TestSliceBuilderProcesses::aProcessLivesFromItsFirstThreadToItsLast()
{
    CommandRun run;
    run.fork(200, 20, 20);
    run.fork(210, 21, 20, 20);
    run.exit(300, 20, 0);
    run.builder.process(350);
    QCOMPARE(run.trace.processCount(), std::size_t(2));
    const ProcessInfo &info = run.process(20);
    QCOMPARE(info.created.load(), TimestampNs(200));
    QCOMPARE(info.ended.load(), TimestampNs(0));
    QCOMPARE(info.parent.load(), ProcessIndex(0));
    QCOMPARE(info.mainThread.load(), run.threadIndex(20));
    run.exit(400, 21, 0);
    run.builder.finish(500);
    QCOMPARE(info.ended.load(), TimestampNs(400));
    QCOMPARE(run.process(kRoot).ended.load(), TimestampNs(0));
    QVERIFY(run.trace.rangeOf(run.taskOfThread(20))->kind == TaskKind::Process);
    QVERIFY(run.trace.rangeOf(run.taskOfThread(21))->kind == TaskKind::Thread);
    QCOMPARE(run.trace.rangeOf(run.taskOfThread(20))->parent, run.taskOfThread(kRoot));
    QCOMPARE(run.trace.rangeOf(run.taskOfThread(21))->parent, run.taskOfThread(20));
}

void TestSliceBuilderProcesses::aReusedNumberIsANewProcess()
{
    CommandRun run;
    run.fork(100, 20, 20);
    run.fork(110, 21, 20, 20);
    run.exit(200, 20, 0); // the end of 21 was not seen
    run.fork(300, 20, 20);
    run.builder.finish(500);
    QCOMPARE(run.trace.processCount(), std::size_t(3));
    QCOMPARE(run.trace.process(1).ended.load(), TimestampNs(300));
    QCOMPARE(run.trace.process(2).created.load(), TimestampNs(300));
    QCOMPARE(run.trace.process(2).ended.load(), TimestampNs(0));
    QCOMPARE(run.trace.thread(run.threadIndex(21)).ended.load(), TimestampNs(300));
    QVERIFY(run.taskOfThread(20, 0) != run.taskOfThread(20, 1));
}

void TestSliceBuilderProcesses::anExecKeepsTheProcess()
{
    CommandRun run;
    run.fork(100, 20, 20);
    run.fork(120, 21, 20, 20);
    run.exit(200, 20, 0); // the old leader
    run.exec(300, 20, "ls", 1); // called by 21, now 20
    run.builder.process(350);
    QCOMPARE(run.trace.processCount(), std::size_t(2));
    QCOMPARE(run.process(20).ended.load(), TimestampNs(0));
    QCOMPARE(run.process(20).mainThread.load(), run.threadIndex(20, 1));
    QVERIFY(run.info(run.taskOfThread(21)).outcome.load() == TaskOutcome::Finished);
    const TaskId after = run.taskOfThread(20, 1);
    QCOMPARE(run.info(after).begun.load(), TimestampNs(300));
    QCOMPARE(run.trace.rangeOf(after)->parent, run.taskOfThread(21));
    run.exit(400, 20, 1);
    run.builder.finish(500);
    QCOMPARE(run.process(20).ended.load(), TimestampNs(400));
}

void TestSliceBuilderProcesses::anExecForgetsWhatWasKnownOfTheProgram()
{
    CommandRun run;
    ProcessInfo &info = run.trace.writableProcess(0);
    info.name.store(run.trace.addText("Process-1"));
    info.commandLine.store(run.trace.addText("python3 a.py"));
    info.interpreter.store(Interpreter::Python);
    info.isHousekeeping.store(true);
    info.hasHelper.store(true);
    run.exec(300, kRoot, "ls");
    run.builder.finish(500);
    QCOMPARE(QString::fromStdString(run.trace.processName(0)), QStringLiteral("ls"));
    QVERIFY(info.interpreter.load() == Interpreter::None);
    QVERIFY(!info.isHousekeeping.load());
    QVERIFY(!info.hasHelper.load());
}

void TestSliceBuilderProcesses::tasksOfAProcessEndWithIt()
{
    CommandRun run;
    run.fork(100, 20, 20);
    run.in(110, 20, 0);
    run.record(EventKind::Queued, 120, 20, 1);
    run.begin(130, 20, 2);
    run.record(EventKind::Suspend, 140, 20, 2, kNoTask, WaitReason::Io);
    run.begin(150, 20, 3);
    run.in(155, kRoot, 1);
    run.begin(160, kRoot, 4); // of another process
    run.exit(200, 20, 0);
    run.builder.process(300);
    QCOMPARE(run.task(1), QStringLiteral("queued 120-200 #1"));
    QCOMPARE(run.task(2), QStringLiteral("running@0 130-140 #2; suspended(io) 140-200 #2"));
    QVERIFY(run.info(1).outcome.load() == TaskOutcome::NeverStarted);
    QVERIFY(run.info(2).outcome.load() == TaskOutcome::Crashed);
    QVERIFY(run.info(3).outcome.load() == TaskOutcome::Crashed);
    QCOMPARE(run.info(3).ended.load(), TimestampNs(200));
    QVERIFY(run.info(run.taskOfThread(20)).outcome.load() == TaskOutcome::Finished);
    run.builder.finish(400);
    QVERIFY(run.info(4).outcome.load() == TaskOutcome::Running);
    QCOMPARE(run.task(4), QStringLiteral("running@1 160-400 #4"));
}

void TestSliceBuilderProcesses::anExecEndsTheTasksOfTheProgramBefore()
{
    CommandRun run;
    run.in(100, kRoot, 0);
    run.begin(120, kRoot, 1);
    run.record(EventKind::Suspend, 130, kRoot, 1, kNoTask, WaitReason::Io);
    run.exec(200, kRoot, "ls");
    run.builder.finish(400);
    QCOMPARE(run.info(1).ended.load(), TimestampNs(200));
    QVERIFY(run.info(1).outcome.load() == TaskOutcome::Crashed);
}

void TestSliceBuilderProcesses::aRequestIsSuspendedFromItsBeginToItsEnd()
{
    CommandRun run;
    run.in(100, kRoot, 0);
    run.exec(110, kRoot, "python3");
    run.record(EventKind::Suspend, 150, kRoot, 5, kNoTask, WaitReason::Io);
    run.builder.process(200);
    QCOMPARE(run.open(run.trace.task(5).track.load()), QStringLiteral("suspended(io) 150-200 #5"));
    run.end(250, kRoot, 5);
    run.builder.finish(300);
    QCOMPARE(run.task(5), QStringLiteral("suspended(io) 150-250 #5"));
    QCOMPARE(run.info(5).begun.load(), TimestampNs(150));
    QCOMPARE(run.info(5).ended.load(), TimestampNs(250));
    QVERIFY(run.info(5).outcome.load() == TaskOutcome::Finished);
    QVERIFY(run.thread(kRoot).endsWith(QStringLiteral("; running@0 110-300 #100")));
}

void TestSliceBuilderProcesses::theProgramsOwnNameIsNotReplaced()
{
    CommandRun run;
    ThreadInfo &info = run.trace.writableThread(0);
    const auto name = [&] { return QString::fromStdString(run.trace.threadName(0)); };
    info.name.store(run.trace.addText("ThreadPoolExecutor-0_0"));
    info.isNamedByProgram.store(true);
    run.name(SchedEventKind::Name, 100, kRoot, kRoot, "ThreadPoolExec");
    run.builder.process(150);
    QCOMPARE(name(), QStringLiteral("ThreadPoolExecutor-0_0"));
    run.exec(200, kRoot, "ls");
    run.name(SchedEventKind::Name, 300, kRoot, kRoot, "other");
    run.builder.process(250);
    QCOMPARE(name(), QStringLiteral("ls"));
    run.builder.finish(400);
    QCOMPARE(name(), QStringLiteral("other"));
}

void TestSliceBuilderProcesses::aThreadThatWasThereIsBlockedOrUnknownAtFirst()
{
    CommandRun run;
    run.found(100, 30, 30, 1, 40, true);
    run.found(100, 30, 31, 1, 50, false);
    run.in(200, 30, 0);
    run.in(250, 31, 1);
    run.builder.process(300);
    QCOMPARE(run.thread(30), QStringLiteral("blocked 100-200 #100"));
    QVERIFY2(run.slice(30, 0).derived, "it was only read from /proc");
    QCOMPARE(run.thread(31), QStringLiteral("unknown 100-250 #101"));
    run.builder.finish(400);
    const ThreadInfo &thread = run.trace.thread(run.threadIndex(31));
    QVERIFY(thread.wasThere.load());
    QCOMPARE(thread.created.load(), TimestampNs(50));
    QCOMPARE(QString::fromStdString(run.trace.taskName(101)), QStringLiteral("found"));
    QVERIFY(run.process(30).wasThere.load());
    QCOMPARE(run.process(30).created.load(), TimestampNs(40));
    QCOMPARE(run.info(101).begun.load(), TimestampNs(100));
    QCOMPARE(run.trace.rangeOf(101)->parent, TaskId(100));
}

void TestSliceBuilderProcesses::aSwitchOutOfAFoundThreadMeansItRanSince_data()
{
    QTest::addColumn<bool>("waiting");
    QTest::newRow("running") << false;
    QTest::newRow("waiting by the time it was looked at") << true;
}
void TestSliceBuilderProcesses::aSwitchOutOfAFoundThreadMeansItRanSince()
{
    QFETCH(bool, waiting);
    CommandRun run;
    run.found(100, 30, 30, 1, 40, waiting);
    run.out(200, 30, 0);
    run.builder.finish(300);
    QCOMPARE(run.thread(30), QStringLiteral("running@0 100-200 #100; blocked 200-300 #100"));
    QVERIFY(!run.slice(30, 0).derived);
    QVERIFY(!run.slice(30, 1).derived);
}

void TestSliceBuilderProcesses::foundProcessesNest()
{
    CommandRun run;
    run.found(100, 40, 40, 7, 50, true); // of whose parent nothing is known
    run.found(100, 41, 41, 40, 60, true);
    run.found(110, 40, 40, 41, 50, true); // a circle: numbers have been used again
    run.builder.process(120);
    QCOMPARE(run.trace.process(run.process(41).parent.load()).pid.load(), pid_t(40));
    QCOMPARE(run.process(40).parent.load(), kNoProcess);
    run.found(130, 40, 40, kRoot, 50, true);
    run.found(130, kRoot, kRoot, 1, 30, true);
    run.builder.finish(300);
    QCOMPARE(run.trace.process(run.process(40).parent.load()).pid.load(), kRoot);
    QCOMPARE(run.trace.processCount(), std::size_t(3));
    QVERIFY(run.process(kRoot).wasThere.load());
    QVERIFY(run.process(kRoot).parent.load() == kNoProcess);
}

void TestSliceBuilderProcesses::otherProgramsHaveNoTasks()
{
    CommandRun run(Source::KernelWide);
    SchedEvent other;
    other.kind = SchedEventKind::SwitchIn;
    other.time = 100;
    other.pid = 99;
    other.tid = 99;
    other.core = 0;
    run.builder.addSched(other);
    run.fork(150, 20, 20);
    run.builder.finish(300);
    QCOMPARE(run.taskOfThread(99), kNoTask);
    QVERIFY(!run.process(99).ofRun.load());
    QVERIFY(run.taskOfThread(20) != kNoTask);
    QVERIFY(run.process(20).ofRun.load());
}

void TestSliceBuilderProcesses::inTheSampledTierTheRootsTaskBeginsAtOnce()
{
    Trace trace;
    SliceBuilder builder(trace, {0, 1}, Source::Sampled);
    TaskId next = 1;
    builder.setThreadsAreTasks([&next] { return next++; });
    builder.addRoot(kRoot, 100, "root");
    SchedEvent fork;
    fork.kind = SchedEventKind::Fork;
    fork.time = 200;
    fork.pid = 20;
    fork.tid = 20;
    fork.parentPid = kRoot;
    fork.parentTid = kRoot;
    builder.addSched(fork);
    builder.finish(300);
    QCOMPARE(trace.thread(0).task.load(), TaskId(1));
    QCOMPARE(trace.task(1).begun.load(), TimestampNs(100));
    QCOMPARE(trace.thread(1).task.load(), TaskId(2));
    QCOMPARE(trace.process(1).parent.load(), ProcessIndex(0));
}

void TestSliceBuilderProcesses::whenThereAreNoNumbersLeftThreadsAreNoTasks()
{
    BuilderRun run;
    run.builder.setThreadsAreTasks([] { return kNoTask; });
    run.fork(200, 11);
    run.in(250, 11, 1);
    run.exit(300, 11, 1);
    run.builder.finish(500);
    QCOMPARE(run.thread(11), QStringLiteral("runnable 200-250; running@1 250-300"));
}

QTEST_GUILESS_MAIN(TestSliceBuilderProcesses)
#include "tst_slicebuilderprocesses.moc"
