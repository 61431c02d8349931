// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/statisticspanel.h"

#include "core/query/knowledge.h"
#include "ui/compare/processesmodel.h"
#include "ui/compare/resulttable.h"
#include "ui/compare/sentencelabel.h"
#include "ui/compare/statisticsmodel.h"
#include "ui/compare/tabledelegate.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QFontMetrics>
#include <QHeaderView>
#include <QVBoxLayout>

namespace Interleave
{

namespace
{

/// Times scale; below, the heads of the tables and the sums would leave room for one row.
constexpr qreal kLowPx = 230;

} // namespace

StatisticsPanel::StatisticsPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new StatisticsModel(this))
    , m_processes(new ProcessesModel(this))
    , m_delegate(new TableDelegate(this))
    , m_sentence(new SentenceLabel(this))
    , m_sums(new SentenceLabel(this))
    , m_processTable(new ResultTable(QStringLiteral("processesTable"), tr("Processes"), m_processes,
                                     m_delegate, this))
    , m_table(new ResultTable(QStringLiteral("statisticsTable"), tr("Statistics of the tasks"),
                              m_model, m_delegate, this))
{
    setObjectName(QStringLiteral("statisticsPanel"));
    setAccessibleName(tr("Statistics"));
    m_sentence->setObjectName(QStringLiteral("statisticsSentence"));
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setContentsMargins(16, 10, 16, 0);
    m_sentence->hide();
    m_sums->setProperty("role", QStringLiteral("muted"));
    m_sums->setObjectName(QStringLiteral("statisticsSums"));
    m_sums->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_sums->setContentsMargins(16, 10, 16, 4);

    // One height for all rows: there may be very many of them.
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *header = m_table->horizontalHeader();
    header->setResizeContentsPrecision(64);
    header->setSectionResizeMode(StatisticsModel::TaskColumn, QHeaderView::Stretch);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_processTable->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView *columns = m_processTable->horizontalHeader();
    columns->setResizeContentsPrecision(64);
    columns->setSectionResizeMode(ProcessesModel::NameColumn, QHeaderView::Stretch);
    columns->setSortIndicator(-1, Qt::AscendingOrder);
    m_processTable->setSortingEnabled(true);
    m_processTable->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_sentence);
    layout->addWidget(m_sums);
    layout->addWidget(m_processTable, 2);
    layout->addWidget(m_table, 3);
    clear();
}

void StatisticsPanel::setTheme(const Theme &theme)
{
    m_delegate->setTheme(theme);
    m_model->setTheme(theme);
    for (ResultTable *table : {m_processTable, m_table}) {
        table->verticalHeader()->setDefaultSectionSize(QFontMetrics(theme.font).height() + 7);
        table->doItemsLayout();
    }
    m_scale = theme.scale;
    showSums();
}

void StatisticsPanel::clear()
{
    m_model->setTasks({});
    setCommand(std::nullopt, Source::Events);
    setSentence({});
    m_sums->setText(tr("Run a task set: its tasks are listed here with their times and switches."));
    explainDashes(false);
    m_table->hide();
    showSums();
}

void StatisticsPanel::setStatistics(const RunStatistics &statistics, Source source)
{
    const Knowledge knows = knowledgeOf(source);
    const auto total = [&](const QString &text) { return knows.totals ? text : dashMark(); };
    const auto switched = [&](const QString &text) { return knows.switches ? text : dashMark(); };
    const auto counted = [&](std::uint64_t count, const QString &one, const QString &more) {
        return switched(QString::number(count)) + QLatin1Char(' ') + (count == 1 ? one : more);
    };
    m_sums->setText(tr("Wall %1 · CPU %2 · %3 cores in use on average · %4 at once at most · "
                       "%5, %6 of them preemptions · %7 between cores")
                        .arg(durationLabel(statistics.wall), total(durationLabel(statistics.cpu)),
                             total(QString::number(statistics.parallelism, 'f', 2)),
                             switched(QString::number(statistics.peakParallelism)),
                             counted(statistics.voluntary + statistics.involuntary, tr("switch"),
                                     tr("switches")),
                             switched(QString::number(statistics.involuntary)),
                             counted(statistics.migrations, tr("move"), tr("moves"))));
    explainDashes(!knows.totals || !knows.switches);
    m_model->setTasks(statistics.tasks, knows);
    m_table->show();
    showSums();
}

/// Without a table the line says what will stand here, and has the room for it.
void StatisticsPanel::showSums()
{
    m_sums->setVisible(m_table->isHidden() || height() >= kLowPx * m_scale);
}

void StatisticsPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showSums();
}

void StatisticsPanel::setCommand(const std::optional<CommandReport> &command, Source source)
{
    const bool hasProcesses = command && !command->processes.empty();
    if (hasProcesses)
        m_processes->setCommand(*command, knowledgeOf(source));
    else
        m_processes->clear();
    m_processTable->setVisible(hasProcesses);
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
    m_sentence->setSentence(sentence);
}

void StatisticsPanel::updateFrom(const Trace &trace)
{
    if (trace.sliceCount() < kMostLiveSlices)
        setStatistics(computeStatistics(TraceSnapshot(trace)), trace.source());
}

} // namespace Interleave
