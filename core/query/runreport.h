// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/knowledge.h"
#include "core/query/statistics.h"
#include "core/taskset/commandspec.h"
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
    enum class Stream : std::uint8_t { Output, Error };
    TimestampNs time = 0; ///< absolute
    TaskId task = kNoTask;
    QString text;
    Stream stream = Stream::Output;
};

/// A process of a run that started a command or attached to one. Value.
struct ProcessReport {
    pid_t pid = 0;
    pid_t parentPid = 0; ///< 0: of the root
    QString name; ///< that it gave itself; else empty
    QString commandLine;
    QString title; ///< for people: its name, else its command line, else the kernel's name for it
    QString interpreter; ///< "", "python", "python without a global lock"
    bool hasHelper = false;
    bool isHousekeeping = false;
    bool wasThere = false;
    bool hasEnded = false; ///< before the recording did
    int threads = 0;
    TimestampNs start = 0, end = 0; ///< since the trace's origin
    DurationNs cpu = 0;
    DurationNs overlap = 0; ///< two or more of its threads on cores at once
    DurationNs contended =
        0; ///< of Python: two or more ran, were ready or waited for the GIL at once
    DurationNs globalLockWait = 0; ///< inferred, all threads together
    std::uint64_t globalLockWaits = 0;
    /// "one at a time: GIL" where several threads wanted cores at once and got one; else empty.
    /// See processReports().
    QString verdict;
    Knowledge knows; ///< what the run's source can know; the rest is 0 here and null in documents
    /// {"pid", "parent_pid" (null: the root), "name", "command_line", "title", "interpreter", "helper",
    /// "housekeeping", "was_there", "ended", "threads", "start_ns", "end_ns", "cpu_ns", "overlap_ns",
    /// "contended_ns" (null but of Python), "global_lock_wait_ns", "global_lock_waits", "verdict"}: names
    /// and verdict are "" where there is none. "start_ns" of one that was there before is below 0.
    [[nodiscard]] QJsonObject toJson() const;
};

/// What a run that started a command, or attached to a process, knows beside its trace. Value.
struct CommandReport {
    CommandSpec spec; ///< of an attached process: its words from /proc
    bool isAttached = false;
    bool hasEnded = false; ///< of an attached process: before the recording did
    bool isHelperOn = false; ///< asked for; which processes it was loaded in, see ProcessReport
    std::optional<int> exitCode; ///< neither of both: it did not end, or not as our child
    std::optional<int> signal;
    QString
        failure; ///< why it could not be started at all; else empty. exitCode then is the launcher's
    DurationNs user = 0, system = 0; ///< of it and the children that it waited for: getrusage(2)
    std::uint64_t maxRssBytes = 0; ///< of the largest of them; 0: not known
    std::vector<ProcessReport> processes;
    std::vector<pid_t>
        leftRunning; ///< what it started and what still ran at the end, not ended by us
    /// The longest stretch in which nothing of it moved and that was suspected to be a deadlock, until
    /// something moved or the recording was to end; nothing: none was.
    std::optional<DurationNs> suspectedStandstill;
    /// 0 to 255 as env(1) and timeout(1) do: the command's own, 128 + signal, 125 when it was not started
    /// by our fault, 126 not executable, 127 not found. 0 of an attached process: how it ends, or that it
    /// does not, is none of the recording's business.
    [[nodiscard]] int shellStatus() const;
    /// What CommandSpec::toJson() says, and {"command_line", "attached", "helper", "exit_code" and "signal"
    /// (numbers or null), "failure" (null: it was started), "shell_status", "user_ns", "system_ns",
    /// "max_rss_bytes" (null where its end is not known), "left_running": [pid],
    /// "suspected_standstill_ns" (null: none was suspected), "processes": [ProcessReport::toJson()]}.
    [[nodiscard]] QJsonObject toJson() const;
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
    std::optional<CommandReport> command; ///< of a run of a person's own program

    /// {"schema": "interleave.run/1", ...} of DESIGN.md, section 8, and
    /// "children": [{"task", "pid", "exit_code" or "signal" (a number), "user_ns", "system_ns"}]: one for
    /// each child process, empty under models without. A child whose end is not known has neither
    /// exit_code nor signal, and null for its times. "task" is the id of its task in "tasks".
    /// "machine_remark" is null where machineRemark is empty.
    /// Each of "tasks", and "main", has "parent": the id of the task that created it (of a step: that
    /// it is a part of; of what a person's program creates outside of its tasks, or where no more is
    /// known: that of the first thread of its process); null where there is none.
    /// Of a person's own program "task_set" and "title" are its command line, "model" is "command" or
    /// "attached", and there is "command": CommandReport::toJson().
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
