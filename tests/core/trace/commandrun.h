// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/trace/builderrun.h"

namespace Interleave
{

/// A run of a person's program: threads are tasks, numbered from 100 on.
struct CommandRun : BuilderRun {
    explicit CommandRun(Source source = Source::Kernel)
        : BuilderRun(source)
    {
        builder.setThreadsAreTasks([this] { return nextTask++; });
    }

    void exec(TimestampNs time, pid_t pid, const char *program, CoreId core = 0)
    {
        name(SchedEventKind::Exec, time, pid, pid, program, core);
    }
    void waitSeen(TimestampNs time, pid_t tid, WaitReason reason)
    {
        SchedEvent event;
        event.kind = SchedEventKind::WaitSeen;
        event.time = time;
        event.tid = tid;
        event.reason = std::uint8_t(reason);
        builder.addSched(event);
    }
    void lockWait(TimestampNs since, TimestampNs time, pid_t tid)
    {
        SchedEvent event;
        event.kind = SchedEventKind::GlobalLockWait;
        event.time = time;
        event.lostSince = since;
        event.tid = tid;
        builder.addSched(event);
    }
    void woken(TimestampNs since, TimestampNs time, pid_t tid, std::uint32_t readyNs)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Woken;
        event.time = time;
        event.lostSince = since;
        event.tid = tid;
        event.readyNs = readyNs;
        builder.addSched(event);
    }
    void found(TimestampNs time, pid_t pid, pid_t tid, pid_t parentPid, TimestampNs created,
               bool waiting)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Found;
        event.time = time;
        event.lostSince = created;
        event.pid = pid;
        event.tid = tid;
        event.parentPid = parentPid;
        event.waiting = waiting;
        std::memcpy(event.name.data(), "found", 6);
        builder.addSched(event);
    }
    [[nodiscard]] const TaskInfo &info(TaskId task) const { return trace.task(task); }
    [[nodiscard]] TaskId taskOfThread(pid_t tid, int life = 0) const
    {
        return trace.thread(threadIndex(tid, life)).task.load();
    }
    /// The newest life of the process.
    [[nodiscard]] const ProcessInfo &process(pid_t pid) const
    {
        std::size_t i = trace.processCount() - 1;
        while (i > 0 && trace.process(ProcessIndex(i)).pid.load() != pid)
            --i;
        return trace.process(ProcessIndex(i));
    }
    [[nodiscard]] Slice slice(pid_t tid, std::size_t index) const
    {
        return trace.track(trace.thread(threadIndex(tid)).track.load()).slices[index];
    }

    TaskId nextTask = 100;
};

} // namespace Interleave
