// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/recorder.h"

#include <QtTest>

#include <latch>
#include <map>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

using namespace Interleave;

/// What one drain brings out of the rings.
struct Drained {
    std::vector<Event> events;
    std::vector<RingReader::DrainedRing> rings;
};

static Drained drainAll(RingReader &reader, const SharedRings &rings)
{
    Drained result;
    const ClockPair pair = takeClockPair(rings.tickSource());
    reader.drain(pair.time, pair.ticks, result.events, result.rings);
    return result;
}

/// Records into rings while it lives; ends before they do.
struct Installed {
    explicit Installed(const SharedRings &rings) { Recorder::install(&rings); }
    ~Installed() { Recorder::uninstall(); }
};

class TestRecorder : public QObject
{
    Q_OBJECT

private:
    SharedRings makeRings(std::uint32_t count, std::uint32_t capacity)
    {
        auto rings = SharedRings::create({count, capacity, 1}, bestTickSource());
        if (!rings)
            qFatal("%s", rings.error().message.c_str());
        return std::move(rings).value();
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void nothingInstalledRecordsNothing()
    {
        Recorder::begin(1);
        Recorder::end(1);
        QVERIFY(!Recorder::attachThread());
    }

    void eventsComeOutInTheOrderInWhichTheyWereWritten()
    {
        const SharedRings rings = makeRings(2, 64);
        RingReader reader(rings);
        const Installed installed(rings);
        Recorder::queued(3, 1);
        Recorder::begin(3);
        Recorder::wait(WaitReason::Lock, 42);
        Recorder::waitEnd();
        Recorder::chain(4);
        Recorder::suspend(4, WaitReason::Sleep);
        Recorder::resume(4, 3);
        Recorder::mark(MarkKind::Printed, 4, 9);
        Recorder::cancelled(4);

        const Drained d = drainAll(reader, rings);
        const EventKind expected[] = {EventKind::Queued,  EventKind::Begin, EventKind::Wait,
                                      EventKind::WaitEnd, EventKind::Chain, EventKind::Suspend,
                                      EventKind::Resume,  EventKind::Mark,  EventKind::Cancelled};
        QCOMPARE(d.events.size(), std::size(expected));
        std::uint64_t last = 0;
        for (std::size_t i = 0; i < d.events.size(); ++i) {
            QCOMPARE(int(d.events[i].kind), int(expected[i]));
            QVERIFY(d.events[i].ticks >= last);
            last = d.events[i].ticks;
        }
        QCOMPARE(d.events[2].argument, 42u);
        QCOMPARE(d.events[6].cause, TaskId(3));
        QCOMPARE(d.rings.size(), std::size_t(1));
        QCOMPARE(d.rings[0].tid, pid_t(syscall(SYS_gettid)));
        QCOMPARE(d.rings[0].pid, getpid());
    }

    void aFullRingCountsTheDrop()
    {
        const SharedRings rings = makeRings(1, 8);
        RingReader reader(rings);
        const Installed installed(rings);
        for (TaskId i = 1; i <= 11; ++i)
            Recorder::begin(i);
        QCOMPARE(reader.droppedEvents(), std::uint64_t(3));
        const Drained d = drainAll(reader, rings);
        QCOMPARE(d.events.size(), std::size_t(8));
        QCOMPARE(d.events.back().task, TaskId(8)); // the oldest are kept

        Recorder::begin(12); // there is room again
        QCOMPARE(drainAll(reader, rings).events.size(), std::size_t(1));
    }

    void theRingWrapsManyTimesWithoutLoss()
    {
        const SharedRings rings = makeRings(1, 8);
        RingReader reader(rings);
        const Installed installed(rings);
        TaskId next = 1;
        for (int round = 0; round < 100; ++round) {
            for (int i = 0; i < 5; ++i)
                Recorder::begin(next++);
            const Drained d = drainAll(reader, rings);
            QCOMPARE(d.events.size(), std::size_t(5));
            QCOMPARE(d.events.front().task, next - 5);
        }
        QCOMPARE(reader.droppedEvents(), std::uint64_t(0));
    }

    void anEventAfterThePairWaitsForTheNextDrain()
    {
        const SharedRings rings = makeRings(1, 8);
        RingReader reader(rings);
        const Installed installed(rings);
        const ClockPair before = takeClockPair(rings.tickSource());
        Recorder::begin(1);
        std::vector<Event> events;
        std::vector<RingReader::DrainedRing> drained;
        reader.drain(before.time, before.ticks, events, drained);
        QVERIFY(events.empty());
        QCOMPARE(drainAll(reader, rings).events.size(), std::size_t(1));
    }

    void aThreadThatEndsGivesItsRingBack()
    {
        const SharedRings rings = makeRings(1, 64);
        RingReader reader(rings);
        const Installed installed(rings);
        for (TaskId life = 1; life <= 3; ++life) {
            std::thread([life] { Recorder::begin(life); }).join();
            const Drained d = drainAll(reader, rings);
            QCOMPARE(d.events.size(), std::size_t(1));
            QCOMPARE(d.events[0].task, life);
            QVERIFY(d.rings[0].closed);
        }
    }

    void aThreadWithoutARingIsCountedAndGoesOn()
    {
        const SharedRings rings = makeRings(1, 64);
        const Installed installed(rings);
        Recorder::begin(1);
        std::thread([] {
            Recorder::begin(2);
            Recorder::end(2);
        }).join();
        QCOMPARE(rings.header().threadsWithoutRing.load(), 1u);
    }

    void anEventInFlightHoldsTheSafeTimeBack()
    {
        const SharedRings rings = makeRings(1, 64);
        RingReader reader(rings);
        const Installed installed(rings);
        Recorder::begin(1);
        drainAll(reader, rings);
        const TimestampNs clear = reader.safeUntil();
        // As a thread leaves it that is switched out between its clock read and its publication.
        rings.ring(0).claim.store(rings.ring(0).head.load() + 1);
        drainAll(reader, rings);
        QCOMPARE(reader.safeUntil(), clear);
        rings.ring(0).claim.store(rings.ring(0).head.load());
        drainAll(reader, rings);
        QVERIFY(reader.safeUntil() > clear);
    }

    void aHostileWriterIsCountedAndSurvived()
    {
        const SharedRings rings = makeRings(1, 64);
        RingReader reader(rings);
        const Installed installed(rings);
        Recorder::begin(1);
        rings.ring(0).head.store(~std::uint64_t(0) / 2);
        QVERIFY(drainAll(reader, rings).events.empty());
        QVERIFY(reader.corruptedEvents() > 0);

        rings.eventsOf(0)[0].kind = EventKind(200);
        rings.ring(0).head.store(1);
        rings.ring(0).tail.store(0);
        QVERIFY(drainAll(reader, rings).events.empty());
    }

    void fourWritersAndALiveReaderLoseNothing()
    {
        constexpr int kThreads = 4;
        constexpr TaskId kEvents = 200'000;
        const SharedRings rings = makeRings(kThreads, 1u << 18);
        RingReader reader(rings);
        const Installed installed(rings);
        std::latch start(kThreads + 1);
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&start] {
                start.arrive_and_wait();
                for (TaskId i = 1; i <= kEvents; ++i)
                    Recorder::begin(i);
            });
        }
        start.arrive_and_wait();
        std::size_t events = 0;
        int closed = 0;
        std::map<pid_t, TaskId> last;
        const TimestampNs deadline = monotonicNow() + 30 * kSecond;
        while (closed < kThreads && monotonicNow() < deadline) {
            const Drained d = drainAll(reader, rings);
            events += d.events.size();
            for (const auto &ring : d.rings) {
                for (std::size_t i = ring.first; i < ring.first + ring.count; ++i) {
                    QCOMPARE(d.events[i].task, last[ring.tid] + 1);
                    last[ring.tid] = d.events[i].task;
                }
                closed += ring.closed;
            }
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(closed, kThreads);
        QCOMPARE(events + reader.droppedEvents(), std::size_t(kThreads) * kEvents);
    }
};

QTEST_GUILESS_MAIN(TestRecorder)
#include "tst_recorder.moc"
