// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/asyncbarrier.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/sharingworkload_p.h"
#include "core/engine/work/stragglerstate.h"
#include "core/engine/workload.h"

#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace Interleave
{

namespace
{

/// S23: work in phases, with a barrier after each; the last task has more to do than the others.
class Straggler final : public Workload
{
public:
    explicit Straggler(const EngineRun &run)
        : Workload(run)
        , m_plan(stragglerPlan(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks; }
    [[nodiscard]] std::string prefix() const override { return "worker"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int index) const override
    {
        return m_plan.isStraggler(index) && m_plan.factor > 1 ? "straggler"
                                                              : Workload::taskName(index);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<StragglerState>();
    }
    [[nodiscard]] int workers() const override { return m_plan.tasks; } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kPhaseEndObject, ObjectKind::Barrier, "end of the phase",
                         std::uint32_t(m_plan.tasks));
    }
    void prepare() override { m_phaseEnd.emplace(std::size_t(m_plan.tasks), kPhaseEndObject); }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        bool going = !context->stopRequested();
        for (int phase = 0; going && phase < m_plan.phases; ++phase) {
            going = context->burn(m_plan.workOf(context->index()));
            if (going)
                going = co_await m_phaseEnd->arrive();
            if (going && m_plan.isStraggler(context->index()))
                state().phasesPassed.fetch_add(1, std::memory_order_relaxed);
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    void finish(EngineRun &run) override
    {
        run.result("phases", int(state().phasesPassed.load(std::memory_order_relaxed)));
    }

private:
    [[nodiscard]] StragglerState &state() const
    {
        return run().setup().board->object<StragglerState>();
    }

    const StragglerPlan m_plan;
    std::optional<AsyncBarrier> m_phaseEnd;
};

} // namespace

double jainFairness(const std::vector<double> &shares)
{
    double sum = 0, squares = 0;
    for (const double share : shares) {
        sum += share;
        squares += share * share;
    }
    return squares > 0 ? sum * sum / (double(shares.size()) * squares) : 0;
}

double roundedMs(DurationNs duration)
{
    return std::round(double(duration) / double(kMicrosecond)) / 1000.0;
}

std::unique_ptr<Workload> makeSharingWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "permits")
        return makePermits(run);
    if (slug == "producer-consumer")
        return makeProducerConsumer(run);
    if (slug == "readers-writer")
        return makeReadersWriter(run);
    if (slug == "philosophers")
        return makePhilosophers(run);
    if (slug == "straggler")
        return std::make_unique<Straggler>(run);
    return nullptr;
}

} // namespace Interleave
