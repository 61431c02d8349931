// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/hazardworkload.h"

#include "core/engine/async/asyncsync.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/work/lostupdatestate.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QJsonArray>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

#include <pthread.h>

namespace Interleave
{

namespace
{

/// S16: all tasks add 1 to one counter, many times.
class LostUpdate final : public Workload
{
public:
    explicit LostUpdate(const EngineRun &run)
        : Workload(run)
        , m_plan(LostUpdatePlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 2, 2, int(LostUpdateState::kMostTasks));
    }
    [[nodiscard]] std::string prefix() const override { return "adder"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<LostUpdateState>();
    }
    [[nodiscard]] int workers() const override { return taskCount(); } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        const auto each = std::uint32_t(m_plan.increments);
        for (int i = 0; isSeparate() && i < taskCount(); ++i)
            run.defineObject(LostUpdateState::kCounter + ObjectId(i), ObjectKind::Counter,
                             "counter of " + taskName(i), each);
        if (!isSeparate())
            run.defineObject(LostUpdateState::kCounter, ObjectKind::Counter, "counter",
                             each * std::uint32_t(taskCount()));
        if (model() == Model::Coroutines) {
            if (m_plan.mode == AddMode::Lock)
                run.defineObject(LostUpdateState::kLock, ObjectKind::Lock, "lock");
        } else if (model() != Model::Sequential) {
            run.defineObject(LostUpdateState::kStart, ObjectKind::Barrier, "start",
                             std::uint32_t(taskCount()));
        }
    }

    void prepare() override
    {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        const bool isMade = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0
            && pthread_mutex_init(&state().mutex, &attributes) == 0;
        pthread_mutexattr_destroy(&attributes);
        if (!isMade)
            throw std::runtime_error("the system gives no lock for use between processes");
        const int together = model() == Model::Sequential ? 1 : taskCount();
        state().participants.store(std::uint32_t(together), std::memory_order_release);
        state().isSeparate.store(isSeparate() ? 1 : 0, std::memory_order_release);
    }

    /// Other coroutines come in only where this one suspends: after each chunk, and with
    /// "await_between" in the middle of an addition.
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        LostUpdateState &shared = state();
        const bool locks = m_plan.mode == AddMode::Lock;
        const AddMode mode = locks ? AddMode::Plain : m_plan.mode;
        std::uint64_t done = 0;
        bool going = !context->stopRequested();
        while (going && done < m_plan.increments) {
            if (locks)
                going = co_await m_lock.lock(*context);
            if (!going)
                break;
            const std::uint64_t now = std::min(m_plan.chunk, m_plan.increments - done);
            const std::uint64_t split = m_plan.awaitBetween && mode == AddMode::Plain ? 1 : 0;
            addOnes(shared.counter, shared.mutex, mode, now - split);
            done += now - split;
            if (split != 0) {
                const std::uint64_t read = shared.counter.load(std::memory_order_relaxed);
                going = co_await yield();
                shared.counter.store(read + 1, std::memory_order_relaxed);
                ++done;
            }
            Recorder::counter(context->id(), LostUpdateState::kCounter,
                              std::uint32_t(shared.counter.load(std::memory_order_relaxed)));
            if (locks)
                m_lock.unlock(*context);
            if (going)
                going = co_await yield();
        }
        shared.done[std::size_t(context->index())].store(done, std::memory_order_relaxed);
        const TaskStatus status = context->outcome(done == m_plan.increments);
        co_return status;
    }

    /// "expected": additions made; "value": where the counter stands, or all separate ones
    /// together; "lost"; "separate"; "values": the separate counters.
    void finish(EngineRun &run) override
    {
        std::uint64_t expected = 0;
        std::uint64_t value = state().counter.load(std::memory_order_acquire);
        QJsonArray values;
        for (int i = 0; i < taskCount(); ++i) {
            expected += state().done[std::size_t(i)].load(std::memory_order_acquire);
            const std::uint64_t own = state().own[std::size_t(i)].load(std::memory_order_acquire);
            value += own;
            if (isSeparate())
                values.append(qint64(own));
        }
        run.result("expected", qint64(expected));
        run.result("value", qint64(value));
        run.result("lost", qint64(expected) - qint64(value));
        run.result("separate", isSeparate());
        if (isSeparate())
            run.result("values", values);
    }

private:
    [[nodiscard]] LostUpdateState &state() const
    {
        return run().setup().board->object<LostUpdateState>();
    }
    /// Processes share nothing unless they are told to.
    [[nodiscard]] bool isSeparate() const
    {
        return model() == Model::Processes && !parameters().boolean("shared_memory", false);
    }

    LostUpdatePlan m_plan;
    AsyncMutex m_lock{LostUpdateState::kLock};
};

} // namespace

std::unique_ptr<Workload> makeLostUpdate(const EngineRun &run)
{
    return std::make_unique<LostUpdate>(run);
}

std::unique_ptr<Workload> makeHazardWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "lost-update")
        return makeLostUpdate(run);
    if (slug == "lock-cost")
        return makeLockCost(run);
    if (slug == "deadlock")
        return makeDeadlock(run);
    if (slug == "shared-or-not")
        return makeSharedOrNot(run);
    return nullptr;
}

} // namespace Interleave
