// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/knowledge.h"
#include "ui/inspector/inspectorcontent.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <map>

namespace Interleave
{

namespace
{

constexpr std::size_t kMostTasksListed = 12; // more do not help anybody at a glance

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Inspector)
};

struct TaskSums {
    DurationNs running = 0;
    DurationNs runnable = 0;
    DurationNs waiting = 0; ///< blocked, suspended or queued
    DurationNs inProgress = 0; ///< on a core or not: nobody knows
};

struct CoreSums {
    CoreId core = kNoCore;
    DurationNs busy = 0;
    DurationNs others = 0;
};

struct SpanSums {
    std::vector<CoreSums> cores;
    std::map<TaskId, TaskSums> tasks;

    /// Of the cores where the switches are known, else of the tasks by their samples.
    [[nodiscard]] DurationNs onCores(Knowledge knows) const
    {
        DurationNs sum = 0;
        if (knows.switches) {
            for (const CoreSums &core : cores)
                sum += core.busy;
        } else {
            for (const auto &[id, task] : tasks)
                sum += task.running;
        }
        return sum;
    }
    [[nodiscard]] QString parallelism(Knowledge knows, TimeSpan span) const
    {
        return QString::number(double(onCores(knows)) / double(span.duration()), 'f', 2);
    }
};

template<typename Function>
void forEachSlice(const TraceSnapshot &snapshot, TrackIndex track, TimeSpan span, Function function)
{
    const SegmentedVector<Slice> &slices = snapshot.trace().track(track).slices;
    const std::size_t count = snapshot.sliceCount(track);
    for (std::size_t i = snapshot.firstEndingAfter(track, span.begin); i < count; ++i) {
        if (slices[i].begin >= span.end)
            return;
        function(slices[i], TimeSpan{slices[i].begin, slices[i].end}.intersected(span).duration());
    }
    const std::optional<Slice> open = snapshot.openSlice(track);
    if (open && open->begin < span.end && open->end > span.begin)
        function(*open, TimeSpan{open->begin, open->end}.intersected(span).duration());
}

void sumCore(const TraceSnapshot &snapshot, TrackIndex index, TimeSpan span, SpanSums &sums)
{
    CoreSums core;
    core.core = snapshot.trace().track(index).core;
    forEachSlice(snapshot, index, span, [&](const Slice &slice, DurationNs time) {
        if (slice.state == SliceState::Running) {
            core.busy += time;
            if (slice.task != kNoTask)
                sums.tasks[slice.task].running += time;
        } else if (slice.state == SliceState::Others) {
            core.others += time;
        }
    });
    sums.cores.push_back(core);
}

/// \param own  of a thread that stands for a task: what finer tasks do on it is on their own tracks.
void sumTask(const TraceSnapshot &snapshot, TrackIndex index, TaskId own, TimeSpan span,
             SpanSums &sums)
{
    forEachSlice(snapshot, index, span, [&](const Slice &slice, DurationNs time) {
        if (own != kNoTask && slice.task != own)
            return;
        TaskSums &task = sums.tasks[slice.task];
        if (slice.state == SliceState::Runnable)
            task.runnable += time;
        else if (slice.state == SliceState::Blocked || slice.state == SliceState::Suspended
                 || slice.state == SliceState::Queued)
            task.waiting += time;
        else if (slice.state == SliceState::Sampled)
            task.running += DurationNs(double(time) * slice.fraction / 255);
        else if (slice.state == SliceState::Unknown)
            task.inProgress += time;
    });
}

/// On-core time is taken from the core tracks, because every task is there, with a lane or without.
SpanSums sumsOf(const TraceSnapshot &snapshot, TimeSpan span)
{
    SpanSums sums;
    const std::size_t tracks = snapshot.trace().trackCount();
    for (std::size_t i = 0; i < tracks; ++i) {
        const Track &track = snapshot.trace().track(TrackIndex(i));
        if (track.kind == TrackKind::Core) {
            sumCore(snapshot, TrackIndex(i), span, sums);
        } else if (track.kind == TrackKind::Task) {
            sumTask(snapshot, TrackIndex(i), kNoTask, span, sums);
        } else if (track.kind == TrackKind::Thread) {
            const ThreadInfo &thread = snapshot.trace().thread(track.thread);
            if (const TaskId own = thread.task.load(std::memory_order_relaxed); own != kNoTask)
                sumTask(snapshot, TrackIndex(i), own, span, sums);
        }
    }
    return sums;
}

InspectorContent::Row rowOf(const Trace &trace, TaskId id, const TaskSums &task)
{
    QStringList rest;
    if (task.inProgress > 0)
        rest << Words::tr("in progress %1").arg(durationLabel(task.inProgress));
    if (task.runnable > 0)
        rest << Words::tr("ready %1").arg(durationLabel(task.runnable));
    if (task.waiting > 0)
        rest << Words::tr("waiting %1").arg(durationLabel(task.waiting));
    return {id, sliceName(trace, id, kNoThread),
            task.running > 0 ? durationLabel(task.running) : dashMark(),
            rest.join(QStringLiteral(" · ")),
            task.running == 0 && !knowledgeOf(trace.source()).totals};
}

void listTasks(const Trace &trace, const SpanSums &sums, InspectorContent &content)
{
    std::vector<std::pair<TaskId, TaskSums>> tasks;
    for (const auto &[id, task] : sums.tasks) {
        const DurationNs known = task.running + task.runnable + task.waiting + task.inProgress;
        if (id != kNoTask && known > 0)
            tasks.emplace_back(id, task);
    }
    std::stable_sort(tasks.begin(), tasks.end(), [](const auto &a, const auto &b) {
        return a.second.running > b.second.running;
    });
    content.listTitle = tasks.empty() ? QString() : Words::tr("Tasks, time on a core");
    for (std::size_t i = 0; i < std::min(tasks.size(), kMostTasksListed); ++i)
        content.list.push_back(rowOf(trace, tasks[i].first, tasks[i].second));
    if (tasks.size() > kMostTasksListed) {
        content.list.push_back(
            {std::nullopt, Words::tr("and %1 more").arg(tasks.size() - kMostTasksListed), {}, {}});
    }
}

void describeOne(const RunView &run, TimeSpan span, InspectorContent &content)
{
    const TraceSnapshot snapshot(*run.trace);
    const TimeSpan absolute{snapshot.origin() + span.begin, snapshot.origin() + span.end};
    const SpanSums sums = sumsOf(snapshot, absolute);
    const Knowledge knows = knowledgeOf(run.trace->source());
    for (const CoreSums &core : sums.cores) {
        QString text = percentWords(core.busy, span.duration());
        if (core.others > 0)
            text += Words::tr(" · others %1").arg(percentWords(core.others, span.duration()));
        content.facts.push_back(InspectorContent::factIf(
            knows.switches, Words::tr("Core %1 busy").arg(core.core), text));
    }
    content.facts.push_back(InspectorContent::factIf(knows.totals, Words::tr("Parallelism"),
                                                     sums.parallelism(knows, span)));
    listTasks(*run.trace, sums, content);
}

/// Of several runs above each other: one row each, to be compared at a glance.
void describeSeveral(const std::vector<RunView> &runs, TimeSpan span, InspectorContent &content)
{
    content.listTitle = Words::tr("Parallelism");
    for (const RunView &run : runs) {
        if (!run.trace)
            continue;
        const TraceSnapshot snapshot(*run.trace);
        const SpanSums sums =
            sumsOf(snapshot, {snapshot.origin() + span.begin, snapshot.origin() + span.end});
        const Knowledge knows = knowledgeOf(run.trace->source());
        QStringList cores;
        for (const CoreSums &core : sums.cores) {
            if (knows.switches) {
                cores << Words::tr("core %1: %2")
                             .arg(core.core)
                             .arg(percentWords(core.busy, span.duration()));
            }
        }
        content.list.push_back({std::nullopt,
                                run.title.isEmpty() ? modelTitle(run.model) : run.title,
                                knows.totals ? sums.parallelism(knows, span) : dashMark(),
                                cores.join(QStringLiteral(" · ")), !knows.totals});
    }
}

} // namespace

InspectorContent spanContent(const std::vector<RunView> &runs, TimeSpan span)
{
    InspectorContent content;
    content.title = Words::tr("Span of time");
    if (span.isEmpty()) {
        content.subtitle = Words::tr("empty");
        return content;
    }
    content.subtitle = durationLabel(span.duration());
    const double grain = std::max(1.0, double(span.duration()) / 1000);
    content.facts.push_back({Words::tr("From"), timeLabel(span.begin, grain)});
    content.facts.push_back({Words::tr("To"), timeLabel(span.end, grain)});
    if (runs.size() == 1 && runs.front().trace)
        describeOne(runs.front(), span, content);
    else
        describeSeveral(runs, span, content);
    content.hint = Words::tr("F zooms to the span, Escape lets it go.");
    return content;
}

} // namespace Interleave
