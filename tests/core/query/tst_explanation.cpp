// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation.h"
#include "core/trace/slicebuilder.h"
#include "tests/support/handmadetrace.h"

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
    void aWaitNamesItsReason_data();
    void aWaitNamesItsReason();
    void aWaitThatNobodyRecordedSaysHowItIsKnown_data();
    void aWaitThatNobodyRecordedSaysHowItIsKnown();
    void aWaitForTheGlobalLockNamesTheThreadsOfItsProcess();
    void whatFollowsOnRunningMayBeInferred();
    void aRequestIsOnNoThread();
    void aWaitForALockNamesItAndItsHolder();
    void whoStillWaitsIsToldWhoHoldsIt();
    void betweenTwoLocksNobodyGuesses();
    void aCoroutineNamesTheLockItWasGiven();
    void aHeldSliceTellsWhoHeldItAndHowManyWaited();
    void aCoroutineNamesItsResumer();
    void aQueuedTaskCountsThoseBeforeIt();
    void whatIsNotKnownIsSaid();
    void aTrackThatDoesNotExistIsUnknown();
};

namespace
{

constexpr pid_t kRoot = 10;

/// Two cores; tasks "prime 1" to "prime 9" on threads 11 to 19, which all are created at 100.
struct Run {
    explicit Run(const std::vector<CoreId> &cores = {0, 1})
        : builder(trace, cores, Source::Kernel)
    {
        trace.setOrigin(1);
        trace.setSource(Source::Kernel);
        trace.defineTasks(1, 9, TaskKind::Thread, kNoTask, "prime");
        builder.addRoot(kRoot, 0, "root");
        for (pid_t tid = 11; tid < 20; ++tid)
            sched(SchedEventKind::Fork, 100, tid, kNoCore);
    }

    void sched(SchedEventKind kind, TimestampNs time, pid_t tid, CoreId core,
               bool preempted = false)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.pid = event.parentPid = event.parentTid = kRoot;
        event.tid = tid;
        event.core = core;
        event.preempted = preempted;
        builder.addSched(event);
    }
    void in(TimestampNs time, pid_t tid, CoreId core)
    {
        sched(SchedEventKind::SwitchIn, time, tid, core);
    }
    void out(TimestampNs time, pid_t tid, CoreId core, bool preempted)
    {
        sched(SchedEventKind::SwitchOut, time, tid, core, preempted);
    }
    void woken(TimestampNs since, TimestampNs time, pid_t tid, std::uint32_t readyNs)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Woken;
        event.time = time;
        event.lostSince = since;
        event.pid = kRoot;
        event.tid = tid;
        event.readyNs = readyNs;
        builder.addSched(event);
    }
    void record(EventKind kind, TimestampNs time, pid_t tid, TaskId task, TaskId cause = kNoTask,
                WaitReason reason = WaitReason::None)
    {
        Event event;
        event.kind = kind;
        event.task = task;
        event.cause = cause;
        event.reason = std::uint8_t(reason);
        builder.addRecord(event, time, kRoot, tid);
    }
    void tell(EventKind kind, TimestampNs time, pid_t tid, TaskId task, ObjectId object,
              TaskId cause = kNoTask, WaitReason reason = WaitReason::None)
    {
        Event event;
        event.kind = kind;
        event.task = task;
        event.cause = cause;
        event.argument = object;
        event.reason = std::uint8_t(reason);
        builder.addRecord(event, time, kRoot, tid);
    }
    /// From 1,000 on, prime 2 waits for fork 2, which prime 1 has held since 300.
    void waitForFork()
    {
        trace.defineObject(1, ObjectKind::Lock, 0, "fork 2");
        in(200, 11, 1);
        record(EventKind::Begin, 210, 11, 1);
        in(200, 12, 0);
        record(EventKind::Begin, 210, 12, 2);
        tell(EventKind::Acquire, 300, 11, 1, 1);
        tell(EventKind::Wait, 900, 12, kNoTask, 1, kNoTask, WaitReason::Lock);
        out(1'000, 12, 0, false);
    }
    /// And at 3,000 it is back.
    void giveFork()
    {
        tell(EventKind::Release, 2'900, 11, 1, 1);
        in(3'000, 12, 0);
        tell(EventKind::Acquire, 3'100, 12, 2, 1);
        tell(EventKind::WaitEnd, 3'110, 12, kNoTask, 0);
    }
    [[nodiscard]] Explanation explainAt(TrackIndex track, TimestampNs time, QString *text)
    {
        const TraceSnapshot snapshot(trace);
        const auto hit = sliceAt(snapshot, track, time);
        if (!hit)
            return {};
        const Explanation result = explain(snapshot, *hit);
        *text = QString::fromStdString(explanationText(snapshot, *hit, result));
        return result;
    }
    [[nodiscard]] QString textAt(TrackIndex track, TimestampNs time)
    {
        QString text;
        (void)explainAt(track, time, &text);
        return text;
    }
    [[nodiscard]] TrackIndex laneOf(TaskId task) const { return trace.task(task).track.load(); }

    Trace trace;
    SliceBuilder builder;
};

/// \param time since the origin
QString textOf(const HandmadeTrace &made, TrackIndex track, TimestampNs time)
{
    const TraceSnapshot snapshot(*made.shared());
    const auto hit = sliceAt(snapshot, track, HandmadeTrace::kOrigin + time);
    return hit ? QString::fromStdString(explanationText(snapshot, *hit, explain(snapshot, *hit)))
               : QString();
}

} // namespace

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
    Run run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.in(200, 14, 1);
    run.record(EventKind::Begin, 210, 14, 4);
    run.out(1'000, 12, 0, true);
    run.in(1'000, 11, 0);
    run.record(EventKind::Begin, 1'000, 11, 1);
    run.out(3'000, 11, 0, true);
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
    Run run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.out(1'000, 12, 0, true);
    run.in(3'500, 12, 0);
    run.builder.finish(5'000);
    QCOMPARE(run.textAt(run.laneOf(2), 2'000),
             QStringLiteral("Ready to run for 2.50 µs, while none of this run's threads was on a "
                            "core: other programs may have had them."));
}

void TestExplanation::aWaitAfterAWakeUpIsNotAPreemption()
{
    Run run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.in(200, 14, 1);
    run.record(EventKind::Begin, 210, 14, 4);
    run.out(1'000, 12, 0, false);
    run.in(1'000, 11, 0);
    run.record(EventKind::Begin, 1'000, 11, 1);
    run.out(3'000, 11, 0, true);
    run.in(3'000, 12, 0);
    run.woken(1'000, 3'000, 12, 500);
    run.out(4'000, 12, 0, false);
    run.out(4'000, 14, 1, false);
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
    Run run(std::vector<CoreId>{0});
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.out(1'000, 12, 0, true);
    run.in(1'000, 11, 0);
    run.record(EventKind::Begin, 1'000, 11, 1);
    run.out(1'500, 11, 0, true);
    run.in(1'500, 13, 0);
    run.record(EventKind::Begin, 1'500, 13, 3);
    run.out(3'000, 13, 0, true);
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
    Run run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 210, 12, 2);
    run.out(1'000, 12, 0, true);
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
    Run run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 200, 12, 2);
    run.out(1'200, 12, 0, true);
    run.in(1'200, 11, 0);
    run.record(EventKind::Begin, 1'200, 11, 1);
    run.out(2'000, 11, 0, false);
    run.in(2'000, 12, 0);
    run.record(EventKind::Wait, 2'900, 12, kNoTask, kNoTask, WaitReason::Lock);
    run.out(3'000, 12, 0, false);
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

void TestExplanation::aWaitNamesItsReason_data()
{
    QTest::addColumn<int>("reason");
    QTest::addColumn<QString>("expected");
    QTest::newRow("none") << int(WaitReason::None)
                          << QStringLiteral("Blocked for 1.00 µs; the reason is not known.");
    QTest::newRow("sleep") << int(WaitReason::Sleep) << QStringLiteral("Slept for 1.00 µs.");
    QTest::newRow("lock") << int(WaitReason::Lock) << QStringLiteral("Waited 1.00 µs for a lock.");
    QTest::newRow("child") << int(WaitReason::Child)
                           << QStringLiteral("Waited 1.00 µs for a child process to end.");
}

void TestExplanation::aWaitNamesItsReason()
{
    QFETCH(int, reason);
    QFETCH(QString, expected);
    Run run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 200, 12, 2);
    run.record(EventKind::Wait, 900, 12, kNoTask, kNoTask, WaitReason(reason));
    run.out(1'000, 12, 0, false);
    run.in(2'000, 12, 0);
    run.builder.finish(3'000);
    QCOMPARE(run.textAt(run.laneOf(2), 1'500), expected);
}

void TestExplanation::aWaitThatNobodyRecordedSaysHowItIsKnown_data()
{
    QTest::addColumn<int>("reason");
    QTest::addColumn<QString>("expected");
    QTest::newRow("found") << int(WaitReason::None)
                           << QStringLiteral(
                                  "Was waiting already when the recording began, and 3.00 ms "
                                  "from then on; the reason is not known.");
    QTest::newRow("sleep") << int(WaitReason::Sleep)
                           << QStringLiteral("Slept for 3.00 ms, as seen in /proc while it waited "
                                             "(sampled).");
    QTest::newRow("futex") << int(WaitReason::Futex)
                           << QStringLiteral(
                                  "Waited 3.00 ms for a lock or a condition (futex), as seen "
                                  "in /proc while it waited (sampled).");
    QTest::newRow("poll") << int(WaitReason::Poll)
                          << QStringLiteral(
                                 "Waited 3.00 ms for input, output or a timer, as seen in "
                                 "/proc while it waited (sampled).");
    QTest::newRow("global lock") << int(WaitReason::GlobalLock)
                                 << QStringLiteral("Off its core for 3.00 ms, waiting for the GIL "
                                                   "(inferred).");
}

void TestExplanation::aWaitThatNobodyRecordedSaysHowItIsKnown()
{
    QFETCH(int, reason);
    QFETCH(QString, expected);
    HandmadeTrace made;
    const ThreadIndex thread = made.writable().addThread(10, 11, HandmadeTrace::kOrigin, true);
    const TrackIndex track = made.writable().addThreadTrack(thread);
    Slice slice =
        HandmadeTrace::slice(0, 3 * kMillisecond, SliceState::Blocked, kNoTask, WaitReason(reason));
    slice.thread = thread;
    slice.derived = true;
    made.writable().append(track, slice);
    made.publish(5 * kMillisecond);
    QCOMPARE(textOf(made, track, kMillisecond), expected);
}

void TestExplanation::aWaitForTheGlobalLockNamesTheThreadsOfItsProcess()
{
    HandmadeTrace made;
    Trace &trace = made.writable();
    const TrackIndex core = trace.addCoreTrack(0);
    const ThreadIndex waiter = trace.addThread(10, 11, HandmadeTrace::kOrigin, true);
    const ThreadIndex sibling = trace.addThread(10, 12, HandmadeTrace::kOrigin, true);
    const ThreadIndex stranger = trace.addThread(20, 20, HandmadeTrace::kOrigin, true);
    trace.writableThread(sibling).name.store(trace.addText("cruncher"));
    trace.writableThread(stranger).name.store(trace.addText("stranger"));
    const TrackIndex track = trace.addThreadTrack(waiter);
    const auto add = [&](TrackIndex to, TimestampNs begin, TimestampNs end, SliceState state,
                         ThreadIndex thread) {
        Slice slice = HandmadeTrace::slice(begin, end, state, kNoTask);
        slice.thread = thread;
        if (state == SliceState::Blocked) {
            slice.reason = WaitReason::GlobalLock;
            slice.derived = true;
        }
        trace.append(to, slice);
    };
    add(core, 0, 4 * kMillisecond, SliceState::Running, sibling);
    add(core, 4 * kMillisecond, 5 * kMillisecond, SliceState::Running, stranger);
    add(track, 0, 5 * kMillisecond, SliceState::Blocked, waiter);
    made.publish(5 * kMillisecond);
    const TraceSnapshot snapshot(trace);
    const auto hit = sliceAt(snapshot, track, HandmadeTrace::kOrigin + kMillisecond);
    QVERIFY(hit.has_value());
    const Explanation result = explain(snapshot, *hit);
    QVERIFY(result.kind == Explanation::Kind::Waited);
    QVERIFY(result.isDerived);
    QCOMPARE(result.onCores.size(), std::size_t(1));
    QCOMPARE(result.onCores[0].thread, sibling);
    QCOMPARE(textOf(made, track, kMillisecond),
             QStringLiteral("Off its core for 5.00 ms, waiting for the GIL (inferred). Meanwhile "
                            "cruncher (4.00 ms) ran."));
}

void TestExplanation::whatFollowsOnRunningMayBeInferred()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "reader");
    made.add(track, 0, kMillisecond, SliceState::Running, 1);
    Slice slice = HandmadeTrace::slice(kMillisecond, 6 * kMillisecond, SliceState::Blocked, 1,
                                       WaitReason::GlobalLock);
    slice.derived = true;
    made.writable().append(track, slice);
    made.publish(9 * kMillisecond);
    QCOMPARE(textOf(made, track, 500 * kMicrosecond),
             QStringLiteral("Ran on core 0 for 1.00 ms, then waited for the GIL (inferred)."));
}

void TestExplanation::aRequestIsOnNoThread()
{
    HandmadeTrace made;
    const TrackIndex track = made.addTask(1, "GET /", TaskKind::Request);
    made.add(track, 0, 4 * kMillisecond, SliceState::Suspended, 1, WaitReason::Connection);
    made.add(track, 4 * kMillisecond, 9 * kMillisecond, SliceState::Suspended, 1, WaitReason::Io);
    made.publish(20 * kMillisecond);
    const QString end = QStringLiteral(
        ". A request is on no thread: the task that made it may do other things meanwhile.");
    QCOMPARE(textOf(made, track, kMillisecond),
             QStringLiteral("Waited for a free connection for 4.00 ms") + end);
    QCOMPARE(textOf(made, track, 5 * kMillisecond),
             QStringLiteral("Waited for the answer for 5.00 ms") + end);
}

void TestExplanation::aWaitForALockNamesItAndItsHolder()
{
    Run run;
    run.waitForFork();
    run.giveFork();
    run.builder.finish(5'000);
    QString text;
    const Explanation result = run.explainAt(run.laneOf(2), 2'000, &text);
    QVERIFY(result.kind == Explanation::Kind::Waited);
    QCOMPARE(result.object, ObjectId(1));
    QCOMPARE(result.holders.size(), std::size_t(1));
    QCOMPARE(result.holders[0].task, TaskId(1));
    QCOMPARE(result.holders[0].time, DurationNs(1'900));
    QCOMPARE(text, QStringLiteral("Waited 2.00 µs for fork 2, held by prime 1 until 2.90 µs."));
}

void TestExplanation::whoStillWaitsIsToldWhoHoldsIt()
{
    Run run;
    run.waitForFork();
    run.builder.process(5'000);
    QCOMPARE(run.textAt(run.laneOf(2), 2'000),
             QStringLiteral("Waited 4.00 µs for fork 2, which prime 1 still holds."));
}

void TestExplanation::betweenTwoLocksNobodyGuesses()
{
    Run run;
    run.waitForFork();
    run.trace.defineObject(2, ObjectKind::Lock, 0, "fork 3");
    run.trace.defineObject(3, ObjectKind::Semaphore, 1, "permits");
    run.record(EventKind::Begin, 210, 13, 3);
    run.tell(EventKind::Wait, 900, 13, kNoTask, 3, kNoTask, WaitReason::Semaphore);
    run.builder.process(4'000);
    QVERIFY(run.textAt(run.laneOf(2), 2'000).contains(QStringLiteral("fork 2")));
    run.record(EventKind::Begin, 4'100, 14, 4);
    run.tell(EventKind::Wait, 4'200, 14, kNoTask, 2, kNoTask, WaitReason::Lock);
    run.builder.process(20'000);
    QCOMPARE(run.textAt(run.laneOf(2), 2'000), QStringLiteral("Waited 19.0 µs for a lock."));
}

void TestExplanation::aCoroutineNamesTheLockItWasGiven()
{
    Run run;
    run.trace.defineObject(1, ObjectKind::Lock, 0, "fork 2");
    run.in(200, kRoot, 0);
    run.record(EventKind::Begin, 300, kRoot, 1);
    run.tell(EventKind::Acquire, 400, kRoot, 1, 1);
    run.record(EventKind::Begin, 500, kRoot, 2);
    run.tell(EventKind::Suspend, 1'000, kRoot, 2, 1, kNoTask, WaitReason::Lock);
    run.tell(EventKind::Release, 1'900, kRoot, 1, 1, 2);
    run.record(EventKind::Resume, 2'000, kRoot, 2, 1);
    run.builder.finish(3'000);
    QCOMPARE(run.textAt(run.laneOf(2), 1'500),
             QStringLiteral("Suspended for 1.00 µs, waiting for fork 2, held by prime 1 until "
                            "1.90 µs. Resumed by prime 1."));
}

void TestExplanation::aHeldSliceTellsWhoHeldItAndHowManyWaited()
{
    Run run;
    run.waitForFork();
    run.giveFork();
    run.builder.process(5'000);
    const TrackIndex lane = run.trace.findObject(1)->track;
    QString text;
    QVERIFY(run.explainAt(lane, 500, &text).kind == Explanation::Kind::Held);
    QCOMPARE(text, QStringLiteral("Held by prime 1 for 600 ns; nobody waited for it meanwhile."));
    QCOMPARE(run.textAt(lane, 1'500),
             QStringLiteral("Held by prime 1 for 2.00 µs; 1 task waited for it meanwhile."));
    QCOMPARE(run.textAt(lane, 3'000),
             QStringLiteral("Nobody held it for 200 ns; 1 task waited for it meanwhile."));
    QCOMPARE(run.textAt(lane, 4'500),
             QStringLiteral("Has been held by prime 2 for 1.90 µs; nobody waited for it "
                            "meanwhile."));
}

void TestExplanation::aCoroutineNamesItsResumer()
{
    Run run;
    run.in(200, kRoot, 0);
    run.record(EventKind::Begin, 300, kRoot, 1);
    run.record(EventKind::Suspend, 1'000, kRoot, 1, kNoTask, WaitReason::Await);
    run.record(EventKind::Begin, 1'100, kRoot, 2);
    run.record(EventKind::End, 1'900, kRoot, 2);
    run.record(EventKind::Resume, 2'000, kRoot, 1, 2);
    run.builder.finish(3'000);
    QString text;
    const Explanation result = run.explainAt(run.laneOf(1), 1'500, &text);
    QVERIFY(result.kind == Explanation::Kind::Suspended);
    QCOMPARE(result.resumer, TaskId(2));
    QCOMPARE(text,
             QStringLiteral("Suspended for 1.00 µs, waiting for another task. "
                            "Resumed by prime 2."));
    QCOMPARE(
        run.textAt(run.laneOf(1), 500),
        QStringLiteral("Ran on core 0 for 700 ns, then was suspended to wait for another task."));
}

void TestExplanation::aQueuedTaskCountsThoseBeforeIt()
{
    Run run;
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
