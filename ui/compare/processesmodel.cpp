// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/processesmodel.h"

#include "ui/command/commandwords.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace Interleave
{

namespace
{

bool isText(int column)
{
    return column == ProcessesModel::NameColumn || column == ProcessesModel::VerdictColumn
        || column == ProcessesModel::EndColumn;
}

QString timeOrDash(DurationNs time)
{
    return time > 0 ? durationLabel(time) : dashMark();
}

QString nameOf(const ProcessReport &process)
{
    for (const QString &name : {process.name, process.title, process.commandLine}) {
        if (!name.isEmpty())
            return name;
    }
    return QString::number(process.pid);
}

} // namespace

ProcessesModel::ProcessesModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void ProcessesModel::setCommand(const CommandReport &command, Knowledge knowledge)
{
    beginResetModel();
    m_command = command;
    m_knowledge = knowledge;
    m_order.resize(m_command.processes.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    endResetModel();
}

void ProcessesModel::clear()
{
    setCommand({}, {});
}

int ProcessesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_order.size());
}

int ProcessesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

bool ProcessesModel::isUnknown(int column) const
{
    switch (column) {
    case CpuColumn:
        return !m_knowledge.totals;
    case OverlapColumn:
    case WaitsColumn:
    case VerdictColumn:
        return !m_knowledge.switches;
    default:
        return false;
    }
}

QString ProcessesModel::endText(const ProcessReport &process) const
{
    const ProcessReport *root = rootProcess(m_command);
    if (root && root->pid == process.pid && root->start == process.start
        && (m_command.exitCode || m_command.signal))
        return exitWords(m_command);
    const auto &left = m_command.leftRunning;
    if (std::find(left.begin(), left.end(), process.pid) != left.end())
        return tr("left running");
    if (process.hasEnded)
        return tr("ended");
    return m_command.isAttached ? tr("still running") : dashMark();
}

QString ProcessesModel::text(const ProcessReport &process, int column) const
{
    switch (column) {
    case NameColumn:
        return shortCommand(nameOf(process));
    case PidColumn:
        return QString::number(process.pid);
    case ThreadsColumn:
        return QString::number(process.threads);
    case CpuColumn:
        return timeOrDash(process.cpu);
    case OverlapColumn:
        return timeOrDash(process.overlap);
    case WaitsColumn:
        return process.globalLockWaits == 0
            ? dashMark()
            : tr("%1 in %2")
                  .arg(durationLabel(process.globalLockWait), countLabel(process.globalLockWaits));
    case VerdictColumn:
        return process.verdict;
    case EndColumn:
        return endText(process);
    default:
        return {};
    }
}

qint64 ProcessesModel::number(const ProcessReport &process, int column)
{
    switch (column) {
    case PidColumn:
        return process.pid;
    case ThreadsColumn:
        return process.threads;
    case CpuColumn:
        return process.cpu;
    case OverlapColumn:
        return process.overlap;
    case WaitsColumn:
        return process.globalLockWait;
    default:
        return 0;
    }
}

QVariant ProcessesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ProcessReport &process =
        m_command.processes[std::size_t(m_order[std::size_t(index.row())])];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return isUnknown(column) ? dashMark() : text(process, column);
    case Qt::TextAlignmentRole:
        return int((isText(column) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        if (column == NameColumn)
            return process.commandLine;
        return isUnknown(column) ? QVariant(unknownWords()) : QVariant();
    case Qt::AccessibleTextRole:
        return isUnknown(column) ? QVariant(unknownWords()) : QVariant();
    default:
        return {};
    }
}

QVariant ProcessesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((isText(section) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    static const char *const titles[ColumnCount] = {
        QT_TR_NOOP("Process"), QT_TR_NOOP("PID"),       QT_TR_NOOP("Threads"),
        QT_TR_NOOP("CPU"),     QT_TR_NOOP("Overlap"),   QT_TR_NOOP("GIL waits"),
        QT_TR_NOOP("Verdict"), QT_TR_NOOP("Ended with")};
    static const char *const tips[ColumnCount] = {
        QT_TR_NOOP("What it calls itself, else its command line"),
        QT_TR_NOOP("Its number"),
        QT_TR_NOOP("How many threads it had in all"),
        QT_TR_NOOP("On cores, all of its threads together"),
        QT_TR_NOOP("Two or more of its threads on cores at once"),
        QT_TR_NOOP("How long its threads waited for the GIL (inferred), and how often"),
        QT_TR_NOOP("Whether its threads took turns though several wanted a core"),
        QT_TR_NOOP("Its exit status or signal, where that is known")};
    if (role == Qt::DisplayRole)
        return tr(titles[section]);
    if (role == Qt::ToolTipRole)
        return tr(tips[section]);
    return {};
}

void ProcessesModel::sort(int column, Qt::SortOrder order)
{
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const std::vector<int> before = m_order;
    std::iota(m_order.begin(), m_order.end(), 0);
    const auto less = [&](int a, int b) {
        const ProcessReport &left = m_command.processes[std::size_t(a)];
        const ProcessReport &right = m_command.processes[std::size_t(b)];
        return isText(column) ? text(left, column) < text(right, column)
                              : number(left, column) < number(right, column);
    };
    if (column >= 0 && column < ColumnCount) {
        std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
            return order == Qt::DescendingOrder ? less(b, a) : less(a, b);
        });
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
