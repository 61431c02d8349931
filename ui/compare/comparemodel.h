// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/knowledge.h"
#include "core/query/runreport.h"

#include <QAbstractTableModel>

#include <vector>

namespace Interleave
{

/// The comparison's table: one row per model, in the order in which they ran. GUI thread.
class CompareModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        ModelColumn,
        WallColumn,
        CpuColumn,
        SpeedUpColumn,
        ParallelColumn,
        SwitchesColumn,
        WaitedColumn,
        MemoryColumn,
        SpawnColumn,
        SpreadColumn,
        ColumnCount,
    };
    enum Role {
        ModelRole = Qt::UserRole + 1, ///< the model's word
        SpeedUpRole, ///< double; 0 when not measured
        ScaleRole, ///< double: the speed-up at the end of a bar
        CoresRole, ///< int: where the ideal stands
    };

    explicit CompareModel(QObject *parent = nullptr);

    /// Rows that stay keep their place, so that a selection lives through a growing comparison.
    /// \param cores that the runs could use, at least 1.
    /// \param knowledge by row, what the sources of its runs know; of rows beyond, all is known.
    void setModels(std::vector<ModelSummary> models, int cores,
                   std::vector<Knowledge> knowledge = {});
    void clear() { setModels({}, 1); }
    /// -1 when the model is not there.
    [[nodiscard]] int rowOf(const QString &model) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] bool continues(const std::vector<ModelSummary> &models) const;
    /// Whether the runs of a row were measured, but by a source that cannot tell this.
    [[nodiscard]] bool isUnknown(const QModelIndex &index) const;
    [[nodiscard]] QString text(const ModelSummary &model, int column) const;
    [[nodiscard]] QString tip(const ModelSummary &model, int column) const;

    std::vector<ModelSummary> m_models;
    std::vector<Knowledge> m_knowledge;
    int m_cores = 1;
    double m_scale = 1;
};

/// "9.1 MB"; "-" for 0.
[[nodiscard]] QString bytesLabel(double bytes);

} // namespace Interleave
