// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <string>
#include <vector>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;

Task<TaskStatus> locks(AsyncMutex *mutex, TaskContext *context, int yields, std::string *log)
{
    const bool isHeld = co_await mutex->lock(*context);
    if (isHeld) {
        *log += std::to_string(context->id());
        bool going = true;
        for (int i = 0; going && i < yields; ++i)
            going = co_await yield();
        *log += '.';
        mutex->unlock(*context);
    }
    const TaskStatus status = endOf(isHeld);
    co_return status;
}

Task<TaskStatus> locksFor(AsyncMutex *mutex, TaskContext *context, DurationNs patience,
                          Acquired *acquired)
{
    *acquired = co_await mutex->lockFor(*context, patience);
    if (*acquired == Acquired::Yes)
        mutex->unlock(*context);
    co_return TaskStatus::Finished;
}

/// Holds it for a time, whatever the others do.
Task<TaskStatus> holds(AsyncMutex *mutex, TaskContext *context, DurationNs time)
{
    bool going = co_await mutex->lock(*context);
    if (going) {
        going = co_await sleepFor(time);
        mutex->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> usesAPermit(AsyncSemaphore *semaphore, TaskContext *context, int *inside,
                             int *most)
{
    bool going = co_await semaphore->acquire(*context);
    if (going) {
        *most = std::max(*most, ++*inside);
        going = co_await yield();
        --*inside;
        semaphore->release(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> reads(AsyncReadWriteLock *lock, TaskContext *context, std::string *log)
{
    bool going = co_await lock->lockForRead(*context);
    if (going) {
        *log += 'r';
        going = co_await yield();
        going = co_await yield();
        lock->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> writes(AsyncReadWriteLock *lock, TaskContext *context, std::string *log)
{
    bool going = co_await lock->lockForWrite(*context);
    if (going) {
        *log += 'W';
        going = co_await yield();
        lock->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Is inside alone for a time.
Task<TaskStatus> writesFor(AsyncReadWriteLock *lock, TaskContext *context, DurationNs time)
{
    bool going = co_await lock->lockForWrite(*context);
    if (going) {
        going = co_await sleepFor(time);
        lock->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

/// One link of a long chain: goes on when it gets the permit, and gives it to the next.
Task<TaskStatus> passesOn(AsyncSemaphore *semaphore, TaskContext *context, int rounds,
                          std::uint64_t *sum)
{
    bool going = true;
    for (int i = 0; going && i < rounds; ++i) {
        going = co_await semaphore->acquire(*context);
        if (going) {
            ++*sum;
            if (i == 0)
                going = co_await yield(); // until all the others stand in the queue
            semaphore->release(*context);
        }
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

} // namespace

class TestAsyncSync : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aMutexGoesToTheLongestWaiting()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        std::string log;
        AsyncMutex mutex(kThing);
        Executor executor(&recording.rings());
        for (TaskId task = 1; task <= 3; ++task)
            executor.spawn(withId(locks(&mutex, &contexts[task], 2, &log), task));
        executor.run();
        QCOMPARE(log, std::string("1.2.3."));
        QVERIFY(!mutex.isHeld());
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kThing), 1);
        const auto given = eventsOf(events, EventKind::Release, kThing);
        QCOMPARE(given.size(), std::size_t(3));
        const TaskId next[] = {2, 3, kNoTask};
        for (std::size_t i = 0; i < 3; ++i)
            QCOMPARE(given[i].event.cause, next[i]);
        const std::vector<EventKind> ofSecond{
            EventKind::Queued,  EventKind::Begin,   EventKind::Suspend, EventKind::Resume,
            EventKind::Acquire, EventKind::Suspend, EventKind::Resume,  EventKind::Suspend,
            EventKind::Resume,  EventKind::Release, EventKind::End};
        QCOMPARE(kindsOf(events, 2), ofSecond);
        const auto waits = eventsOf(events, EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2));
        QCOMPARE(waits[0].event.reason, std::uint8_t(WaitReason::Lock));
    }

    void whoGivesAMutexBackCausesTheNextToGoOn()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        std::string log;
        AsyncMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(locks(&mutex, &contexts[1], 1, &log), 1));
        executor.spawn(withId(locks(&mutex, &contexts[2], 0, &log), 2));
        executor.run();
        TaskId cause = kNoTask;
        for (const Recorded &r : recording.events()) {
            if (r.event.kind == EventKind::Resume && r.event.task == 2)
                cause = r.event.cause;
        }
        QCOMPARE(cause, TaskId(1));
    }

    void aTimedWaitForAMutexEndsByItself()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        Acquired patient = Acquired::Stopped, hasty = Acquired::Stopped;
        AsyncMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&mutex, &contexts[1], 20 * kMillisecond), 1));
        executor.spawn(withId(locksFor(&mutex, &contexts[2], kMillisecond, &hasty), 2));
        executor.spawn(withId(locksFor(&mutex, &contexts[3], 3600 * kSecond, &patient), 3));
        executor.run();
        QVERIFY(hasty == Acquired::TimedOut);
        QVERIFY(patient == Acquired::Yes);
        const auto waits = eventsOf(recording.events(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2));
        QCOMPARE(waits[0].event.reason,
                 std::uint8_t(std::uint8_t(WaitReason::Lock) | kTimedWaitFlag));
        QVERIFY(!mutex.isHeld());
    }

    void withoutPatienceAMutexIsNotWaitedFor()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        Acquired hasty = Acquired::Stopped;
        AsyncMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&mutex, &contexts[1], kMicrosecond), 1));
        executor.spawn(withId(locksFor(&mutex, &contexts[2], 0, &hasty), 2));
        executor.run();
        QVERIFY(hasty == Acquired::TimedOut);
        QCOMPARE(eventsOf(recording.events(), EventKind::Suspend, kThing).size(), std::size_t(0));
    }

    void aCancelledWaiterLeavesTheQueue()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        std::string log;
        AsyncMutex mutex(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(locks(&mutex, &contexts[1], 5, &log), 1));
        executor.spawn(withId(locks(&mutex, &contexts[2], 0, &log), 2));
        executor.spawn(withId(locks(&mutex, &contexts[3], 0, &log), 3));
        executor.spawn(withId(cancels(2, 1), 4));
        executor.run();
        QCOMPARE(log, std::string("1.3."));
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
        QVERIFY(executor.isCancelled(2));
        QVERIFY(!executor.isCancelled(3));
        QCOMPARE(kindsOf(recording.events(), 2).back(), EventKind::Cancelled);
    }

    void aStopRequestEndsEveryWait()
    {
        Recording recording;
        Contexts contexts(recording, 6);
        std::string log;
        AsyncMutex mutex(kThing);
        AsyncSemaphore semaphore(kThing, 0);
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        int inside = 0;
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&mutex, &contexts[1], 3600 * kSecond), 1));
        executor.spawn(withId(locks(&mutex, &contexts[2], 0, &log), 2));
        executor.spawn(withId(usesAPermit(&semaphore, &contexts[3], &inside, &inside), 3));
        executor.spawn(withId(writesFor(&lock, &contexts[4], 3600 * kSecond), 4));
        executor.spawn(withId(writes(&lock, &contexts[5], &log), 5));
        executor.spawn(withId(reads(&lock, &contexts[6], &log), 6));
        StopOnceAllWait stop(recording, 6);
        executor.run();
        QVERIFY(stop.allWaited());
        // All but the two who are inside for an hour.
        const auto waits = eventsOf(stop.eventsBefore(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(4));
        for (std::size_t index = 0; index < 6; ++index)
            QCOMPARE(statusOf(executor, index), TaskStatus::Cancelled);
        QVERIFY(!mutex.isHeld());
        QCOMPARE(semaphore.takenCount(), 0u);
        QVERIFY(!lock.hasWriter() && lock.readerCount() == 0);
        QVERIFY(log.empty());
    }

    void asManyAsThereArePermitsAreInside()
    {
        Recording recording;
        Contexts contexts(recording, 7);
        int inside = 0, most = 0;
        AsyncSemaphore semaphore(kThing, 3);
        Executor executor(&recording.rings());
        for (TaskId task = 1; task <= 7; ++task)
            executor.spawn(withId(usesAPermit(&semaphore, &contexts[task], &inside, &most), task));
        executor.run();
        QCOMPARE(most, 3);
        QCOMPARE(semaphore.takenCount(), 0u);
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kThing), 3);
        QCOMPARE(eventsOf(events, EventKind::Acquire, kThing)[0].event.reason,
                 std::uint8_t(AccessMode::Permit));
    }

    void thePolicySaysWhoComesFirst()
    {
        for (const auto policy : {ReadWritePolicy::PreferReaders, ReadWritePolicy::PreferWriters}) {
            Recording recording;
            Contexts contexts(recording, 5);
            std::string log;
            AsyncReadWriteLock lock(kThing, policy);
            Executor executor(&recording.rings());
            executor.spawn(withId(reads(&lock, &contexts[1], &log), 1));
            executor.spawn(withId(writes(&lock, &contexts[2], &log), 2));
            executor.spawn(withId(reads(&lock, &contexts[3], &log), 3));
            executor.spawn(withId(reads(&lock, &contexts[4], &log), 4));
            executor.run();
            const bool readersFirst = policy == ReadWritePolicy::PreferReaders;
            QCOMPARE(log, std::string(readersFirst ? "rrrW" : "rWrr"));
            QVERIFY(!lock.hasWriter());
            QCOMPARE(lock.readerCount(), 0u);
        }
    }

    void aWriterThatGivesUpLetsTheReadersIn()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        std::string log;
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        Executor executor(&recording.rings());
        executor.spawn(withId(reads(&lock, &contexts[1], &log), 1));
        executor.spawn(withId(writes(&lock, &contexts[2], &log), 2));
        executor.spawn(withId(reads(&lock, &contexts[3], &log), 3));
        executor.spawn(withId(cancels(2, 0), 4));
        executor.run();
        QCOMPARE(log, std::string("rr"));
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
        QCOMPARE(statusOf(executor, 2), TaskStatus::Finished);
        QCOMPARE(mostHolders(recording.events(), kThing), 1); // it goes on when the first is out
    }

    void aChainOfAMillionHandOversDoesNotGrowTheStack()
    {
        Recording recording; // a full ring drops: nobody reads meanwhile
        Contexts contexts(recording, 1000);
        std::uint64_t sum = 0;
        AsyncSemaphore semaphore(kThing, 1);
        Executor executor(&recording.rings());
        for (TaskId task = 1; task <= 1000; ++task)
            executor.spawn(withId(passesOn(&semaphore, &contexts[task], 1000, &sum), task));
        executor.run();
        QCOMPARE(sum, std::uint64_t(1'000'000));
        QCOMPARE(semaphore.takenCount(), 0u);
    }
};

QTEST_GUILESS_MAIN(TestAsyncSync)
#include "tst_asyncsync.moc"
