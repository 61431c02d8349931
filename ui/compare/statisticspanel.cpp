// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/statisticspanel.h"

#include "core/query/knowledge.h"
#include "ui/compare/statisticsmodel.h"
#include "ui/compare/tabledelegate.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QFontMetrics>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

namespace Interleave
{

StatisticsPanel::StatisticsPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new StatisticsModel(this))
    , m_delegate(new TableDelegate(this))
    , m_sentence(new QLabel(this))
    , m_sums(new QLabel(this))
    , m_table(new QTableView(this))
{
    setObjectName(QStringLiteral("statisticsPanel"));
    setAccessibleName(tr("Statistics"));
    m_sentence->setObjectName(QStringLiteral("statisticsSentence"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setContentsMargins(16, 10, 16, 0);
    m_sentence->hide();
    m_sums->setProperty("role", QStringLiteral("muted"));
    m_sums->setObjectName(QStringLiteral("statisticsSums"));
    m_sums->setTextFormat(Qt::PlainText);
    m_sums->setWordWrap(true);
    m_sums->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_sums->setContentsMargins(16, 10, 16, 4);

    m_table->setObjectName(QStringLiteral("statisticsTable"));
    m_table->setAccessibleName(tr("Statistics of the tasks"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(m_delegate);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    // One height for all rows: there may be very many of them.
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setResizeContentsPrecision(64);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(StatisticsModel::TaskColumn, QHeaderView::Stretch);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_sentence);
    layout->addWidget(m_sums);
    layout->addWidget(m_table, 1);
    clear();
}

void StatisticsPanel::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    m_model->setTheme(theme);
    m_table->verticalHeader()->setDefaultSectionSize(QFontMetrics(theme.font).height() + 7);
    m_table->doItemsLayout();
}

void StatisticsPanel::clear()
{
    m_model->setTasks({});
    setSentence({});
    m_sums->setText(tr("Run a task set: its tasks are listed here with their times and switches."));
    explainDashes(false);
    m_table->hide();
}

void StatisticsPanel::setStatistics(const RunStatistics &statistics, Source source)
{
    const Knowledge knows = knowledgeOf(source);
    const auto total = [&](const QString &text) { return knows.totals ? text : dashMark(); };
    const auto switched = [&](const QString &text) { return knows.switches ? text : dashMark(); };
    const auto counted = [&](std::uint64_t count) { return switched(QString::number(count)); };
    m_sums->setText(tr("Wall %1 · CPU %2 · %3 cores in use on average · %4 at once at most · "
                       "%5 switches, %6 of them preemptions · %7 moves between cores")
                        .arg(durationLabel(statistics.wall), total(durationLabel(statistics.cpu)),
                             total(QString::number(statistics.parallelism, 'f', 2)),
                             switched(QString::number(statistics.peakParallelism)),
                             counted(statistics.voluntary + statistics.involuntary),
                             counted(statistics.involuntary), counted(statistics.migrations)));
    explainDashes(!knows.totals || !knows.switches);
    m_model->setTasks(statistics.tasks, knows);
    m_table->show();
}

void StatisticsPanel::explainDashes(bool hasDashes)
{
    const QString words =
        hasDashes ? dashMark() + QStringLiteral(": ") + unknownWords() : QString();
    m_sums->setToolTip(words);
    m_sums->setAccessibleDescription(words);
}

void StatisticsPanel::setSentence(const QString &sentence)
{
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

void StatisticsPanel::updateFrom(const Trace &trace)
{
    if (trace.sliceCount() < kMostLiveSlices)
        setStatistics(computeStatistics(TraceSnapshot(trace)), trace.source());
}

} // namespace Interleave
