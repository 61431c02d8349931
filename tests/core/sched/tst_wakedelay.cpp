// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/sched/countingmachine.h"

#include <QtTest>

#include <limits>

using namespace Interleave;

class TestWakeDelay : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void nothingComesOfNothing()
    {
        CountingMachine machine;
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 0);
    }

    void aWakeUpIsWhatTheRecordsLeaveUnexplained()
    {
        CountingMachine machine;
        machine.fork(1 * kMs, 11);
        machine.in(2 * kMs, 11);
        machine.preempt(3 * kMs, 11);
        machine.in(5 * kMs, 11);
        machine.out(6 * kMs, 11);
        machine.in(10 * kMs, 11);
        machine.out(11 * kMs, 11);
        machine.count(11, 3 * kMs + 400 * kUs, 3);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("woken 11: 400 us in 6000-10000 us"));
        QCOMPARE(machine.told[0].pid, kRoot);
        QCOMPARE(machine.collectAt(60 * kMs), QString());
    }

    void ofSeveralWakeUpsTheSumIsTold()
    {
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.out(11 * kMs, 11);
        machine.in(15 * kMs, 11);
        machine.out(16 * kMs, 11);
        machine.count(11, 1 * kMs + 1000 * kUs, 3);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("sum 11: 1000 us in 1000-15000 us"));
    }

    void theRecordsOfTheCoresArePutInOrder()
    {
        CountingMachine machine;
        machine.in(10 * kMs, 11); // one core
        machine.out(11 * kMs, 11);
        machine.start(); // another
        machine.in(7 * kMs, 12); // a third one, with a thread of its own
        machine.count(11, 1 * kMs + 400 * kUs, 2);
        machine.count(12, 0, 1);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("woken 11: 400 us in 6000-10000 us"));
    }

    void whatIsNotFinalWaitsForTheOtherCores()
    {
        CountingMachine machine;
        machine.fork(1 * kMs, 11);
        machine.in(2 * kMs, 11);
        machine.in(10 * kMs, 11);
        machine.count(11, 1 * kMs + 100 * kUs, 2);
        QCOMPARE(machine.collectAt(10 * kMs + 500 * kUs), QString());
        machine.out(9 * kMs + 800 * kUs, 11); // read from its core a moment too late
        QCOMPARE(machine.collectAt(30 * kMs), QStringLiteral("woken 11: 100 us in 9800-10000 us"));
    }

    void aReadingAheadOfTheRecordsWaitsForThem()
    {
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.out(11 * kMs, 11);
        machine.count(11, 1 * kMs + 600 * kUs, 3); // the third time on a core is at 19.9 ms
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        machine.in(19'900 * kUs, 11);
        machine.out(20'500 * kUs, 11);
        machine.in(22 * kMs, 11); // of the next reading
        QCOMPARE(machine.collectAt(25 * kMs), QStringLiteral("sum 11: 600 us in 1000-19900 us"));
        QCOMPARE(machine.readings, 1);
        machine.count(11, 1 * kMs + 800 * kUs, 4);
        QCOMPARE(machine.collectAt(40 * kMs), QStringLiteral("woken 11: 200 us in 20500-22000 us"));
    }

    void aThreadInAQueueIsNotRead_data()
    {
        QTest::addColumn<qint64>("preempted");
        QTest::newRow("final") << qint64(11 * kMs);
        QTest::newRow("not final yet") << qint64(19'500 * kUs);
    }
    void aThreadInAQueueIsNotRead()
    {
        QFETCH(qint64, preempted);
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.preempt(preempted, 11);
        machine.count(11, 1 * kMs + 400 * kUs + 77 * kUs, 2); // moved to another core's queue
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 0);
        machine.in(21 * kMs, 11);
        machine.out(22 * kMs, 11);
        machine.count(11, 1 * kMs + 400 * kUs + (21 * kMs - preempted), 3);
        QCOMPARE(machine.collectAt(30 * kMs), QStringLiteral("woken 11: 400 us in 6000-10000 us"));
    }

    void aThreadIsReadFiftyTimesASecondAtMost()
    {
        CountingMachine machine;
        machine.fork(1 * kMs, 11);
        machine.in(2 * kMs, 11);
        machine.out(3 * kMs, 11);
        DurationNs told = 0;
        const auto sum = [&] {
            for (const SchedEvent &event : machine.told)
                told += event.readyNs;
        };
        for (int wake = 1; wake <= 100; ++wake) {
            const TimestampNs time = wake * 5 * kMs;
            machine.in(time, 11);
            machine.out(time + kMs, 11);
            machine.count(11, 1 * kMs + wake * 100 * kUs, std::uint64_t(1 + wake));
            (void)machine.collectAt(time + 4 * kMs);
            sum();
        }
        QVERIFY2(machine.readings <= 26, "in half a second");
        (void)machine.collectAt(kSecond);
        sum();
        QCOMPARE(told, 100 * 100 * kUs);
    }

    void theFirstSleepKeepsTheForkOutOfTheFirstWakeUp()
    {
        CountingMachine machine;
        machine.start();
        machine.count(11, 1 * kMs - 30 * kUs, 1); // the FORK is stamped before the thread is queued
        QCOMPARE(machine.collectAt(8 * kMs), QString());
        QCOMPARE(machine.readings, 1);
        machine.in(40 * kMs, 11);
        machine.count(11, 1 * kMs - 30 * kUs + 400 * kUs, 2);
        QCOMPARE(machine.collectAt(45 * kMs), QStringLiteral("woken 11: 400 us in 6000-40000 us"));
    }

    void manyPreemptionsAreTakenOutBeforeTheyBlurAWakeUp()
    {
        CountingMachine machine;
        machine.fork(kMs, 11);
        TimestampNs time = 2 * kMs;
        for (int i = 0; i < 64; ++i, time += 4 * kMs) {
            machine.in(time, 11);
            machine.preempt(time + kMs, 11);
        }
        machine.in(time, 11);
        machine.count(11, 0, 65);
        (void)machine.collectAt(time + 5 * kMs);
        QCOMPARE(machine.readings, 1);
    }

    void countersAndRecordsThatDoNotAgreeAreDropped_data()
    {
        QTest::addColumn<int>("timesRun");
        QTest::newRow("a switch in without a record") << 3;
        QTest::newRow("a switch in that was not counted") << 1;
    }
    void countersAndRecordsThatDoNotAgreeAreDropped()
    {
        QFETCH(int, timesRun);
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.out(11 * kMs, 11);
        machine.count(11, 3 * kMs, std::uint64_t(timesRun));
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.collectAt(41 * kMs), QString());
        machine.in(50 * kMs, 11);
        machine.out(51 * kMs, 11);
        machine.count(11, 3 * kMs + 200 * kUs, std::uint64_t(timesRun + 1));
        QCOMPARE(machine.collectAt(65 * kMs), QStringLiteral("woken 11: 200 us in 11000-50000 us"));
    }

    void aRecordBehindTheHorizonSpoilsItsSpanOnly()
    {
        CountingMachine machine;
        machine.start();
        machine.count(11, 1 * kMs, 1);
        QCOMPARE(machine.collectAt(8 * kMs), QString());
        machine.preempt(3 * kMs, 11);
        machine.in(10 * kMs, 11);
        machine.out(11 * kMs, 11);
        machine.count(11, 1 * kMs + 400 * kUs, 2);
        QCOMPARE(machine.collectAt(30 * kMs), QString());
        machine.in(50 * kMs, 11);
        machine.count(11, 1 * kMs + 600 * kUs, 3);
        QCOMPARE(machine.collectAt(65 * kMs), QStringLiteral("woken 11: 200 us in 11000-50000 us"));
    }

    void whereTheKernelDoesNotCountNothingIsRead()
    {
        CountingMachine machine;
        machine.count(kRoot, 0, 0);
        machine.addRoot();
        machine.start();
        machine.in(10 * kMs, 11);
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 1);
    }

    void theOtherSourcesHaveNothingToFindOut()
    {
        for (const Source source : {Source::Sampled, Source::Events}) {
            CountingMachine machine(source);
            machine.addRoot();
            machine.start();
            machine.in(10 * kMs, 11);
            QCOMPARE(machine.collectAt(20 * kMs), QString());
            QCOMPARE(machine.readings, 0);
        }
    }

    void aWaitLiesWithinItsGap()
    {
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.count(11, 50 * kMs, 2);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("woken 11: 4000 us in 6000-10000 us"));
    }

    void aWaitBelowTheClocksErrorIsNotTold()
    {
        for (const DurationNs delay : {1 * kMs + 999, 1 * kMs, 1 * kMs - 5000}) {
            CountingMachine machine;
            machine.start();
            machine.in(10 * kMs, 11);
            machine.count(11, delay, 2);
            QCOMPARE(machine.collectAt(20 * kMs), QString());
        }
    }

    void aWaitOfSecondsFitsIntoItsEvents()
    {
        constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
        CountingMachine one;
        one.start();
        one.in(10 * kSecond, 11);
        one.count(11, 1 * kMs + 6 * kSecond, 2);
        (void)one.collectAt(11 * kSecond);
        QCOMPARE(one.told.size(), std::size_t(1));
        QCOMPARE(one.told[0].readyNs, most);

        CountingMachine two;
        two.start();
        two.in(10 * kSecond, 11);
        two.out(11 * kSecond, 11);
        two.in(20 * kSecond, 11);
        two.count(11, 1 * kMs + 6 * kSecond, 3);
        (void)two.collectAt(21 * kSecond);
        QCOMPARE(two.told.size(), std::size_t(2));
        QCOMPARE(DurationNs(two.told[0].readyNs) + DurationNs(two.told[1].readyNs), 6 * kSecond);
    }
};

QTEST_GUILESS_MAIN(TestWakeDelay)
#include "tst_wakedelay.moc"
