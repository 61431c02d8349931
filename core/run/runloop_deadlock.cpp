// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runloop_p.h"
#include "core/trace/waitforgraph.h"

#include <QJsonObject>
#include <QString>

#include <algorithm>

namespace Interleave
{

namespace
{

constexpr int kShownMs = 2000; // long enough to be read as a standstill, and not as a pause

/// How long a run stays as it is once its deadlock is known.
DurationNs shownFor(const QJsonObject &params)
{
    const int ms = params.value(QLatin1String("deadlock_shown_ms")).toInt(kShownMs);
    return std::max(0, ms) * kMillisecond;
}

} // namespace

/// Tells of a deadlock as soon as it is known, and ends the run when it has been seen. A person's
/// own program is left as it is: it may know better.
void RunLoop::watchForDeadlock()
{
    ActiveRun &run = *m_run;
    if (run.report.deadlock) {
        if (run.isTaskSet() && monotonicNow() >= run.deadlockShownUntil)
            requestStop(StopReason::Asked);
        return;
    }
    const Deadlock *deadlock = run.collector->deadlock();
    if (!deadlock || run.ladder.isAsked()) // what a stop leaves behind is none
        return;
    const TimestampNs now = monotonicNow();
    run.report.deadlock = deadlockReport(*run.trace, *deadlock, now);
    run.deadlockText = QString::fromStdString(deadlockText(*run.trace, *deadlock));
    run.deadlockShownUntil = now + shownFor(run.request.params);
    m_callbacks.deadlockFound(run.deadlockText);
}

/// Of a person's program, whose locks nobody sees: tells that perhaps nothing of it will move any more.
void RunLoop::watchForStandstill()
{
    ActiveRun &run = *m_run;
    if (!run.standstill)
        return;
    // What is known needs no suspicion, and what moves after a stop moves because of that.
    if (run.report.deadlock || run.ladder.isAsked()) {
        endStandstill();
        return;
    }
    switch (run.standstill->look(monotonicNow())) {
    case StandstillWatch::News::None:
        break;
    case StandstillWatch::News::Suspected:
        m_callbacks.standstillSuspected(run.standstill->quiet());
        break;
    case StandstillWatch::News::Over:
        m_callbacks.standstillOver(true);
        break;
    }
}

/// It is not watched any more: that says nothing of whether the program moves.
void RunLoop::endStandstill()
{
    if (m_run->standstill && m_run->standstill->end(monotonicNow()))
        m_callbacks.standstillOver(false);
}

} // namespace Interleave
