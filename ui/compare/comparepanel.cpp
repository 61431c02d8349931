// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/comparepanel.h"

#include "ui/chart/chartview.h"
#include "ui/compare/comparemodel.h"
#include "ui/compare/resultpage.h"
#include "ui/compare/resulttable.h"
#include "ui/compare/tabledelegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace Interleave
{

namespace
{

/// The names of the models stay whole beside their costs.
constexpr int kLeastChartWidth = 220;

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
    , m_theme(Theme::make(Theme::Kind::Light))
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
    m_page = new ResultPage(QStringLiteral("compare"), tr("Models compared so far"), this);
    m_table = new ResultTable(QStringLiteral("compareTable"), tr("Comparison of the models"),
                              m_model, m_delegate, m_page);
    m_table->setItemDelegateForColumn(CompareModel::SpeedUpColumn, m_speedUpDelegate);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_table->horizontalHeader()->setSectionResizeMode(CompareModel::SpeedUpColumn,
                                                      QHeaderView::Stretch);
    m_chartArea = makeChartArea();

    auto *columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(16);
    columns->addWidget(m_table, 3);
    columns->addWidget(m_chartArea, 1);
    m_page->setContent(columns);
    return m_page;
}

QScrollArea *ComparePanel::makeChartArea()
{
    auto *area = new QScrollArea(m_page);
    area->setObjectName(QStringLiteral("compareChart"));
    area->setAccessibleName(tr("Chart of the models"));
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMinimumWidth(kLeastChartWidth);
    area->hide();
    return area;
}

void ComparePanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_delegate->setTheme(theme);
    m_speedUpDelegate->setTheme(theme);
    m_table->doItemsLayout();
    m_table->resizeColumnsToContents();
    buildChart();
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
    m_page->setSentence({});
    m_page->showProgress(done, total);
    setCurrentIndex(1);
    markCurrent();
}

void ComparePanel::showRunning(const QString &model)
{
    m_page->setProgressText(
        tr("%1 of %2: running %3…").arg(std::min(m_done + 1, m_total)).arg(m_total).arg(model));
}

void ComparePanel::showComparison(const Comparison &comparison)
{
    showModels(comparison.models, comparison.runs);
    m_page->setSentence(comparison.sentence);
    m_page->hideProgress();
    setCurrentIndex(1);
    markCurrent();
}

void ComparePanel::showModels(const std::vector<ModelSummary> &models,
                              const std::vector<RunReport> &runs)
{
    m_model->setModels(models, coresOf(runs), knowledgeByModel(models, runs));
    if (std::optional<Chart> chart = chartOfRuns(runs); chart != m_chart) {
        m_chart = std::move(chart);
        buildChart();
    }
}

void ComparePanel::buildChart()
{
    m_chartArea->setVisible(m_chart.has_value());
    if (!m_chart) {
        delete m_chartArea->takeWidget();
        return;
    }
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 16, 8);
    layout->setSpacing(6);
    auto *title = new QLabel(m_chart->title, content);
    title->setTextFormat(Qt::PlainText);
    title->setProperty("role", QStringLiteral("section"));
    title->setWordWrap(true);
    layout->addWidget(title);
    layout->addWidget(new ChartView(*m_chart, m_theme, content));
    layout->addStretch(1);
    m_chartArea->setWidget(content);
    // Both fill themselves with the palette otherwise, whatever the style sheet says.
    m_chartArea->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
}

void ComparePanel::stopProgress()
{
    m_page->hideProgress(true);
    if (m_model->rowCount() == 0) {
        setCurrentIndex(0);
        return;
    }
    m_page->setProgressText(tr("Stopped: the models below had finished."));
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
