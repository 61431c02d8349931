// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/sched/globallockscript.h"

#include <QtTest>

#include <utility>

using namespace Interleave;

class TestGlobalLockWaits : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void nothingComesOfNothing()
    {
        GlobalLockScript script;
        QCOMPARE(script.told(), QString());
    }

    /// Python's own trace of python.md, section 1.4: after a sleep of 10.04 ms the wait, and its ends.
    void aSleeperBesideACruncherWaitsForOneInterval()
    {
        GlobalLockScript script;
        script.in(0, kPython); // the cruncher
        script.out(100, kWorker);
        TimestampNs t = 10'040 * kUs;
        script.in(t, kWorker);
        t += 16 * kUs;
        script.out(t, kWorker);
        const TimestampNs begin = t;
        t += 5'070 * kUs;
        script.in(t, kWorker);
        const TimestampNs timedOut = t;
        t += 10 * kUs;
        script.out(t, kWorker);
        script.out(t + 4 * kUs, kPython); // the holder gives the lock up
        t += 9 * kUs;
        script.in(t, kWorker);
        const TimestampNs end = t;
        t += 3 * kUs;
        script.out(t, kWorker);
        t += 6 * kUs;
        script.in(t, kWorker);
        t += 21 * kUs;
        script.out(t, kWorker); // has worked, sleeps again
        script.in(t + 5 * kUs, kPython);
        script.in(t + 10 * kMs, kWorker);
        script.out(t + 10 * kMs + 16 * kUs, kWorker);

        const QString told = script.told();
        QCOMPARE(script.events.size(), std::size_t(3));
        QCOMPARE(script.events[0].lostSince, begin);
        QCOMPARE(script.events[0].time, timedOut);
        QCOMPARE(script.events[1].lostSince, timedOut + 10 * kUs);
        QCOMPARE(script.events[1].time, end);
        QVERIFY2(script.events[2].time - script.events[2].lostSince == 6 * kUs, qPrintable(told));
        for (const SchedEvent &event : script.events) {
            QVERIFY(event.kind == SchedEventKind::GlobalLockWait);
            QCOMPARE(event.pid, kPython);
            QCOMPARE(event.tid, kWorker);
        }
    }

    /// 100 sleeps of 10 ms beside a cruncher: at least 95 of the waits, 90 % of their time, and none of
    /// the sleeps.
    void ofAHundredWaitsNoneIsMissedAndNoneInvented()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kUs, kWorker);
        TimestampNs t = kUs;
        DurationNs trueTime = 0;
        for (int i = 0; i < 100; ++i) {
            t += 10'040 * kUs + i % 7 * 13 * kUs;
            script.in(t, kWorker);
            t += 16 * kUs;
            script.out(t, kWorker);
            const TimestampNs begin = t;
            t += 5'055 * kUs + i % 11 * 60 * kUs; // woken up to 0.66 ms late
            script.in(t, kWorker);
            t += 8 * kUs;
            script.out(t, kWorker);
            t += 5 * kUs;
            script.out(t, kPython);
            t += 6 * kUs;
            script.in(t, kWorker);
            trueTime += t - begin;
            t += 25 * kUs;
            script.out(t, kWorker);
            script.in(t + 4 * kUs, kPython);
        }
        (void)script.told();
        int intervals = 0;
        DurationNs told = 0;
        for (const SchedEvent &event : script.events) {
            intervals += event.time - event.lostSince >= kMs ? 1 : 0;
            told += event.time - event.lostSince;
        }
        QCOMPARE(intervals, 100);
        QVERIFY(told <= trueTime);
        QVERIFY(double(told) >= 0.99 * double(trueTime));
    }

    void twoCrunchersWaitInTurn()
    {
        GlobalLockScript script;
        TimestampNs t = kMs;
        pid_t holder = kPython, waiter = kWorker;
        script.in(t, holder);
        script.out(t + 5 * kUs, waiter);
        int rounds = 0;
        for (; rounds < 20; ++rounds) {
            t += 5'065 * kUs; // the waiter's interval is over
            script.in(t + 5 * kUs, waiter);
            script.out(t + 12 * kUs, waiter);
            script.out(t + 30 * kUs, holder); // until somebody else has the lock
            script.in(t + 34 * kUs, waiter);
            script.in(t + 40 * kUs, holder); // wants it back
            t += 45 * kUs;
            script.out(t, holder);
            t -= 5 * kUs;
            std::swap(holder, waiter);
        }
        (void)script.told();
        int intervals = 0, parts = 0;
        for (const SchedEvent &event : script.events)
            ++(event.time - event.lostSince >= kMs ? intervals : parts);
        QCOMPARE(intervals, rounds);
        QCOMPARE(parts, rounds);
    }

    /// The third one's first interval ends while the lock goes to another; its second ends early, because
    /// the holder drops the lock, which the others see.
    void threeCrunchersWaitForSeveralIntervals()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kThird);
        script.in(6'060 * kUs, kThird); // a look: somebody else got the lock meanwhile
        script.out(6'070 * kUs, kThird);
        script.in(11'140 * kUs, kThird); // a second one
        script.out(11'152 * kUs, kThird);
        script.out(14'000 * kUs, kPython); // the holder drops it
        script.in(14'030 * kUs, kThird);
        script.preempt(18 * kMs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6060; 12: 6070-11140; 12: 11152-14030"));
    }

    void aLastPartIsOneWhenTheHolderLeavesJustAfterwards()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.out(6'070 * kUs, kWorker);
        script.in(9'000 * kUs, kWorker);
        script.out(9'100 * kUs, kPython); // of another core, and not final yet
        QCOMPARE(script.toldUntil(9'050 * kUs), QStringLiteral("11: 1000-6060; 11: 6070-9000"));
    }

    /// After the lock was handed over between two looks of one wait it reads something for 2 ms.
    void aReadAfterTheWaitIsNoPartOfIt()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.out(6'100 * kUs, kWorker);
        script.in(8'100 * kUs, kWorker);
        script.out(8'120 * kUs, kWorker);
        script.in(8'150 * kUs, kWorker); // and what follows is none either
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void whoRunsForLongerThanALookHasTheLock()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.out(6'060 * kUs + GlobalLockWaits::kLongestLook + 1, kWorker);
        script.in(6'300 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void aPreemptedLookIsStillALook()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.preempt(6'064 * kUs, kWorker);
        script.in(9'000 * kUs, kWorker); // 3 ms in the queue: that is no wait for the lock
        script.out(9'006 * kUs, kWorker);
        script.in(9'020 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060; 11: 9006-9020"));
    }

    void aPreemptedHolderHoldsTheLock()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.preempt(1'100 * kUs, kPython); // by another program, for the whole interval
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void aPreemptionIsNoWait()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.in(0, kWorker);
        script.preempt(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aSleepWhileNobodyElseRunsIsNone()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kPython); // waits for the other one's end
        script.in(1 * kMs, kWorker);
        for (int i = 0; i < 10; ++i) {
            script.out((2 + 6 * i) * kMs, kWorker);
            script.in((2 + 6 * i) * kMs + 5'070 * kUs, kWorker);
        }
        QCOMPARE(script.told(), QString());
    }

    void aSiblingThatOnlyLooksInDoesNotMakeASleepAWait()
    {
        GlobalLockScript script;
        script.out(1 * kMs, kWorker);
        script.in(3'000 * kUs, kPython);
        script.out(3'300 * kUs, kPython); // 0.3 ms of 5: it cannot have kept the lock
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void aBusyProgramBesideItIsNoHolder()
    {
        GlobalLockScript script;
        script.in(0, kOther, kOther);
        for (int i = 0; i < 10; ++i) {
            script.out((2 + 6 * i) * kMs, kPython);
            script.in((2 + 6 * i) * kMs + 5'070 * kUs, kPython);
        }
        QCOMPARE(script.told(), QString());
    }

    void twoPythonProcessesDoNotWaitForEachOther()
    {
        GlobalLockScript script;
        script.waits().addInterpreter(kOther, 0);
        script.in(0, kOther, kOther);
        script.out(1 * kMs, kPython);
        script.in(6'060 * kUs, kPython);
        QCOMPARE(script.told(), QString());
    }

    void gapsOfOtherLengthsAreNone_data()
    {
        QTest::addColumn<qint64>("gap");
        QTest::addColumn<bool>("isWait");
        QTest::newRow("earlier than any") << qint64(4'899 * kUs) << false;
        QTest::newRow("left a little late") << qint64(4'901 * kUs) << true;
        QTest::newRow("the interval") << qint64(5 * kMs) << true;
        QTest::newRow("woken late") << qint64(5'900 * kUs) << true;
        QTest::newRow("later than any") << qint64(5'901 * kUs) << false;
        QTest::newRow("two intervals in one") << qint64(10'070 * kUs) << false;
    }
    void gapsOfOtherLengthsAreNone()
    {
        QFETCH(qint64, gap);
        QFETCH(bool, isWait);
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(1 * kMs + gap, kWorker);
        QCOMPARE(!script.told().isEmpty(), isWait);
    }

    void whereSwitchesAreNotKnownNothingIsFound()
    {
        GlobalLockScript script(true);
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.told(), QString());
    }

    void theCoresMayBeDrainedOneAfterTheOther()
    {
        GlobalLockScript script;
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        script.in(0, kPython); // another core
        script.out(8 * kMs, kPython);
        QCOMPARE(script.told(), QStringLiteral("11: 1000-6060"));
    }

    void aGapIsToldAsSoonAsItsEndIsFinal()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.out(1 * kMs, kWorker);
        script.in(6'060 * kUs, kWorker);
        QCOMPARE(script.toldUntil(6'060 * kUs), QString());
        QCOMPARE(script.toldUntil(6'061 * kUs), QStringLiteral("11: 1000-6060"));
        QCOMPARE(script.told(), QString());
    }
};

QTEST_GUILESS_MAIN(TestGlobalLockWaits)
#include "tst_globallockwaits.moc"
