// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/engine/async/asyncsync.h"
#include "core/engine/async/taskgroup.h"
#include "core/engine/executor.h"
#include "core/engine/sync/channel.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/sync/readwritelock.h"
#include "core/engine/sync/semaphore.h"
#include "core/record/recorder.h"
#include "livereader.h"

#include <QMutex>
#include <QReadWriteLock>
#include <QSemaphore>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <malloc.h>

namespace Interleave::Bench
{

namespace
{

constexpr int kLocks = 500'000;
constexpr std::size_t kTasks = 1'000'000;
constexpr ObjectId kThing = 1;
constexpr int kPermits = 2;
constexpr std::uint32_t kRoom = 16; ///< of a queue

template<typename Body>
double nsPerCall(Body &&body)
{
    return timed([&] {
               for (int i = 0; i < kLocks; ++i) {
                   body();
                   asm volatile("" ::: "memory");
               }
           })
        / kLocks;
}

/// A task whose events go to rings that somebody reads, and what its uncontended locks cost beside
/// plain ones with the same records, in turns. Thread: one.
class Uncontended
{
public:
    Uncontended(Report &report, const SharedRings &rings)
        : m_report(report)
        , m_rings(rings)
        , m_setup(setupOf(rings))
        , m_context(m_setup, 1, 0, "task")
        , m_reader(rings)
    {
        Recorder::install(&rings);
        Recorder::attachThread();
    }
    ~Uncontended() { Recorder::uninstall(); }
    Uncontended(const Uncontended &) = delete;
    Uncontended &operator=(const Uncontended &) = delete;

    [[nodiscard]] const TaskContext &context() const { return m_context; }
    [[nodiscard]] TaskId task() const { return m_context.id(); }
    /// Both once in and out.
    template<typename Plain, typename Traced>
    void compare(const std::string &name, Plain plainAndRecords, Traced traced)
    {
        const auto plainTime = [&] { return nsPerCall(plainAndRecords); };
        const auto tracedTime = [&] { return nsPerCall(traced); };
        for (int i = 0; i < 5; ++i)
            tracedTime(); // the ring's pages are there from now on
        const Pair pair = alternate(15, plainTime, tracedTime);
        const std::uint64_t dropped = m_rings.ring(0).dropped.load();
        m_report.ratio(name, pair.first * pair.ratio, pair.first, "ns", Bar::AtMost, 1.5,
                       std::to_string(dropped - m_droppedBefore) + " events dropped");
        m_droppedBefore = dropped;
    }

private:
    static RunSetup setupOf(const SharedRings &rings)
    {
        RunSetup setup;
        setup.rings = &rings;
        return setup;
    }

    Report &m_report;
    const SharedRings &m_rings;
    const RunSetup m_setup;
    const TaskContext m_context;
    std::uint64_t m_droppedBefore = 0;
    const LiveReader m_reader;
};

void compareMutex(Uncontended &uncontended)
{
    MutexState state{};
    Mutex traced(state, kThing);
    QMutex plain;
    uncontended.compare(
        "traced lock + unlock / QMutex and two records",
        [&] {
            plain.lock();
            Recorder::acquire(uncontended.task(), kThing);
            Recorder::release(uncontended.task(), kThing);
            plain.unlock();
        },
        [&] {
            if (traced.lock(uncontended.context()))
                traced.unlock(uncontended.context());
        });
}

void compareRecursiveMutex(Uncontended &uncontended)
{
    MutexState state{};
    RecursiveMutex traced(state, kThing);
    QRecursiveMutex plain;
    const auto tracedOnce = [&] {
        if (traced.lock(uncontended.context()))
            traced.unlock(uncontended.context());
    };
    uncontended.compare(
        "traced recursive lock + unlock / QRecursiveMutex",
        [&] {
            plain.lock();
            Recorder::acquire(uncontended.task(), kThing);
            Recorder::release(uncontended.task(), kThing);
            plain.unlock();
        },
        tracedOnce);
    uncontended.compare(
        "traced recursive lock, twice / QRecursiveMutex",
        [&] {
            plain.lock();
            Recorder::acquire(uncontended.task(), kThing);
            plain.lock();
            plain.unlock();
            Recorder::release(uncontended.task(), kThing);
            plain.unlock();
        },
        [&] {
            if (!traced.lock(uncontended.context()))
                return;
            tracedOnce();
            traced.unlock(uncontended.context());
        });
}

void compareSemaphore(Uncontended &uncontended)
{
    SemaphoreState state{};
    Semaphore traced(state, kThing, kPermits);
    QSemaphore plain(kPermits);
    uncontended.compare(
        "traced acquire + release / QSemaphore and two records",
        [&] {
            plain.acquire();
            Recorder::acquire(uncontended.task(), kThing, AccessMode::Permit);
            Recorder::release(uncontended.task(), kThing);
            plain.release();
        },
        [&] {
            if (traced.acquire(uncontended.context()))
                traced.release(uncontended.context());
        });
}

void compareReadWriteLock(Uncontended &uncontended)
{
    ReadWriteState state{};
    ReadWriteLock traced(state, kThing, ReadWritePolicy::PreferWriters); // Qt's prefers them, too
    QReadWriteLock plain;
    uncontended.compare(
        "traced read lock + unlock / QReadWriteLock",
        [&] {
            plain.lockForRead();
            Recorder::acquire(uncontended.task(), kThing, AccessMode::Shared);
            Recorder::release(uncontended.task(), kThing);
            plain.unlock();
        },
        [&] {
            if (traced.lockForRead(uncontended.context()))
                traced.unlockRead(uncontended.context());
        });
    uncontended.compare(
        "traced write lock + unlock / QReadWriteLock",
        [&] {
            plain.lockForWrite();
            Recorder::acquire(uncontended.task(), kThing);
            Recorder::release(uncontended.task(), kThing);
            plain.unlock();
        },
        [&] {
            if (traced.lockForWrite(uncontended.context()))
                traced.unlockWrite(uncontended.context());
        });
}

/// The bounded queue that a program would write, with the records of a Channel: each new depth, while
/// the lock is held, so that they are in order.
class PlainQueue
{
public:
    void push(TaskId task, std::uint32_t item)
    {
        {
            std::unique_lock lock(m_mutex);
            m_hasRoom.wait(lock, [this] { return m_items.size() < kRoom; });
            m_items.push_back(item);
            Recorder::counter(task, kThing, std::uint32_t(m_items.size()));
        }
        m_hasItem.notify_one();
    }
    std::uint32_t pop(TaskId task)
    {
        std::uint32_t item = 0;
        {
            std::unique_lock lock(m_mutex);
            m_hasItem.wait(lock, [this] { return !m_items.empty(); });
            item = m_items.front();
            m_items.pop_front();
            Recorder::counter(task, kThing, std::uint32_t(m_items.size()));
        }
        m_hasRoom.notify_one();
        return item;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_hasItem;
    std::condition_variable m_hasRoom;
    std::deque<std::uint32_t> m_items;
};

void compareChannel(Uncontended &uncontended)
{
    ChannelState<std::uint32_t, kRoom> state{};
    Channel<std::uint32_t, kRoom> traced(state, kThing, kRoom);
    PlainQueue plain;
    std::uint32_t items = 0; // taken out, so that they have to be
    uncontended.compare(
        "traced push + pop / mutex, condition, deque",
        [&] {
            plain.push(uncontended.task(), 1);
            items += plain.pop(uncontended.task());
        },
        [&] {
            if (traced.push(uncontended.context(), 1))
                items += traced.pop(uncontended.context()).value_or(0);
        });
}

/// In and out with nobody else about, against the plain primitive and the two records.
void benchUncontended(Report &report)
{
    auto made = SharedRings::create({2, 1u << 22, 1}, bestTickSource());
    if (!made) {
        report.skipped("uncontended locks", made.error().message);
        return;
    }
    Uncontended uncontended(report, made.value());
    compareMutex(uncontended);
    compareRecursiveMutex(uncontended);
    compareSemaphore(uncontended);
    compareReadWriteLock(uncontended);
    compareChannel(uncontended);
}

/// Waits twice: for its turn, and in a queue.
Task<TaskStatus> waitsTwice(AsyncLatch *latch, const TaskContext *context)
{
    bool going = co_await yield();
    if (going)
        going = co_await latch->wait(*context);
    const TaskStatus status = going ? TaskStatus::Finished : TaskStatus::Cancelled;
    co_return status;
}

double heapBytes()
{
    const struct mallinfo2 info = mallinfo2();
    return double(info.uordblks) + double(info.hblkhd);
}

/// When all the others wait: takes the measure and opens the way.
Task<TaskStatus> measures(AsyncLatch *latch, const TaskContext *context, double *bytes)
{
    for (int i = 0; i < 4; ++i)
        (void)co_await yield();
    *bytes = heapBytes();
    latch->countDown(*context);
    co_return TaskStatus::Finished;
}

/// A million tasks that wait at the same time.
void benchMillion(Report &report)
{
    RunSetup setup;
    const TaskContext context(setup, 0, 0, "task");
    AsyncLatch latch(kThing, 1);
    std::vector<Task<TaskStatus>> tasks;
    tasks.reserve(kTasks);
    const double before = heapBytes();
    for (std::size_t i = 0; i < kTasks; ++i)
        tasks.push_back(waitsTwice(&latch, &context));
    const double frames = heapBytes() - before;
    double atMost = 0;
    double wall = 0;
    {
        Executor executor;
        wall = timed([&] {
            for (Task<TaskStatus> &task : tasks)
                executor.spawn(std::move(task));
            executor.spawn(measures(&latch, &context, &atMost));
            executor.run();
        });
    }
    report.value("coroutine task, a million at once, beyond its frame",
                 (atMost - before - frames) / double(kTasks), "bytes", Bar::AtMost, 200);
    report.value("coroutine task, a million at once: two waits and its end", wall / double(kTasks),
                 "ns", Bar::AtMost, 1000);
}

Task<TaskStatus> gathers(AsyncLatch *latch, const TaskContext *context, double *before,
                         double *frames, double *atMost)
{
    std::vector<Task<TaskStatus>> tasks;
    tasks.reserve(kTasks);
    *before = heapBytes();
    for (std::size_t i = 0; i < kTasks; ++i)
        tasks.push_back(waitsTwice(latch, context));
    *frames = heapBytes() - *before;
    TaskGroup group;
    for (Task<TaskStatus> &task : tasks)
        group.start(std::move(task));
    group.start(measures(latch, context, atMost));
    co_await group.all();
    co_return TaskStatus::Finished;
}

void benchMillionInAGroup(Report &report)
{
    RunSetup setup;
    const TaskContext context(setup, 0, 0, "task");
    AsyncLatch latch(kThing, 1);
    double before = 0, frames = 0, atMost = 0;
    Executor executor;
    executor.spawn(gathers(&latch, &context, &before, &frames, &atMost));
    const double wall = timed([&] { executor.run(); });
    report.value("coroutine task, a million in a group, beyond its frame",
                 (atMost - before - frames) / double(kTasks), "bytes", Bar::AtMost, 200);
    report.value("coroutine task, a million in a group: made, two waits, end",
                 wall / double(kTasks), "ns", Bar::AtMost, 1500);
}

} // namespace

void benchSync(Report &report)
{
    benchUncontended(report);
    benchMillion(report);
    benchMillionInAGroup(report);
}

} // namespace Interleave::Bench
