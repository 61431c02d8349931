// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/statisticsmodel.h"

#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <algorithm>
#include <iterator>

namespace Interleave
{

StatisticsModel::StatisticsModel(QObject *parent)
    : ResultModel(heads(), parent)
{
}

void StatisticsModel::setTheme(const Theme &theme)
{
    m_theme = theme;
    if (!m_tasks.empty())
        emit dataChanged(index(0, TaskColumn), index(rowCount() - 1, TaskColumn),
                         {Qt::DecorationRole});
}

bool StatisticsModel::continues(const std::vector<TaskStatistics> &tasks) const
{
    if (tasks.size() < m_tasks.size())
        return false;
    return std::equal(
        m_tasks.begin(), m_tasks.end(), tasks.begin(),
        [](const TaskStatistics &a, const TaskStatistics &b) { return a.id == b.id; });
}

void StatisticsModel::setTasks(std::vector<TaskStatistics> tasks, Knowledge knowledge)
{
    m_knowledge = knowledge;
    const std::size_t before = m_tasks.size();
    if (!continues(tasks)) {
        beginResetModel();
        m_tasks = std::move(tasks);
        resetRows(m_tasks.size());
        endResetModel();
    } else {
        const bool grows = tasks.size() > before;
        if (grows)
            beginInsertRows({}, int(before), int(tasks.size()) - 1);
        m_tasks = std::move(tasks);
        appendRows(m_tasks.size());
        if (grows)
            endInsertRows();
        if (before > 0)
            emit dataChanged(index(0, 0), index(int(before) - 1, ColumnCount - 1));
    }
    if (isSorted())
        applyOrder();
}

TaskId StatisticsModel::taskAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return kNoTask;
    return m_tasks[itemAt(row)].id;
}

bool StatisticsModel::isUnknown(int column) const
{
    switch (column) {
    case RunningColumn:
    case ReadyColumn:
        return !m_knowledge.totals;
    case VoluntaryColumn:
    case PreemptedColumn:
    case MigrationsColumn:
        return !m_knowledge.switches;
    default:
        return false;
    }
}

qint64 StatisticsModel::number(const TaskStatistics &task, int column)
{
    switch (column) {
    case RunningColumn:
        return task.running;
    case ReadyColumn:
        return task.runnable;
    case BlockedColumn:
        return task.blocked;
    case SuspendedColumn:
        return task.suspended;
    case QueuedColumn:
        return task.queued;
    case VoluntaryColumn:
        return qint64(task.voluntary);
    case PreemptedColumn:
        return qint64(task.involuntary);
    case MigrationsColumn:
        return qint64(task.migrations);
    case OutcomeColumn:
        return qint64(task.outcome);
    default:
        return qint64(task.id);
    }
}

QString StatisticsModel::text(std::size_t item, int column) const
{
    const TaskStatistics &task = m_tasks[item];
    switch (column) {
    case TaskColumn:
        return QString::fromStdString(task.name);
    case OutcomeColumn:
        return outcomeWords(task.outcome);
    case VoluntaryColumn:
    case PreemptedColumn:
    case MigrationsColumn:
        return QString::number(number(task, column));
    default: {
        const DurationNs time = number(task, column);
        return time > 0 ? durationLabel(time) : dashMark();
    }
    }
}

bool StatisticsModel::isLess(std::size_t left, std::size_t right, int column) const
{
    const TaskStatistics &a = m_tasks[left];
    const TaskStatistics &b = m_tasks[right];
    return column == TaskColumn && a.name != b.name ? a.name < b.name
                                                    : number(a, column) < number(b, column);
}

QVariant StatisticsModel::ownData(std::size_t item, int column, int role) const
{
    if (column != TaskColumn)
        return {};
    const TaskStatistics &task = m_tasks[item];
    if (role == Qt::DecorationRole)
        return m_theme.taskColor(task.id);
    if (role == Qt::ToolTipRole && task.tid > 0)
        return tr("process %1, thread %2").arg(task.pid).arg(task.tid);
    return {};
}

std::span<const ResultModel::Head> StatisticsModel::heads()
{
    static constexpr Head kHeads[] = {
        {QT_TR_NOOP("Task"), QT_TR_NOOP("The unit of work"), true},
        {QT_TR_NOOP("Running"), QT_TR_NOOP("On a core"), false},
        {QT_TR_NOOP("Ready"), QT_TR_NOOP("Could run, but waited for a core"), false},
        {QT_TR_NOOP("Blocked"),
         QT_TR_NOOP("Waited for something: a lock, a timer, I/O, another task"), false},
        {QT_TR_NOOP("Suspended"), QT_TR_NOOP("A coroutine between two resumes"), false},
        {QT_TR_NOOP("Queued"), QT_TR_NOOP("Submitted, but not started"), false},
        {QT_TR_NOOP("Voluntary"), QT_TR_NOOP("How often it gave up the core by itself"), false},
        {QT_TR_NOOP("Preempted"), QT_TR_NOOP("How often the core was taken from it"), false},
        {QT_TR_NOOP("Moved"), QT_TR_NOOP("How often it went on on another core"), false},
        {QT_TR_NOOP("Outcome"), QT_TR_NOOP("How it ended"), true},
    };
    static_assert(std::size(kHeads) == std::size_t(ColumnCount));
    return kHeads;
}

} // namespace Interleave
