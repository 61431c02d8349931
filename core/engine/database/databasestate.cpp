// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/databasestate.h"

#include "core/engine/work/bodies.h"
#include "core/engine/work/requestplan.h"

#include <algorithm>
#include <vector>

namespace Interleave
{

DatabasePlan databasePlan(const WorkParameters &parameters)
{
    DatabasePlan plan;
    plan.queries = parameters.count("queries", 30, 1, 500);
    plan.poolMax = parameters.count("pool_max", 5, 1, 50);
    plan.queryMs = std::clamp(parameters.real("query_ms", 40), 0.0, 1000.0);
    plan.hold =
        DurationNs(std::clamp(parameters.real("hold_ms", 0), 0.0, 1000.0) * double(kMillisecond));
    plan.leaks = parameters.boolean("leak", false);
    plan.seed = std::uint64_t(parameters.integer("seed", 1));
    return plan;
}

DurationNs DatabasePlan::wait(int query) const
{
    const double share = 0.5 + mixedFraction(seed, std::uint64_t(query));
    return DurationNs(queryMs * share * 1000.0) * kMicrosecond;
}

DurationNs DatabasePlan::total() const
{
    DurationNs sum = 0;
    for (int query = 0; query < queries; ++query)
        sum += wait(query) + hold;
    return sum;
}

DurationNs DatabasePlan::ideal(int places) const
{
    std::vector<PlannedRequest> requests(std::size_t(queries), PlannedRequest{});
    for (int query = 0; query < queries; ++query)
        requests[std::size_t(query)].latency = wait(query) + hold;
    return idealWall(requests, places);
}

DurationNs DatabasePlan::idealOfBatches(int batches) const
{
    DurationNs longest = 0;
    for (int batch = 0; batch < batches; ++batch) {
        DurationNs sum = 0;
        for (int query = batch; query < queries; query += batches)
            sum += wait(query) + hold;
        longest = std::max(longest, sum);
    }
    return longest;
}

void DatabaseState::enter(DurationNs waited)
{
    waitedNs.fetch_add(std::uint64_t(waited), std::memory_order_relaxed);
    const std::uint32_t now = inUse.fetch_add(1, std::memory_order_acq_rel) + 1;
    std::uint32_t most = mostInUse.load(std::memory_order_relaxed);
    while (most < now && !mostInUse.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
    }
}

void DatabaseState::leave(DurationNs held)
{
    heldNs.fetch_add(std::uint64_t(held), std::memory_order_relaxed);
    inUse.fetch_sub(1, std::memory_order_acq_rel);
}

} // namespace Interleave
