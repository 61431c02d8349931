// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/workparameters.h"

#include <cstdint>
#include <string>
#include <vector>

namespace Interleave
{

/// What a request asks the server for: decided by the seed, the same in every run.
struct PlannedRequest {
    DurationNs latency = 0;
    bool isRefused = false; ///< answered with 503
    int bodyBytes = 0;
    bool operator==(const PlannedRequest &) const = default;
};

/// S10: latency_ms, varied by up to jitter percent, fail_percent of them refused.
[[nodiscard]] PlannedRequest plannedRequest(const WorkParameters &parameters, int index);
/// S13: between latency_min_ms and latency_max_ms, each length as likely as the others.
[[nodiscard]] PlannedRequest plannedUrl(const WorkParameters &parameters, int index);

/// "/wait?ms=100.250&body=512"
[[nodiscard]] std::string targetOf(const PlannedRequest &request);

/// How long all of them take at the least when each of `places` takes the next one as soon as it is
/// free: with equal latencies, their number of waves times the latency. Cost: O(n log places).
[[nodiscard]] DurationNs idealWall(const std::vector<PlannedRequest> &requests, int places);
[[nodiscard]] DurationNs totalLatency(const std::vector<PlannedRequest> &requests);

} // namespace Interleave
