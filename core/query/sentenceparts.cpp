// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include "core/query/knowledge.h"

#include <algorithm>

namespace Interleave
{

using namespace Qt::StringLiterals;

ListedTasks workOf(const RunReport &report)
{
    ListedTasks tasks;
    for (const TaskStatistics &task : report.statistics.tasks) {
        if (task.kind != TaskKind::Main && task.outcome != TaskOutcome::NeverStarted)
            tasks.push_back(&task);
    }
    return tasks;
}

const TaskStatistics *mainOf(const RunReport &report)
{
    const auto &tasks = report.statistics.tasks;
    const auto found = std::find_if(tasks.begin(), tasks.end(), [](const TaskStatistics &task) {
        return task.kind == TaskKind::Main && task.outcome != TaskOutcome::NeverStarted;
    });
    return found == tasks.end() ? nullptr : &*found;
}

std::map<std::pair<pid_t, pid_t>, DurationNs> occupancyByThread(const ListedTasks &tasks)
{
    std::map<std::pair<pid_t, pid_t>, DurationNs> occupancy;
    for (const TaskStatistics *task : tasks) {
        if (task->tid != 0)
            occupancy[{task->pid, task->tid}] += task->end - task->start;
    }
    return occupancy;
}

QString listed(const QStringList &words)
{
    if (words.size() < 2)
        return words.join(QString());
    return words.mid(0, words.size() - 1).join(u", "_s) + u" and "_s + words.last();
}

QString primitiveOf(const QString &model)
{
    if (model == "threads"_L1 || model == "gil"_L1)
        return u"QThread"_s;
    if (model == "pool"_L1)
        return u"job of QThreadPool"_s;
    if (model == "processes"_L1)
        return u"QProcess"_s;
    return u"coroutine of C++"_s;
}

QString ratioText(double ratio)
{
    return QString::number(ratio, 'f', 2);
}

QString shareText(DurationNs part, DurationNs whole)
{
    const double percent = whole > 0 ? 100.0 * double(part) / double(whole) : 0.0;
    const QString text = QString::number(percent, 'f', 1);
    const bool isLost = part > 0 && whole > 0 && text == QLatin1String("0.0");
    return (isLost ? u"less than 0.1"_s : text) + u" %"_s;
}

bool knowsTotals(const RunReport &report)
{
    return knowledgeOf(report.source).totals;
}

bool knowsSwitches(const RunReport &report)
{
    return knowledgeOf(report.source).switches;
}

double resultNumber(const RunReport &report, const char *key, double fallback)
{
    return report.result.value(QLatin1String(key)).toDouble(fallback);
}

} // namespace Interleave
