// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/sched/countingmachine.h"

#include <QtTest>

using namespace Interleave;

/// Threads that come and go, and which of them are read.
class TestWakeDelayThreads : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aReusedNumberIsANewThread()
    {
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.add(SchedEventKind::Exit, 11 * kMs, 11);
        machine.fork(12 * kMs, 11);
        machine.in(13 * kMs, 11);
        machine.out(14 * kMs, 11);
        machine.in(18 * kMs, 11);
        machine.count(11, 1 * kMs + 300 * kUs, 2);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("woken 11: 300 us in 14000-18000 us"));
    }

    void aThreadThatHasEndedIsNotRead()
    {
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.add(SchedEventKind::Exit, 11 * kMs, 11);
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 0);
    }

    void aThreadThatCannotBeReadIsLeftOut()
    {
        CountingMachine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 1);
    }

    void aLeaderGoesOnThroughAnExec()
    {
        CountingMachine machine;
        machine.fork(1 * kMs, 20, 20);
        machine.in(2 * kMs, 20);
        machine.add(SchedEventKind::Exec, 3 * kMs, 20, false, 20);
        machine.out(6 * kMs, 20);
        machine.in(10 * kMs, 20);
        machine.count(20, 1 * kMs + 400 * kUs, 2);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("woken 20: 400 us in 6000-10000 us"));
    }

    void afterAnExecByAThreadTheLeaderIsAnother()
    {
        CountingMachine machine;
        machine.fork(1 * kMs, 20, 20);
        machine.in(2 * kMs, 20);
        machine.fork(2500 * kUs, 21, 20, 20);
        machine.in(3 * kMs, 21);
        machine.add(SchedEventKind::Exit, 4 * kMs, 20, false, 20);
        machine.add(SchedEventKind::Exec, 5 * kMs, 20, false, 20);
        machine.out(6 * kMs, 20);
        machine.in(10 * kMs, 20);
        machine.out(11 * kMs, 20);
        machine.count(20, 7 * kMs, 2);
        QCOMPARE(machine.collectAt(20 * kMs), QString()); // where counting begins
        machine.in(30 * kMs, 20);
        machine.count(20, 7 * kMs + 500 * kUs, 3);
        QCOMPARE(machine.collectAt(45 * kMs), QStringLiteral("woken 20: 500 us in 11000-30000 us"));
    }

    void afterALossCountingBeginsAnew()
    {
        CountingMachine machine;
        machine.start();
        machine.add(SchedEventKind::Lost, 7 * kMs, 0);
        machine.in(10 * kMs, 11);
        machine.out(11 * kMs, 11);
        machine.count(11, 5 * kMs, 4);
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        machine.in(30 * kMs, 11);
        machine.count(11, 5 * kMs + 200 * kUs, 5);
        QCOMPARE(machine.collectAt(45 * kMs), QStringLiteral("woken 11: 200 us in 11000-30000 us"));
    }

    void aHeldRootSleepsUntilItsRelease()
    {
        CountingMachine machine;
        machine.now = 1 * kMs;
        machine.count(kRoot, 700 * kUs, 5);
        machine.addRoot();
        machine.in(10 * kMs, kRoot);
        machine.out(11 * kMs, kRoot);
        machine.count(kRoot, 1000 * kUs, 6);
        QCOMPARE(machine.collectAt(22 * kMs), QStringLiteral("woken 10: 300 us in 1000-10000 us"));
    }

    void inTheWholeMachineOnlyTheRunsThreadsCount()
    {
        CountingMachine machine(Source::KernelWide);
        machine.count(kRoot, 0, 1);
        machine.addRoot();
        const int before = machine.readings;
        for (const pid_t tid : {500, 501}) {
            machine.fork(1 * kMs, tid, 500, tid == 500 ? 1 : 500);
            machine.in(2 * kMs, tid);
            machine.out(6 * kMs, tid);
            machine.in(10 * kMs, tid);
        }
        machine.in(10 * kMs, 0); // idle
        machine.start(11);
        machine.fork(7 * kMs, 12, 12, 11); // a child of that one
        machine.in(10 * kMs, 11);
        machine.in(8 * kMs, 12);
        machine.out(9 * kMs, 12);
        machine.in(12 * kMs, 12);
        machine.count(11, 1 * kMs + 400 * kUs, 2);
        machine.count(12, 1 * kMs + 500 * kUs, 2);
        QCOMPARE(machine.collectAt(20 * kMs),
                 QStringLiteral("woken 11: 400 us in 6000-10000 us; "
                                "woken 12: 500 us in 9000-12000 us"));
        QCOMPARE(machine.readings - before, 2);
    }

    void manyThreadsAreReadInTurn()
    {
        CountingMachine machine;
        for (pid_t tid = 1001; tid <= 1500; ++tid) {
            machine.start(tid);
            machine.in(10 * kMs, tid);
            machine.count(tid, 1 * kMs + 400 * kUs, 2);
        }
        (void)machine.collectAt(20 * kMs);
        QCOMPARE(machine.readings, WakeDelay::kMostReadings);
        QCOMPARE(machine.told.size(), std::size_t(WakeDelay::kMostReadings));
        (void)machine.collectAt(25 * kMs);
        QCOMPARE(machine.readings, WakeDelay::kMostReadings + 50);
        QCOMPARE(machine.told.front().tid, pid_t(1001 + WakeDelay::kMostReadings));
        (void)machine.collectAt(kSecond);
        (void)machine.collectAt(2 * kSecond);
        QCOMPARE(machine.readings, 500);
    }

    void aThreadThatWasFoundHasNoBaseYet_data()
    {
        QTest::addColumn<bool>("waits");
        QTest::newRow("it waits") << true;
        QTest::newRow("it runs") << false;
    }
    void aThreadThatWasFoundHasNoBaseYet()
    {
        QFETCH(bool, waits);
        CountingMachine machine;
        machine.count(11, 70 * kMs, 900); // of a life that nobody has watched
        machine.find(1 * kMs, 11, waits);
        if (!waits)
            machine.out(2 * kMs, 11);
        machine.in(5 * kMs, 11);
        machine.out(6 * kMs, 11);
        QCOMPARE(machine.collectAt(10 * kMs), QString());
        QCOMPARE(machine.readings, 1); // that is the base
        machine.in(40 * kMs, 11);
        machine.count(11, 70 * kMs + 250 * kUs, 901);
        QCOMPARE(machine.collectAt(45 * kMs), QStringLiteral("woken 11: 250 us in 6000-40000 us"));
    }

    void inTheWholeMachineWhoWasFoundIsOfTheRun()
    {
        CountingMachine machine(Source::KernelWide);
        machine.find(1 * kMs, 600, true, 600);
        machine.count(600, 5 * kMs, 10);
        machine.in(5 * kMs, 600);
        machine.out(6 * kMs, 600);
        QCOMPARE(machine.collectAt(10 * kMs), QString());
        machine.fork(11 * kMs, 601, 600, 600); // what it makes is, too
        machine.in(12 * kMs, 601);
        machine.out(13 * kMs, 601);
        machine.in(40 * kMs, 600);
        machine.in(41 * kMs, 601);
        machine.count(600, 5 * kMs + 300 * kUs, 11);
        machine.count(601, 1 * kMs + 200 * kUs, 2);
        QCOMPARE(machine.collectAt(45 * kMs),
                 QStringLiteral("woken 601: 200 us in 13000-41000 us; "
                                "woken 600: 300 us in 6000-40000 us"));
    }

    /// Tens of thousands of short lives, some of which are still to be read when they end: the numbers
    /// that live on are found all the same, and an entry serves many of them.
    void shortLivesLeaveNothingBehind()
    {
        CountingMachine machine;
        constexpr int kLives = 30'000;
        constexpr pid_t kFirst = 1000;
        TimestampNs time = kMs;
        int told = 0;
        machine.start(11);
        machine.count(11, 1 * kMs, 1);
        (void)machine.collectAt(8 * kMs);
        for (int i = 0; i < kLives; ++i) {
            const pid_t tid = kFirst + i;
            time = (10 + 2 * i) * kMs;
            machine.fork(time, tid);
            machine.in(time + 100 * kUs, tid);
            machine.out(time + 200 * kUs, tid);
            machine.in(time + 600 * kUs, tid);
            if (i % 3 == 0) { // it lives long enough to be read
                machine.count(tid, 100 * kUs + 50 * kUs, 2);
                (void)machine.collectAt(time + 1'700 * kUs);
                told += int(machine.told.size());
            }
            machine.add(SchedEventKind::Exit, time + 800 * kUs, tid);
        }
        QCOMPARE(told, kLives / 3);
        (void)machine.collectAt(time + 10 * kMs);
        QVERIFY2(machine.entries() < 100, "of 30 000, a handful at once");
        machine.in(time + 20 * kMs, 11); // who was there from the beginning is still known
        machine.count(11, 1 * kMs + 400 * kUs, 2);
        (void)machine.collectAt(time + 40 * kMs);
        QCOMPARE(machine.told.size(), std::size_t(1));
        QCOMPARE(machine.told[0].tid, pid_t(11));
        QCOMPARE(machine.told[0].readyNs, std::uint32_t(400 * kUs));
    }
};

QTEST_GUILESS_MAIN(TestWakeDelayThreads)
#include "tst_wakedelaythreads.moc"
