// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/resulttable.h"

#include <QHeaderView>

namespace Interleave
{

ResultTable::ResultTable(const QString &objectName, const QString &accessibleName,
                         QAbstractItemModel *model, QAbstractItemDelegate *delegate,
                         QWidget *parent)
    : QTableView(parent)
{
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setModel(model);
    setItemDelegate(delegate);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setShowGrid(false);
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
}

QSize ResultTable::minimumSizeHint() const
{
    const int row = verticalHeader()->defaultSectionSize();
    return {QTableView::minimumSizeHint().width(), horizontalHeader()->sizeHint().height() + row};
}

} // namespace Interleave
