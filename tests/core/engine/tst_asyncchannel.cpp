// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "core/engine/async/taskgroup.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

#include <optional>
#include <stdexcept>
#include <vector>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;

Task<TaskStatus> produces(AsyncChannel<int> *channel, TaskContext *context, int count, bool closes)
{
    bool going = true;
    for (int i = 1; going && i <= count; ++i)
        going = co_await channel->push(*context, i);
    if (closes)
        channel->close(context->id());
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> consumes(AsyncChannel<int> *channel, TaskContext *context, std::vector<int> *items)
{
    bool going = true;
    while (going) {
        const std::optional<int> item = co_await channel->pop(*context);
        going = item.has_value();
        if (going)
            items->push_back(*item);
    }
    co_return TaskStatus::Finished;
}

Task<TaskStatus> consumesLater(AsyncChannel<int> *channel, TaskContext *context,
                               std::vector<int> *items)
{
    (void)co_await yield();
    const TaskStatus status = co_await consumes(channel, context, items);
    co_return status;
}

/// Its consumer, task 3, is given the first item, and its frame goes before it can go on.
Task<TaskStatus> feedsOneThatIsDropped(AsyncChannel<int> *channel, Contexts *contexts,
                                       std::vector<int> *items, int rounds, int count)
{
    TaskGroup group(1);
    group.start(withId(consumes(channel, &(*contexts)[3], items), 3));
    for (int i = 0; i < rounds; ++i)
        (void)co_await yield();
    for (int i = 1; i <= count; ++i)
        (void)co_await channel->push((*contexts)[1], i);
    throw std::runtime_error("dropped");
}

} // namespace

class TestAsyncChannel : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aChannelKeepsTheOrderAndItsDepth_data()
    {
        QTest::addColumn<int>("capacity");
        QTest::newRow("one") << 1;
        QTest::newRow("three") << 3;
        QTest::newRow("plenty") << 1000;
    }
    void aChannelKeepsTheOrderAndItsDepth()
    {
        QFETCH(int, capacity);
        Recording recording;
        Contexts contexts(recording, 2);
        std::vector<int> items, expected;
        for (int i = 1; i <= 100; ++i)
            expected.push_back(i);
        AsyncChannel<int> channel(kThing, std::size_t(capacity));
        Executor executor(&recording.rings());
        executor.spawn(withId(consumes(&channel, &contexts[1], &items), 1));
        executor.spawn(withId(produces(&channel, &contexts[2], 100, true), 2));
        executor.run();
        QCOMPARE(items, expected);
        QCOMPARE(channel.depth(), std::size_t(0));
        const auto depths = eventsOf(recording.events(), EventKind::Counter, kThing);
        QCOMPARE(depths.size(), std::size_t(200));
        std::uint32_t before = 0;
        for (const Recorded &depth : depths) {
            QVERIFY(depth.event.cause <= std::uint32_t(capacity));
            QVERIFY(depth.event.cause == before + 1 || depth.event.cause + 1 == before);
            before = depth.event.cause;
        }
        QCOMPARE(before, 0u);
    }

    void severalProducersAndConsumersLoseNothing()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        std::vector<int> first, second;
        AsyncChannel<int> channel(kThing, 2);
        Executor executor(&recording.rings());
        executor.spawn(withId(produces(&channel, &contexts[1], 50, false), 1));
        executor.spawn(withId(consumes(&channel, &contexts[2], &first), 2));
        executor.spawn(withId(consumes(&channel, &contexts[3], &second), 3));
        executor.spawn(withId(produces(&channel, &contexts[4], 50, false), 4));
        // Both consumers wait for more at the end: a cancellation ends them.
        executor.spawn(cancels(2, 1000));
        executor.spawn(cancels(3, 1000));
        executor.run();
        int sum = 0;
        for (const int item : first)
            sum += item;
        for (const int item : second)
            sum += item;
        QCOMPARE(sum, 2 * 50 * 51 / 2);
        QVERIFY(!first.empty() && !second.empty());
    }

    void closingAChannelEndsTheWaitForRoom()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        AsyncChannel<int> channel(kThing, 1);
        Executor executor(&recording.rings());
        executor.spawn(withId(produces(&channel, &contexts[1], 5, false), 1));
        executor.spawn(withId(produces(&channel, &contexts[2], 0, true), 2));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        QCOMPARE(channel.depth(), std::size_t(1));
    }

    void anItemOnItsWayToADroppedConsumerIsForTheNext_data()
    {
        QTest::addColumn<int>("rounds");
        QTest::addColumn<int>("count");
        QTest::newRow("nobody else waits") << 1 << 2;
        QTest::newRow("another one waits behind it") << 2 << 1;
    }
    void anItemOnItsWayToADroppedConsumerIsForTheNext()
    {
        QFETCH(int, rounds);
        QFETCH(int, count);
        Recording recording;
        Contexts contexts(recording, 4);
        std::vector<int> items, dropped, expected;
        for (int i = 1; i <= count; ++i)
            expected.push_back(i);
        AsyncChannel<int> channel(kThing, 5);
        Executor executor(&recording.rings());
        executor.spawn(
            withId(feedsOneThatIsDropped(&channel, &contexts, &dropped, rounds, count), 1));
        executor.spawn(withId(consumesLater(&channel, &contexts[2], &items), 2));
        executor.spawn(withId(cancels(2, 20), 4)); // it would wait for more
        executor.run();
        QVERIFY(dropped.empty());
        const auto events = recording.events();
        QCOMPARE(kindsOf(events, 3).back(), EventKind::Cancelled);
        QCOMPARE(items, expected);
        QCOMPARE(channel.depth(), std::size_t(0));
        const auto depths = eventsOf(events, EventKind::Counter, kThing);
        QCOMPARE(depths.size(), std::size_t(2 * count)); // each went in once and out once
        QCOMPARE(depths.back().event.cause, 0u);
    }

    void aStopRequestEndsBothKindsOfWait()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        std::vector<int> items;
        AsyncChannel<int> empty(kThing, 1), full(kThing, 1);
        Executor executor(&recording.rings());
        executor.spawn(withId(consumes(&empty, &contexts[1], &items), 1));
        executor.spawn(withId(produces(&full, &contexts[2], 3, false), 2));
        StopOnceAllWait stop(recording, 2);
        executor.run();
        QVERIFY(stop.allWaited());
        const auto waits = eventsOf(stop.eventsBefore(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2));
        QCOMPARE(full.depth(), std::size_t(1));
        QVERIFY(items.empty());
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestAsyncChannel)
#include "tst_asyncchannel.moc"
