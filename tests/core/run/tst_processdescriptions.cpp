// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/run/describedprocesses.h"

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include <csignal>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace Interleave;
using namespace Interleave::DescribedProcesses;

class TestProcessDescriptions : public QObject
{
    Q_OBJECT

private slots:
    void theNameOfTheFileTellsTheInterpreter_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("interpreter");
        const int none = int(Interpreter::None);
        const int python = int(Interpreter::Python);
        const int freePython = int(Interpreter::FreePython);
        QTest::newRow("empty") << QByteArray() << none;
        QTest::newRow("shell") << QByteArray("/usr/bin/dash") << none;
        QTest::newRow("versioned") << QByteArray("/usr/bin/python3.11") << python;
        QTest::newRow("plain") << QByteArray("/usr/bin/python") << python;
        QTest::newRow("three") << QByteArray("/opt/x/python3") << python;
        QTest::newRow("no folder") << QByteArray("python3.8") << python;
        QTest::newRow("debug") << QByteArray("/usr/bin/python3.12d") << python;
        QTest::newRow("free") << QByteArray("/usr/bin/python3.13t") << freePython;
        QTest::newRow("free debug") << QByteArray("/usr/bin/python3.14td") << freePython;
        QTest::newRow("replaced") << QByteArray("/usr/bin/python3.11 (deleted)") << python;
        QTest::newRow("two") << QByteArray("/usr/bin/python2.7") << none;
        QTest::newRow("another one") << QByteArray("/usr/bin/pypy3") << none;
        QTest::newRow("a tool") << QByteArray("/usr/bin/python3-config") << none;
        QTest::newRow("a folder") << QByteArray("/opt/python3/bin/ls") << none;
    }
    void theNameOfTheFileTellsTheInterpreter()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, interpreter);
        QCOMPARE(int(ProcessDescriptions::interpreterOf(
                     std::string_view(file.constData(), std::size_t(file.size())))),
                 interpreter);
    }

    void theCommandLineIsOneLineOfText()
    {
        QCOMPARE(ProcessDescriptions::textOf(words("python3 a.py")), std::string("python3 a.py"));
        QCOMPARE(ProcessDescriptions::textOf(words("sh -c a\nb\tc")), std::string("sh -c a b c"));
        QCOMPARE(ProcessDescriptions::textOf(""), std::string());
        QCOMPARE(ProcessDescriptions::textOf(std::string(3, '\0')), std::string());
        std::string longText = "x";
        for (int i = 0; i < 300; ++i)
            longText += "\xc3\xa4"; // byte 400 is in the middle of a character
        QCOMPARE(ProcessDescriptions::textOf(longText).size(), std::size_t(399));
    }

    void anExecIsDescribed()
    {
        Described run;
        run.programs[kRoot] = {words("python3 a.py"), "/usr/bin/python3.11"};
        run.exec(100, kRoot);
        QCOMPARE(run.name(0), QStringLiteral("python3 a.py"));
        QVERIFY(run.trace.process(0).interpreter.load() == Interpreter::Python);
        QVERIFY(!run.trace.process(0).isHousekeeping.load());
    }

    void whatHasEndedByThenIsNotDescribed()
    {
        Described run;
        run.exec(100, kRoot);
        QCOMPARE(run.reads, 1);
        QCOMPARE(run.name(0), QStringLiteral("process 10"));
        QVERIFY(run.trace.process(0).interpreter.load() == Interpreter::None);
    }

    void aForkedProcessHasWhatItsParentHas()
    {
        Described run;
        run.programs[kRoot] = {words("python3 a.py"), "/usr/bin/python3.11"};
        run.exec(100, kRoot);
        run.descriptions.setInterpreter(kRoot, Interpreter::Python, kMillisecond);
        const ProcessIndex child = run.addProcess(20);
        run.add({run.fork(200, 20, 20, kRoot)});
        QCOMPARE(run.reads, 1);
        QCOMPARE(run.name(child), QStringLiteral("python3 a.py"));
        QVERIFY(run.trace.process(child).interpreter.load() == Interpreter::Python);
        QCOMPARE(run.trace.process(child).switchInterval.load(), kMillisecond);
    }

    void aProgramStartedByAForkIsNotItsParents()
    {
        Described run;
        run.programs[kRoot] = {words("python3 a.py"), "/usr/bin/python3.11"};
        run.programs[20] = {words("ls -l"), "/usr/bin/ls"};
        run.exec(100, kRoot);
        // All in one drain, the later core first; and the end, too.
        run.add({run.event(SchedEventKind::Exec, 210, 20, 20), run.fork(200, 20, 20, kRoot),
                 run.event(SchedEventKind::Exit, 220, 20, 20)});
        const ProcessIndex child = run.addProcess(20);
        run.descriptions.settle(1'000'000);
        QCOMPARE(run.name(child), QStringLiteral("ls -l"));
        QVERIFY(run.trace.process(child).interpreter.load() == Interpreter::None);
    }

    void aHelperKnowsBetterThanTheFilesName()
    {
        Described run;
        run.programs[kRoot] = {words("python3 a.py"), "/usr/bin/python3.13t"};
        run.trace.publish(1'000'000);
        run.exec(100, kRoot);
        run.descriptions.setInterpreter(kRoot, Interpreter::Python, kMillisecond);
        const ProcessIndex child = run.addProcess(20);
        run.add({run.fork(200, 20, 20, kRoot)});
        QVERIFY(run.trace.process(child).interpreter.load() == Interpreter::Python);
    }

    void helpersOfMultiprocessingAreHousekeeping()
    {
        Described run;
        run.programs[20] = {words("python3 -c") + "from multiprocessing.forkserver import main; x",
                            "/usr/bin/python3.11"};
        const ProcessIndex server = run.addProcess(20);
        const ProcessIndex worker = run.addProcess(21);
        run.add({run.fork(200, 20, 20, kRoot)});
        run.exec(210, 20);
        run.add({run.fork(300, 21, 21, 20)});
        QVERIFY(run.trace.process(server).isHousekeeping.load());
        QVERIFY2(!run.trace.process(worker).isHousekeeping.load(), "it does the program's work");
        QVERIFY(ProcessDescriptions::isHousekeeping(
            "from multiprocessing.resource_tracker import main;main(5)"));
        QVERIFY(!ProcessDescriptions::isHousekeeping(
            "from multiprocessing.spawn import spawn_main; spawn_main()"));
    }

    void aForkServersWorkerThatWasThereIsNotHousekeeping()
    {
        Described run;
        const std::string line =
            words("python3 -c") + "from multiprocessing.forkserver import main; x";
        run.programs[30] = {line, "/usr/bin/python3.11", false};
        run.programs[31] = {line, "/usr/bin/python3.11", true}; // a fork of it
        const ProcessIndex server = run.addProcess(30);
        const ProcessIndex worker = run.addProcess(31);
        run.add({run.event(SchedEventKind::Found, 100, 30, 30),
                 run.event(SchedEventKind::Found, 100, 31, 31)});
        QVERIFY(run.trace.process(server).isHousekeeping.load());
        QVERIFY(!run.trace.process(worker).isHousekeeping.load());
    }

    void aForkServersWorkerThatNamesItselfIsNotHousekeeping()
    {
        Described run(Source::Sampled); // where a name stands for an exec
        run.programs[31] = {words("python3 -c") + "from multiprocessing.forkserver import main; x",
                            "/usr/bin/python3.11", true};
        const ProcessIndex worker = run.addProcess(31);
        run.add({run.fork(100, 31, 31, kRoot), run.event(SchedEventKind::Name, 110, 31, 31)});
        QCOMPARE(run.reads, 1);
        QVERIFY(!run.trace.process(worker).isHousekeeping.load());
    }

    void realForksOfAHousekeepingProcessAreToldFromIt()
    {
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty())
            QSKIP("needs python3");
        QProcess server;
        // Only its command line is a fork server's: it forks a worker, and both wait for the end of input.
        server.start(python,
                     {QStringLiteral("-c"),
                      QStringLiteral("import os, sys\n"
                                     "# from multiprocessing.forkserver import main\n"
                                     "worker = os.fork()\n"
                                     "if worker:\n"
                                     "    print(os.getpid(), worker, flush=True)\n"
                                     "sys.stdin.read()\n"
                                     "if worker:\n"
                                     "    os.waitpid(worker, 0)\n")});
        QVERIFY(server.waitForStarted());
        while (!server.canReadLine())
            QVERIFY(server.waitForReadyRead(10'000));
        const QList<QByteArray> numbers = server.readLine().simplified().split(' ');
        QCOMPARE(numbers.size(), qsizetype(2));
        Trace trace;
        GlobalLockWaits lockWaits;
        ProcessDescriptions descriptions(trace, lockWaits, Source::Kernel);
        std::vector<SchedEvent> found;
        for (const QByteArray &number : numbers) {
            SchedEvent event;
            event.kind = SchedEventKind::Found;
            event.time = 100;
            event.pid = event.tid = pid_t(number.toInt());
            found.push_back(event);
            trace.addProcess(event.pid, kNoProcess, 5, true);
        }
        descriptions.addFound(found);
        descriptions.finish();
        server.closeWriteChannel();
        QVERIFY(server.waitForFinished(10'000));
        QVERIFY(trace.process(0).isHousekeeping.load());
        QVERIFY(!trace.process(1).isHousekeeping.load());
    }

    void aProcessEndsWithItsLastThread()
    {
        Described run;
        run.add({run.fork(100, 20, 20, kRoot), run.fork(110, 20, 21, 20)});
        run.add({run.event(SchedEventKind::Exit, 200, 20, 20)});
        QVERIFY(run.descriptions.takeEnded().empty());
        run.add({run.event(SchedEventKind::Exit, 300, 20, 21)});
        QVERIFY(run.descriptions.takeEnded() == std::vector<pid_t>{20});
        QVERIFY(run.descriptions.takeEnded().empty());
        QVERIFY(!run.descriptions.isKnown(20));
    }

    void anExecLeavesOneThread()
    {
        Described run;
        run.add(
            {run.fork(100, 20, 20, kRoot), run.fork(110, 20, 21, 20), run.fork(120, 20, 22, 20)});
        run.add({run.event(SchedEventKind::Exit, 200, 20, 20)});
        run.exec(210, 20);
        run.add({run.event(SchedEventKind::Exit, 300, 20, 20)});
        QVERIFY(run.descriptions.takeEnded() == std::vector<pid_t>{20});
    }

    void whatWasThereIsDescribedOnce()
    {
        Described run;
        run.programs[30] = {words("python3 b.py"), "/usr/bin/python3.11"};
        const ProcessIndex index = run.addProcess(30);
        run.add({run.event(SchedEventKind::Found, 100, 30, 30),
                 run.event(SchedEventKind::Found, 100, 30, 31)});
        QCOMPARE(run.reads, 1);
        QCOMPARE(run.name(index), QStringLiteral("python3 b.py"));
        run.add({run.event(SchedEventKind::Exit, 200, 30, 30)});
        QVERIFY(run.descriptions.takeEnded().empty());
        run.add({run.event(SchedEventKind::Exit, 200, 30, 31)});
        QCOMPARE(run.descriptions.takeEnded().size(), std::size_t(1));
    }

    void otherProgramsAreNotLookedAt()
    {
        Described run(Source::KernelWide);
        run.programs[99] = {words("secret"), "/usr/bin/secret"};
        run.add({run.fork(100, 99, 99, 98)});
        run.exec(110, 99);
        QCOMPARE(run.reads, 0);
        run.add({run.fork(120, 20, 20, kRoot)});
        run.exec(130, 20);
        QCOMPARE(run.reads, 1);
    }

    void whereExecsAreNotSeenANewNameStandsForOne()
    {
        Described run(Source::Sampled);
        run.programs[kRoot] = {words("python3 a.py"), "/usr/bin/python3.11"};
        run.add({run.event(SchedEventKind::Name, 100, kRoot, kRoot),
                 run.event(SchedEventKind::Name, 100, kRoot, 11)});
        QCOMPARE(run.reads, 1);
        QCOMPARE(run.name(0), QStringLiteral("python3 a.py"));
        Described kernel;
        kernel.add({kernel.event(SchedEventKind::Name, 100, kRoot, kRoot)});
        QCOMPARE(kernel.reads, 0);
    }

    void aRealProcessIsRead()
    {
        const pid_t pid = fork();
        if (pid == 0) {
            pause();
            _exit(0);
        }
        Trace trace;
        GlobalLockWaits lockWaits;
        ProcessDescriptions descriptions(trace, lockWaits, Source::Kernel);
        trace.addProcess(pid, kNoProcess, 5, true);
        SchedEvent exec;
        exec.kind = SchedEventKind::Exec;
        exec.time = 100;
        exec.pid = pid;
        exec.tid = pid;
        descriptions.add({exec});
        descriptions.finish();
        kill(pid, SIGKILL);
        QCOMPARE(waitpid(pid, nullptr, 0), pid);
        QVERIFY(trace.processName(0).find("tst_processdescriptions") != std::string::npos);
        QVERIFY(trace.process(0).interpreter.load() == Interpreter::None);
    }
};

QTEST_GUILESS_MAIN(TestProcessDescriptions)
#include "tst_processdescriptions.moc"
