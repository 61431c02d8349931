// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/schedevent.h"

namespace Interleave
{

/// Writes records of the scheduling stream down, as the kernel does: of process 10, where no other is
/// named. Whom they are for the derived class knows.
class RecordWriter
{
public:
    static constexpr pid_t kProcess = 10;

    void add(SchedEventKind kind, TimestampNs time, pid_t tid, bool preempted = false,
             pid_t pid = kProcess)
    {
        SchedEvent event = eventOf(kind, time, tid, pid);
        event.preempted = preempted;
        take(event);
    }
    void in(TimestampNs time, pid_t tid, pid_t pid = kProcess)
    {
        add(SchedEventKind::SwitchIn, time, tid, false, pid);
    }
    void out(TimestampNs time, pid_t tid, pid_t pid = kProcess)
    {
        add(SchedEventKind::SwitchOut, time, tid, false, pid);
    }
    void preempt(TimestampNs time, pid_t tid) { add(SchedEventKind::SwitchOut, time, tid, true); }
    void fork(TimestampNs time, pid_t tid, pid_t pid = kProcess, pid_t parent = kProcess)
    {
        SchedEvent event = eventOf(SchedEventKind::Fork, time, tid, pid);
        event.parentPid = event.parentTid = parent;
        take(event);
    }
    void find(TimestampNs time, pid_t tid, bool waits, pid_t pid = kProcess)
    {
        SchedEvent event = eventOf(SchedEventKind::Found, time, tid, pid);
        event.waiting = waits;
        take(event);
    }
    void lose(TimestampNs since, TimestampNs until)
    {
        SchedEvent event = eventOf(SchedEventKind::Lost, until, 0, 0);
        event.lostSince = since;
        take(event);
    }

protected:
    RecordWriter() = default;
    virtual ~RecordWriter() = default;

    virtual void take(const SchedEvent &event) = 0;

private:
    static SchedEvent eventOf(SchedEventKind kind, TimestampNs time, pid_t tid, pid_t pid)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        return event;
    }
};

} // namespace Interleave
