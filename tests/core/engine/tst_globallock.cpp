// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/globallock.h"
#include "core/engine/work/bodies.h"
#include "tests/core/engine/recording.h"
#include "tests/core/engine/waitingtest.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using namespace Interleave;

namespace
{

constexpr DurationNs kInterval = 200 * kMicrosecond;
constexpr TimestampNs kPatience = 10 * kSecond;

RunSetup setupFor(const Recording &recording, GlobalLock *lock)
{
    RunSetup setup;
    setup.rings = &recording.rings();
    setup.messageFd = recording.messageFd();
    setup.unitsPerMs = 1000;
    setup.taskCount = 4;
    setup.globalLock = lock;
    return setup;
}

/// Waits until `flag` is set. \return whether it was, within 10 s.
bool comesTrue(const std::atomic<bool> &flag)
{
    const TimestampNs deadline = monotonicNow() + kPatience;
    while (!flag.load() && monotonicNow() < deadline)
        std::this_thread::yield();
    return flag.load();
}

/// The most tasks that held it at once, by the records.
int mostHolders(const std::vector<Recorded> &events)
{
    int holders = 0, most = 0;
    for (const Recorded &r : events) {
        if (r.event.kind == EventKind::Acquire)
            most = std::max(most, ++holders);
        else if (r.event.kind == EventKind::Release)
            --holders;
    }
    return most;
}

TaskStatus burnSome(TaskContext &context)
{
    return context.outcome(context.burn(5));
}

} // namespace

class GlobalLockTest : public QObject
{
    Q_OBJECT

private slots:
    void aFreeLockIsTakenWithoutAWait()
    {
        Recording recording;
        GlobalLock lock(kInterval);
        const RunSetup setup = setupFor(recording, &lock);
        const TaskContext context(setup, 7, 0, "t");
        QVERIFY(lock.take(context));
        QVERIFY(lock.isHeldBy(7));
        QVERIFY(!lock.isHeldBy(8));
        lock.giveBack(context);
        QVERIFY(!lock.isHeldBy(7));
        QVERIFY(lock.take(context)); // again the same one: no switch
        lock.giveBack(context);
        QCOMPARE(lock.switches(), 1u);
        const auto events = recording.events();
        const std::vector<EventKind> expected{EventKind::Acquire, EventKind::Release,
                                              EventKind::Acquire, EventKind::Release};
        QCOMPARE(kindsOf(events, 7), expected);
        QCOMPARE(countOf(events, EventKind::Wait), 0);
        QCOMPARE(events.front().event.argument, std::uint32_t(kGlobalLockObject));
    }

    void whoIsAloneNeverGivesWay()
    {
        Recording recording;
        GlobalLock lock(kInterval);
        const RunSetup setup = setupFor(recording, &lock);
        TaskContext context(setup, 1, 0, "t");
        QCOMPARE(runRecorded(burnSome, context), TaskStatus::Finished);
        const std::vector<EventKind> expected{EventKind::Begin, EventKind::Acquire,
                                              EventKind::Release, EventKind::End};
        QCOMPARE(kindsOf(recording.events(), 1), expected);
    }

    void whoWaitsLongEnoughGetsItFromOneThatComputes()
    {
        Recording recording;
        GlobalLock lock(kInterval);
        const RunSetup setup = setupFor(recording, &lock);
        TaskContext holder(setup, 1, 0, "holder");
        const TaskContext waiter(setup, 2, 1, "waiter");
        std::atomic<bool> hadIt{false};
        QVERIFY(lock.take(holder));
        std::thread other([&] {
            const GilHold hold(waiter);
            hadIt = lock.isHeldBy(2);
        });
        const TimestampNs deadline = monotonicNow() + kPatience;
        bool going = true;
        while (going && !hadIt && monotonicNow() < deadline)
            going = holder.burn(0.1); // it never gives the lock back by itself
        if (!hadIt)
            lock.giveBack(holder); // so that the other one ends
        other.join();
        QVERIFY(going);
        QVERIFY(hadIt);
        QVERIFY(lock.isHeldBy(1));
        lock.giveBack(holder);
        QCOMPARE(lock.switches(), 3u);
        QCOMPARE(mostHolders(recording.events()), 1);
    }

    void manyComputeAndOneAtATimeHoldsIt()
    {
        Recording recording;
        GlobalLock lock(kInterval);
        const RunSetup setup = setupFor(recording, &lock);
        std::vector<std::thread> threads;
        std::atomic<int> finished{0};
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&, i] {
                TaskContext context(setup, TaskId(i + 1), i, "t");
                finished += runRecorded(burnSome, context) == TaskStatus::Finished ? 1 : 0;
            });
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(finished.load(), 4);
        const auto events = recording.events();
        QCOMPARE(recording.dropped(), std::uint64_t(0));
        QCOMPARE(mostHolders(events), 1);
        QCOMPARE(countOf(events, EventKind::Acquire), countOf(events, EventKind::Release));
        QCOMPARE(countOf(events, EventKind::Wait), countOf(events, EventKind::WaitEnd));
        QVERIFY(lock.switches() >= 4);
    }

    void whoSleepsGivesItUpMeanwhile()
    {
        Recording recording;
        GlobalLock lock(3600 * kSecond); // nobody asks
        const RunSetup setup = setupFor(recording, &lock);
        std::atomic<bool> isHeld{false}, hadIt{false};
        std::thread sleeper([&] {
            TaskContext context(setup, 1, 0, "sleeper");
            const GilHold hold(context);
            isHeld = true;
            while (!hadIt && context.sleepFor(kMillisecond)) {
            }
        });
        QVERIFY(comesTrue(isHeld));
        const TaskContext waiter(setup, 2, 1, "waiter");
        {
            const GilHold hold(waiter);
            QVERIFY(lock.isHeldBy(2));
            hadIt = true;
        }
        sleeper.join();
        const auto events = recording.events();
        QCOMPARE(mostHolders(events), 1);
        QCOMPARE(kindsOf(events, 1).back(), EventKind::Release);
    }

    void aStopRequestEndsTheWait()
    {
        Recording recording;
        GlobalLock lock(3600 * kSecond); // so that the request has to wake it
        const RunSetup setup = setupFor(recording, &lock);
        const TaskContext holder(setup, 1, 0, "holder");
        QVERIFY(lock.take(holder));
        std::atomic<bool> gotIt{true};
        Waiter other([&] {
            TaskContext waiter(setup, 2, 1, "waiter");
            const GilHold hold(waiter); // and gives nothing back that it has not got
            gotIt = lock.isHeldBy(2);
        });
        const bool isOnRecord = becomes([&] {
            return !eventsOf(recording.events(), EventKind::Wait, kGlobalLockObject).empty();
        });
        const bool isAsleep = other.sleeps();
        recording.rings().requestStop();
        const bool hasEnded = other.ends();
        if (!hasEnded)
            lock.giveBack(holder); // so that it ends
        other.join();
        QVERIFY(isOnRecord);
        QVERIFY(isAsleep);
        QVERIFY(hasEnded);
        QVERIFY(!gotIt);
        QVERIFY(lock.isHeldBy(1));
        lock.giveBack(holder);
    }

    void aReleaseWithinAReleaseDoesNothing()
    {
        Recording recording;
        GlobalLock lock(kInterval);
        const RunSetup setup = setupFor(recording, &lock);
        const TaskContext context(setup, 1, 0, "t");
        QVERIFY(lock.take(context));
        {
            const GilRelease outer(context);
            QVERIFY(!lock.isHeldBy(1));
            const GilRelease inner(context);
            QVERIFY(!lock.isHeldBy(1));
        }
        QVERIFY(lock.isHeldBy(1));
        lock.giveBack(context);
        QCOMPARE(countOf(recording.events(), EventKind::Acquire), 2);
    }

    void withoutAGlobalLockNothingIsRecorded()
    {
        Recording recording;
        const RunSetup setup = setupFor(recording, nullptr);
        TaskContext context(setup, 1, 0, "t");
        {
            const GilHold hold(context);
            const GilRelease released(context);
            QVERIFY(context.burn(0.1));
        }
        QVERIFY(recording.events().empty());
    }
};

QTEST_GUILESS_MAIN(GlobalLockTest)
#include "tst_globallock.moc"
