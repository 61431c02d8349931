// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/query/explainedrun.h"

#include <QTest>

#include <limits>

using namespace Interleave;

class TestExplanation : public QObject
{
    Q_OBJECT

private slots:
    void aDurationHasThreeDigitsAndAUnit_data();
    void aDurationHasThreeDigitsAndAUnit();
    void aGapNamesWhoHadTheCores();
    void aGapOnAnIdleMachineIsNotExplainedAway();
    void aWaitAfterAWakeUpIsNotAPreemption();
    void ofSeveralOnACoreTheLongestIsNamed();
    void aMigrationIsTold();
    void aRunningSliceSaysHowItEnded();
    void aQueuedTaskCountsThoseBeforeIt();
    void whatIsNotKnownIsSaid();
    void aTrackThatDoesNotExistIsUnknown();
};

void TestExplanation::aDurationHasThreeDigitsAndAUnit_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::addColumn<QString>("expected");
    const auto row = [](qint64 duration, const char *expected) {
        QTest::addRow("%s", expected) << duration << QString::fromUtf8(expected);
    };
    row(0, "0 ns");
    row(1, "1 ns");
    row(850, "850 ns");
    row(999, "999 ns");
    row(1'000, "1.00 µs");
    row(1'049, "1.05 µs");
    row(9'994, "9.99 µs");
    row(9'996, "10.0 µs");
    row(12'345, "12.3 µs");
    row(99'960, "100 µs");
    row(999'499, "999 µs");
    row(999'600, "1.00 ms");
    row(3'050'000, "3.05 ms");
    row(41'234'567, "41.2 ms");
    row(999'500'000, "1.00 s");
    row(3'100'000'000, "3.10 s");
    row(59'960'000'000, "60.0 s");
    row(1'234'000'000'000, "1234 s");
    row(-41'234'567, "-41.2 ms");
    row(std::numeric_limits<qint64>::max(), "9223372037 s");
    row(std::numeric_limits<qint64>::min(), "-9223372037 s");
}

void TestExplanation::aDurationHasThreeDigitsAndAUnit()
{
    QFETCH(qint64, duration);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(durationText(DurationNs(duration))), expected);
}

void TestExplanation::aGapNamesWhoHadTheCores()
{
    ExplainedRun run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.in(200, 14, 1);
    run.record(EventKind::Begin, 210, 14, 4);
    run.preempt(1'000, 12, 0);
    run.in(1'000, 11, 0);
    run.record(EventKind::Begin, 1'000, 11, 1);
    run.preempt(3'000, 11, 0);
    run.in(3'000, 12, 0);
    run.builder.finish(5'000);
    QString text;
    const Explanation result = run.explainAt(run.laneOf(2), 2'000, &text);
    QVERIFY(result.kind == Explanation::Kind::Preempted);
    QCOMPARE(result.onCores.size(), std::size_t(2));
    QCOMPARE(result.onCores[0].time, DurationNs(2'000));
    QCOMPARE(result.nextCore, CoreId(0));
    QVERIFY(!result.migrated);
    QCOMPARE(text,
             QStringLiteral("Ready to run, but both cores were taken: core 0 by prime 1, "
                            "core 1 by prime 4."));
}

void TestExplanation::aGapOnAnIdleMachineIsNotExplainedAway()
{
    ExplainedRun run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.preempt(1'000, 12, 0);
    run.in(3'500, 12, 0);
    run.builder.finish(5'000);
    QCOMPARE(run.textAt(run.laneOf(2), 2'000),
             QStringLiteral("Ready to run for 2.50 µs, while none of this run's threads was on a "
                            "core: other programs may have had them."));
}

void TestExplanation::aWaitAfterAWakeUpIsNotAPreemption()
{
    ExplainedRun run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.in(200, 14, 1);
    run.record(EventKind::Begin, 210, 14, 4);
    run.out(1'000, 12, 0);
    run.in(1'000, 11, 0);
    run.record(EventKind::Begin, 1'000, 11, 1);
    run.preempt(3'000, 11, 0);
    run.in(3'000, 12, 0);
    run.woken(1'000, 3'000, 12, 500);
    run.out(4'000, 12, 0);
    run.out(4'000, 14, 1);
    run.in(6'000, 12, 0);
    run.woken(4'000, 6'000, 12, 2'000); // no sooner asleep than ready
    run.builder.finish(7'000);
    const auto lane = run.laneOf(2);
    QString text;
    const Explanation result = run.explainAt(lane, 2'700, &text);
    QVERIFY(result.kind == Explanation::Kind::Woken);
    QCOMPARE(result.onCores.size(), std::size_t(2));
    const QString measured =
        QStringLiteral(" Its length is the kernel's count (run_delay), drawn up to when it ran.");
    QCOMPARE(text,
             QStringLiteral("Became ready, and waited 500 ns for a core: both cores were taken: "
                            "core 0 by prime 1, core 1 by prime 4.")
                 + measured);
    QCOMPARE(run.textAt(lane, 2'000),
             QStringLiteral("Blocked for 1.50 µs; the reason is not known."));
    QCOMPARE(run.textAt(lane, 3'500), QStringLiteral("Ran on core 0 for 1.00 µs, then blocked."));
    QCOMPARE(run.textAt(lane, 5'000),
             QStringLiteral("Became ready, and waited 2.00 µs for a core: none of this run's "
                            "threads had one, so the switch itself took that long, or other "
                            "programs had them.")
                 + measured);
    QCOMPARE(run.textAt(run.trace.thread(run.trace.task(2).thread.load()).track.load(), 150),
             QStringLiteral("Ready to run for 100 ns, while none of this run's threads was on a "
                            "core: other programs may have had them.")); // a new thread
}

void TestExplanation::ofSeveralOnACoreTheLongestIsNamed()
{
    ExplainedRun run(std::vector<CoreId>{0});
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.preempt(1'000, 12, 0);
    run.in(1'000, 11, 0);
    run.record(EventKind::Begin, 1'000, 11, 1);
    run.preempt(1'500, 11, 0);
    run.in(1'500, 13, 0);
    run.record(EventKind::Begin, 1'500, 13, 3);
    run.preempt(3'000, 13, 0);
    run.in(3'000, 12, 0);
    run.builder.finish(4'000);
    QString text;
    const Explanation result = run.explainAt(run.laneOf(2), 2'000, &text);
    QCOMPARE(result.onCores.size(), std::size_t(2));
    QCOMPARE(result.onCores[0].task, TaskId(3));
    QCOMPARE(result.onCores[1].time, DurationNs(500));
    QCOMPARE(text, QStringLiteral("Ready to run, but the only core was taken: core 0 by prime 3."));
}

void TestExplanation::aMigrationIsTold()
{
    ExplainedRun run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.preempt(1'000, 12, 0);
    run.in(1'000, 11, 0);
    run.in(2'000, 12, 1);
    run.builder.finish(4'000);
    QString text;
    const Explanation result = run.explainAt(run.laneOf(2), 1'500, &text);
    QVERIFY(result.migrated);
    QCOMPARE(result.nextCore, CoreId(1));
    QCOMPARE(text,
             QStringLiteral("Ready to run, but 1 of 2 cores was taken: core 0 by root. It went "
                            "on on core 1; before, it was on core 0."));
}

void TestExplanation::aRunningSliceSaysHowItEnded()
{
    ExplainedRun run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 200, 12, 2);
    run.preempt(1'200, 12, 0);
    run.in(1'200, 11, 0);
    run.record(EventKind::Begin, 1'200, 11, 1);
    run.out(2'000, 11, 0);
    run.in(2'000, 12, 0);
    run.record(EventKind::Wait, 2'900, 12, kNoTask, kNoTask, WaitReason::Lock);
    run.out(3'000, 12, 0);
    run.in(4'000, 12, 0);
    run.builder.process(5'000);
    const QString preempted =
        QStringLiteral("Ran on core 0 for 1.00 µs, then was preempted: prime 1 took the core.");
    QCOMPARE(run.textAt(run.laneOf(2), 500), preempted);
    QCOMPARE(run.textAt(0, 500), preempted); // the same slice on its core
    QCOMPARE(run.textAt(run.laneOf(2), 2'500),
             QStringLiteral("Ran on core 0 for 1.00 µs, then waited for a lock."));
    QCOMPARE(run.textAt(run.laneOf(1), 1'500),
             QStringLiteral("Ran on core 0 for 800 ns, then blocked."));
    QCOMPARE(run.textAt(run.laneOf(2), 4'500),
             QStringLiteral("Has been running on core 0 for 1.00 µs."));
}

void TestExplanation::aQueuedTaskCountsThoseBeforeIt()
{
    ExplainedRun run;
    run.trace.defineTasks(20, 1, TaskKind::Main, kNoTask, "main");
    run.in(200, kRoot, 0);
    run.record(EventKind::Begin, 300, kRoot, 20); // main does not count
    for (TaskId task = 1; task <= 4; ++task)
        run.record(EventKind::Queued, 250 + TimestampNs(task), kRoot, task);
    run.in(400, 12, 1);
    for (TaskId task = 1; task <= 4; ++task)
        run.record(EventKind::Chain, 1'000 * TimestampNs(task), 12, task);
    run.builder.finish(9'000);
    QString text;
    QCOMPARE(run.explainAt(run.laneOf(4), 3'500, &text).aheadOfIt, 3);
    QCOMPARE(text, QStringLiteral("Queued for 3.75 µs: 3 other tasks began before it."));
    QCOMPARE(run.textAt(run.laneOf(2), 500),
             QStringLiteral("Queued for 1.75 µs: 1 other task began before it."));
    QCOMPARE(run.textAt(run.laneOf(1), 500),
             QStringLiteral("Queued for 749 ns; no other task began in the meantime."));
}

void TestExplanation::whatIsNotKnownIsSaid()
{
    Trace trace;
    trace.addCoreTrack(0);
    const TraceSnapshot snapshot(trace);
    SliceHit hit;
    hit.track = 0;
    hit.index = 0;
    hit.slice.begin = 1'000;
    hit.slice.end = 5'000;
    const auto text = [&](SliceState state) {
        hit.slice.state = state;
        return QString::fromStdString(explanationText(snapshot, hit, explain(snapshot, hit)));
    };
    QCOMPARE(text(SliceState::Lost),
             QStringLiteral("The kernel dropped records here: what happened "
                            "in these 4.00 µs is not known."));
    hit.slice.fraction = 128;
    QCOMPARE(text(SliceState::Sampled),
             QStringLiteral("Sampled: on a core for about 50 % of these "
                            "4.00 µs; when exactly is not known."));
    QCOMPARE(text(SliceState::Unknown),
             QStringLiteral("In progress for 4.00 µs; whether it was on a core is not known from "
                            "events alone."));
    QCOMPARE(text(SliceState::Others),
             QStringLiteral("Taken by another program for 4.00 µs: another thread."));
}

void TestExplanation::aTrackThatDoesNotExistIsUnknown()
{
    const Trace trace;
    const TraceSnapshot snapshot(trace);
    const Explanation result = explain(snapshot, SliceHit{});
    QVERIFY(result.kind == Explanation::Kind::Unknown);
    QVERIFY(!explanationText(snapshot, SliceHit{}, result).empty());
}

QTEST_GUILESS_MAIN(TestExplanation)
#include "tst_explanation.moc"
