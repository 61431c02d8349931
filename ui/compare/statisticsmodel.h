// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/knowledge.h"
#include "core/query/statistics.h"
#include "ui/compare/resultmodel.h"
#include "ui/theme/theme.h"

#include <vector>

namespace Interleave
{

/// One row per task with its times and switches, in the order in which they were defined. Sorts itself by
/// plain numbers, so that a table of many tasks can be brought up to date several times a second.
/// GUI thread. Cost of an update: O(tasks), O(tasks log tasks) when sorted.
class StatisticsModel : public ResultModel
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

private:
    [[nodiscard]] static std::span<const Head> heads();
    [[nodiscard]] static qint64 number(const TaskStatistics &task, int column);

    [[nodiscard]] QString text(std::size_t item, int column) const override;
    [[nodiscard]] bool isUnknown(int column) const override;
    [[nodiscard]] bool isLess(std::size_t left, std::size_t right, int column) const override;
    [[nodiscard]] QVariant ownData(std::size_t item, int column, int role) const override;
    [[nodiscard]] bool continues(const std::vector<TaskStatistics> &tasks) const;

    Theme m_theme;
    std::vector<TaskStatistics> m_tasks;
    Knowledge m_knowledge;
};

} // namespace Interleave
