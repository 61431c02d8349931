// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/statistics.h"

#include "core/query/pixelruns_p.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>

namespace Interleave
{

namespace
{

/// The main task carries the others and a step is part of one: they would stretch the run. But a step
/// of main is what `sequential` makes of a task.
bool isCounted(const Trace &trace, const TaskRange *range)
{
    if (!range || range->kind == TaskKind::Main)
        return !range;
    if (range->kind != TaskKind::Step)
        return true;
    const TaskRange *parent = trace.rangeOf(range->parent);
    return parent && parent->kind == TaskKind::Main;
}

/// Collects the numbers of one run; see computeStatistics().
class Calculator
{
public:
    Calculator(const TraceSnapshot &snapshot, std::size_t mostTasks)
        : m_snapshot(snapshot)
        , m_trace(snapshot.trace())
        , m_isSampled(m_trace.source() == Source::Sampled)
        , m_mostTasks(mostTasks)
    {
    }

    RunStatistics calculate()
    {
        addTasks();
        if (m_begin > m_end)
            spanFromSlices();
        if (m_begin <= m_end) {
            m_result.span = {m_begin, m_end};
            m_result.wall = m_end - m_begin;
        }
        const bool hasThreads = addThreads();
        const DurationNs onCores = addCores();
        if (!hasThreads)
            m_result.cpu = onCores;
        if (m_result.wall > 0)
            m_result.parallelism = double(m_result.cpu) / double(m_result.wall);
        return std::move(m_result);
    }

private:
    struct TaskTimes {
        TimestampNs submitted = 0;
        TimestampNs begun = 0;
        TimestampNs ended = 0;
    };

    void addTasks()
    {
        TaskId end = m_trace.taskEnd();
        for (std::size_t i = 0; i < m_trace.taskRangeCount(); ++i) {
            const TaskRange &range = m_trace.taskRange(i);
            end = std::max(end, range.first + range.count);
        }
        DurationNs spawn = 0;
        DurationNs spawned = 0;
        for (TaskId id = 1; id < end; ++id) {
            const TaskRange *range = m_trace.rangeOf(id);
            const TaskTimes times = timesOf(id);
            if (!range && times.submitted == 0 && times.begun == 0 && times.ended == 0)
                continue; // a number that was never used
            m_hasTasks = true;
            if (isCounted(m_trace, range)) {
                stretch(times);
                if (times.submitted != 0 && times.begun != 0) {
                    spawn += times.begun - times.submitted;
                    ++spawned;
                }
            }
            if (m_result.tasks.size() < m_mostTasks)
                m_result.tasks.push_back(taskStatistics(id, range, times));
        }
        if (spawned != 0)
            m_result.spawn = spawn / spawned;
    }
    [[nodiscard]] TaskTimes timesOf(TaskId id) const
    {
        if (id >= m_trace.taskEnd())
            return {};
        const TaskInfo &info = m_trace.task(id);
        return {info.submitted.load(std::memory_order_relaxed),
                info.begun.load(std::memory_order_relaxed),
                info.ended.load(std::memory_order_relaxed)};
    }
    void stretch(const TaskTimes &times)
    {
        const TimestampNs begin = times.submitted != 0 ? times.submitted : times.begun;
        if (begin != 0)
            m_begin = std::min(m_begin, begin);
        if (times.ended != 0)
            m_end = std::max(m_end, times.ended);
        else if (times.begun != 0)
            m_end = std::max(m_end, m_snapshot.horizon());
    }
    /// \param range that it was defined in, or nullptr
    [[nodiscard]] TaskStatistics taskStatistics(TaskId id, const TaskRange *range,
                                                const TaskTimes &times) const
    {
        TaskStatistics task;
        task.id = id;
        task.name = m_trace.taskName(id);
        if (range) {
            task.kind = range->kind;
            task.parent = range->parent;
        }
        if (id >= m_trace.taskEnd())
            return task;
        const TaskInfo &info = m_trace.task(id);
        task.outcome = info.outcome.load(std::memory_order_relaxed);
        const ThreadIndex thread = info.thread.load(std::memory_order_relaxed);
        if (thread < m_trace.threadCount()) {
            task.pid = m_trace.thread(thread).pid.load(std::memory_order_relaxed);
            task.tid = m_trace.thread(thread).tid.load(std::memory_order_relaxed);
        }
        const TimestampNs begin = times.begun != 0 ? times.begun : times.submitted;
        if (begin != 0)
            task.start = begin - m_snapshot.origin();
        if (times.ended != 0)
            task.end = times.ended - m_snapshot.origin();
        else if (times.begun != 0)
            task.end = m_snapshot.horizon() - m_snapshot.origin();
        const TrackTotals &totals = info.totals;
        task.running = totals.running.load(std::memory_order_relaxed);
        task.runnable = totals.runnable.load(std::memory_order_relaxed);
        task.blocked = totals.blocked.load(std::memory_order_relaxed);
        task.suspended = totals.suspended.load(std::memory_order_relaxed);
        task.queued = totals.queued.load(std::memory_order_relaxed);
        task.voluntary = totals.voluntary.load(std::memory_order_relaxed);
        task.involuntary = totals.involuntary.load(std::memory_order_relaxed);
        task.migrations = totals.migrations.load(std::memory_order_relaxed);
        return task;
    }

    /// Of a run without tasks (a program of somebody's own): from its threads' first to last slice.
    void spanFromSlices()
    {
        m_begin = std::numeric_limits<TimestampNs>::max();
        m_end = std::numeric_limits<TimestampNs>::min();
        for (TrackIndex i = 0; i < m_trace.trackCount(); ++i) {
            if (m_trace.track(i).kind != TrackKind::Thread)
                continue;
            const SliceSequence slices(m_snapshot, i);
            if (slices.size() == 0)
                continue;
            m_begin = std::min(m_begin, slices[0].begin);
            m_end = std::max(m_end, slices[slices.size() - 1].end);
        }
    }

    /// \return whether there are any.
    bool addThreads()
    {
        bool hasThreads = false;
        std::vector<DurationNs> waits;
        for (TrackIndex i = 0; i < m_trace.trackCount(); ++i) {
            const Track &track = m_trace.track(i);
            if (track.kind != TrackKind::Thread)
                continue;
            hasThreads = true;
            const TrackTotals &totals = track.totals;
            m_result.voluntary += totals.voluntary.load(std::memory_order_relaxed);
            m_result.involuntary += totals.involuntary.load(std::memory_order_relaxed);
            m_result.migrations += totals.migrations.load(std::memory_order_relaxed);
            if (m_isSampled) {
                m_result.cpu += totals.running.load(std::memory_order_relaxed);
                m_result.runQueueWait.total += totals.runnable.load(std::memory_order_relaxed);
            } else {
                addThread(SliceSequence(m_snapshot, i), waits);
                const auto &unplaced = m_hasTasks ? totals.wokenWaitOfTasks : totals.wokenWait;
                m_result.runQueueWait.total += unplaced.load(std::memory_order_relaxed);
            }
        }
        if (!m_isSampled)
            addWaits(waits);
        return hasThreads;
    }
    void addThread(const SliceSequence &slices, std::vector<DurationNs> &waits)
    {
        const TimeSpan span = m_result.span;
        for (std::size_t i = 0; i < slices.size(); ++i) {
            const Slice &slice = slices[i];
            if (slice.state == SliceState::Running) {
                m_result.cpu += std::max<DurationNs>(
                    0, TimeSpan{slice.begin, slice.end}.intersected(span).duration());
            } else if (slice.state == SliceState::Runnable
                       && (slice.task != kNoTask || !m_hasTasks)) {
                waits.push_back(slice.duration());
            }
        }
    }
    void addWaits(std::vector<DurationNs> &waits)
    {
        if (waits.empty())
            return;
        Percentiles &result = m_result.runQueueWait;
        result.count = waits.size();
        for (const DurationNs wait : waits) {
            result.total += wait;
            result.max = std::max(result.max, wait);
        }
        // Nearest rank: the least value that so many per cent of all do not exceed.
        const auto percentile = [&waits](std::size_t percent) {
            const std::size_t rank = (waits.size() * percent + 99) / 100;
            const auto nth = waits.begin() + std::ptrdiff_t(rank - 1);
            std::nth_element(waits.begin(), nth, waits.end());
            return *nth;
        };
        result.p50 = percentile(50);
        result.p99 = percentile(99);
    }

    /// One core's stretches of time with tasks of the run, as begins and ends.
    struct CoreWalk {
        SliceSequence slices;
        std::size_t index = 0;
        bool isOn = false;
    };
    struct Boundary {
        TimestampNs time;
        bool isBegin;
        std::size_t walk;
        /// The latest first, as std::priority_queue wants it; at equal times ends come before
        /// begins, so that neighbours do not count as being there together.
        bool operator<(const Boundary &o) const
        {
            return std::tie(time, isBegin, walk) > std::tie(o.time, o.isBegin, o.walk);
        }
    };

    /// \return time on cores within the span.
    DurationNs addCores()
    {
        DurationNs onCores = 0;
        std::vector<CoreWalk> walks;
        for (TrackIndex i = 0; i < m_trace.trackCount(); ++i) {
            const Track &track = m_trace.track(i);
            if (track.kind != TrackKind::Core)
                continue;
            CoreStatistics core;
            core.core = track.core;
            core.busy = track.totals.running.load(std::memory_order_relaxed);
            core.others = track.totals.others.load(std::memory_order_relaxed);
            const SliceSequence slices(m_snapshot, i);
            if (slices.size() != 0 && slices.isOpen(slices.size() - 1)) {
                const Slice &open = slices[slices.size() - 1];
                (open.state == SliceState::Others ? core.others : core.busy) += open.duration();
            }
            m_result.cores.push_back(core);
            onCores += core.busy;
            walks.push_back({slices, slices.firstEndingAfter(m_result.span.begin), false});
        }
        if (!m_isSampled && !m_result.span.isEmpty())
            sweep(walks);
        return onCores;
    }
    void sweep(std::vector<CoreWalk> &walks)
    {
        std::priority_queue<Boundary> boundaries;
        const auto pushNext = [&](std::size_t number) {
            TimestampNs time = 0;
            if (findNext(walks[number], time))
                boundaries.push({time, walks[number].isOn, number});
        };
        for (std::size_t i = 0; i < walks.size(); ++i)
            pushNext(i);
        int running = 0;
        TimestampNs last = m_result.span.begin;
        while (!boundaries.empty()) {
            const Boundary next = boundaries.top();
            boundaries.pop();
            if (running >= 2)
                m_result.overlap += next.time - last;
            last = next.time;
            running += next.isBegin ? 1 : -1;
            m_result.peakParallelism = std::max(m_result.peakParallelism, running);
            pushNext(next.walk);
        }
    }
    /// Goes on to the next begin or end. \return false when there is none inside the span.
    bool findNext(CoreWalk &walk, TimestampNs &time) const
    {
        const TimeSpan span = m_result.span;
        const SliceSequence &slices = walk.slices;
        if (walk.isOn) {
            TimestampNs end = slices[walk.index].end;
            // One task after the other without a gap changes no number of tasks.
            for (++walk.index; walk.index < slices.size(); ++walk.index) {
                const Slice &slice = slices[walk.index];
                if (!isOfTask(slice) || slice.begin != end)
                    break;
                end = slice.end;
            }
            walk.isOn = false;
            time = std::min(end, span.end);
            return true;
        }
        while (walk.index < slices.size() && !isOfTask(slices[walk.index]))
            ++walk.index;
        if (walk.index == slices.size() || slices[walk.index].begin >= span.end)
            return false;
        walk.isOn = true;
        time = std::max(slices[walk.index].begin, span.begin);
        return true;
    }
    [[nodiscard]] bool isOfTask(const Slice &slice) const
    {
        return slice.state == SliceState::Running && (slice.task != kNoTask || !m_hasTasks);
    }

    const TraceSnapshot &m_snapshot;
    const Trace &m_trace;
    const bool m_isSampled;
    const std::size_t m_mostTasks;
    bool m_hasTasks = false;
    TimestampNs m_begin = std::numeric_limits<TimestampNs>::max();
    TimestampNs m_end = std::numeric_limits<TimestampNs>::min();
    RunStatistics m_result;
};

} // namespace

RunStatistics computeStatistics(const TraceSnapshot &snapshot, std::size_t mostTasks)
{
    return Calculator(snapshot, mostTasks).calculate();
}

} // namespace Interleave
