// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/runprocesses.h"

#include <QStringList>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace Interleave
{

namespace
{

/// Tasks are not nested deeper than any program's; it bounds the walk where a file says otherwise.
constexpr int kMostAncestors = 64;

ProcessIndex processOfThread(const Trace &trace, ThreadIndex thread)
{
    return thread < trace.threadCount()
        ? trace.thread(thread).process.load(std::memory_order_relaxed)
        : kNoProcess;
}

/// The one it began on; of a task that has not begun, of the one that made it. None: no process is known of
/// any of these.
ThreadIndex threadOfTask(const Trace &trace, TaskId task)
{
    for (int i = 0; i < kMostAncestors && task != kNoTask && task < trace.taskEnd(); ++i) {
        const ThreadIndex thread = trace.task(task).thread.load(std::memory_order_relaxed);
        if (processOfThread(trace, thread) != kNoProcess)
            return thread;
        const TaskRange *range = trace.rangeOf(task);
        task = range ? range->parent : kNoTask;
    }
    return kNoThread;
}

bool isOfRun(const Trace &trace, ProcessIndex process)
{
    return trace.process(process).ofRun.load(std::memory_order_relaxed);
}

/// The nearest process above that stands among the rows.
ProcessIndex shownParent(const Trace &trace, ProcessIndex process, const std::vector<bool> &isShort)
{
    ProcessIndex parent = trace.process(process).parent.load(std::memory_order_relaxed);
    for (int i = 0; i < kMostAncestors && parent < isShort.size(); ++i) {
        if (isOfRun(trace, parent) && !isShort[parent])
            return parent;
        parent = trace.process(parent).parent.load(std::memory_order_relaxed);
    }
    return kNoProcess;
}

/// Coroutines first, then jobs, then requests.
int orderOf(TaskKind kind)
{
    switch (kind) {
    case TaskKind::Coroutine:
        return 0;
    case TaskKind::Job:
        return 1;
    case TaskKind::Request:
        return 2;
    case TaskKind::Main:
    case TaskKind::Thread:
    case TaskKind::Process:
    case TaskKind::Step:
        break;
    }
    return 3;
}

struct FinerTask {
    TrackIndex track = kNoTrack;
    TaskId id = kNoTask;
    TaskId parent = kNoTask;
    std::size_t thread = 0; ///< its place among the threads; their number: none of them
    int order = 0;
};

/// The last one first, as they are taken from stacks.
std::vector<FinerTask> sortedTasks(const Trace &trace, const std::vector<TrackIndex> &threads,
                                   const std::vector<TrackIndex> &tracks)
{
    std::vector<FinerTask> tasks;
    if (tracks.empty())
        return tasks;
    std::unordered_map<ThreadIndex, std::size_t> places;
    for (std::size_t i = 0; i < threads.size(); ++i)
        places.emplace(trace.track(threads[i]).thread, i);
    for (const TrackIndex track : tracks) {
        const TaskId id = trace.track(track).task;
        const TaskRange *range = trace.rangeOf(id);
        const auto place = places.find(threadOfTask(trace, id));
        tasks.push_back({track, id, range ? range->parent : kNoTask,
                         place != places.end() ? place->second : threads.size(),
                         orderOf(range ? range->kind : TaskKind::Thread)});
    }
    std::sort(tasks.begin(), tasks.end(), [](const FinerTask &a, const FinerTask &b) {
        return std::tuple(a.thread, a.order, a.id) > std::tuple(b.thread, b.order, b.id);
    });
    return tasks;
}

/// "/usr/bin/python3" -> "python3".
QString withoutFolder(const QString &word)
{
    return word.mid(word.lastIndexOf(u'/') + 1);
}

} // namespace

RunProcesses::RunProcesses(std::shared_ptr<const Trace> trace)
    : m_trace(std::move(trace))
{
}

void RunProcesses::update()
{
    if (!m_trace)
        return;
    m_members.resize(std::max(m_members.size(), m_trace->processCount()));
    for (const std::size_t tracks = m_trace->trackCount(); m_tracksRead < tracks; ++m_tracksRead)
        sortIn(TrackIndex(m_tracksRead));
    readMarks();
}

void RunProcesses::sortIn(TrackIndex index)
{
    const Track &track = m_trace->track(index);
    ProcessIndex process = kNoProcess;
    switch (track.kind) {
    case TrackKind::Core:
        return;
    case TrackKind::Lock:
        m_locks.push_back(index);
        return;
    case TrackKind::Thread:
        process = processOfThread(*m_trace, track.thread);
        break;
    case TrackKind::Task:
        process = processOfThread(*m_trace, threadOfTask(*m_trace, track.task));
        break;
    }
    if (process >= m_members.size()) {
        m_homeless.push_back(index);
        return;
    }
    Members &members = m_members[process];
    (track.kind == TrackKind::Thread ? members.threads : members.tasks).push_back(index);
}

void RunProcesses::readMarks()
{
    const SegmentedVector<MarkInfo> &marks = m_trace->marks();
    for (const std::size_t size = marks.size(); !m_hasOutput && m_marksRead < size; ++m_marksRead) {
        const MarkInfo &mark = marks[m_marksRead];
        m_hasOutput =
            mark.kind == MarkKind::Printed && mark.task == kNoTask && mark.thread == kNoThread;
    }
}

void RunProcesses::arrange()
{
    if (!m_trace)
        return;
    update();
    const std::vector<TrackIndex> homeless = std::exchange(m_homeless, {});
    for (const TrackIndex track : homeless)
        sortIn(track);
    nest(findShortOnes());
    m_shortBegins.clear();
    m_shortEnds.clear();
    for (const ProcessIndex index : m_short) {
        const ProcessInfo &process = m_trace->process(index);
        m_shortBegins.push_back(process.created.load(std::memory_order_relaxed));
        m_shortEnds.push_back(process.ended.load(std::memory_order_relaxed));
    }
    std::sort(m_shortBegins.begin(), m_shortBegins.end());
    std::sort(m_shortEnds.begin(), m_shortEnds.end());
}

std::vector<bool> RunProcesses::findShortOnes() const
{
    const std::size_t count = m_members.size();
    const DurationNs span = m_trace->horizon() - m_trace->origin();
    std::vector<bool> isShort(count, false);
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const ProcessInfo &process = m_trace->process(ProcessIndex(i));
        const TimestampNs ended = process.ended.load(std::memory_order_relaxed);
        const DurationNs lived = ended - process.created.load(std::memory_order_relaxed);
        // The one that all come from stays, however short the run.
        const bool isRoot = process.parent.load(std::memory_order_relaxed) == kNoProcess;
        isShort[i] = ended != 0 && lived * kShortShare < span && !isRoot
            && isOfRun(*m_trace, ProcessIndex(i));
        found += isShort[i] ? 1 : 0;
    }
    if (found <= kMostShort)
        isShort.assign(count, false);
    return isShort;
}

void RunProcesses::nest(const std::vector<bool> &isShort)
{
    m_rows.clear();
    m_short.clear();
    const std::size_t count = isShort.size();
    std::vector<std::vector<ProcessIndex>> children(count);
    std::vector<Row> open; // what is still to be visited, the next one last
    for (std::size_t i = count; i > 0; --i) {
        const auto process = ProcessIndex(i - 1);
        if (!isOfRun(*m_trace, process))
            continue;
        if (isShort[process]) {
            m_short.push_back(process);
            continue;
        }
        const ProcessIndex parent = shownParent(*m_trace, process, isShort);
        if (parent != kNoProcess && parent != process)
            children[parent].push_back(process); // in the order of a stack, too
        else
            open.push_back({process, 0});
    }
    std::reverse(m_short.begin(), m_short.end());
    std::vector<bool> isPlaced(count, false);
    const auto visit = [&] {
        while (!open.empty()) {
            const Row row = open.back();
            open.pop_back();
            if (isPlaced[row.process])
                continue;
            isPlaced[row.process] = true;
            m_rows.push_back(row);
            for (const ProcessIndex child : children[row.process])
                open.push_back({child, row.depth + 1});
        }
    };
    visit();
    // Parents are what programs made of them: whatever goes round in a circle stands at the end.
    for (std::size_t i = 0; i < count; ++i) {
        if (isPlaced[i] || isShort[i] || !isOfRun(*m_trace, ProcessIndex(i)))
            continue;
        open.push_back({ProcessIndex(i), 0});
        visit();
    }
}

std::size_t RunProcesses::shortOnesIn(TimestampNs begin, TimestampNs end) const
{
    const auto begun =
        std::lower_bound(m_shortBegins.begin(), m_shortBegins.end(), end) - m_shortBegins.begin();
    const auto over =
        std::upper_bound(m_shortEnds.begin(), m_shortEnds.end(), begin) - m_shortEnds.begin();
    return begun > over ? std::size_t(begun - over) : 0;
}

const std::vector<TrackIndex> &RunProcesses::threadsOf(ProcessIndex process) const
{
    return m_members[process].threads;
}

std::vector<RunProcesses::TaskRow> RunProcesses::tasksOf(ProcessIndex process) const
{
    const Members &members = m_members[process];
    const std::vector<FinerTask> tasks = sortedTasks(*m_trace, members.threads, members.tasks);
    std::unordered_map<TaskId, std::size_t> threads;
    for (const FinerTask &task : tasks)
        threads.emplace(task.id, task.thread);
    std::unordered_map<TaskId, std::vector<std::size_t>> children;
    std::vector<std::pair<std::size_t, int>> open;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const auto parent = threads.find(tasks[i].parent);
        // A task is made after the one that makes it: so there is no circle.
        if (parent != threads.end() && parent->second == tasks[i].thread
            && tasks[i].parent < tasks[i].id)
            children[tasks[i].parent].push_back(i);
        else
            open.emplace_back(i, 0);
    }
    std::vector<TaskRow> rows;
    while (!open.empty()) {
        const auto [index, depth] = open.back();
        open.pop_back();
        rows.push_back({tasks[index].track, depth, tasks[index].thread});
        for (const std::size_t child : children[tasks[index].id])
            open.emplace_back(child, depth + 1);
    }
    return rows;
}

const QString &RunProcesses::threadName(ThreadIndex thread)
{
    if (thread >= m_names.size())
        m_names.resize(std::max<std::size_t>(std::size_t(thread) + 1, m_names.size() * 2));
    Name &name = m_names[thread];
    const std::uint32_t number = m_trace->thread(thread).name.load(std::memory_order_acquire);
    if (name.number != number) {
        name.number = number;
        name.text = QString::fromStdString(m_trace->threadName(thread));
    }
    return name.text;
}

QString RunProcesses::processName(const Trace &trace, ProcessIndex process)
{
    const QString name = QString::fromStdString(trace.processName(process)).simplified();
    if (trace.process(process).name.load(std::memory_order_acquire) != 0)
        return name;
    QStringList words = name.split(u' ');
    for (qsizetype i = 0; i < std::min<qsizetype>(words.size(), 2); ++i) {
        if (words[i].startsWith(u'/'))
            words[i] = withoutFolder(words[i]);
    }
    return words.join(u' ');
}

} // namespace Interleave
