// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/statisticsmodel.h"

#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <algorithm>
#include <numeric>

namespace Interleave
{

StatisticsModel::StatisticsModel(QObject *parent)
    : QAbstractTableModel(parent)
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
        m_order.resize(m_tasks.size());
        std::iota(m_order.begin(), m_order.end(), 0);
        endResetModel();
    } else {
        const bool grows = tasks.size() > before;
        if (grows)
            beginInsertRows({}, int(before), int(tasks.size()) - 1);
        m_tasks = std::move(tasks);
        for (std::size_t i = before; i < m_tasks.size(); ++i)
            m_order.push_back(int(i));
        if (grows)
            endInsertRows();
        if (before > 0)
            emit dataChanged(index(0, 0), index(int(before) - 1, ColumnCount - 1));
    }
    if (m_sortColumn >= 0)
        applyOrder();
}

TaskId StatisticsModel::taskAt(int row) const
{
    if (row < 0 || row >= rowCount())
        return kNoTask;
    return m_tasks[std::size_t(m_order[std::size_t(row)])].id;
}

int StatisticsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_tasks.size());
}

int StatisticsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant StatisticsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TaskStatistics &task = m_tasks[std::size_t(m_order[std::size_t(index.row())])];
    switch (role) {
    case Qt::DisplayRole:
        return isUnknown(index.column()) ? dashMark() : text(task, index.column());
    case Qt::DecorationRole:
        return index.column() == TaskColumn ? QVariant(m_theme.taskColor(task.id)) : QVariant();
    case Qt::TextAlignmentRole: {
        const bool isLeft = index.column() == TaskColumn || index.column() == OutcomeColumn;
        return int((isLeft ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    case Qt::ToolTipRole:
        if (index.column() == TaskColumn && task.tid > 0)
            return tr("process %1, thread %2").arg(task.pid).arg(task.tid);
        return isUnknown(index.column()) ? QVariant(unknownWords()) : QVariant();
    case Qt::AccessibleTextRole: // else the text is read out
        return isUnknown(index.column()) ? QVariant(unknownWords()) : QVariant();
    default:
        return {};
    }
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

QString StatisticsModel::text(const TaskStatistics &task, int column)
{
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

QVariant StatisticsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool isLeft = section == TaskColumn || section == OutcomeColumn;
        return int((isLeft ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    static const char *const titles[ColumnCount] = {
        QT_TR_NOOP("Task"),      QT_TR_NOOP("Running"),   QT_TR_NOOP("Ready"),
        QT_TR_NOOP("Blocked"),   QT_TR_NOOP("Suspended"), QT_TR_NOOP("Queued"),
        QT_TR_NOOP("Voluntary"), QT_TR_NOOP("Preempted"), QT_TR_NOOP("Moved"),
        QT_TR_NOOP("Outcome")};
    static const char *const tips[ColumnCount] = {
        QT_TR_NOOP("The unit of work"),
        QT_TR_NOOP("On a core"),
        QT_TR_NOOP("Could run, but waited for a core"),
        QT_TR_NOOP("Waited for something: a lock, a timer, I/O, another task"),
        QT_TR_NOOP("A coroutine between two resumes"),
        QT_TR_NOOP("Submitted, but not started"),
        QT_TR_NOOP("How often it gave up the core by itself"),
        QT_TR_NOOP("How often the core was taken from it"),
        QT_TR_NOOP("How often it went on on another core"),
        QT_TR_NOOP("How it ended")};
    if (role == Qt::DisplayRole)
        return tr(titles[section]);
    if (role == Qt::ToolTipRole)
        return tr(tips[section]);
    return {};
}

void StatisticsModel::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column >= 0 && column < ColumnCount ? column : -1;
    m_sortOrder = order;
    applyOrder();
}

void StatisticsModel::applyOrder()
{
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const std::vector<int> before = m_order;
    std::iota(m_order.begin(), m_order.end(), 0);
    const int column = m_sortColumn;
    const bool isDescending = m_sortOrder == Qt::DescendingOrder;
    if (column >= 0) {
        const auto less = [this, column](int a, int b) {
            const TaskStatistics &left = m_tasks[std::size_t(a)];
            const TaskStatistics &right = m_tasks[std::size_t(b)];
            return column == TaskColumn && left.name != right.name
                ? left.name < right.name
                : number(left, column) < number(right, column);
        };
        std::stable_sort(m_order.begin(), m_order.end(),
                         [&](int a, int b) { return isDescending ? less(b, a) : less(a, b); });
    }
    std::vector<int> rowOf(m_order.size());
    for (std::size_t row = 0; row < m_order.size(); ++row)
        rowOf[std::size_t(m_order[row])] = int(row);
    const QModelIndexList persistent = persistentIndexList();
    QModelIndexList moved;
    for (const QModelIndex &old : persistent)
        moved << index(rowOf[std::size_t(before[std::size_t(old.row())])], old.column());
    changePersistentIndexList(persistent, moved);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

} // namespace Interleave
