// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/workload.h"

#include "core/engine/enginerun.h"

#include <algorithm>

#include <sched.h>

namespace Interleave
{

namespace
{

constexpr int kMostWorkers = 1024; // as many as there are rings to record into

} // namespace

int coresOfThisRun()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return std::max(1, CPU_COUNT(&set));
}

Workload::Workload(const EngineRun &run)
    : m_run(run)
    , m_body(blockingBody(run.spec().slug))
{
}

Workload::~Workload() = default;

const WorkParameters &Workload::parameters() const
{
    return m_run.spec().parameters;
}

Model Workload::model() const
{
    return m_run.spec().model;
}

int Workload::taskCount() const
{
    return parameters().count("tasks", 2, 1, 100'000);
}

std::string Workload::taskName(int index) const
{
    return prefix() + ' ' + std::to_string(index + 1);
}

int Workload::workers() const
{
    return workersOr(coresOfThisRun());
}

int Workload::workersOr(int fallback) const
{
    const int asked = parameters().count("workers", 0, 0, kMostWorkers);
    return asked > 0 ? asked : std::clamp(fallback, 1, kMostWorkers);
}

DurationNs Workload::bodyTime(int) const
{
    return 0;
}

Task<TaskStatus> Workload::coroutine(TaskContext *context)
{
    const TaskStatus status = m_body(*context);
    co_return status;
}

Task<TaskTally> Workload::mainCoroutine(TaskContext *, std::deque<TaskContext> *)
{
    return Task<TaskTally>();
}

std::unique_ptr<Workload> makeWorkload(std::string_view slug, const EngineRun &run)
{
    using Make = std::unique_ptr<Workload> (*)(std::string_view, const EngineRun &);
    constexpr Make kFamilies[] = {
        makeSleeperWorkload,   makeCpuWorkload,      makeOrderingWorkload, makeSaturationWorkload,
        makeSpawnCostWorkload, makeSharingWorkload,  makeHazardWorkload,   makeNetworkWorkload,
        makeScalingWorkload,   makeDatabaseWorkload, makeFlowWorkload,     makeWaitingWorkload,
        makeFaultWorkload,
    };
    for (const Make make : kFamilies) {
        if (auto workload = make(slug, run))
            return workload;
    }
    return nullptr;
}

} // namespace Interleave
