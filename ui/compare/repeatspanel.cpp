// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/repeatspanel.h"

#include "core/query/repeats.h"
#include "ui/compare/histogramview.h"
#include "ui/compare/repeatsmodel.h"
#include "ui/compare/tabledelegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
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
    auto *page = new QWidget(this);
    m_sentence = new QLabel(page);
    m_sentence->setObjectName(QStringLiteral("repeatsSentence"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setContentsMargins(16, 0, 16, 0);
    m_progressText = new QLabel(page);
    m_progressText->setObjectName(QStringLiteral("repeatsProgress"));
    m_progressText->setProperty("role", QStringLiteral("muted"));
    m_progressText->setContentsMargins(16, 0, 16, 0);
    m_progress = new QProgressBar(page);
    m_progress->setAccessibleName(tr("Runs so far"));
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(4);

    m_table = new QTableView(page);
    m_table->setObjectName(QStringLiteral("repeatsTable"));
    m_table->setAccessibleName(tr("The runs one by one"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(m_delegate);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
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
    m_histograms = new QScrollArea(page);
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
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 10, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_sentence);
    layout->addWidget(m_progressText);
    layout->addWidget(m_progress);
    layout->addLayout(columns, 1);
    return page;
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
    m_progressText->setText(tr("%1 of %2 done").arg(done).arg(total));
    m_progress->setRange(0, std::max(total, 1));
    m_progress->setValue(done);
    m_progressText->show();
    m_progress->show();
    setCurrentIndex(1);
}

void RepeatsPanel::showRepeats(const std::vector<RunReport> &runs, const QString &resultKey)
{
    fill(runs, resultKey);
    m_progressText->hide();
    m_progress->hide();
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
    const QString sentence = repeatsSentence(m_runs);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
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
