// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lanes of runs of programs: processes as they were forked, with their threads and tasks. There may be
// tens of thousands, so that they are made anew only when something has changed.
#include "core/taskset/taskset.h"
#include "ui/timeline/lanelayout.h"
#include "ui/timeline/threadtitle.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(LaneLayout)
};

/// Deeper ones would leave no room for their names.
constexpr int kMostDepth = 6;

bool contains(const QString &text, const QString &filter)
{
    return filter.isEmpty() || text.contains(filter, Qt::CaseInsensitive);
}

QString groupKey(int run, const char *kind, std::size_t number)
{
    return QStringLiteral("%1/%2%3").arg(QString::number(run), QLatin1String(kind),
                                         QString::number(number));
}

const ProcessReport *reportOf(const RunView &run, const ProcessInfo &process)
{
    if (!run.processes)
        return nullptr;
    const pid_t pid = process.pid.load(std::memory_order_relaxed);
    const TimestampNs begun = process.created.load(std::memory_order_relaxed) - run.trace->origin();
    const ProcessReport *best = nullptr;
    for (const ProcessReport &report : *run.processes) {
        // A number may have been given twice: then it is the one that began nearest.
        if (report.pid == pid
            && (!best || std::abs(report.start - begun) < std::abs(best->start - begun)))
            best = &report;
    }
    return best;
}

QString interpreterText(Interpreter interpreter)
{
    switch (interpreter) {
    case Interpreter::Python:
        return Texts::tr("Python");
    case Interpreter::FreePython:
        return Texts::tr("Python without a GIL");
    case Interpreter::None:
        break;
    }
    return {};
}

/// "4711 · Python · 3 threads · one at a time: GIL".
QString processText(const RunView &run, ProcessIndex index, std::size_t threads)
{
    const ProcessInfo &process = run.trace->process(index);
    QStringList parts{Texts::tr("process %1").arg(process.pid.load(std::memory_order_relaxed)),
                      threads == 1 ? Texts::tr("1 thread") : Texts::tr("%1 threads").arg(threads)};
    const QString interpreter =
        interpreterText(process.interpreter.load(std::memory_order_relaxed));
    if (!interpreter.isEmpty())
        parts.insert(1, interpreter);
    if (process.isHousekeeping.load(std::memory_order_relaxed))
        parts << Texts::tr("housekeeping");
    if (process.wasThere.load(std::memory_order_relaxed))
        parts << Texts::tr("was running before");
    // No others have a verdict; to look for the reports of all would cost their number squared.
    const bool canTakeTurns =
        process.interpreter.load(std::memory_order_relaxed) == Interpreter::Python;
    const ProcessReport *report = canTakeTurns ? reportOf(run, process) : nullptr;
    if (report && !report->verdict.isEmpty())
        parts << report->verdict;
    return parts.join(QStringLiteral(" · "));
}

} // namespace

void LaneLayout::followRuns(const std::vector<RunView> &runs)
{
    m_isStale = m_isStale || m_objects.size() != runs.size();
    m_objects.resize(runs.size());
    m_processes.resize(runs.size());
    m_cores.resize(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::shared_ptr<const Trace> &trace = runs[i].trace;
        if (m_objects[i].trace() != trace) {
            m_objects[i] = ObjectHistory(trace);
            m_processes[i] = RunProcesses(isProgramModel(runs[i].model) ? trace : nullptr);
            m_cores[i] = {};
            m_isStale = true;
        }
        m_objects[i].update();
        m_processes[i].update();
        if (!trace)
            continue;
        Cores &cores = m_cores[i];
        for (const std::size_t tracks = trace->trackCount(); cores.read < tracks; ++cores.read) {
            if (trace->track(TrackIndex(cores.read)).kind == TrackKind::Core)
                cores.tracks.push_back(TrackIndex(cores.read));
        }
    }
}

/// \param inputs  what is known of them already; the rest is added.
bool LaneLayout::isUpToDate(const std::vector<RunView> &runs, Inputs inputs)
{
    bool areSame = !m_isStale;
    m_isStale = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunView &run = runs[i];
        if (!run.trace || !isProgramModel(run.model)) {
            areSame = false; // those of task sets follow every frame: they are few
            continue;
        }
        const TimestampNs time = run.trace->horizon() - run.trace->origin();
        const DurationNs step = m_lanes.size() > kManyLanes ? kSlowRefresh : kRefresh;
        inputs.runs.push_back(
            {run.processes.get(), run.title, run.subtitle, time / step, run.trace->isFinished()});
        inputs.counts.insert(inputs.counts.end(),
                             {run.trace->trackCount(), run.trace->processCount(),
                              m_objects[i].counters().size(),
                              std::size_t(m_processes[i].hasOutput() ? 1 : 0)});
    }
    areSame = areSame && inputs.runs == m_inputs.runs && inputs.height == m_inputs.height
        && inputs.scale == m_inputs.scale && inputs.collapsed == m_inputs.collapsed
        && inputs.filter == m_inputs.filter
        && (inputs.counts == m_inputs.counts || m_lanes.size() > kManyLanes);
    if (!areSame)
        m_inputs = std::move(inputs);
    return areSame;
}

QString LaneLayout::trackTitle(const Trace &trace, TrackIndex index)
{
    const Track &track = trace.track(index);
    switch (track.kind) {
    case TrackKind::Core:
        return Texts::tr("Core %1").arg(track.core);
    case TrackKind::Thread:
        return threadTitle(trace, track.thread);
    case TrackKind::Task:
        return QString::fromStdString(trace.taskName(track.task));
    case TrackKind::Lock:
        return QString::fromStdString(trace.objectName(track.object));
    }
    return {};
}

QString LaneLayout::shortProcessesGroup(int run)
{
    return QStringLiteral("%1/short").arg(run);
}

Lane &LaneLayout::appendHeading(int index, const QString &group, const QString &title,
                                const QString &subtitle)
{
    Lane heading;
    heading.kind = Lane::Kind::GroupHeading;
    heading.run = index;
    heading.group = group;
    heading.title = title;
    heading.subtitle = subtitle;
    m_lanes.push_back(std::move(heading));
    return m_lanes.back();
}

void LaneLayout::appendTrack(int index, TrackIndex track, const QString &group,
                             const QString &title, int depth)
{
    Lane lane;
    lane.run = index;
    lane.track = track;
    lane.group = group;
    lane.title = title;
    lane.depth = std::min(depth, kMostDepth);
    m_lanes.push_back(std::move(lane));
}

void LaneLayout::appendCores(int index, const Trace &trace, const QSet<QString> &collapsed)
{
    std::vector<TrackIndex> cores = coreTracks(index);
    if (cores.empty())
        return;
    std::sort(cores.begin(), cores.end(), [&](TrackIndex a, TrackIndex b) {
        return trace.track(a).core < trace.track(b).core;
    });
    const QString group = QStringLiteral("%1/cores").arg(index);
    Lane &heading = appendHeading(index, group, Texts::tr("Cores"), QString::number(cores.size()));
    heading.collapsed = collapsed.contains(group);
    if (heading.collapsed)
        return;
    for (const TrackIndex core : cores)
        appendTrack(index, core, group, trackTitle(trace, core), 0);
}

void LaneLayout::appendProgram(const RunView &run, int index, const QSet<QString> &collapsed,
                               const QString &filter)
{
    const Trace &trace = *run.trace;
    RunProcesses &processes = m_processes[std::size_t(index)];
    processes.arrange();
    appendCores(index, trace, collapsed);
    if (processes.hasOutput() && filter.isEmpty()) {
        Lane output;
        output.kind = Lane::Kind::Output;
        output.run = index;
        output.group = QStringLiteral("%1/output").arg(index);
        output.title = Texts::tr("Output");
        m_lanes.push_back(std::move(output));
    }
    for (const RunProcesses::Row row : processes.rows())
        appendProcess(run, index, row, collapsed, filter);
    appendShortOnes(run, index, collapsed, filter);

    const auto appendOthers = [&](const char *key, const QString &title,
                                  const std::vector<TrackIndex> &tracks,
                                  const std::vector<ObjectId> &counters) {
        Group group;
        group.key = QLatin1String(key);
        group.title = title;
        for (const TrackIndex track : tracks) {
            if (contains(trackTitle(trace, track), filter))
                group.tracks.push_back(track);
        }
        for (const ObjectId object : counters) {
            if (contains(QString::fromStdString(trace.objectName(object)), filter))
                group.counters.push_back(object);
        }
        if (!group.tracks.empty() || !group.counters.empty())
            appendGroup(trace, group, index, collapsed);
    };
    appendOthers("locks", Texts::tr("Locks"), processes.locks(), {});
    appendOthers("counters", Texts::tr("Counters"), {}, objects(index).counters());
    appendOthers("others", Texts::tr("Other threads"), processes.homeless(), {});
}

void LaneLayout::appendProcess(const RunView &run, int index, RunProcesses::Row row,
                               const QSet<QString> &collapsed, const QString &filter)
{
    const Trace &trace = *run.trace;
    RunProcesses &processes = m_processes[std::size_t(index)];
    const QString title = RunProcesses::processName(trace, row.process);
    const std::vector<TrackIndex> &threads = processes.threadsOf(row.process);
    const QString subtitle = processText(run, row.process, threads.size());
    // Whoever looks for a process wants all of it.
    const QString inside = contains(title + u' ' + subtitle, filter) ? QString() : filter;
    const bool isHousekeeping =
        trace.process(row.process).isHousekeeping.load(std::memory_order_relaxed);
    const QString group = groupKey(index, isHousekeeping ? "library" : "process", row.process);
    const int depth = std::min(row.depth, kMostDepth);

    const std::size_t first = m_lanes.size();
    Lane &heading = appendHeading(index, group, title, subtitle);
    heading.process = row.process;
    heading.depth = depth;
    heading.collapsed = collapsed.contains(group) != isHousekeeping;
    const bool isFolded = heading.collapsed;
    if (isFolded && inside.isEmpty())
        return;
    bool hasMatch = inside.isEmpty();
    const auto append = [&](TrackIndex track, const QString &name, int laneDepth) {
        if (!contains(name, inside))
            return;
        hasMatch = true;
        if (!isFolded)
            appendTrack(index, track, group, name, laneDepth);
    };
    const std::vector<RunProcesses::TaskRow> tasks = processes.tasksOf(row.process);
    auto task = tasks.begin();
    const auto appendTasksOf = [&](std::size_t thread) {
        for (; task != tasks.end() && task->thread == thread; ++task) {
            const QString name = inside.isEmpty() ? QString() : trackTitle(trace, task->track);
            append(task->track, name, depth + 1 + task->depth);
        }
    };
    for (std::size_t i = 0; i < threads.size(); ++i) {
        append(threads[i], processes.threadName(trace.track(threads[i]).thread), depth);
        appendTasksOf(i);
    }
    appendTasksOf(threads.size());
    if (!hasMatch)
        m_lanes.erase(m_lanes.begin() + std::ptrdiff_t(first), m_lanes.end());
}

void LaneLayout::appendShortOnes(const RunView &run, int index, const QSet<QString> &collapsed,
                                 const QString &filter)
{
    const std::vector<ProcessIndex> &shortOnes = processes(index).shortOnes();
    if (shortOnes.empty())
        return;
    const QString group = shortProcessesGroup(index);
    const std::size_t first = m_lanes.size();
    Lane &heading =
        appendHeading(index, group, Texts::tr("%1 short processes").arg(shortOnes.size()),
                      Texts::tr("each gone after less than 0.5\u202f% of the time"));
    // What is looked for is found among them, too.
    heading.collapsed = !collapsed.contains(group) && filter.isEmpty();
    if (heading.collapsed)
        return;
    for (const ProcessIndex process : shortOnes)
        appendProcess(run, index, {process, 1}, collapsed, filter);
    if (m_lanes.size() == first + 1 && !filter.isEmpty())
        m_lanes.pop_back();
}

void LaneLayout::refreshTitles(std::size_t first, std::size_t last)
{
    for (std::size_t i = first; i < std::min(last, m_lanes.size()); ++i) {
        Lane &lane = m_lanes[i];
        RunProcesses &processes = m_processes[std::size_t(lane.run)];
        if (!processes.trace())
            continue;
        const Trace &trace = *processes.trace();
        if (lane.process != kNoProcess)
            lane.title = RunProcesses::processName(trace, lane.process);
        else if (lane.kind == Lane::Kind::Track
                 && trace.track(lane.track).kind == TrackKind::Thread)
            lane.title = processes.threadName(trace.track(lane.track).thread);
        else if (lane.kind == Lane::Kind::Track && lane.title.isEmpty())
            lane.title = trackTitle(trace, lane.track);
    }
}

} // namespace Interleave
