// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/channel.h"
#include "core/engine/work/sharedboard.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using namespace Interleave;

namespace
{

constexpr ObjectId kQueue = 9;
constexpr std::uint32_t kItems = 1000; ///< of each producer

using State = ChannelState<std::uint32_t, 16>;
using Queue = Channel<std::uint32_t, 16>;

/// Half of the tasks produce, the others consume and add up.
struct Plant {
    State channel;
    std::atomic<std::uint32_t> producersLeft;
    std::atomic<std::uint64_t> sum;
    std::atomic<std::uint32_t> count;
};

bool workAt(Plant &plant, const TaskContext &context, std::uint32_t capacity)
{
    Queue queue(plant.channel, kQueue, capacity);
    if (context.index() % 2 == 0) {
        for (std::uint32_t i = 1; i <= kItems; ++i) {
            if (!queue.push(context, i))
                return false;
        }
        if (plant.producersLeft.fetch_sub(1) == 1)
            queue.close();
        return true;
    }
    while (const std::optional<std::uint32_t> item = queue.pop(context)) {
        plant.sum.fetch_add(*item);
        plant.count.fetch_add(1);
    }
    return !context.stopRequested();
}

constexpr std::uint64_t sumOf(std::uint64_t producers)
{
    return producers * kItems * (kItems + 1) / 2;
}

std::uint32_t highestDepth(const std::vector<Recorded> &events)
{
    std::uint32_t highest = 0;
    for (const Recorded &depth : eventsOf(events, EventKind::Counter, kQueue))
        highest = std::max(highest, depth.event.cause);
    return highest;
}

} // namespace

class TestChannel : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void itemsComeOutInTheirOrder()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        State state{};
        Queue queue(state, kQueue, 3);
        for (std::uint32_t round = 0; round < 5; ++round) { // and around the end of the ring
            QVERIFY(queue.push(contexts[1], 10 + round));
            QVERIFY(queue.push(contexts[1], 20 + round));
            QCOMPARE(queue.pop(contexts[1]).value_or(0), 10 + round);
            QCOMPARE(queue.pop(contexts[1]).value_or(0), 20 + round);
        }
        const auto events = recording.events();
        QCOMPARE(countOf(events, EventKind::Wait), 0);
        const auto depths = eventsOf(events, EventKind::Counter, kQueue);
        QCOMPARE(depths.size(), std::size_t(20));
        const TaskId expected[] = {1, 2, 1, 0};
        for (std::size_t i = 0; i < depths.size(); ++i)
            QCOMPARE(depths[i].event.cause, expected[i % 4]);
    }

    void whoFindsItFullWaitsForRoom()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        State state{};
        Queue queue(state, kQueue, 1);
        QVERIFY(queue.push(contexts[1], 1));
        bool pushed = false;
        std::thread pusher([&] { pushed = queue.push(contexts[2], 2); });
        const bool waits = becomes([&] { return state.core.pushers.load() == 1; });
        QCOMPARE(queue.pop(contexts[1]).value_or(0), 1u);
        pusher.join();
        QVERIFY(waits && pushed);
        QCOMPARE(queue.pop(contexts[1]).value_or(0), 2u);
        const auto events = recording.events();
        for (const Recorded &wait : eventsOf(events, EventKind::Wait, kQueue))
            QCOMPARE(wait.event.reason, std::uint8_t(WaitReason::Queue));
        QVERIFY(eventsOf(events, EventKind::Wait, kQueue).size() >= 1);
        QVERIFY(allWaitsEnded(events));
        QCOMPARE(highestDepth(events), 1u);
    }

    void whoFindsItEmptyWaitsForAnItem()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        State state{};
        Queue queue(state, kQueue, 1);
        std::optional<std::uint32_t> item;
        std::thread popper([&] { item = queue.pop(contexts[2]); });
        const bool waits = becomes([&] { return state.core.poppers.load() == 1; });
        const bool pushed = queue.push(contexts[1], 5);
        popper.join();
        QVERIFY(waits && pushed);
        QCOMPARE(item.value_or(0), 5u);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void eachItemWakesOneOfThoseThatWait()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        State state{};
        Queue queue(state, kQueue, 16);
        std::atomic<std::uint32_t> served{0}, sum{0};
        std::vector<std::thread> poppers;
        for (TaskId task = 2; task <= 4; ++task) {
            poppers.emplace_back([&, task] {
                sum.fetch_add(queue.pop(contexts[task]).value_or(0));
                served.fetch_add(1);
            });
        }
        const bool wait = becomes([&] { return state.core.poppers.load() == 3; });
        bool pushed = true;
        for (std::uint32_t item = 1; item <= 3; ++item)
            pushed = queue.push(contexts[1], item) && pushed;
        const bool allServed = becomes([&] { return served.load() == 3; });
        recording.rings().requestStop(); // where one was not woken
        for (std::thread &popper : poppers)
            popper.join();
        QVERIFY(wait && pushed);
        QVERIFY(allServed);
        QCOMPARE(sum.load(), 6u);
    }

    void eachRoomWakesOneOfThoseThatWait()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        State state{};
        Queue queue(state, kQueue, 1);
        QVERIFY(queue.push(contexts[1], 1));
        std::atomic<int> pushed{0};
        std::vector<std::thread> pushers;
        for (TaskId task = 2; task <= 4; ++task) {
            pushers.emplace_back([&, task] {
                if (queue.push(contexts[task], task))
                    pushed.fetch_add(1);
            });
        }
        const bool wait = becomes([&] { return state.core.pushers.load() == 3; });
        std::uint32_t sum = 0;
        for (int taken = 1; taken <= 3; ++taken) { // each makes room for one of them
            sum += queue.pop(contexts[1]).value_or(0);
            if (!becomes([&] { return pushed.load() == taken; }))
                break;
        }
        const int woken = pushed.load();
        recording.rings().requestStop(); // where one was not woken
        for (std::thread &pusher : pushers)
            pusher.join();
        QVERIFY(wait);
        QCOMPARE(woken, 3);
        QCOMPARE(sum + queue.pop(contexts[1]).value_or(0), 1u + 2u + 3u + 4u);
    }

    void aClosedOneGivesWhatItHasAndTakesNothing()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        State state{};
        Queue queue(state, kQueue, 4);
        QVERIFY(queue.push(contexts[1], 1));
        queue.close();
        QVERIFY(!queue.push(contexts[1], 2));
        QCOMPARE(queue.pop(contexts[1]).value_or(0), 1u);
        QVERIFY(!queue.pop(contexts[1]));
        QVERIFY(!queue.pop(contexts[1]));
    }

    void closingWakesBothSides()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        State empty{}, full{};
        Queue waitedFor(empty, kQueue, 1), crowded(full, kQueue, 1);
        QVERIFY(crowded.push(contexts[1], 1));
        bool pushed = true, popped = true;
        std::thread pusher([&] { pushed = crowded.push(contexts[1], 2); });
        std::thread popper([&] { popped = waitedFor.pop(contexts[2]).has_value(); });
        const bool wait = becomes(
            [&] { return empty.core.poppers.load() == 1 && full.core.pushers.load() == 1; });
        waitedFor.close();
        crowded.close();
        pusher.join();
        popper.join();
        QVERIFY(wait);
        QVERIFY(!pushed && !popped);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void aStopRequestEndsBothKindsOfWait()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        State empty{}, full{};
        Queue waitedFor(empty, kQueue, 1), crowded(full, kQueue, 1);
        QVERIFY(crowded.push(contexts[1], 1));
        bool pushed = true, popped = true;
        std::thread pusher([&] { pushed = crowded.push(contexts[1], 2); });
        std::thread popper([&] { popped = waitedFor.pop(contexts[2]).has_value(); });
        const bool wait = becomes(
            [&] { return empty.core.poppers.load() == 1 && full.core.pushers.load() == 1; });
        recording.rings().requestStop();
        pusher.join();
        popper.join();
        QVERIFY(wait);
        QVERIFY(!pushed && !popped);
        QVERIFY(allWaitsEnded(recording.events()));
    }

    void nothingIsLostBetweenEightThreads_data()
    {
        QTest::addColumn<std::uint32_t>("capacity");
        QTest::newRow("one") << std::uint32_t(1);
        QTest::newRow("sixteen") << std::uint32_t(16);
    }
    void nothingIsLostBetweenEightThreads()
    {
        QFETCH(std::uint32_t, capacity);
        Recording recording;
        Contexts contexts(recording, 8);
        Plant plant{};
        plant.producersLeft.store(4);
        const int good = inThreads(contexts, 8, [&](const TaskContext &context) {
            return workAt(plant, context, capacity);
        });
        QCOMPARE(good, 8);
        QCOMPARE(plant.count.load(), 4 * kItems);
        QCOMPARE(plant.sum.load(), sumOf(4));
        const auto events = recording.events();
        QVERIFY(highestDepth(events) <= capacity);
        if (recording.dropped() == 0) {
            QCOMPARE(eventsOf(events, EventKind::Counter, kQueue).size(),
                     std::size_t(8 * kItems)); // one for each change
            QVERIFY(allWaitsEnded(events));
        }
    }

    void processesShareIt()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        auto board = SharedBoard::create(SharedBoard::cellsFor<Plant>());
        QVERIFY(board.isOk());
        Plant &plant = board.value().object<Plant>();
        plant.producersLeft.store(2);
        const int good = inProcesses(
            contexts, 4, [&](const TaskContext &context) { return workAt(plant, context, 4); });
        QCOMPARE(good, 4);
        QCOMPARE(plant.count.load(), 2 * kItems);
        QCOMPARE(plant.sum.load(), sumOf(2));
        QVERIFY(highestDepth(recording.events()) <= 4);
    }
};

QTEST_GUILESS_MAIN(TestChannel)
#include "tst_channel.moc"
