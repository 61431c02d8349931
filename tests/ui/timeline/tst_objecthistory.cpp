// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/handmadetrace.h"
#include "ui/timeline/objecthistory.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace Interleave;

namespace
{

constexpr DurationNs kMs = kMillisecond;

/// Values at 0, 10, 20, ... ns.
CounterValues valuesOf(const std::vector<std::uint32_t> &numbers)
{
    CounterValues values;
    TimestampNs time = 0;
    for (const std::uint32_t number : numbers) {
        values.append({time, number, kNoTask});
        time += 10;
    }
    return values;
}

} // namespace

class TestObjectHistory : public QObject
{
    Q_OBJECT

private slots:
    void noTraceIsQuiet();
    void aSampleIsFoundByItsTime();
    void anyStretchHasItsLeastAndMost_data();
    void anyStretchHasItsLeastAndMost();
    void onlyCountersAndChannelsAreListed();
    void whatIsAddedLaterIsReadLater();
    void barriersAreKeptInTheirOrder();
    void locksAreSummedUp();
    void aWaitIsNamedByItsLock();
    void everyNameIsLookedUpAtOnce();
};

void TestObjectHistory::noTraceIsQuiet()
{
    ObjectHistory history;
    history.update();
    QVERIFY(history.counters().empty());
    QVERIFY(history.openings().empty());
    QVERIFY(!history.values(1));
    QCOMPARE(history.sumsOf(1).held, DurationNs(0));
}

void TestObjectHistory::aSampleIsFoundByItsTime()
{
    const CounterValues values = valuesOf({5, 6, 7});
    QCOMPARE(values.firstFrom(-1), std::size_t(0));
    QCOMPARE(values.firstFrom(0), std::size_t(0));
    QCOMPARE(values.firstFrom(1), std::size_t(1));
    QCOMPARE(values.firstFrom(20), std::size_t(2));
    QCOMPARE(values.firstFrom(21), std::size_t(3));
    QCOMPARE(values.firstFrom(0, 2), std::size_t(2));
    QCOMPARE(values.firstFrom(0, 9), std::size_t(3));
    QCOMPARE(CounterValues().firstFrom(0), std::size_t(0));
    QCOMPARE(values.most(), std::uint32_t(7));
}

void TestObjectHistory::anyStretchHasItsLeastAndMost_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {1, 15, 16, 17, 255, 256, 257, 5000})
        QTest::addRow("%d", count) << count;
}

void TestObjectHistory::anyStretchHasItsLeastAndMost()
{
    QFETCH(int, count);
    std::mt19937 random(7);
    std::vector<std::uint32_t> numbers;
    for (int i = 0; i < count; ++i)
        numbers.push_back(random());
    const CounterValues values = valuesOf(numbers);
    for (int i = 0; i < 300; ++i) {
        const std::size_t first = random() % numbers.size();
        const std::size_t last = first + 1 + random() % (numbers.size() - first);
        const auto [least, most] = std::minmax_element(numbers.begin() + std::ptrdiff_t(first),
                                                       numbers.begin() + std::ptrdiff_t(last));
        const CounterValues::Range expected{*least, *most};
        QVERIFY(values.rangeOf(first, last) == expected);
    }
}

void TestObjectHistory::onlyCountersAndChannelsAreListed()
{
    HandmadeTrace made;
    made.addObject(5, ObjectKind::Channel, "queue", 8);
    made.addObject(2, ObjectKind::Counter, "total");
    made.addObject(3, ObjectKind::Semaphore, "permits", 3);
    for (const ObjectId object : {5U, 3U, 2U, 5U})
        made.count(object, 1, 1);
    ObjectHistory history(made.shared());
    history.update();
    QVERIFY(history.counters() == (std::vector<ObjectId>{2, 5}));
    QCOMPARE(history.values(5)->size(), std::size_t(2));
}

void TestObjectHistory::whatIsAddedLaterIsReadLater()
{
    HandmadeTrace made;
    made.addObject(1, ObjectKind::Counter, "total");
    made.count(1, 10, 1, 7);
    ObjectHistory history(made.shared());
    history.update();
    QCOMPARE(history.values(1)->size(), std::size_t(1));
    made.count(1, 20, 2, 8);
    QCOMPARE(history.values(1)->size(), std::size_t(1));
    history.update();
    history.update();
    QCOMPARE(history.values(1)->size(), std::size_t(2));
    const CounterValues::Sample &last = (*history.values(1))[1];
    QCOMPARE(last.time, HandmadeTrace::kOrigin + 20);
    QCOMPARE(last.value, std::uint32_t(2));
    QCOMPARE(last.task, TaskId(8));
}

void TestObjectHistory::barriersAreKeptInTheirOrder()
{
    HandmadeTrace made;
    made.openBarrier(4, 10);
    MarkInfo printed;
    printed.time = HandmadeTrace::kOrigin + 15;
    printed.kind = MarkKind::Printed;
    made.writable().addMark(printed);
    made.openBarrier(4, 20);
    ObjectHistory history(made.shared());
    history.update();
    QCOMPARE(history.openings().size(), std::size_t(2));
    QCOMPARE(history.openings()[0].time, HandmadeTrace::kOrigin + 10);
    QCOMPARE(history.openings()[1].object, ObjectId(4));
}

void TestObjectHistory::locksAreSummedUp()
{
    HandmadeTrace made;
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 10 * kMs, 1);
    made.hold(fork, 10 * kMs, 30 * kMs, 1, 1, 2);
    made.hold(fork, 30 * kMs, 31 * kMs, kNoTask, 0, 1);
    ObjectHistory history(made.shared());
    history.update();
    history.update(); // nothing is counted twice
    QCOMPARE(history.sumsOf(1).held, 30 * kMs);
    QCOMPARE(history.sumsOf(1).contended, 21 * kMs);
}

void TestObjectHistory::aWaitIsNamedByItsLock()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex bob = made.addTask(2, "Bob");
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 10 * kMs, 1);
    made.hold(fork, 10 * kMs, 40 * kMs, 1, 1, 1);
    made.hold(fork, 40 * kMs, 60 * kMs, 2);
    made.add(bob, 10 * kMs, 40 * kMs, SliceState::Blocked, 2, WaitReason::Lock);
    made.add(bob, 40 * kMs, 60 * kMs, SliceState::Blocked, 2, WaitReason::Sleep);
    made.handOver(1, 40 * kMs, 1, 2);
    made.publish(60 * kMs);
    made.writable().finish();
    ObjectHistory history(made.shared());
    history.update();
    const TraceSnapshot snapshot(*made.shared());
    const auto &slices = made.shared()->track(bob).slices;
    QCOMPARE(history.waitedName(snapshot, {bob, 0, slices[0]}), QStringLiteral("fork 1"));
    QCOMPARE(history.waitedName(snapshot, {bob, 0, slices[0]}), QStringLiteral("fork 1"));
    QVERIFY(history.waitedName(snapshot, {bob, 1, slices[1]}).isEmpty());
}

void TestObjectHistory::everyNameIsLookedUpAtOnce()
{
    HandmadeTrace made;
    made.addTask(1, "Alice");
    const TrackIndex bob = made.addTask(2, "Bob");
    const TrackIndex fork = made.addObject(1, ObjectKind::Lock, "fork 1");
    made.hold(fork, 0, 1000 * kMs, 1, 1, 1);
    for (TimestampNs t = 0; t < 1000 * kMs; t += 2 * kMs)
        made.add(bob, t, t + kMs, SliceState::Blocked, 2, WaitReason::Lock);
    made.publish(1000 * kMs);
    made.writable().finish();
    const TraceSnapshot snapshot(*made.shared());
    ObjectHistory history(made.shared());
    history.update();
    const auto &slices = made.shared()->track(bob).slices;
    for (int round = 0; round < 2; ++round) { // looked up, and remembered
        for (std::size_t i = 0; i < slices.size(); ++i)
            QCOMPARE(history.waitedName(snapshot, {bob, std::int64_t(i), slices[i]}),
                     QStringLiteral("fork 1"));
    }
}

QTEST_GUILESS_MAIN(TestObjectHistory)
#include "tst_objecthistory.moc"
