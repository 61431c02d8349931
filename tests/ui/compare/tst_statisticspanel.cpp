// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/statisticsmodel.h"
#include "ui/compare/statisticspanel.h"
#include "ui/inspector/statewords.h"

#include <QLabel>
#include <QRegularExpression>
#include <QSplitter>
#include <QTableView>
#include <QTest>

using namespace Interleave;

class TstStatisticsPanel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void theSumsSayWhatTheSourceCannotKnow_data();
    void theSumsSayWhatTheSourceCannotKnow();
    void oneIsNoPlural();
    void theTableKnowsWhatTheSourceKnows();
    void clearingTakesTheExplanationAway();
    void aLongSentenceIsNotCutOff();
    void whereThereIsLittleRoomTheTableHasIt();
};

namespace
{

RunStatistics makeStatistics()
{
    RunStatistics statistics;
    statistics.wall = 100 * kMillisecond;
    statistics.cpu = 150 * kMillisecond;
    statistics.parallelism = 1.5;
    statistics.peakParallelism = 2;
    statistics.voluntary = 30;
    statistics.involuntary = 12;
    statistics.migrations = 7;
    TaskStatistics task;
    task.id = 1;
    task.name = "prime 1";
    statistics.tasks.push_back(task);
    return statistics;
}

const QLabel *sumsOf(const StatisticsPanel &panel)
{
    return panel.findChild<QLabel *>(QStringLiteral("statisticsSums"));
}

} // namespace

void TstStatisticsPanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstStatisticsPanel::theSumsSayWhatTheSourceCannotKnow_data()
{
    QTest::addColumn<int>("source");
    QTest::addColumn<int>("dashes");
    QTest::newRow("kernel") << int(Source::Kernel) << 0;
    QTest::newRow("sampled") << int(Source::Sampled) << 4; // peak, switches, preemptions, moves
    QTest::newRow("events") << int(Source::Events) << 6; // and CPU, cores in use
}

void TstStatisticsPanel::theSumsSayWhatTheSourceCannotKnow()
{
    QFETCH(int, source);
    QFETCH(int, dashes);
    StatisticsPanel panel;
    panel.setStatistics(makeStatistics(), Source(source));
    const QLabel *sums = sumsOf(panel);
    QCOMPARE(int(sums->text().count(dashMark())), dashes);
    QCOMPARE(sums->text().contains(QStringLiteral("42 switches")), dashes == 0);
    QCOMPARE(sums->toolTip().contains(unknownWords()), dashes > 0);
    QCOMPARE(sums->accessibleDescription().contains(unknownWords()), dashes > 0);
}

void TstStatisticsPanel::oneIsNoPlural()
{
    RunStatistics statistics = makeStatistics();
    statistics.voluntary = 1;
    statistics.involuntary = 0;
    statistics.migrations = 1;
    StatisticsPanel panel;
    panel.setStatistics(statistics, Source::Kernel);
    QVERIFY(sumsOf(panel)->text().contains(QStringLiteral("1 switch, 0 of them preemptions")));
    QVERIFY(sumsOf(panel)->text().endsWith(QStringLiteral("1 move between cores")));
}

void TstStatisticsPanel::theTableKnowsWhatTheSourceKnows()
{
    StatisticsPanel panel;
    panel.setStatistics(makeStatistics(), Source::Events);
    const QModelIndex cell = panel.model()->index(0, StatisticsModel::PreemptedColumn);
    QCOMPARE(cell.data().toString(), dashMark());
    panel.setStatistics(makeStatistics(), Source::Kernel);
    QCOMPARE(cell.data().toString(), QStringLiteral("0"));
}

void TstStatisticsPanel::clearingTakesTheExplanationAway()
{
    StatisticsPanel panel;
    panel.setStatistics(makeStatistics(), Source::Events);
    panel.clear();
    QVERIFY(sumsOf(panel)->toolTip().isEmpty());
}

void TstStatisticsPanel::aLongSentenceIsNotCutOff()
{
    QWidget window;
    auto *panel = new StatisticsPanel;
    auto *splitter = new QSplitter(Qt::Vertical, &window);
    auto *above = new QWidget;
    above->setMinimumHeight(100);
    splitter->addWidget(above);
    splitter->addWidget(panel);
    splitter->resize(600, 420);
    splitter->setSizes({320, 100});
    window.resize(600, 420);
    panel->setStatistics(makeStatistics(), Source::Kernel);
    window.show();
    const auto *sentence = panel->findChild<QLabel *>(QStringLiteral("statisticsSentence"));
    for (const int words : {4, 60, 30}) {
        panel->setSentence(QStringLiteral("queries ").repeated(words));
        QTRY_VERIFY(sentence->height() >= sentence->heightForWidth(sentence->width()));
        const QLabel *sums = sumsOf(*panel);
        QTRY_VERIFY(sums->isHidden() || sums->height() >= sums->heightForWidth(sums->width()));
        const auto *table = panel->findChild<QTableView *>(QStringLiteral("statisticsTable"));
        QVERIFY(table->viewport()->height() > 0);
    }
}

void TstStatisticsPanel::whereThereIsLittleRoomTheTableHasIt()
{
    StatisticsPanel panel;
    panel.setTheme(Theme::make(Theme::Kind::Light));
    panel.resize(800, 229);
    panel.show();
    const QLabel *sums = sumsOf(panel);
    const auto *sentence = panel.findChild<QLabel *>(QStringLiteral("statisticsSentence"));
    QVERIFY(sums->isVisible()); // it says what will stand here
    panel.setStatistics(makeStatistics(), Source::Kernel);
    panel.setSentence(QStringLiteral("One task ran."));
    QVERIFY(!sums->isVisible());
    QVERIFY(sentence->isVisible());
    panel.resize(800, 230);
    QVERIFY(sums->isVisible());
    panel.setTheme(Theme::make(Theme::Kind::Projector)); // all else is larger now
    QVERIFY(!sums->isVisible());
    panel.resize(800, 480);
    QVERIFY(sums->isVisible());
    panel.resize(800, 260);
    panel.clear();
    QVERIFY(sums->isVisible());
}

QTEST_MAIN(TstStatisticsPanel)
#include "tst_statisticspanel.moc"
