// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/texttable.h"

#include "app/processestext.h"
#include "core/query/explanation.h"
#include "core/query/knowledge.h"
#include "core/query/repeats.h"

#include <QStringList>

#include <algorithm>
#include <vector>

namespace Interleave
{

namespace
{

QString duration(double ns)
{
    return QString::fromStdString(durationText(DurationNs(ns)));
}

/// What the source cannot know is a dash, where a document has null: 0 would be a claim.
QString knownOrDash(bool isKnown, const QString &text)
{
    return isKnown ? text : QStringLiteral("-");
}

QStringList taskRow(const TaskStatistics &task, Knowledge knows)
{
    return {oneLine(QString::fromStdString(task.name)),
            knownOrDash(knows.totals, duration(double(task.running))),
            knownOrDash(knows.totals, duration(double(task.runnable))),
            duration(double(task.blocked)),
            duration(double(task.suspended)),
            duration(double(task.queued)),
            knownOrDash(knows.switches, QString::number(task.voluntary)),
            knownOrDash(knows.switches, QString::number(task.involuntary)),
            knownOrDash(knows.switches, QString::number(task.migrations))};
}

/// What is known of all of a model's runs.
Knowledge knowledgeOfModel(const Comparison &comparison, const QString &model)
{
    Knowledge knows;
    for (const RunReport &run : comparison.runs) {
        if (run.model == model)
            knows = sharedKnowledge(knows, knowledgeOf(run.source));
    }
    return knows;
}

/// A model none of whose runs ended as it should has no numbers.
QStringList modelRow(const ModelSummary &m, Knowledge knows)
{
    const bool hasRuns = m.runs > 0;
    const bool hasTotals = hasRuns && knows.totals;
    const bool hasSwitches = hasRuns && knows.switches;
    return {
        modelTitle(m.model),
        knownOrDash(hasRuns, duration(m.wallNs.median)),
        knownOrDash(hasTotals, duration(m.cpuNs.median)),
        knownOrDash(m.speedUp > 0, QString::number(m.speedUp, 'f', 2) + QLatin1Char('x')),
        knownOrDash(hasTotals, QString::number(m.parallelism.median, 'f', 2)),
        knownOrDash(hasSwitches, QString::number(m.voluntary.median, 'f', 0)),
        knownOrDash(hasSwitches, QString::number(m.involuntary.median, 'f', 0)),
        knownOrDash(hasSwitches, QString::number(m.migrations.median, 'f', 0)),
        knownOrDash(hasSwitches, duration(m.runQueueP99Ns.median)),
        knownOrDash(hasRuns,
                    QString::number(m.peakRssBytes.median / 1e6, 'f', 1) + QStringLiteral(" MB"))};
}

} // namespace

QString alignedRows(const std::vector<QStringList> &rows)
{
    std::vector<qsizetype> widths;
    for (const QStringList &row : rows) {
        widths.resize(std::max(widths.size(), std::size_t(row.size())));
        for (qsizetype i = 0; i < row.size(); ++i)
            widths[std::size_t(i)] = std::max(widths[std::size_t(i)], row[i].size());
    }
    QString out;
    for (const QStringList &row : rows) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i) {
            const int width = int(widths[std::size_t(i)]);
            line += i == 0 ? row[i].leftJustified(width)
                           : QStringLiteral("  ") + row[i].rightJustified(width);
        }
        out += line.trimmed().isEmpty() ? QStringLiteral("\n") : line + QLatin1Char('\n');
    }
    return out;
}

QString oneLine(QString text)
{
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control)
            c = QLatin1Char('?');
    }
    return text;
}

QString runText(const RunReport &report)
{
    constexpr std::size_t kMostRows = 40; // what a terminal shows without scrolling away the rest
    const RunStatistics &s = report.statistics;
    const Knowledge knows = knowledgeOf(report.source);
    QString out = oneLine(report.title);
    if (report.command && report.command->isAttached)
        out += QStringLiteral(" · attached");
    else if (!report.model.isEmpty() && !report.command)
        out += QStringLiteral(" · ") + modelTitle(report.model);
    out += QStringLiteral(" · source: ") + QLatin1String(sourceName(report.source))
        + QLatin1Char('\n');
    out += oneLine(report.sentence) + QStringLiteral("\n\n");
    out +=
        QStringLiteral("wall %1 · CPU %2 · parallelism %3 · overlap %4 · switches %5 voluntary, %6 "
                       "preempted · migrations %7\n\n")
            .arg(duration(double(s.wall)), knownOrDash(knows.totals, duration(double(s.cpu))),
                 knownOrDash(knows.totals, QString::number(s.parallelism, 'f', 2)),
                 knownOrDash(knows.switches, duration(double(s.overlap))),
                 knownOrDash(knows.switches, QString::number(s.voluntary)),
                 knownOrDash(knows.switches, QString::number(s.involuntary)),
                 knownOrDash(knows.switches, QString::number(s.migrations)));
    if (report.command)
        out += processesText(*report.command) + QLatin1Char('\n');
    std::vector<QStringList> rows{
        {QStringLiteral("task"), QStringLiteral("running"), QStringLiteral("ready"),
         QStringLiteral("blocked"), QStringLiteral("suspended"), QStringLiteral("queued"),
         QStringLiteral("vol."), QStringLiteral("preempted"), QStringLiteral("migr.")}};
    for (std::size_t i = 0; i < std::min(kMostRows, s.tasks.size()); ++i)
        rows.push_back(taskRow(s.tasks[i], knows));
    out += alignedRows(rows);
    if (s.tasks.size() > kMostRows)
        out += QStringLiteral("... and %1 more\n").arg(s.tasks.size() - kMostRows);
    const std::uint64_t missing = report.eventsDropped + report.recordsLost + report.eventsLate;
    if (missing > 0)
        out += QStringLiteral("not complete: %1 events dropped, %2 records lost, %3 late\n")
                   .arg(report.eventsDropped)
                   .arg(report.recordsLost)
                   .arg(report.eventsLate);
    return out;
}

QString comparisonText(const Comparison &comparison)
{
    std::vector<QStringList> rows{{QStringLiteral("model"), QStringLiteral("wall"),
                                   QStringLiteral("CPU"), QStringLiteral("speed-up"),
                                   QStringLiteral("parallelism"), QStringLiteral("voluntary"),
                                   QStringLiteral("preempted"), QStringLiteral("migrations"),
                                   QStringLiteral("wait p99"), QStringLiteral("memory")}};
    for (const ModelSummary &m : comparison.models) {
        rows.push_back(modelRow(m, knowledgeOfModel(comparison, m.model)));
    }
    return comparison.title + QLatin1Char('\n') + comparison.sentence + QStringLiteral("\n\n")
        + alignedRows(rows);
}

QString repeatsText(const std::vector<RunReport> &runs, const QString &preferred)
{
    constexpr int kMostBars = 10;
    QString out = QLatin1Char('\n') + repeatsSentence(runs, preferred) + QLatin1Char('\n');
    for (const Distribution &distribution : distributionsOf(runs)) {
        if (!distribution.differs())
            continue;
        out += QLatin1Char('\n') + resultKeyText(distribution.key) + QLatin1Char('\n');
        std::vector<QStringList> rows;
        for (const DistributionBar &bar : barsOf(distribution, kMostBars))
            rows.push_back({QStringLiteral("  ") + bar.label, QString::number(bar.count)});
        out += alignedRows(rows);
    }
    return out;
}

QString catalogueText(const Catalogue &catalogue)
{
    QString out;
    QString group;
    for (const TaskSet &set : catalogue.sets()) {
        if (set.group != group) {
            group = set.group;
            out += QStringLiteral("\n%1\n").arg(group);
        }
        if (!set.fault.isEmpty()) {
            out += QStringLiteral("  not usable: %1\n").arg(set.fault);
            continue;
        }
        out += QStringLiteral("  %1 %2 %3\n")
                   .arg(set.id.leftJustified(3), set.slug.leftJustified(20), set.title);
        out += QStringLiteral("      models: %1\n").arg(set.models.join(QStringLiteral(", ")));
        for (const Parameter &p : set.parameters) {
            const QString range =
                p.type == Parameter::Type::Integer || p.type == Parameter::Type::Real
                ? QStringLiteral(" (%1 to %2)").arg(p.minimum).arg(p.maximum)
                : p.choices.isEmpty()
                ? QString()
                : QStringLiteral(" (%1)").arg(p.choices.join(QStringLiteral(", ")));
            const QString condition = conditionText(set, p);
            out += QStringLiteral("      %1 = %2%3  %4\n")
                       .arg(p.name, p.defaultValue.toVariant().toString(), range,
                            condition.isEmpty() ? p.help
                                                : QString(p.help + QLatin1Char(' ') + condition));
        }
    }
    return out.trimmed() + QLatin1Char('\n');
}

} // namespace Interleave
