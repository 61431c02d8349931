// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/repeatsmodel.h"

#include "core/query/repeats.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <cstddef>

namespace Interleave
{

QString runOutcomeWords(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Finished:
        return RepeatsModel::tr("finished");
    case RunOutcome::Failed:
        return RepeatsModel::tr("failed");
    case RunOutcome::Cancelled:
        return RepeatsModel::tr("stopped");
    case RunOutcome::Deadlocked:
        return RepeatsModel::tr("deadlocked");
    case RunOutcome::Crashed:
        return RepeatsModel::tr("crashed");
    case RunOutcome::TimedOut:
        return RepeatsModel::tr("ended at its time limit");
    }
    return {};
}

RepeatsModel::RepeatsModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void RepeatsModel::setTheme(const Theme &theme)
{
    m_theme = theme;
    if (!m_rows.empty())
        emit dataChanged(index(0, OutcomeColumn), index(rowCount() - 1, OutcomeColumn),
                         {Qt::DecorationRole});
}

void RepeatsModel::setRuns(const std::vector<RunReport> &runs, const QString &resultKey)
{
    beginResetModel();
    m_resultKey = resultKey;
    m_rows.clear();
    for (const RunReport &run : runs) {
        Row row;
        row.outcome = run.outcome;
        row.wall = run.statistics.wall;
        row.message = run.message;
        if (!resultKey.isEmpty())
            row.result = run.result.value(resultKey);
        m_rows.push_back(row);
    }
    endResetModel();
}

int RepeatsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int RepeatsModel::columnCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return m_resultKey.isEmpty() ? ColumnCount - 1 : int(ColumnCount);
}

QString RepeatsModel::text(int row, int column) const
{
    const Row &run = m_rows[std::size_t(row)];
    switch (column) {
    case RunColumn:
        return QString::number(row + 1);
    case OutcomeColumn:
        return runOutcomeWords(run.outcome);
    case WallColumn:
        return run.wall > 0 ? durationLabel(run.wall) : dashMark();
    case ResultColumn: {
        const QString value = resultValueText(run.result);
        return value.isEmpty() ? dashMark() : value;
    }
    default:
        return {};
    }
}

QVariant RepeatsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &run = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::ToolTipRole:
        return run.message.isEmpty() ? QVariant() : QVariant(run.message);
    case Qt::DecorationRole:
        if (index.column() != OutcomeColumn)
            return {};
        // Of those that ended as they should, an empty place, so that the words line up.
        return run.outcome == RunOutcome::Finished ? QColor(Qt::transparent) : m_theme.alert;
    case Qt::TextAlignmentRole:
        return int((index.column() == OutcomeColumn ? Qt::AlignLeft : Qt::AlignRight)
                   | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant RepeatsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == OutcomeColumn ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case RunColumn:
        return tr("Run");
    case OutcomeColumn:
        return tr("Outcome");
    case WallColumn:
        return tr("Wall");
    default:
        return resultKeyText(m_resultKey);
    }
}

} // namespace Interleave
