// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/taskend.h"

#include "ui/timeline/timescale.h"

#include <QCoreApplication>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(TaskEnd)
};

QString endWord(TaskOutcome outcome)
{
    switch (outcome) {
    case TaskOutcome::Finished:
        return Texts::tr("done");
    case TaskOutcome::Cancelled:
        return Texts::tr("cancelled");
    case TaskOutcome::Failed:
        return Texts::tr("failed");
    case TaskOutcome::Crashed:
        return Texts::tr("crashed");
    case TaskOutcome::Running:
    case TaskOutcome::NeverStarted:
        break;
    }
    return {};
}

} // namespace

QString endMark(TaskOutcome outcome)
{
    switch (outcome) {
    case TaskOutcome::Finished:
        return QStringLiteral("✓");
    case TaskOutcome::Cancelled:
        return QStringLiteral("✕");
    case TaskOutcome::Failed:
    case TaskOutcome::Crashed:
        return QStringLiteral("!");
    case TaskOutcome::Running:
    case TaskOutcome::NeverStarted:
        break;
    }
    return {};
}

QString endText(TaskOutcome outcome)
{
    const QString mark = endMark(outcome);
    return mark.isEmpty() ? QString() : mark + QLatin1Char(' ') + endWord(outcome);
}

bool isBadEnd(TaskOutcome outcome)
{
    return outcome == TaskOutcome::Cancelled || outcome == TaskOutcome::Failed
        || outcome == TaskOutcome::Crashed;
}

QString endExplanation(const TraceSnapshot &snapshot, TrackIndex track, double nsPerPixel)
{
    const Trace &trace = snapshot.trace();
    const Track &own = trace.track(track);
    if (own.kind != TrackKind::Task || own.task >= trace.taskEnd())
        return {};
    const TaskInfo &task = trace.task(own.task);
    const TimestampNs ended = task.ended.load(std::memory_order_relaxed);
    if (ended == 0 || ended > snapshot.horizon())
        return {};
    const QString time = timeLabel(ended - snapshot.origin(), nsPerPixel);
    switch (task.outcome.load(std::memory_order_relaxed)) {
    case TaskOutcome::Finished:
        return Texts::tr("done at %1").arg(time);
    case TaskOutcome::Cancelled:
        return Texts::tr("cancelled at %1: it was told to stop before it was done").arg(time);
    case TaskOutcome::Failed:
        return Texts::tr("failed at %1: it ended with an error").arg(time);
    case TaskOutcome::Crashed:
        return Texts::tr("crashed at %1: its process or thread was ended by a fault").arg(time);
    case TaskOutcome::Running:
    case TaskOutcome::NeverStarted:
        break;
    }
    return {};
}

} // namespace Interleave
