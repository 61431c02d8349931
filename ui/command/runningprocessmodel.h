// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/command/runningprocess.h"

#include <QAbstractTableModel>

#include <vector>

namespace Interleave
{

/// The processes that can be attached to, one per row. Owned by AttachDialog. GUI thread.
class RunningProcessModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { NameColumn, PidColumn, CpuColumn, CommandColumn, ColumnCount };
    enum Role {
        PidRole = Qt::UserRole + 1,
        SortRole, ///< a number, or the text where there is none
    };

    explicit RunningProcessModel(QObject *parent = nullptr);

    /// Replaces all of them.
    void setProcesses(std::vector<RunningProcess> processes);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] static QString text(const RunningProcess &process, int column);
    [[nodiscard]] static QVariant sortKey(const RunningProcess &process, int column);

    std::vector<RunningProcess> m_processes;
};

} // namespace Interleave
