// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/linebudget.h"
#include "core/run/processstat.h"
#include "core/run/runcontroller.h"
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/runlistener.h"
#include "tests/support/programrun.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <optional>
#include <vector>

using namespace Interleave;
using Interleave::Support::pythonProgram;
using namespace Qt::StringLiterals;

/// A person's programs from the start to the report.
class TestRunCommand : public QObject
{
    Q_OBJECT

private:
    static bool isWitnessed(const RunReport &report)
    {
        return report.source == Source::Kernel || report.source == Source::KernelWide;
    }
    /// Threads of the run in its trace.
    static int threadsOf(const RunReport &report)
    {
        int threads = 0;
        for (ThreadIndex i = 0; i < report.trace->threadCount(); ++i)
            threads += report.trace->thread(i).ofRun.load() ? 1 : 0;
        return threads;
    }

private slots:
    void initTestCase() { registerRunTypes(); }
    /// Nothing is left behind, whatever a run was.
    void cleanup() { QCOMPARE(childrenOfThisProcess(), std::vector<pid_t>()); }

    void howItEndedIsReported_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<int>("outcome");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("message");
        QTest::newRow("true") << u"true"_s << int(RunOutcome::Finished) << 0 << QString();
        QTest::newRow("false") << u"false"_s << int(RunOutcome::Failed) << 1
                               << u"the command ended with status 1"_s;
        QTest::newRow("killed") << u"kill -9 $$"_s << int(RunOutcome::Crashed) << 137
                                << u"the command was ended by signal 9"_s;
        QTest::newRow("a chain of programs")
            << u"exec sh -c 'exec sh -c \"exit 5\"'"_s << int(RunOutcome::Failed) << 5
            << u"the command ended with status 5"_s;
        QTest::newRow("without descriptors")
            << u"exec 0<&- 1>&- 2>&-; exit 4"_s << int(RunOutcome::Failed) << 4
            << u"the command ended with status 4"_s;
    }
    void howItEndedIsReported()
    {
        QFETCH(QString, script);
        QFETCH(int, outcome);
        QFETCH(int, status);
        QFETCH(QString, message);
        const RunRequest request = shellRequest(script);
        const RunReport report = runToEnd(request);
        QCOMPARE(int(report.outcome), outcome);
        QVERIFY2(report.message.startsWith(message), qPrintable(report.message));
        QCOMPARE(report.message.isEmpty(), message.isEmpty());
        QCOMPARE(report.model, u"command"_s);
        QCOMPARE(report.taskSet, request.command->text());
        QCOMPARE(report.title, request.command->text());
        QVERIFY(report.command.has_value());
        QCOMPARE(report.command->shellStatus(), status);
        QCOMPARE(report.command->signal.has_value(), status > 128);
        QCOMPARE(report.command->exitCode.has_value(), status <= 128);
        QVERIFY(report.command->failure.isEmpty());
        QVERIFY(report.command->leftRunning.empty());
        QVERIFY(!report.command->isHelperOn);
        QVERIFY(report.trace && report.trace->isFinished());
        if (isWitnessed(report))
            QCOMPARE(report.command->processes.size(), std::size_t(1));
    }

    void whatIsNoProgramIsToldAtOnce_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("status");
        QTest::newRow("missing") << u"no-such-program-anywhere"_s << 127;
        QTest::newRow("no such file") << u"/no/such/file"_s << 127;
        QTest::newRow("a folder") << u"/tmp"_s << 126;
        QTest::newRow("not executable") << u"/etc/passwd"_s << 126;
    }
    void whatIsNoProgramIsToldAtOnce()
    {
        QFETCH(QString, word);
        QFETCH(int, status);
        RunController controller;
        RunListener listener(controller);
        controller.start(programRequest({word}));
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QVERIFY2(report.message.contains(word), qPrintable(report.message));
        QVERIFY(!report.trace);
        QCOMPARE(listener.started.size(), qsizetype(0));
        QVERIFY(report.command.has_value());
        QCOMPARE(report.command->failure, report.message);
        QCOMPARE(report.command->shellStatus(), status);
        QCOMPARE(report.command->spec.words, QStringList{word});
        QVERIFY(!controller.isRunning());
    }

    void whatOnlyTheLauncherFindsOutIsToldToo_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("input");
        QTest::addColumn<QStringList>("environment");
        QTest::addColumn<int>("status");
        QTest::newRow("another PATH")
            << QString() << QString() << QStringList{u"PATH=/nowhere"_s} << 127;
        QTest::newRow("no folder") << u"/no/such/folder"_s << QString() << QStringList() << 125;
        QTest::newRow("no input") << QString() << u"/no/such/input"_s << QStringList() << 125;
    }
    void whatOnlyTheLauncherFindsOutIsToldToo()
    {
        QFETCH(QString, folder);
        QFETCH(QString, input);
        QFETCH(QStringList, environment);
        QFETCH(int, status);
        RunRequest request = programRequest({u"true"_s});
        request.command->folder = folder;
        request.command->inputFile = input;
        request.command->environment = environment;
        const RunReport report = runToEnd(request);
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QVERIFY(!report.command->failure.isEmpty());
        QCOMPARE(report.message, report.command->failure);
        QVERIFY2(report.message.contains(folder + input), qPrintable(report.message));
        QCOMPARE(report.command->shellStatus(), status);
    }

    void itsLinesHaveTheirStreamAndAMarkOnTheTimeline()
    {
        const RunReport report =
            runToEnd(shellRequest(u"echo one; echo two >&2; printf 'dr\\303\\244i'"_s));
        QCOMPARE(report.lines.size(), std::size_t(3));
        QStringList output, errors;
        for (const PrintedLine &line : report.lines) {
            QVERIFY(line.time >= report.trace->origin());
            QVERIFY(line.time <= report.trace->horizon());
            (line.stream == PrintedLine::Stream::Error ? errors : output).append(line.text);
        }
        QCOMPARE(output, (QStringList{u"one"_s, u"dr\u00e4i"_s}));
        QCOMPARE(errors, QStringList{u"two"_s});
        const auto &marks = report.trace->marks();
        QCOMPARE(marks.size(), std::size_t(3));
        for (std::size_t i = 0; i < marks.size(); ++i) {
            QCOMPARE(int(marks[i].kind), int(MarkKind::Printed));
            QVERIFY(i == 0 || marks[i].time >= marks[i - 1].time);
            QVERIFY(marks[i].thread == kNoThread);
            const std::string *text = report.trace->markText(marks[i].number);
            QVERIFY(text != nullptr);
            QCOMPARE(QString::fromStdString(*text), report.lines[i].text);
        }
    }

    void whatItPrintsIsBounded()
    {
        const RunReport report = runToEnd(programRequest({u"seq"_s, u"1"_s, u"150000"_s}));
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.lines.size(), LineBudget::kMostLines + 1);
        QCOMPARE(report.lines[LineBudget::kMostLines - 1].text, u"100000"_s);
        QVERIFY(report.lines.back().text.startsWith(u"and 50000 more lines"_s));
        QCOMPARE(report.trace->marks().size(), LineBudget::kMostLines);
    }

    void aLongLineIsCutOnTheTimelineBetweenCharacters()
    {
        // 399 bytes, and a character of two that would be cut after its first.
        const RunReport report = runToEnd(
            shellRequest(u"head -c 399 /dev/zero | tr '\\0' x; printf '\\303\\244 and more\\n'"_s));
        QCOMPARE(report.lines.size(), std::size_t(1));
        QCOMPARE(report.trace->marks().size(), std::size_t(1));
        const std::string *text = report.trace->markText(report.trace->marks()[0].number);
        QVERIFY(text != nullptr);
        QCOMPARE(*text, std::string(399, 'x'));
    }

    void everyProcessAndThreadIsThere()
    {
        const RunReport report = runToEnd(shellRequest(u"true & sh -c 'true; true'; wait"_s));
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        if (!isWitnessed(report))
            QSKIP("needs the kernel as source");
        // The shell, its job, and the second shell; true is built in.
        QCOMPARE(report.command->processes.size(), std::size_t(3));
        QCOMPARE(threadsOf(report), 3);
    }

    void twoThousandThreadsAreAllThere()
    {
        const QString python = pythonProgram();
        if (python.isEmpty())
            QSKIP("there is no python3");
        const QString script = u"import threading as t\n"
                               "t.stack_size(65536)\n"
                               "e = t.Event()\n"
                               "a = [t.Thread(target=e.wait) for i in range(2000)]\n"
                               "try:\n"
                               "    for x in a: x.start()\n"
                               "finally:\n"
                               "    e.set()\n"
                               "for x in a: x.join()\n"_s;
        const RunReport report = runToEnd(programRequest({python, u"-c"_s, script}));
        for (const PrintedLine &line : report.lines) {
            if (line.text.contains(u"can't start new thread"_s))
                QSKIP(qPrintable(u"this system does not give as many threads: "_s + line.text));
        }
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(report.message));
        if (!isWitnessed(report))
            QSKIP("needs the kernel as source");
        QCOMPARE(report.recordsLost, std::uint64_t(0));
        QCOMPARE(threadsOf(report), 2001);
        QCOMPARE(report.command->processes.size(), std::size_t(1));
        QCOMPARE(report.command->processes.front().threads, 2001);
    }

    void aDaemonIsLeftRunningAndTold()
    {
        const RunReport report =
            runToEnd(shellRequest(u"setsid sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!'"_s));
        QCOMPARE(report.lines.size(), std::size_t(1));
        const pid_t daemon = report.lines.front().text.toInt();
        const bool wasAlive = isAlive(daemon);
        ::kill(daemon, SIGKILL);
        QVERIFY(reapWithin(daemon, monotonicNow() + 10 * kSecond));
        QVERIFY(wasAlive);
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.command->exitCode, std::optional<int>(0));
        QCOMPARE(report.command->leftRunning, std::vector<pid_t>{daemon});
        const QJsonArray left =
            report.toJson().value(u"command"_s).toObject().value(u"left_running"_s).toArray();
        QCOMPARE(left, QJsonArray{int(daemon)});
        if (isWitnessed(report))
            QVERIFY2(report.sentence.contains(QString::number(daemon)),
                     qPrintable(report.sentence));
    }

    void whatIsToBeFollowedIsWaitedFor()
    {
        const QTemporaryDir folder;
        const QString done = folder.filePath(u"done"_s);
        // Longer than the recording waits of itself.
        RunRequest request = shellRequest(
            u"(sleep 1.5; echo >'%1') </dev/null >/dev/null 2>&1 & exit 3"_s.arg(done));
        request.command->follow = true;
        const RunReport report = runToEnd(request);
        QVERIFY(QFile::exists(done));
        QVERIFY(report.command->leftRunning.empty());
        QCOMPARE(report.command->exitCode, std::optional<int>(3));
    }

    void aStopIsAnsweredBySigint()
    {
        struct sigaction action = {};
        if (::sigaction(SIGINT, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
            QSKIP("SIGINT was ignored when this test was started, and so is by what it starts");
        RunController controller;
        RunListener listener(controller);
        controller.start(
            shellRequest(u"trap 'exit 3' INT; echo 1; while :; do sleep 0.05; done"_s));
        QCOMPARE(listener.number(), pid_t(1));
        controller.stop();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Cancelled));
        QVERIFY2(report.message.startsWith(u"stopped "_s), qPrintable(report.message));
        QCOMPARE(report.command->exitCode, std::optional<int>(3));
    }

    void whatIgnoresSigintAndSigtermIsKilled_data()
    {
        QTest::addColumn<bool>("background");
        QTest::newRow("background") << true;
        QTest::newRow("foreground") << false;
    }
    void whatIgnoresSigintAndSigtermIsKilled()
    {
        QFETCH(bool, background);
        RunController controller;
        RunListener listener(controller);
        RunRequest request =
            shellRequest(u"trap '' INT TERM; sleep 1000 & echo $!; while :; do wait; done"_s);
        request.background = background;
        controller.start(request);
        const pid_t child = listener.number();
        QVERIFY(isAlive(child));
        controller.stop();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Cancelled));
        QVERIFY2(report.message.startsWith(u"stopped by SIGKILL"_s), qPrintable(report.message));
        QCOMPARE(report.command->signal, std::optional<int>(SIGKILL));
        QVERIFY(!readProcessStat(child).has_value());
    }

    void aStopEndsWhatWasStartedInASessionOfItsOwn()
    {
        RunController controller;
        RunListener listener(controller);
        controller.start(shellRequest(
            u"setsid sh -c 'sleep 1000 >/dev/null 2>&1 & echo $!'; exec sleep 1000"_s));
        const pid_t daemon = listener.number();
        QVERIFY(isAlive(daemon));
        controller.stop();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Cancelled));
        QVERIFY(report.command->leftRunning.empty());
        QVERIFY(!readProcessStat(daemon).has_value());
    }

    void itIsEndedWhenItsTimeIsUp()
    {
        RunRequest request = programRequest({u"sleep"_s, u"1000"_s});
        request.longest = 200 * kMillisecond;
        const RunReport report = runToEnd(request);
        QCOMPARE(int(report.outcome), int(RunOutcome::TimedOut));
        QVERIFY2(report.message.contains(u"after 0.2 s"_s), qPrintable(report.message));
        QVERIFY(report.command->signal.has_value());
    }

    void theEndOfTheWindowEndsIt()
    {
        pid_t child = 0;
        {
            RunController controller;
            RunListener listener(controller);
            controller.start(shellRequest(u"trap '' INT TERM; sleep 1000 & echo $!; wait"_s));
            child = listener.number();
        }
        QVERIFY(!readProcessStat(child).has_value());
    }

    void aSecondStartIsRefused()
    {
        RunController controller;
        RunListener listener(controller);
        controller.start(programRequest({u"sleep"_s, u"1000"_s}));
        QTRY_VERIFY_WITH_TIMEOUT(!listener.started.isEmpty(), RunListener::kPatienceMs);
        controller.start(programRequest({u"true"_s}));
        QCOMPARE(int(listener.report().outcome), int(RunOutcome::Failed));
        controller.stop();
        QCOMPARE(int(listener.report().outcome), int(RunOutcome::Cancelled));
    }

    void withoutTheLauncherThatIsSaid()
    {
        const QTemporaryDir empty;
        const QByteArray bin = qgetenv("INTERLEAVE_BIN");
        qputenv("INTERLEAVE_BIN", QFile::encodeName(empty.path()));
        const RunReport report = runToEnd(programRequest({u"true"_s}));
        qputenv("INTERLEAVE_BIN", bin);
        QCOMPARE(int(report.outcome), int(RunOutcome::Failed));
        QVERIFY2(report.message.contains(u"interleave-launch"_s), qPrintable(report.message));
        QCOMPARE(report.command->shellStatus(), 125);
    }
};

QTEST_GUILESS_MAIN(TestRunCommand)
#include "tst_runcommand.moc"
