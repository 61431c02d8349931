// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/query/explainedrun.h"
#include "tests/support/handmadetrace.h"

#include <QTest>

using namespace Interleave;

class TestExplanationWaits : public QObject
{
    Q_OBJECT

private slots:
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
};

namespace
{

/// \param time since the origin
QString textOf(const HandmadeTrace &made, TrackIndex track, TimestampNs time)
{
    const TraceSnapshot snapshot(*made.shared());
    const auto hit = sliceAt(snapshot, track, HandmadeTrace::kOrigin + time);
    return hit ? QString::fromStdString(explanationText(snapshot, *hit, explain(snapshot, *hit)))
               : QString();
}

} // namespace

void TestExplanationWaits::aWaitNamesItsReason_data()
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

void TestExplanationWaits::aWaitNamesItsReason()
{
    QFETCH(int, reason);
    QFETCH(QString, expected);
    ExplainedRun run;
    run.in(200, 12, 0);
    run.record(EventKind::Begin, 200, 12, 2);
    run.record(EventKind::Wait, 900, 12, kNoTask, kNoTask, WaitReason(reason));
    run.out(1'000, 12, 0);
    run.in(2'000, 12, 0);
    run.builder.finish(3'000);
    QCOMPARE(run.textAt(run.laneOf(2), 1'500), expected);
}

void TestExplanationWaits::aWaitThatNobodyRecordedSaysHowItIsKnown_data()
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

void TestExplanationWaits::aWaitThatNobodyRecordedSaysHowItIsKnown()
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

void TestExplanationWaits::aWaitForTheGlobalLockNamesTheThreadsOfItsProcess()
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

void TestExplanationWaits::whatFollowsOnRunningMayBeInferred()
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

void TestExplanationWaits::aRequestIsOnNoThread()
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

void TestExplanationWaits::aWaitForALockNamesItAndItsHolder()
{
    ExplainedRun run;
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

void TestExplanationWaits::whoStillWaitsIsToldWhoHoldsIt()
{
    ExplainedRun run;
    run.waitForFork();
    run.builder.process(5'000);
    QCOMPARE(run.textAt(run.laneOf(2), 2'000),
             QStringLiteral("Waited 4.00 µs for fork 2, which prime 1 still holds."));
}

void TestExplanationWaits::betweenTwoLocksNobodyGuesses()
{
    ExplainedRun run;
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

void TestExplanationWaits::aCoroutineNamesTheLockItWasGiven()
{
    ExplainedRun run;
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

void TestExplanationWaits::aHeldSliceTellsWhoHeldItAndHowManyWaited()
{
    ExplainedRun run;
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

void TestExplanationWaits::aCoroutineNamesItsResumer()
{
    ExplainedRun run;
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

QTEST_GUILESS_MAIN(TestExplanationWaits)
#include "tst_explanationwaits.moc"
