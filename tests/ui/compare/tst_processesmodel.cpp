// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/processesmodel.h"
#include "ui/compare/statisticspanel.h"

#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QTableView>
#include <QTest>

using namespace Interleave;

class TstProcessesModel : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void everyProcessHasARow();
    void theRootTellsHowItEnded_data();
    void theRootTellsHowItEnded();
    void whatTheSourceCannotKnowIsNotClaimed();
    void rowsAreSortedByNumbers();
    void theNextProgramIsSortedAsThisOneWas();
    void thePanelHasTheTableForProgramsOnly();
};

namespace
{

CommandReport pythonWithAWorker()
{
    CommandReport command;
    ProcessReport root;
    root.pid = 200;
    root.commandLine = QStringLiteral("python3 a.py");
    root.threads = 3;
    root.cpu = 40 * kMillisecond;
    root.end = 100 * kMillisecond;
    root.globalLockWait = 30 * kMillisecond;
    root.globalLockWaits = 6;
    root.verdict = QStringLiteral("one at a time: GIL");
    ProcessReport worker;
    worker.pid = 201;
    worker.parentPid = 200;
    worker.name = QStringLiteral("Process-1");
    worker.commandLine = QStringLiteral("python3 a.py");
    worker.threads = 12;
    worker.cpu = 90 * kMillisecond;
    worker.overlap = 20 * kMillisecond;
    worker.end = 90 * kMillisecond;
    worker.hasEnded = true;
    command.processes = {root, worker};
    command.exitCode = 0;
    return command;
}

QString textAt(const ProcessesModel &model, int row, ProcessesModel::Column column)
{
    return model.index(row, column).data().toString();
}

} // namespace

void TstProcessesModel::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstProcessesModel::everyProcessHasARow()
{
    ProcessesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.setCommand(pythonWithAWorker(), {});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(textAt(model, 0, ProcessesModel::NameColumn), QStringLiteral("python3 a.py"));
    QCOMPARE(textAt(model, 1, ProcessesModel::NameColumn), QStringLiteral("Process-1"));
    QCOMPARE(textAt(model, 1, ProcessesModel::PidColumn), QStringLiteral("201"));
    QCOMPARE(textAt(model, 0, ProcessesModel::ThreadsColumn), QStringLiteral("3"));
    QVERIFY(textAt(model, 0, ProcessesModel::WaitsColumn).endsWith(QStringLiteral("in 6")));
    QCOMPARE(textAt(model, 0, ProcessesModel::VerdictColumn), QStringLiteral("one at a time: GIL"));
    QCOMPARE(textAt(model, 1, ProcessesModel::WaitsColumn), QStringLiteral("–"));
    QCOMPARE(textAt(model, 1, ProcessesModel::EndColumn), QStringLiteral("ended"));
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TstProcessesModel::theRootTellsHowItEnded_data()
{
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("words");
    QTest::newRow("well") << 0 << 0 << QStringLiteral("status 0");
    QTest::newRow("badly") << 3 << 0 << QStringLiteral("status 3");
    QTest::newRow("killed") << -1 << 9 << QStringLiteral("SIGKILL");
    QTest::newRow("a signal without a name") << -1 << 40 << QStringLiteral("signal 40");
}

void TstProcessesModel::theRootTellsHowItEnded()
{
    QFETCH(int, exitCode);
    QFETCH(int, signal);
    QFETCH(QString, words);
    CommandReport command = pythonWithAWorker();
    command.exitCode.reset();
    if (signal != 0)
        command.signal = signal;
    else
        command.exitCode = exitCode;
    command.leftRunning = {201};
    ProcessesModel model;
    model.setCommand(command, {});
    QCOMPARE(textAt(model, 0, ProcessesModel::EndColumn), words);
    QCOMPARE(textAt(model, 1, ProcessesModel::EndColumn), QStringLiteral("left running"));
}

void TstProcessesModel::whatTheSourceCannotKnowIsNotClaimed()
{
    ProcessesModel model;
    Knowledge sampled;
    sampled.switches = false;
    model.setCommand(pythonWithAWorker(), sampled);
    for (const auto column : {ProcessesModel::OverlapColumn, ProcessesModel::WaitsColumn,
                              ProcessesModel::VerdictColumn}) {
        QCOMPARE(textAt(model, 0, column), QStringLiteral("–"));
        QVERIFY(!model.index(0, column).data(Qt::ToolTipRole).toString().isEmpty());
    }
    QVERIFY(textAt(model, 0, ProcessesModel::CpuColumn) != QStringLiteral("–"));
}

void TstProcessesModel::rowsAreSortedByNumbers()
{
    ProcessesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setCommand(pythonWithAWorker(), {});
    const QPersistentModelIndex worker = model.index(1, ProcessesModel::PidColumn);
    model.sort(ProcessesModel::ThreadsColumn,
               Qt::DescendingOrder); // as texts 3 would be more than 12
    QCOMPARE(textAt(model, 0, ProcessesModel::ThreadsColumn), QStringLiteral("12"));
    QCOMPARE(worker.row(), 0);
    model.sort(-1);
    QCOMPARE(textAt(model, 0, ProcessesModel::PidColumn), QStringLiteral("200"));
}

void TstProcessesModel::theNextProgramIsSortedAsThisOneWas()
{
    ProcessesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setCommand(pythonWithAWorker(), {});
    model.sort(ProcessesModel::ThreadsColumn, Qt::DescendingOrder);
    model.clear();
    model.setCommand(pythonWithAWorker(), {});
    QCOMPARE(textAt(model, 0, ProcessesModel::ThreadsColumn), QStringLiteral("12"));
}

void TstProcessesModel::thePanelHasTheTableForProgramsOnly()
{
    StatisticsPanel panel;
    const auto *table = panel.findChild<QTableView *>(QStringLiteral("processesTable"));
    QVERIFY(table->isHidden());
    panel.setStatistics(RunStatistics(), Source::Kernel);
    panel.setCommand(pythonWithAWorker(), Source::Kernel);
    QVERIFY(!table->isHidden());
    QCOMPARE(panel.processes()->rowCount(), 2);
    panel.setCommand(std::nullopt, Source::Kernel);
    QVERIFY(table->isHidden());
    panel.setCommand(pythonWithAWorker(), Source::Kernel);
    panel.clear(); // another run begins
    QVERIFY(table->isHidden());
}

QTEST_MAIN(TstProcessesModel)
#include "tst_processesmodel.moc"
