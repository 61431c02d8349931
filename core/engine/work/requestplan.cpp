// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/requestplan.h"

#include "core/engine/work/bodies.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <queue>

namespace Interleave
{

namespace
{

constexpr double kLongestMs = 60'000; // the server's own limit

/// The third number for mixed(): what is drawn for a request.
enum Draw : std::uint64_t { kLatency = 1, kRefusal = 2 };

bool isRefused(const WorkParameters &parameters, std::uint64_t seed, std::uint64_t index)
{
    const double share = std::clamp(parameters.real("fail_percent", 0), 0.0, 100.0) / 100.0;
    return mixedFraction(seed, index, kRefusal) < share;
}

PlannedRequest between(const WorkParameters &parameters, double leastMs, double mostMs, int index)
{
    const auto seed = std::uint64_t(parameters.integer("seed", 1));
    const auto number = std::uint64_t(index);
    const double ms = leastMs + (mostMs - leastMs) * mixedFraction(seed, number, kLatency);
    PlannedRequest request;
    // Whole microseconds: what the request says is what is meant.
    request.latency = DurationNs(std::clamp(ms, 0.0, kLongestMs) * 1000.0) * kMicrosecond;
    request.isRefused = isRefused(parameters, seed, number);
    request.bodyBytes = parameters.count("body_bytes", 256, 0, 1 << 20);
    return request;
}

} // namespace

PlannedRequest plannedRequest(const WorkParameters &parameters, int index)
{
    const double latency = std::clamp(parameters.real("latency_ms", 100), 0.0, kLongestMs);
    const double jitter = std::clamp(parameters.real("jitter", 20), 0.0, 100.0) / 100.0;
    return between(parameters, latency * (1 - jitter), latency * (1 + jitter), index);
}

PlannedRequest plannedUrl(const WorkParameters &parameters, int index)
{
    const double least = std::clamp(parameters.real("latency_min_ms", 50), 0.0, kLongestMs);
    const double most =
        std::max(least, std::clamp(parameters.real("latency_max_ms", 300), 0.0, kLongestMs));
    return between(parameters, least, most, index);
}

std::string targetOf(const PlannedRequest &request)
{
    const std::int64_t micros = request.latency / kMicrosecond;
    // Not by printf, whose decimal point depends on the language of the person.
    std::string fraction = std::to_string(micros % 1000);
    fraction.insert(0, 3 - fraction.size(), '0');
    std::string target = "/wait?ms=" + std::to_string(micros / 1000) + '.' + fraction;
    if (request.bodyBytes > 0)
        target += "&body=" + std::to_string(request.bodyBytes);
    if (request.isRefused)
        target += "&fail=1";
    return target;
}

DurationNs idealWall(const std::vector<PlannedRequest> &requests, int places)
{
    std::priority_queue<DurationNs, std::vector<DurationNs>, std::greater<>> freeAt;
    DurationNs end = 0;
    for (const PlannedRequest &request : requests) {
        DurationNs begin = 0;
        if (freeAt.size() >= std::size_t(std::max(1, places))) {
            begin = freeAt.top();
            freeAt.pop();
        }
        freeAt.push(begin + request.latency);
        end = std::max(end, begin + request.latency);
    }
    return end;
}

DurationNs totalLatency(const std::vector<PlannedRequest> &requests)
{
    return std::accumulate(
        requests.begin(), requests.end(), DurationNs(0),
        [](DurationNs sum, const PlannedRequest &request) { return sum + request.latency; });
}

} // namespace Interleave
