// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/processestext.h"
#include "app/texttable.h"

#include <QStringList>
#include <QTest>

using namespace Interleave;

namespace
{

ProcessReport makeProcess(pid_t pid, pid_t parent, const char *title)
{
    ProcessReport process;
    process.pid = pid;
    process.parentPid = parent;
    process.title = QString::fromUtf8(title);
    process.threads = 1;
    process.end = 2 * kSecond;
    process.cpu = 500 * kMillisecond;
    return process;
}

/// The titles, with their indentation.
QStringList titlesOf(const CommandReport &command)
{
    QStringList titles;
    const QStringList lines = processesText(command).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString &line : lines.mid(1)) {
        const qsizetype end = line.indexOf(QStringLiteral("  "), line.indexOf(QLatin1Char('p')));
        titles.append(end < 0 ? line : line.left(end));
    }
    return titles;
}

} // namespace

class TestProcessesText : public QObject
{
    Q_OBJECT

private slots:
    void noProcessesAreNoText() { QVERIFY(processesText(CommandReport()).isEmpty()); }

    void aChildStandsBelowItsParent()
    {
        CommandReport command;
        command.processes = {makeProcess(10, 0, "p"), makeProcess(11, 10, "pa"),
                             makeProcess(12, 10, "pb"), makeProcess(13, 11, "pa1")};
        QCOMPARE(titlesOf(command),
                 QStringList({QStringLiteral("p"), QStringLiteral("  pa"),
                              QStringLiteral("    pa1"), QStringLiteral("  pb")}));
    }

    void aNumberThatWasGivenAgainIsTheNewerProcess()
    {
        CommandReport command;
        command.processes = {makeProcess(10, 0, "p"), makeProcess(11, 10, "pold"),
                             makeProcess(12, 10, "pb"), makeProcess(11, 12, "pnew"),
                             makeProcess(13, 11, "pchild")};
        QCOMPARE(titlesOf(command),
                 QStringList({QStringLiteral("p"), QStringLiteral("  pold"), QStringLiteral("  pb"),
                              QStringLiteral("    pnew"), QStringLiteral("      pchild")}));
    }

    void whatALibraryKeepsIsCountedAndItsChildrenStay()
    {
        CommandReport command;
        command.processes = {makeProcess(10, 0, "p"), makeProcess(11, 10, "pserver"),
                             makeProcess(12, 11, "pworker")};
        command.processes[1].isHousekeeping = true;
        const QString text = processesText(command);
        QVERIFY(!text.contains(QStringLiteral("pserver")));
        QVERIFY(text.contains(QStringLiteral("\n  pworker")));
        QVERIFY(text.endsWith(
            QStringLiteral("and 1 that Python's multiprocessing keeps for itself\n")));
    }

    void aRowTellsTheNumbersAndTheVerdict()
    {
        CommandReport command;
        command.processes = {makeProcess(10, 0, "python3 sum.py")};
        ProcessReport &process = command.processes[0];
        process.threads = 3;
        process.overlap = 2 * kMillisecond;
        process.globalLockWait = 300 * kMillisecond;
        process.verdict = QStringLiteral("one at a time: GIL");
        process.wasThere = true;
        const QString row = processesText(command).split(QLatin1Char('\n'))[1].simplified();
        QCOMPARE(
            row,
            QStringLiteral("python3 sum.py [one at a time: GIL, was running before] 10 3 2.00 s "
                           "500 ms 2.00 ms 300 ms"));
        process.knows = {true, false};
        QVERIFY(processesText(command).contains(QStringLiteral("500 ms")));
        QVERIFY(!processesText(command).contains(QStringLiteral("2.00 ms")));
    }

    void manyAreCutAndCounted()
    {
        CommandReport command;
        command.processes.push_back(makeProcess(10, 0, "p"));
        for (pid_t pid = 100; pid < 200; ++pid)
            command.processes.push_back(makeProcess(pid, 10, "pc"));
        const QString text = processesText(command);
        QCOMPARE(text.count(QStringLiteral("  pc")), 39);
        QVERIFY(text.endsWith(QStringLiteral("... and 61 more\n")));
    }

    void aNameCannotCommandTheTerminal()
    {
        RunReport report;
        report.title = QStringLiteral("p\x1b[2J");
        TaskStatistics task;
        task.name = "t\x1b]0;x\x07\nq";
        report.statistics.tasks.push_back(task);
        report.command.emplace();
        report.command->processes = {makeProcess(10, 0, "p\x1b[31m\nz")};
        const QString text = runText(report);
        QVERIFY(!text.contains(QChar(0x1b)));
        QVERIFY(!text.contains(QChar(0x07)));
        QVERIFY(text.contains(QStringLiteral("p?[31m?z")));
        QVERIFY(text.contains(QStringLiteral("t?]0;x??q")));
    }
};

QTEST_GUILESS_MAIN(TestProcessesText)
#include "tst_processestext.moc"
