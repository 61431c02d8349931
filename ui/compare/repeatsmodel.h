// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "ui/theme/theme.h"

#include <QAbstractTableModel>
#include <QJsonValue>
#include <QString>

#include <vector>

namespace Interleave
{

/// One row per repeat of a run: how it ended, how long it took, and its main result. GUI thread.
class RepeatsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { RunColumn, OutcomeColumn, WallColumn, ResultColumn, ColumnCount };

    explicit RepeatsModel(QObject *parent = nullptr);

    void setTheme(const Theme &theme);
    /// \param resultKey of RunReport::result; empty: the column is left out.
    void setRuns(const std::vector<RunReport> &runs, const QString &resultKey);
    [[nodiscard]] const QString &resultKey() const { return m_resultKey; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row {
        RunOutcome outcome = RunOutcome::Finished;
        DurationNs wall = 0;
        QJsonValue result{QJsonValue::Undefined};
        QString message;
    };
    [[nodiscard]] QString text(int row, int column) const;

    Theme m_theme;
    std::vector<Row> m_rows;
    QString m_resultKey;
};

/// "finished", "deadlocked", ...: for a person.
[[nodiscard]] QString runOutcomeWords(RunOutcome outcome);

} // namespace Interleave
