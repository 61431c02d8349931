// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/programrun.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// Programs in other languages than Python, recorded as they are: their processes and threads are found,
/// with the names that they have.
class TestLanguages : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString write(const QString &name, const QByteArray &text)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("%s cannot be written", qPrintable(file.fileName()));
        return file.fileName();
    }
    /// \return what a program said that failed; empty: it did its work.
    static QString build(const QString &program, const QStringList &words)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, words);
        if (process.waitForFinished(100'000) && process.exitStatus() == QProcess::NormalExit
            && process.exitCode() == 0)
            return {};
        return program + u": "_s + QString::fromLocal8Bit(process.readAll());
    }
    static bool isInstalled(const QString &program)
    {
        return !QStandardPaths::findExecutable(program).isEmpty();
    }

    static QString describe(const RunReport &report)
    {
        QStringList parts;
        for (const ProcessReport &process : report.command->processes)
            parts << u"%1 \"%2\": %3"_s.arg(process.pid)
                         .arg(process.commandLine, threadNames(report, process.pid).join(u", "_s));
        return parts.join(u"; "_s);
    }
    static const ProcessReport *processWith(const RunReport &report, const QString &words)
    {
        const std::vector<ProcessReport> &all = report.command->processes;
        const auto found = std::find_if(all.begin(), all.end(), [&](const ProcessReport &process) {
            return process.commandLine.contains(words);
        });
        return found == all.end() ? nullptr : &*found;
    }
    /// Nothing may be missing, and everything must have run.
    static QString problemOf(const RunReport &report)
    {
        const Trace &trace = *report.trace;
        for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
            const ThreadInfo &thread = trace.thread(i);
            if (!thread.ofRun.load())
                continue;
            if (thread.process.load() >= trace.processCount())
                return u"thread %1 is of no process"_s.arg(thread.tid.load());
            if (thread.ended.load() == 0)
                return u"thread %1 has no end"_s.arg(thread.tid.load());
        }
        if (report.recordsLost != 0)
            return u"%1 records were lost"_s.arg(report.recordsLost);
        return report.command->leftRunning.empty() ? QString() : u"something was left running"_s;
    }

private slots:
    void cPlusPlusHasItsThreadsAndTheProcessThatItForks()
    {
        const QString program =
            qEnvironmentVariable("INTERLEAVE_BIN") + u"/tests/interleave-threaded-program"_s;
        const auto report = recordProgram(commandWith({program}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(problemOf(*report).isEmpty(), qPrintable(problemOf(*report)));
        QCOMPARE(report->command->processes.size(), std::size_t(2));
        const ProcessReport &first = report->command->processes[0];
        const ProcessReport &second = report->command->processes[1];
        QVERIFY2(first.commandLine.contains(u"interleave-threaded-program"_s),
                 qPrintable(describe(*report)));
        QCOMPARE(first.interpreter, QString());
        QCOMPARE(first.threads, 3);
        const QStringList names = threadNames(*report, first.pid);
        QVERIFY2(names.contains(u"grinder"_s) && names.contains(u"polisher"_s),
                 qPrintable(describe(*report)));
        QCOMPARE(second.parentPid, first.pid);
        QCOMPARE(threadNames(*report, second.pid), QStringList{u"inspector"_s});
        QVERIFY(second.cpu > 0 && first.cpu > second.cpu);
    }

    void goHasTheThreadsOfItsScheduler()
    {
        if (!isInstalled(u"go"_s))
            QSKIP("go is not installed");
        const QString source = write(u"crew.go"_s, R"(package main

import (
	"fmt"
	"runtime"
	"sync"
)

func main() {
	var all sync.WaitGroup
	sums := make([]float64, 3)
	for n := range sums {
		all.Add(1)
		go func(n int) {
			defer all.Done()
			runtime.LockOSThread()
			for i := 0; i < 30000000; i++ {
				sums[n] += float64(i % 7)
			}
		}(n)
	}
	all.Wait()
	fmt.Println(sums[0] == sums[1])
}
)");
        const QString program = m_folder.filePath(u"crew"_s);
        const QString failure = build(u"go"_s, {u"build"_s, u"-o"_s, program, source});
        QVERIFY2(failure.isEmpty(), qPrintable(failure));
        const auto report = recordProgram(commandWith({program}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(problemOf(*report).isEmpty(), qPrintable(problemOf(*report)));
        QCOMPARE(report->command->processes.size(), std::size_t(1));
        QVERIFY2(report->command->processes[0].threads >= 4, qPrintable(describe(*report)));
        for (const QString &name : threadNames(*report))
            QCOMPARE(name, u"crew"_s); // Go gives its threads no names: they have the program's
    }

    void javaHasItsNamedThreads()
    {
        if (!isInstalled(u"java"_s) || !isInstalled(u"javac"_s))
            QSKIP("java and javac are not installed");
        const QString source = write(u"Crew.java"_s, R"(
public class Crew {
    static double work() {
        double sum = 0;
        for (int i = 0; i < 20_000_000; i++)
            sum += Math.sqrt(i);
        return sum;
    }
    public static void main(String[] words) throws Exception {
        Thread spinner = new Thread(Crew::work, "spinner");
        Thread weaver = new Thread(Crew::work, "weaver");
        spinner.start();
        weaver.start();
        spinner.join();
        weaver.join();
    }
}
)");
        const QString failure = build(u"javac"_s, {u"-d"_s, m_folder.path(), source});
        QVERIFY2(failure.isEmpty(), qPrintable(failure));
        const auto report =
            recordProgram(commandWith({u"java"_s, u"-cp"_s, m_folder.path(), u"Crew"_s}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(problemOf(*report).isEmpty(), qPrintable(problemOf(*report)));
        const ProcessReport *machine = processWith(*report, u"Crew"_s);
        QVERIFY2(machine, qPrintable(describe(*report)));
        const QStringList names = threadNames(*report, machine->pid);
        for (const QString &name : {u"spinner"_s, u"weaver"_s})
            QVERIFY2(names.count(name) == 1, qPrintable(describe(*report)));
        QVERIFY(machine->threads > 3); // and those of the machine itself
    }

    void nodeHasAThreadForEachWorker()
    {
        if (!isInstalled(u"node"_s))
            QSKIP("node is not installed");
        const QString script = write(u"crew.js"_s, R"(
const { Worker, isMainThread } = require('worker_threads');
if (isMainThread) {
    const crew = Number(process.argv[2]);
    for (let n = 0; n < crew; ++n)
        new Worker(__filename);
} else {
    let sum = 0;
    for (let i = 0; i < 2e7; ++i)
        sum += Math.sqrt(i);
    if (sum < 0)
        process.exit(1);
}
)");
        // Where it does not even run alone, it says itself why not.
        if (const QString failure = build(u"node"_s, {script, u"0"_s}); !failure.isEmpty())
            QSKIP(qPrintable(failure));
        int threads[2] = {0, 0}; // without workers, and with three
        for (const int workers : {0, 3}) {
            const auto report =
                recordProgram(commandWith({u"node"_s, script, QString::number(workers)}));
            QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
            if (const QString why = withoutKernel(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
            QVERIFY2(problemOf(*report).isEmpty(), qPrintable(problemOf(*report)));
            const ProcessReport *process = processWith(*report, u"crew.js"_s);
            QVERIFY2(process, qPrintable(describe(*report)));
            QVERIFY2(!threadNames(*report, process->pid).contains(QString()),
                     qPrintable(describe(*report)));
            threads[workers == 0 ? 0 : 1] = process->threads;
        }
        QVERIFY(threads[0] > 0);
        const QString found =
            u"%1 threads alone, %2 with three workers"_s.arg(threads[0]).arg(threads[1]);
        QVERIFY2(threads[1] >= threads[0] + 3, qPrintable(found));
    }

    void aShellHasAProcessForEachPartOfAPipe()
    {
        const QString script =
            write(u"crew.sh"_s, "seq 1 1000000 | sort -n | tail -n 1\n(exec sleep 0.05) &\nwait\n");
        const auto report = recordProgram(commandWith({u"sh"_s, script}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        QVERIFY(std::any_of(report->lines.begin(), report->lines.end(), [](const auto &line) {
            return line.text == u"1000000"_s && line.stream == PrintedLine::Stream::Output;
        }));
        if (const QString why = withoutKernel(*report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(problemOf(*report).isEmpty(), qPrintable(problemOf(*report)));
        const ProcessReport *shell = processWith(*report, u"crew.sh"_s);
        QVERIFY2(shell, qPrintable(describe(*report)));
        for (const QString &part :
             {u"seq 1 1000000"_s, u"sort -n"_s, u"tail -n 1"_s, u"sleep 0.05"_s}) {
            const ProcessReport *process = processWith(*report, part);
            QVERIFY2(process, qPrintable(part + u" is missing: "_s + describe(*report)));
            QCOMPARE(process->parentPid, shell->pid);
            QVERIFY(threadNames(*report, process->pid).contains(part.section(u' ', 0, 0)));
        }
    }
};

QTEST_GUILESS_MAIN(TestLanguages)
#include "tst_languages.moc"
