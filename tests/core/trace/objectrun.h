// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/trace/builderrun.h"

namespace Interleave
{

constexpr ObjectId kFork1 = 1;
constexpr ObjectId kFork2 = 2;

/// Threads 11 to 19 run the tasks 1 to 9; objects 1 and 2 are locks.
struct ObjectRun : BuilderRun {
    ObjectRun()
    {
        trace.defineObject(kFork1, ObjectKind::Lock, 0, "fork 1");
        trace.defineObject(kFork2, ObjectKind::Lock, 0, "fork 2");
        for (TaskId task = 1; task <= 9; ++task) {
            fork(2, tidOf(task));
            begin(3, tidOf(task), task);
        }
    }

    static pid_t tidOf(TaskId task) { return pid_t(10 + task); }

    void tell(EventKind kind, TimestampNs time, TaskId task, ObjectId object,
              TaskId cause = kNoTask, std::uint8_t reason = 0, bool withTask = true)
    {
        Event event;
        event.kind = kind;
        event.task = withTask ? task : kNoTask;
        event.cause = cause;
        event.argument = object;
        event.reason = reason;
        builder.addRecord(event, time, kRoot, tidOf(task));
    }
    void acquire(TimestampNs time, TaskId task, ObjectId object,
                 AccessMode mode = AccessMode::Exclusive)
    {
        tell(EventKind::Acquire, time, task, object, kNoTask, std::uint8_t(mode));
    }
    void release(TimestampNs time, TaskId task, ObjectId object, TaskId next = kNoTask)
    {
        tell(EventKind::Release, time, task, object, next);
    }
    void waitFor(TimestampNs time, TaskId task, ObjectId object,
                 WaitReason reason = WaitReason::Lock, TaskId awaited = kNoTask,
                 std::uint8_t flags = 0)
    {
        const auto both = std::uint8_t(std::uint8_t(reason) | flags);
        tell(EventKind::Wait, time, task, object, awaited, both, false);
    }
    void waitEnd(TimestampNs time, TaskId task)
    {
        tell(EventKind::WaitEnd, time, task, 0, kNoTask, 0, false);
    }
    void suspend(TimestampNs time, TaskId task, ObjectId object,
                 WaitReason reason = WaitReason::Lock)
    {
        tell(EventKind::Suspend, time, task, object, kNoTask, std::uint8_t(reason));
    }

    /// "100-200 #1 1/0": its holder, how many hold it and how many wait.
    [[nodiscard]] static QString textOfHeld(const Slice &slice)
    {
        QString text = QStringLiteral("%1-%2 ").arg(slice.begin).arg(slice.end);
        if (slice.task != kNoTask)
            text += QStringLiteral("#%1 ").arg(slice.task);
        return text + QStringLiteral("%1/%2").arg(slice.holders()).arg(slice.waiters());
    }
    [[nodiscard]] QString held(ObjectId object) const
    {
        const ObjectInfo *info = trace.findObject(object);
        if (!info || info->track == kNoTrack)
            return QStringLiteral("no track");
        QStringList texts;
        const Track &track = trace.track(info->track);
        for (std::size_t i = 0; i < track.slices.size(); ++i) {
            const Slice &slice = track.slices[i];
            texts.append(slice.state == SliceState::Held ? textOfHeld(slice)
                                                         : QStringLiteral("not held"));
        }
        return texts.join(QStringLiteral("; "));
    }
    /// "150: 1 -> 2 (1)"
    [[nodiscard]] QString flows() const
    {
        QStringList texts;
        for (std::size_t i = 0; i < trace.flows().size(); ++i) {
            const FlowInfo &flow = trace.flows()[i];
            texts.append(QStringLiteral("%1: %2 -> %3 (%4)")
                             .arg(flow.time)
                             .arg(flow.from)
                             .arg(flow.to)
                             .arg(flow.object));
        }
        return texts.join(QStringLiteral("; "));
    }
};

} // namespace Interleave
