// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What becomes of a grant whose coroutine is gone before it goes on with it.
#include "core/engine/async/asyncsync.h"
#include "core/engine/async/taskgroup.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>

#include <stdexcept>
#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;
constexpr ObjectId kOther = 5;

/// A read-write lock that is taken as a reader.
struct ReadSide {
    AsyncReadWriteLock *lock;
};

Task<bool> takes(AsyncMutex *mutex, TaskContext *context)
{
    const bool isHeld = co_await mutex->lock(*context);
    co_return isHeld;
}
Task<bool> takes(AsyncSemaphore *semaphore, TaskContext *context)
{
    const bool isHeld = co_await semaphore->acquire(*context);
    co_return isHeld;
}
Task<bool> takes(AsyncReadWriteLock *lock, TaskContext *context)
{
    const bool isHeld = co_await lock->lockForWrite(*context);
    co_return isHeld;
}
Task<bool> takes(ReadSide *side, TaskContext *context)
{
    const bool isHeld = co_await side->lock->lockForRead(*context);
    co_return isHeld;
}

void givesBack(AsyncMutex *mutex, const TaskContext &context)
{
    mutex->unlock(context);
}
void givesBack(AsyncSemaphore *semaphore, const TaskContext &context)
{
    semaphore->release(context);
}
void givesBack(AsyncReadWriteLock *lock, const TaskContext &context)
{
    lock->unlock(context);
}
void givesBack(ReadSide *side, const TaskContext &context)
{
    side->lock->unlock(context);
}

bool isFree(const AsyncMutex &mutex)
{
    return !mutex.isHeld() && mutex.owner() == kNoTask;
}
bool isFree(const AsyncSemaphore &semaphore)
{
    return semaphore.takenCount() == 0;
}
bool isFree(const AsyncReadWriteLock &lock)
{
    return !lock.hasWriter() && lock.readerCount() == 0;
}

Task<bool> yields(int times)
{
    bool going = true;
    for (int i = 0; going && i < times; ++i)
        going = co_await yield();
    co_return going;
}

template<typename Thing>
Task<TaskStatus> takesAndGivesBack(Thing *thing, TaskContext *context, int after)
{
    bool going = co_await yields(after);
    if (going)
        going = co_await takes(thing, context);
    if (going)
        givesBack(thing, *context);
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Task 1 gives it to task 3, whose frame goes before it can go on.
template<typename Thing>
Task<TaskStatus> givesItToOneThatIsDropped(Thing *thing, Contexts *contexts, int rounds)
{
    TaskGroup group(1);
    (void)co_await takes(thing, &(*contexts)[1]);
    group.start(withId(takesAndGivesBack(thing, &(*contexts)[3], 0), 3));
    (void)co_await yields(rounds);
    givesBack(thing, (*contexts)[1]);
    throw std::runtime_error("dropped");
}

/// Task 1 is a reader; task 3, which waits to write, goes. So does the first one, still a reader.
Task<TaskStatus> dropsAWriterThatWaits(AsyncReadWriteLock *lock, Contexts *contexts)
{
    TaskGroup group(1);
    (void)co_await lock->lockForRead((*contexts)[1]);
    group.start(withId(takesAndGivesBack(lock, &(*contexts)[3], 0), 3));
    (void)co_await yields(2);
    throw std::runtime_error("dropped");
}

Task<TaskStatus> writesMeanwhile(AsyncReadWriteLock *lock, TaskContext *context)
{
    (void)co_await lock->lockForWrite(*context);
    (void)co_await yields(2);
    lock->unlock(*context);
    co_return TaskStatus::Finished;
}

/// Task 1 drops a reader, task 3, in the round in which the writer lets it in.
Task<TaskStatus> dropsAReaderThatIsLetIn(ReadSide *side, Contexts *contexts)
{
    TaskGroup group(1);
    group.start(withId(takesAndGivesBack(side, &(*contexts)[3], 0), 3));
    (void)co_await yields(2);
    throw std::runtime_error("dropped");
}

struct Meeting {
    AsyncMutex mutex{kOther};
    AsyncCondition condition{kThing};
};

Task<TaskStatus> awaitsWake(Meeting *meeting, TaskContext *context, int after)
{
    bool going = co_await yields(after);
    if (going)
        going = co_await meeting->mutex.lock(*context);
    if (going)
        going = co_await meeting->condition.wait(meeting->mutex, *context);
    if (going)
        meeting->mutex.unlock(*context);
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Task 1 wakes task 3, whose frame goes before it can go on.
Task<TaskStatus> wakesOneThatIsDropped(Meeting *meeting, Contexts *contexts)
{
    TaskGroup group(1);
    group.start(withId(awaitsWake(meeting, &(*contexts)[3], 0), 3));
    (void)co_await yields(2);
    meeting->condition.wakeOne((*contexts)[1]);
    throw std::runtime_error("dropped");
}

/// Its frame goes when it has gone on and has just been given the mutex.
Task<TaskStatus> wakesOneThatIsDroppedLater(Meeting *meeting, Contexts *contexts)
{
    TaskGroup group(1);
    group.start(withId(awaitsWake(meeting, &(*contexts)[3], 0), 3));
    (void)co_await yields(2);
    (void)co_await meeting->mutex.lock((*contexts)[1]);
    meeting->condition.wakeOne((*contexts)[1]);
    (void)co_await yields(1);
    meeting->mutex.unlock((*contexts)[1]);
    throw std::runtime_error("dropped");
}

/// Of the last wait of a task: who made it go on.
TaskId causeOfLastResume(const std::vector<Recorded> &events, TaskId task)
{
    TaskId cause = kNoTask;
    for (const Recorded &r : events) {
        if (r.event.kind == EventKind::Resume && r.event.task == task)
            cause = r.event.cause;
    }
    return cause;
}

/// Task 1 gives the thing to task 3, which is dropped. Task 2 asks for it after that (`rounds` is 1) or
/// waits for it already.
template<typename Thing>
void giveItToOneThatIsDropped(Thing &thing, int rounds)
{
    Recording recording;
    Contexts contexts(recording, 3);
    Executor executor(&recording.rings());
    executor.spawn(withId(givesItToOneThatIsDropped(&thing, &contexts, rounds), 1));
    executor.spawn(withId(takesAndGivesBack(&thing, &contexts[2], 1), 2));
    executor.spawn(cancels(2, 20)); // where it would wait for ever
    executor.run();
    const auto events = recording.events();
    QCOMPARE(statusOf(executor, 0), TaskStatus::Failed);
    QCOMPARE(kindsOf(events, 3).back(), EventKind::Cancelled);
    QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
    QVERIFY(isFree(thing));
    QCOMPARE(mostHolders(events, kThing), 1);
    const auto given = eventsOf(events, EventKind::Release, kThing);
    QCOMPARE(given.size(), std::size_t(2));
    QCOMPARE(given[0].event.cause, TaskId(3)); // it was the next, until its frame went
    const bool hadToWait = rounds > 1;
    const auto waits = eventsOf(events, EventKind::Suspend, kThing);
    QCOMPARE(waits.size(), std::size_t(hadToWait ? 2 : 1));
    if (hadToWait)
        QCOMPARE(causeOfLastResume(events, 2), TaskId(3));
}

} // namespace

class TestQueuedWait : public QObject
{
    Q_OBJECT

    static void addRounds()
    {
        QTest::addColumn<int>("rounds");
        QTest::newRow("nobody else waits") << 1;
        QTest::newRow("another one waits behind it") << 2;
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aMutexGivenToADroppedTaskIsForTheNext_data() { addRounds(); }
    void aMutexGivenToADroppedTaskIsForTheNext()
    {
        QFETCH(int, rounds);
        AsyncMutex mutex(kThing);
        giveItToOneThatIsDropped(mutex, rounds);
    }

    void aPermitGivenToADroppedTaskIsForTheNext_data() { addRounds(); }
    void aPermitGivenToADroppedTaskIsForTheNext()
    {
        QFETCH(int, rounds);
        AsyncSemaphore semaphore(kThing, 1);
        giveItToOneThatIsDropped(semaphore, rounds);
    }

    void aLockGivenToADroppedWriterIsForTheNext_data() { addRounds(); }
    void aLockGivenToADroppedWriterIsForTheNext()
    {
        QFETCH(int, rounds);
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        giveItToOneThatIsDropped(lock, rounds);
    }

    void aDroppedReaderIsNotCountedAmongTheReaders()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        ReadSide side{&lock};
        Executor executor(&recording.rings());
        executor.spawn(withId(writesMeanwhile(&lock, &contexts[2]), 2));
        executor.spawn(withId(dropsAReaderThatIsLetIn(&side, &contexts), 1));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Finished);
        const auto events = recording.events();
        const auto given = eventsOf(events, EventKind::Release, kThing);
        QCOMPARE(given.size(), std::size_t(1));
        QCOMPARE(given[0].event.cause, TaskId(3)); // the reader was let in
        QCOMPARE(kindsOf(events, 3).back(), EventKind::Cancelled);
        QVERIFY(isFree(lock));
    }

    void whenAWaitingWriterIsDroppedTheReadersGoIn()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        ReadSide side{&lock};
        Executor executor(&recording.rings());
        executor.spawn(withId(dropsAWriterThatWaits(&lock, &contexts), 1));
        executor.spawn(withId(takesAndGivesBack(&side, &contexts[2], 1), 2));
        executor.spawn(cancels(2, 20)); // where it would wait for ever
        executor.run();
        QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
        QCOMPARE(lock.readerCount(), 1u); // the one who dropped the writer
        const auto waits = eventsOf(recording.events(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2)); // the writer's and, because of it, the reader's
    }

    void aWakeForADroppedTaskIsForTheNext_data()
    {
        QTest::addColumn<bool>("hasGoneOn");
        QTest::newRow("before it goes on") << false;
        QTest::newRow("while it takes the mutex again") << true;
    }
    void aWakeForADroppedTaskIsForTheNext()
    {
        QFETCH(bool, hasGoneOn);
        Recording recording;
        Contexts contexts(recording, 3);
        Meeting meeting;
        Executor executor(&recording.rings());
        Task<TaskStatus> wakes = hasGoneOn ? wakesOneThatIsDroppedLater(&meeting, &contexts)
                                           : wakesOneThatIsDropped(&meeting, &contexts);
        executor.spawn(withId(std::move(wakes), 1));
        executor.spawn(withId(awaitsWake(&meeting, &contexts[2], 1), 2));
        executor.spawn(cancels(2, 20)); // where it would wait for ever
        executor.run();
        QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
        QVERIFY(!meeting.mutex.isHeld());
        const auto events = recording.events();
        QCOMPARE(eventsOf(events, EventKind::Suspend, kThing).size(), std::size_t(2));
        QCOMPARE(eventsOf(events, EventKind::Suspend, kOther).size(),
                 std::size_t(hasGoneOn ? 1 : 0));
    }
};

QTEST_GUILESS_MAIN(TestQueuedWait)
#include "tst_queuedwait.moc"
