// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/condition.h"
#include "core/engine/work/sharedboard.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>

#include <thread>

using namespace Interleave;

namespace
{

constexpr ObjectId kLock = 1;
constexpr ObjectId kChange = 2;
constexpr ObjectId kBarrier = 3;
constexpr ObjectId kLatch = 4;

struct Shared {
    MutexState lock;
    ConditionState change;
    std::uint32_t value;
};

/// Waits until the value is `wanted`. \return false when stopped.
bool waitForValue(Shared &shared, const TaskContext &context, std::uint32_t wanted)
{
    Mutex mutex(shared.lock, kLock);
    Condition condition(shared.change, kChange);
    if (!mutex.lock(context))
        return false;
    while (shared.value != wanted) {
        if (condition.wait(mutex, context) != Acquired::Yes)
            return false; // stopped: it is not held
    }
    mutex.unlock(context);
    return true;
}

void setValue(Shared &shared, const TaskContext &context, std::uint32_t value, bool wakesAll)
{
    Mutex mutex(shared.lock, kLock);
    Condition condition(shared.change, kChange);
    if (!mutex.lock(context))
        return;
    shared.value = value;
    if (wakesAll)
        condition.wakeAll(context);
    else
        condition.wakeOne(context);
    mutex.unlock(context);
}

/// Two tasks in turn raise the value to `last`: each waits for its own parity.
bool takeTurns(Shared &shared, const TaskContext &context, std::uint32_t last)
{
    for (;;) {
        Mutex mutex(shared.lock, kLock);
        Condition condition(shared.change, kChange);
        if (!mutex.lock(context))
            return false;
        while (shared.value < last && shared.value % 2 != std::uint32_t(context.index() % 2)) {
            if (condition.wait(mutex, context) != Acquired::Yes)
                return false;
        }
        const bool isDone = shared.value >= last;
        if (!isDone)
            ++shared.value;
        condition.wakeOne(context);
        mutex.unlock(context);
        if (isDone)
            return true;
    }
}

} // namespace

class TestCondition : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aWaiterIsWokenAndHoldsTheLockAgain()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        Shared shared{};
        bool seen = false;
        std::thread waiter([&] { seen = waitForValue(shared, contexts[1], 7); });
        const bool waits = becomes([&] { return shared.change.waiters.load() == 1; });
        setValue(shared, contexts[2], 7, false);
        waiter.join();
        QVERIFY(waits && seen);
        const auto events = recording.events();
        QVERIFY(eventsOf(events, EventKind::Wait, kChange).size() >= 1);
        QCOMPARE(eventsOf(events, EventKind::Wait, kChange)[0].event.reason,
                 std::uint8_t(WaitReason::Condition));
        QCOMPARE(mostHolders(events, kLock), 1);
        QVERIFY(allWaitsEnded(events));
        QCOMPARE(shared.change.waiters.load(), 0u);
    }

    void aWakeOfAllReachesEverybody()
    {
        Recording recording;
        Contexts contexts(recording, 8);
        Shared shared{};
        std::thread setter([&] {
            becomes([&] { return shared.change.waiters.load() == 7; });
            setValue(shared, contexts[8], 3, true);
        });
        const int good = inThreads(contexts, 7, [&](const TaskContext &context) {
            return waitForValue(shared, context, 3);
        });
        setter.join();
        QCOMPARE(good, 7);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void aWakeOfNobodyDoesNothing()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        Shared shared{};
        setValue(shared, contexts[1], 1, false);
        setValue(shared, contexts[1], 2, true);
        QCOMPARE(shared.change.sequence.load(), 0u);
    }

    void aTimedWaitEndsWithTheLockHeld()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        Shared shared{};
        Mutex mutex(shared.lock, kLock);
        Condition condition(shared.change, kChange);
        QVERIFY(mutex.lock(contexts[1]));
        QVERIFY(condition.wait(mutex, contexts[1], monotonicNow() + 2 * kMillisecond)
                == Acquired::TimedOut);
        QCOMPARE(mutex.owner(), TaskId(1));
        const auto events = recording.events();
        const auto wait = eventsOf(events, EventKind::Wait, kChange);
        QCOMPARE(wait.size(), std::size_t(1));
        QCOMPARE(wait[0].event.reason,
                 std::uint8_t(std::uint8_t(WaitReason::Condition) | kTimedWaitFlag));
    }

    void aStopRequestEndsTheWaitAndTheLockIsFree()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        Shared shared{};
        bool seen = true;
        std::thread waiter([&] { seen = waitForValue(shared, contexts[1], 1); });
        const bool waits = becomes([&] { return shared.change.waiters.load() == 1; });
        recording.rings().requestStop();
        waiter.join();
        QVERIFY(waits);
        QVERIFY(!seen);
        QVERIFY(Mutex(shared.lock, kLock).tryLock(contexts[2]));
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void noWakeIsLostInTenThousandTurns()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        Shared shared{};
        const int good = inThreads(contexts, 2, [&](const TaskContext &context) {
            return takeTurns(shared, context, 10'000);
        });
        QCOMPARE(good, 2);
        QCOMPARE(shared.value, 10'000u);
    }

    void processesTakeTurns()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        auto board = SharedBoard::create(SharedBoard::cellsFor<Shared>());
        QVERIFY(board.isOk());
        Shared &shared = board.value().object<Shared>();
        const int good = inProcesses(contexts, 2, [&](const TaskContext &context) {
            return takeTurns(shared, context, 1000);
        });
        QCOMPARE(good, 2);
        QCOMPARE(shared.value, 1000u);
        QCOMPARE(mostHolders(recording.events(), kLock), 1);
    }

    void nobodyPassesABarrierAlone()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        BarrierState state{};
        std::atomic<std::uint32_t> arrived{0};
        const int good = inThreads(contexts, 4, [&](const TaskContext &context) {
            Barrier barrier(state, kBarrier, 4);
            bool isRight = true;
            for (std::uint32_t round = 1; round <= 500; ++round) {
                arrived.fetch_add(1);
                isRight = barrier.arriveAndWait(context) && isRight;
                isRight = arrived.load() >= 4 * round && isRight;
            }
            return isRight;
        });
        QCOMPARE(good, 4);
        const auto events = recording.events();
        const auto marks = eventsOf(events, EventKind::Mark, kBarrier);
        QCOMPARE(marks.size(), std::size_t(500)); // one for each round
        QCOMPARE(marks[0].event.reason, std::uint8_t(MarkKind::Barrier));
        QVERIFY(marks[0].event.task >= 1 && marks[0].event.task <= 4);
        QVERIFY(eventsOf(events, EventKind::Wait, kBarrier).size() <= std::size_t(1500));
        QVERIFY(allWaitsEnded(events));
    }

    void aBarrierOfOneIsNoWait()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        BarrierState state{};
        QVERIFY(Barrier(state, kBarrier, 1).arriveAndWait(contexts[1]));
        QVERIFY(Barrier(state, kBarrier, 1).arriveAndWait(contexts[1]));
        QCOMPARE(countOf(recording.events(), EventKind::Wait), 0);
    }

    void aStopRequestEndsABarrier()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        BarrierState state{};
        bool passed = true;
        std::thread waiter(
            [&] { passed = Barrier(state, kBarrier, 2).arriveAndWait(contexts[1]); });
        const bool waits = becomes([&] { return state.arrived.load() == 1; });
        recording.rings().requestStop();
        waiter.join();
        QVERIFY(waits);
        QVERIFY(!passed);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void aLatchOpensWithTheLastCountAndStaysOpen()
    {
        Recording recording;
        Contexts contexts(recording, 5);
        LatchState state{};
        CountdownLatch latch(state, kLatch, 3);
        std::atomic<int> done{0};
        std::thread counter([&] {
            for (int i = 0; i < 3; ++i) {
                done.fetch_add(1);
                latch.countDown(contexts[5]);
            }
        });
        const int good = inThreads(contexts, 4, [&](const TaskContext &context) {
            return CountdownLatch(state, kLatch, 3).wait(context) && done.load() == 3;
        });
        counter.join();
        QCOMPARE(good, 4);
        QVERIFY(latch.wait(contexts[5]));
        latch.countDown(contexts[5]); // one too many
        QVERIFY(latch.wait(contexts[5]));
        const auto events = recording.events();
        for (const Recorded &wait : eventsOf(events, EventKind::Wait, kLatch))
            QCOMPARE(wait.event.reason, std::uint8_t(WaitReason::Event));
        QVERIFY(allWaitsEnded(events));
    }

    void aStopRequestEndsTheWaitForALatch()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        LatchState state{};
        recording.rings().requestStop();
        QVERIFY(!CountdownLatch(state, kLatch, 1).wait(contexts[1]));
        QVERIFY(CountdownLatch(state, kLatch, 0).wait(contexts[1]));
        QVERIFY(allWaitsEnded(recording.events()));
    }
};

QTEST_GUILESS_MAIN(TestCondition)
#include "tst_condition.moc"
