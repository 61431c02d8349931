// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command/attachdialog.h"
#include "ui/command/runningprocessmodel.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace Interleave;

class TstAttachDialog : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void itAsksForTheListWhenItOpens();
    void aProcessIsChosenAndTold();
    void theFilterLooksAtEverything_data();
    void theFilterLooksAtEverything();
    void theChosenOneStaysChosen();
    void oneThatHasGoneIsNotChosenAnyMore();
    void theModelHolds();
};

namespace
{

std::vector<RunningProcess> threeProcesses()
{
    return {{100, QStringLiteral("bash"), QStringLiteral("-bash"), 0.0},
            {200, QStringLiteral("python3"), QStringLiteral("python3 server.py"), 0.75},
            {300, QStringLiteral("node"), QStringLiteral("node app.js"), -1}};
}

QTableView *tableOf(const AttachDialog &dialog)
{
    return dialog.findChild<QTableView *>(QStringLiteral("attachProcesses"));
}

QPushButton *buttonOf(const AttachDialog &dialog)
{
    return dialog.findChild<QPushButton *>(QStringLiteral("attachButton"));
}

int rowOf(const AttachDialog &dialog, int pid)
{
    const QAbstractItemModel *rows = tableOf(dialog)->model();
    for (int row = 0; row < rows->rowCount(); ++row) {
        if (rows->index(row, 0).data(RunningProcessModel::PidRole).toInt() == pid)
            return row;
    }
    return -1;
}

} // namespace

void TstAttachDialog::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support).*")));
}

void TstAttachDialog::itAsksForTheListWhenItOpens()
{
    AttachDialog dialog;
    QSignalSpy asked(&dialog, &AttachDialog::listRequested);
    dialog.show();
    QCOMPARE(asked.count(), 1);
    QVERIFY(!buttonOf(dialog)->isEnabled());
    const auto *hint = dialog.findChild<QLabel *>(QStringLiteral("attachHint"));
    QVERIFY(hint->text().contains(QStringLiteral("Looking")));
    dialog.setProcesses({});
    QVERIFY(!hint->text().contains(QStringLiteral("Looking")));
    QTRY_VERIFY(asked.count() >= 2); // it follows what starts and ends
}

void TstAttachDialog::aProcessIsChosenAndTold()
{
    AttachDialog dialog;
    QSignalSpy told(&dialog, &AttachDialog::attachRequested);
    dialog.show();
    dialog.setProcesses(threeProcesses());
    // The busiest stands first.
    QCOMPARE(rowOf(dialog, 200), 0);
    tableOf(dialog)->selectRow(rowOf(dialog, 300));
    QVERIFY(buttonOf(dialog)->isEnabled());
    QTest::mouseClick(buttonOf(dialog), Qt::LeftButton);
    QCOMPARE(told.count(), 1);
    QCOMPARE(told.first().first().toInt(), 300);
    QVERIFY(!dialog.isVisible());
}

void TstAttachDialog::theFilterLooksAtEverything_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<int>("pid");
    QTest::newRow("name") << QStringLiteral("BASH") << 100;
    QTest::newRow("number") << QStringLiteral("300") << 300;
    QTest::newRow("command line") << QStringLiteral("server") << 200;
}

void TstAttachDialog::theFilterLooksAtEverything()
{
    QFETCH(QString, filter);
    QFETCH(int, pid);
    AttachDialog dialog;
    dialog.setProcesses(threeProcesses());
    dialog.findChild<QLineEdit *>(QStringLiteral("attachFilter"))->setText(filter);
    QCOMPARE(tableOf(dialog)->model()->rowCount(), 1);
    QCOMPARE(rowOf(dialog, pid), 0);
}

void TstAttachDialog::theChosenOneStaysChosen()
{
    AttachDialog dialog;
    dialog.setProcesses(threeProcesses());
    tableOf(dialog)->selectRow(rowOf(dialog, 100));
    std::vector<RunningProcess> later = threeProcesses();
    later.erase(later.begin() + 1);
    later.push_back({50, QStringLiteral("new"), QStringLiteral("new"), 0.9});
    dialog.setProcesses(later);
    const QModelIndexList chosen = tableOf(dialog)->selectionModel()->selectedRows();
    QCOMPARE(chosen.size(), qsizetype(1));
    QCOMPARE(chosen.first().data(RunningProcessModel::PidRole).toInt(), 100);
}

void TstAttachDialog::oneThatHasGoneIsNotChosenAnyMore()
{
    AttachDialog dialog;
    dialog.setProcesses(threeProcesses());
    tableOf(dialog)->selectRow(rowOf(dialog, 200));
    std::vector<RunningProcess> later = threeProcesses();
    later.erase(later.begin() + 1);
    dialog.setProcesses(later);
    QVERIFY(!buttonOf(dialog)->isEnabled());
}

void TstAttachDialog::theModelHolds()
{
    RunningProcessModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setProcesses(threeProcesses());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1, RunningProcessModel::CpuColumn).data().toString(),
             QStringLiteral("75 %"));
    QCOMPARE(model.index(2, RunningProcessModel::CpuColumn).data().toString(),
             QStringLiteral("–")); // not known is not 0
    model.setProcesses({});
    QCOMPARE(model.rowCount(), 0);
}

QTEST_MAIN(TstAttachDialog)
#include "tst_attachdialog.moc"
