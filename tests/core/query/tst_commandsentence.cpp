// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/commandsentence.h"

#include <QTest>

#include <csignal>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

ProcessReport makeProcess(pid_t pid, const QString &title, int threads)
{
    ProcessReport process;
    process.pid = pid;
    process.title = title;
    process.threads = threads;
    return process;
}

/// "make -j2" with two processes on two cores for 2 s.
RunReport makeReport()
{
    RunReport report;
    report.source = Source::Kernel;
    report.statistics.wall = 2 * kSecond;
    report.statistics.cpu = 3800 * kMillisecond;
    report.statistics.parallelism = 1.9;
    report.statistics.overlap = kSecond;
    report.statistics.cores.resize(2);
    CommandReport command;
    command.exitCode = 0;
    command.isHelperOn = true;
    command.processes = {makeProcess(10, u"make -j2"_s, 1), makeProcess(11, u"cc a.c"_s, 4)};
    report.command = command;
    return report;
}

} // namespace

#define SAYS(sentence, expected) QVERIFY2((sentence).contains(expected), qPrintable(sentence))
#define DOES_NOT_SAY(sentence, expected)                                                           \
    QVERIFY2(!(sentence).contains(expected), qPrintable(sentence))

class CommandSentenceTest : public QObject
{
    Q_OBJECT

private slots:
    void itTellsWhatWasUsedAndHowItEnded()
    {
        QCOMPARE(resultSentence(makeReport()),
                 u"2 processes and 5 threads used 1.90 of 2 cores for 2.00 s; two or more were on "
                 "cores at once for 50.0 % of it. The command ended with status 0."_s);
    }

    void aLittleTimeAtOnceIsNotToldAsNone()
    {
        RunReport report = makeReport();
        report.statistics.overlap = 500 * kMicrosecond;
        SAYS(resultSentence(report), u"on cores at once for less than 0.1 % of it."_s);
        report.statistics.overlap = 0;
        SAYS(resultSentence(report), u"on cores at once for 0.0 % of it."_s);
    }

    void oneThreadIsNeverBesideAnother()
    {
        RunReport report = makeReport();
        report.command->processes.pop_back();
        const QString sentence = resultSentence(report);
        SAYS(sentence, u"1 process and 1 thread used"_s);
        DOES_NOT_SAY(sentence, u"at once"_s);
    }

    void theEndIsToldAsItWas_data()
    {
        QTest::addColumn<int>("exitCode"); // -1: none
        QTest::addColumn<int>("signal"); // 0: none
        QTest::addColumn<QString>("expected");
        QTest::newRow("status") << 3 << 0 << u"ended with status 3"_s;
        QTest::newRow("signal") << -1 << SIGKILL << u"was ended by signal 9 (SIGKILL: Killed)"_s;
        QTest::newRow("realtime signal") << -1 << SIGRTMIN + 1 << u"was ended by signal "_s;
        QTest::newRow("neither") << -1 << 0 << u"was still running when the recording ended"_s;
    }
    void theEndIsToldAsItWas()
    {
        QFETCH(int, exitCode);
        QFETCH(int, signal);
        QFETCH(QString, expected);
        RunReport report = makeReport();
        report.command->exitCode.reset();
        if (exitCode >= 0)
            report.command->exitCode = exitCode;
        if (signal != 0)
            report.command->signal = signal;
        SAYS(resultSentence(report), u"The command "_s + expected);
    }

    void ofAProcessOfOthersOnlyThatItEndedIsKnown()
    {
        RunReport report = makeReport();
        report.command->isAttached = true;
        report.command->exitCode.reset();
        SAYS(resultSentence(report), u"The process was still running"_s);
        report.command->processes.front().hasEnded = true;
        SAYS(resultSentence(report), u"The process ended; only its parent knows how."_s);
    }

    void whatCouldNotBeStartedSaysWhy()
    {
        RunReport report = makeReport();
        report.outcome = RunOutcome::Failed;
        report.command->failure = u"the program x could not be started: Exec format error"_s;
        report.command->exitCode = 126;
        QCOMPARE(resultSentence(report),
                 u"The program x could not be started: Exec format error."_s);
    }

    void aStoppedRunSaysBoth()
    {
        RunReport report = makeReport();
        report.outcome = RunOutcome::Cancelled;
        report.message = u"stopped on request"_s;
        report.command->exitCode.reset();
        report.command->signal = SIGINT;
        SAYS(resultSentence(report),
             u"Stopped on request. The command was ended by signal 2 (SIGINT: Interrupt)."_s);
    }

    void aMessageThatTellsTheEndIsNotRepeated()
    {
        RunReport report = makeReport();
        report.outcome = RunOutcome::Failed;
        report.message = u"the command ended with status 3"_s;
        report.command->exitCode = 3;
        QCOMPARE(resultSentence(report).count(u"status 3"_s), 1);
        report.message = u"its recording had grown too large"_s;
        SAYS(resultSentence(report),
             u"Its recording had grown too large. The command ended with status 3."_s);
    }

    void oneAtATimeIsToldWithItsNumbers()
    {
        RunReport report = makeReport();
        ProcessReport &python = report.command->processes[1];
        python.title = u"python3 sum.py"_s;
        python.interpreter = u"python"_s;
        python.hasHelper = true;
        python.overlap = 2 * kMillisecond;
        python.contended = 2 * kSecond;
        python.globalLockWait = 1900 * kMillisecond;
        python.verdict = u"one at a time: GIL"_s;
        SAYS(resultSentence(report),
             u"python3 sum.py ran one thread at a time (GIL): overlap 0.1 % of the 2.00 s in which "
             "several threads wanted a core, and 1.90 s of waiting for the GIL (inferred)."_s);
        DOES_NOT_SAY(resultSentence(report), u"Kernel view"_s);
    }

    void waitsWithoutAVerdictAreToldAsASum()
    {
        RunReport report = makeReport();
        report.command->processes[1].globalLockWait = 300 * kMillisecond;
        SAYS(resultSentence(report),
             u"Threads of Python waited for the GIL for 300 ms in all (inferred)."_s);
        report.command->processes[1].globalLockWait = 5 * kMillisecond; // may be chance
        DOES_NOT_SAY(resultSentence(report), u"GIL"_s);
    }

    void ofManyJudgedProcessesTheFirstAreNamed()
    {
        RunReport report = makeReport();
        for (pid_t pid = 20; pid < 25; ++pid) {
            ProcessReport process = makeProcess(pid, u"python3"_s, 2);
            process.verdict = u"one at a time: GIL"_s;
            report.command->processes.push_back(process);
        }
        const QString sentence = resultSentence(report);
        QCOMPARE(sentence.count(u"ran one thread at a time"_s), 3);
        SAYS(sentence, u"So did 2 processes more."_s);
    }

    void aPythonWithoutTheHelperIsTold()
    {
        RunReport report = makeReport();
        ProcessReport &python = report.command->processes[1];
        python.title = u"python3 -I a.py"_s;
        python.interpreter = u"python"_s;
        const QString expected =
            u"Kernel view only of python3 -I a.py: the helper was not loaded there."_s;
        SAYS(resultSentence(report), expected);
        python.isHousekeeping = true;
        DOES_NOT_SAY(resultSentence(report), u"Kernel view"_s);
        python.isHousekeeping = false;
        report.command->isHelperOn = false; // nobody asked for it
        DOES_NOT_SAY(resultSentence(report), u"Kernel view"_s);
    }

    void whatStillRunsIsNamed()
    {
        RunReport report = makeReport();
        report.command->leftRunning = {40, 41, 42, 43};
        SAYS(resultSentence(report),
             u"What it left running still runs: 4 processes (40, 41, 42, ...)."_s);
    }

    void aSuspectedStandstillIsToldOnceAndAsASuspicion()
    {
        RunReport report = makeReport();
        DOES_NOT_SAY(resultSentence(report), u"suspected"_s);
        report.command->suspectedStandstill = 7200 * kMillisecond;
        const QString sentence = resultSentence(report);
        SAYS(sentence, u" For 7.20 s nothing moved: perhaps a deadlock (suspected). The command"_s);
        QCOMPARE(sentence.count(u"nothing moved"_s), 1);
        report.outcome = RunOutcome::Deadlocked; // what is known needs no suspicion
        report.deadlock.emplace();
        DOES_NOT_SAY(resultSentence(report), u"suspected"_s);
    }

    void aSourceThatKnowsLessSaysLess()
    {
        RunReport report = makeReport();
        report.source = Source::Sampled;
        SAYS(resultSentence(report), u"used 1.90 of 2 cores"_s);
        DOES_NOT_SAY(resultSentence(report), u"at once"_s);
        report.source = Source::Events;
        SAYS(resultSentence(report), u"2 processes and 5 threads were there in 2.00 s."_s);
        DOES_NOT_SAY(resultSentence(report), u"used"_s);
    }
};

QTEST_GUILESS_MAIN(CommandSentenceTest)
#include "tst_commandsentence.moc"
