// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/explanation.h"
#include "tests/core/trace/builderrun.h"

#include <QString>

#include <vector>

namespace Interleave
{

/// Two cores, unless others are given; tasks "prime 1" to "prime 9" on threads 11 to 19, which all are
/// created at 100.
struct ExplainedRun : BuilderRun {
    explicit ExplainedRun(const std::vector<CoreId> &cores = {0, 1})
        : BuilderRun(Source::Kernel, 0, cores, "prime")
    {
        for (pid_t tid = 11; tid < 20; ++tid)
            fork(100, tid);
    }

    void woken(TimestampNs since, TimestampNs time, pid_t tid, std::uint32_t readyNs)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Woken;
        event.time = time;
        event.lostSince = since;
        event.pid = kRoot;
        event.tid = tid;
        event.readyNs = readyNs;
        builder.addSched(event);
    }
    void tell(EventKind kind, TimestampNs time, pid_t tid, TaskId task, ObjectId object,
              TaskId cause = kNoTask, WaitReason reason = WaitReason::None)
    {
        Event event;
        event.kind = kind;
        event.task = task;
        event.cause = cause;
        event.argument = object;
        event.reason = std::uint8_t(reason);
        builder.addRecord(event, time, kRoot, tid);
    }
    /// From 1,000 on, prime 2 waits for fork 2, which prime 1 has held since 300.
    void waitForFork()
    {
        trace.defineObject(1, ObjectKind::Lock, 0, "fork 2");
        in(200, 11, 1);
        record(EventKind::Begin, 210, 11, 1);
        in(200, 12, 0);
        record(EventKind::Begin, 210, 12, 2);
        tell(EventKind::Acquire, 300, 11, 1, 1);
        tell(EventKind::Wait, 900, 12, kNoTask, 1, kNoTask, WaitReason::Lock);
        out(1'000, 12, 0);
    }
    /// And at 3,000 it is back.
    void giveFork()
    {
        tell(EventKind::Release, 2'900, 11, 1, 1);
        in(3'000, 12, 0);
        tell(EventKind::Acquire, 3'100, 12, 2, 1);
        tell(EventKind::WaitEnd, 3'110, 12, kNoTask, 0);
    }
    [[nodiscard]] Explanation explainAt(TrackIndex track, TimestampNs time, QString *text)
    {
        const TraceSnapshot snapshot(trace);
        const auto hit = sliceAt(snapshot, track, time);
        if (!hit)
            return {};
        const Explanation result = explain(snapshot, *hit);
        *text = QString::fromStdString(explanationText(snapshot, *hit, result));
        return result;
    }
    [[nodiscard]] QString textAt(TrackIndex track, TimestampNs time)
    {
        QString text;
        (void)explainAt(track, time, &text);
        return text;
    }
    [[nodiscard]] TrackIndex laneOf(TaskId task) const { return trace.task(task).track.load(); }
};

} // namespace Interleave
