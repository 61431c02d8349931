// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QRegularExpression>
#include <QTest>

#include <string>

using namespace Interleave;

namespace
{

constexpr ObjectId kThing = 4;
constexpr ObjectId kOther = 5;

Task<TaskStatus> awaitsValue(AsyncCondition *condition, AsyncMutex *mutex, TaskContext *context,
                             int *value, int wanted)
{
    bool going = co_await mutex->lock(*context);
    while (going && *value != wanted)
        going = co_await condition->wait(*mutex, *context);
    if (going)
        mutex->unlock(*context);
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> setsValue(AsyncCondition *condition, AsyncMutex *mutex, TaskContext *context,
                           int *value, int to)
{
    bool going = co_await yield();
    going = co_await mutex->lock(*context);
    if (going) {
        *value = to;
        condition->wakeAll(*context);
        mutex->unlock(*context);
    }
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> waitsInVain(AsyncCondition *condition, AsyncMutex *mutex, TaskContext *context,
                             Acquired *end)
{
    const bool isHeld = co_await mutex->lock(*context);
    if (isHeld)
        *end = co_await condition->waitFor(*mutex, *context, kMillisecond);
    if (*end != Acquired::Stopped)
        mutex->unlock(*context);
    const TaskStatus status = endOf(isHeld);
    co_return status;
}

Task<TaskStatus> awaitsLatch(AsyncLatch *latch, TaskContext *context, std::string *log)
{
    const bool isOpen = co_await latch->wait(*context);
    if (isOpen)
        *log += 'w';
    const TaskStatus status = endOf(isOpen);
    co_return status;
}

Task<TaskStatus> countsDown(AsyncLatch *latch, TaskContext *context, std::string *log)
{
    *log += 'c';
    latch->countDown(*context);
    co_return TaskStatus::Finished;
}

} // namespace

class TestAsyncCondition : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aConditionWakesWithTheLockHeld()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        int value = 0;
        AsyncMutex mutex(kOther);
        AsyncCondition condition(kThing);
        Executor executor(&recording.rings());
        for (TaskId task = 1; task <= 3; ++task)
            executor.spawn(
                withId(awaitsValue(&condition, &mutex, &contexts[task], &value, 5), task));
        executor.spawn(withId(setsValue(&condition, &mutex, &contexts[4], &value, 5), 4));
        executor.run();
        for (std::size_t i = 0; i < 4; ++i)
            QCOMPARE(statusOf(executor, i), TaskStatus::Finished);
        const auto events = recording.events();
        const auto waits = eventsOf(events, EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(3));
        QCOMPARE(waits[0].event.reason, std::uint8_t(WaitReason::Condition));
        QCOMPARE(mostHolders(events, kOther), 1);
        QVERIFY(!mutex.isHeld());
    }

    void aTimedWaitForAConditionEndsWithTheLockHeld()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        Acquired end = Acquired::Stopped;
        AsyncMutex mutex(kOther);
        AsyncCondition condition(kThing);
        Executor executor(&recording.rings());
        executor.spawn(withId(waitsInVain(&condition, &mutex, &contexts[1], &end), 1));
        executor.run();
        QVERIFY(end == Acquired::TimedOut);
        QVERIFY(!mutex.isHeld());
    }

    void aLatchOpensWithTheLastCount()
    {
        Recording recording;
        Contexts contexts(recording, 4);
        std::string log;
        AsyncLatch latch(kThing, 2);
        Executor executor(&recording.rings());
        executor.spawn(withId(awaitsLatch(&latch, &contexts[1], &log), 1));
        executor.spawn(withId(countsDown(&latch, &contexts[2], &log), 2));
        executor.spawn(withId(countsDown(&latch, &contexts[3], &log), 3));
        executor.spawn(withId(awaitsLatch(&latch, &contexts[4], &log), 4));
        executor.run();
        QCOMPARE(log, std::string("ccww"));
        QVERIFY(latch.isOpen());
        const auto waits = eventsOf(recording.events(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(1)); // the second one came when it was open
        QCOMPARE(waits[0].event.reason, std::uint8_t(WaitReason::Event));
    }

    void aStopRequestEndsEveryWait()
    {
        Recording recording;
        Contexts contexts(recording, 2);
        std::string log;
        int value = 0;
        AsyncMutex mutex(kOther);
        AsyncCondition condition(kThing);
        AsyncLatch latch(kThing, 1);
        Executor executor(&recording.rings());
        executor.spawn(withId(awaitsValue(&condition, &mutex, &contexts[1], &value, 1), 1));
        executor.spawn(withId(awaitsLatch(&latch, &contexts[2], &log), 2));
        StopOnceAllWait stop(recording, 2);
        executor.run();
        QVERIFY(stop.allWaited());
        const auto waits = eventsOf(stop.eventsBefore(), EventKind::Suspend, kThing);
        QCOMPARE(waits.size(), std::size_t(2));
        for (std::size_t index = 0; index < 2; ++index)
            QCOMPARE(statusOf(executor, index), TaskStatus::Cancelled);
        QVERIFY(!mutex.isHeld());
        QVERIFY(log.empty());
    }
};

QTEST_GUILESS_MAIN(TestAsyncCondition)
#include "tst_asynccondition.moc"
