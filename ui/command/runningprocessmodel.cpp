// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/runningprocessmodel.h"

#include "ui/inspector/statewords.h"

#include <cstddef>
#include <utility>

namespace Interleave
{

RunningProcessModel::RunningProcessModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void RunningProcessModel::setProcesses(std::vector<RunningProcess> processes)
{
    if (processes == m_processes)
        return;
    beginResetModel();
    m_processes = std::move(processes);
    endResetModel();
}

int RunningProcessModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_processes.size());
}

int RunningProcessModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString RunningProcessModel::text(const RunningProcess &process, int column)
{
    switch (column) {
    case NameColumn:
        return process.name;
    case PidColumn:
        return QString::number(process.pid);
    case CpuColumn:
        return process.cpuShare < 0 ? dashMark()
                                    : QStringLiteral("%1 %").arg(qRound(process.cpuShare * 100));
    case CommandColumn:
        return process.commandLine;
    default:
        return {};
    }
}

QVariant RunningProcessModel::sortKey(const RunningProcess &process, int column)
{
    switch (column) {
    case PidColumn:
        return process.pid;
    case CpuColumn:
        return process.cpuShare;
    default:
        return text(process, column).toLower();
    }
}

QVariant RunningProcessModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const RunningProcess &process = m_processes[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(process, index.column());
    case Qt::TextAlignmentRole: {
        const bool isNumber = index.column() == PidColumn || index.column() == CpuColumn;
        return int((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    case PidRole:
        return process.pid;
    case SortRole:
        return sortKey(process, index.column());
    default:
        return {};
    }
}

QVariant RunningProcessModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Name");
    case PidColumn:
        return tr("Process");
    case CpuColumn:
        return tr("CPU");
    case CommandColumn:
        return tr("Command line");
    default:
        return {};
    }
}

} // namespace Interleave
