// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/statistics.h"
#include "core/trace/trace.h"

#include <QJsonObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace Interleave
{

struct Deadlock;

enum class RunOutcome { Finished, Failed, Cancelled, Deadlocked, Crashed, TimedOut };
/// "finished", "failed", "cancelled", "deadlocked", "crashed", "timed-out"
[[nodiscard]] QString runOutcomeName(RunOutcome outcome);

/// One line that a task printed.
struct PrintedLine {
    TimestampNs time = 0; ///< absolute
    TaskId task = kNoTask;
    QString text;
};

/// A child process of the run's engine, as that saw it end. Value.
struct ChildProcess {
    enum class End { Unknown, Exited, Signalled };
    TaskId task = kNoTask; ///< the task that it was started for
    pid_t pid = 0;
    End end = End::Unknown; ///< unknown: the engine ended before it, or never told
    int code = 0; ///< exit code or signal
    DurationNs user = 0, system = 0; ///< CPU time from its fork to its end, by the kernel's account
};

/// A circle of tasks that waited for each other, with names. Value.
struct DeadlockReport {
    struct Edge {
        TaskId waiterId = kNoTask, holderId = kNoTask;
        ObjectId objectId = kNoObject;
        QString waiter; ///< it waits for `object`, which `holder` has
        QString object; ///< empty: for the end of `holder`
        QString holder; ///< the next one's waiter
        QString reason; ///< "lock", "join", ...
    };
    std::vector<Edge> cycle;
    TimestampNs since = 0; ///< when the last of these waits began, from the trace's origin
    DurationNs foundAfter = 0; ///< so long after that it was known
    bool isStarvation = false; ///< a pool's worker is among what is waited for
    bool isLeak =
        false; ///< no circle: the last edge's holder has ended without giving `object` back
    [[nodiscard]] QJsonObject toJson() const;
};
/// \param foundAt now, in ns of CLOCK_MONOTONIC
[[nodiscard]] DeadlockReport deadlockReport(const Trace &trace, const Deadlock &deadlock,
                                            TimestampNs foundAt);

/// A run and its numbers, once it is over. Value; the trace is shared and immutable by then.
struct RunReport {
    QString taskSet; ///< id, "S06"; of a person's own set its slug, "mine/my-primes"
    QString slug; ///< of the work that it did, "primes": for an own set that of the built-in one
    QString title;
    QString model;
    QJsonObject params;
    Source source = Source::Events;
    QString sourceRemark; ///< why not a better source; empty when it is the best
    QString priority; ///< "exact" or "background session": how the engine was scheduled
    QString machine; ///< one line for exports: processor, cores, kernel
    QString
        machineRemark; ///< what else kept it busy before the run; empty: nothing, or not measured
    RunOutcome outcome = RunOutcome::Finished;
    QString message; ///< one sentence when it did not simply finish
    QJsonObject result; ///< what the task set itself measured
    QString sentence; ///< what the numbers show
    RunStatistics statistics;
    std::uint64_t peakRssBytes = 0;
    std::uint64_t eventsRecorded = 0, eventsDropped = 0, recordsLost = 0, eventsLate = 0;
    std::vector<PrintedLine> lines; ///< the first 100,000; a last one says how many more there were
    std::vector<ChildProcess> children; ///< in the order in which they were started
    std::shared_ptr<const Trace> trace;
    std::optional<DeadlockReport> deadlock; ///< of a run that ended in one

    /// {"schema": "interleave.run/1", ...} of DESIGN.md, section 8, and
    /// "children": [{"task", "pid", "exit_code" or "signal" (a number), "user_ns", "system_ns"}]: one for
    /// each child process, empty under models without. A child whose end is not known has neither
    /// exit_code nor signal, and null for its times. "task" is the id of its task in "tasks".
    /// "machine_remark" is null where machineRemark is empty.
    /// And, of a deadlocked run only, "deadlock": {"cycle": [{"waiter", "object", "holder",
    /// "reason"}], "since_ns", "found_after_ns", "starvation", "leak"}.
    [[nodiscard]] QJsonObject toJson() const;
};

/// Median, least and most of a number over the repeats of one model.
struct Spread {
    double median = 0, min = 0, max = 0;
};

/// One model's row in a comparison.
struct ModelSummary {
    QString model;
    int runs = 0;
    Spread wallNs, cpuNs, parallelism, voluntary, involuntary, migrations, runQueueP50Ns,
        runQueueP99Ns, peakRssBytes, spawnNs;
    double speedUp = 0; ///< wall of `sequential` / wall of this model, medians; 0 when not measured
};

/// Several runs of one task set under different models.
struct Comparison {
    QString taskSet, slug, title;
    QJsonObject params;
    std::vector<RunReport> runs;
    std::vector<ModelSummary> models;
    QString sentence;
    [[nodiscard]] QJsonObject toJson() const;
};

/// Sums up; models in the order of their first run. The sentence says what the numbers show.
[[nodiscard]] Comparison compareRuns(std::vector<RunReport> runs);

/// The sentence of one run, computed from its numbers (never canned).
[[nodiscard]] QString resultSentence(const RunReport &report);

} // namespace Interleave
