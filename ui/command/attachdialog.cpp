// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/attachdialog.h"

#include "ui/command/runningprocessmodel.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include <utility>

namespace Interleave
{

namespace
{
constexpr int kRefreshMs = 1000;
}

AttachDialog::AttachDialog(QWidget *parent)
    : QDialog(parent)
    , m_filter(new QLineEdit(this))
    , m_table(new QTableView(this))
    , m_hint(new QLabel(this))
    , m_model(new RunningProcessModel(this))
    , m_rows(new QSortFilterProxyModel(this))
{
    setObjectName(QStringLiteral("attachDialog"));
    setWindowTitle(tr("Attach to a running process"));
    resize(680, 420);
    m_filter->setObjectName(QStringLiteral("attachFilter"));
    m_filter->setPlaceholderText(tr("Filter by name, number or command line"));
    m_filter->setAccessibleName(tr("Filter processes"));
    m_filter->setClearButtonEnabled(true);
    m_hint->setObjectName(QStringLiteral("attachHint"));
    m_hint->setProperty("role", QStringLiteral("small"));
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setWordWrap(true);

    m_rows->setSourceModel(m_model);
    m_rows->setFilterKeyColumn(-1); // all of them
    m_rows->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_rows->setSortRole(RunningProcessModel::SortRole);
    m_table->setObjectName(QStringLiteral("attachProcesses"));
    m_table->setAccessibleName(tr("Running processes"));
    m_table->setModel(m_rows);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(RunningProcessModel::CpuColumn, Qt::DescendingOrder);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_attach = buttons->addButton(tr("&Attach"), QDialogButtonBox::AcceptRole);
    m_attach->setObjectName(QStringLiteral("attachButton"));
    m_attach->setDefault(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(8);
    layout->addWidget(m_filter);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_hint);
    layout->addWidget(buttons);

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, this, &AttachDialog::listRequested);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_rows->setFilterFixedString(text.trimmed());
        tellState();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &AttachDialog::tellState);
    connect(m_table, &QTableView::doubleClicked, this, &AttachDialog::attach);
    connect(buttons, &QDialogButtonBox::accepted, this, &AttachDialog::attach);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    tellState();
}

void AttachDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    m_refresh.start();
    m_filter->setFocus();
    emit listRequested();
}

void AttachDialog::hideEvent(QHideEvent *event)
{
    m_refresh.stop();
    QDialog::hideEvent(event);
}

void AttachDialog::setProcesses(std::vector<RunningProcess> processes)
{
    const int chosen = chosenPid();
    const bool isFirst = !m_hasList;
    m_hasList = true;
    m_model->setProcesses(std::move(processes));
    choose(chosen);
    if (isFirst) {
        for (const int column : {RunningProcessModel::NameColumn, RunningProcessModel::PidColumn,
                                 RunningProcessModel::CpuColumn})
            m_table->resizeColumnToContents(column);
    }
    tellState();
}

int AttachDialog::chosenPid() const
{
    const QModelIndexList chosen = m_table->selectionModel()->selectedRows();
    return chosen.isEmpty() ? 0 : chosen.first().data(RunningProcessModel::PidRole).toInt();
}

void AttachDialog::choose(int pid)
{
    for (int row = 0; pid != 0 && row < m_rows->rowCount(); ++row) {
        const QModelIndex index = m_rows->index(row, 0);
        if (index.data(RunningProcessModel::PidRole).toInt() != pid)
            continue;
        m_table->setAutoScroll(false); // whoever looks at others is not brought back
        m_table->selectionModel()->setCurrentIndex(
            index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        m_table->setAutoScroll(true);
        return;
    }
}

void AttachDialog::attach()
{
    const int pid = chosenPid();
    if (pid == 0)
        return;
    accept();
    emit attachRequested(pid);
}

void AttachDialog::tellState()
{
    m_attach->setEnabled(chosenPid() != 0);
    if (!m_hasList)
        m_hint->setText(tr("Looking for your processes…"));
    else if (m_rows->rowCount() == 0)
        m_hint->setText(m_model->rowCount() == 0 ? tr("No process of yours can be attached to.")
                                                 : tr("No process contains that."));
    else
        m_hint->setText(tr("It goes on as before, and Stop only ends the recording. What it did "
                           "until now is not known."));
}

} // namespace Interleave
