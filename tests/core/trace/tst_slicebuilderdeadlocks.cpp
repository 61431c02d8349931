// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/objectrun.h"

#include <QTest>

using namespace Interleave;

class TestSliceBuilderDeadlocks : public QObject
{
    Q_OBJECT

private slots:
    void aDeadlockIsFoundOnceAndKept();
    void aDeadlockAmongCoroutinesIsFound();
    void aMainThatWaitsForAllIsNoEdge();
    void aPoolThatStarvesIsFoundWhenItHasSettled();
    void permitsHaveToSettleToo();
    void theLastWaitThatItRestsOnHasToSettle();
    void aLeakIsFoundWhenItHasSettled();
    void aWaitForAGroupMovesFromMemberToMember();
    void whereManyWaitItIsLookedForLessOften();
    void aTimedWaitIsNoDeadlock();
};

void TestSliceBuilderDeadlocks::aDeadlockIsFoundOnceAndKept()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.acquire(110, 2, kFork2);
    run.waitFor(200, 1, kFork2);
    run.builder.process(300);
    QVERIFY(!run.builder.deadlock());
    run.waitFor(400, 2, kFork1);
    run.builder.process(450);
    QVERIFY(run.builder.deadlock().has_value());
    QCOMPARE(run.builder.deadlock()->since, TimestampNs(400));
    QCOMPARE(run.builder.deadlock()->cycle.size(), std::size_t(2));
    QCOMPARE(run.builder.deadlock()->cycle[0].waiter, TaskId(1));
    QCOMPARE(run.builder.deadlock()->cycle[0].object, kFork2);
    run.waitEnd(500, 1); // somebody ended it
    run.builder.finish(600);
    QVERIFY(run.builder.deadlock().has_value());
}

void TestSliceBuilderDeadlocks::aDeadlockAmongCoroutinesIsFound()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.suspend(110, 1, 2, WaitReason::Await); // until task 2 ends
    run.builder.process(200);
    QVERIFY(!run.builder.deadlock());
    run.suspend(300, 2, kFork1);
    run.builder.process(400);
    QVERIFY(run.builder.deadlock().has_value());
    QCOMPARE(run.builder.deadlock()->cycle[0].holder, TaskId(2));
    QCOMPARE(run.builder.deadlock()->cycle[0].object, kNoObject);
}

void TestSliceBuilderDeadlocks::aMainThatWaitsForAllIsNoEdge()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.waitFor(110, 1, kNoObject, WaitReason::Join);
    run.waitFor(120, 2, kFork1);
    run.builder.process(200);
    QVERIFY(!run.builder.deadlock());
    run.waitFor(210, 1, kNoObject, WaitReason::Join, 2);
    run.builder.process(300);
    QVERIFY(run.builder.deadlock().has_value());
}

void TestSliceBuilderDeadlocks::aPoolThatStarvesIsFoundWhenItHasSettled()
{
    BuilderRun run;
    run.trace.defineObject(1, ObjectKind::Pool, 1, "pool");
    const auto tell = [&run](EventKind kind, TimestampNs time, TaskId task, TaskId cause,
                             ObjectId object, WaitReason reason) {
        Event event;
        event.kind = kind;
        event.task = task;
        event.cause = cause;
        event.argument = object;
        event.reason = std::uint8_t(reason);
        run.builder.addRecord(event, time, kRoot, 11);
    };
    tell(EventKind::Queued, 100, 1, kNoTask, 1, WaitReason::None);
    tell(EventKind::Begin, 110, 1, kNoTask, 0, WaitReason::None);
    tell(EventKind::Queued, 120, 2, 1, 1, WaitReason::None);
    tell(EventKind::Wait, 130, kNoTask, 2, 0, WaitReason::Join);
    run.builder.process(1'000);
    QVERIFY(!run.builder.deadlock());
    run.builder.process(130 + SliceBuilder::kSettleNs - 1);
    QVERIFY(!run.builder.deadlock());
    run.builder.process(130 + SliceBuilder::kSettleNs); // though no event came
    QVERIFY(run.builder.deadlock().has_value());
    QVERIFY(run.builder.deadlock()->isStarvation);
    QCOMPARE(run.builder.deadlock()->since, TimestampNs(130));
}

void TestSliceBuilderDeadlocks::permitsHaveToSettleToo()
{
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::Semaphore, 1, "permit");
    run.acquire(100, 1, 3, AccessMode::Permit);
    run.acquire(110, 2, kFork2);
    run.waitFor(200, 1, kFork2);
    run.waitFor(210, 2, 3, WaitReason::Semaphore);
    run.builder.process(210 + SliceBuilder::kSettleNs - 1);
    QVERIFY(!run.builder.deadlock());
    run.builder.process(210 + SliceBuilder::kSettleNs);
    QVERIFY(run.builder.deadlock().has_value());
}

/// The two that are told wait for each other from 250 on, but a third has a permit until 20 ms later.
void TestSliceBuilderDeadlocks::theLastWaitThatItRestsOnHasToSettle()
{
    constexpr TimestampNs kLast = 250 + 20 * kMillisecond;
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::Semaphore, 2, "permits");
    run.acquire(100, 1, kFork1);
    run.acquire(110, 2, 3, AccessMode::Permit);
    run.acquire(120, 3, 3, AccessMode::Permit);
    run.waitFor(200, 2, kFork1);
    run.waitFor(250, 1, 3, WaitReason::Semaphore);
    run.builder.process(kLast - 1);
    QVERIFY(!run.builder.deadlock());
    run.waitFor(kLast, 3, kFork1);
    run.builder.process(250 + SliceBuilder::kSettleNs);
    QVERIFY(!run.builder.deadlock());
    run.builder.process(kLast + SliceBuilder::kSettleNs);
    QVERIFY(run.builder.deadlock().has_value());
    QCOMPARE(run.builder.deadlock()->since, kLast);
    QCOMPARE(run.builder.deadlock()->cycle.size(), std::size_t(2));
}

void TestSliceBuilderDeadlocks::aLeakIsFoundWhenItHasSettled()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.waitFor(200, 2, kFork1);
    run.builder.process(250);
    run.tell(EventKind::End, 300, 1, kNoObject);
    run.builder.process(300 + SliceBuilder::kSettleNs - 1);
    QVERIFY(!run.builder.deadlock());
    run.builder.process(300 + SliceBuilder::kSettleNs);
    QVERIFY(run.builder.deadlock().has_value());
    QVERIFY(run.builder.deadlock()->isLeak);
    QCOMPARE(run.builder.deadlock()->since, TimestampNs(300));
}

/// A group's wait names one member after the other, without a resume in between.
void TestSliceBuilderDeadlocks::aWaitForAGroupMovesFromMemberToMember()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.suspend(110, 1, 3, WaitReason::Await);
    run.suspend(120, 2, kFork1);
    run.builder.process(150);
    QVERIFY(!run.builder.deadlock()); // 3 goes on
    run.tell(EventKind::End, 200, 3, kNoObject);
    run.suspend(210, 1, 2, WaitReason::Await);
    run.builder.process(300);
    QVERIFY(run.builder.deadlock().has_value());
    QCOMPARE(run.builder.deadlock()->since, TimestampNs(210));
    run.builder.finish(400);
    QVERIFY2(run.task(1).endsWith(QStringLiteral("suspended(await) 110-400 #1")),
             qPrintable(run.task(1)));
}

void TestSliceBuilderDeadlocks::whereManyWaitItIsLookedForLessOften()
{
    constexpr TaskId kFirst = 1'000;
    constexpr TaskId kMany = 5'000;
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    for (TaskId task = kFirst; task < kFirst + kMany; ++task) {
        Event event;
        event.kind = EventKind::Suspend;
        event.task = task;
        event.argument = kFork1;
        event.reason = std::uint8_t(WaitReason::Lock);
        run.builder.addRecord(event, 150, kRoot, 19);
    }
    run.builder.process(200);
    run.acquire(210, 2, kFork2);
    run.waitFor(220, 1, kFork2);
    run.waitFor(230, 2, kFork1);
    run.builder.process(200 + SliceBuilder::kLookPitch - 1);
    QVERIFY(!run.builder.deadlock());
    run.builder.process(200 + SliceBuilder::kLookPitch);
    QVERIFY(run.builder.deadlock().has_value());
    QCOMPARE(run.builder.deadlock()->cycle.size(), std::size_t(2));
}

void TestSliceBuilderDeadlocks::aTimedWaitIsNoDeadlock()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.acquire(110, 2, kFork2);
    run.waitFor(200, 1, kFork2);
    run.waitFor(210, 2, kFork1, WaitReason::Lock, kNoTask, kTimedWaitFlag);
    run.builder.process(300);
    QVERIFY(!run.builder.deadlock());
}

QTEST_GUILESS_MAIN(TestSliceBuilderDeadlocks)
#include "tst_slicebuilderdeadlocks.moc"
