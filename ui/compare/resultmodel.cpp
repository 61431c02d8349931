// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/resultmodel.h"

#include "ui/inspector/statewords.h"

#include <algorithm>
#include <numeric>

namespace Interleave
{

namespace
{

int alignment(bool isText)
{
    return int((isText ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
}

} // namespace

ResultModel::ResultModel(std::span<const Head> heads, QObject *parent)
    : QAbstractTableModel(parent)
    , m_heads(heads)
{
}

int ResultModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_order.size());
}

int ResultModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_heads.size());
}

bool ResultModel::isText(int column) const
{
    return m_heads[std::size_t(column)].isText;
}

std::size_t ResultModel::itemAt(int row) const
{
    return m_order[std::size_t(row)];
}

QVariant ResultModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const std::size_t item = itemAt(index.row());
    const int column = index.column();
    if (const QVariant own = ownData(item, column, role); own.isValid())
        return own;
    switch (role) {
    case Qt::DisplayRole:
        return isUnknown(column) ? dashMark() : text(item, column);
    case Qt::TextAlignmentRole:
        return alignment(isText(column));
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole: // else the text is read out
        return isUnknown(column) ? QVariant(unknownWords()) : QVariant();
    default:
        return {};
    }
}

QVariant ResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Head &head = m_heads[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole: // translated as words of the model that gave them
        return metaObject()->tr(head.title, nullptr);
    case Qt::ToolTipRole:
        return metaObject()->tr(head.tip, nullptr);
    case Qt::TextAlignmentRole:
        return alignment(head.isText);
    default:
        return {};
    }
}

void ResultModel::resetRows(std::size_t count)
{
    m_order.resize(count);
    std::iota(m_order.begin(), m_order.end(), std::size_t(0));
}

void ResultModel::appendRows(std::size_t count)
{
    while (m_order.size() < count)
        m_order.push_back(m_order.size());
}

void ResultModel::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column >= 0 && column < columnCount() ? column : -1;
    m_sortOrder = order;
    applyOrder();
}

void ResultModel::applyOrder()
{
    emit layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const std::vector<std::size_t> before = m_order;
    resetRows(before.size());
    if (isSorted()) {
        const bool isDescending = m_sortOrder == Qt::DescendingOrder;
        std::stable_sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) {
            return isDescending ? isLess(b, a, m_sortColumn) : isLess(a, b, m_sortColumn);
        });
    }
    std::vector<int> rowOf(m_order.size());
    for (std::size_t row = 0; row < m_order.size(); ++row)
        rowOf[m_order[row]] = int(row);
    const QModelIndexList persistent = persistentIndexList();
    QModelIndexList moved;
    for (const QModelIndex &old : persistent)
        moved << index(rowOf[before[std::size_t(old.row())]], old.column());
    changePersistentIndexList(persistent, moved);
    emit layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

} // namespace Interleave
