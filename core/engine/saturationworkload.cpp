// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/models.h"
#include "core/engine/work/workplan.h"
#include "core/engine/workload.h"

#include <QJsonArray>
#include <QString>

#include <cmath>
#include <memory>
#include <string>

namespace Interleave
{

namespace
{

/// S24: more jobs than workers.
class PoolSaturation final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("jobs", 40, 1, 1'000'000);
    }
    [[nodiscard]] std::string prefix() const override { return "job"; }
    [[nodiscard]] int workers() const override { return workersOr(2); }
    [[nodiscard]] int mostProcesses() const override { return workers(); }
    [[nodiscard]] bool hasPriorities() const override
    {
        return model() == Model::Pool && !usesDrivers(run()) && order() != "submitted";
    }
    [[nodiscard]] int priority(int index) const override
    {
        const int size = poolJobSize(parameters(), index, taskCount());
        return order() == "short-first" ? 100 - size : size;
    }
    /// One for the time of each job; in one process nobody needs to be told.
    [[nodiscard]] std::size_t boardCells() const override
    {
        return model() == Model::Processes ? std::size_t(taskCount()) : 0;
    }
    [[nodiscard]] DurationNs bodyTime(int index) const override
    {
        return DurationNs(run().setup().board->cell(std::size_t(index)).load());
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        const MixedRound job = poolJob(parameters(), context->index(), taskCount());
        bool going = context->burn(job.burnMs);
        if (going && job.sleep > 0)
            going = co_await sleepFor(job.sleep);
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    /// "busy_ms": time in jobs, waits included, by worker; of children without what it costs to have
    /// them. "dispatch": how the pool got its jobs.
    void finish(EngineRun &run) override
    {
        QJsonArray busy;
        for (const auto &[worker, duration] : run.busy()) {
            if (busy.size() < 128)
                busy.append(std::round(double(duration) / double(kMicrosecond)) / 1000.0);
        }
        run.result("busy_ms", busy);
        if (model() == Model::Pool)
            run.result("dispatch",
                       usesDrivers(run) ? QStringLiteral("drivers") : QStringLiteral("jobs"));
    }

private:
    /// In which the pool's queue is worked off.
    [[nodiscard]] std::string order() const { return parameters().text("order", "submitted"); }
};

} // namespace

std::unique_ptr<Workload> makeSaturationWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "pool-saturation")
        return std::make_unique<PoolSaturation>(run);
    return nullptr;
}

} // namespace Interleave
