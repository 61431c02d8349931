// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/wakedelay.h"

#include <QtTest>

#include <limits>
#include <map>
#include <vector>

using namespace Interleave;

namespace
{

constexpr pid_t kRoot = 10;
constexpr TimestampNs kMs = kMillisecond;
constexpr TimestampNs kUs = kMicrosecond;

QString textOf(const SchedEvent &event)
{
    return QStringLiteral("%1 %2: %3 us in %4-%5 us")
        .arg(event.kind == SchedEventKind::Woken ? QStringLiteral("woken") : QStringLiteral("sum"))
        .arg(event.tid)
        .arg(event.readyNs / kUs)
        .arg(event.lostSince / kUs)
        .arg(event.time / kUs);
}

/// A kernel with counters and a clock that the test sets.
class Machine
{
public:
    explicit Machine(Source source = Source::Kernel)
        : m_delay(
              source,
              [this](pid_t, pid_t tid, ThreadSchedStat &out) {
                  ++readings;
                  const auto found = counters.find(tid);
                  if (found != counters.end())
                      out = found->second;
                  return found != counters.end();
              },
              [this] { return now; })
    {
    }

    void add(SchedEventKind kind, TimestampNs time, pid_t tid, bool preempted = false,
             pid_t pid = kRoot)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.preempted = preempted;
        m_delay.add(event);
    }
    void in(TimestampNs time, pid_t tid) { add(SchedEventKind::SwitchIn, time, tid); }
    void out(TimestampNs time, pid_t tid) { add(SchedEventKind::SwitchOut, time, tid); }
    void preempt(TimestampNs time, pid_t tid) { add(SchedEventKind::SwitchOut, time, tid, true); }
    void fork(TimestampNs time, pid_t tid, pid_t pid = kRoot, pid_t parent = kRoot)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Fork;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.parentPid = event.parentTid = parent;
        m_delay.add(event);
    }
    void find(TimestampNs time, pid_t tid, bool waits, pid_t pid = kRoot)
    {
        SchedEvent event;
        event.kind = SchedEventKind::Found;
        event.time = time;
        event.pid = pid;
        event.tid = tid;
        event.waiting = waits;
        m_delay.add(event);
    }
    /// The usual beginning of thread 11: 1 ms in the queue, then on a core until 6 ms.
    void start(pid_t tid = 11)
    {
        fork(1 * kMs, tid);
        in(2 * kMs, tid);
        out(6 * kMs, tid);
    }
    void addRoot() { m_delay.addRoot(kRoot); }
    /// What the kernel has counted up to now.
    void count(pid_t tid, DurationNs runDelay, std::uint64_t timesRun)
    {
        counters[tid].waitedOnRunQueue = runDelay;
        counters[tid].timesRun = timesRun;
    }
    /// A drain at `time`: what is older than 1 ms is final.
    QString collectAt(TimestampNs time)
    {
        now = time;
        told.clear();
        m_delay.collect(time - kMs, told);
        QStringList texts;
        for (const SchedEvent &event : told)
            texts.append(textOf(event));
        return texts.join(QStringLiteral("; "));
    }

    /// Threads that it has room for.
    [[nodiscard]] std::size_t entries() const { return m_delay.threadEntries(); }

    std::map<pid_t, ThreadSchedStat> counters;
    std::vector<SchedEvent> told;
    TimestampNs now = 0;
    int readings = 0;

private:
    WakeDelay m_delay;
};

} // namespace

class TestWakeDelay : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void nothingComesOfNothing()
    {
        Machine machine;
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 0);
    }

    void aWakeUpIsWhatTheRecordsLeaveUnexplained()
    {
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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

    void aReusedNumberIsANewThread()
    {
        Machine machine;
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
        Machine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.add(SchedEventKind::Exit, 11 * kMs, 11);
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 0);
    }

    void aThreadThatCannotBeReadIsLeftOut()
    {
        Machine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        QCOMPARE(machine.collectAt(20 * kMs), QString());
        QCOMPARE(machine.readings, 1);
    }

    void aLeaderGoesOnThroughAnExec()
    {
        Machine machine;
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
        Machine machine;
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
        Machine machine;
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

    void countersAndRecordsThatDoNotAgreeAreDropped_data()
    {
        QTest::addColumn<int>("timesRun");
        QTest::newRow("a switch in without a record") << 3;
        QTest::newRow("a switch in that was not counted") << 1;
    }
    void countersAndRecordsThatDoNotAgreeAreDropped()
    {
        QFETCH(int, timesRun);
        Machine machine;
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
        Machine machine;
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

    void aHeldRootSleepsUntilItsRelease()
    {
        Machine machine;
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
        Machine machine(Source::KernelWide);
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

    void whereTheKernelDoesNotCountNothingIsRead()
    {
        Machine machine;
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
            Machine machine(source);
            machine.addRoot();
            machine.start();
            machine.in(10 * kMs, 11);
            QCOMPARE(machine.collectAt(20 * kMs), QString());
            QCOMPARE(machine.readings, 0);
        }
    }

    void manyThreadsAreReadInTurn()
    {
        Machine machine;
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
        Machine machine;
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
        Machine machine(Source::KernelWide);
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
        Machine machine;
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

    void aWaitLiesWithinItsGap()
    {
        Machine machine;
        machine.start();
        machine.in(10 * kMs, 11);
        machine.count(11, 50 * kMs, 2);
        QCOMPARE(machine.collectAt(20 * kMs), QStringLiteral("woken 11: 4000 us in 6000-10000 us"));
    }

    void aWaitBelowTheClocksErrorIsNotTold()
    {
        for (const DurationNs delay : {1 * kMs + 999, 1 * kMs, 1 * kMs - 5000}) {
            Machine machine;
            machine.start();
            machine.in(10 * kMs, 11);
            machine.count(11, delay, 2);
            QCOMPARE(machine.collectAt(20 * kMs), QString());
        }
    }

    void aWaitOfSecondsFitsIntoItsEvents()
    {
        constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
        Machine one;
        one.start();
        one.in(10 * kSecond, 11);
        one.count(11, 1 * kMs + 6 * kSecond, 2);
        (void)one.collectAt(11 * kSecond);
        QCOMPARE(one.told.size(), std::size_t(1));
        QCOMPARE(one.told[0].readyNs, most);

        Machine two;
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
