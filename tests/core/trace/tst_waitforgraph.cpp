// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/waitforgraph.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

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
    void waitingForAnEndThatCannotComeIsFound();
    void waitingForATaskThatEndedIsNone();
    void aLockThatEndedWithItsHolderIsALeak();
    void connectionsThatAreNeverGivenBackAreALeak();
    void aCircleIsToldRatherThanALeakInIt();
    void whoWaitsForOneThatWaitsForALeakIsTold();
    void aPermitOfATaskThatEndedMayComeFromAnother();
    void aConditionHasNoHolder();
    void anObjectThatWasNeverDefinedCountsWhenOneHoldsIt();
    void aDefinitionThatComesLateCounts();
    void numbersThatAreNotKeptAreIgnored();
    void whatATaskHeldBeforeIsNotLeftBehindAtItsEnd();
    void whereNothingHasChangedNothingIsLookedAt();
    void aLookIsBoundedAndTheRestComesNext();
    void afterItsEndTheSearchFindsNothing();
    void aSecondExclusiveHolderReplacesTheFirst();
    void theWordsNameWhoHoldsWhat();
    void itAgreesWithTryingEverySet_data();
    void itAgreesWithTryingEverySet();
};

namespace
{

/// Locks 1 to 9, by default.
struct Locks : WaitForGraph {
    Locks()
    {
        for (ObjectId id = 1; id < 10; ++id)
            defineObject(id, ObjectKind::Lock, 0);
    }
    void take(TaskId task, ObjectId object) { acquire(task, object, AccessMode::Exclusive); }
    void want(TaskId task, ObjectId object, TimestampNs now = 0, bool isTimed = false)
    {
        wait(task, WaitReason::Lock, object, kNoTask, isTimed, now);
    }
    void await(TaskId task, TaskId awaited, TimestampNs now = 0)
    {
        wait(task, WaitReason::Join, kNoObject, awaited, false, now);
    }
};

/// "1 wants 2 of 2; 2 wants 1 of 1"
QString textOf(const std::optional<Deadlock> &deadlock)
{
    if (!deadlock)
        return QStringLiteral("none");
    QStringList texts;
    for (const WaitEdge &edge : deadlock->cycle)
        texts.append(
            QStringLiteral("%1 wants %2 of %3").arg(edge.waiter).arg(edge.object).arg(edge.holder));
    return texts.join(QStringLiteral("; "));
}

/// What the test itself knows of a random graph.
struct World {
    struct Waiting {
        ObjectId object = kNoObject;
        TaskId awaited = kNoTask;
    };
    static constexpr TaskId kTasks = 7;
    static constexpr ObjectId kSemaphore = 4;
    /// 1, 2 locks; 3 a read-write lock; 4 a semaphore of two permits; 5 a condition
    static constexpr ObjectId kObjects = 5;

    std::map<ObjectId, std::vector<TaskId>> holders;
    std::map<ObjectId, bool> isShared;
    std::map<TaskId, Waiting> waits; ///< without a time limit

    /// Whether every task of the set waits for what only tasks of the set can give.
    [[nodiscard]] bool isStuck(unsigned set) const
    {
        const auto isIn = [set](TaskId task) { return (set >> task & 1) != 0; };
        for (TaskId task = 1; task <= kTasks; ++task) {
            if (!isIn(task))
                continue;
            const auto wait = waits.find(task);
            if (wait == waits.end())
                return false;
            if (wait->second.awaited != kNoTask) {
                if (!isIn(wait->second.awaited))
                    return false;
                continue;
            }
            const auto held = holders.find(wait->second.object);
            const std::size_t least = wait->second.object == kSemaphore ? 2 : 1;
            if (wait->second.object == kObjects || held == holders.end()
                || held->second.size() < least
                || !std::all_of(held->second.begin(), held->second.end(), isIn))
                return false;
        }
        return true;
    }
    [[nodiscard]] bool hasStuckSet() const
    {
        for (unsigned set = 2; set < 1u << (kTasks + 1); set += 2) {
            if (isStuck(set))
                return true;
        }
        return false;
    }
    [[nodiscard]] bool agreesWith(const Deadlock &deadlock) const
    {
        for (std::size_t i = 0; i < deadlock.cycle.size(); ++i) {
            const WaitEdge &edge = deadlock.cycle[i];
            const auto wait = waits.find(edge.waiter);
            if (wait == waits.end() || wait->second.object != edge.object)
                return false;
            const auto held = holders.find(edge.object);
            const bool has = edge.object == kNoObject ? wait->second.awaited == edge.holder
                                                      : held != holders.end()
                    && std::count(held->second.begin(), held->second.end(), edge.holder) > 0;
            if (!has || deadlock.cycle[(i + 1) % deadlock.cycle.size()].waiter != edge.holder)
                return false;
        }
        return !deadlock.cycle.empty();
    }
};

} // namespace

void TestWaitForGraph::nothingWaitsInTheBeginning()
{
    WaitForGraph graph;
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(0));
}

void TestWaitForGraph::twoThatWaitForEachOtherAreFound()
{
    Locks graph;
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
    Locks graph;
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
    Locks graph;
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
    Locks graph;
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
    Locks graph;
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
    Locks graph;
    graph.take(1, 1);
    graph.want(1, 1);
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 1 of 1"));
}

void TestWaitForGraph::readersThatBothWantToWriteAreFound()
{
    Locks graph;
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
    Locks graph;
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

void TestWaitForGraph::aSemaphoreWithOneHolderThatGoesOnIsNone()
{
    Locks graph;
    graph.defineObject(1, ObjectKind::Semaphore, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.take(3, 2);
    graph.want(3, 1);
    graph.want(1, 2);
    QVERIFY(!graph.find()); // 2 goes on
}

void TestWaitForGraph::aSemaphoreWithAFreePermitIsNone()
{
    Locks graph;
    graph.defineObject(1, ObjectKind::Semaphore, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.want(2, 1);
    QVERIFY(!graph.find());
}

void TestWaitForGraph::aSemaphoreWhoseHoldersAllWaitIsFound()
{
    Locks graph;
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

void TestWaitForGraph::aSemaphoreThatOthersGiveBackIsASignal()
{
    Locks graph;
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

void TestWaitForGraph::aSignalThatCameBeforeItsFirstWaiterIsOneToo()
{
    Locks graph;
    graph.defineObject(1, ObjectKind::Semaphore, 1);
    graph.release(9, 1);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.take(3, 2);
    graph.want(2, 2);
    graph.wait(3, WaitReason::Semaphore, 1, kNoTask, false, 20);
    QVERIFY(!graph.find());
}

void TestWaitForGraph::aPermitTakenTwiceIsHeldUntilBothAreBack()
{
    Locks graph;
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

void TestWaitForGraph::itIsJudgedByAllThatItRestsOn()
{
    Locks graph;
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

void TestWaitForGraph::itIsAsOldAsTheLastWaitThatItRestsOn()
{
    Locks graph;
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

void TestWaitForGraph::aCertainOneIsToldFirst()
{
    Locks graph;
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

void TestWaitForGraph::locksWithOneHolderNeedNoSettling()
{
    Locks graph;
    graph.take(1, 1);
    graph.take(2, 2);
    graph.want(1, 2);
    graph.await(2, 3);
    graph.want(3, 1);
    QVERIFY(!graph.find()->needsSettling);
}

void TestWaitForGraph::aPoolWhoseWorkersWaitForItsQueueIsFound()
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

void TestWaitForGraph::aPoolWithAWorkerLeftIsNone()
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

void TestWaitForGraph::theEndOfAWorkerTooManyMayCompleteIt()
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

void TestWaitForGraph::waitingForAnEndThatCannotComeIsFound()
{
    Locks graph;
    graph.take(1, 1);
    graph.await(1, 2, 10);
    graph.want(2, 1, 20);
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 0 of 2; 2 wants 1 of 1"));
}

void TestWaitForGraph::waitingForATaskThatEndedIsNone()
{
    Locks graph;
    graph.take(1, 1);
    graph.want(2, 1);
    graph.await(1, 2);
    QVERIFY(!graph.end(2)); // it held nothing
    QVERIFY(!graph.find());
}

void TestWaitForGraph::aLockThatEndedWithItsHolderIsALeak()
{
    Locks graph;
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

void TestWaitForGraph::connectionsThatAreNeverGivenBackAreALeak()
{
    Locks graph;
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

void TestWaitForGraph::aCircleIsToldRatherThanALeakInIt()
{
    Locks graph;
    graph.defineObject(1, ObjectKind::Connections, 2);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.acquire(2, 1, AccessMode::Permit);
    graph.end(1);
    graph.wait(2, WaitReason::Connection, 1, kNoTask, false, 10); // a second one for itself
    const auto found = graph.find();
    QCOMPARE(textOf(found), QStringLiteral("2 wants 1 of 2"));
    QVERIFY(!found->isLeak);
}

void TestWaitForGraph::whoWaitsForOneThatWaitsForALeakIsTold()
{
    Locks graph;
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

void TestWaitForGraph::aPermitOfATaskThatEndedMayComeFromAnother()
{
    Locks graph;
    graph.defineObject(1, ObjectKind::Semaphore, 1);
    graph.acquire(1, 1, AccessMode::Permit);
    graph.wait(2, WaitReason::Semaphore, 1, kNoTask, false, 10);
    QVERIFY(graph.end(1));
    QVERIFY(!graph.find());
}

void TestWaitForGraph::aConditionHasNoHolder()
{
    Locks graph;
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

void TestWaitForGraph::whatATaskHeldBeforeIsNotLeftBehindAtItsEnd()
{
    Locks graph;
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

void TestWaitForGraph::whereNothingHasChangedNothingIsLookedAt()
{
    constexpr TaskId kWaiters = 1'000;
    Locks graph;
    graph.take(1, 1);
    for (TaskId task = 2; task < 2 + kWaiters; ++task)
        graph.want(task, 1);
    QVERIFY(graph.hasChanged());
    QVERIFY(!graph.find());
    QVERIFY(graph.stepsOfLastLook() >= kWaiters);
    QVERIFY(!graph.hasChanged());
    QVERIFY(!graph.find());
    QCOMPARE(graph.stepsOfLastLook(), std::size_t(0));
    graph.take(2, 2);
    graph.want(1, 2); // a circle, among all those that wait
    QCOMPARE(textOf(graph.find()), QStringLiteral("1 wants 2 of 2; 2 wants 1 of 1"));
    QVERIFY(graph.stepsOfLastLook() < 20);
    QVERIFY(graph.hasChanged()); // as long as it is there
}

void TestWaitForGraph::aLookIsBoundedAndTheRestComesNext()
{
    constexpr TaskId kWaiters = 200'000;
    Locks graph;
    graph.take(1, 1);
    for (TaskId task = 10; task < 10 + kWaiters; ++task)
        graph.want(task, 1);
    graph.take(2, 2);
    graph.take(3, 3);
    graph.want(2, 3, 10);
    graph.want(3, 2, 20);
    std::optional<Deadlock> found;
    int looks = 0;
    for (; !found && graph.hasChanged(); ++looks) {
        found = graph.find();
        QVERIFY(graph.stepsOfLastLook() < 100'000);
    }
    QVERIFY(looks > 2);
    QCOMPARE(textOf(found), QStringLiteral("2 wants 3 of 3; 3 wants 2 of 2"));
}

void TestWaitForGraph::afterItsEndTheSearchFindsNothing()
{
    Locks graph;
    graph.take(1, 1);
    graph.want(1, 1);
    QVERIFY(graph.find());
    graph.endSearch();
    graph.want(2, 1);
    graph.take(3, 3);
    graph.want(3, 3);
    QVERIFY(!graph.hasChanged());
    QVERIFY(!graph.find());
    QCOMPARE(graph.waitCount(), std::size_t(3));
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
    Locks graph;
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
    Locks graph;
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

void TestWaitForGraph::itAgreesWithTryingEverySet_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 40; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TestWaitForGraph::itAgreesWithTryingEverySet()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    WaitForGraph graph;
    graph.defineObject(1, ObjectKind::Lock, 0);
    graph.defineObject(2, ObjectKind::Lock, 0);
    graph.defineObject(3, ObjectKind::ReadWriteLock, 0);
    graph.defineObject(World::kSemaphore, ObjectKind::Semaphore, 2);
    graph.defineObject(World::kObjects, ObjectKind::Condition, 0);
    World world;
    std::map<TaskId, bool> isTimed;
    for (int step = 0; step < 400; ++step) {
        const TaskId task = 1 + TaskId(random() % World::kTasks);
        const ObjectId object = 1 + ObjectId(random() % World::kObjects);
        std::vector<TaskId> &held = world.holders[object];
        const bool waits = world.waits.contains(task) || isTimed[task];
        const unsigned action = unsigned(random() % 8);
        if (waits && action < 2) {
            graph.waitEnd(task);
            world.waits.erase(task);
            isTimed[task] = false;
        } else if (!waits && action < 4 && object != World::kObjects) {
            const bool shared = object == 3 && random() % 2 == 0;
            const bool isFree = object == World::kSemaphore
                ? held.size() < 2
                : held.empty() || (shared && world.isShared[object]);
            if (!isFree)
                continue;
            const bool holdsIt = std::find(held.begin(), held.end(), task) != held.end();
            if (object != World::kSemaphore && holdsIt)
                continue;
            world.isShared[object] = shared;
            held.push_back(task);
            graph.acquire(task, object,
                          object == World::kSemaphore ? AccessMode::Permit
                              : shared                ? AccessMode::Shared
                                                      : AccessMode::Exclusive);
        } else if (!waits && action == 4) {
            const auto place = std::find(held.begin(), held.end(), task);
            if (place == held.end())
                continue;
            held.erase(place);
            graph.release(task, object);
        } else if (!waits) {
            const TaskId awaited = 1 + TaskId(random() % World::kTasks);
            const bool forTask = action == 5 && awaited != task;
            const bool timed = random() % 5 == 0;
            graph.wait(task, WaitReason::Lock, forTask ? kNoObject : object,
                       forTask ? awaited : kNoTask, timed, step);
            isTimed[task] = timed;
            if (!timed)
                world.waits[task] = {forTask ? kNoObject : object, forTask ? awaited : kNoTask};
        }
        const auto found = graph.find();
        QCOMPARE(found.has_value(), world.hasStuckSet());
        if (found)
            QVERIFY2(world.agreesWith(*found), qPrintable(textOf(found)));
    }
}

QTEST_GUILESS_MAIN(TestWaitForGraph)
#include "tst_waitforgraph.moc"
