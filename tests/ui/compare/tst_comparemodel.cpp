// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/compare/sourcerows.h"
#include "ui/compare/comparemodel.h"
#include "ui/inspector/statewords.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Interleave;

class TstCompareModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void anEmptyModelHasColumnsButNoRows();
    void aRowSaysWhatWasMeasured();
    void whatWasNotMeasuredIsADash();
    void whatTheSourceCannotKnowIsADashThatSaysSo_data();
    void whatTheSourceCannotKnowIsADashThatSaysSo();
    void whatWasNotMeasuredIsNotBlamedOnTheSource();
    void theSpreadIsHalfTheRangeOverTheMedian();
    void aGrowingComparisonKeepsItsRows();
    void otherModelsResetTheTable();
    void theScaleReachesTheCoresAndTheFastestModel();
    void everyColumnHasATitle();
    void bytesAreLabelledInUnitsAPersonReads_data();
    void bytesAreLabelledInUnitsAPersonReads();
};

namespace
{

ModelSummary makeSummary(const char *model, double wallNs, double speedUp)
{
    ModelSummary summary;
    summary.model = QString::fromLatin1(model);
    summary.runs = 1;
    summary.wallNs = {wallNs, wallNs, wallNs};
    summary.cpuNs = summary.wallNs;
    summary.parallelism = {1, 1, 1};
    summary.voluntary = {10, 10, 10};
    summary.involuntary = {4, 4, 4};
    summary.speedUp = speedUp;
    return summary;
}

QString cell(const CompareModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

/// Without the kind of space, which is a matter of taste.
QString plain(QString text)
{
    return text.replace(QChar(0x202f), u' ').replace(QChar(QChar::Nbsp), u' ');
}

} // namespace

void TstCompareModel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TstCompareModel::anEmptyModelHasColumnsButNoRows()
{
    CompareModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.columnCount(), int(CompareModel::ColumnCount));
    QCOMPARE(model.rowOf(QStringLiteral("threads")), -1);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TstCompareModel::aRowSaysWhatWasMeasured()
{
    CompareModel model;
    ModelSummary threads = makeSummary("threads", 121e6, 1.936);
    threads.runQueueP99Ns = {8e6, 8e6, 8e6};
    threads.peakRssBytes = {9.6e6, 9.6e6, 9.6e6};
    threads.spawnNs = {36e3, 36e3, 36e3};
    model.setModels({threads}, 2);
    QCOMPARE(plain(cell(model, 0, CompareModel::WallColumn)), QStringLiteral("121 ms"));
    QCOMPARE(cell(model, 0, CompareModel::SpeedUpColumn), QStringLiteral("1.94×"));
    QCOMPARE(cell(model, 0, CompareModel::ParallelColumn), QStringLiteral("1.00"));
    QCOMPARE(cell(model, 0, CompareModel::SwitchesColumn), QStringLiteral("14"));
    QCOMPARE(cell(model, 0, CompareModel::MemoryColumn), QStringLiteral("9.6 MB"));
    QVERIFY(plain(cell(model, 0, CompareModel::WaitedColumn)).endsWith(QStringLiteral(" ms")));
    QVERIFY(!cell(model, 0, CompareModel::SpawnColumn).isEmpty());
    QCOMPARE(model.index(0, 0).data(CompareModel::ModelRole).toString(), QStringLiteral("threads"));
}

void TstCompareModel::whatWasNotMeasuredIsADash()
{
    CompareModel model;
    model.setModels({makeSummary("threads", 121e6, 0)}, 2);
    const QString dash = QStringLiteral("–");
    for (const int column :
         {CompareModel::SpeedUpColumn, CompareModel::WaitedColumn, CompareModel::MemoryColumn,
          CompareModel::SpawnColumn, CompareModel::SpreadColumn})
        QCOMPARE(cell(model, 0, column), dash);
}

void TstCompareModel::whatTheSourceCannotKnowIsADashThatSaysSo_data()
{
    addRowPerSource();
}

void TstCompareModel::whatTheSourceCannotKnowIsADashThatSaysSo()
{
    QFETCH(int, source);
    QFETCH(bool, knowsTotals);
    QFETCH(bool, knowsSwitches);
    CompareModel model;
    ModelSummary threads = makeSummary("threads", 121e6, 1.9);
    threads.runQueueP99Ns = {8e6, 8e6, 8e6};
    model.setModels({threads}, 2, {knowledgeOf(Source(source))});
    const auto isKnown = [&](int column) {
        const QModelIndex cell = model.index(0, column);
        const bool isDash = cell.data().toString() == dashMark();
        const bool isExplained = cell.data(Qt::ToolTipRole).toString() == unknownWords()
            && cell.data(Qt::AccessibleTextRole).toString() == unknownWords();
        return !isDash && !isExplained;
    };
    QVERIFY(isKnown(CompareModel::WallColumn));
    QVERIFY(isKnown(CompareModel::SpeedUpColumn));
    QCOMPARE(isKnown(CompareModel::CpuColumn), knowsTotals);
    QCOMPARE(isKnown(CompareModel::ParallelColumn), knowsTotals);
    QCOMPARE(isKnown(CompareModel::SwitchesColumn), knowsSwitches);
    QCOMPARE(isKnown(CompareModel::WaitedColumn), knowsSwitches);
    if (!knowsSwitches) {
        const QModelIndex cell = model.index(0, CompareModel::SwitchesColumn);
        QCOMPARE(cell.data(Qt::ToolTipRole).toString(), unknownWords());
        QCOMPARE(cell.data(Qt::AccessibleTextRole).toString(), unknownWords());
    }
}

void TstCompareModel::whatWasNotMeasuredIsNotBlamedOnTheSource()
{
    CompareModel model;
    ModelSummary failed = makeSummary("threads", 0, 0);
    failed.runs = 0;
    model.setModels({failed}, 2, {knowledgeOf(Source::Events)});
    const QModelIndex cell = model.index(0, CompareModel::CpuColumn);
    QCOMPARE(cell.data().toString(), dashMark());
    QVERIFY(cell.data(Qt::ToolTipRole).toString().isEmpty());
    QVERIFY(!cell.data(Qt::AccessibleTextRole).isValid());
}

void TstCompareModel::theSpreadIsHalfTheRangeOverTheMedian()
{
    CompareModel model;
    ModelSummary repeated = makeSummary("pool", 100e6, 1);
    repeated.runs = 5;
    repeated.wallNs = {100e6, 98e6, 102e6};
    model.setModels({repeated}, 2);
    QCOMPARE(cell(model, 0, CompareModel::SpreadColumn), QStringLiteral("±2.0 %"));
}

void TstCompareModel::aGrowingComparisonKeepsItsRows()
{
    CompareModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setModels({makeSummary("sequential", 200e6, 1)}, 2);
    const QPersistentModelIndex first = model.index(0, 0);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    model.setModels({makeSummary("sequential", 210e6, 1), makeSummary("threads", 105e6, 2)}, 2);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(resets.count(), 0);
    QCOMPARE(changes.count(), 1);
    QVERIFY(first.isValid());
    QCOMPARE(plain(cell(model, 0, CompareModel::WallColumn)), QStringLiteral("210 ms"));
    QCOMPARE(model.rowOf(QStringLiteral("threads")), 1);
}

void TstCompareModel::otherModelsResetTheTable()
{
    CompareModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setModels({makeSummary("sequential", 200e6, 1), makeSummary("threads", 105e6, 2)}, 2);
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.setModels({makeSummary("pool", 100e6, 0)}, 2);
    QCOMPARE(resets.count(), 1);
    QCOMPARE(model.rowCount(), 1);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TstCompareModel::theScaleReachesTheCoresAndTheFastestModel()
{
    CompareModel model;
    model.setModels({makeSummary("threads", 1e6, 1.5)}, 4);
    QCOMPARE(model.index(0, 0).data(CompareModel::ScaleRole).toDouble(), 4.0);
    QCOMPARE(model.index(0, 0).data(CompareModel::CoresRole).toInt(), 4);
    model.setModels({makeSummary("threads", 1e6, 6.5)}, 4);
    QCOMPARE(model.index(0, 0).data(CompareModel::ScaleRole).toDouble(), 6.5);
    model.setModels({makeSummary("threads", 1e6, 0)}, 0); // no core known: never a division by zero
    QCOMPARE(model.index(0, 0).data(CompareModel::ScaleRole).toDouble(), 1.0);
}

void TstCompareModel::everyColumnHasATitle()
{
    const CompareModel model;
    for (int column = 0; column < model.columnCount(); ++column)
        QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
    QVERIFY(
        !model.headerData(CompareModel::ColumnCount, Qt::Horizontal, Qt::DisplayRole).isValid());
}

void TstCompareModel::bytesAreLabelledInUnitsAPersonReads_data()
{
    QTest::addColumn<double>("bytes");
    QTest::addColumn<QString>("label");
    QTest::newRow("none") << 0.0 << QStringLiteral("–");
    QTest::newRow("kilobytes") << 512e3 << QStringLiteral("512 kB");
    QTest::newRow("megabytes") << 22.44e6 << QStringLiteral("22.4 MB");
    QTest::newRow("gigabytes") << 1.25e9 << QStringLiteral("1.25 GB");
}

void TstCompareModel::bytesAreLabelledInUnitsAPersonReads()
{
    QFETCH(double, bytes);
    QFETCH(QString, label);
    QCOMPARE(bytesLabel(bytes), label);
}

QTEST_GUILESS_MAIN(TstCompareModel)
#include "tst_comparemodel.moc"
