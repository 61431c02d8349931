// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/lockgraph.h"

#include <QTest>

using namespace Interleave;

class TestWaitForGraphPermits : public QObject
{
    Q_OBJECT

private slots:
    void aSemaphoreWithOneHolderThatGoesOnIsNone();
    void aSemaphoreWithAFreePermitIsNone();
    void aSemaphoreWhoseHoldersAllWaitIsFound();
    void aSemaphoreThatOthersGiveBackIsASignal();
    void aSignalThatCameBeforeItsFirstWaiterIsOneToo();
    void aPermitTakenTwiceIsHeldUntilBothAreBack();
    void itIsJudgedByAllThatItRestsOn();
    void itIsAsOldAsTheLastWaitThatItRestsOn();
    void aCertainOneIsToldFirst();
    void locksWithOneHolderNeedNoSettling();
    void aPoolWhoseWorkersWaitForItsQueueIsFound();
    void aPoolWithAWorkerLeftIsNone();
    void theEndOfAWorkerTooManyMayCompleteIt();
};

void TestWaitForGraphPermits::aSemaphoreWithOneHolderThatGoesOnIsNone()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Semaphore, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.take(3, 2);
    graph.want(3, 1);
    graph.want(1, 2);
    QVERIFY(!graph.find()); // 2 goes on
}

void TestWaitForGraphPermits::aSemaphoreWithAFreePermitIsNone()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Semaphore, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.want(2, 1);
    QVERIFY(!graph.find());
}

void TestWaitForGraphPermits::aSemaphoreWhoseHoldersAllWaitIsFound()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Semaphore, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.wait(1, WaitReason::Semaphore, 1, kNoTask, false, 5);
    QVERIFY(!graph.find());
    graph.wait(2, WaitReason::Semaphore, 1, kNoTask, false, 6);
    const auto found = graph.find();
    QVERIFY(found);
    QVERIFY(found->cycle[0].reason == WaitReason::Semaphore);
    QVERIFY(found->needsSettling);
    graph.release(9, 1); // a signal from one that never took a permit
    QVERIFY(!graph.find());
}

void TestWaitForGraphPermits::aSemaphoreThatOthersGiveBackIsASignal()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Semaphore, 1);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.release(9, 1); // 9 produces, the others consume
    graph.acquire(2, 1, AccessMode::Permit);
    graph.take(3, 2);
    graph.want(2, 2, 10);
    graph.wait(3, WaitReason::Semaphore, 1, kNoTask, false, 20); // until 9 comes again
    QVERIFY(!graph.find());
    QVERIFY(!graph.end(9));
    QVERIFY(!graph.find());
}

void TestWaitForGraphPermits::aSignalThatCameBeforeItsFirstWaiterIsOneToo()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Semaphore, 1);
    graph.release(9, 1);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.take(3, 2);
    graph.want(2, 2);
    graph.wait(3, WaitReason::Semaphore, 1, kNoTask, false, 20);
    QVERIFY(!graph.find());
}

void TestWaitForGraphPermits::aPermitTakenTwiceIsHeldUntilBothAreBack()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Connections, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.release(1, 1);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.wait(2, WaitReason::Connection, 1, kNoTask, false, 10);
    QVERIFY(graph.end(1, 20));
    QVERIFY(graph.find());
    graph.release(1, 1);
    graph.release(1, 1);
    QVERIFY(!graph.find());
    graph.acquire(3, 1, AccessMode::Permit);
    graph.acquire(3, 1, AccessMode::Permit);
    graph.release(3, 1);
    graph.release(3, 1);
    QVERIFY(!graph.end(3, 30));
}

void TestWaitForGraphPermits::itIsJudgedByAllThatItRestsOn()
{
    LockGraph graph;
    graph.defineObject(5, ObjectKind::ReadWriteLock, 0);
    graph.defineObject(6, ObjectKind::Semaphore, 2);
    // The told circle is 1 and 2; but it rests on 3 as well, which has the other permit.
    graph.acquire(2, 6, AccessMode::Permit);
    graph.acquire(3, 6, AccessMode::Permit);
    graph.take(1, 1);
    graph.acquire(1, 5, AccessMode::Shared);
    graph.want(2, 1, 20);
    graph.wait(1, WaitReason::Semaphore, 6, kNoTask, false, 30);
    QVERIFY(!graph.find());
    graph.want(3, 5, 70);
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("1 wants 6 of 2; 2 wants 1 of 1"));
    QVERIFY(found->needsSettling);
    QCOMPARE(found->since, TimestampNs(70));
}

void TestWaitForGraphPermits::itIsAsOldAsTheLastWaitThatItRestsOn()
{
    LockGraph graph;
    graph.defineObject(6, ObjectKind::Connections, 2);
    graph.acquire(1, 6, AccessMode::Permit);
    graph.acquire(4, 6, AccessMode::Permit);
    QVERIFY(graph.end(4, 90)); // with a connection
    graph.take(2, 2);
    graph.want(1, 2, 10);
    graph.wait(2, WaitReason::Connection, 6, kNoTask, false, 20);
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("1 wants 2 of 2; 2 wants 6 of 1"));
    QVERIFY(!found->isLeak);
    QVERIFY(found->needsSettling);
    QCOMPARE(found->since, TimestampNs(90));
}

void TestWaitForGraphPermits::aCertainOneIsToldFirst()
{
    LockGraph graph;
    graph.defineObject(5, ObjectKind::ReadWriteLock, 0);
    graph.acquire(1, 5, AccessMode::Shared);
    graph.acquire(2, 5, AccessMode::Shared);
    graph.want(1, 5, 10);
    graph.want(2, 5, 20);
    QVERIFY(graph.find()->needsSettling);
    graph.take(7, 1);
    graph.take(8, 2);
    graph.want(7, 2, 30);
    graph.want(8, 1, 40);
    auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("7 wants 2 of 8; 8 wants 1 of 7"));
    graph.waitEnd(7);
    found = graph.find();
    QVERIFY(found && found->needsSettling); // the other one is still there
    QCOMPARE(found->since, TimestampNs(20));
}

void TestWaitForGraphPermits::locksWithOneHolderNeedNoSettling()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.await(2, 3);
    graph.want(3, 1);
    QVERIFY(!graph.find()->needsSettling);
}

void TestWaitForGraphPermits::aPoolWhoseWorkersWaitForItsQueueIsFound()
{
    WaitForGraph graph;
    graph.defineObject(1, ObjectKind::Pool, 2);
    for (TaskId job = 1; job <= 2; ++job) {
        graph.queued(job, 1, 10);
        graph.begin(job);
    }
    graph.queued(3, 1, 20);
    graph.queued(4, 1, 21);
    graph.wait(1, WaitReason::Join, kNoObject, 3, false, 30);
    QVERIFY(!graph.find());
    graph.wait(2, WaitReason::Join, kNoObject, 4, false, 40);
    const auto found = graph.find();
    QVERIFY(found);
    QVERIFY(found->isStarvation);
    QCOMPARE(found->since, TimestampNs(40)); // until then 2 could have gone on
    QVERIFY(found->needsSettling);
    QCOMPARE(textOf(found), QStringLiteral("1 wants 0 of 3; 3 wants 1 of 1"));
    QVERIFY(found->cycle[1].reason == WaitReason::Queue);
    graph.begin(3); // one more worker after all
    QVERIFY(!graph.find());
    graph.end(3);
    graph.waitEnd(1);
    graph.end(1);
    QVERIFY(!graph.find()); // a worker is free for 4
}

void TestWaitForGraphPermits::aPoolWithAWorkerLeftIsNone()
{
    WaitForGraph graph;
    graph.defineObject(1, ObjectKind::Pool, 2);
    graph.queued(1, 1, 10);
    graph.begin(1);
    graph.queued(2, 1, 20);
    graph.wait(1, WaitReason::Join, kNoObject, 2, false, 30);
    QVERIFY(!graph.find());
    WaitForGraph unknown;
    unknown.defineObject(1, ObjectKind::Pool, 0); // nobody said how many workers it has
    unknown.queued(1, 1, 10);
    unknown.begin(1);
    unknown.queued(2, 1, 20);
    unknown.wait(1, WaitReason::Join, kNoObject, 2, false, 30);
    QVERIFY(!unknown.find());
}

void TestWaitForGraphPermits::theEndOfAWorkerTooManyMayCompleteIt()
{
    WaitForGraph graph;
    graph.defineObject(1, ObjectKind::Pool, 1);
    for (TaskId job = 1; job <= 2; ++job) { // the second one in place of the first, which waits
        graph.queued(job, 1, 10);
        graph.begin(job);
    }
    graph.queued(3, 1, 20);
    graph.wait(1, WaitReason::Join, kNoObject, 3, false, 30);
    QVERIFY(!graph.find());
    graph.end(2, 40);
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 0 of 3; 3 wants 1 of 1"));
}

QTEST_GUILESS_MAIN(TestWaitForGraphPermits)
#include "tst_waitforgraphpermits.moc"
