// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/lockgraph.h"

#include <QTest>

#include <limits>

using namespace Interleave;

class TestWaitForGraph : public QObject
{
    Q_OBJECT

private slots:
    void nothingWaitsInTheBeginning();
    void twoThatWaitForEachOtherAreFound();
    void fivePhilosophersAreOneCircle();
    void inOneOrderThereIsNone();
    void aReleaseInBetweenDissolvesIt();
    void aTimedWaitIsNeverPartOfIt();
    void whoWaitsForItselfIsFound();
    void readersThatBothWantToWriteAreFound();
    void oneReaderThatGoesOnIsEnough();
    void aConditionHasNoHolder();
    void anObjectThatWasNeverDefinedCountsWhenOneHoldsIt();
    void aDefinitionThatComesLateCounts();
    void numbersThatAreNotKeptAreIgnored();
    void aSecondExclusiveHolderReplacesTheFirst();
    void theWordsNameWhoHoldsWhat();
};

void TestWaitForGraph::nothingWaitsInTheBeginning()
{
    WaitForGraph graph;
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(0));
}

void TestWaitForGraph::twoThatWaitForEachOtherAreFound()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(1, 2, 100);
    QVERIFY(!graph.find());
    graph.want(2, 1, 250);
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("1 wants 2 of 2; 2 wants 1 of 1"));
    QCOMPARE(found->since, TimestampNs(250));
    QVERIFY(!found->isStarvation);
    QVERIFY(found->cycle[0].reason == WaitReason::Lock);
    QCOMPARE(found->cycle[0].since, TimestampNs(100));
    QCOMPARE(graph.waitCount(), std::size_t(2));
}

void TestWaitForGraph::fivePhilosophersAreOneCircle()
{
    LockGraph graph;
    for (TaskId seat = 1; seat <= 5; ++seat)
        graph.take(seat, seat);
    for (TaskId seat = 1; seat <= 4; ++seat)
        graph.want(seat, seat + 1);
    graph.want(6, 1); // waits, but nobody waits for it
    QVERIFY(!graph.find());
    graph.want(5, 1);
    QCOMPARE(textOf(graph.find()),
             QStringLiteral("1 wants 2 of 2; 2 wants 3 of 3; 3 wants 4 of 4; "
                            "4 wants 5 of 5; 5 wants 1 of 1"));
}

void TestWaitForGraph::inOneOrderThereIsNone()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(3, 3);
    graph.want(1, 2);
    graph.take(2, 2);
    graph.want(2, 3);
    graph.want(4, 1);
    QVERIFY(!graph.find());
}

void TestWaitForGraph::aReleaseInBetweenDissolvesIt()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.release(2, 2);
    graph.want(2, 1);
    QVERIFY(!graph.find());
    graph.waitEnd(1);
    graph.take(1, 2);
    QVERIFY(!graph.find());
    graph.release(1, 2);
    graph.release(1, 1);
    graph.waitEnd(2);
    graph.take(2, 1);
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(0));
}

void TestWaitForGraph::aTimedWaitIsNeverPartOfIt()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.want(2, 1, 0, true);
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(2));
    graph.waitEnd(2);
    graph.want(2, 1);
    QVERIFY(graph.find());
}

void TestWaitForGraph::whoWaitsForItselfIsFound()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.want(1, 1);
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 1 of 1"));
}

void TestWaitForGraph::readersThatBothWantToWriteAreFound()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::ReadWriteLock, 0);
    graph.acquire(1, 1, AccessMode::Shared);
    graph.acquire(2, 1, AccessMode::Shared);
    graph.want(1, 1);
    QVERIFY(!graph.find());
    graph.want(2, 1);
    QVERIFY(graph.find());
}

void TestWaitForGraph::oneReaderThatGoesOnIsEnough()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::ReadWriteLock, 0);
    graph.acquire(1, 1, AccessMode::Shared);
    graph.acquire(3, 1, AccessMode::Shared);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.want(2, 1);
    QVERIFY(!graph.find());
    graph.release(3, 1);
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 2 of 2; 2 wants 1 of 1"));
}

void TestWaitForGraph::aConditionHasNoHolder()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Condition, 0);
    graph.defineObject(3, ObjectKind::Channel, 4);
    graph.take(1, 2);
    graph.wait(1, WaitReason::Condition, 1, kNoTask, false, 0);
    graph.want(2, 2);
    graph.wait(3, WaitReason::Queue, 3, kNoTask, false, 0);
    QVERIFY(!graph.find());
}

void TestWaitForGraph::anObjectThatWasNeverDefinedCountsWhenOneHoldsIt()
{
    WaitForGraph graph;
    graph.acquire(1, 30, AccessMode::Exclusive);
    graph.acquire(2, 31, AccessMode::Exclusive);
    graph.wait(1, WaitReason::Lock, 31, kNoTask, false, 0);
    graph.wait(2, WaitReason::Lock, 30, kNoTask, false, 0);
    QVERIFY(graph.find());
    graph.acquire(2, 31, AccessMode::Permit); // of how many?
    QVERIFY(!graph.find());
}

void TestWaitForGraph::aDefinitionThatComesLateCounts()
{
    WaitForGraph graph;
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(2, 2, AccessMode::Exclusive);
    graph.wait(1, WaitReason::Lock, 2, kNoTask, false, 10);
    graph.wait(2, WaitReason::Semaphore, 1, kNoTask, false, 20);
    QVERIFY(!graph.find());
    graph.defineObject(1, ObjectKind::Semaphore, 1);
    QVERIFY(graph.find());
}

void TestWaitForGraph::numbersThatAreNotKeptAreIgnored()
{
    constexpr ObjectId kHuge = std::numeric_limits<ObjectId>::max();
    WaitForGraph graph;
    graph.defineObject(kHuge, ObjectKind::Lock, 0);
    graph.defineObject(kNoObject, ObjectKind::Lock, 0);
    graph.acquire(1, kHuge, AccessMode::Exclusive);
    graph.acquire(kNoTask, 1, AccessMode::Exclusive);
    graph.release(1, kHuge);
    graph.release(7, 3);
    graph.wait(1, WaitReason::Lock, kHuge, kNoTask, false, 0);
    graph.wait(kNoTask, WaitReason::Lock, 1, kNoTask, false, 0);
    graph.wait(2, WaitReason::Join, kNoObject, 2, false, 0);
    graph.queued(3, kHuge, 0);
    graph.begin(3);
    graph.end(std::numeric_limits<TaskId>::max());
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(2));
}

void TestWaitForGraph::aSecondExclusiveHolderReplacesTheFirst()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(3, 1); // the release of 1 is not on record
    graph.take(2, 2);
    graph.want(1, 2);
    graph.want(2, 1);
    QVERIFY(!graph.find());
}

void TestWaitForGraph::theWordsNameWhoHoldsWhat()
{
    Trace trace;
    trace.defineTasks(1, 1, TaskKind::Thread, kNoTask, "Alice");
    trace.defineTasks(2, 1, TaskKind::Thread, kNoTask, "Bob");
    trace.defineObject(1, ObjectKind::Lock, 0, "fork 1");
    trace.defineObject(2, ObjectKind::Lock, 0, "fork 2");
    trace.defineObject(3, ObjectKind::Pool, 1, "the pool");
    LockGraph graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.want(2, 1);
    QCOMPARE(QString::fromStdString(deadlockText(trace, *graph.find())),
             QStringLiteral("Alice holds fork 1 and waits for fork 2, held by Bob; "
                            "Bob holds fork 2 and waits for fork 1, held by Alice"));
    WaitForGraph pool;
    pool.defineObject(3, ObjectKind::Pool, 1);
    pool.queued(1, 3, 0);
    pool.begin(1);
    pool.queued(2, 3, 0);
    pool.wait(1, WaitReason::Join, kNoObject, 2, false, 0);
    QCOMPARE(QString::fromStdString(deadlockText(trace, *pool.find())),
             QStringLiteral("Alice has a worker of the pool and waits for the end of Bob; "
                            "Bob waits for a worker of the pool, held by Alice"));
    QVERIFY(deadlockText(trace, {}).empty());
}

QTEST_GUILESS_MAIN(TestWaitForGraph)
#include "tst_waitforgraph.moc"
