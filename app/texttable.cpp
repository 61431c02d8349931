// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/texttable.h"

#include "core/query/explanation.h"

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

/// Rows with their columns aligned: the first to the left, numbers to the right.
QString aligned(const std::vector<QStringList> &rows)
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

QStringList taskRow(const TaskStatistics &task)
{
    return {QString::fromStdString(task.name), duration(double(task.running)),
            duration(double(task.runnable)),   duration(double(task.blocked)),
            duration(double(task.suspended)),  duration(double(task.queued)),
            QString::number(task.voluntary),   QString::number(task.involuntary),
            QString::number(task.migrations)};
}

} // namespace

QString runText(const RunReport &report)
{
    constexpr std::size_t kMostRows = 40; // what a terminal shows without scrolling away the rest
    const RunStatistics &s = report.statistics;
    QString out = report.title;
    if (!report.model.isEmpty())
        out += QStringLiteral(" · ") + modelTitle(report.model);
    out += QStringLiteral(" · source: ") + QLatin1String(sourceName(report.source))
        + QLatin1Char('\n');
    out += report.sentence + QStringLiteral("\n\n");
    out +=
        QStringLiteral("wall %1 · CPU %2 · parallelism %3 · overlap %4 · switches %5 voluntary, %6 "
                       "preempted · migrations %7\n\n")
            .arg(duration(double(s.wall)), duration(double(s.cpu)))
            .arg(s.parallelism, 0, 'f', 2)
            .arg(duration(double(s.overlap)))
            .arg(s.voluntary)
            .arg(s.involuntary)
            .arg(s.migrations);
    std::vector<QStringList> rows{
        {QStringLiteral("task"), QStringLiteral("running"), QStringLiteral("ready"),
         QStringLiteral("blocked"), QStringLiteral("suspended"), QStringLiteral("queued"),
         QStringLiteral("vol."), QStringLiteral("preempted"), QStringLiteral("migr.")}};
    for (std::size_t i = 0; i < std::min(kMostRows, s.tasks.size()); ++i)
        rows.push_back(taskRow(s.tasks[i]));
    out += aligned(rows);
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
        rows.push_back(
            {modelTitle(m.model), duration(m.wallNs.median), duration(m.cpuNs.median),
             m.speedUp > 0 ? QString::number(m.speedUp, 'f', 2) + QStringLiteral("x")
                           : QStringLiteral("-"),
             QString::number(m.parallelism.median, 'f', 2),
             QString::number(m.voluntary.median, 'f', 0),
             QString::number(m.involuntary.median, 'f', 0),
             QString::number(m.migrations.median, 'f', 0), duration(m.runQueueP99Ns.median),
             QString::number(m.peakRssBytes.median / 1e6, 'f', 1) + QStringLiteral(" MB")});
    }
    return comparison.title + QLatin1Char('\n') + comparison.sentence + QStringLiteral("\n\n")
        + aligned(rows);
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
        out += QStringLiteral("  %1 %2 %3\n").arg(set.id, set.slug.leftJustified(20), set.title);
        out += QStringLiteral("      models: %1\n").arg(set.models.join(QStringLiteral(", ")));
        for (const Parameter &p : set.parameters) {
            const QString range =
                p.type == Parameter::Type::Integer || p.type == Parameter::Type::Real
                ? QStringLiteral(" (%1 to %2)").arg(p.minimum).arg(p.maximum)
                : p.choices.isEmpty()
                ? QString()
                : QStringLiteral(" (%1)").arg(p.choices.join(QStringLiteral(", ")));
            out += QStringLiteral("      %1 = %2%3  %4\n")
                       .arg(p.name, p.defaultValue.toVariant().toString(), range, p.help);
        }
    }
    return out.trimmed() + QLatin1Char('\n');
}

} // namespace Interleave
