// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/readerswriterstate.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>
#include <string>

namespace Interleave
{

namespace
{

DurationNs varied(double meanMs, std::uint64_t seed, int index, int time, std::uint64_t what)
{
    const double part =
        mixedFraction(seed, std::uint64_t(index), std::uint64_t(time), what); // [0, 1)
    return DurationNs(meanMs * (0.5 + part) * double(kMillisecond));
}

BookPolicy policyNamed(const std::string &word)
{
    if (word == "mutex")
        return BookPolicy::Mutex;
    return word == "prefer-writers" ? BookPolicy::PreferWriters : BookPolicy::PreferReaders;
}

/// The one lock of the run, whatever it is, as one task uses it.
class BookLock
{
public:
    BookLock(ReadersWriterState &state, const ReadersWriterPlan &plan, bool isReader)
        : m_isMutex(plan.policy == BookPolicy::Mutex)
        , m_isReader(isReader)
        , m_mutex(state.mutex, kBookObject)
        , m_lock(state.lock, kBookObject, plan.readWritePolicy())
    {
    }
    [[nodiscard]] bool lock(const TaskContext &context)
    {
        if (m_isMutex)
            return m_mutex.lock(context);
        return m_isReader ? m_lock.lockForRead(context) : m_lock.lockForWrite(context);
    }
    void unlock(const TaskContext &context)
    {
        if (m_isMutex)
            m_mutex.unlock(context);
        else if (m_isReader)
            m_lock.unlockRead(context);
        else
            m_lock.unlockWrite(context);
    }

private:
    bool m_isMutex;
    bool m_isReader;
    Mutex m_mutex;
    ReadWriteLock m_lock;
};

/// Reads or writes once, unless the time is over when its turn comes. \return false when stopped.
bool access(TaskContext &context, const ReadersWriterPlan &plan, ReadersWriterState &state,
            BookLock &lock, int time)
{
    const bool isReader = plan.isReader(context.index());
    const TimestampNs asked = monotonicNow();
    if (!lock.lock(context))
        return false;
    const TimestampNs got = monotonicNow();
    state.noteWait(isReader, got - asked);
    bool going = true;
    if (got < state.deadline(plan)) {
        state.enter(isReader);
        going = context.sleepFor(plan.inside(context.index(), time));
        state.leave(isReader);
        if (going)
            state.noteAccess(context.index(),
                             plan.inside(context.index(), time) + plan.away(context.index(), time));
    }
    lock.unlock(context);
    return going;
}

} // namespace

DurationNs ReadersWriterPlan::inside(int index, int time) const
{
    return varied(isReader(index) ? readMs : writeMs, seed, index, time, 0);
}

DurationNs ReadersWriterPlan::away(int index, int time) const
{
    return varied(pauseMs, seed, index, time, 1);
}

ReadersWriterPlan readersWriterPlan(const WorkParameters &parameters)
{
    ReadersWriterPlan plan;
    plan.readers = parameters.count("readers", 6, 1, ReadersWriterPlan::kMostTasks / 2);
    plan.writers = parameters.count("writers", 1, 1, ReadersWriterPlan::kMostTasks / 2);
    plan.readMs = std::clamp(parameters.real("read_ms", 30), 0.1, 1e5);
    plan.writeMs = std::clamp(parameters.real("write_ms", 60), 0.1, 1e5);
    plan.pauseMs = std::clamp(parameters.real("pause_ms", 3), 0.0, 1e5);
    plan.duration = DurationNs(std::clamp(parameters.real("duration_ms", 2000), 1.0, 6e4)
                               * double(kMillisecond));
    plan.policy = policyNamed(parameters.text("policy", "prefer-readers"));
    plan.seed = std::uint64_t(parameters.integer("seed", 1));
    return plan;
}

TimestampNs ReadersWriterState::deadline(const ReadersWriterPlan &plan)
{
    TimestampNs first = begun.load(std::memory_order_acquire);
    if (first == 0) {
        const TimestampNs now = monotonicNow();
        if (begun.compare_exchange_strong(first, now, std::memory_order_acq_rel))
            first = now;
    }
    return first + plan.duration;
}

void ReadersWriterState::enter(bool isReader)
{
    auto &mine = isReader ? readersInside : writersInside;
    // Sequentially consistent, as two who come at once must not both miss the other.
    const bool isFirst = mine.fetch_add(1, std::memory_order_seq_cst) == 0;
    const bool meetsWriter =
        isReader ? writersInside.load(std::memory_order_seq_cst) != 0 : !isFirst;
    const bool meetsReader = !isReader && readersInside.load(std::memory_order_seq_cst) != 0;
    if (meetsWriter || meetsReader)
        violations.fetch_add(1, std::memory_order_relaxed);
}

void ReadersWriterState::leave(bool isReader)
{
    (isReader ? readersInside : writersInside).fetch_sub(1, std::memory_order_seq_cst);
}

void ReadersWriterState::noteWait(bool isReader, DurationNs wait)
{
    if (isReader) {
        readerWait.fetch_add(wait, std::memory_order_relaxed);
        readerWaitCount.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const std::uint32_t place = writerWaitCount.fetch_add(1, std::memory_order_relaxed);
    if (place < kMostWaits)
        writerWaits[place].store(wait, std::memory_order_relaxed);
}

void ReadersWriterState::noteAccess(int index, DurationNs alone)
{
    accesses[std::size_t(index)].fetch_add(1, std::memory_order_relaxed);
    demand[std::size_t(index)].fetch_add(alone, std::memory_order_relaxed);
}

TaskStatus readersWriterBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set readers-writer needs shared memory, and none was given");
    auto &state = setup.board->object<ReadersWriterState>();
    const ReadersWriterPlan plan = readersWriterPlan(setup.parameters);
    BookLock lock(state, plan, plan.isReader(context.index()));
    const TimestampNs deadline = state.deadline(plan);
    bool going = !context.stopRequested();
    for (int time = 0; going && monotonicNow() < deadline; ++time) {
        going = access(context, plan, state, lock, time);
        if (going && plan.pauseMs > 0)
            going = context.sleepFor(plan.away(context.index(), time));
    }
    return context.outcome(going);
}

} // namespace Interleave
