// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/knowledge.h"
#include "core/query/statistics.h"
#include "ui/theme/theme.h"

#include <QAbstractTableModel>

#include <vector>

namespace Interleave
{

/// One row per task with its times and switches. Sorts itself by plain numbers, so that a table of
/// many tasks can be brought up to date several times a second. GUI thread.
/// Cost of an update: O(tasks), O(tasks log tasks) when sorted.
class StatisticsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        TaskColumn,
        RunningColumn,
        ReadyColumn,
        BlockedColumn,
        SuspendedColumn,
        QueuedColumn,
        VoluntaryColumn,
        PreemptedColumn,
        MigrationsColumn,
        OutcomeColumn,
        ColumnCount,
    };

    explicit StatisticsModel(QObject *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Tasks that are still there keep their rows, and with them the selection.
    /// \param knowledge of the run's source: what it does not know is said to be unknown.
    void setTasks(std::vector<TaskStatistics> tasks, Knowledge knowledge = {});
    /// The task of a row.
    [[nodiscard]] TaskId taskAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// A column of -1 goes back to the order in which the tasks were defined.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    [[nodiscard]] bool continues(const std::vector<TaskStatistics> &tasks) const;
    [[nodiscard]] bool isUnknown(int column) const;
    [[nodiscard]] static QString text(const TaskStatistics &task, int column);
    [[nodiscard]] static qint64 number(const TaskStatistics &task, int column);
    void applyOrder();

    Theme m_theme;
    std::vector<TaskStatistics> m_tasks;
    Knowledge m_knowledge;
    std::vector<int> m_order; ///< row -> index into m_tasks
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace Interleave
