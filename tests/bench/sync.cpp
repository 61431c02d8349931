// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/engine/async/asyncsync.h"
#include "core/engine/async/taskgroup.h"
#include "core/engine/executor.h"
#include "core/engine/sync/mutex.h"
#include "core/record/recorder.h"
#include "livereader.h"

#include <QMutex>

#include <cstddef>
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

/// Lock and unlock with nobody else about, against Qt's lock and the two records.
void benchUncontended(Report &report)
{
    auto made = SharedRings::create({2, 1u << 22, 1}, bestTickSource());
    if (!made) {
        report.skipped("uncontended lock", made.error().message);
        return;
    }
    const SharedRings &rings = made.value();
    RunSetup setup;
    setup.rings = &rings;
    const TaskContext context(setup, 1, 0, "task");
    MutexState state{};
    Mutex traced(state, kThing);
    QMutex plain;
    const auto plainAndRecords = [&] {
        return nsPerCall([&] {
            plain.lock();
            Recorder::acquire(context.id(), kThing);
            Recorder::release(context.id(), kThing);
            plain.unlock();
        });
    };
    const auto tracedLock = [&] {
        return nsPerCall([&] {
            if (traced.lock(context))
                traced.unlock(context);
        });
    };

    const LiveReader reader(rings);
    Recorder::install(&rings);
    Recorder::attachThread();
    for (int i = 0; i < 5; ++i)
        tracedLock(); // the ring's pages are there from now on
    const Pair pair = alternate(15, plainAndRecords, tracedLock);
    const std::uint64_t dropped = rings.ring(0).dropped.load();
    Recorder::uninstall();
    report.ratio("traced lock + unlock / QMutex and two records", pair.first * pair.ratio,
                 pair.first, "ns", Bar::AtMost, 1.5, std::to_string(dropped) + " events dropped");
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
