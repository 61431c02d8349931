// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/slicebuilder.h"

#include <QString>
#include <QStringList>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace Interleave
{

constexpr pid_t kRoot = 10;

/// "running@0 100-200 #1; blocked(sleep) 200-300"
inline QString textOf(const Slice &slice)
{
    std::string text = sliceStateName(slice.state);
    if (slice.state == SliceState::Running || slice.state == SliceState::Sampled)
        text += '@' + std::to_string(slice.core);
    if (slice.reason != WaitReason::None)
        text += std::string("(") + waitReasonName(slice.reason) + ')';
    text += ' ' + std::to_string(slice.begin) + '-' + std::to_string(slice.end);
    if (slice.task != kNoTask)
        text += " #" + std::to_string(slice.task);
    return QString::fromStdString(text);
}

/// A run with cores 0 and 1, unless others are given, the process 10, and tasks 1 to 9 with tracks.
struct BuilderRun {
    explicit BuilderRun(Source source = Source::Kernel, TimestampNs since = 0,
                        const std::vector<CoreId> &cores = {0, 1}, const char *taskName = "task")
        : builder(trace, cores, source)
    {
        trace.setOrigin(1);
        trace.setSource(source);
        trace.defineTasks(1, 9, TaskKind::Thread, kNoTask, taskName);
        builder.addRoot(kRoot, since, "root");
    }

    void sched(SchedEventKind kind, TimestampNs time, pid_t tid, CoreId core = kNoCore,
               bool preempted = false)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.pid = kRoot;
        event.tid = tid;
        event.core = core;
        event.preempted = preempted;
        builder.addSched(event);
    }
    void in(TimestampNs time, pid_t tid, CoreId core)
    {
        sched(SchedEventKind::SwitchIn, time, tid, core);
    }
    void out(TimestampNs time, pid_t tid, CoreId core)
    {
        sched(SchedEventKind::SwitchOut, time, tid, core);
    }
    void preempt(TimestampNs time, pid_t tid, CoreId core)
    {
        sched(SchedEventKind::SwitchOut, time, tid, core, true);
    }
    void exit(TimestampNs time, pid_t tid, CoreId core)
    {
        sched(SchedEventKind::Exit, time, tid, core);
    }
    void fork(TimestampNs time, pid_t tid, pid_t pid = kRoot, pid_t parent = kRoot)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Fork;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.parentPid = parent;
        event.parentTid = parent;
        pids[tid] = pid;
        builder.addSched(event);
    }
    void name(SchedEventKind kind, TimestampNs time, pid_t pid, pid_t tid, const char *text,
              CoreId core = 0)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.core = core;
        std::memcpy(event.name.data(), text, std::min(std::strlen(text), event.name.size() - 1));
        builder.addSched(event);
    }
    void lost(TimestampNs since, TimestampNs time, CoreId core)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Lost;
        event.time = time;
        event.lostSince = since;
        event.core = core;
        event.lostRecords = 5;
        builder.addSched(event);
    }
    void sample(TimestampNs since, TimestampNs time, pid_t tid, CoreId core, std::uint32_t ran,
                std::uint32_t ready = 0)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Sampled;
        event.time = time;
        event.lostSince = since;
        event.pid = kRoot;
        event.tid = tid;
        event.core = core;
        event.ranNs = ran;
        event.readyNs = ready;
        builder.addSched(event);
    }
    void record(EventKind kind, TimestampNs time, pid_t tid, TaskId task, TaskId cause = kNoTask,
                WaitReason reason = WaitReason::None)
    {
        Event event;
        event.kind = kind;
        event.task = task;
        event.cause = cause;
        event.reason = std::uint8_t(reason);
        const auto process = pids.find(tid);
        builder.addRecord(event, time, process == pids.end() ? kRoot : process->second, tid);
    }
    void begin(TimestampNs time, pid_t tid, TaskId task)
    {
        record(EventKind::Begin, time, tid, task);
    }
    void end(TimestampNs time, pid_t tid, TaskId task) { record(EventKind::End, time, tid, task); }
    void wait(TimestampNs time, pid_t tid, WaitReason reason)
    {
        record(EventKind::Wait, time, tid, kNoTask, kNoTask, reason);
    }

    [[nodiscard]] QString track(TrackIndex index) const
    {
        QStringList texts;
        if (index == kNoTrack)
            return {};
        for (std::size_t i = 0; i < trace.track(index).slices.size(); ++i)
            texts.append(textOf(trace.track(index).slices[i]));
        return texts.join(QStringLiteral("; "));
    }
    [[nodiscard]] QString core(CoreId core) const { return track(core); }
    [[nodiscard]] QString task(TaskId task) const { return track(trace.task(task).track.load()); }
    /// The `life`-th thread with that number.
    [[nodiscard]] ThreadIndex threadIndex(pid_t tid, int life = 0) const
    {
        for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
            if (trace.thread(i).tid.load() == tid && life-- == 0)
                return i;
        }
        return kNoThread;
    }
    [[nodiscard]] QString thread(pid_t tid, int life = 0) const
    {
        const ThreadIndex index = threadIndex(tid, life);
        return index == kNoThread ? QStringLiteral("no such thread")
                                  : track(trace.thread(index).track.load());
    }
    [[nodiscard]] QString open(TrackIndex index) const
    {
        const auto slice = TraceSnapshot(trace).openSlice(index);
        return slice ? textOf(*slice) : QString();
    }

    Trace trace;
    SliceBuilder builder;
    std::map<pid_t, pid_t> pids; ///< of threads, by their numbers; others are of kRoot
};

/// Slices of every track in order, not empty, not overlapping, before the horizon.
inline bool tracksAreInOrder(const Trace &trace)
{
    for (TrackIndex i = 0; i < trace.trackCount(); ++i) {
        const auto &slices = trace.track(i).slices;
        for (std::size_t k = 0; k < slices.size(); ++k) {
            if (slices[k].end <= slices[k].begin || slices[k].end > trace.horizon())
                return false;
            if (k > 0 && slices[k].begin < slices[k - 1].end)
                return false;
        }
    }
    return true;
}

} // namespace Interleave
