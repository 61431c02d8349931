// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/async/asyncsync.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/hazardworkload.h"
#include "core/engine/work/lockcoststate.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// A file without a name that the children inherit: whatever happens, nothing of it stays behind.
UniqueFd makeLockFile()
{
    const char *const folder = std::getenv("TMPDIR");
    std::string path = std::string(folder && *folder ? folder : "/tmp") + "/interleave-lock-XXXXXX";
    UniqueFd file(mkostemp(path.data(), O_CLOEXEC));
    if (!file.isOpen())
        throw std::runtime_error("the lock file " + path
                                 + " cannot be made: " + std::strerror(errno));
    unlink(path.c_str());
    fcntl(file.get(), F_SETFD, 0); // on purpose: the worker processes open it anew by its number
    return file;
}

/// S17: additions to one counter under the right lock, under the wrong one, and under none.
class LockCost final : public Workload
{
public:
    explicit LockCost(const EngineRun &run)
        : Workload(run)
        , m_plan(LockCostPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 2, 2, int(LockCostState::kMostTasks));
    }
    [[nodiscard]] std::string prefix() const override { return "adder"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<LockCostState>();
    }
    [[nodiscard]] int workers() const override { return taskCount(); } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        const bool isTwo = m_plan.mode == LockCostPlan::Mode::TwoLocks;
        if (m_plan.locks())
            run.defineObject(LockCostState::kLock, ObjectKind::Lock, isTwo ? "lock A" : "lock");
        if (isTwo)
            run.defineObject(LockCostState::kLock + 1, ObjectKind::Lock, "lock B");
        run.defineObject(LockCostState::kCounter, ObjectKind::Counter, "counter",
                         m_plan.iterations * std::uint32_t(taskCount()));
        if (model() != Model::Sequential && model() != Model::Coroutines)
            run.defineObject(LockCostState::kStart, ObjectKind::Barrier, "start",
                             std::uint32_t(taskCount()));
    }

    void prepare() override
    {
        const int together = model() == Model::Sequential ? 1 : taskCount();
        state().participants.store(std::uint32_t(together), std::memory_order_release);
        if (!usesFiles())
            return;
        for (std::size_t i = 0; i < m_files.size(); ++i) {
            m_files[i] = makeLockFile();
            state().lockFiles[i].store(std::uint32_t(m_files[i].get()) + 1,
                                       std::memory_order_release);
        }
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        LockCostState &shared = state();
        const auto index = std::size_t(context->index());
        AsyncMutex &lock = m_locks[m_plan.lockOf(context->index())];
        const bool isCoarse = m_plan.mode == LockCostPlan::Mode::Chunked;
        std::uint64_t done = 0;
        std::uint64_t timesLocked = 0;
        bool going = !context->stopRequested();
        while (going && done < m_plan.iterations) {
            if (m_plan.locks())
                going = co_await lock.lock(*context);
            if (!going)
                break;
            timesLocked += m_plan.locks() ? 1 : 0;
            for (std::uint32_t i = 0; going && i < m_plan.chunk && done < m_plan.iterations; ++i) {
                const std::uint64_t read = shared.counter.load(std::memory_order_relaxed);
                going = context->burn(m_plan.holdMs);
                if (going && m_plan.awaitBetween)
                    going = co_await yield();
                if (!going)
                    break;
                write(*context, read + 1, ++done);
                if (isCoarse)
                    going = context->burn(m_plan.workMs);
            }
            if (m_plan.locks())
                lock.unlock(*context);
            if (going && !isCoarse)
                going = context->burn(m_plan.workMs);
            if (going)
                going = co_await yield();
        }
        shared.timesLocked[index].store(timesLocked, std::memory_order_relaxed);
        shared.done[index].store(done, std::memory_order_relaxed);
        const TaskStatus status = context->outcome(done == m_plan.iterations);
        co_return status;
    }

    /// "expected": additions made; "value": where the counter stands; "lost"; "times_locked".
    void finish(EngineRun &run) override
    {
        std::uint64_t expected = 0;
        std::uint64_t timesLocked = 0;
        for (std::size_t i = 0; i < std::size_t(taskCount()); ++i) {
            expected += state().done[i].load(std::memory_order_acquire);
            timesLocked += state().timesLocked[i].load(std::memory_order_acquire);
        }
        const std::uint64_t value = state().counter.load(std::memory_order_acquire);
        run.result("expected", qint64(expected));
        run.result("value", qint64(value));
        run.result("lost", qint64(expected) - qint64(value));
        run.result("times_locked", qint64(timesLocked));
    }

private:
    [[nodiscard]] LockCostState &state() const
    {
        return run().setup().board->object<LockCostState>();
    }
    [[nodiscard]] bool usesFiles() const
    {
        return model() == Model::Processes && m_plan.locks()
            && parameters().text("processes_use", "shared-memory") == "file-lock";
    }
    void write(const TaskContext &context, std::uint64_t value, std::uint64_t done) const
    {
        state().counter.store(value, std::memory_order_relaxed);
        if (done % m_plan.sampleEvery == 0 || done == m_plan.iterations)
            Recorder::counter(context.id(), LockCostState::kCounter, std::uint32_t(value));
    }

    LockCostPlan m_plan;
    std::array<AsyncMutex, 2> m_locks{AsyncMutex(LockCostState::kLock),
                                      AsyncMutex(LockCostState::kLock + 1)};
    std::array<UniqueFd, 2> m_files;
};

} // namespace

std::unique_ptr<Workload> makeLockCost(const EngineRun &run)
{
    return std::make_unique<LockCost>(run);
}

} // namespace Interleave
