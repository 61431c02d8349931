// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/processstat.h"

#include <QProcess>
#include <QtTest>

#include <algorithm>
#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Interleave;

class TestProcessStat : public QObject
{
    Q_OBJECT

private:
    /// A child that waits until it is killed.
    static pid_t startWaiting()
    {
        const pid_t pid = fork();
        if (pid == 0) {
            for (;;)
                pause();
        }
        return pid;
    }
    static bool waitUntilEnded(pid_t pid)
    {
        siginfo_t info = {};
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0; // leaves it as it is
    }

private slots:
    void thisProcessIsDescribedAsItIs()
    {
        const auto stat = readProcessStat(getpid());
        QVERIFY(stat.has_value());
        QCOMPARE(stat->parent, getppid());
        QCOMPARE(stat->group, getpgrp());
        QCOMPARE(stat->session, getsid(0));
        QVERIFY(stat->started <= monotonicNow());
        QVERIFY(stateOfProcess(getpid()) != 0);
    }

    void aNameMayLookLikeTheRestOfTheLine()
    {
        char before[17] = {};
        prctl(PR_GET_NAME, before);
        prctl(PR_SET_NAME, "a) Z 1 (b) S");
        const auto stat = readProcessStat(getpid());
        prctl(PR_SET_NAME, before);
        QVERIFY(stat.has_value());
        QCOMPARE(stat->parent, getppid());
    }

    void aChildBeganWhenItWasForked()
    {
        const TimestampNs before = monotonicNow();
        const pid_t pid = startWaiting();
        const TimestampNs after = monotonicNow();
        const auto stat = readProcessStat(pid);
        const auto children = childrenOfThisProcess();
        ::kill(pid, SIGKILL);
        QVERIFY(reapWithin(pid, monotonicNow() + 10 * kSecond));
        QVERIFY(stat.has_value());
        QCOMPARE(stat->parent, getpid());
        // /proc counts in hundredths of a second and rounds down.
        QVERIFY(stat->started > before - 20 * kMillisecond);
        QVERIFY(stat->started < after + 10 * kMillisecond);
        QVERIFY(std::find(children.begin(), children.end(), pid) != children.end());
    }

    void aForkIsToldFromAnExec()
    {
        const pid_t forked = startWaiting();
        const auto statOfFork = readProcessStat(forked);
        ::kill(forked, SIGKILL);
        QVERIFY(reapWithin(forked, monotonicNow() + 10 * kSecond));
        QVERIFY(statOfFork.has_value());
        QVERIFY(statOfFork->isForked);

        QProcess executed;
        executed.start(QStringLiteral("cat"), {});
        QVERIFY(executed.waitForStarted()); // its exec has succeeded
        const auto statOfExec = readProcessStat(pid_t(executed.processId()));
        executed.closeWriteChannel();
        QVERIFY(executed.waitForFinished(10'000));
        QVERIFY(statOfExec.has_value());
        QVERIFY(!statOfExec->isForked);
    }

    void whatHasEndedIsAZombieUntilItIsReaped()
    {
        const pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        QVERIFY(waitUntilEnded(pid));
        QCOMPARE(stateOfProcess(pid), 'Z');
        QCOMPARE(readProcessStat(pid)->group, getpgrp());
        QVERIFY(reapWithin(pid, monotonicNow() + 10 * kSecond));
        QVERIFY(!readProcessStat(pid).has_value());
        QCOMPARE(stateOfProcess(pid), '\0');
        QVERIFY(!reapWithin(pid, monotonicNow() + 10 * kSecond)); // there is nothing to wait for
    }

    void whatDoesNotEndIsWaitedForOnlySoLong()
    {
        const pid_t pid = startWaiting();
        QVERIFY(!reapWithin(pid, monotonicNow()));
        ::kill(pid, SIGKILL);
        QVERIFY(reapWithin(pid, monotonicNow() + 10 * kSecond));
    }

    void aMarkIsFoundInTheEnvironmentAtTheStart()
    {
        const QByteArray path = qgetenv("PATH");
        if (path.isEmpty())
            QSKIP("this process was started without PATH");
        QVERIFY(carriesMark(getpid(), "PATH="));
        QVERIFY(!carriesMark(getpid(), "NO_SUCH_VARIABLE_ANYWHERE="));
        QVERIFY(!carriesMark(getpid(), {}));
    }
};

QTEST_GUILESS_MAIN(TestProcessStat)
#include "tst_processstat.moc"
