// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/repeatspanel.h"

#include "core/query/repeats.h"
#include "ui/compare/histogramview.h"
#include "ui/compare/repeatsmodel.h"
#include "ui/compare/resultpage.h"
#include "ui/compare/resulttable.h"
#include "ui/compare/tabledelegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <utility>

namespace Interleave
{

RepeatsPanel::RepeatsPanel(QWidget *parent)
    : QStackedWidget(parent)
    , m_theme(Theme::make(Theme::Kind::Light))
    , m_model(new RepeatsModel(this))
    , m_delegate(new TableDelegate(this))
{
    setObjectName(QStringLiteral("repeatsPanel"));
    setAccessibleName(tr("Repeats"));
    addWidget(makeEmptyPage());
    addWidget(makeResultPage());
    showEmpty();
}

QWidget *RepeatsPanel::makeEmptyPage()
{
    auto *page = new QWidget(this);
    auto *text = new QLabel(tr("Set “Repeat” to more than 1 and run: what was not the same every "
                               "time is shown here with how often it came out."),
                            page);
    text->setObjectName(QStringLiteral("repeatsEmpty"));
    text->setProperty("role", QStringLiteral("muted"));
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 8, 24, 8);
    layout->addWidget(text);
    return page;
}

QWidget *RepeatsPanel::makeResultPage()
{
    m_page = new ResultPage(QStringLiteral("repeats"), tr("Runs so far"), this);
    m_table = new ResultTable(QStringLiteral("repeatsTable"), tr("The runs one by one"), m_model,
                              m_delegate, m_page);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionsClickable(false);
    m_histograms = new QScrollArea(m_page);
    m_histograms->setObjectName(QStringLiteral("repeatsHistograms"));
    m_histograms->setAccessibleName(tr("How often each value came out"));
    m_histograms->setFrameShape(QFrame::NoFrame);
    m_histograms->setWidgetResizable(true);
    m_histograms->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    auto *columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(16);
    columns->addWidget(m_table, 1);
    columns->addWidget(m_histograms, 1);
    m_page->setContent(columns);
    return m_page;
}

void RepeatsPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_delegate->setTheme(theme);
    m_model->setTheme(theme);
    m_table->doItemsLayout();
    m_table->resizeColumnsToContents();
    buildHistograms();
}

void RepeatsPanel::showEmpty()
{
    fill({}, {});
    setCurrentIndex(0);
}

void RepeatsPanel::showProgress(const std::vector<RunReport> &runs, int done, int total)
{
    fill(runs, m_model->resultKey());
    m_page->showProgress(done, total);
    setCurrentIndex(1);
}

void RepeatsPanel::showRepeats(const std::vector<RunReport> &runs, const QString &resultKey)
{
    fill(runs, resultKey);
    m_page->hideProgress();
    setCurrentIndex(runs.empty() ? 0 : 1);
}

void RepeatsPanel::fill(const std::vector<RunReport> &runs, const QString &resultKey)
{
    m_runs.clear();
    for (const RunReport &run : runs) {
        RunReport numbers;
        numbers.outcome = run.outcome;
        numbers.result = run.result;
        numbers.message = run.message;
        numbers.statistics.wall = run.statistics.wall;
        m_runs.push_back(std::move(numbers));
    }
    m_model->setRuns(m_runs, mainResultKey(m_runs, resultKey));
    m_page->setSentence(repeatsSentence(m_runs, resultKey));
    buildHistograms();
}

void RepeatsPanel::buildHistograms()
{
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 16, 8);
    layout->setSpacing(10);
    int shown = 0;
    for (const Distribution &distribution : distributionsOf(m_runs)) {
        if (!distribution.differs())
            continue;
        layout->addWidget(new HistogramView(distribution, m_theme, content));
        ++shown;
    }
    if (shown == 0 && m_runs.size() > 1) {
        auto *same = new QLabel(tr("Every result was the same every time."), content);
        same->setProperty("role", QStringLiteral("muted"));
        same->setWordWrap(true);
        layout->addWidget(same);
    }
    layout->addStretch(1);
    m_histograms->setWidget(content);
    // Both fill themselves with the palette otherwise, whatever the style sheet says.
    m_histograms->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
}

} // namespace Interleave
