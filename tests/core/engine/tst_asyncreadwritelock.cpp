// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The timed waits of AsyncReadWriteLock; the others are in tst_asyncsync and tst_queuedwait.
#include "core/engine/async/asyncsync.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;

/// Is inside until it is cancelled or stopped.
Task<TaskStatus> holds(AsyncReadWriteLock *lock, TaskContext *context, bool writes)
{
    bool going = false;
    if (writes)
        going = co_await lock->lockForWrite(*context);
    else
        going = co_await lock->lockForRead(*context);
    if (going) {
        going = co_await sleepFor(10 * kSecond);
        lock->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> triesFor(AsyncReadWriteLock *lock, TaskContext *context, bool writes,
                          DurationNs patience, Acquired *acquired)
{
    if (writes)
        *acquired = co_await lock->tryLockForWrite(*context, patience);
    else
        *acquired = co_await lock->tryLockForRead(*context, patience);
    if (*acquired == Acquired::Yes)
        lock->unlock(*context);
    co_return TaskStatus::Finished;
}

/// The same, and task 1 is cancelled after it.
Task<TaskStatus> triesAndCancels(AsyncReadWriteLock *lock, TaskContext *context, bool writes,
                                 DurationNs patience, Acquired *acquired)
{
    const TaskStatus status = co_await triesFor(lock, context, writes, patience, acquired);
    Executor::current()->cancel(1);
    co_return status;
}

/// Once it is in, task 1, which is inside as well, may go.
Task<TaskStatus> readsAndCancels(AsyncReadWriteLock *lock, TaskContext *context)
{
    const bool isIn = co_await lock->lockForRead(*context);
    if (isIn) {
        Executor::current()->cancel(1);
        lock->unlock(*context);
    }
    const TaskStatus status = endOf(isIn);
    co_return status;
}

bool isFree(const AsyncReadWriteLock &lock)
{
    return !lock.hasWriter() && lock.readerCount() == 0;
}

} // namespace

class TestAsyncReadWriteLock : public QObject
{
    Q_OBJECT

    static void addSides()
    {
        QTest::addColumn<bool>("holderWrites");
        QTest::addColumn<bool>("writes");
        QTest::newRow("a reader, for a writer") << true << false;
        QTest::newRow("a writer, for a writer") << true << true;
        QTest::newRow("a writer, for a reader") << false << true;
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aTimedWaitEndsByItself_data() { addSides(); }
    void aTimedWaitEndsByItself()
    {
        QFETCH(bool, holderWrites);
        QFETCH(bool, writes);
        Recording recording;
        Contexts contexts(recording, 3);
        Acquired hasty = Acquired::Stopped, patient = Acquired::Stopped;
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&lock, &contexts[1], holderWrites), 1));
        executor.spawn(
            withId(triesAndCancels(&lock, &contexts[2], writes, kMillisecond, &hasty), 2));
        executor.spawn(withId(triesFor(&lock, &contexts[3], writes, 3600 * kSecond, &patient), 3));
        executor.run();
        QVERIFY(hasty == Acquired::TimedOut);
        QVERIFY(patient == Acquired::Yes); // once task 1 has been cancelled
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        const auto waits = eventsOf(recording.events(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2));
        QCOMPARE(waits[0].event.reason,
                 std::uint8_t(std::uint8_t(WaitReason::Lock) | kTimedWaitFlag));
        QVERIFY(isFree(lock));
    }

    void withoutPatienceItIsNotWaitedFor_data() { addSides(); }
    void withoutPatienceItIsNotWaitedFor()
    {
        QFETCH(bool, holderWrites);
        QFETCH(bool, writes);
        Recording recording;
        Contexts contexts(recording, 2);
        Acquired hasty = Acquired::Stopped;
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferReaders);
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&lock, &contexts[1], holderWrites), 1));
        executor.spawn(withId(triesAndCancels(&lock, &contexts[2], writes, 0, &hasty), 2));
        executor.run();
        QVERIFY(hasty == Acquired::TimedOut);
        QCOMPARE(eventsOf(recording.events(), EventKind::Suspend, kThing).size(), std::size_t(0));
        QVERIFY(isFree(lock));
    }

    void whatIsFreeIsHadAtOnce()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        Acquired read = Acquired::Stopped, written = Acquired::Stopped;
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferReaders);
        Executor executor(&recording.rings());
        executor.spawn(withId(triesFor(&lock, &contexts[1], false, 0, &read), 1));
        executor.spawn(withId(triesFor(&lock, &contexts[2], true, kSecond, &written), 2));
        executor.run();
        QVERIFY(read == Acquired::Yes);
        QVERIFY(written == Acquired::Yes);
        const auto held = eventsOf(recording.events(), EventKind::Acquire, kThing);
        QCOMPARE(held.size(), std::size_t(2));
        QCOMPARE(held[0].event.reason, std::uint8_t(AccessMode::Shared));
        QCOMPARE(held[1].event.reason, std::uint8_t(AccessMode::Exclusive));
    }

    void aWriterWhosePatienceEndsLetsTheReadersIn()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        Acquired hasty = Acquired::Stopped;
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&lock, &contexts[1], false), 1));
        executor.spawn(withId(triesFor(&lock, &contexts[2], true, kMillisecond, &hasty), 2));
        executor.spawn(withId(readsAndCancels(&lock, &contexts[3]), 3));
        executor.run();
        QVERIFY(hasty == Acquired::TimedOut);
        QCOMPARE(statusOf(executor, 2), TaskStatus::Finished);
        const auto events = recording.events();
        QCOMPARE(eventsOf(events, EventKind::Suspend, kThing).size(), std::size_t(2));
        QCOMPARE(mostHolders(events, kThing), 2); // while the first one was inside
        QVERIFY(isFree(lock));
    }

    void aStopRequestEndsTheWait_data() { addSides(); }
    void aStopRequestEndsTheWait()
    {
        QFETCH(bool, holderWrites);
        QFETCH(bool, writes);
        Recording recording;
        Contexts contexts(recording, 2);
        Acquired patient = Acquired::Yes;
        AsyncReadWriteLock lock(kThing, ReadWritePolicy::PreferWriters);
        Executor executor(&recording.rings());
        executor.spawn(withId(holds(&lock, &contexts[1], holderWrites), 1));
        executor.spawn(withId(triesFor(&lock, &contexts[2], writes, 3600 * kSecond, &patient), 2));
        StopOnceAllWait stop(recording, 2);
        executor.run();
        QVERIFY(stop.allWaited());
        QVERIFY(patient == Acquired::Stopped);
        QVERIFY(isFree(lock));
    }
};

QTEST_GUILESS_MAIN(TestAsyncReadWriteLock)
#include "tst_asyncreadwritelock.moc"
