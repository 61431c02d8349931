// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTableView>

class QAbstractItemDelegate;
class QAbstractItemModel;

namespace Interleave
{

/// A table of results: quiet, whole rows, columns as wide as what is in them. Gives its height to the
/// words above it until one row is left. GUI thread.
class ResultTable : public QTableView
{
    Q_OBJECT

public:
    /// \param model,delegate borrowed: they live as long as the table.
    ResultTable(const QString &objectName, const QString &accessibleName, QAbstractItemModel *model,
                QAbstractItemDelegate *delegate, QWidget *parent);

    [[nodiscard]] QSize minimumSizeHint() const override;
};

} // namespace Interleave
