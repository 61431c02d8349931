// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
#include "ui/timeline/holding.h"
#include "ui/timeline/timelinetooltip.h"
#include "ui/timeline/timescale.h"

#include <QTest>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

/// Alice has the fork for [0, 40), Bob waits for it from 10 on, Carol from 20 on; Bob has it next.
struct OneFork {
    HandmadeTrace made;
    TrackIndex alice = kNoTrack, bob = kNoTrack, carol = kNoTrack, fork = kNoTrack;

    OneFork()
    {
        alice = made.addTask(1, "Alice");
        bob = made.addTask(2, "Bob");
        carol = made.addTask(3, "Carol");
        fork = made.addObject(1, ObjectKind::Lock, "fork 1");
        made.add(alice, 0, 60 * kMs, SliceState::Running, 1);
        made.add(bob, 10 * kMs, 40 * kMs, SliceState::Blocked, 2, WaitReason::Lock);
        made.add(bob, 40 * kMs, 60 * kMs, SliceState::Running, 2);
        made.add(carol, 20 * kMs, 60 * kMs, SliceState::Blocked, 3, WaitReason::Lock);
        made.hold(fork, 0, 10 * kMs, 1);
        made.hold(fork, 10 * kMs, 20 * kMs, 1, 1, 1);
        made.hold(fork, 20 * kMs, 40 * kMs, 1, 1, 2);
        made.hold(fork, 40 * kMs, 60 * kMs, 2, 1, 1);
        made.handOver(1, 40 * kMs, 1, 2);
        made.publish(60 * kMs);
        made.writable().finish();
    }

    [[nodiscard]] SliceHit hit(TrackIndex track, std::size_t index) const
    {
        return {track, std::int64_t(index), made.shared()->track(track).slices[index]};
    }
};

/// Two tasks that wait for each other's fork: nothing was handed over, so only the report can tell.
struct Circle {
    HandmadeTrace made;
    TrackIndex alice = kNoTrack, bob = kNoTrack, first = kNoTrack, second = kNoTrack;
    std::optional<DeadlockReport> deadlock;

    Circle()
    {
        alice = made.addTask(1, "Alice");
        bob = made.addTask(2, "Bob");
        first = made.addObject(1, ObjectKind::Lock, "fork 1");
        second = made.addObject(2, ObjectKind::Lock, "fork 2");
        made.add(alice, 20 * kMs, 100 * kMs, SliceState::Blocked, 1, WaitReason::Lock);
        made.add(bob, 22 * kMs, 100 * kMs, SliceState::Blocked, 2, WaitReason::Lock);
        made.hold(first, 0, 22 * kMs, 1);
        made.hold(first, 22 * kMs, 100 * kMs, 1, 1, 1);
        made.hold(second, 0, 20 * kMs, 2);
        made.hold(second, 20 * kMs, 100 * kMs, 2, 1, 1);
        made.publish(100 * kMs);
        made.writable().finish();
        deadlock.emplace();
        deadlock->since = 22 * kMs;
        const QString lock = QStringLiteral("lock");
        deadlock->cycle = {{1, 2, 2, QStringLiteral("Alice"), QStringLiteral("fork 2"),
                            QStringLiteral("Bob"), lock},
                           {2, 1, 1, QStringLiteral("Bob"), QStringLiteral("fork 1"),
                            QStringLiteral("Alice"), lock}};
    }
};

} // namespace

class TestHolding : public QObject
{
    Q_OBJECT

private slots:
    void aHoldingGoesOnOverItsPieces();
    void whoWaitsIsNamedOnlyWhereItIsCertain();
    void severalHoldersAreCounted();
    void nobodyHasItForAMoment();
    void aHoldingThatGoesOnSaysSo();
    void inADeadlockTheReportNamesWhoWaits();
    void aWaitIsForItsLock();
    void theTooltipOfALockTellsHolderAndWaiters();
    void theTooltipOfADenseLockTellsItsShares();
};

void TestHolding::aHoldingGoesOnOverItsPieces()
{
    const OneFork run;
    const TraceSnapshot snapshot(*run.made.shared());
    for (const std::size_t piece : {0U, 1U, 2U}) {
        const Holding holding = holdingOf(snapshot, run.hit(run.fork, piece), std::nullopt);
        QCOMPARE(holding.object, ObjectId(1));
        QCOMPARE(holding.holder, TaskId(1));
        QCOMPARE(holding.held.begin, HandmadeTrace::kOrigin);
        QCOMPARE(holding.held.duration(), 40 * kMs);
        QVERIFY(!holding.isGoingOn);
    }
    const Holding bobs = holdingOf(snapshot, run.hit(run.fork, 3), std::nullopt);
    QCOMPARE(bobs.held.duration(), 20 * kMs);
}

void TestHolding::whoWaitsIsNamedOnlyWhereItIsCertain()
{
    const OneFork run;
    const Trace &trace = *run.made.shared();
    const TraceSnapshot snapshot(trace);
    const Holding free = holdingOf(snapshot, run.hit(run.fork, 0), std::nullopt);
    QCOMPARE(free.waiters, 0U);
    QVERIFY(waitersText(trace, free).isEmpty());
    const Holding one = holdingOf(snapshot, run.hit(run.fork, 1), std::nullopt);
    QCOMPARE(waitersText(trace, one), QStringLiteral("Bob"));
    const Holding two = holdingOf(snapshot, run.hit(run.fork, 2), std::nullopt);
    QCOMPARE(two.waiters, 2U);
    QCOMPARE(waitersText(trace, two), QStringLiteral("Bob, Carol"));

    Holding unknown;
    unknown.waiters = 1;
    QCOMPARE(waitersText(trace, unknown), QStringLiteral("1 task"));
    unknown.waiters = 5;
    QCOMPARE(waitersText(trace, unknown), QStringLiteral("5 tasks"));
    unknown.waiting = {1, 2};
    QCOMPARE(waitersText(trace, unknown), QStringLiteral("Alice, Bob and 3 more"));
}

void TestHolding::severalHoldersAreCounted()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex permits = made.addObject(1, ObjectKind::Semaphore, "permits", 4);
    const TrackIndex book = made.addObject(2, ObjectKind::ReadWriteLock, "book");
    made.hold(permits, 0, 10 * kMs, kNoTask, 3);
    made.hold(permits, 10 * kMs, 20 * kMs, 1, 1);
    made.hold(book, 0, 10 * kMs, kNoTask, 3);
    made.publish(20 * kMs);
    const Trace &trace = *made.shared();
    const TraceSnapshot snapshot(trace);
    const auto text = [&](TrackIndex track, std::size_t index) {
        return holdersText(trace,
                           holdingOf(snapshot,
                                     {track, std::int64_t(index), trace.track(track).slices[index]},
                                     std::nullopt));
    };
    QCOMPARE(text(permits, 0), QStringLiteral("3 of 4"));
    QCOMPARE(text(permits, 1), QStringLiteral("Alice (1 of 4)"));
    QCOMPARE(text(book, 0), QStringLiteral("3 readers"));
    QCOMPARE(severalHoldersText(nullptr, 2), QStringLiteral("2 tasks"));
}

void TestHolding::nobodyHasItForAMoment()
{
    HandmadeTrace made;
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 5, kNoTask, 0, 1);
    made.publish(10);
    const TraceSnapshot snapshot(*made.shared());
    const Holding holding =
        holdingOf(snapshot, {fork, 0, made.shared()->track(fork).slices[0]}, std::nullopt);
    QCOMPARE(holdersText(*made.shared(), holding), QStringLiteral("nobody"));
    QCOMPARE(waitersText(*made.shared(), holding), QStringLiteral("1 task"));
}

void TestHolding::aHoldingThatGoesOnSaysSo()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 10 * kMs, 1);
    Slice open = HandmadeTrace::slice(10 * kMs, 10 * kMs, SliceState::Held, 1, WaitReason::None, 1);
    open.fraction = 1;
    made.writable().setOpen(fork, open);
    made.publish(30 * kMs);
    const TraceSnapshot snapshot(*made.shared());
    const Holding fromStart =
        holdingOf(snapshot, {fork, 0, made.shared()->track(fork).slices[0]}, std::nullopt);
    QVERIFY(fromStart.isGoingOn);
    QCOMPARE(fromStart.held.duration(), 30 * kMs);
    const Holding fromOpen =
        holdingOf(snapshot, {fork, -2, *snapshot.openSlice(fork)}, std::nullopt);
    QVERIFY(fromOpen.isGoingOn);
    QCOMPARE(fromOpen.held.duration(), 30 * kMs);
}

void TestHolding::inADeadlockTheReportNamesWhoWaits()
{
    const Circle run;
    const Trace &trace = *run.made.shared();
    const TraceSnapshot snapshot(trace);
    const SliceHit fork{run.second, 1, trace.track(run.second).slices[1]};
    QCOMPARE(waitersText(trace, holdingOf(snapshot, fork, std::nullopt)), QStringLiteral("1 task"));
    QCOMPARE(waitersText(trace, holdingOf(snapshot, fork, run.deadlock)), QStringLiteral("Alice"));

    const SliceHit wait{run.alice, 0, trace.track(run.alice).slices[0]};
    QVERIFY(waitedObjectOf(snapshot, wait, std::nullopt).name.isEmpty());
    const WaitedObject waited = waitedObjectOf(snapshot, wait, run.deadlock);
    QCOMPARE(waited.name, QStringLiteral("fork 2"));
    QCOMPARE(waited.holder, QStringLiteral("Bob"));
    // A wait that was over before is none of the circle's.
    Slice before = wait.slice;
    before.end = HandmadeTrace::kOrigin + 21 * kMs;
    QVERIFY(!deadlockEdgeOf(snapshot, before, run.deadlock));
    before.end = wait.slice.end;
    before.reason = WaitReason::Sleep;
    QVERIFY(!deadlockEdgeOf(snapshot, before, run.deadlock));
    QVERIFY(!deadlockEdgeOf(snapshot, wait.slice, std::nullopt));
}

void TestHolding::aWaitIsForItsLock()
{
    const OneFork run;
    const TraceSnapshot snapshot(*run.made.shared());
    const WaitedObject waited = waitedObjectOf(snapshot, run.hit(run.bob, 0), std::nullopt);
    QCOMPARE(waited.name, QStringLiteral("fork 1"));
    QCOMPARE(waited.holder, QStringLiteral("Alice"));
    QVERIFY(waitedObjectOf(snapshot, run.hit(run.alice, 0), std::nullopt).name.isEmpty());
}

void TestHolding::theTooltipOfALockTellsHolderAndWaiters()
{
    const OneFork run;
    const TraceSnapshot snapshot(*run.made.shared());
    const QStringList lines = sliceTooltip(snapshot, run.hit(run.fork, 1), 1000);
    QCOMPARE(lines.at(0), QStringLiteral("fork 1"));
    QCOMPARE(lines.at(1), QStringLiteral("held by Alice"));
    QVERIFY(lines.at(2).contains(durationLabel(40 * kMs)));
    QCOMPARE(lines.at(3), QStringLiteral("waiting: Bob"));
    const QStringList wait = sliceTooltip(snapshot, run.hit(run.bob, 0), 1000);
    QVERIFY(wait.contains(QStringLiteral("for fork 1, held by Alice")));
}

void TestHolding::theTooltipOfADenseLockTellsItsShares()
{
    const OneFork run;
    const TraceSnapshot snapshot(*run.made.shared());
    PixelRun dense;
    dense.dense = true;
    dense.slices = 120;
    dense.running = 102;
    dense.contended = 51;
    dense.task = 1;
    const QStringList lines = denseTooltip(snapshot, run.fork, dense);
    QVERIFY(lines.at(0).startsWith(QStringLiteral("120 slices, held 60")));
    QVERIFY(lines.at(1).startsWith(QStringLiteral("somebody waits 20")));
    QVERIFY(lines.contains(QStringLiteral("mostly Alice")));
}

QTEST_GUILESS_MAIN(TestHolding)
#include "tst_holding.moc"
