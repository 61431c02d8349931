// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/sched/globallockscript.h"

#include <QtTest>

using namespace Interleave;

/// Whose waits they are: programs, processes and threads that come and go, and records that are missing.
class TestGlobalLockWaitsLives : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void theIntervalIsTheProgramsOwn()
    {
        GlobalLockScript script;
        script.waits().addInterpreter(kPython, 20 * kMs);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker); // a sleep now
        script.out(7 * kMs, kWorker);
        script.in(27'070 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 7000-27070"));
        script.waits().addInterpreter(kPython, 0); // back to the default
        script.out(30 * kMs, kWorker);
        script.in(35'070 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 30000-35070"));
    }

    void belowAMillisecondNothingIsToldApart()
    {
        GlobalLockScript script;
        script.waits().addInterpreter(kPython, 100 * kUs);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(1'150 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void lostRecordsEndAllThatWasKnown()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.lose(2 * kMs, 3 * kMs);
        script.in(6'060 * kUs, kWorker); // it may have run in between
        script.out(7 * kMs, kWorker);
        script.preempt(8 * kMs, kPython); // known again
        script.in(12'070 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 7000-12070"));
    }

    void aGapWithinALossIsNotJudged()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.lose(1 * kMs, 20 * kMs); // of the other core
        script.in(1'500 * kUs, kPython);
        script.out(2 * kMs, kWorker);
        script.in(7'070 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aThreadThatEndsLeavesNothingBehind()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.add(SchedEventKind::Exit, 2 * kMs, kWorker);
        script.fork(3 * kMs, kWorker); // its number again
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aSiblingThatHasEndedIsNoHolder()
    {
        GlobalLockScript script;
        script.in(0, kThird);
        script.add(SchedEventKind::Exit, 1 * kMs, kThird);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void afterAnExecTheProcessIsNoPythonAnyMore()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.add(SchedEventKind::Exec, 500 * kUs, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void anInterpreterThatIsTellingOfItselfSurvivesTheExecBeforeIt()
    {
        GlobalLockScript script;
        script.now = 10 * kMs;
        script.waits().addInterpreter(kPython, 0); // its helper is heard before its exec is drained
        script.add(SchedEventKind::Exec, 5 * kMs, kPython);
        script.fork(6 * kMs, kWorker);
        script.in(7 * kMs, kWorker);
        script.out(8 * kMs, kWorker);
        script.in(13'070 * kUs, kWorker); // the leader has run since its exec
        QCOMPARE(script.told(), QStringLiteral("11: 8000-13070"));
    }

    void anExecEndsTheOtherThreads()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.in(0, kWorker);
        script.in(0, kThird);
        script.out(1 * kMs, kPython);
        script.now = 3 * kMs;
        script.waits().addInterpreter(kPython, 0);
        script.add(SchedEventKind::Exec, 2 * kMs, kPython); // the others never say that they ended
        script.out(4 * kMs, kPython);
        script.in(9'070 * kUs, kPython);
        QCOMPARE(script.told(), QString());
    }

    void aForkedProcessIsPythonToo()
    {
        GlobalLockScript script;
        script.fork(1 * kMs, kOther, kOther);
        script.in(2 * kMs, kOther, kOther);
        script.fork(3 * kMs, 501, kOther, kOther);
        script.in(4 * kMs, 501, kOther);
        script.out(5 * kMs, 501, kOther);
        script.in(10'070 * kUs, 501, kOther);
        QCOMPARE(script.told(), QStringLiteral("501: 5000-10070"));
        script.add(SchedEventKind::Exec, 11 * kMs, kOther, false,
                   kOther); // python starts a compiler
        script.in(12 * kMs, kOther, kOther);
        script.out(13 * kMs, 501, kOther);
        script.in(18'070 * kUs, 501, kOther);
        QCOMPARE(script.told(), QString());
    }

    void withoutALockThereAreNoWaits()
    {
        GlobalLockScript script;
        script.waits().removeInterpreter(kPython);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aThreadThatWasFoundRunningIsAHolder()
    {
        GlobalLockScript script;
        script.find(0, kPython, false);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }
};

QTEST_GUILESS_MAIN(TestGlobalLockWaitsLives)
#include "tst_globallockwaitslives.moc"
