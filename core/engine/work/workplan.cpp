// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workplan.h"

#include "core/engine/work/bodies.h"

#include <algorithm>
#include <numeric>

namespace Interleave
{

namespace
{

/// The longest that a job of the pool set may be.
double longestPoolJob(const WorkParameters &parameters, double shortest)
{
    return std::max(shortest, std::clamp(parameters.real("job_ms_max", 20), 0.0, 1e5));
}

double shortestPoolJob(const WorkParameters &parameters)
{
    return std::clamp(parameters.real("job_ms_min", 2), 0.0, 1e5);
}

/// Which job of all, from the lightest to the heaviest, comes in as the `index`-th.
int weightOf(const WorkParameters &parameters, std::uint64_t seed, int index, int jobs)
{
    if (jobs < 2 || parameters.text("scheduling", "single") != "single")
        return index;
    // Steps of the golden section mix light and heavy ones evenly; without a common divisor they come
    // to every one of them.
    int step = std::max(1, int(double(jobs) * 0.618));
    while (std::gcd(step, jobs) != 1)
        ++step;
    const auto all = std::uint64_t(jobs);
    return int((mixed(seed, 0, 2) % all + std::uint64_t(index) * std::uint64_t(step)) % all);
}

} // namespace

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

double spinnerMs(const WorkParameters &parameters, int tasks)
{
    if (parameters.text("fixed", "in-all") == "per-task")
        return std::clamp(parameters.real("each_ms", 200), 0.0, 1e5);
    return std::clamp(parameters.real("total_ms", 2000), 0.0, 1e6) / std::max(tasks, 1);
}

MixedRound poolJob(const WorkParameters &parameters, int index, int jobs)
{
    const double least = shortestPoolJob(parameters);
    const double most = longestPoolJob(parameters, least);
    const double blocking = std::clamp(parameters.real("blocking_share", 0), 0.0, 100.0) / 100.0;
    const auto seed = std::uint64_t(parameters.integer("seed", 1));
    const int weight = weightOf(parameters, seed, index, jobs);
    const double place = double(weight + 1) / double(std::max(jobs, 1)); // (0, 1]
    const double variation = 0.5 + 0.5 * mixedFraction(seed, std::uint64_t(weight));
    const double length = least + (most - least) * place * place * variation;
    const bool waits = mixedFraction(seed, std::uint64_t(weight), 1) < blocking;
    if (waits)
        return {0, DurationNs(length * double(kMillisecond))};
    return {length, 0};
}

int poolJobSize(const WorkParameters &parameters, int index, int jobs)
{
    const MixedRound job = poolJob(parameters, index, jobs);
    const double length = job.burnMs + double(job.sleep) / double(kMillisecond);
    const double most = longestPoolJob(parameters, shortestPoolJob(parameters));
    return most > 0 ? std::clamp(int(100.0 * length / most), 0, 100) : 0;
}

} // namespace Interleave
