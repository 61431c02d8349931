// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/sched/globallockscript.h"

#include <QtTest>

#include <utility>

using namespace Interleave;

namespace
{

/// The third thread has waited for an interval, and waits on: since 6073 us.
void waitForAnInterval(GlobalLockScript &script)
{
    script.out(1 * kMs, kThird);
    script.in(6'070 * kUs, kThird);
    script.out(6'073 * kUs, kThird);
}

/// It waits since 6000 us, is woken at 8000 us, and the lock is gone.
void waitForAPart(GlobalLockScript &script)
{
    script.out(6'000 * kUs, kThird);
    script.in(8'000 * kUs, kThird);
    script.out(8'015 * kUs, kThird);
}

} // namespace

/// Three threads and more that want the lock: whom the holder wakes need not be who gets it.
class TestGlobalLockManyWaiters : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void whoComesTooLateForTheLockWaitsForWhatIsLeft()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAnInterval(script);
        script.in(8'605 * kUs, kWorker); // has just timed out, and is on its core already
        script.in(8'610 * kUs, kThird); // is woken by the holder
        script.out(8'612 * kUs, kPython);
        script.out(8'625 * kUs, kThird); // the worker has the lock
        script.in(11'140 * kUs, kThird); // 5.067 ms since 6073
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6070; 12: 6073-8610; 12: 8625-11140"));
    }

    void aWaitGoesOnThroughAnyNumberOfParts()
    {
        GlobalLockScript script;
        pid_t holder = kPython, next = kWorker;
        script.in(0, holder);
        waitForAnInterval(script);
        TimestampNs t = 6'073 * kUs;
        DurationNs waited = 5'070 * kUs;
        for (int round = 0; round < 10; ++round) {
            script.in(t + 2'400 * kUs, kThird);
            script.out(t + 2'404 * kUs, holder);
            script.in(t + 2'406 * kUs, next); // was faster
            script.out(t + 2'415 * kUs, kThird);
            std::swap(holder, next);
            script.in(t + 5'067 * kUs, kThird);
            waited += 2'400 * kUs + 2'652 * kUs;
            t += 5'070 * kUs;
            script.out(t, kThird);
        }
        script.in(t + 2'400 * kUs, kThird); // gets it at last
        script.out(t + 2'404 * kUs, holder);
        waited += 2'400 * kUs;
        script.out(t + 7'500 * kUs, kThird);
        script.in(t + 7'530 * kUs, kThird);

        (void)script.told();
        DurationNs told = 0;
        for (const SchedEvent &event : script.events)
            told += event.tid == kThird ? event.time - event.lostSince : 0;
        QCOMPARE(told, waited);
    }

    void theFirstIntervalMayConsistOfPartsToo()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAPart(script); // which only what follows could explain, too late
        script.out(8'004 * kUs, kPython);
        script.in(8'006 * kUs, kWorker);
        script.in(11'067 * kUs, kThird);
        script.out(11'070 * kUs, kThird);
        script.in(11'090 * kUs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 8015-11067; 12: 11070-11090"));
    }

    /// The holder was only moved aside for the look, and gave nothing up.
    void whatIsLeftIsToldThoughThePartBeforeItIsNot()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAnInterval(script);
        script.preempt(7'998 * kUs, kPython);
        script.in(8'000 * kUs, kThird);
        script.out(8'004 * kUs, kThird);
        script.in(8'006 * kUs, kPython);
        script.in(11'140 * kUs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6070; 12: 8004-11140"));
    }

    void partsOfOtherSumsAreNone_data()
    {
        QTest::addColumn<qint64>("sum");
        QTest::addColumn<bool>("isInterval");
        QTest::newRow("earlier than any") << qint64(4'899 * kUs) << false;
        QTest::newRow("left a little late") << qint64(4'900 * kUs) << true;
        QTest::newRow("the timer's slack") << qint64(5'067 * kUs) << true;
        QTest::newRow("woken late") << qint64(5'120 * kUs) << true;
        QTest::newRow("later than any") << qint64(5'121 * kUs) << false;
    }
    void partsOfOtherSumsAreNone()
    {
        QFETCH(qint64, sum);
        QFETCH(bool, isInterval);
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAPart(script);
        script.out(8'004 * kUs, kPython);
        script.in(8'006 * kUs, kWorker);
        script.in(6'000 * kUs + sum, kThird);
        QCOMPARE(!script.told().isEmpty(), isInterval);
    }

    void twoSleepsThatAddUpToAnIntervalAreNoWait()
    {
        GlobalLockScript script;
        script.in(0, kPython); // computes, and gives nothing up
        TimestampNs t = 1 * kMs;
        for (int i = 0; i < 20; ++i) {
            script.out(t, kThird);
            script.in(t + 2'520 * kUs, kThird);
            t += 2'540 * kUs;
        }
        QCOMPARE(script.told(), QString());
    }

    /// It works for 20 us, sleeps for 3 ms, and waits for the lock until the holder is asked to go.
    void aSleepAfterTheWaitIsNoPartOfIt()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAnInterval(script);
        script.out(6'085 * kUs, kPython);
        script.in(6'087 * kUs, kWorker);
        script.in(6'090 * kUs, kThird);
        script.out(6'110 * kUs, kThird);
        script.in(9'110 * kUs, kThird);
        script.out(9'114 * kUs, kThird);
        script.in(11'300 * kUs, kThird); // 5.227 ms since 6073
        script.out(11'304 * kUs, kWorker);
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6070; 12: 6073-6090"));
    }

    /// One that reads from sockets leaves its core all the time; nobody had to ask it for the lock.
    void whereAnotherOnlyLookedInTheWaitIsOver()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAnInterval(script);
        script.in(8'000 * kUs, kWorker);
        script.in(8'050 * kUs, kThird);
        script.out(8'055 * kUs, kWorker);
        script.out(8'070 * kUs, kThird);
        script.in(9'000 * kUs, kWorker);
        script.in(9'050 * kUs, kThird);
        script.out(9'055 * kUs, kWorker);
        script.out(9'070 * kUs, kThird);
        script.in(9'090 * kUs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6070; 12: 6073-8050"));
    }

    void whoRunsForLongerThanALookBetweenTwoPartsHadTheLock()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAnInterval(script);
        script.in(8'000 * kUs, kThird);
        script.out(8'004 * kUs, kPython);
        script.in(8'006 * kUs, kWorker);
        script.out(8'000 * kUs + GlobalLockWaits::kLongestLook, kThird);
        script.in(11'140 * kUs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 1000-6070; 12: 6073-8000"));
    }

    void theHolderLeavesAsThePartEnds_data()
    {
        QTest::addColumn<qint64>("leaves");
        QTest::addColumn<bool>("isPart");
        QTest::newRow("long before") << qint64(7'899 * kUs) << false;
        QTest::newRow("before") << qint64(7'900 * kUs) << true;
        QTest::newRow("at once") << qint64(8'000 * kUs) << true;
        QTest::newRow("after") << qint64(8'050 * kUs) << true;
        QTest::newRow("long after") << qint64(8'051 * kUs) << false;
    }
    void theHolderLeavesAsThePartEnds()
    {
        QFETCH(qint64, leaves);
        QFETCH(bool, isPart);
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAPart(script);
        script.out(leaves, kPython);
        script.in(8'060 * kUs, kWorker);
        script.in(11'067 * kUs, kThird);
        QCOMPARE(script.told(), isPart ? QStringLiteral("12: 8015-11067") : QString());
    }

    void theHolderHasRunForAnInterval_data()
    {
        QTest::addColumn<qint64>("ran");
        QTest::addColumn<bool>("isPart");
        QTest::newRow("nobody can have asked it yet") << qint64(4'899 * kUs) << false;
        QTest::newRow("it was asked") << qint64(4'900 * kUs) << true;
    }
    void theHolderHasRunForAnInterval()
    {
        QFETCH(qint64, ran);
        QFETCH(bool, isPart);
        for (const TimestampNs leaves : {7'990 * kUs, 8'010 * kUs}) {
            GlobalLockScript script;
            script.in(leaves - ran, kPython);
            waitForAPart(script);
            script.out(leaves, kPython);
            script.in(8'060 * kUs, kWorker);
            script.in(11'067 * kUs, kThird);
            QCOMPARE(script.told(), isPart ? QStringLiteral("12: 8015-11067") : QString());
        }
    }

    void aHolderThatWasPreemptedHasStillTheLock()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        script.preempt(5'000 * kUs, kPython);
        script.in(5'500 * kUs, kPython);
        waitForAPart(script);
        script.out(8'004 * kUs, kPython);
        script.in(8'006 * kUs, kWorker);
        script.in(11'067 * kUs, kThird);
        QCOMPARE(script.told(), QStringLiteral("12: 8015-11067"));
    }

    void aHolderThatEndsGivesTheLockUpToo()
    {
        for (const TimestampNs end : {7'990 * kUs, 8'010 * kUs}) {
            GlobalLockScript script;
            script.in(0, kWorker);
            waitForAPart(script);
            script.add(SchedEventKind::Exit, end, kWorker);
            script.in(8'060 * kUs, kPython);
            script.in(11'067 * kUs, kThird);
            QCOMPARE(script.told(), QStringLiteral("12: 8015-11067"));
        }
    }

    void anotherProgramThatLeavesIsNoHolder()
    {
        GlobalLockScript script;
        script.waits().addInterpreter(kOther, 0);
        script.in(0, kOther, kOther);
        script.in(0, kPython);
        waitForAPart(script);
        script.out(8'004 * kUs, kOther, kOther);
        script.in(11'067 * kUs, kThird);
        QCOMPARE(script.told(), QString());
    }

    void lostRecordsEndAWaitOfParts()
    {
        GlobalLockScript script;
        script.in(0, kPython);
        waitForAPart(script);
        script.out(8'004 * kUs, kPython);
        script.in(8'006 * kUs, kWorker);
        script.lose(8'100 * kUs, 8'200 * kUs);
        script.in(9'000 * kUs, kThird);
        script.in(9'000 * kUs, kWorker);
        script.out(9'010 * kUs, kThird);
        script.in(11'067 * kUs, kThird); // the same sum, but what was in between is not known
        QCOMPARE(script.told(), QString());
    }

    void belowAMillisecondPartsAreNotToldApart()
    {
        GlobalLockScript script;
        script.waits().addInterpreter(kPython, 900 * kUs);
        script.in(0, kPython);
        script.out(1'000 * kUs, kThird);
        script.in(1'400 * kUs, kThird);
        script.out(1'404 * kUs, kPython);
        script.in(1'406 * kUs, kWorker);
        script.out(1'410 * kUs, kThird);
        script.in(1'960 * kUs, kThird);
        QCOMPARE(script.told(), QString());
    }
};

QTEST_GUILESS_MAIN(TestGlobalLockManyWaiters)
#include "tst_globallockmanywaiters.moc"
