// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/builderrun.h"

#include <QTest>

using namespace Interleave;

class TestSliceBuilder : public QObject
{
    Q_OBJECT

private slots:
    void nothingInGivesNothingOut();
    void inputsMayComeInAnyOrder();
    void lateInputsAreMovedAndCounted();
    void whatLiesBehindTheHorizonWaits();
    void atEqualTimesTheOrderMakesSense();
    void openSlicesArePublished();
    void aTaskOutOfRangeIsIgnored();
    void theEndOfTheRunClosesEverything();
    void switchesAndMigrationsAreCounted();
    void marksGoToTheCurrentTask();
    void otherProgramsOnlyShowOnCores();
    void sampledTimeIsNeverCrisp();
    void withEventsOnlyNothingIsSaidToRun();
};

void TestSliceBuilder::nothingInGivesNothingOut()
{
    BuilderRun run;
    run.builder.process(1000);
    run.builder.process(1000);
    run.builder.finish(500);
    QCOMPARE(run.trace.sliceCount(), std::uint64_t(0));
    QCOMPARE(run.trace.horizon(), TimestampNs(1000));
    QVERIFY(run.trace.isFinished());
    QCOMPARE(run.builder.recordedEvents(), std::uint64_t(0));
}

void TestSliceBuilder::inputsMayComeInAnyOrder()
{
    BuilderRun run;
    run.end(450, 11, 1);
    run.out(500, 11, 1);
    run.in(400, 11, 1);
    run.begin(250, 11, 1);
    run.preempt(300, 11, 0);
    run.in(200, 11, 0);
    run.fork(100, 11);
    run.builder.process(420);
    run.builder.finish(600);
    QCOMPARE(run.task(1),
             QStringLiteral("running@0 250-300 #1; runnable 300-400 #1; "
                            "running@1 400-450 #1"));
    QCOMPARE(run.trace.lateEvents(), std::uint64_t(0));
}

void TestSliceBuilder::lateInputsAreMovedAndCounted()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.builder.process(500);
    run.begin(200, kRoot, 1);
    run.begin(500, kRoot, 2); // just in time
    run.builder.process(600);
    run.builder.finish(600);
    QCOMPARE(run.trace.lateEvents(), std::uint64_t(1));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-500; running@0 500-600 #2"));
    QCOMPARE(run.trace.task(1).begun.load(), TimestampNs(500));
}

void TestSliceBuilder::whatLiesBehindTheHorizonWaits()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(200, kRoot, 1);
    run.out(300, kRoot, 0);
    run.builder.process(200); // excludes it
    QCOMPARE(run.trace.task(1).begun.load(), TimestampNs(0));
    run.builder.process(201);
    QCOMPARE(run.trace.task(1).begun.load(), TimestampNs(200));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-200"));
    run.builder.process(150); // earlier: nothing happens
    QCOMPARE(run.trace.horizon(), TimestampNs(201));
    run.builder.process(301);
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-200; running@0 200-300 #1"));
}

void TestSliceBuilder::atEqualTimesTheOrderMakesSense()
{
    BuilderRun run;
    // All added in the wrong order.
    run.end(300, 11, 1);
    run.wait(300, 11, WaitReason::Io);
    run.begin(100, 11, 1);
    run.in(300, kRoot, 0);
    run.out(300, 11, 0);
    run.in(100, 11, 0);
    run.fork(100, 11);
    run.builder.finish(400);
    QCOMPARE(run.task(1), QStringLiteral("running@0 100-300 #1"));
    QCOMPARE(run.thread(11), QStringLiteral("running@0 100-300 #1; blocked(io) 300-400"));
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-300 #1; running@0 300-400"));
}

void TestSliceBuilder::openSlicesArePublished()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(150, kRoot, 1);
    run.record(EventKind::Queued, 160, kRoot, 2);
    run.builder.process(200);
    const TrackIndex thread = run.trace.thread(run.threadIndex(kRoot)).track.load();
    QCOMPARE(run.open(0), QStringLiteral("running@0 150-200 #1"));
    QCOMPARE(run.open(1), QString());
    QCOMPARE(run.open(thread), QStringLiteral("running@0 150-200 #1"));
    QCOMPARE(run.open(run.trace.task(1).track.load()), QStringLiteral("running@0 150-200 #1"));
    QCOMPARE(run.open(run.trace.task(2).track.load()), QStringLiteral("queued 160-200 #2"));
    run.builder.process(300); // nothing new: only longer
    QCOMPARE(run.open(thread), QStringLiteral("running@0 150-300 #1"));

    run.wait(310, kRoot, WaitReason::Child);
    run.out(320, kRoot, 0);
    run.builder.process(400);
    QCOMPARE(run.open(0), QString());
    QCOMPARE(run.open(run.trace.task(1).track.load()), QStringLiteral("blocked(child) 320-400 #1"));
    run.in(420, kRoot, 1);
    run.begin(430, kRoot, 2);
    run.builder.process(500);
    QCOMPARE(run.open(1), QStringLiteral("running@1 430-500 #2"));
    QCOMPARE(run.open(run.trace.task(1).track.load()), QStringLiteral("blocked(await) 430-500 #1"));
    run.exit(550, kRoot, 1);
    run.builder.process(600);
    for (TrackIndex i = 0; i < run.trace.trackCount(); ++i)
        QCOMPARE(run.open(i), QString());
}

void TestSliceBuilder::aTaskOutOfRangeIsIgnored()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(150, kRoot, Trace::kMostTasks);
    run.begin(160, kRoot, 0xffffffffu);
    run.begin(170, kRoot, kNoTask);
    run.record(EventKind::Resume, 180, kRoot, 1, 0xffffffffu);
    run.builder.finish(200);
    QCOMPARE(run.core(0), QStringLiteral("running@0 100-180; running@0 180-200 #1"));
    QCOMPARE(run.trace.flows().size(), std::size_t(0));
}

void TestSliceBuilder::theEndOfTheRunClosesEverything()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(110, kRoot, 1);
    run.begin(120, kRoot, 2);
    run.record(EventKind::Queued, 130, kRoot, 3);
    run.begin(140, kRoot, 4);
    run.record(EventKind::Suspend, 150, kRoot, 4, kNoTask, WaitReason::Await);
    run.end(5'000, kRoot, 2); // stamped after the end that is told: moved to it
    run.builder.process(160);
    run.builder.finish(200);
    QCOMPARE(run.task(1), QStringLiteral("running@0 110-120 #1; blocked(await) 120-200 #1"));
    QVERIFY(run.task(2).endsWith(QStringLiteral("running@0 150-200 #2")));
    QCOMPARE(run.task(3), QStringLiteral("queued 130-200 #3"));
    QVERIFY(run.task(4).endsWith(QStringLiteral("suspended(await) 150-200 #4")));
    QVERIFY(run.trace.task(2).outcome.load() == TaskOutcome::Finished);
    QVERIFY(run.trace.task(3).outcome.load() == TaskOutcome::NeverStarted);
    for (TrackIndex i = 0; i < run.trace.trackCount(); ++i)
        QCOMPARE(run.open(i), QString());
    QCOMPARE(run.trace.horizon(), TimestampNs(200));
}

void TestSliceBuilder::switchesAndMigrationsAreCounted()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(110, kRoot, 1);
    run.preempt(200, kRoot, 0);
    run.in(300, kRoot, 1);
    run.out(400, kRoot, 1);
    run.in(500, kRoot, 1);
    run.end(510, kRoot, 1);
    run.out(600, kRoot, 1);
    run.in(700, kRoot, 0);
    run.builder.finish(800);
    const TrackTotals &thread =
        run.trace.track(run.trace.thread(run.threadIndex(kRoot)).track.load()).totals;
    QCOMPARE(thread.involuntary.load(), std::uint64_t(1));
    QCOMPARE(thread.voluntary.load(), std::uint64_t(2));
    QCOMPARE(thread.migrations.load(), std::uint64_t(2));
    const TrackTotals &task = run.trace.task(1).totals;
    QCOMPARE(task.involuntary.load(), std::uint64_t(1));
    QCOMPARE(task.voluntary.load(), std::uint64_t(1));
    QCOMPARE(task.migrations.load(), std::uint64_t(1));
}

void TestSliceBuilder::marksGoToTheCurrentTask()
{
    BuilderRun run;
    run.in(100, kRoot, 0);
    run.begin(110, kRoot, 5);
    Event mark;
    mark.kind = EventKind::Mark;
    mark.argument = 17;
    mark.reason = std::uint8_t(MarkKind::Printed);
    run.builder.addRecord(mark, 120, kRoot, kRoot);
    mark.task = 6;
    run.builder.addRecord(mark, 130, kRoot, kRoot);
    run.builder.process(200);
    QCOMPARE(run.trace.marks().size(), std::size_t(2));
    QCOMPARE(run.trace.marks()[0].task, TaskId(5));
    QCOMPARE(run.trace.marks()[0].time, TimestampNs(120));
    QCOMPARE(run.trace.marks()[0].number, 17u);
    QVERIFY(run.trace.marks()[0].kind == MarkKind::Printed);
    QCOMPARE(run.trace.marks()[1].task, TaskId(6));
}

void TestSliceBuilder::otherProgramsOnlyShowOnCores()
{
    BuilderRun run(Source::KernelWide);
    SchedEvent other;
    other.kind = SchedEventKind::SwitchIn;
    other.time = 50;
    other.core = 0;
    other.pid = 500;
    other.tid = 500;
    run.builder.addSched(other);
    run.name(SchedEventKind::Name, 60, 500, 500, "firefox");
    other.kind = SchedEventKind::SwitchOut;
    other.time = 100;
    run.builder.addSched(other);
    run.in(100, kRoot, 0);
    run.fork(110, 11); // of the run
    run.fork(120, 600, 600, 500); // not of the run
    run.out(200, kRoot, 0);
    run.in(200, 0, 0); // idle
    run.out(300, 0, 0);
    run.in(300, 11, 0);
    run.out(400, 11, 0);
    other.kind = SchedEventKind::SwitchIn;
    other.time = 400;
    other.pid = other.tid = 600;
    run.builder.addSched(other);
    run.builder.process(450);
    QCOMPARE(run.open(0), QStringLiteral("others 400-450"));
    run.builder.finish(500);
    QCOMPARE(run.core(0),
             QStringLiteral("others 50-100; running@0 100-200; running@0 300-400; "
                            "others 400-500"));
    QVERIFY(!run.trace.thread(run.threadIndex(500)).ofRun.load());
    QVERIFY(!run.trace.thread(run.threadIndex(600)).ofRun.load());
    QVERIFY(run.trace.thread(run.threadIndex(11)).ofRun.load());
    QCOMPARE(run.thread(500), QString());
    QCOMPARE(run.thread(600), QString());
    QCOMPARE(QString::fromStdString(run.trace.threadName(run.threadIndex(500))),
             QStringLiteral("firefox"));
    QCOMPARE(run.trace.track(0).totals.others.load(), DurationNs(150));
}

void TestSliceBuilder::sampledTimeIsNeverCrisp()
{
    BuilderRun run(Source::Sampled);
    run.begin(1000, kRoot, 1);
    run.sample(1000, 2000, kRoot, 0, 500, 250);
    run.sample(1000, 2000, 11, 0, 250);
    run.sample(2000, 3000, kRoot, 1, 1000);
    run.wait(3000, kRoot, WaitReason::Sleep);
    run.record(EventKind::WaitEnd, 5000, kRoot, kNoTask);
    run.sample(5000, 6000, kRoot, 1, 200);
    run.sample(7000, 8000, kRoot, 1, 255);
    run.end(8100, kRoot, 1);
    run.builder.finish(9000);
    QCOMPARE(run.task(1),
             QStringLiteral("sampled@0 1000-2000 #1; sampled@1 2000-3000 #1; "
                            "blocked(sleep) 3000-5000 #1; sampled@1 5000-6000 #1; "
                            "blocked 6000-7000 #1; sampled@1 7000-8000 #1; unknown 8000-8100 #1"));
    const Slice &first = run.trace.track(run.trace.task(1).track.load()).slices[0];
    QCOMPARE(int(first.fraction), 128);
    QCOMPARE(run.core(0), QStringLiteral("sampled@0 1000-2000 #1")); // the larger share
    QVERIFY(
        run.core(1).startsWith(QStringLiteral("sampled@1 2000-3000 #1; sampled@1 5000-6000 #1")));
    const TrackTotals &totals = run.trace.task(1).totals;
    QCOMPARE(totals.running.load(), DurationNs(500 + 1000 + 200 + 255));
    QCOMPARE(totals.runnable.load(), DurationNs(250));
    QCOMPARE(run.trace.track(0).totals.running.load(), DurationNs(750));
    for (TrackIndex i = 0; i < run.trace.trackCount(); ++i)
        QVERIFY(!run.track(i).contains(QStringLiteral("running@")));
}

void TestSliceBuilder::withEventsOnlyNothingIsSaidToRun()
{
    BuilderRun run(Source::Events);
    run.record(EventKind::Queued, 100, kRoot, 1);
    run.begin(200, 11, 1);
    run.wait(300, 11, WaitReason::Lock);
    run.record(EventKind::WaitEnd, 400, 11, kNoTask);
    run.record(EventKind::Suspend, 500, 11, 1, kNoTask, WaitReason::Io);
    run.record(EventKind::Resume, 600, 11, 1);
    run.builder.process(650);
    QCOMPARE(run.open(run.trace.task(1).track.load()), QStringLiteral("unknown 600-650 #1"));
    run.end(700, 11, 1);
    run.builder.finish(800);
    QCOMPARE(run.task(1),
             QStringLiteral("queued 100-200 #1; unknown 200-300 #1; "
                            "blocked(lock) 300-400 #1; unknown 400-500 #1; "
                            "suspended(io) 500-600 #1; unknown 600-700 #1"));
    QCOMPARE(run.core(0), QString());
    QCOMPARE(run.trace.task(1).totals.running.load(), DurationNs(0));
    QCOMPARE(run.trace.task(1).totals.blocked.load(), DurationNs(100));
}

QTEST_GUILESS_MAIN(TestSliceBuilder)
#include "tst_slicebuilder.moc"
