// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace Interleave::Bench
{

/// Who ran where: intervals by (tid, core), in order.
using OnCore = std::map<std::pair<int, int>, std::vector<TimeSpan>>;

/// What one run looks like in a slices.csv of ours.
struct RecordedRun {
    OnCore onCore; ///< of the run's own threads
    TimeSpan window; ///< from the first of these to the last
    std::set<int> tids; ///< all threads that have a slice of their own
    bool oneTaskPerCore = true;
};
/// The fields up to the thread's name have no commas.
[[nodiscard]] RecordedRun readSlices(const std::string &path);

/// What the same run looks like to `perf script --show-switch-events --show-task-events --ns`.
struct PerfRun {
    OnCore onCore;
    struct Fork {
        int pid = 0, tid = 0;
        int parentPid = 0;
    };
    std::vector<Fork> forks; ///< in the order of their times
};
[[nodiscard]] PerfRun readPerf(const std::string &text);
/// The threads of process `root` and of all that descends from it.
[[nodiscard]] std::set<int> threadsBelow(const PerfRun &perf, int root);

/// How far both agree on who was on which core, over the threads of ours.
struct Agreement {
    DurationNs both = 0; ///< both say so
    DurationNs either = 0; ///< at least one does
    [[nodiscard]] double share() const { return either > 0 ? double(both) / double(either) : 0; }
};
[[nodiscard]] Agreement agreementOf(const RecordedRun &ours, const PerfRun &theirs);

/// Runs `words` under perf record and reads what perf saw. \return why it could not; empty: it did.
[[nodiscard]] std::string recordWithPerf(const std::vector<std::string> &words, PerfRun &perf);

} // namespace Interleave::Bench
