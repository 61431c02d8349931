// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/async/asyncfd.h"
#include "core/engine/async/asyncsync.h"
#include "core/engine/async/onpool.h"
#include "core/engine/async/taskgroup.h"
#include "core/engine/asyncbarrier.h"
#include "core/engine/executor.h"
#include "tests/core/engine/coroutinetest.h"
#include "tests/core/engine/synctest.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QTest>
#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace Interleave;

namespace
{

constexpr DurationNs kHour = 3600 * kSecond;
constexpr ObjectId kLock = 1;

/// Gives the lock back when its scope ends, also where its frame goes.
class HeldUntilGone
{
public:
    HeldUntilGone(AsyncMutex &mutex, const TaskContext &context)
        : m_mutex(mutex)
        , m_context(context)
    {
    }
    ~HeldUntilGone() { m_mutex.unlock(m_context); }
    HeldUntilGone(const HeldUntilGone &) = delete;
    HeldUntilGone &operator=(const HeldUntilGone &) = delete;

private:
    AsyncMutex &m_mutex;
    const TaskContext &m_context;
};

/// What the coroutines of a test share; outlives their executor.
struct Shared {
    explicit Shared(const Recording &recording)
        : contexts(recording, 8)
    {
    }
    Contexts contexts;
    AsyncMutex mutex{kLock};
    AsyncBarrier barrier{2}; ///< the second never comes
};

Task<TaskStatus> holds(Shared *shared, TaskId task)
{
    const TaskContext &context = shared->contexts[task];
    const bool isHeld = co_await shared->mutex.lock(context);
    if (isHeld) {
        const HeldUntilGone held(shared->mutex, context);
        (void)co_await sleepFor(kHour);
    }
    co_return TaskStatus::Finished;
}

Task<TaskStatus> triesToHold(Shared *shared, TaskId task)
{
    const TaskContext &context = shared->contexts[task];
    const Acquired acquired = co_await shared->mutex.lockFor(context, 2 * kHour);
    if (acquired == Acquired::Yes) {
        const HeldUntilGone held(shared->mutex, context);
        (void)co_await sleepFor(kHour);
    }
    co_return TaskStatus::Finished;
}

/// Begins its wait after the others, and so stands behind them on the executor's list.
Task<TaskStatus> meetsLate(Shared *shared)
{
    (void)co_await yield();
    (void)co_await shared->barrier.arrive();
    co_return TaskStatus::Finished;
}

Task<TaskStatus> sleeps(DurationNs time)
{
    const bool going = co_await sleepFor(time);
    const TaskStatus status = endOf(going);
    co_return status;
}

Task<TaskStatus> sleepsLate()
{
    (void)co_await yield();
    (void)co_await sleepFor(3 * kHour);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> gathers()
{
    TaskGroup group;
    group.start(sleeps(kHour));
    group.start(sleeps(2 * kHour));
    co_await group.all();
    co_return TaskStatus::Finished;
}

Task<TaskStatus> madeFor(char kind, Shared *shared, TaskId task)
{
    switch (kind) {
    case 'h':
        return holds(shared, task);
    case 't':
        return triesToHold(shared, task);
    case 'm':
        return meetsLate(shared);
    case 'g':
        return gathers();
    default:
        return sleepsLate();
    }
}

/// Begins the others and ends before them: they wait until its own frame goes, and go with it, in
/// their order.
Task<TaskStatus> leaves(std::vector<Task<TaskStatus>> others)
{
    for (Task<TaskStatus> &other : others)
        Executor::current()->start(other);
    for (int i = 0; i < 4; ++i)
        (void)co_await yield();
    co_return TaskStatus::Finished;
}

/// Begins a coroutine that belongs to somebody else, and ends as soon as that waits.
Task<TaskStatus> begins(Task<TaskStatus> *other)
{
    Executor::current()->start(*other);
    (void)co_await yield();
    co_return TaskStatus::Finished;
}

Task<TaskStatus> waitsForBytes(int fd)
{
    (void)co_await readable(fd);
    co_return TaskStatus::Finished;
}

Task<TaskStatus> drops(Task<TaskStatus> *other)
{
    *other = Task<TaskStatus>();
    co_return TaskStatus::Finished;
}

Task<TaskStatus> sets(bool *hasRun)
{
    *hasRun = true;
    co_return TaskStatus::Finished;
}

/// A callable on another thread, which runs until it may end.
struct Visit {
    std::atomic<bool> isThere{false};
    std::atomic<bool> mayEnd{false};
    std::atomic<bool> hasEnded{false};
};

Task<TaskStatus> visits(QThreadPool *pool, Visit *visit)
{
    const auto work = [visit] {
        visit->isThere.store(true);
        becomes([visit] { return visit->mayEnd.load(); });
        visit->hasEnded.store(true);
    };
    co_await onPool(*pool, WaitReason::Io, kNoObject, work);
    co_return TaskStatus::Finished;
}

/// Lets a visit end when its own frame goes.
class EndsVisit
{
public:
    explicit EndsVisit(Visit &visit)
        : m_visit(visit)
    {
    }
    ~EndsVisit() { m_visit.mayEnd.store(true); }
    EndsVisit(const EndsVisit &) = delete;
    EndsVisit &operator=(const EndsVisit &) = delete;

private:
    Visit &m_visit;
};

Task<TaskStatus> endsAVisitAtItsOwnEnd(Visit *visit)
{
    const EndsVisit ends(*visit);
    (void)co_await sleepFor(kHour);
    co_return TaskStatus::Finished;
}

} // namespace

/// What still waits when an Executor ends, or when its frame goes before it went on.
class TestExecutorEnd : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void thoseWhoWaitGoInWhateverOrder()
    {
        Recording recording;
        std::string kinds = "ghhmst"; // sorted: the first of the permutations
        do {
            Shared shared(recording);
            {
                Executor executor;
                std::vector<Task<TaskStatus>> others;
                for (const char kind : kinds)
                    others.push_back(madeFor(kind, &shared, TaskId(others.size() + 1)));
                executor.spawn(leaves(std::move(others)));
                executor.run();
                QVERIFY(shared.mutex.isHeld());
            }
            // Nobody goes on any more, and so nobody has been given what another one gave back.
            QVERIFY2(!shared.mutex.isHeld(), kinds.c_str());
        } while (std::next_permutation(kinds.begin(), kinds.end()));
    }

    void tasksThatNeverBeganGoWithTheirExecutor()
    {
        bool hasRun = false;
        {
            Executor executor;
            executor.spawn(sets(&hasRun));
        }
        QVERIFY(!hasRun);
    }

    void whatAnotherThreadDoesForAFrameIsWaitedFor()
    {
        QThreadPool pool;
        Visit visit;
        {
            Executor executor;
            std::vector<Task<TaskStatus>> others;
            others.push_back(endsAVisitAtItsOwnEnd(&visit)); // goes first
            others.push_back(visits(&pool, &visit));
            executor.spawn(leaves(std::move(others)));
            executor.run();
            QVERIFY(becomes([&] { return visit.isThere.load(); }));
            QVERIFY(!visit.hasEnded.load());
        }
        QVERIFY(visit.hasEnded.load());
    }

    void whatHasComeBackFromAnotherThreadIsNotWaitedFor()
    {
        QThreadPool pool;
        Visit visit;
        {
            Executor executor;
            std::vector<Task<TaskStatus>> others;
            others.push_back(visits(&pool, &visit));
            others.push_back(sleepsLate());
            executor.spawn(leaves(std::move(others)));
            executor.run();
            visit.mayEnd.store(true);
            pool.waitForDone(); // it has been posted, and nobody has looked
        }
        QVERIFY(visit.hasEnded.load());
    }

    void aPostMayComeBeforeTheFirstRun()
    {
        bool hasRun = false, hasRunToo = false;
        Task<TaskStatus> posted = sets(&hasRun);
        Executor executor;
        WaitingCoroutine waiting;
        waiting.handle = posted.handle();
        std::thread other([&] { executor.post(waiting, kNoTask); });
        other.join();
        executor.spawn(sets(&hasRunToo));
        executor.run();
        QVERIFY(hasRun);
        QVERIFY(hasRunToo);
    }

    void aFrameThatGoesBetweenTwoRunsIsForgotten()
    {
        Task<TaskStatus> sleeper = sleeps(0); // due at once, but the first run ends before
        bool hasRun = false;
        Executor executor;
        executor.spawn(begins(&sleeper));
        executor.run();
        QVERIFY(!sleeper.isDone());
        sleeper = Task<TaskStatus>();
        executor.spawn(sets(&hasRun));
        executor.run();
        QVERIFY(hasRun);
    }

    void aFrameThatGoesWhileAnotherExecutorRunsIsForgottenByItsOwn()
    {
        Task<TaskStatus> sleeper = sleeps(kHour);
        bool hasRun = false;
        Executor first, second;
        first.spawn(begins(&sleeper));
        first.run();
        second.spawn(drops(&sleeper));
        second.run();
        QVERIFY(!sleeper.isValid());
        first.spawn(sets(&hasRun));
        first.run();
        QVERIFY(hasRun);
    }

    void aFrameMayOutliveTheExecutorInWhichItWaits()
    {
        Task<TaskStatus> sleeper = sleeps(kHour);
        std::optional<Executor> first(std::in_place);
        first->spawn(begins(&sleeper));
        first->run();
        first.reset();
        QVERIFY(!sleeper.isDone());
        Executor second;
        second.spawn(drops(&sleeper));
        second.run();
        QCOMPARE(statusOf(second, 0), TaskStatus::Finished);
        QVERIFY(!sleeper.isValid());
    }

    void whatSuchAFrameWaitsForMayStillCome()
    {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        const UniqueFd reading(ends[0]), writing(ends[1]);
        Task<TaskStatus> reader = waitsForBytes(reading.get());
        std::optional<Executor> executor(std::in_place);
        executor->spawn(begins(&reader));
        executor->run();
        executor.reset();
        QCOMPARE(::write(writing.get(), "x", 1), ssize_t(1));
        QCoreApplication::processEvents(); // tells the descriptor's notifier
        QVERIFY2(!reader.isDone(), "nobody is there to let it go on");
    }
};

QTEST_GUILESS_MAIN(TestExecutorEnd)
#include "tst_executorend.moc"
