// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/statistics.h"
#include "core/trace/trace.h"

#include <QJsonObject>
#include <QString>

#include <memory>
#include <vector>

namespace Interleave
{

enum class RunOutcome { Finished, Failed, Cancelled, Deadlocked, Crashed, TimedOut };
/// "finished", "failed", "cancelled", "deadlocked", "crashed", "timed-out"
[[nodiscard]] QString runOutcomeName(RunOutcome outcome);

/// One line that a task printed.
struct PrintedLine {
    TimestampNs time = 0; ///< absolute
    TaskId task = kNoTask;
    QString text;
};

/// A run and its numbers, once it is over. Value; the trace is shared and immutable by then.
struct RunReport {
    QString taskSet; ///< id, "S06"
    QString slug;
    QString title;
    QString model;
    QJsonObject params;
    Source source = Source::Events;
    QString sourceRemark; ///< why not a better source; empty when it is the best
    QString priority; ///< "exact" or "background session": how the engine was scheduled
    QString machine; ///< one line for exports: processor, cores, kernel
    RunOutcome outcome = RunOutcome::Finished;
    QString message; ///< one sentence when it did not simply finish
    QJsonObject result; ///< what the task set itself measured
    QString sentence; ///< what the numbers show
    RunStatistics statistics;
    std::uint64_t peakRssBytes = 0;
    std::uint64_t eventsRecorded = 0, eventsDropped = 0, recordsLost = 0, eventsLate = 0;
    std::vector<PrintedLine> lines;
    std::shared_ptr<const Trace> trace;

    /// {"schema": "interleave.run/1", ...} of DESIGN.md, section 8.
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
