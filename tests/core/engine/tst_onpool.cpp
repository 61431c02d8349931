// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/onpool.h"
#include "core/engine/async/taskgroup.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"

#include <QRegularExpression>
#include <QTest>
#include <QThreadPool>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

using namespace Interleave;

namespace
{

constexpr ObjectId kPool = 6;

/// Where and how a callable ran.
struct Visit {
    std::thread::id worker;
    std::thread::id before;
    std::thread::id after;
    int result = 0;
    std::string error;
};

template<typename Pool>
Task<TaskStatus> visits(Pool *pool, Visit *visit, TaskId subtask)
{
    visit->before = std::this_thread::get_id();
    const auto work = [visit] {
        visit->worker = std::this_thread::get_id();
        return 42;
    };
    visit->result = co_await onPool(*pool, WaitReason::Io, kPool, work, subtask);
    visit->after = std::this_thread::get_id();
    co_return TaskStatus::Finished;
}

Task<TaskStatus> failsThere(QThreadPool *pool, Visit *visit)
{
    const auto work = [] { throw std::runtime_error("broken"); };
    try {
        co_await onPool(*pool, WaitReason::Await, kPool, work, TaskId(11));
    } catch (const std::runtime_error &error) {
        visit->error = error.what();
    }
    co_return TaskStatus::Finished;
}

/// Its callable ends when the other coroutine says so: so that one runs meanwhile.
Task<TaskStatus> waitsThere(QThreadPool *pool, std::atomic<bool> *isFree)
{
    const auto work = [isFree] { return becomes([isFree] { return isFree->load(); }); };
    const bool came = co_await onPool(*pool, WaitReason::Event, kNoObject, work);
    const TaskStatus status = endOf(came);
    co_return status;
}

Task<TaskStatus> frees(std::atomic<bool> *isFree)
{
    for (int i = 0; i < 10; ++i)
        (void)co_await yield();
    isFree->store(true);
    co_return TaskStatus::Finished;
}

/// The callable itself asks whether it is to stop.
Task<TaskStatus> isStoppedThere(QThreadPool *pool, TaskContext *context, std::atomic<bool> *isThere)
{
    const auto work = [context, isThere] {
        isThere->store(true);
        const bool slept = context->sleepFor(3600 * kSecond);
        return slept ? TaskStatus::Finished : TaskStatus::Cancelled;
    };
    const TaskStatus status = co_await onPool(*pool, WaitReason::Io, kPool, work, TaskId(11));
    co_return status;
}

Task<TaskStatus> visitsOften(QThreadPool *pool, int times, int *sum)
{
    for (int i = 0; i < times; ++i) {
        const auto work = [i] { return i; };
        const int result = co_await onPool(*pool, WaitReason::Io, kPool, work);
        *sum += result;
    }
    co_return TaskStatus::Finished;
}

struct Drop {
    std::atomic<bool> isThere{false};
    std::atomic<bool> isDropping{false};
    std::atomic<bool> hasEnded{false};
};

Task<TaskStatus> isDroppedThere(QThreadPool *pool, Drop *drop)
{
    const auto work = [drop] {
        drop->isThere.store(true);
        becomes([drop] { return drop->isDropping.load(); });
        drop->hasEnded.store(true);
    };
    co_await onPool(*pool, WaitReason::Io, kPool, work);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> drops(QThreadPool *pool, Drop *drop)
{
    TaskGroup group;
    group.start(isDroppedThere(pool, drop));
    while (!drop->isThere.load())
        (void)co_await yield();
    drop->isDropping.store(true);
    throw std::runtime_error("dropped");
}

} // namespace

class TestOnPool : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aCallableRunsElsewhereAndTheCoroutineComesBack()
    {
        Recording recording;
        QThreadPool pool;
        Visit visit;
        Executor executor(&recording.rings());
        executor.spawn(withId(visits(&pool, &visit, kNoTask), 1));
        executor.run();
        QCOMPARE(visit.result, 42);
        QVERIFY(visit.before == std::this_thread::get_id());
        QVERIFY(visit.after == visit.before);
        QVERIFY(visit.worker != visit.before);
        const auto events = recording.events();
        const std::vector<EventKind> expected{EventKind::Queued, EventKind::Begin,
                                              EventKind::Suspend, EventKind::Resume,
                                              EventKind::End};
        QCOMPARE(kindsOf(events, 1), expected);
        const auto suspended = eventsOf(events, EventKind::Suspend, kPool);
        QCOMPARE(suspended.size(), std::size_t(1));
        QCOMPARE(suspended[0].event.reason, std::uint8_t(WaitReason::Io));
    }

    void aSubtaskIsOnTheWorkersThread()
    {
        Recording recording;
        QThreadPool pool;
        Visit visit;
        Executor executor(&recording.rings());
        executor.spawn(withId(visits(&pool, &visit, 11), 1));
        executor.run();
        const auto events = recording.events();
        const std::vector<EventKind> expected{EventKind::Queued, EventKind::Begin, EventKind::End};
        QCOMPARE(kindsOf(events, 11), expected);
        for (const Recorded &r : events) {
            if (r.event.task == 11 && r.event.kind == EventKind::Queued) {
                QCOMPARE(r.event.cause, TaskId(1));
                QCOMPARE(r.event.argument, kPool);
                QCOMPARE(r.tid, pid_t(getpid())); // main's thread
            } else if (r.event.task == 11) {
                QVERIFY(r.tid != pid_t(getpid()));
            } else if (r.event.kind == EventKind::Resume) {
                QCOMPARE(r.event.cause, TaskId(11));
            }
        }
    }

    void anExceptionComesBack()
    {
        Recording recording;
        QThreadPool pool;
        Visit visit;
        Executor executor(&recording.rings());
        executor.spawn(withId(failsThere(&pool, &visit), 1));
        executor.run();
        QCOMPARE(visit.error, std::string("broken"));
        const auto events = recording.events();
        QCOMPARE(kindsOf(events, 11).back(), EventKind::Failed);
        // Of an Await, the record names the task that is waited for.
        QCOMPARE(eventsOf(events, EventKind::Suspend, 11).size(), std::size_t(1));
    }

    void theOthersRunMeanwhile()
    {
        QThreadPool pool;
        std::atomic<bool> isFree{false};
        Executor executor;
        executor.spawn(waitsThere(&pool, &isFree));
        executor.spawn(frees(&isFree));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Finished);
    }

    void aStopIsForTheCallableToObey()
    {
        Recording recording;
        Contexts contexts(recording, 1);
        QThreadPool pool;
        std::atomic<bool> isThere{false};
        Executor executor(&recording.rings());
        executor.spawn(withId(isStoppedThere(&pool, &contexts[1], &isThere), 1));
        std::thread stopper([&] {
            becomes([&] { return isThere.load(); });
            recording.rings().requestStop();
        });
        executor.run();
        stopper.join();
        QVERIFY(isThere.load());
        QCOMPARE(statusOf(executor, 0), TaskStatus::Cancelled);
        QCOMPARE(kindsOf(recording.events(), 11).back(), EventKind::Cancelled);
    }

    void aJobPoolCountsItAsItsJob()
    {
        Recording recording;
        JobPool pool(2);
        Visit first, second;
        Executor executor(&recording.rings());
        executor.spawn(withId(visits(&pool, &first, 11), 1));
        executor.spawn(withId(visits(&pool, &second, 12), 2));
        executor.run();
        pool.waitUntilDone();
        QCOMPARE(first.result + second.result, 84);
        QVERIFY(first.worker != first.before);
        QCOMPARE(kindsOf(recording.events(), 12).back(), EventKind::End);
    }

    void nothingIsLostInThousandsOfVisits()
    {
        QThreadPool pool;
        pool.setMaxThreadCount(3);
        int sums[20] = {};
        Executor executor;
        for (int &sum : sums)
            executor.spawn(visitsOften(&pool, 200, &sum));
        executor.run();
        for (const int sum : sums)
            QCOMPARE(sum, 199 * 200 / 2);
    }

    void aFrameThatGoesWaitsForItsCallable()
    {
        QThreadPool pool;
        Drop drop;
        Executor executor;
        executor.spawn(drops(&pool, &drop));
        executor.run();
        QCOMPARE(statusOf(executor, 0), TaskStatus::Failed);
        QVERIFY(drop.hasEnded.load());
    }
};

QTEST_GUILESS_MAIN(TestOnPool)
#include "tst_onpool.moc"
