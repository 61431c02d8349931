// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/compare/sourcerows.h"
#include "ui/compare/statisticsmodel.h"
#include "ui/inspector/statewords.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace Interleave;

class TstStatisticsModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void anEmptyModelHasNoRowsAndCanBeSorted();
    void aRowSaysWhatItsTaskDid();
    void timeThatWasNotSpentIsADash();
    void whatTheSourceCannotKnowIsADashThatSaysSo_data();
    void whatTheSourceCannotKnowIsADashThatSaysSo();
    void sortingGoesByNumbersAndNotByText();
    void equalValuesKeepTheOrderOfTheTasks();
    void anUpdateKeepsRowsSortedAndSelectionsOnTheirTask();
    void newTasksAreInserted();
    void otherTasksResetTheTable();
    void theSwatchIsTheColourOfTheTask();
    void everyColumnHasATitleAndATip();
};

namespace
{

TaskStatistics makeTask(TaskId id, const char *name, DurationNs running)
{
    TaskStatistics task;
    task.id = id;
    task.name = name;
    task.running = running;
    task.outcome = TaskOutcome::Finished;
    return task;
}

QString cell(const StatisticsModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

std::vector<TaskId> rows(const StatisticsModel &model)
{
    std::vector<TaskId> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.push_back(model.taskAt(row));
    return ids;
}

using Ids = std::vector<TaskId>;

} // namespace

void TstStatisticsModel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void TstStatisticsModel::anEmptyModelHasNoRowsAndCanBeSorted()
{
    StatisticsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.sort(StatisticsModel::RunningColumn, Qt::DescendingOrder);
    model.setTasks({});
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.columnCount(), int(StatisticsModel::ColumnCount));
    QCOMPARE(model.taskAt(0), kNoTask);
    QCOMPARE(model.taskAt(-1), kNoTask);
}

void TstStatisticsModel::aRowSaysWhatItsTaskDid()
{
    StatisticsModel model;
    TaskStatistics task = makeTask(1, "prime 1", 62 * kMillisecond);
    task.runnable = 60 * kMillisecond;
    task.voluntary = 3;
    task.involuntary = 14;
    task.migrations = 5;
    model.setTasks({task});
    QCOMPARE(cell(model, 0, StatisticsModel::TaskColumn), QStringLiteral("prime 1"));
    QVERIFY(cell(model, 0, StatisticsModel::RunningColumn).startsWith(QStringLiteral("62")));
    QVERIFY(cell(model, 0, StatisticsModel::ReadyColumn).startsWith(QStringLiteral("60")));
    QCOMPARE(cell(model, 0, StatisticsModel::VoluntaryColumn), QStringLiteral("3"));
    QCOMPARE(cell(model, 0, StatisticsModel::PreemptedColumn), QStringLiteral("14"));
    QCOMPARE(cell(model, 0, StatisticsModel::MigrationsColumn), QStringLiteral("5"));
    QCOMPARE(cell(model, 0, StatisticsModel::OutcomeColumn), QStringLiteral("done"));
}

void TstStatisticsModel::timeThatWasNotSpentIsADash()
{
    StatisticsModel model;
    model.setTasks({makeTask(1, "idle", 0)});
    for (const int column : {StatisticsModel::RunningColumn, StatisticsModel::ReadyColumn,
                             StatisticsModel::BlockedColumn, StatisticsModel::SuspendedColumn,
                             StatisticsModel::QueuedColumn})
        QCOMPARE(cell(model, 0, column), QStringLiteral("–"));
}

void TstStatisticsModel::whatTheSourceCannotKnowIsADashThatSaysSo_data()
{
    addRowPerSource();
}

void TstStatisticsModel::whatTheSourceCannotKnowIsADashThatSaysSo()
{
    QFETCH(int, source);
    QFETCH(bool, knowsTotals);
    QFETCH(bool, knowsSwitches);
    StatisticsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    TaskStatistics task = makeTask(1, "prime 1", 62 * kMillisecond);
    task.runnable = task.blocked = 5 * kMillisecond;
    model.setTasks({task}, knowledgeOf(Source(source)));
    const auto isKnown = [&](int column) {
        const QModelIndex cell = model.index(0, column);
        const bool isExplained = cell.data(Qt::ToolTipRole).toString() == unknownWords();
        return cell.data().toString() != dashMark() && !isExplained
            && !cell.data(Qt::AccessibleTextRole).isValid();
    };
    QVERIFY(isKnown(StatisticsModel::BlockedColumn));
    QVERIFY(isKnown(StatisticsModel::OutcomeColumn));
    QCOMPARE(isKnown(StatisticsModel::RunningColumn), knowsTotals);
    QCOMPARE(isKnown(StatisticsModel::ReadyColumn), knowsTotals);
    QCOMPARE(isKnown(StatisticsModel::VoluntaryColumn), knowsSwitches);
    QCOMPARE(isKnown(StatisticsModel::PreemptedColumn), knowsSwitches);
    QCOMPARE(isKnown(StatisticsModel::MigrationsColumn), knowsSwitches);
    if (!knowsSwitches) {
        const QModelIndex cell = model.index(0, StatisticsModel::VoluntaryColumn);
        QCOMPARE(cell.data(Qt::AccessibleTextRole).toString(), unknownWords());
    }
}

void TstStatisticsModel::sortingGoesByNumbersAndNotByText()
{
    StatisticsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    // As text, "9 ms" comes after "10 s".
    model.setTasks({makeTask(1, "b", 10 * kSecond), makeTask(2, "a", 9 * kMillisecond),
                    makeTask(3, "c", 200 * kMillisecond)});
    model.sort(StatisticsModel::RunningColumn, Qt::AscendingOrder);
    QCOMPARE(rows(model), (Ids{2, 3, 1}));
    model.sort(StatisticsModel::RunningColumn, Qt::DescendingOrder);
    QCOMPARE(rows(model), (Ids{1, 3, 2}));
    model.sort(StatisticsModel::TaskColumn, Qt::AscendingOrder);
    QCOMPARE(rows(model), (Ids{2, 1, 3}));
    model.sort(-1);
    QCOMPARE(rows(model), (Ids{1, 2, 3}));
}

void TstStatisticsModel::equalValuesKeepTheOrderOfTheTasks()
{
    StatisticsModel model;
    model.setTasks({makeTask(1, "x", 5), makeTask(2, "x", 5), makeTask(3, "x", 5)});
    model.sort(StatisticsModel::RunningColumn, Qt::AscendingOrder);
    QCOMPARE(rows(model), (Ids{1, 2, 3}));
    model.sort(StatisticsModel::RunningColumn, Qt::DescendingOrder);
    QCOMPARE(rows(model), (Ids{1, 2, 3}));
}

void TstStatisticsModel::anUpdateKeepsRowsSortedAndSelectionsOnTheirTask()
{
    StatisticsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTasks({makeTask(1, "a", 10), makeTask(2, "b", 20)});
    model.sort(StatisticsModel::RunningColumn, Qt::DescendingOrder);
    const QPersistentModelIndex second = model.index(0, StatisticsModel::TaskColumn);
    QCOMPARE(second.data().toString(), QStringLiteral("b"));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.setTasks({makeTask(1, "a", 30), makeTask(2, "b", 20)});
    QCOMPARE(resets.count(), 0);
    QCOMPARE(rows(model), (Ids{1, 2}));
    QCOMPARE(second.row(), 1);
    QCOMPARE(second.data().toString(), QStringLiteral("b"));
}

void TstStatisticsModel::newTasksAreInserted()
{
    StatisticsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTasks({makeTask(1, "a", 10)});
    model.sort(StatisticsModel::RunningColumn, Qt::DescendingOrder);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    model.setTasks({makeTask(1, "a", 10), makeTask(2, "b", 20), makeTask(3, "c", 5)});
    QCOMPARE(inserts.count(), 1);
    QCOMPARE(rows(model), (Ids{2, 1, 3}));
}

void TstStatisticsModel::otherTasksResetTheTable()
{
    StatisticsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTasks({makeTask(1, "a", 10), makeTask(2, "b", 20)});
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.setTasks({makeTask(7, "z", 10)});
    QCOMPARE(resets.count(), 1);
    QCOMPARE(rows(model), (Ids{7}));
}

void TstStatisticsModel::theSwatchIsTheColourOfTheTask()
{
    StatisticsModel model;
    const Theme dark = Theme::make(Theme::Kind::Dark);
    model.setTasks({makeTask(3, "c", 5)});
    model.setTheme(dark);
    QCOMPARE(model.index(0, StatisticsModel::TaskColumn).data(Qt::DecorationRole).value<QColor>(),
             dark.taskColor(3));
    QVERIFY(!model.index(0, StatisticsModel::RunningColumn).data(Qt::DecorationRole).isValid());
}

void TstStatisticsModel::everyColumnHasATitleAndATip()
{
    const StatisticsModel model;
    for (int column = 0; column < model.columnCount(); ++column) {
        QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
        QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty());
    }
}

QTEST_MAIN(TstStatisticsModel)
#include "tst_statisticsmodel.moc"
