// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runcontroller.h"
#include "tests/core/run/runlistener.h"

#include <QFileInfo>
#include <QString>
#include <QtTest>

#include <set>
#include <vector>

using namespace Interleave;
using namespace Qt::StringLiterals;

/// A shell that starts one process after the other, as fast as it can: none is missing.
class TestShortProcesses : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { registerRunTypes(); }

    void aThousandShortProcessesAreAllThere()
    {
        constexpr int kProcesses = 1000;
        if (!QFileInfo(u"/bin/true"_s).isExecutable())
            QSKIP("this system has no /bin/true");
        const RunReport report = runToEnd(shellRequest(
            u"i=0; while [ $i -lt %1 ]; do /bin/true; i=$((i+1)); done; exit 3"_s.arg(kProcesses)));
        // The loop's own end: each of them was started, and the shell saw all of them end.
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QVERIFY2(report.message.startsWith(u"the command ended with status 3"_s),
                 qPrintable(report.message));
        QVERIFY(report.command.has_value());
        QCOMPARE(report.command->shellStatus(), 3);
        QVERIFY(report.command->leftRunning.empty());
        if (report.source != Source::Kernel && report.source != Source::KernelWide)
            QSKIP(qPrintable(u"needs the kernel as source: "_s + report.sourceRemark));
        QCOMPARE(report.recordsLost, std::uint64_t(0));
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        const std::vector<ProcessReport> &processes = report.command->processes;
        QCOMPARE(processes.size(), std::size_t(kProcesses + 1));
        const ProcessReport &shell = processes.front();
        QCOMPARE(shell.parentPid, pid_t(0));
        QVERIFY(shell.hasEnded);
        std::set<pid_t> pids;
        TimestampNs before = 0;
        for (std::size_t i = 1; i < processes.size(); ++i) {
            const ProcessReport &process = processes[i];
            const QString which = u"process %1 of the loop, %2"_s.arg(i).arg(process.pid);
            pids.insert(process.pid);
            QVERIFY2(process.parentPid == shell.pid, qPrintable(which));
            QVERIFY2(process.threads == 1, qPrintable(which));
            QVERIFY2(process.hasEnded, qPrintable(which));
            QVERIFY2(process.cpu > 0, qPrintable(which));
            // One after the other, within the shell's life.
            QVERIFY2(process.start >= before && process.end > process.start, qPrintable(which));
            QVERIFY2(process.end <= shell.end, qPrintable(which));
            before = process.start;
        }
        QCOMPARE(pids.size(), std::size_t(kProcesses)); // far fewer than there are numbers
        int named = 0;
        for (ThreadIndex i = 0; i < report.trace->threadCount(); ++i)
            named += report.trace->thread(i).ofRun.load() && report.trace->threadName(i) == "true";
        QCOMPARE(named,
                 kProcesses); // each by its exec record: it may have gone before /proc is read
    }
};

QTEST_GUILESS_MAIN(TestShortProcesses)
#include "tst_shortprocesses.moc"
