// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workplan.h"

#include "core/engine/work/bodies.h"

#include <algorithm>

namespace Interleave
{

SleeperPlan sleeperPlan(const WorkParameters &parameters, int defaultIterations,
                        int defaultPeriodMs)
{
    const double periodMs = std::clamp(parameters.real("period_ms", defaultPeriodMs), 0.0, 1e6);
    return {parameters.count("iterations", defaultIterations, 0, 100'000),
            DurationNs(periodMs * double(kMillisecond))};
}

std::vector<MixedRound> mixedRounds(const WorkParameters &parameters)
{
    const double share = std::clamp(parameters.real("cpu_share", 50), 0.0, 100.0) / 100.0;
    const double period = std::clamp(parameters.real("period_ms", 20), 0.1, 1e5);
    const double total = std::clamp(parameters.real("total_ms", 400), 0.0, 1e5);
    std::vector<MixedRound> rounds;
    const std::size_t count = std::size_t((total - 1e-6 * period) / period + 1.0);
    for (std::size_t i = 0; i < count && total > 0; ++i) {
        const double length = std::min(period, total - double(i) * period);
        const double burn = length * share;
        rounds.push_back({burn, DurationNs((length - burn) * double(kMillisecond))});
    }
    return rounds;
}

MixedRound poolJob(const WorkParameters &parameters, int index, int jobs)
{
    const double least = std::clamp(parameters.real("job_ms_min", 2), 0.0, 1e5);
    const double most = std::max(least, std::clamp(parameters.real("job_ms_max", 20), 0.0, 1e5));
    const double blocking = std::clamp(parameters.real("blocking_share", 0), 0.0, 100.0) / 100.0;
    const auto seed = std::uint64_t(parameters.integer("seed", 1));
    const double place = double(index + 1) / double(std::max(jobs, 1)); // (0, 1]
    const double variation = 0.5 + 0.5 * mixedFraction(seed, std::uint64_t(index));
    const double length = least + (most - least) * place * place * variation;
    const bool waits = mixedFraction(seed, std::uint64_t(index), 1) < blocking;
    if (waits)
        return {0, DurationNs(length * double(kMillisecond))};
    return {length, 0};
}

} // namespace Interleave
