// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/asyncbarrier.h"
#include "core/engine/executor.h"
#include "core/engine/traced.h"
#include "core/engine/whenall.h"
#include "tests/core/engine/recording.h"
#include "tests/core/engine/waitingtest.h"

#include <QCoroTimer>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>

#include <stdexcept>

using namespace Interleave;

namespace
{

Task<TaskStatus> sleeps(DurationNs duration, std::string *log, char name)
{
    const bool going = co_await sleepFor(duration);
    *log += name;
    co_return going ? TaskStatus::Finished : TaskStatus::Cancelled;
}

Task<TaskStatus> yields(int times, std::string *log, char name)
{
    bool going = true;
    for (int i = 0; going && i < times; ++i) {
        *log += name;
        going = co_await yield();
    }
    co_return going ? TaskStatus::Finished : TaskStatus::Cancelled;
}

Task<bool> sleepsAsAHelper(DurationNs duration)
{
    const bool going = co_await sleepFor(duration);
    co_return going;
}

Task<TaskStatus> sleepsThroughAHelper()
{
    const bool going = co_await sleepsAsAHelper(kMicrosecond);
    co_return going ? TaskStatus::Finished : TaskStatus::Cancelled;
}

Task<TaskStatus> meets(AsyncBarrier *barrier, int rounds, std::string *log, char name)
{
    bool going = true;
    for (int i = 0; going && i < rounds; ++i) {
        going = co_await barrier->arrive();
        *log += name;
    }
    co_return going ? TaskStatus::Finished : TaskStatus::Cancelled;
}

Task<TaskStatus> fails()
{
    (void)co_await yield();
    throw std::runtime_error("broken");
}

Task<TaskStatus> gathers(std::vector<TaskStatus> *statuses, std::string *log)
{
    std::vector<Task<TaskStatus>> tasks;
    tasks.push_back(yields(2, log, 'a'));
    tasks.push_back(yields(1, log, 'b'));
    tasks[0].setId(11);
    tasks[1].setId(12);
    *statuses = co_await whenAll(std::move(tasks), 1);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> gathersAFailure()
{
    std::vector<Task<TaskStatus>> tasks;
    tasks.push_back(fails());
    const std::vector<TaskStatus> statuses = co_await whenAll(std::move(tasks));
    co_return statuses.front();
}

Task<TaskStatus> gathersNothing(std::size_t *size)
{
    std::vector<Task<TaskStatus>> none;
    const std::vector<TaskStatus> statuses = co_await whenAll(std::move(none));
    *size = statuses.size();
    co_return TaskStatus::Finished;
}

Task<TaskStatus> awaitsATimer(QTimer *timer)
{
    co_await traced(WaitReason::Sleep, timer);
    co_return TaskStatus::Finished;
}

QCoro::Task<int> answersLater(QTimer *timer)
{
    co_await timer;
    co_return 42;
}

QCoro::Task<int> answersAtOnce()
{
    co_return 7;
}

QCoro::Task<int> throwsLater(QTimer *timer)
{
    co_await timer;
    throw std::runtime_error("broken");
}

Task<TaskStatus> awaitsForeign(QCoro::Task<int> foreign, int *answer)
{
    *answer = co_await traced(WaitReason::Io, std::move(foreign));
    co_return TaskStatus::Finished;
}

QTimer *startedTimer(QTimer &timer, int ms)
{
    timer.setSingleShot(true);
    timer.start(ms);
    return &timer;
}

Task<TaskStatus> withId(Task<TaskStatus> task, TaskId id)
{
    task.setId(id);
    return task;
}

} // namespace

class TestExecutor : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void withNothingToDoItReturns()
    {
        Executor executor;
        executor.run();
        QCOMPARE(executor.spawnedCount(), std::size_t(0));
        QVERIFY(Executor::current() == nullptr);
    }

    void sleepersGoOnByTheirDeadlines()
    {
        std::string log;
        Executor executor;
        executor.spawn(sleeps(30 * kMillisecond, &log, 'c'));
        executor.spawn(sleeps(0, &log, 'a'));
        executor.spawn(sleeps(10 * kMillisecond, &log, 'b'));
        executor.run();
        QCOMPARE(log, std::string("abc"));
    }

    void equalDeadlinesGoOnInTheirOrder()
    {
        std::string log;
        Executor executor;
        for (char name = 'a'; name <= 'h'; ++name)
            executor.spawn(sleeps(0, &log, name));
        executor.run();
        QCOMPARE(log, std::string("abcdefgh"));
    }

    void thoseWhoYieldAlternate()
    {
        std::string log;
        Executor executor;
        executor.spawn(yields(3, &log, 'a'));
        executor.spawn(yields(3, &log, 'b'));
        executor.spawn(yields(1, &log, 'c'));
        executor.run();
        QCOMPARE(log, std::string("abcabab"));
    }

    void aSleepIsRecordedWithItsReasonAndTheIdleThread()
    {
        Recording recording;
        std::string log;
        Executor executor(&recording.rings());
        executor.spawn(withId(sleeps(5 * kMillisecond, &log, 'a'), 2), 1);
        executor.run();
        const auto events = recording.events();
        const std::vector<EventKind> expected{EventKind::Queued, EventKind::Begin,
                                              EventKind::Suspend, EventKind::Resume,
                                              EventKind::End};
        QCOMPARE(kindsOf(events, 2), expected);
        QCOMPARE(events.front().event.cause, TaskId(1));
        std::size_t at = 0;
        while (events[at].event.kind != EventKind::Suspend)
            ++at;
        QCOMPARE(events[at].event.reason, std::uint8_t(WaitReason::Sleep));
        QCOMPARE(events[at + 1].event.kind, EventKind::Wait);
        QCOMPARE(events[at + 1].event.reason, std::uint8_t(WaitReason::Idle));
        QVERIFY(countOf(events, EventKind::Wait) == countOf(events, EventKind::WaitEnd));
        QCOMPARE(events[events.size() - 2].event.kind, EventKind::Resume);
        QVERIFY(executor.idleTime() > 0);
    }

    void aHelperThatSleepsSuspendsItsTask()
    {
        Recording recording;
        Executor executor(&recording.rings());
        executor.spawn(withId(sleepsThroughAHelper(), 3));
        executor.run();
        const std::vector<EventKind> expected{EventKind::Queued, EventKind::Begin,
                                              EventKind::Suspend, EventKind::Resume,
                                              EventKind::End};
        QCOMPARE(kindsOf(recording.events(), 3), expected);
    }

    void aStopRequestFromAnotherThreadEndsEveryWait()
    {
        Recording recording;
        std::string log;
        AsyncBarrier barrier(2); // the second never comes
        Executor executor(&recording.rings());
        executor.spawn(withId(sleeps(3600 * kSecond, &log, 'a'), 1));
        executor.spawn(withId(meets(&barrier, 1, &log, 'b'), 2));
        executor.spawn(withId(sleeps(7200 * kSecond, &log, 'c'), 3));
        StopOnceAllWait stop(recording, 3);
        executor.run();
        QVERIFY(stop.allWaited());
        QCOMPARE(log.size(), std::size_t(3));
        const auto events = recording.events();
        for (TaskId task = 1; task <= 3; ++task) {
            QCOMPARE(executor.spawned(task - 1).promise().status(), TaskStatus::Cancelled);
            QCOMPARE(kindsOf(events, task).back(), EventKind::Cancelled);
        }
    }

    void afterAStopNothingWaitsAnyMore()
    {
        Recording recording;
        recording.rings().requestStop();
        std::string log;
        Executor executor(&recording.rings());
        executor.spawn(sleeps(3600 * kSecond, &log, 'a'));
        executor.spawn(yields(1'000'000, &log, 'b'));
        executor.run();
        QCOMPARE(log, std::string("ab"));
    }

    void anExceptionEndsOneTaskAndNotTheOthers()
    {
        std::string log;
        Executor executor;
        executor.spawn(fails());
        executor.spawn(sleeps(kMicrosecond, &log, 'a'));
        executor.run();
        QCOMPARE(executor.spawned(0).promise().status(), TaskStatus::Failed);
        QCOMPARE(executor.spawned(1).promise().status(), TaskStatus::Finished);
        QCOMPARE(log, std::string("a"));
    }

    void everyRoundOfABarrierHasTheSameOrder()
    {
        std::string log;
        AsyncBarrier barrier(3);
        Executor executor;
        for (const char name : {'a', 'b', 'c'})
            executor.spawn(meets(&barrier, 3, &log, name));
        executor.run();
        QCOMPARE(log, std::string("abcabcabc"));
    }

    void theLastToArriveCausesTheOthersToGoOn()
    {
        Recording recording;
        std::string log;
        AsyncBarrier barrier(2);
        Executor executor(&recording.rings());
        executor.spawn(withId(meets(&barrier, 1, &log, 'a'), 1));
        executor.spawn(withId(meets(&barrier, 1, &log, 'b'), 2));
        executor.run();
        const auto events = recording.events();
        const auto resumed = std::find_if(events.begin(), events.end(), [](const Recorded &r) {
            return r.event.kind == EventKind::Resume && r.event.task == 1;
        });
        QVERIFY(resumed != events.end());
        QCOMPARE(resumed->event.cause, TaskId(2));
    }

    void whenAllRunsSideBySideAndWaits()
    {
        Recording recording;
        std::string log;
        std::vector<TaskStatus> statuses;
        Executor executor(&recording.rings());
        executor.spawn(withId(gathers(&statuses, &log), 1));
        executor.run();
        QCOMPARE(log, std::string("aba"));
        QCOMPARE(statuses.size(), std::size_t(2));
        const auto events = recording.events();
        // Suspended until 12 has ended, and then 11.
        const std::vector<EventKind> parent{EventKind::Queued,  EventKind::Begin,
                                            EventKind::Suspend, EventKind::Suspend,
                                            EventKind::Resume,  EventKind::End};
        QCOMPARE(kindsOf(events, 1), parent);
        QCOMPARE(kindsOf(events, 11).front(), EventKind::Queued);
        QCOMPARE(kindsOf(events, 11).back(), EventKind::End);
    }

    void whenAllOfNothingIsReady()
    {
        std::size_t size = 99;
        Executor executor;
        executor.spawn(gathersNothing(&size));
        executor.run();
        QCOMPARE(size, std::size_t(0));
    }

    void whenAllHandsOnAFailure()
    {
        Executor executor;
        executor.spawn(gathersAFailure());
        executor.run();
        QCOMPARE(executor.spawned(0).promise().status(), TaskStatus::Failed);
    }

    void aQtTimerResumesACoroutine()
    {
        Recording recording;
        QTimer timer;
        Executor executor(&recording.rings());
        executor.spawn(withId(awaitsATimer(startedTimer(timer, 5)), 1));
        executor.run();
        QCOMPARE(executor.spawned(0).promise().status(), TaskStatus::Finished);
        const std::vector<EventKind> expected{EventKind::Queued, EventKind::Begin,
                                              EventKind::Suspend, EventKind::Resume,
                                              EventKind::End};
        QCOMPARE(kindsOf(recording.events(), 1), expected);
    }

    void aQCoroTaskHandsItsResultOver()
    {
        QTimer timer;
        int later = 0, atOnce = 0;
        Executor executor;
        executor.spawn(awaitsForeign(answersLater(startedTimer(timer, 1)), &later));
        executor.spawn(awaitsForeign(answersAtOnce(), &atOnce));
        executor.run();
        QCOMPARE(later, 42);
        QCOMPARE(atOnce, 7);
    }

    void aQCoroTaskHandsItsExceptionOver()
    {
        QTimer timer;
        int answer = 0;
        Executor executor;
        executor.spawn(awaitsForeign(throwsLater(startedTimer(timer, 1)), &answer));
        executor.run();
        QCOMPARE(executor.spawned(0).promise().status(), TaskStatus::Failed);
        QCOMPARE(answer, 0);
    }

    void aStopRequestEndsAForeignWait()
    {
        Recording recording;
        QTimer timer;
        Executor executor(&recording.rings());
        executor.spawn(withId(awaitsATimer(startedTimer(timer, 3'600'000)), 1));
        StopOnceAllWait stop(recording, 1);
        executor.run();
        QVERIFY(stop.allWaited());
        QCOMPARE(executor.spawned(0).promise().status(), TaskStatus::Cancelled);
        timer.start(0); // the relay still waits for it, and nobody waits for the relay
        QTRY_VERIFY(!timer.isActive());
    }

    void qtIsServedWhileCoroutinesAreAlwaysReady()
    {
        Recording recording;
        std::string log;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&] { recording.rings().requestStop(); });
        startedTimer(timer, 1);
        Executor executor(&recording.rings());
        executor.spawn(yields(2'000'000'000, &log, '.'));
        executor.run();
        QVERIFY(recording.rings().isStopRequested());
    }
};

QTEST_GUILESS_MAIN(TestExecutor)
#include "tst_executor.moc"
