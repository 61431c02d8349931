// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/comparepanel.h"

#include "ui/compare/comparemodel.h"
#include "ui/compare/tabledelegate.h"

#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cstddef>

namespace Interleave
{

namespace
{

/// What is known of all runs of each model, in the order of `models`.
std::vector<Knowledge> knowledgeByModel(const std::vector<ModelSummary> &models,
                                        const std::vector<RunReport> &runs)
{
    std::vector<Knowledge> known(models.size());
    for (std::size_t i = 0; i < models.size(); ++i) {
        for (const RunReport &run : runs) {
            if (run.model == models[i].model)
                known[i] = sharedKnowledge(known[i], knowledgeOf(run.source));
        }
    }
    return known;
}

} // namespace

int coresOf(const std::vector<RunReport> &runs)
{
    std::size_t cores = 1;
    for (const RunReport &run : runs)
        cores = std::max(cores, run.statistics.cores.size());
    return int(cores);
}

ComparePanel::ComparePanel(QWidget *parent)
    : QStackedWidget(parent)
    , m_model(new CompareModel(this))
    , m_delegate(new TableDelegate(this))
    , m_speedUpDelegate(new SpeedUpDelegate(this))
{
    setObjectName(QStringLiteral("comparePanel"));
    setAccessibleName(tr("Compare"));
    addWidget(makeEmptyPage());
    addWidget(makeTablePage());
    showEmpty({}, 0);
}

QWidget *ComparePanel::makeEmptyPage()
{
    auto *page = new QWidget(this);
    m_emptyText = new QLabel(page);
    m_emptyText->setObjectName(QStringLiteral("compareEmpty"));
    m_emptyText->setProperty("role", QStringLiteral("muted"));
    m_emptyText->setTextFormat(Qt::PlainText);
    m_emptyText->setWordWrap(true);
    m_emptyText->setAlignment(Qt::AlignCenter);
    m_compare = new QPushButton(tr("Compare all models"), page);
    m_compare->setObjectName(QStringLiteral("compareAllHere"));
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 8, 24, 8);
    layout->setSpacing(10);
    layout->addStretch(1);
    layout->addWidget(m_emptyText);
    layout->addWidget(m_compare, 0, Qt::AlignHCenter);
    layout->addStretch(1);
    connect(m_compare, &QPushButton::clicked, this, &ComparePanel::compareRequested);
    return page;
}

QWidget *ComparePanel::makeTablePage()
{
    auto *page = new QWidget(this);
    m_sentence = new QLabel(page);
    m_sentence->setObjectName(QStringLiteral("compareSentence"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setContentsMargins(16, 0, 16, 0);
    m_progressText = new QLabel(page);
    m_progressText->setObjectName(QStringLiteral("compareProgress"));
    m_progressText->setProperty("role", QStringLiteral("muted"));
    m_progressText->setContentsMargins(16, 0, 16, 0);
    m_progress = new QProgressBar(page);
    m_progress->setAccessibleName(tr("Models compared so far"));
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(4);

    m_table = new QTableView(page);
    m_table->setObjectName(QStringLiteral("compareTable"));
    m_table->setAccessibleName(tr("Comparison of the models"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(m_delegate);
    m_table->setItemDelegateForColumn(CompareModel::SpeedUpColumn, m_speedUpDelegate);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsClickable(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(CompareModel::SpeedUpColumn, QHeaderView::Stretch);

    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 10, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_sentence);
    layout->addWidget(m_progressText);
    layout->addWidget(m_progress);
    layout->addWidget(m_table, 1);
    return page;
}

void ComparePanel::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    m_speedUpDelegate->setTheme(theme);
    m_table->doItemsLayout();
    m_table->resizeColumnsToContents();
}

void ComparePanel::showEmpty(const QString &title, int models)
{
    m_model->clear();
    m_emptyText->setText(
        title.isEmpty()
            ? tr("Choose a task set to compare its models.")
            : tr("Runs “%1” under each of its %2 models in turn and shows what differs.")
                  .arg(title)
                  .arg(models));
    setCurrentIndex(0);
}

void ComparePanel::setCompareEnabled(bool enabled)
{
    m_compare->setEnabled(enabled);
}

void ComparePanel::showProgress(const std::vector<RunReport> &runs, int done, int total)
{
    m_done = done;
    m_total = total;
    showModels(compareRuns(runs).models, runs);
    m_sentence->hide();
    m_progressText->setText(tr("%1 of %2 done").arg(done).arg(total));
    m_progress->setRange(0, std::max(total, 1));
    m_progress->setValue(done);
    m_progressText->show();
    m_progress->show();
    setCurrentIndex(1);
    markCurrent();
}

void ComparePanel::showRunning(const QString &model)
{
    m_progressText->setText(
        tr("%1 of %2: running %3…").arg(std::min(m_done + 1, m_total)).arg(m_total).arg(model));
}

void ComparePanel::showComparison(const Comparison &comparison)
{
    showModels(comparison.models, comparison.runs);
    m_sentence->setText(comparison.sentence);
    m_sentence->setVisible(!comparison.sentence.isEmpty());
    m_progressText->hide();
    m_progress->hide();
    setCurrentIndex(1);
    markCurrent();
}

void ComparePanel::showModels(const std::vector<ModelSummary> &models,
                              const std::vector<RunReport> &runs)
{
    m_model->setModels(models, coresOf(runs), knowledgeByModel(models, runs));
}

void ComparePanel::stopProgress()
{
    m_progress->hide();
    if (m_model->rowCount() == 0) {
        setCurrentIndex(0);
        return;
    }
    m_progressText->setText(tr("Stopped: the models below had finished."));
}

void ComparePanel::setCurrentModel(const QString &model)
{
    m_current = model;
    markCurrent();
}

void ComparePanel::markCurrent()
{
    const int row = m_model->rowOf(m_current);
    if (row >= 0)
        m_table->selectRow(row);
    else
        m_table->clearSelection();
}

} // namespace Interleave
