// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/semaphore.h"
#include "core/engine/work/sharedboard.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>

#include <thread>

using namespace Interleave;

namespace
{

constexpr ObjectId kPermits = 7;

/// A semaphore and how many are inside.
struct Section {
    SemaphoreState semaphore;
    std::atomic<std::uint32_t> inside;
};

/// \return whether there were never more than `permits` inside.
bool goInAndOut(Section &section, const TaskContext &context, std::uint32_t permits, int times)
{
    Semaphore semaphore(section.semaphore, kPermits, permits);
    bool isRight = true;
    for (int i = 0; i < times; ++i) {
        if (!semaphore.acquire(context))
            return false;
        isRight = section.inside.fetch_add(1) + 1 <= permits && isRight;
        section.inside.fetch_sub(1);
        semaphore.release(context);
    }
    return isRight;
}

} // namespace

class TestSemaphore : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void asManyAsThereArePermitsHoldOne()
    {
        Recording recording;
        Contexts contexts(recording, 3);
        SemaphoreState state{};
        Semaphore semaphore(state, kPermits, 2);
        QVERIFY(semaphore.acquire(contexts[1]));
        QVERIFY(semaphore.tryAcquire(contexts[2]));
        QVERIFY(!semaphore.tryAcquire(contexts[3]));
        semaphore.release(contexts[1]);
        QVERIFY(semaphore.tryAcquire(contexts[3]));
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kPermits), 2);
        QCOMPARE(countOf(events, EventKind::Wait), 0);
        QCOMPARE(events[0].event.reason, std::uint8_t(AccessMode::Permit));
    }

    void oneWaitsUntilAPermitIsGivenBack()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        SemaphoreState state{};
        Semaphore semaphore(state, kPermits, 1);
        QVERIFY(semaphore.acquire(contexts[1]));
        bool got = false;
        std::thread second([&] {
            got = semaphore.acquire(contexts[2], WaitReason::Connection);
            semaphore.release(contexts[2]);
        });
        const bool waits = becomes([&] { return state.waiters.load() == 1; });
        // What it finds by its last look is given back either before or after it sleeps.
        semaphore.release(contexts[1]);
        second.join();
        QVERIFY(waits && got);
        const auto events = recording.events();
        QCOMPARE(mostHolders(events, kPermits), 1);
        for (const Recorded &wait : eventsOf(events, EventKind::Wait, kPermits))
            QCOMPARE(wait.event.reason, std::uint8_t(WaitReason::Connection));
        QVERIFY(allWaitsEnded(events));
        QCOMPARE(state.waiters.load(), 0u);
        QCOMPARE(state.taken.load(), 0u);
    }

    void withoutPermitsEverybodyWaitsForTheStop()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        SemaphoreState state{};
        Semaphore semaphore(state, kPermits, 0);
        bool got = true;
        std::thread waiter([&] { got = semaphore.acquire(contexts[1]); });
        const bool waits = becomes([&] { return state.waiters.load() == 1; });
        recording.rings().requestStop();
        waiter.join();
        QVERIFY(waits);
        QVERIFY(!got);
        const auto events = recording.events();
        QCOMPARE(eventsOf(events, EventKind::Wait, kPermits).size(), std::size_t(1));
        QCOMPARE(eventsOf(events, EventKind::Acquire, kPermits).size(), std::size_t(0));
        QVERIFY(allWaitsEnded(events));
    }

    void aTimedWaitEndsByItself()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        SemaphoreState state{};
        Semaphore semaphore(state, kPermits, 1);
        QVERIFY(semaphore.acquireFor(contexts[1], 0) == Acquired::Yes);
        QVERIFY(semaphore.acquireFor(contexts[2], 0) == Acquired::TimedOut);
        QCOMPARE(countOf(recording.events(), EventKind::Wait), 0);
        QVERIFY(semaphore.acquireFor(contexts[2], 2 * kMillisecond) == Acquired::TimedOut);
        const auto events = recording.events();
        const auto wait = eventsOf(events, EventKind::Wait, kPermits);
        QCOMPARE(wait.size(), std::size_t(1));
        QCOMPARE(wait[0].event.reason,
                 std::uint8_t(std::uint8_t(WaitReason::Semaphore) | kTimedWaitFlag));
        QVERIFY(allWaitsEnded(events));
        QCOMPARE(state.taken.load(), 1u);
    }

    void eightThreadsNeverExceedThePermits_data()
    {
        QTest::addColumn<int>("permits");
        QTest::newRow("one") << 1;
        QTest::newRow("three") << 3;
        QTest::newRow("eight") << 8;
    }
    void eightThreadsNeverExceedThePermits()
    {
        QFETCH(int, permits);
        Recording recording;
        Contexts contexts(recording, 8);
        Section section{};
        const int good = inThreads(contexts, 8, [&](const TaskContext &context) {
            return goInAndOut(section, context, std::uint32_t(permits), 2000);
        });
        QCOMPARE(good, 8);
        QCOMPARE(section.semaphore.taken.load(), 0u);
        QCOMPARE(section.semaphore.waiters.load(), 0u);
        const auto events = recording.events();
        QCOMPARE(recording.dropped(), std::uint64_t(0));
        QCOMPARE(eventsOf(events, EventKind::Acquire, kPermits).size(), std::size_t(16'000));
        QVERIFY(mostHolders(events, kPermits) <= permits);
        QVERIFY(allWaitsEnded(events));
    }

    void processesShareIt()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        auto board = SharedBoard::create(SharedBoard::cellsFor<Section>());
        QVERIFY(board.isOk());
        Section &section = board.value().object<Section>();
        const int good = inProcesses(contexts, 4, [&](const TaskContext &context) {
            return goInAndOut(section, context, 2, 1000);
        });
        QCOMPARE(good, 4);
        QCOMPARE(section.semaphore.taken.load(), 0u);
        const auto events = recording.events();
        QVERIFY(mostHolders(events, kPermits) <= 2);
        QVERIFY(allWaitsEnded(events));
    }
};

QTEST_GUILESS_MAIN(TestSemaphore)
#include "tst_semaphore.moc"
