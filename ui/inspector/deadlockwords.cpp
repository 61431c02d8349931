// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/deadlockwords.h"

#include "ui/timeline/timescale.h"

#include <QCoreApplication>
#include <QStringList>

namespace Interleave
{

namespace
{

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Deadlock)
};

bool isPool(const DeadlockReport::Edge &edge, const Trace *trace)
{
    const ObjectInfo *object = trace ? trace->findObject(edge.objectId) : nullptr;
    return object && object->kind == ObjectKind::Pool;
}

QString edgeText(const DeadlockReport::Edge &edge, const Trace *trace)
{
    if (edge.object.isEmpty())
        return Words::tr("%1 waits for the end of %2").arg(edge.waiter, edge.holder);
    return isPool(edge, trace)
        ? Words::tr("%1 waits for a worker of %2, taken by %3")
              .arg(edge.waiter, edge.object, edge.holder)
        : Words::tr("%1 waits for %2, held by %3").arg(edge.waiter, edge.object, edge.holder);
}

} // namespace

QString deadlockTitle(const DeadlockReport &deadlock)
{
    if (deadlock.isLeak)
        return Words::tr("Never given back");
    return deadlock.isStarvation ? Words::tr("Pool starvation") : Words::tr("Deadlock");
}

QString wantedWords(const DeadlockReport::Edge &edge, const Trace *trace)
{
    if (edge.object.isEmpty())
        return Words::tr("the end of %1").arg(edge.holder);
    return isPool(edge, trace) ? Words::tr("a worker of %1").arg(edge.object) : edge.object;
}

QString deadlockSentence(const RunReport &report)
{
    if (!report.deadlock)
        return {};
    const DeadlockReport &deadlock = *report.deadlock;
    QStringList edges;
    for (const DeadlockReport::Edge &edge : deadlock.cycle)
        edges << edgeText(edge, report.trace.get());
    // How many wait for what was never given back only the run's own words tell.
    const bool hasWords = deadlock.isLeak && !report.message.isEmpty();
    const QString who = hasWords ? report.message : edges.join(QStringLiteral("; "));
    const QString what = deadlock.isStarvation
        ? Words::tr("No worker of the pool will ever become free.")
        : deadlock.isLeak ? Words::tr("It will never become free.")
                          : Words::tr("None of them can go on.");
    return deadlockTitle(deadlock) + QStringLiteral(": ") + who + QStringLiteral(". ") + what;
}

QString deadlockFoundSentence(const QString &text)
{
    return Words::tr("Standstill: %1. None of these can go on any more.").arg(text);
}

QString standstillSentence(DurationNs quiet)
{
    return Words::tr(
               "Nothing has moved for %1: perhaps a deadlock. It is only suspected: who holds "
               "the locks of this program cannot be seen, and it may also be waiting for input, a "
               "signal or another program.")
        .arg(durationLabel(quiet));
}

} // namespace Interleave
