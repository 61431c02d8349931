// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/scalingworkload_p.h"
#include "core/engine/sync/globallock.h"
#include "core/engine/work/falsesharingstate.h"
#include "core/engine/workload.h"

#include <cmath>
#include <cstddef>
#include <memory>
#include <string>

namespace Interleave
{

namespace
{

/// S08: the work of S06, with and without a lock that lets one thread at a time compute.
class UnderGlobalLock final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] std::string prefix() const override { return "worker"; }

    /// "hand_overs": how often the lock went from one task to another; "switch_interval_ms".
    void finish(EngineRun &run) override
    {
        const GlobalLock *const lock = run.setup().globalLock;
        if (!lock)
            return;
        const auto switches = qint64(lock->switches()); // the first one had it from nobody
        run.result("hand_overs", switches > 0 ? switches - 1 : 0);
        run.result("switch_interval_ms", double(lock->interval()) / double(kMillisecond));
    }
};

/// S25: each task counts in memory of its own, which is or is not on a cache line with that of
/// others.
class FalseSharing final : public Workload
{
public:
    explicit FalseSharing(const EngineRun &run)
        : Workload(run)
        , m_plan(FalseSharingPlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.tasks; }
    [[nodiscard]] std::string prefix() const override { return "counter"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<FalseSharingState>();
    }
    [[nodiscard]] int workers() const override { return m_plan.tasks; } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        if (meetsAtStart())
            run.defineObject(FalseSharingState::kStart, ObjectKind::Barrier, "start",
                             std::uint32_t(m_plan.tasks));
    }
    void prepare() override
    {
        state().participants.store(meetsAtStart() ? std::uint32_t(m_plan.tasks) : 1,
                                   std::memory_order_release);
    }

    /// "ns_per_increment": CPU time, mean over the tasks; "distance_bytes": from counter to
    /// counter.
    void finish(EngineRun &run) override
    {
        run.result("distance_bytes", qint64(m_plan.distance));
        double total = 0;
        int done = 0;
        for (int i = 0; i < m_plan.tasks; ++i) {
            const auto took = state().cpuNs[std::size_t(i)].load(std::memory_order_acquire);
            total += double(took);
            done += took > 0 ? 1 : 0;
        }
        if (done == 0)
            return;
        const double each = total / done / double(m_plan.increments);
        run.result("ns_per_increment", std::round(each * 1000.0) / 1000.0);
    }

private:
    /// On one thread they run one after another, and would wait at the start for ever.
    [[nodiscard]] bool meetsAtStart() const
    {
        return model() != Model::Sequential && model() != Model::Coroutines;
    }
    [[nodiscard]] FalseSharingState &state() const
    {
        return run().setup().board->object<FalseSharingState>();
    }

    const FalseSharingPlan m_plan;
};

} // namespace

std::unique_ptr<Workload> makeScalingWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "global-lock")
        return std::make_unique<UnderGlobalLock>(run);
    if (slug == "false-sharing")
        return std::make_unique<FalseSharing>(run);
    if (slug == "nice-levels")
        return makeNiceLevels(run);
    if (slug == "amdahl")
        return makeAmdahl(run);
    return nullptr;
}

} // namespace Interleave
