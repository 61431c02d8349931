// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/knowledge.h"
#include "core/query/runreport.h"

#include <QAbstractTableModel>

#include <vector>

namespace Interleave
{

/// The processes of a program that was recorded, one per row: how many threads they had, how much of the
/// cores, and how often these waited for the GIL. GUI thread. Cost of a sort: O(processes log processes).
class ProcessesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        PidColumn,
        ThreadsColumn,
        CpuColumn,
        OverlapColumn,
        WaitsColumn, ///< for the GIL: how long, and how often
        VerdictColumn,
        EndColumn,
        ColumnCount,
    };

    explicit ProcessesModel(QObject *parent = nullptr);

    /// \param knowledge of the run's source: what it does not know is said to be unknown.
    void setCommand(const CommandReport &command, Knowledge knowledge);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// A column of -1 goes back to the order in which the processes were forked.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    [[nodiscard]] bool isUnknown(int column) const;
    [[nodiscard]] QString text(const ProcessReport &process, int column) const;
    [[nodiscard]] QString endText(const ProcessReport &process) const;
    [[nodiscard]] static qint64 number(const ProcessReport &process, int column);

    CommandReport m_command;
    Knowledge m_knowledge;
    std::vector<int> m_order; ///< row -> index into m_command.processes
};

} // namespace Interleave
