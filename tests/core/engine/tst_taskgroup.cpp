// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/taskgroup.h"
#include "core/engine/traced.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"
#include "tests/core/engine/waitingtest.h"

#include <QCoroTimer>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

constexpr DurationNs kHour = 3600 * kSecond;

Task<TaskStatus> sleeps(DurationNs time)
{
    const bool going = co_await sleepFor(time);
    const TaskStatus status = endOf(going);
    co_return status;
}

/// Goes on waiting, whatever the waits say. \param ended counts those that ended as cancelled
Task<TaskStatus> waitsAgainAndAgain(int times, int *ended)
{
    for (int i = 0; i < times; ++i) {
        bool going = true;
        if (i % 2 == 0)
            going = co_await sleepFor(kHour);
        else
            going = co_await yield();
        if (!going)
            ++*ended;
    }
    co_return TaskStatus::Finished;
}

Task<TaskStatus> fails()
{
    (void)co_await yield();
    throw std::runtime_error("broken");
}

Task<TaskStatus> awaitsATimer(QTimer *timer)
{
    co_await traced(WaitReason::Sleep, timer);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> waitsUntil(TimestampNs time, TimestampNs *end)
{
    const bool going = co_await delayUntil(time);
    *end = monotonicNow();
    const TaskStatus status = endOf(going);
    co_return status;
}

struct Outcome {
    std::vector<TaskStatus> statuses;
    std::size_t first = 99;
    bool inTime = false;
};

/// \param firstId of the tasks; kNoTask: they have none
void startSleepers(TaskGroup &group, const std::vector<DurationNs> &times, TaskId firstId)
{
    for (const DurationNs time : times) {
        Task<TaskStatus> task = sleeps(time);
        if (firstId != kNoTask)
            task.setId(firstId + TaskId(group.size()));
        group.start(std::move(task));
    }
}

void noteStatuses(const TaskGroup &group, Outcome *outcome)
{
    for (std::size_t i = 0; i < group.size(); ++i)
        outcome->statuses.push_back(group.status(i));
}

Task<TaskStatus> gathersAll(const std::vector<DurationNs> *times, TaskId firstId, Outcome *outcome)
{
    TaskGroup group(1);
    startSleepers(group, *times, firstId);
    co_await group.all();
    noteStatuses(group, outcome);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> takesTheFirst(const std::vector<DurationNs> *times, TaskId firstId,
                               Outcome *outcome)
{
    TaskGroup group(1);
    startSleepers(group, *times, firstId);
    outcome->first = co_await group.any();
    group.cancel();
    co_await group.all();
    noteStatuses(group, outcome);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> gathersFor(const std::vector<DurationNs> *times, DurationNs patience,
                            Outcome *outcome)
{
    TaskGroup group(1);
    startSleepers(group, *times, 11);
    outcome->inTime = co_await group.allFor(patience);
    if (!outcome->inTime)
        group.cancel();
    co_await group.all();
    noteStatuses(group, outcome);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> startsAfterTheCancellation(Outcome *outcome)
{
    TaskGroup group(1);
    group.cancel();
    startSleepers(group, {kHour}, 11);
    startSleepers(group, {kHour}, kNoTask);
    co_await group.all();
    noteStatuses(group, outcome);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> cancelsTheStubborn(int *ended)
{
    TaskGroup group(1);
    group.start(withId(waitsAgainAndAgain(5, ended), 11));
    (void)co_await yield();
    group.cancel();
    co_await group.all();
    co_return TaskStatus::Finished;
}

/// A group in a group in a group.
Task<TaskStatus> nests(int depth, int *cancelled)
{
    bool going = false;
    if (depth > 0) {
        TaskGroup group;
        group.start(nests(depth - 1, cancelled));
        group.start(nests(0, cancelled));
        co_await group.all();
    } else {
        going = co_await sleepFor(kHour);
        if (!going)
            ++*cancelled;
    }
    co_return TaskStatus::Cancelled;
}

Task<TaskStatus> throwsBesideItsTasks()
{
    TaskGroup group(1);
    startSleepers(group, {kHour, 0}, 11);
    (void)co_await yield();
    startSleepers(group, {kHour}, 11); // not begun when the group goes
    throw std::runtime_error("broken");
}

Task<TaskStatus> gathersAFailure(std::string *error)
{
    TaskGroup group;
    group.start(sleeps(0));
    group.start(fails());
    co_await group.all();
    try {
        group.rethrowFailure();
    } catch (const std::runtime_error &e) {
        *error = e.what();
    }
    co_return TaskStatus::Finished;
}

Task<TaskStatus> hurries(DurationNs time, DurationNs patience, bool *inTime)
{
    Task<TaskStatus> task = sleeps(time);
    task.setId(11);
    *inTime = co_await withTimeout(std::move(task), patience, 1);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> gathersMany(int count, std::size_t *ended)
{
    TaskGroup group;
    for (int i = 0; i < count; ++i)
        group.start(sleeps(0));
    co_await group.all();
    *ended = group.endedCount();
    co_return TaskStatus::Finished;
}

} // namespace

class TestTaskGroup : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void allComesBackWithTheLast()
    {
        Recording recording;
        const std::vector<DurationNs> times{2 * kMillisecond, 8 * kMillisecond, 0};
        Outcome outcome;
        Executor executor(&recording.rings());
        executor.spawn(withId(gathersAll(&times, 11, &outcome), 1));
        executor.run();
        QCOMPARE(outcome.statuses, std::vector<TaskStatus>(3, TaskStatus::Finished));
        const auto events = recording.events();
        const std::vector<EventKind> parent{EventKind::Queued,  EventKind::Begin,
                                            EventKind::Suspend, EventKind::Suspend,
                                            EventKind::Resume,  EventKind::End};
        QCOMPARE(kindsOf(events, 1), parent);
        std::vector<std::uint32_t> awaited; // always one that has not ended
        for (const Recorded &r : events) {
            if (r.event.task == 1 && r.event.kind == EventKind::Suspend)
                awaited.push_back(r.event.argument);
            if (r.event.task == 1 && r.event.kind == EventKind::Resume)
                QCOMPARE(r.event.cause, TaskId(12)); // the longest sleeper
            if (r.event.task > 1 && r.event.kind == EventKind::Queued)
                QCOMPARE(r.event.cause, TaskId(1));
        }
        QCOMPARE(awaited, (std::vector<std::uint32_t>{13, 12}));
        for (TaskId task = 11; task <= 13; ++task)
            QCOMPARE(kindsOf(events, task).back(), EventKind::End);
    }

    void anyGivesTheFirstAndTheOthersCanBeCancelled_data()
    {
        QTest::addColumn<TaskId>("firstId");
        QTest::newRow("with ids") << TaskId(11);
        QTest::newRow("without") << kNoTask;
    }
    void anyGivesTheFirstAndTheOthersCanBeCancelled()
    {
        QFETCH(TaskId, firstId);
        Recording recording;
        const std::vector<DurationNs> times{kHour, kMillisecond, 2 * kHour};
        Outcome outcome;
        Executor executor(&recording.rings());
        executor.spawn(withId(takesTheFirst(&times, firstId, &outcome), 1));
        executor.run();
        QCOMPARE(outcome.first, std::size_t(1));
        const std::vector<TaskStatus> expected{TaskStatus::Cancelled, TaskStatus::Finished,
                                               TaskStatus::Cancelled};
        QCOMPARE(outcome.statuses, expected);
        const auto events = recording.events();
        QCOMPARE(countOf(events, EventKind::Cancelled), firstId == kNoTask ? 0 : 2);
        const auto firstWait = std::find_if(events.begin(), events.end(), [](const Recorded &r) {
            return r.event.task == 1 && r.event.kind == EventKind::Suspend;
        });
        QVERIFY(firstWait != events.end());
        QCOMPARE(firstWait->event.argument, std::uint32_t(kNoTask)); // it needs no single one
        for (const Recorded &r : events) {
            QVERIFY(r.event.task < kFirstUnrecordedTask);
            QVERIFY(r.event.cause < kFirstUnrecordedTask);
        }
    }

    void allForSaysWhetherTheTimeWasEnough()
    {
        const std::vector<DurationNs> fast{0, kMillisecond}, slow{0, kHour};
        for (const bool isFast : {true, false}) {
            Recording recording;
            Outcome outcome;
            Executor executor(&recording.rings());
            executor.spawn(withId(
                gathersFor(isFast ? &fast : &slow, isFast ? kHour : 3 * kMillisecond, &outcome),
                1));
            executor.run();
            QCOMPARE(outcome.inTime, isFast);
            QCOMPARE(outcome.statuses[0], TaskStatus::Finished);
            QCOMPARE(outcome.statuses[1], isFast ? TaskStatus::Finished : TaskStatus::Cancelled);
            for (const Recorded &r : recording.events()) {
                if (r.event.task == 1 && r.event.kind == EventKind::Suspend) {
                    QCOMPARE(r.event.reason,
                             std::uint8_t(std::uint8_t(WaitReason::Await) | kTimedWaitFlag));
                    break;
                }
            }
        }
    }

    void anEmptyGroupIsReadyAtOnce()
    {
        const std::vector<DurationNs> none;
        Outcome all, any, inTime;
        Executor executor;
        executor.spawn(gathersAll(&none, kNoTask, &all));
        executor.spawn(takesTheFirst(&none, kNoTask, &any));
        executor.spawn(gathersFor(&none, 0, &inTime));
        executor.run();
        QVERIFY(all.statuses.empty());
        QCOMPARE(any.first, std::size_t(0));
        QVERIFY(inTime.inTime);
    }

    void aCancellationEndsLaterWaitsToo()
    {
        int ended = 0;
        Executor executor;
        executor.spawn(withId(cancelsTheStubborn(&ended), 1));
        executor.run();
        QCOMPARE(ended, 5);
    }

    void whoStartsInACancelledGroupIsCancelled()
    {
        Outcome outcome;
        Executor executor;
        executor.spawn(withId(startsAfterTheCancellation(&outcome), 1));
        executor.run();
        QCOMPARE(outcome.statuses, std::vector<TaskStatus>(2, TaskStatus::Cancelled));
    }

    void whoIsCancelledWhileItWaitsForAGroupCancelsTheGroup()
    {
        Recording recording;
        const std::vector<DurationNs> times{kHour, kHour};
        Outcome outcome;
        Executor executor(&recording.rings());
        executor.spawn(withId(gathersAll(&times, 11, &outcome), 1));
        executor.spawn(cancels(1, 2));
        executor.run();
        QCOMPARE(outcome.statuses, std::vector<TaskStatus>(2, TaskStatus::Cancelled));
    }

    void aCancellationReachesTheInnermostGroup()
    {
        int cancelled = 0;
        Executor executor;
        executor.spawn(withId(nests(3, &cancelled), 1));
        executor.spawn(cancels(1, 10));
        executor.run();
        QCOMPARE(cancelled, 4);
    }

    void aStopRequestEndsAGroup()
    {
        Recording recording;
        const std::vector<DurationNs> times{kHour, kHour};
        Outcome all, inTime;
        Executor executor(&recording.rings());
        executor.spawn(withId(gathersAll(&times, 21, &all), 1));
        executor.spawn(withId(gathersFor(&times, kHour, &inTime), 2));
        StopOnceAllWait stop(recording, 6); // both, and the two tasks of each
        executor.run();
        QVERIFY(stop.allWaited());
        QCOMPARE(all.statuses, std::vector<TaskStatus>(2, TaskStatus::Cancelled));
        QCOMPARE(inTime.statuses, std::vector<TaskStatus>(2, TaskStatus::Cancelled));
    }

    void aWaitForQtCanBeCancelled()
    {
        QTimer timer;
        timer.setSingleShot(true);
        timer.start(3'600'000);
        Executor executor;
        executor.spawn(withId(awaitsATimer(&timer), 1));
        executor.spawn(cancels(1, 2));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        timer.start(0); // the relay still waits for it, and nobody waits for the relay
        QTRY_VERIFY(!timer.isActive());
    }

    void whoIsCancelledBeforeItBeginsDoesNotWait()
    {
        Executor executor;
        QTimer timer;
        executor.cancel(1);
        executor.cancel(2);
        executor.spawn(withId(sleeps(kHour), 1));
        executor.spawn(withId(awaitsATimer(&timer), 2));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        QCOMPARE(statusOf(executor, 1), TaskStatus::Cancelled);
    }

    void anExceptionBesideAGroupDropsItsTasks()
    {
        Recording recording;
        Executor executor(&recording.rings());
        executor.spawn(withId(throwsBesideItsTasks(), 1));
        executor.spawn(withId(sleeps(5 * kMillisecond), 2));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Failed);
        QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
        const auto events = recording.events();
        QCOMPARE(kindsOf(events, 11).back(), EventKind::Cancelled);
        const std::vector<EventKind> notBegun{EventKind::Queued, EventKind::Cancelled};
        QCOMPARE(kindsOf(events, 13), notBegun);
    }

    void aFailureComesOutOnRequest()
    {
        std::string error;
        Executor executor;
        executor.spawn(gathersAFailure(&error));
        executor.run();
        QCOMPARE(error, std::string("broken"));
    }

    void aTimeoutCancelsWhatTakesLonger()
    {
        bool fast = false, slow = true;
        Recording recording;
        Executor executor(&recording.rings());
        executor.spawn(withId(hurries(0, kHour, &fast), 1));
        executor.run();
        QCOMPARE(kindsOf(recording.events(), 11).back(), EventKind::End);
        executor.spawn(withId(hurries(kHour, 2 * kMillisecond, &slow), 2));
        executor.run();
        QCOMPARE(kindsOf(recording.events(), 11).back(), EventKind::Cancelled);
        QVERIFY(fast);
        QVERIFY(!slow);
    }

    void aDelayLastsUntilItsTime()
    {
        const TimestampNs until = monotonicNow() + 3 * kMillisecond;
        TimestampNs past = 0, future = 0;
        Executor executor;
        executor.spawn(waitsUntil(until, &future));
        executor.spawn(waitsUntil(0, &past));
        executor.run();
        QVERIFY(future >= until);
        QVERIFY(past <= future);
        QCOMPARE(statusOf(executor, 0), TaskStatus::Finished);
        QCOMPARE(statusOf(executor, 1), TaskStatus::Finished);
    }

    void timersOfCancelledSleepersAreTakenOut()
    {
        Executor executor;
        for (TaskId task = 1; task <= 50; ++task) { // in no order
            const DurationNs time = (task * 37 % 50 + 1) * 100 * kMicrosecond;
            executor.spawn(withId(sleeps(task % 3 == 1 ? kHour + time : time), task));
        }
        for (TaskId task = 1; task <= 50; task += 3)
            executor.spawn(cancels(task, int(task % 5)));
        executor.run();
        for (TaskId task = 1; task <= 50; ++task) {
            QCOMPARE(statusOf(executor, task - 1),
                     task % 3 == 1 ? TaskStatus::Cancelled : TaskStatus::Finished);
        }
    }

    void aHundredThousandTasksAreOneGroup()
    {
        std::size_t ended = 0;
        Executor executor;
        executor.spawn(gathersMany(100'000, &ended));
        executor.run();
        QCOMPARE(ended, std::size_t(100'000));
    }
};

QTEST_GUILESS_MAIN(TestTaskGroup)
#include "tst_taskgroup.moc"
