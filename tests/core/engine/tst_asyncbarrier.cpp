// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/taskgroup.h"
#include "core/engine/asyncbarrier.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

#include <stdexcept>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;

Task<TaskStatus> meets(AsyncBarrier *barrier, int rounds)
{
    bool going = true;
    for (int i = 0; going && i < rounds; ++i)
        going = co_await barrier->arrive();
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> meetsLater(AsyncBarrier *barrier, int yields)
{
    bool going = true;
    for (int i = 0; going && i < yields; ++i)
        going = co_await yield();
    if (going)
        going = co_await barrier->arrive();
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Cancels others that wait at the barrier, and arrives before they have gone on.
Task<TaskStatus> cancelsAndMeets(AsyncBarrier *barrier, TaskId first, TaskId last)
{
    bool going = co_await yield();
    for (TaskId other = first; other <= last; ++other)
        Executor::current()->cancel(other);
    if (going)
        going = co_await barrier->arrive();
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Task 11 waits at the barrier, and its frame goes while it does.
Task<TaskStatus> dropsOneThatWaits(AsyncBarrier *barrier)
{
    TaskGroup group(1);
    group.start(withId(meets(barrier, 1), 11));
    (void)co_await yield();
    throw std::runtime_error("dropped");
}

} // namespace

class TestAsyncBarrier : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aBarrierWithANumberLeavesAMarkWhenItOpens()
    {
        Recording recording;
        AsyncBarrier named(2, kThing), nameless(2);
        Executor executor(&recording.rings());
        executor.spawn(withId(meets(&named, 3), 1));
        executor.spawn(withId(meets(&named, 3), 2));
        executor.spawn(withId(meets(&nameless, 3), 3));
        executor.spawn(withId(meets(&nameless, 3), 4));
        executor.run();
        const auto events = recording.events();
        QCOMPARE(countOf(events, EventKind::Mark), 3);
        const auto marks = eventsOf(events, EventKind::Mark, kThing);
        QCOMPARE(marks.size(), std::size_t(3));
        QCOMPARE(marks[0].event.task, TaskId(2));
        QCOMPARE(marks[0].event.reason, std::uint8_t(MarkKind::Barrier));
        const auto waits = eventsOf(events, EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(6));
        QCOMPARE(waits[0].event.reason, std::uint8_t(WaitReason::Barrier));
    }

    void whoIsAloneAtABarrierForOneGoesOn()
    {
        Recording recording;
        AsyncBarrier barrier(1, kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(meets(&barrier, 3), 1));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Finished);
        QCOMPARE(countOf(recording.events(), EventKind::Mark), 3);
    }

    void whoIsCancelledWhileItWaitsIsNotCounted_data()
    {
        QTest::addColumn<int>("participants");
        QTest::newRow("of two") << 2;
        QTest::newRow("of five, all but one") << 5;
    }
    void whoIsCancelledWhileItWaitsIsNotCounted()
    {
        QFETCH(int, participants);
        Recording recording;
        AsyncBarrier barrier(std::size_t(participants), kThing);
        const auto canceller = TaskId(participants); // the last of the first round
        const auto last = TaskId(2 * participants - 1);
        Executor executor(&recording.rings());
        for (TaskId task = 1; task < canceller; ++task)
            executor.spawn(withId(meets(&barrier, 1), task));
        executor.spawn(withId(cancelsAndMeets(&barrier, 1, canceller - 1), canceller));
        for (TaskId task = canceller + 1; task <= last; ++task)
            executor.spawn(withId(meetsLater(&barrier, 5), task));
        for (TaskId task = canceller; task <= last; ++task)
            executor.spawn(cancels(task, 30)); // where the barrier opened too early, or never
        executor.run();
        for (TaskId task = 1; task <= last; ++task)
            QCOMPARE(statusOf(executor, task - 1),
                     task < canceller ? TaskStatus::Cancelled : TaskStatus::Finished);
        const auto marks = eventsOf(recording.events(), EventKind::Mark, kThing);
        QCOMPARE(marks.size(), std::size_t(1));
        QCOMPARE(marks[0].event.task, last);
    }

    void whoseFrameGoesWhileItWaitsIsNotCounted()
    {
        Recording recording;
        AsyncBarrier barrier(2, kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(dropsOneThatWaits(&barrier), 1));
        executor.spawn(withId(meetsLater(&barrier, 3), 2));
        executor.spawn(withId(meetsLater(&barrier, 6), 3));
        executor.spawn(cancels(2, 30));
        executor.spawn(cancels(3, 30));
        executor.run();
        QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
        QCOMPARE(statusOf(executor, 2), TaskStatus::Finished);
        const auto events = recording.events();
        QCOMPARE(kindsOf(events, 11).back(), EventKind::Cancelled);
        const auto marks = eventsOf(events, EventKind::Mark, kThing);
        QCOMPARE(marks.size(), std::size_t(1));
        QCOMPARE(marks[0].event.task, TaskId(3));
    }

    void aStopRequestEndsTheWait()
    {
        Recording recording;
        AsyncBarrier barrier(3, kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(meets(&barrier, 1), 1));
        executor.spawn(withId(meets(&barrier, 1), 2));
        StopOnceAllWait stop(recording, 2);
        executor.run();
        QVERIFY(stop.allWaited());
        QCOMPARE(eventsOf(stop.eventsBefore(), EventKind::Suspend, kThing).size(), std::size_t(2));
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
        QCOMPARE(countOf(recording.events(), EventKind::Mark), 0);
    }
};

QTEST_GUILESS_MAIN(TestAsyncBarrier)
#include "tst_asyncbarrier.moc"
