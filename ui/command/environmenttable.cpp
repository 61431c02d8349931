// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/environmenttable.h"

#include <QFontMetrics>
#include <QHeaderView>
#include <QKeyEvent>

#include <algorithm>

namespace Interleave
{

namespace
{

enum Column { NameColumn, ValueColumn, ColumnCount };
constexpr int kMostRowsShown = 6;

} // namespace

EnvironmentTable::EnvironmentTable(QWidget *parent)
    : QTableWidget(0, ColumnCount, parent)
{
    setObjectName(QStringLiteral("commandEnvironment"));
    setAccessibleName(tr("Environment variables"));
    setToolTip(
        tr("Variables beside those of this program. A minus before a name takes the variable "
           "away; Delete removes a row."));
    setHorizontalHeaderLabels({tr("Variable"), tr("Value")});
    horizontalHeader()->setSectionResizeMode(NameColumn, QHeaderView::Interactive);
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setHighlightSections(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(QFontMetrics(font()).height() + 8);
    setShowGrid(false);
    setSelectionBehavior(QAbstractItemView::SelectItems);
    setTabKeyNavigation(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEntries({});
    connect(this, &QTableWidget::cellChanged, this, &EnvironmentTable::noteChange);
}

QString EnvironmentTable::textAt(int row, int column) const
{
    const QTableWidgetItem *cell = item(row, column);
    return cell ? cell->text() : QString();
}

QStringList EnvironmentTable::entries() const
{
    QStringList entries;
    for (int row = 0; row < rowCount(); ++row) {
        const QString name = textAt(row, NameColumn).trimmed();
        const QString bare = name.startsWith(u'-') ? name.mid(1) : name;
        if (bare.isEmpty() || bare.contains(u'='))
            continue;
        entries << (name == bare ? QString(name + u'=' + textAt(row, ValueColumn)) : bare);
    }
    return entries;
}

void EnvironmentTable::setRow(int row, const QString &name, const QString &value)
{
    setItem(row, NameColumn, new QTableWidgetItem(name));
    setItem(row, ValueColumn, new QTableWidgetItem(value));
}

void EnvironmentTable::setEntries(const QStringList &entries)
{
    m_isFilling = true;
    setRowCount(int(entries.size()) + 1);
    for (int row = 0; row < int(entries.size()); ++row) {
        const QString &entry = entries[row];
        const qsizetype equals = entry.indexOf(u'=');
        if (equals < 0)
            setRow(row, u'-' + entry, {});
        else
            setRow(row, entry.left(equals), entry.mid(equals + 1));
    }
    setRow(int(entries.size()), {}, {});
    m_isFilling = false;
    updateGeometry();
}

void EnvironmentTable::noteChange()
{
    if (m_isFilling)
        return;
    const int last = rowCount() - 1;
    if (!textAt(last, NameColumn).isEmpty() || !textAt(last, ValueColumn).isEmpty()) {
        m_isFilling = true;
        setRowCount(rowCount() + 1);
        setRow(rowCount() - 1, {}, {});
        m_isFilling = false;
        updateGeometry();
    }
    emit entriesChanged();
}

void EnvironmentTable::keyPressEvent(QKeyEvent *event)
{
    const bool isDelete = event->key() == Qt::Key_Delete && state() != EditingState;
    if (!isDelete || currentRow() < 0 || currentRow() + 1 >= rowCount()) {
        QTableWidget::keyPressEvent(event);
        return;
    }
    removeRow(currentRow());
    updateGeometry();
    emit entriesChanged();
}

QSize EnvironmentTable::sizeHint() const
{
    const int rows = std::clamp(rowCount(), 1, kMostRowsShown);
    return {160,
            horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize()
                + 2 * frameWidth()};
}

} // namespace Interleave
