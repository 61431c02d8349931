// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/sharedrings.h"
#include "tests/core/record/helperwriter.h"

#include <QtTest>

#include <algorithm>
#include <vector>

using namespace Interleave;

namespace
{

constexpr pid_t kPid = 4711;

SharedRings makeRings(std::uint32_t count, std::uint32_t capacity = 8)
{
    auto rings = SharedRings::create({count, capacity, 0}, TickSource::Monotonic);
    if (!rings)
        qFatal("%s", rings.error().message.c_str());
    return std::move(rings).value();
}

/// An event of task `task` stamped at `time`.
Event at(TimestampNs time, TaskId task = 1)
{
    Event event;
    event.ticks = std::uint64_t(time);
    event.task = task;
    event.kind = EventKind::Begin;
    return event;
}

struct Drained {
    std::vector<Event> events;
    std::vector<RingReader::DrainedRing> rings;
};

/// The clock of these tests stands at `now`.
Drained drainAt(RingReader &reader, TimestampNs now)
{
    Drained result;
    reader.drain(now, std::uint64_t(now), result.events, result.rings);
    return result;
}

RingState stateOf(const SharedRings &rings, std::uint32_t index)
{
    return rings.ring(index).state.load();
}

} // namespace

class TestRingReader : public QObject
{
    Q_OBJECT

private slots:
    void theRingsOfAProcessThatHasEndedAreFree()
    {
        const SharedRings rings = makeRings(4);
        RingReader reader(rings);
        takeRing(rings, 0, kPid, 1);
        takeRing(rings, 1, kPid + 1, 2);
        takeRing(rings, 2, kPid, 3);
        rings.ring(3).pid.store(kPid); // ended while it took the ring
        rings.ring(3).state.store(RingState::Claiming);
        writeEvent(rings, 0, at(10));
        QCOMPARE(drainAt(reader, 100).events.size(), std::size_t(1));
        reader.release(kPid);
        QVERIFY(stateOf(rings, 0) == RingState::Free);
        QVERIFY(stateOf(rings, 1) == RingState::Active);
        QVERIFY(stateOf(rings, 2) == RingState::Free);
        QVERIFY(stateOf(rings, 3) == RingState::Free);
        QCOMPARE(reader.corruptedEvents(), std::uint64_t(0));

        takeRing(rings, 0, kPid + 2, 9); // the next life, with the counters going on
        writeEvent(rings, 0, at(150, 5));
        const Drained d = drainAt(reader, 200);
        QCOMPARE(d.events.size(), std::size_t(1));
        QCOMPARE(d.events[0].task, TaskId(5));
        QCOMPARE(d.rings[0].pid, kPid + 2);
        QCOMPARE(d.rings[0].tid, pid_t(9));
    }

    void whatIsStampedInTheFutureIsDroppedAtTheEnd()
    {
        const SharedRings rings = makeRings(1);
        RingReader reader(rings);
        takeRing(rings, 0, kPid, 1);
        writeEvent(rings, 0, at(10));
        writeEvent(rings, 0, at(100'000));
        writeEvent(rings, 0, at(20));
        rings.ring(0).state.store(RingState::Closed);
        QCOMPARE(drainAt(reader, 100).events.size(), std::size_t(1));
        QVERIFY2(stateOf(rings, 0) == RingState::Closed, "there is more to read");
        reader.release(kPid);
        QVERIFY(stateOf(rings, 0) == RingState::Free);
        QCOMPARE(reader.corruptedEvents(), std::uint64_t(2));
        takeRing(rings, 0, kPid, 1);
        QVERIFY(drainAt(reader, 200'000).events.empty());
    }

    void aRingThatIsBeingTakenAgainIsNotReleasedForItsLastOwner()
    {
        const SharedRings rings = makeRings(1);
        RingReader reader(rings);
        takeRing(rings, 0, kPid, 1);
        rings.ring(0).state.store(RingState::Closed);
        drainAt(reader, 100);
        QCOMPARE(rings.claim(), 0); // somebody else, who has not said who yet
        reader.release(kPid);
        QVERIFY(stateOf(rings, 0) == RingState::Claiming);
    }

    void aWriterCannotBecomeAnotherOne()
    {
        const SharedRings rings = makeRings(1);
        RingReader reader(rings);
        takeRing(rings, 0, kPid, 1);
        drainAt(reader, 50);
        rings.ring(0).pid.store(kPid + 1);
        rings.ring(0).tid.store(2);
        writeEvent(rings, 0, at(60));
        const Drained d = drainAt(reader, 100);
        QCOMPARE(d.rings[0].pid, kPid);
        QCOMPARE(d.rings[0].tid, pid_t(1));
        reader.release(kPid + 1);
        QVERIFY(stateOf(rings, 0) == RingState::Active);
        reader.release(kPid);
        QVERIFY(stateOf(rings, 0) == RingState::Free);
    }

    void whoAlwaysClaimsIsNotWaitedForAnyMore()
    {
        const SharedRings rings = makeRings(1);
        RingReader reader(rings);
        takeRing(rings, 0, kPid, 1);
        TimestampNs now = kSecond;
        const auto step = [&] {
            now += RingReader::kLongestHold / 2 + 1;
            rings.ring(0).claim.store(rings.ring(0).head.load() + 1); // and never publishes
            drainAt(reader, now);
            return now - reader.safeUntil();
        };
        DurationNs held = 0;
        for (int i = 0; i < 20; ++i)
            held = std::max(held, step());
        QVERIFY2(held > 0, "at first it is waited for");
        for (int i = 0; i < 20; ++i)
            QCOMPARE(step(), DurationNs(0));

        reader.release(kPid); // nor in its next life
        takeRing(rings, 0, kPid + 1, 1);
        step();
        QCOMPARE(step(), DurationNs(0));
    }

    void manyWhoClaimHoldNobodyForLong()
    {
        constexpr std::uint32_t kRings = 200;
        const SharedRings rings = makeRings(kRings);
        RingReader reader(rings);
        TimestampNs now = kSecond;
        // One after the other holds for as long as it is let.
        for (std::uint32_t i = 0; i < kRings; ++i) {
            takeRing(rings, i, kPid, pid_t(i + 1));
            drainAt(reader, now);
            rings.ring(i).claim.store(1);
            now += RingReader::kLongestHold + 1;
            drainAt(reader, now);
        }
        DurationNs longest = 0;
        for (int i = 0; i < 100; ++i) {
            now += kMillisecond;
            drainAt(reader, now);
            longest = std::max(longest, now - reader.safeUntil());
        }
        QVERIFY(longest <= RingReader::kShortHold);
    }

    void onlyTheRingsThatCanBeInUseAreLookedAt()
    {
        const SharedRings rings = makeRings(4096);
        RingReader reader(rings);
        reader.lookBelow(0);
        takeRing(rings, 17, kPid, 1);
        writeEvent(rings, 17, at(10));
        QVERIFY(drainAt(reader, 100).events.empty());
        reader.lookBelow(32);
        QCOMPARE(drainAt(reader, 100).events.size(), std::size_t(1));
        writeEvent(rings, 17, at(20));
        reader.lookBelow(16); // it never becomes less
        QCOMPARE(drainAt(reader, 100).events.size(), std::size_t(1));
        reader.lookBelow(1u << 30);
        takeRing(rings, 4095, kPid, 2);
        writeEvent(rings, 4095, at(20));
        QCOMPARE(drainAt(reader, 100).events.size(), std::size_t(1));
    }

    void aFloodIsReadInPartsAndEverybodyHasATurn()
    {
        constexpr std::uint32_t kCapacity = 8;
        const SharedRings rings = makeRings(3, kCapacity);
        RingReader reader(rings, 2 * kCapacity); // two full rings are all that one drain takes
        const auto flood = [&](std::uint32_t index) {
            rings.ring(index).head.store(rings.ring(index).tail.load() + kCapacity);
        };
        for (std::uint32_t i = 0; i < 3; ++i)
            takeRing(rings, i, kPid, pid_t(i + 1));
        for (std::uint32_t i = 0; i < 2; ++i) {
            for (std::uint32_t k = 0; k < kCapacity; ++k)
                rings.eventsOf(i)[k] = at(1);
            flood(i);
        }
        writeEvent(rings, 2, at(10, 7));
        Drained d = drainAt(reader, 100);
        QCOMPARE(d.events.size(), std::size_t(2 * kCapacity));
        QCOMPARE(d.rings.size(), std::size_t(2));
        flood(0);
        flood(1);
        d = drainAt(reader, 100);
        QCOMPARE(d.rings[0].ring, 2u);
        QCOMPARE(d.events[0].task, TaskId(7));
    }

    void impossibleCountersDoNotOverflowTheSum()
    {
        const SharedRings rings = makeRings(2);
        const RingReader reader(rings);
        rings.ring(0).dropped.store(~std::uint64_t(0));
        rings.ring(1).dropped.store(5);
        QVERIFY(reader.droppedEvents() > 5);
    }
};

QTEST_GUILESS_MAIN(TestRingReader)
#include "tst_ringreader.moc"
