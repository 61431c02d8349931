// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/workparameters.h"

#include <vector>

namespace Interleave
{

/// Print, sleep, print, sleep: the rhythm of the sleeping sets.
struct SleeperPlan {
    int iterations = 0;
    DurationNs period = 0;
};
[[nodiscard]] SleeperPlan sleeperPlan(const WorkParameters &parameters, int defaultIterations,
                                      int defaultPeriodMs);

/// One round of computing and then waiting.
struct MixedRound {
    double burnMs = 0;
    DurationNs sleep = 0;
};
/// The rounds of a task that computes for `cpu_share` percent of each `period_ms`, for `total_ms`
/// altogether; the last round may be shorter.
[[nodiscard]] std::vector<MixedRound> mixedRounds(const WorkParameters &parameters);

/// How long each of the spinners computes, in ms: its part of `total_ms`, or `each_ms` where the work is
/// `fixed` "per-task".
[[nodiscard]] double spinnerMs(const WorkParameters &parameters, int tasks);

/// What one job of the pool set does: it computes, or, for `blocking_share` percent of the jobs, waits.
/// Many are short, from `job_ms_min` on, and some long, towards `job_ms_max`, with some variation by
/// `seed`. Where one queue serves all (`scheduling` is "single") they come in mixed. Else the same jobs
/// grow with their index: the heavy ones stand together at the end, which is what a split into equal
/// shares gets wrong.
[[nodiscard]] MixedRound poolJob(const WorkParameters &parameters, int index, int jobs);
/// How long that job is, in percent of `job_ms_max`: from 0 to 100.
[[nodiscard]] int poolJobSize(const WorkParameters &parameters, int index, int jobs);

} // namespace Interleave
