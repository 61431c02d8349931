// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/coroutine.h"
#include "tests/core/engine/recording.h"

#include <QTest>

#include <stdexcept>

#include <malloc.h>

using namespace Interleave;

namespace
{

Task<TaskStatus> endsAs(TaskStatus status)
{
    co_return status;
}

Task<int> answers(int number)
{
    co_return number;
}

Task<void> sets(bool *flag)
{
    *flag = true;
    co_return;
}

Task<TaskStatus> throwsAnError()
{
    throw std::runtime_error("broken");
    co_return TaskStatus::Finished;
}

Task<TaskStatus> isStopped()
{
    throw StopRequested{};
    co_return TaskStatus::Finished;
}

Task<TaskStatus> awaitsTask(Task<TaskStatus> *child)
{
    const TaskStatus status = co_await *child;
    co_return status;
}

Task<TaskStatus> awaitsHelper(int *sum)
{
    *sum += co_await answers(40);
    *sum += co_await answers(2);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> suspendsOnce()
{
    co_await std::suspend_always{};
    co_return TaskStatus::Finished;
}

/// The barest coroutine that there is, to compare with.
struct Raw {
    struct promise_type {
        Raw get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
};

Raw rawSuspendsOnce()
{
    co_await std::suspend_always{};
}

} // namespace

class TestCoroutine : public QObject
{
    Q_OBJECT

private slots:
    void nothingRunsBeforeItIsResumed()
    {
        bool ran = false;
        Task<void> task = sets(&ran);
        QVERIFY(!ran);
        QVERIFY(!task.isDone());
        task.resume();
        QVERIFY(ran);
        QVERIFY(task.isDone());
    }

    void aTaskThatIsNeverStartedLeavesNothing()
    {
        Recording recording;
        bool ran = false;
        {
            const Task<void> task = sets(&ran);
            QVERIFY(task.isValid());
        }
        const Task<void> none;
        QVERIFY(!none.isValid());
        QVERIFY(none.isDone());
        QVERIFY(!ran);
        QVERIFY(recording.events().empty());
    }

    void theEndSaysHowItEnded_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("kind");
        QTest::newRow("finished") << int(TaskStatus::Finished) << int(EventKind::End);
        QTest::newRow("cancelled") << int(TaskStatus::Cancelled) << int(EventKind::Cancelled);
        QTest::newRow("failed") << int(TaskStatus::Failed) << int(EventKind::Failed);
    }
    void theEndSaysHowItEnded()
    {
        QFETCH(int, status);
        QFETCH(int, kind);
        Recording recording;
        Task<TaskStatus> task = endsAs(TaskStatus(status));
        task.setId(3);
        task.resume();
        const std::vector<EventKind> expected{EventKind::Begin, EventKind(kind)};
        QCOMPARE(kindsOf(recording.events(), 3), expected);
        QCOMPARE(task.promise().status(), TaskStatus(status));
    }

    void withoutAnIdNothingIsRecorded()
    {
        Recording recording;
        Task<TaskStatus> task = endsAs(TaskStatus::Finished);
        task.resume();
        QVERIFY(task.isDone());
        QVERIFY(recording.events().empty());
    }

    void anExceptionIsAFailureAndComesOutOfTheAwait()
    {
        Recording recording;
        Task<TaskStatus> child = throwsAnError();
        child.setId(2);
        Task<TaskStatus> parent = awaitsTask(&child);
        parent.setId(1);
        parent.resume();
        QVERIFY(parent.isDone());
        QVERIFY(parent.promise().error() != nullptr);
        QCOMPARE(parent.promise().status(), TaskStatus::Failed);
        const auto events = recording.events();
        const std::vector<EventKind> ofChild{EventKind::Begin, EventKind::Failed};
        QCOMPARE(kindsOf(events, 2), ofChild);
        QCOMPARE(kindsOf(events, 1).back(), EventKind::Failed);
    }

    void aStopThatPassesThroughIsACancellation()
    {
        Recording recording;
        Task<TaskStatus> task = isStopped();
        task.setId(4);
        task.resume();
        const std::vector<EventKind> expected{EventKind::Begin, EventKind::Cancelled};
        QCOMPARE(kindsOf(recording.events(), 4), expected);
    }

    void awaitingATaskIsASuspensionThatTheTaskEnds()
    {
        Recording recording;
        Task<TaskStatus> child = endsAs(TaskStatus::Cancelled);
        child.setId(2);
        Task<TaskStatus> parent = awaitsTask(&child);
        parent.setId(1);
        parent.resume();
        QCOMPARE(parent.promise().status(), TaskStatus::Cancelled);
        const auto events = recording.events();
        QCOMPARE(events.size(), std::size_t(6));
        const EventKind kinds[] = {EventKind::Begin,     EventKind::Suspend, EventKind::Begin,
                                   EventKind::Cancelled, EventKind::Resume,  EventKind::Cancelled};
        const TaskId tasks[] = {1, 1, 2, 2, 1, 1};
        for (std::size_t i = 0; i < 6; ++i) {
            QCOMPARE(events[i].event.kind, kinds[i]);
            QCOMPARE(events[i].event.task, tasks[i]);
        }
        QCOMPARE(events[1].event.reason, std::uint8_t(WaitReason::Await));
        QCOMPARE(events[1].event.argument, 2u);
        QCOMPARE(events[4].event.cause, TaskId(2));
    }

    void aHelperWorksOnBehalfOfItsAwaiter()
    {
        Recording recording;
        int sum = 0;
        Task<TaskStatus> task = awaitsHelper(&sum);
        task.setId(1);
        task.resume();
        QCOMPARE(sum, 42);
        const std::vector<EventKind> expected{EventKind::Begin, EventKind::End};
        QCOMPARE(kindsOf(recording.events(), 1), expected);
    }

    void anEndedTaskCanStillBeAwaited()
    {
        Task<TaskStatus> child = endsAs(TaskStatus::Finished);
        child.resume();
        Task<TaskStatus> parent = awaitsTask(&child);
        parent.resume();
        QVERIFY(parent.isDone());
    }

    void movingHandsTheFrameOver()
    {
        Task<TaskStatus> first = endsAs(TaskStatus::Finished);
        Task<TaskStatus> second = std::move(first);
        QVERIFY(!first.isValid()); // NOLINT(bugprone-use-after-move): that is the point
        second = endsAs(TaskStatus::Failed);
        second.resume();
        QCOMPARE(second.promise().status(), TaskStatus::Failed);
    }

    void theFrameIsAtMostSixtyFourBytesLarger()
    {
        Task<TaskStatus> traced = suspendsOnce();
        traced.resume();
        const Raw raw = rawSuspendsOnce();
        const std::size_t ours = malloc_usable_size(traced.handle().address());
        const std::size_t theirs = malloc_usable_size(raw.handle.address());
        raw.handle.destroy();
        QVERIFY2(ours <= theirs + 64,
                 qPrintable(QStringLiteral("%1 bytes against %2").arg(ours).arg(theirs)));
    }

    void aMillionAreMadeAndEndedWithoutRings()
    {
        QVERIFY(!Recorder::installed());
        int done = 0;
        for (int i = 0; i < 1'000'000; ++i) {
            Task<TaskStatus> task = endsAs(TaskStatus::Finished);
            task.setId(1);
            task.resume();
            done += task.isDone() ? 1 : 0;
        }
        QCOMPARE(done, 1'000'000);
    }
};

QTEST_GUILESS_MAIN(TestCoroutine)
#include "tst_coroutine.moc"
