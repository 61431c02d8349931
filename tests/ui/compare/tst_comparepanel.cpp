// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/taskset/taskset.h"
#include "ui/chart/chartview.h"
#include "ui/compare/comparemodel.h"
#include "ui/compare/comparepanel.h"
#include "ui/inspector/statewords.h"

#include <QJsonObject>
#include <QRegularExpression>
#include <QScrollArea>
#include <QTest>

using namespace Interleave;

class TstComparePanel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void eachModelKnowsWhatItsSourceKnows();
    void repeatsKnowWhatAllOfThemKnow();
    void anEmptyProgressHasNoRows();
    void spawnCostHasAChartOfItsModels();
    void anotherSetHasNoChart();
};

namespace
{

RunReport makeReport(const char *model, Source source)
{
    RunReport report;
    report.slug = QStringLiteral("primes");
    report.title = QStringLiteral("Primes");
    report.model = QString::fromLatin1(model);
    report.source = source;
    report.statistics.wall = 100 * kMillisecond;
    report.statistics.cpu = 150 * kMillisecond;
    report.statistics.parallelism = 1.5;
    report.statistics.runQueueWait.p99 = 3 * kMillisecond;
    return report;
}

RunReport makeSpawnReport(const char *model, double eachNs)
{
    RunReport report = makeReport(model, Source::Kernel);
    report.slug = QStringLiteral("spawn-cost");
    report.result = {{QStringLiteral("per_task_ns"), eachNs}};
    return report;
}

bool isUnknown(const ComparePanel &panel, int row, int column)
{
    const QModelIndex cell = panel.model()->index(row, column);
    return cell.data().toString() == dashMark()
        && cell.data(Qt::ToolTipRole).toString() == unknownWords();
}

} // namespace

void TstComparePanel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstComparePanel::eachModelKnowsWhatItsSourceKnows()
{
    ComparePanel panel;
    panel.showComparison(
        compareRuns({makeReport("sequential", Source::Kernel),
                     makeReport("threads", Source::Sampled), makeReport("pool", Source::Events)}));
    QVERIFY(!isUnknown(panel, 0, CompareModel::SwitchesColumn));
    QVERIFY(!isUnknown(panel, 1, CompareModel::CpuColumn));
    QVERIFY(isUnknown(panel, 1, CompareModel::SwitchesColumn));
    QVERIFY(isUnknown(panel, 1, CompareModel::WaitedColumn));
    QVERIFY(isUnknown(panel, 2, CompareModel::CpuColumn));
    QVERIFY(isUnknown(panel, 2, CompareModel::ParallelColumn));
    QVERIFY(!isUnknown(panel, 2, CompareModel::WallColumn));
}

void TstComparePanel::repeatsKnowWhatAllOfThemKnow()
{
    ComparePanel panel;
    panel.showProgress(
        {makeReport("threads", Source::Kernel), makeReport("threads", Source::Events)}, 2, 2);
    QVERIFY(isUnknown(panel, 0, CompareModel::CpuColumn));
}

void TstComparePanel::anEmptyProgressHasNoRows()
{
    ComparePanel panel;
    panel.showProgress({makeReport("threads", Source::Kernel)}, 1, 2);
    panel.showProgress({}, 0, 2);
    QCOMPARE(panel.model()->rowCount(), 0);
}

void TstComparePanel::spawnCostHasAChartOfItsModels()
{
    ComparePanel panel;
    const auto *area = panel.findChild<QScrollArea *>(QStringLiteral("compareChart"));
    QVERIFY(area->isHidden());
    const std::vector<RunReport> runs{makeSpawnReport("threads", 36'000),
                                      makeSpawnReport("coroutines", 13)};
    panel.showProgress({runs.front()}, 1, 2);
    QVERIFY(!area->isHidden());
    panel.showComparison(compareRuns(runs));
    const auto views = panel.findChildren<ChartView *>();
    QCOMPARE(views.size(), qsizetype(1)); // that of the progress has gone
    const QString words = views.front()->accessibleDescription();
    QVERIFY(words.contains(modelTitle(QStringLiteral("threads"))));
    QVERIFY(words.contains(modelTitle(QStringLiteral("coroutines"))));
    panel.setTheme(Theme::make(Theme::Kind::Projector));
    QCOMPARE(panel.findChildren<ChartView *>().size(), qsizetype(1));
    QVERIFY(!area->isHidden());
}

void TstComparePanel::anotherSetHasNoChart()
{
    ComparePanel panel;
    panel.showComparison(compareRuns({makeSpawnReport("threads", 36'000)}));
    panel.showComparison(compareRuns({makeReport("threads", Source::Kernel)}));
    QVERIFY(panel.findChild<QScrollArea *>(QStringLiteral("compareChart"))->isHidden());
    QVERIFY(!panel.findChild<ChartView *>());
}

QTEST_MAIN(TstComparePanel)
#include "tst_comparepanel.moc"
