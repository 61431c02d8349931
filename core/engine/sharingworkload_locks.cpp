// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/sharingworkload_p.h"
#include "core/engine/work/readerswriterstate.h"
#include "core/engine/workload.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

/// S21: readers who could all be inside together, and writers who have to be alone.
class ReadersWriter final : public Workload
{
public:
    explicit ReadersWriter(const EngineRun &run)
        : Workload(run)
        , m_plan(readersWriterPlan(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks(); }
    [[nodiscard]] std::string prefix() const override { return "reader"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int index) const override
    {
        return m_plan.isReader(index) ? "reader " + std::to_string(index + 1)
                                      : "writer " + std::to_string(index - m_plan.readers + 1);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<ReadersWriterState>();
    }
    [[nodiscard]] int workers() const override { return workersOr(taskCount()); }
    /// The lock of one that crashed would never come back.
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kBookObject, isMutex() ? ObjectKind::Lock : ObjectKind::ReadWriteLock,
                         "book");
    }
    void prepare() override
    {
        m_mutex.emplace(kBookObject);
        m_lock.emplace(kBookObject, m_plan.readWritePolicy());
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        const TimestampNs deadline = state().deadline(m_plan);
        bool going = !context->stopRequested();
        for (int time = 0; going && monotonicNow() < deadline; ++time) {
            going = co_await access(context, time);
            if (going && m_plan.pauseMs > 0)
                going = co_await sleepFor(m_plan.away(context->index(), time));
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    void finish(EngineRun &run) override;

private:
    [[nodiscard]] bool isMutex() const { return m_plan.policy == BookPolicy::Mutex; }
    [[nodiscard]] ReadersWriterState &state() const
    {
        return run().setup().board->object<ReadersWriterState>();
    }

    /// Reads or writes once, unless the time is over when its turn comes.
    /// \return false when stopped.
    Task<bool> access(TaskContext *context, int time)
    {
        const int index = context->index();
        const bool isReader = m_plan.isReader(index);
        const TimestampNs asked = monotonicNow();
        bool going = false;
        if (isMutex())
            going = co_await m_mutex->lock(*context);
        else if (isReader)
            going = co_await m_lock->lockForRead(*context);
        else
            going = co_await m_lock->lockForWrite(*context);
        if (!going)
            co_return false;
        const TimestampNs got = monotonicNow();
        state().noteWait(isReader, got - asked);
        if (got < state().deadline(m_plan)) {
            state().enter(isReader);
            going = co_await sleepFor(m_plan.inside(index, time));
            state().leave(isReader);
            if (going)
                state().noteAccess(index, m_plan.inside(index, time) + m_plan.away(index, time));
        }
        if (isMutex())
            m_mutex->unlock(*context);
        else
            m_lock->unlock(*context);
        co_return going;
    }

    const ReadersWriterPlan m_plan;
    std::optional<AsyncMutex> m_mutex;
    std::optional<AsyncReadWriteLock> m_lock;
};

/// The least of the sorted waits that 95 % of them do not exceed (nearest rank); 0 when there are
/// none.
DurationNs percentile95(const std::vector<DurationNs> &sorted)
{
    if (sorted.empty())
        return 0;
    return sorted[(sorted.size() * 95 + 99) / 100 - 1];
}

/// "reads", "writes"; waits for a turn in ms; "fairness": of the part that each task got of what it
/// would have done alone in the same time.
void ReadersWriter::finish(EngineRun &run)
{
    const ReadersWriterState &s = state();
    std::uint64_t reads = 0, writes = 0;
    std::vector<double> shares;
    for (int i = 0; i < taskCount(); ++i) {
        const auto place = std::size_t(i);
        (m_plan.isReader(i) ? reads : writes) += s.accesses[place].load(std::memory_order_relaxed);
        shares.push_back(double(s.demand[place].load(std::memory_order_relaxed))
                         / double(m_plan.duration));
    }
    const std::size_t kept = std::min<std::size_t>(
        s.writerWaitCount.load(std::memory_order_relaxed), ReadersWriterState::kMostWaits);
    std::vector<DurationNs> waits;
    waits.reserve(kept);
    for (std::size_t i = 0; i < kept; ++i)
        waits.push_back(s.writerWaits[i].load(std::memory_order_relaxed));
    std::sort(waits.begin(), waits.end());
    const std::uint32_t readerWaits = s.readerWaitCount.load(std::memory_order_relaxed);
    run.result("reads", qint64(reads));
    run.result("writes", qint64(writes));
    run.result("writer_wait_p95_ms", roundedMs(percentile95(waits)));
    run.result("writer_wait_max_ms", roundedMs(waits.empty() ? 0 : waits.back()));
    run.result("reader_wait_mean_ms",
               roundedMs(readerWaits == 0
                             ? 0
                             : s.readerWait.load(std::memory_order_relaxed) / readerWaits));
    run.result("fairness", std::round(jainFairness(shares) * 1000.0) / 1000.0);
    const std::uint32_t violations = s.violations.load(std::memory_order_relaxed);
    run.result("violations", qint64(violations));
    if (violations > 0)
        run.fail("a writer was not alone " + std::to_string(violations) + " times");
}

} // namespace

std::unique_ptr<Workload> makeReadersWriter(const EngineRun &run)
{
    return std::make_unique<ReadersWriter>(run);
}

} // namespace Interleave
