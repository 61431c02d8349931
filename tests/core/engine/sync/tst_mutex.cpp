// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/mutex.h"
#include "core/engine/work/sharedboard.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>

#include <thread>

using namespace Interleave;

namespace
{

constexpr ObjectId kLock = 3;

/// What the tasks of the hammering tests share: a counter that only the lock keeps right.
struct Guarded {
    MutexState lock;
    std::uint64_t counter;
};

bool countUp(Guarded &guarded, const TaskContext &context, int times)
{
    Mutex mutex(guarded.lock, kLock);
    for (int i = 0; i < times; ++i) {
        if (!mutex.lock(context))
            return false;
        ++guarded.counter;
        mutex.unlock(context);
    }
    return true;
}

bool isWaitedFor(const MutexState &state)
{
    return state.word.load() == 2;
}

} // namespace

class TestMutex : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void anUncontendedLockIsHeldAndNotWaitedFor()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        QCOMPARE(mutex.owner(), TaskId(1));
        mutex.unlock(contexts[1]);
        QCOMPARE(mutex.owner(), kNoTask);
        const std::vector<EventKind> expected{EventKind::Acquire, EventKind::Release};
        const auto events = recording.events();
        QCOMPARE(kindsOf(events, 1), expected);
        QCOMPARE(events.size(), std::size_t(2));
        QCOMPARE(events[0].event.argument, kLock);
        QCOMPARE(events[0].event.reason, std::uint8_t(AccessMode::Exclusive));
    }

    void aSecondTaskWaitsUntilTheFirstGivesItBack()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        bool got = false;
        std::thread second([&] {
            got = mutex.lock(contexts[2]);
            mutex.unlock(contexts[2]);
        });
        const bool waits = becomes([&] { return isWaitedFor(state); });
        mutex.unlock(contexts[1]);
        second.join();
        QVERIFY(waits && got);
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kLock), 1);
        const auto wait = eventsOf(events, EventKind::Wait, kLock);
        QCOMPARE(wait.size(), std::size_t(1));
        QCOMPARE(wait[0].event.reason, std::uint8_t(WaitReason::Lock));
        const auto held = eventsOf(events, EventKind::Acquire, kLock);
        const auto given = eventsOf(events, EventKind::Release, kLock);
        QCOMPARE(held.size(), std::size_t(2));
        QCOMPARE(held[1].event.task, TaskId(2));
        QVERIFY(given[0].event.ticks <= held[1].event.ticks);
        QVERIFY(allWaitsEnded(events));
    }

    void aStopRequestEndsTheWait()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        bool got = true;
        std::thread second([&] { got = mutex.lock(contexts[2]); });
        const bool waits = becomes([&] { return isWaitedFor(state); });
        recording.rings().requestStop();
        second.join();
        QVERIFY(waits);
        QVERIFY(!got);
        const auto events = recording.events();
        QVERIFY(allWaitsEnded(events));
        QCOMPARE(eventsOf(events, EventKind::Acquire, kLock).size(), std::size_t(1));
    }

    void whatIsFreeCanBeHadAfterAStop()
    {
        Recording recording;
        recording.rings().requestStop();
        Contexts contexts(recording, 1);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        mutex.unlock(contexts[1]);
        QCOMPARE(state.word.load(), 0u);
    }

    void tryLockNeverWaits()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.tryLock(contexts[1]));
        QVERIFY(!mutex.tryLock(contexts[2]));
        mutex.unlock(contexts[1]);
        QVERIFY(mutex.tryLock(contexts[2]));
        QCOMPARE(countOf(recording.events(), EventKind::Wait), 0);
    }

    void aTimedWaitEndsByItself()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        const TimestampNs before = monotonicNow();
        QVERIFY(mutex.lockFor(contexts[2], 5 * kMillisecond) == Acquired::TimedOut);
        QVERIFY(monotonicNow() - before >= 5 * kMillisecond);
        const auto events = recording.events();
        const auto wait = eventsOf(events, EventKind::Wait, kLock);
        QCOMPARE(wait.size(), std::size_t(1));
        QCOMPARE(wait[0].event.reason,
                 std::uint8_t(std::uint8_t(WaitReason::Lock) | kTimedWaitFlag));
        QVERIFY(allWaitsEnded(events));
    }

    void withoutPatienceNothingIsWaitedFor()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lockFor(contexts[1], 0) == Acquired::Yes);
        QVERIFY(mutex.lockFor(contexts[2], 0) == Acquired::TimedOut);
        QVERIFY(mutex.lockFor(contexts[2], -1) == Acquired::TimedOut);
        QCOMPARE(countOf(recording.events(), EventKind::Wait), 0);
    }

    void aTimedWaitGetsWhatIsGivenBackInTime()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        Acquired acquired = Acquired::Stopped;
        std::thread second([&] { acquired = mutex.lockFor(contexts[2], 3600 * kSecond); });
        const bool waits = becomes([&] { return isWaitedFor(state); });
        mutex.unlock(contexts[1]);
        second.join();
        QVERIFY(waits);
        QVERIFY(acquired == Acquired::Yes);
        QCOMPARE(mutex.owner(), TaskId(2));
    }

    void theLongestPatienceEndsByAStop()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        Acquired acquired = Acquired::Yes;
        std::thread second([&] { acquired = mutex.lockFor(contexts[2], kNoDeadline); });
        const bool waits = becomes([&] { return isWaitedFor(state); });
        recording.rings().requestStop();
        second.join();
        QVERIFY(waits);
        QVERIFY(acquired == Acquired::Stopped);
    }

    void eightThreadsNeverHoldItAtOnce()
    {
        Recording recording;
        Contexts contexts(recording, 8);
        Guarded guarded{};
        const int good = inThreads(contexts, 8, [&](const TaskContext &context) {
            return countUp(guarded, context, 2000);
        });
        QCOMPARE(good, 8);
        QCOMPARE(guarded.counter, std::uint64_t(16'000));
        const auto events = recording.events();
        QCOMPARE(recording.dropped(), std::uint64_t(0));
        QCOMPARE(eventsOf(events, EventKind::Acquire, kLock).size(), std::size_t(16'000));
        QCOMPARE(mostHolders(events, kLock), 1);
        QVERIFY(allWaitsEnded(events));
    }

    void threadsThatLoseThePatienceDoNotLoseTheCount()
    {
        Recording recording;
        Contexts contexts(recording, 8);
        MutexState state{};
        std::uint64_t counter = 0;
        std::atomic<std::uint64_t> added{0};
        inThreads(contexts, 8, [&](const TaskContext &context) {
            Mutex mutex(state, kLock);
            for (int i = 0; i < 1000; ++i) {
                if (mutex.lockFor(context, 20 * kMicrosecond) != Acquired::Yes)
                    continue;
                ++counter;
                mutex.unlock(context);
                added.fetch_add(1, std::memory_order_relaxed);
            }
            return true;
        });
        QCOMPARE(counter, added.load());
        Mutex mutex(state, kLock);
        QVERIFY(mutex.tryLock(contexts[1])); // whoever gave up left nothing behind
    }

    void processesShareIt()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        auto board = SharedBoard::create(SharedBoard::cellsFor<Guarded>());
        QVERIFY(board.isOk());
        Guarded &guarded = board.value().object<Guarded>();
        const int good = inProcesses(contexts, 4, [&](const TaskContext &context) {
            return countUp(guarded, context, 2000);
        });
        QCOMPARE(good, 4);
        QCOMPARE(guarded.counter, std::uint64_t(8000));
        const auto events = recording.events();
        QCOMPARE(eventsOf(events, EventKind::Acquire, kLock).size(), std::size_t(8000));
        QCOMPARE(mostHolders(events, kLock), 1);
        QVERIFY(allWaitsEnded(events));
    }

    void aStopRequestEndsTheWaitOfAProcess()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        auto board = SharedBoard::create(SharedBoard::cellsFor<Guarded>());
        QVERIFY(board.isOk());
        Guarded &guarded = board.value().object<Guarded>();
        Mutex mutex(guarded.lock, kLock);
        QVERIFY(mutex.lock(contexts[2]));
        std::thread stopper([&] {
            becomes([&] { return isWaitedFor(guarded.lock); });
            recording.rings().requestStop();
        });
        const int stopped = inProcesses(contexts, 1, [&](const TaskContext &context) {
            return !Mutex(guarded.lock, kLock).lock(context);
        });
        stopper.join();
        QCOMPARE(stopped, 1);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void itsHolderMayLockARecursiveOneAgain()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        RecursiveMutex mutex(state, kLock);
        QVERIFY(mutex.lock(contexts[1]));
        QVERIFY(mutex.tryLock(contexts[1]));
        QVERIFY(mutex.lockFor(contexts[1], 0) == Acquired::Yes);
        QVERIFY(!mutex.tryLock(contexts[2]));
        mutex.unlock(contexts[1]);
        mutex.unlock(contexts[1]);
        QVERIFY(!mutex.tryLock(contexts[2]));
        mutex.unlock(contexts[1]);
        QVERIFY(mutex.tryLock(contexts[2]));
        const std::vector<EventKind> expected{EventKind::Acquire, EventKind::Release};
        QCOMPARE(kindsOf(recording.events(), 1), expected);
    }

    void whatIsHeldIsGivenBackAtTheEndOfTheScope()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        MutexState state{};
        Mutex mutex(state, kLock);
        {
            const Held held(mutex, contexts[1]);
            QVERIFY(bool(held));
            QVERIFY(!mutex.tryLock(contexts[2]));
        }
        QVERIFY(mutex.tryLock(contexts[2]));
        recording.rings().requestStop();
        {
            const Held held(mutex, contexts[1]);
            QVERIFY(!held);
        }
        QCOMPARE(mutex.owner(), TaskId(2)); // it was not the first one's to give back
    }
};

QTEST_GUILESS_MAIN(TestMutex)
#include "tst_mutex.moc"
