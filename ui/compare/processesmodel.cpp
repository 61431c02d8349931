// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/processesmodel.h"

#include "ui/command/commandwords.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <algorithm>
#include <iterator>

namespace Interleave
{

namespace
{

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
    : ResultModel(heads(), parent)
{
}

void ProcessesModel::setCommand(const CommandReport &command, Knowledge knowledge)
{
    beginResetModel();
    m_command = command;
    m_knowledge = knowledge;
    resetRows(m_command.processes.size());
    endResetModel();
    if (isSorted()) // as the head of the table says
        applyOrder();
}

void ProcessesModel::clear()
{
    setCommand({}, {});
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

QString ProcessesModel::text(std::size_t item, int column) const
{
    const ProcessReport &process = m_command.processes[item];
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

bool ProcessesModel::isLess(std::size_t left, std::size_t right, int column) const
{
    return isText(column)
        ? text(left, column) < text(right, column)
        : number(m_command.processes[left], column) < number(m_command.processes[right], column);
}

QVariant ProcessesModel::ownData(std::size_t item, int column, int role) const
{
    if (role == Qt::ToolTipRole && column == NameColumn)
        return m_command.processes[item].commandLine;
    return {};
}

std::span<const ResultModel::Head> ProcessesModel::heads()
{
    static constexpr Head kHeads[] = {
        {QT_TR_NOOP("Process"), QT_TR_NOOP("What it calls itself, else its command line"), true},
        {QT_TR_NOOP("PID"), QT_TR_NOOP("Its number"), false},
        {QT_TR_NOOP("Threads"), QT_TR_NOOP("How many threads it had in all"), false},
        {QT_TR_NOOP("CPU"), QT_TR_NOOP("On cores, all of its threads together"), false},
        {QT_TR_NOOP("Overlap"), QT_TR_NOOP("Two or more of its threads on cores at once"), false},
        {QT_TR_NOOP("GIL waits"),
         QT_TR_NOOP("How long its threads waited for the GIL (inferred), and how often"), false},
        {QT_TR_NOOP("Verdict"),
         QT_TR_NOOP("Whether its threads took turns though several wanted a core"), true},
        {QT_TR_NOOP("Ended with"), QT_TR_NOOP("Its exit status or signal, where that is known"),
         true},
    };
    static_assert(std::size(kHeads) == std::size_t(ColumnCount));
    return kHeads;
}

} // namespace Interleave
