// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/objectrun.h"

#include <QTest>

#include <limits>
#include <random>

using namespace Interleave;

class TestSliceBuilderObjects : public QObject
{
    Q_OBJECT

private slots:
    void anUncontendedLockIsOneSlice();
    void everyChangeOfHoldersAndWaitersBeginsASlice();
    void aWaitEndsHoweverItEnds_data();
    void aWaitEndsHoweverItEnds();
    void readersAndPermitsAreCounted();
    void aHandOverIsAnArrow();
    void aReleaseThatNamesTheNextIsTheArrow();
    void aTaskThatNeverWaitedGetsNoArrow();
    void aCoroutineWaitsUntilItIsResumed();
    void aTimedWaitKeepsItsReason();
    void whatIsHeldAtTheEndIsClosedThere();
    void theHeldSliceIsOpenAtTheHorizon();
    void aConditionHasNoTrack();
    void countersAndBarriersAreKeptInOrder();
    void whatTheRingMayNotSayIsHarmless();
    void moreThanASliceCanCountIsCut();
    void randomEventsKeepTheTracksInOrder();
};

void TestSliceBuilderObjects::anUncontendedLockIsOneSlice()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.release(200, 1, kFork1);
    run.acquire(300, 2, kFork1);
    run.release(300, 2, kFork1); // for no time at all
    run.builder.finish(1'000);
    QCOMPARE(run.held(kFork1), QStringLiteral("100-200 #1 1/0"));
    QCOMPARE(run.held(kFork2), QString());
    QCOMPARE(run.flows(), QString());
    QVERIFY(tracksAreInOrder(run.trace));
    QVERIFY(!run.builder.deadlock());
}

void TestSliceBuilderObjects::everyChangeOfHoldersAndWaitersBeginsASlice()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.waitFor(150, 2, kFork1);
    run.waitFor(170, 3, kFork1);
    run.release(200, 1, kFork1);
    run.acquire(230, 3, kFork1);
    run.waitEnd(240, 3);
    run.release(300, 3, kFork1);
    run.acquire(310, 2, kFork1);
    run.waitEnd(320, 2);
    run.release(400, 2, kFork1);
    run.builder.finish(1'000);
    QCOMPARE(run.held(kFork1),
             QStringLiteral("100-150 #1 1/0; 150-170 #1 1/1; 170-200 #1 1/2; 200-230 0/2; "
                            "230-300 #3 1/1; 300-310 0/1; 310-400 #2 1/0"));
}

void TestSliceBuilderObjects::aWaitEndsHoweverItEnds_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("wait end") << int(EventKind::WaitEnd);
    QTest::newRow("end") << int(EventKind::End);
    QTest::newRow("cancelled") << int(EventKind::Cancelled);
    QTest::newRow("failed") << int(EventKind::Failed);
    QTest::newRow("suspend") << int(EventKind::Suspend);
    QTest::newRow("another wait") << int(EventKind::Wait);
}

void TestSliceBuilderObjects::aWaitEndsHoweverItEnds()
{
    QFETCH(int, kind);
    ObjectRun run;
    run.waitFor(100, 1, kFork1);
    run.tell(EventKind(kind), 200, 1, kNoObject, kNoTask, 0, EventKind(kind) != EventKind::Wait);
    run.builder.finish(1'000);
    QCOMPARE(run.held(kFork1), QStringLiteral("100-200 0/1"));
}

void TestSliceBuilderObjects::readersAndPermitsAreCounted()
{
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::ReadWriteLock, 0, "table");
    run.trace.defineObject(4, ObjectKind::Semaphore, 2, "permits");
    run.acquire(100, 1, 3, AccessMode::Shared);
    run.acquire(110, 2, 3, AccessMode::Shared);
    run.release(120, 1, 3);
    run.release(130, 2, 3);
    run.acquire(140, 3, 3);
    run.release(150, 3, 3);
    run.acquire(100, 1, 4, AccessMode::Permit);
    run.acquire(110, 1, 4, AccessMode::Permit);
    run.waitFor(120, 4, 4, WaitReason::Semaphore);
    run.release(130, 5, 4); // gives back what it never took
    run.release(140, 1, 4);
    run.waitEnd(150, 4);
    run.builder.finish(1'000);
    QCOMPARE(run.held(3),
             QStringLiteral("100-110 #1 1/0; 110-120 2/0; 120-130 #2 1/0; 140-150 #3 1/0"));
    QCOMPARE(run.held(4),
             QStringLiteral("100-110 #1 1/0; 110-120 2/0; 120-130 2/1; 130-140 #1 1/1; "
                            "140-150 0/1"));
}

void TestSliceBuilderObjects::aHandOverIsAnArrow()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.waitFor(110, 2, kFork1);
    run.waitFor(120, 3, kFork1);
    run.release(200, 1, kFork1);
    run.acquire(210, 2, kFork1);
    run.release(300, 2, kFork1);
    run.waitEnd(305, 3); // this order is possible as well
    run.acquire(310, 3, kFork1);
    run.builder.finish(1'000);
    QCOMPARE(run.flows(), QStringLiteral("210: 1 -> 2 (1); 310: 2 -> 3 (1)"));
}

void TestSliceBuilderObjects::aReleaseThatNamesTheNextIsTheArrow()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.waitFor(110, 2, kFork1);
    run.release(200, 1, kFork1, 2);
    run.acquire(210, 2, kFork1);
    run.release(220, 2, kFork1, 2); // to itself
    run.builder.finish(1'000);
    QCOMPARE(run.flows(), QStringLiteral("200: 1 -> 2 (1)"));
}

void TestSliceBuilderObjects::aTaskThatNeverWaitedGetsNoArrow()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.release(200, 1, kFork1);
    run.acquire(210, 2, kFork1);
    run.release(220, 2, kFork1);
    run.waitFor(230, 2, kFork1); // nobody but itself ever gave it back after
    run.acquire(240, 2, kFork1);
    run.builder.finish(1'000);
    QCOMPARE(run.flows(), QString());
}

void TestSliceBuilderObjects::aCoroutineWaitsUntilItIsResumed()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.suspend(110, 2, kFork1);
    run.release(200, 1, kFork1);
    run.tell(EventKind::Resume, 220, 2, 0, 1);
    run.acquire(230, 2, kFork1);
    run.suspend(240, 2, 5, WaitReason::Await); // a task, not the object 5
    run.builder.finish(1'000);
    QCOMPARE(run.held(kFork1),
             QStringLiteral("100-110 #1 1/0; 110-200 #1 1/1; 200-220 0/1; 230-1000 #2 1/0"));
    QCOMPARE(run.flows(), QStringLiteral("220: 1 -> 2 (0); 230: 1 -> 2 (1)"));
}

void TestSliceBuilderObjects::aTimedWaitKeepsItsReason()
{
    ObjectRun run;
    run.in(10, 11, 0);
    run.waitFor(100, 1, kFork1, WaitReason::Lock, kNoTask, kTimedWaitFlag);
    run.out(110, 11, 0);
    run.in(200, 11, 0);
    run.waitEnd(210, 1);
    run.builder.finish(300);
    QVERIFY2(run.task(1).contains(QStringLiteral("blocked(lock) 110-200 #1")),
             qPrintable(run.task(1)));
    QCOMPARE(run.held(kFork1), QStringLiteral("100-210 0/1"));
}

void TestSliceBuilderObjects::whatIsHeldAtTheEndIsClosedThere()
{
    ObjectRun run;
    run.acquire(100, 1, kFork1);
    run.waitFor(200, 2, kFork1);
    run.builder.finish(500);
    QCOMPARE(run.held(kFork1), QStringLiteral("100-200 #1 1/0; 200-500 #1 1/1"));
    const TraceSnapshot snapshot(run.trace);
    QVERIFY(!snapshot.openSlice(run.trace.findObject(kFork1)->track));
}

void TestSliceBuilderObjects::theHeldSliceIsOpenAtTheHorizon()
{
    ObjectRun run;
    const TrackIndex track = run.trace.findObject(kFork1)->track;
    run.acquire(100, 1, kFork1);
    run.waitFor(150, 2, kFork1);
    run.builder.process(400);
    const auto open = TraceSnapshot(run.trace).openSlice(track);
    QVERIFY(open.has_value());
    QCOMPARE(ObjectRun::textOfHeld(*open), QStringLiteral("150-400 #1 1/1"));
    run.builder.process(600);
    QCOMPARE(TraceSnapshot(run.trace).openSlice(track)->end, TimestampNs(600));
    run.release(700, 1, kFork1);
    run.waitEnd(710, 2);
    run.builder.process(900);
    QVERIFY(!TraceSnapshot(run.trace).openSlice(track));
    QCOMPARE(run.held(kFork1), QStringLiteral("100-150 #1 1/0; 150-700 #1 1/1; 700-710 0/1"));
}

void TestSliceBuilderObjects::aConditionHasNoTrack()
{
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::Condition, 0, "not empty");
    run.trace.defineObject(4, ObjectKind::Pool, 2, "pool");
    run.waitFor(100, 1, 3, WaitReason::Condition);
    run.waitEnd(200, 1);
    run.builder.finish(1'000);
    QCOMPARE(run.held(3), QStringLiteral("no track"));
    QCOMPARE(run.held(4), QStringLiteral("no track"));
}

void TestSliceBuilderObjects::countersAndBarriersAreKeptInOrder()
{
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::Counter, 10, "sum");
    run.tell(EventKind::Counter, 200, 1, 3, 7);
    run.tell(EventKind::Counter, 100, 2, 3, std::numeric_limits<std::uint32_t>::max());
    run.tell(EventKind::Mark, 150, 1, 9, kNoTask, std::uint8_t(MarkKind::Barrier));
    run.tell(EventKind::Mark, 160, 1, 9, kNoTask, 200);
    run.builder.process(500);
    run.tell(EventKind::Counter, 300, 1, 3, 8); // late
    run.builder.finish(1'000);
    const auto &counters = run.trace.counters();
    QCOMPARE(counters.size(), std::size_t(3));
    QCOMPARE(counters[0].time, TimestampNs(100));
    QCOMPARE(counters[0].task, TaskId(2));
    QCOMPARE(counters[0].value, std::numeric_limits<std::uint32_t>::max());
    QCOMPARE(counters[1].value, std::uint32_t(7));
    QCOMPARE(counters[1].object, ObjectId(3));
    QCOMPARE(counters[2].time, TimestampNs(500));
    QCOMPARE(run.trace.marks().size(), std::size_t(2));
    QVERIFY(run.trace.marks()[0].kind == MarkKind::Barrier);
    QCOMPARE(run.trace.marks()[0].number, std::uint32_t(9));
    QVERIFY(run.trace.marks()[1].kind == MarkKind::None);
}

void TestSliceBuilderObjects::whatTheRingMayNotSayIsHarmless()
{
    constexpr auto kHuge = std::numeric_limits<std::uint32_t>::max();
    ObjectRun run;
    run.acquire(100, 1, kNoObject);
    run.acquire(100, 1, Trace::kMostObjects);
    run.acquire(100, 1, kHuge);
    run.release(110, 1, kHuge, kHuge);
    run.release(110, 1, kFork1, kHuge); // never acquired, and to nobody
    run.tell(EventKind::Acquire, 120, 2, kFork2, kNoTask, 77); // no such mode
    run.waitFor(130, 3, kHuge, WaitReason::Lock, kHuge);
    run.waitFor(140, 3, kFork2, WaitReason(kWaitReasonCount)); // no such reason
    run.waitFor(150, 3, kFork2, WaitReason(0x7f), kNoTask, kTimedWaitFlag);
    run.tell(EventKind::Suspend, 160, 4, kHuge, kNoTask, std::uint8_t(WaitReason::Await));
    run.tell(EventKind::Counter, 170, 1, kHuge, 3);
    run.tell(EventKind::Queued, 180, 9, kHuge, kHuge);
    run.tell(EventKind::WaitEnd, 190, 9, kHuge);
    run.builder.finish(1'000);
    QCOMPARE(run.held(kFork1), QString());
    QCOMPARE(run.held(kFork2), QStringLiteral("120-1000 #2 1/0"));
    QCOMPARE(run.trace.counters().size(), std::size_t(0));
    QCOMPARE(run.flows(), QString());
    QVERIFY(!run.builder.deadlock());
}

void TestSliceBuilderObjects::moreThanASliceCanCountIsCut()
{
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::Semaphore, 0, "wide");
    run.trace.defineTasks(1'000, 400, TaskKind::Coroutine, kNoTask, "client");
    for (int i = 0; i < 70'000; ++i)
        run.acquire(100, 1, 3, AccessMode::Permit);
    for (TaskId task = 1'000; task < 1'400; ++task) {
        Event event;
        event.kind = EventKind::Suspend;
        event.task = task;
        event.argument = 3;
        event.reason = std::uint8_t(WaitReason::Semaphore);
        run.builder.addRecord(event, 100, kRoot, 11);
    }
    for (int i = 0; i < 69'999; ++i)
        run.release(200, 1, 3);
    run.builder.finish(300);
    QCOMPARE(run.held(3), QStringLiteral("100-200 65535/255; 200-300 1/255"));
}

void TestSliceBuilderObjects::randomEventsKeepTheTracksInOrder()
{
    std::mt19937 random(7);
    ObjectRun run;
    run.trace.defineObject(3, ObjectKind::Semaphore, 3, "permits");
    run.trace.defineObject(4, ObjectKind::ReadWriteLock, 0, "table");
    TimestampNs time = 100;
    for (int i = 0; i < 20'000; ++i) {
        time += TimestampNs(random() % 3);
        run.tell(EventKind(1 + random() % (kEventKindCount - 1)), time, 1 + TaskId(random() % 9),
                 ObjectId(random() % 6), TaskId(random() % 11), std::uint8_t(random() % 256),
                 random() % 4 != 0);
        if (i % 500 == 0)
            run.builder.process(time - 5);
    }
    run.builder.finish(time + 100);
    QVERIFY(tracksAreInOrder(run.trace));
    for (std::size_t i = 1; i < run.trace.flows().size(); ++i)
        QVERIFY(run.trace.flows()[i].time >= run.trace.flows()[i - 1].time);
    for (std::size_t i = 1; i < run.trace.counters().size(); ++i)
        QVERIFY(run.trace.counters()[i].time >= run.trace.counters()[i - 1].time);
    for (ObjectId object = 1; object <= 4; ++object) {
        const Track &track = run.trace.track(run.trace.findObject(object)->track);
        QVERIFY(track.slices.size() > 100);
        for (std::size_t i = 0; i < track.slices.size(); ++i) {
            QVERIFY(track.slices[i].holders() != 0 || track.slices[i].waiters() != 0);
            QVERIFY(track.slices[i].waiters() <= 9);
        }
    }
}

QTEST_GUILESS_MAIN(TestSliceBuilderObjects)
#include "tst_slicebuilderobjects.moc"
