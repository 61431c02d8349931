// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncrecursivemutex.h"
#include "core/engine/async/taskgroup.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;
constexpr DurationNs kHour = 3600 * kSecond;

/// Recursive, as what such a lock is for.
Task<bool> locksDeeper(AsyncRecursiveMutex *mutex, TaskContext *context, int levels,
                       std::size_t *deepest)
{
    const bool isHeld = co_await mutex->lock(*context);
    if (isHeld) {
        *deepest = std::max(*deepest, mutex->depth());
        (void)co_await yield();
        if (levels > 1)
            (void)co_await locksDeeper(mutex, context, levels - 1, deepest);
        mutex->unlock(*context);
    }
    co_return isHeld;
}

Task<TaskStatus> goesDeep(AsyncRecursiveMutex *mutex, TaskContext *context, int levels,
                          std::size_t *deepest)
{
    const bool going = co_await locksDeeper(mutex, context, levels, deepest);
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Logs its number, 'i' before the inner unlock and '.' before the outer one.
Task<TaskStatus> locksTwice(AsyncRecursiveMutex *mutex, TaskContext *context, std::string *log)
{
    bool going = co_await mutex->lock(*context);
    if (going) {
        *log += std::to_string(context->id());
        const bool isTwice = co_await mutex->lock(*context);
        going = co_await yield();
        *log += 'i';
        if (isTwice)
            mutex->unlock(*context);
        going = co_await yield();
        *log += '.';
        mutex->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Holds it twice until it is cancelled or stopped.
Task<TaskStatus> holdsTwice(AsyncRecursiveMutex *mutex, TaskContext *context)
{
    bool going = co_await mutex->lock(*context);
    if (going) {
        const bool isTwice = co_await mutex->lock(*context);
        going = co_await sleepFor(10 * kSecond);
        if (isTwice)
            mutex->unlock(*context);
        mutex->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> locksFor(AsyncRecursiveMutex *mutex, TaskContext *context, DurationNs patience,
                          Acquired *acquired, TaskId thenCancels)
{
    *acquired = co_await mutex->lockFor(*context, patience);
    if (*acquired == Acquired::Yes)
        mutex->unlock(*context);
    Executor::current()->cancel(thenCancels);
    co_return TaskStatus::Finished;
}

/// All three ways in.
Task<TaskStatus> locksInEveryWay(AsyncRecursiveMutex *mutex, Contexts *contexts,
                                 std::vector<std::size_t> *depths, bool *otherGotIt)
{
    TaskContext &context = (*contexts)[1];
    const bool isHeld = co_await mutex->lock(context);
    depths->push_back(mutex->depth());
    const Acquired again = co_await mutex->lockFor(context, 0);
    depths->push_back(mutex->depth());
    const bool isTried = mutex->tryLock(context);
    depths->push_back(mutex->depth());
    for (int i = 0; i < 3; ++i) {
        *otherGotIt = *otherGotIt || mutex->tryLock((*contexts)[2]);
        mutex->unlock(context);
        depths->push_back(mutex->depth());
    }
    const TaskStatus status = endOf(isHeld && isTried && again == Acquired::Yes);
    co_return status;
}

/// Is told to end while it holds it, and asks once more.
Task<TaskStatus> asksWhenCancelled(AsyncRecursiveMutex *mutex, TaskContext *context,
                                   Acquired *again, std::size_t *depth)
{
    const bool isHeld = co_await mutex->lock(*context);
    if (isHeld) {
        Executor::current()->cancel(context->id());
        *again = co_await mutex->lockFor(*context, kSecond);
        *depth = mutex->depth();
        mutex->unlock(*context);
    }
    const TaskStatus status = endOf(isHeld);
    co_return status;
}

/// Task 1 hands it to task 2; before that one goes on, another one asks in the name of task 2.
Task<TaskStatus> handsOverAndTries(AsyncRecursiveMutex *mutex, Contexts *contexts, bool *isTried)
{
    const bool isHeld = co_await mutex->lock((*contexts)[1]);
    (void)co_await yield();
    mutex->unlock((*contexts)[1]);
    *isTried = mutex->owner() != 2 || mutex->tryLock((*contexts)[2]);
    const TaskStatus status = endOf(isHeld);
    co_return status;
}

/// Task 1 gives it to task 3, whose frame goes before it can go on.
Task<TaskStatus> givesItToOneThatIsDropped(AsyncRecursiveMutex *mutex, Contexts *contexts,
                                           std::string *log, int rounds)
{
    TaskGroup group(1);
    (void)co_await mutex->lock((*contexts)[1]);
    (void)co_await mutex->lock((*contexts)[1]);
    group.start(withId(locksTwice(mutex, &(*contexts)[3], log), 3));
    for (int i = 0; i < rounds; ++i)
        (void)co_await yield();
    mutex->unlock((*contexts)[1]);
    mutex->unlock((*contexts)[1]);
    throw std::runtime_error("dropped");
}

Task<TaskStatus> locksTwiceLater(AsyncRecursiveMutex *mutex, TaskContext *context, std::string *log)
{
    (void)co_await yield();
    const TaskStatus status = co_await locksTwice(mutex, context, log);
    co_return status;
}

} // namespace

class TestAsyncRecursiveMutex : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void itsHolderMayLockItAgain()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        std::vector<std::size_t> depths;
        bool otherGotIt = false;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(locksInEveryWay(&mutex, &contexts, &depths, &otherGotIt), 1));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Finished);
        QCOMPARE(depths, (std::vector<std::size_t>{1, 2, 3, 2, 1, 0}));
        QVERIFY(!otherGotIt);
        QVERIFY(!mutex.isHeld());
        const std::vector<EventKind> expected{EventKind::Queued, EventKind::Begin,
                                              EventKind::Acquire, EventKind::Release,
                                              EventKind::End};
        QCOMPARE(kindsOf(recording.events(), 1), expected);
    }

    void whatItsHolderAwaitsMayLockItAgain()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        std::size_t first = 0, second = 0;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(goesDeep(&mutex, &contexts[1], 5, &first), 1));
        executor.spawn(withId(goesDeep(&mutex, &contexts[2], 1, &second), 2));
        executor.run();
        QCOMPARE(first, std::size_t(5));
        QCOMPARE(second, std::size_t(1));
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kThing), 1);
        QCOMPARE(eventsOf(events, EventKind::Acquire, kThing).size(), std::size_t(2));
        QCOMPARE(eventsOf(events, EventKind::Suspend, kThing).size(), std::size_t(1));
    }

    void theLastUnlockHandsItToTheLongestWaiting()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        std::string log;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        for (TaskId task = 1; task <= 3; ++task)
            executor.spawn(withId(locksTwice(&mutex, &contexts[task], &log), task));
        executor.run();
        QCOMPARE(log, std::string("1i.2i.3i."));
        QVERIFY(!mutex.isHeld());
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kThing), 1);
        const auto given = eventsOf(events, EventKind::Release, kThing);
        QCOMPARE(given.size(), std::size_t(3));
        const TaskId next[] = {2, 3, kNoTask};
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(given[i].event.cause, next[i]);
        const auto waits = eventsOf(events, EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2));
        QCOMPARE(waits[0].event.reason, std::uint8_t(WaitReason::Lock));
        TaskId cause = kNoTask; // of the first time that task 2 goes on
        for (const Recorded &r : events) {
            if (cause == kNoTask && r.event.kind == EventKind::Resume && r.event.task == 2)
                cause = r.event.cause;
        }
        QCOMPARE(cause, TaskId(1));
    }

    void whoWasHandedItHoldsItWhenItGoesOn()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        std::string log;
        bool isTried = true; // what must not be
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(handsOverAndTries(&mutex, &contexts, &isTried), 1));
        executor.spawn(withId(locksTwice(&mutex, &contexts[2], &log), 2));
        executor.run();
        QVERIFY(!isTried);
        QCOMPARE(log, std::string("2i."));
        QVERIFY(!mutex.isHeld());
    }

    void aStrangersUnlockChangesNothing()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        AsyncRecursiveMutex mutex(kThing);
        mutex.unlock(contexts[1]); // nobody holds it
        QVERIFY(mutex.tryLock(contexts[1]));
        mutex.unlock(contexts[2]);
        QCOMPARE(mutex.owner(), TaskId(1));
        QCOMPARE(mutex.depth(), std::size_t(1));
        QVERIFY(!mutex.tryLock(contexts[2]));
        QCOMPARE(countOf(recording.events(), EventKind::Release), 0);
        mutex.unlock(contexts[1]);
        mutex.unlock(contexts[1]); // once too often
        QVERIFY(mutex.tryLock(contexts[2]));
        QCOMPARE(countOf(recording.events(), EventKind::Release), 1);
    }

    void withoutAnIdNobodyMayLockItAgain()
    {
        Recording recording;
        RunSetup setup;
        setup.rings = &recording.rings();
        const TaskContext nameless(setup, kNoTask, 0, "nameless");
        AsyncRecursiveMutex mutex(kThing);
        QVERIFY(mutex.tryLock(nameless));
        QVERIFY(!mutex.tryLock(nameless)); // this could be another one
        mutex.unlock(nameless);
        QVERIFY(!mutex.isHeld());
    }

    void aTimedWaitEndsByItself_data()
    {
        QTest::addColumn<qint64>("patience");
        QTest::addColumn<int>("waits"); // the patient one's among them
        QTest::newRow("a millisecond") << qint64(kMillisecond) << 2;
        QTest::newRow("none") << qint64(0) << 1;
    }
    void aTimedWaitEndsByItself()
    {
        QFETCH(qint64, patience);
        QFETCH(int, waits);
        Recording recording;
        Contexts contexts(recording, 3);
        Acquired hasty = Acquired::Stopped, patient = Acquired::Stopped;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(holdsTwice(&mutex, &contexts[1]), 1));
        executor.spawn(withId(locksFor(&mutex, &contexts[2], patience, &hasty, 1), 2));
        executor.spawn(withId(locksFor(&mutex, &contexts[3], kHour, &patient, kNoTask), 3));
        executor.run();
        QVERIFY(hasty == Acquired::TimedOut);
        QVERIFY(patient == Acquired::Yes);
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        const auto waited = eventsOf(recording.events(), EventKind::Suspend, kThing);
        QCOMPARE(waited.size(), std::size_t(waits));
        QCOMPARE(waited[0].event.reason,
                 std::uint8_t(std::uint8_t(WaitReason::Lock) | kTimedWaitFlag));
        QVERIFY(!mutex.isHeld());
    }

    void aCancelledWaiterLeavesTheQueue()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        std::string log;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(locksTwice(&mutex, &contexts[1], &log), 1));
        executor.spawn(withId(locksTwice(&mutex, &contexts[2], &log), 2));
        executor.spawn(withId(locksTwice(&mutex, &contexts[3], &log), 3));
        executor.spawn(cancels(2, 1));
        executor.run();
        QCOMPARE(log, std::string("1i.3i."));
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
        QCOMPARE(kindsOf(recording.events(), 2).back(), EventKind::Cancelled);
    }

    void aCancelledHolderIsNotLetInAgain()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        Acquired again = Acquired::Yes;
        std::size_t depth = 0;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(asksWhenCancelled(&mutex, &contexts[1], &again, &depth), 1));
        executor.run();
        QVERIFY(again == Acquired::Stopped);
        QCOMPARE(depth, std::size_t(1)); // what it held before
        QVERIFY(!mutex.isHeld());
    }

    void aStopRequestEndsEveryWait()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        std::string log;
        Acquired timed = Acquired::Yes;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(holdsTwice(&mutex, &contexts[1]), 1));
        executor.spawn(withId(locksTwice(&mutex, &contexts[2], &log), 2));
        executor.spawn(withId(locksFor(&mutex, &contexts[3], kHour, &timed, kNoTask), 3));
        StopOnceAllWait stop(recording, 3);
        executor.run();
        QVERIFY(stop.allWaited());
        QCOMPARE(eventsOf(stop.eventsBefore(), EventKind::Suspend, kThing).size(), std::size_t(2));
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
        QVERIFY(timed == Acquired::Stopped);
        QVERIFY(!mutex.isHeld());
        QVERIFY(log.empty());
    }

    void whatADroppedTaskWasGivenIsForTheNext_data()
    {
        QTest::addColumn<int>("rounds");
        QTest::newRow("nobody else waits") << 1;
        QTest::newRow("another one waits behind it") << 2;
    }
    void whatADroppedTaskWasGivenIsForTheNext()
    {
        QFETCH(int, rounds);
        Recording recording;
        Contexts contexts(recording, 3);
        std::string log;
        AsyncRecursiveMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(givesItToOneThatIsDropped(&mutex, &contexts, &log, rounds), 1));
        executor.spawn(withId(locksTwiceLater(&mutex, &contexts[2], &log), 2));
        executor.spawn(cancels(2, 20)); // where it would wait for ever
        executor.run();
        QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
        QCOMPARE(log, std::string("2i."));
        QVERIFY(!mutex.isHeld());
        const auto events = recording.events();
        QCOMPARE(kindsOf(events, 3).back(), EventKind::Cancelled);
        QCOMPARE(mostHolders(events, kThing), 1);
        const auto given = eventsOf(events, EventKind::Release, kThing);
        QCOMPARE(given.size(), std::size_t(2));
        QCOMPARE(given[0].event.cause, TaskId(3)); // it was the next, until its frame went
        QCOMPARE(eventsOf(events, EventKind::Suspend, kThing).size(), std::size_t(rounds));
    }
};

QTEST_GUILESS_MAIN(TestAsyncRecursiveMutex)
#include "tst_asyncrecursivemutex.moc"
