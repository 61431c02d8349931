// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/lockgraph.h"

#include <QTest>

using namespace Interleave;

class TestWaitForGraphEnds : public QObject
{
    Q_OBJECT

private slots:
    void waitingForAnEndThatCannotComeIsFound();
    void waitingForATaskThatEndedIsNone();
    void aLockThatEndedWithItsHolderIsALeak();
    void connectionsThatAreNeverGivenBackAreALeak();
    void aCircleIsToldRatherThanALeakInIt();
    void whoWaitsForOneThatWaitsForALeakIsTold();
    void aPermitOfATaskThatEndedMayComeFromAnother();
    void whatATaskHeldBeforeIsNotLeftBehindAtItsEnd();
};

void TestWaitForGraphEnds::waitingForAnEndThatCannotComeIsFound()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.await(1, 2, 10);
    graph.want(2, 1, 20);
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 0 of 2; 2 wants 1 of 1"));
}

void TestWaitForGraphEnds::waitingForATaskThatEndedIsNone()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.want(2, 1);
    graph.await(1, 2);
    QVERIFY(!graph.end(2)); // it held nothing
    QVERIFY(!graph.find());
}

void TestWaitForGraphEnds::aLockThatEndedWithItsHolderIsALeak()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(3, 1, 10);
    graph.want(4, 1, 20, true);
    QVERIFY(!graph.find());
    QVERIFY(graph.end(1, 50));
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("3 wants 1 of 1"));
    QVERIFY(found->isLeak && !found->isStarvation);
    QCOMPARE(found->since, TimestampNs(50));
    QCOMPARE(found->leakWaiters, std::size_t(1)); // 4 gives up by itself
    QCOMPARE(found->leakHolders, std::size_t(1));
    graph.take(5, 1); // so it was given back after all, and the record of that is missing
    QVERIFY(!graph.find());
}

void TestWaitForGraphEnds::connectionsThatAreNeverGivenBackAreALeak()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Connections, 2);
    for (TaskId query = 1; query <= 2; ++query)
        graph.acquire(query, 1, AccessMode::Permit);
    for (TaskId query = 3; query <= 5; ++query)
        graph.wait(query, WaitReason::Connection, 1, kNoTask, false, 10);
    QVERIFY(graph.end(1, 30));
    QVERIFY(!graph.find()); // 2 may give its own back
    QVERIFY(graph.end(2, 40));
    const auto found = graph.find();
    QVERIFY(found && found->isLeak);
    QCOMPARE(found->cycle.size(), std::size_t(1));
    QCOMPARE(found->leakWaiters, std::size_t(3));
    QCOMPARE(found->leakHolders, std::size_t(2));
    QCOMPARE(found->since, TimestampNs(40));
    Trace trace;
    trace.defineTasks(1, 5, TaskKind::Job, kNoTask, "query");
    trace.defineObject(1, ObjectKind::Connections, 2, "the database pool");
    QCOMPARE(QString::fromStdString(deadlockText(trace, *found)),
             QStringLiteral("query 3 and 2 more wait for a connection of the database pool: "
                            "query 1 and 1 more ended without giving it back"));
}

void TestWaitForGraphEnds::aCircleIsToldRatherThanALeakInIt()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Connections, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.end(1);
    graph.wait(2, WaitReason::Connection, 1, kNoTask, false, 10); // a second one for itself
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("2 wants 1 of 2"));
    QVERIFY(!found->isLeak);
}

void TestWaitForGraphEnds::whoWaitsForOneThatWaitsForALeakIsTold()
{
    LockGraph graph;
    graph.take(1, 1);
    graph.take(3, 2);
    graph.want(2, 2, 10);
    graph.want(3, 1, 20);
    QVERIFY(graph.end(1, 5));
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("2 wants 2 of 3; 3 wants 1 of 1"));
    QVERIFY(found->isLeak);
    QCOMPARE(found->since, TimestampNs(20));
    const Trace trace;
    QCOMPARE(QString::fromStdString(deadlockText(trace, *found)),
             QStringLiteral("task 2 waits for lock 2, held by task 3; "
                            "task 3 waits for lock 1: task 1 ended without giving it back"));
}

void TestWaitForGraphEnds::aPermitOfATaskThatEndedMayComeFromAnother()
{
    LockGraph graph;
    graph.defineObject(1, ObjectKind::Semaphore, 1);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.wait(2, WaitReason::Semaphore, 1, kNoTask, false, 10);
    QVERIFY(graph.end(1));
    QVERIFY(!graph.find());
}

void TestWaitForGraphEnds::whatATaskHeldBeforeIsNotLeftBehindAtItsEnd()
{
    LockGraph graph;
    for (ObjectId lock = 1; lock < 10; ++lock)
        graph.take(1, lock);
    for (ObjectId lock = 1; lock < 10; lock += 2)
        graph.release(1, lock);
    for (ObjectId lock = 2; lock < 10; lock += 2)
        graph.take(2, lock); // the releases of 1 are not on record
    QVERIFY(!graph.end(1, 10));
    graph.want(3, 4, 20);
    QVERIFY(!graph.find());
    QVERIFY(graph.end(2, 30));
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("3 wants 4 of 2"));
}

QTEST_GUILESS_MAIN(TestWaitForGraphEnds)
#include "tst_waitforgraphends.moc"
