// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/knowledge.h"
#include "ui/command/commandwords.h"
#include "ui/inspector/deadlockwords.h"
#include "ui/inspector/inspectorcontent.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QCoreApplication>

namespace Interleave
{

namespace
{

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Inspector)
};

QString times(std::uint64_t count)
{
    return QStringLiteral("%1 ×").arg(count);
}

/// The circle of a deadlock as a picture and as rows.
void addDeadlock(const RunReport &report, InspectorContent &content)
{
    const DeadlockReport &deadlock = *report.deadlock;
    content.waitsTitle = deadlockTitle(deadlock);
    content.isWaitsChain = deadlock.isLeak;
    for (const DeadlockReport::Edge &edge : deadlock.cycle) {
        content.waits.push_back(
            {edge.waiterId, edge.waiter, edge.object, edge.holderId, edge.holder});
        const bool isLeaked = deadlock.isLeak && &edge == &deadlock.cycle.back();
        const QString detail = edge.object.isEmpty() ? QString()
            : isLeaked ? Words::tr("%1 ended without giving it back").arg(edge.holder)
                       : Words::tr("held by %1").arg(edge.holder);
        content.list.push_back(
            {edge.waiterId, edge.waiter, wantedWords(edge, report.trace.get()), detail});
    }
    content.listTitle = Words::tr("Who waits for what");
    content.facts.push_back(
        {Words::tr("Stands still since"), timeLabel(deadlock.since, double(kMillisecond))});
    content.facts.push_back({Words::tr("Found after"), durationLabel(deadlock.foundAfter)});
}

} // namespace

InspectorContent reportContent(const RunReport &report, const TaskSet *set)
{
    const RunStatistics &numbers = report.statistics;
    const Knowledge knows = knowledgeOf(report.source);
    const auto total = [&](const QString &key, const QString &value) {
        return InspectorContent::factIf(knows.totals, key, value);
    };
    const auto switched = [&](const QString &key, const QString &value) {
        return InspectorContent::factIf(knows.switches, key, value);
    };
    InspectorContent content;
    content.title = report.title;
    content.subtitle = modelTitle(report.model);
    if (report.command && report.command->failure.isEmpty() && isEndRemarkable(report))
        content.subtitle += QStringLiteral(" · ") + exitWords(*report.command);
    content.facts = {
        {Words::tr("Wall"), durationLabel(numbers.wall)},
        total(Words::tr("CPU"), durationLabel(numbers.cpu)),
        total(Words::tr("Parallelism"), QString::number(numbers.parallelism, 'f', 2)),
        switched(Words::tr("Peak"), QString::number(numbers.peakParallelism)),
        switched(Words::tr("Overlap"), durationLabel(numbers.overlap)),
        switched(Words::tr("Voluntary"), times(numbers.voluntary)),
        switched(Words::tr("Preempted"), times(numbers.involuntary)),
        switched(Words::tr("Migrations"), times(numbers.migrations)),
        switched(Words::tr("Core wait p99"),
                 numbers.runQueueWait.count > 0 ? durationLabel(numbers.runQueueWait.p99)
                                                : dashMark()),
        {Words::tr("Start delay, mean"),
         numbers.spawn > 0 ? durationLabel(numbers.spawn) : dashMark()},
        {Words::tr("Records lost"), QString::number(report.recordsLost + report.eventsDropped)},
        {Words::tr("Source"), sourceWords(report.source)},
        {Words::tr("Priority"), report.priority},
    };
    std::erase_if(content.facts,
                  [](const InspectorContent::Fact &fact) { return fact.value.isEmpty(); });
    if (report.command) {
        for (const auto &[key, value] : commandFacts(*report.command))
            content.facts.push_back({key, value});
    }
    if (report.deadlock)
        addDeadlock(report, content);
    content.chart = chartOf(report);
    content.why = report.sentence;
    content.isWhyFirst = true;
    if (!content.why.isEmpty())
        content.whyTitle = Words::tr("What the numbers show");
    if (set) {
        content.question = set->question;
        content.answer = set->answer;
    }
    content.hint =
        Words::tr("Click a slice to see why it is what it is, or drag across the tracks to "
                  "add up a span of time.");
    return content;
}

} // namespace Interleave
