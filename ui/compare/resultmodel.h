// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QVariant>

#include <cstddef>
#include <span>
#include <vector>

namespace Interleave
{

/// A table of results, one item of a list per row and one of their values per column: what all such tables
/// have alike. A model of it says what its columns are, and of each item what stands there and what comes
/// first; this one shows what is unknown as a dash that says so, and sorts the rows by values instead of
/// texts. GUI thread. Cost of a sort: O(items log items).
class ResultModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// A column of -1 goes back to the order of the items. Equal ones keep that order.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

protected:
    struct Head {
        const char *title; ///< in the words of the source, marked with QT_TR_NOOP, as is the tip
        const char *tip;
        bool isText; ///< begins at the left; numbers end at the right
    };

    /// \param heads by column; borrowed for as long as the model lives.
    ResultModel(std::span<const Head> heads, QObject *parent);

    [[nodiscard]] virtual QString text(std::size_t item, int column) const = 0;
    /// Whether the run's source cannot know the values of this column.
    [[nodiscard]] virtual bool isUnknown(int column) const = 0;
    [[nodiscard]] virtual bool isLess(std::size_t left, std::size_t right, int column) const = 0;
    /// What only this table has, before all else; invalid where it has nothing of its own.
    [[nodiscard]] virtual QVariant ownData(std::size_t item, int column, int role) const = 0;

    [[nodiscard]] bool isText(int column) const;
    /// \param row in [0, rowCount()).
    [[nodiscard]] std::size_t itemAt(int row) const;
    [[nodiscard]] bool isSorted() const { return m_sortColumn >= 0; }

    /// So many rows, in the order of the items. Within a reset.
    void resetRows(std::size_t count);
    /// Up to so many rows, the new ones at the end. Within an insertion.
    void appendRows(std::size_t count);
    /// Sorts as was asked for last; selections stay on their items.
    void applyOrder();

private:
    std::span<const Head> m_heads;
    std::vector<std::size_t> m_order; ///< row -> item
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace Interleave
