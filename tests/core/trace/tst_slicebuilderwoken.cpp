// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/sched/kernelobserver.h"
#include "core/sched/machineload.h"
#include "core/sched/wakedelay.h"
#include "tests/core/trace/builderrun.h"

#include <QtTest>

#include <atomic>
#include <cmath>
#include <ctime>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace Interleave;

namespace
{

/// Thread 11 of a BuilderRun is made at 50, and on core 0 from 100 to 200.
struct OneThread : BuilderRun {
    explicit OneThread(Source source = Source::Kernel)
        : BuilderRun(source)
    {
        fork(50, 11);
        in(100, 11, 0);
        out(200, 11, 0);
    }
    void woken(TimestampNs since, TimestampNs time, std::uint32_t ready, pid_t tid = 11)
    {
        add(SchedEventKind::Woken, since, time, ready, tid);
    }
    void wokenSum(TimestampNs since, TimestampNs time, std::uint32_t ready)
    {
        add(SchedEventKind::WokenSum, since, time, ready, 11);
    }
    [[nodiscard]] const Track &lane() const
    {
        return trace.track(trace.thread(threadIndex(11)).track.load());
    }
    [[nodiscard]] const TrackTotals &totals() const { return lane().totals; }

private:
    void add(SchedEventKind kind, TimestampNs since, TimestampNs time, std::uint32_t ready,
             pid_t tid)
    {
        SchedEvent event;
        event.kind = kind;
        event.time = time;
        event.lostSince = since;
        event.pid = kRoot;
        event.tid = tid;
        event.readyNs = ready;
        builder.addSched(event);
    }
};

pid_t ownTid()
{
    return pid_t(syscall(SYS_gettid));
}

void pinTo(CoreId core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

void nap(DurationNs ns)
{
    const timespec pause{0, ns};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
}

/// A thread that sleeps beside one that spins on the same core. Batch threads do not push a running
/// one aside as they wake up, so that every wake-up waits for the scheduler's next decision.
class Sleeper
{
public:
    explicit Sleeper(CoreId core)
        : m_hog([this, core] {
            pinTo(core);
            while (!m_hogMayEnd.load(std::memory_order_relaxed)) {
            }
        })
        , m_sleeper([this, core] { sleep(core); })
    {
    }
    ~Sleeper()
    {
        m_mayEnd.count_down();
        m_hogMayEnd = true;
        m_sleeper.join();
        m_hog.join();
    }

    [[nodiscard]] bool isDone() const { return m_done.try_wait(); }
    // Valid when it is done.
    [[nodiscard]] pid_t tid() const { return m_tid; }
    [[nodiscard]] const ThreadSchedStat &counted() const { return m_counted; }

private:
    void sleep(CoreId core)
    {
        m_tid = ownTid();
        pinTo(core);
        const sched_param none{};
        sched_setscheduler(0, SCHED_BATCH, &none);
        for (int i = 0; i < 30; ++i)
            nap(25 * kMillisecond); // longer than from one reading to the next
        readThreadSchedStat(getpid(), m_tid, m_counted);
        m_done.count_down();
        m_mayEnd.wait();
    }

    std::atomic<bool> m_hogMayEnd{false};
    pid_t m_tid = 0;
    ThreadSchedStat m_counted;
    std::latch m_done{1};
    std::latch m_mayEnd{1};
    std::thread m_hog;
    std::thread m_sleeper;
};

} // namespace

class TestSliceBuilderWoken : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void aWakeUpDividesTheGap()
    {
        OneThread run;
        run.in(1'000, 11, 1);
        run.woken(200, 1'000, 300);
        run.builder.finish(1'600);
        QCOMPARE(run.thread(11),
                 QStringLiteral("runnable 50-100; running@0 100-200; blocked 200-700; "
                                "runnable 700-1000; running@1 1000-1600"));
        const auto &slices = run.lane().slices;
        QVERIFY(!slices[2].derived);
        QVERIFY(slices[3].derived);
        QVERIFY(!slices[4].derived);
        QCOMPARE(slices[3].core, CoreId(0)); // where it ran last
        QCOMPARE(run.totals().blocked.load(), DurationNs(500));
        QCOMPARE(run.totals().runnable.load(), DurationNs(50 + 300));
        QCOMPARE(run.totals().wokenWait.load(), DurationNs(0));
        QCOMPARE(run.totals().migrations.load(), std::uint64_t(1));
        QCOMPARE(run.trace.lateEvents(), std::uint64_t(0));
    }

    void aGapThatWasAllWaitingHasNoBlockedPart()
    {
        OneThread run;
        run.in(1'000, 11, 0);
        run.woken(200, 1'000, 800);
        run.builder.finish(1'100);
        QCOMPARE(run.thread(11),
                 QStringLiteral("runnable 50-100; running@0 100-200; runnable 200-1000; "
                                "running@0 1000-1100"));
    }

    void aGapThatIsOpenAtTheHorizonIsStillDivided()
    {
        OneThread run;
        run.begin(100, 11, 1);
        run.builder.process(800);
        const TrackIndex lane = run.trace.thread(run.threadIndex(11)).track.load();
        QCOMPARE(run.open(lane), QStringLiteral("blocked 200-800 #1"));
        run.in(1'000, 11, 0);
        run.woken(200, 1'000, 300);
        run.builder.process(900);
        QCOMPARE(run.open(lane), QStringLiteral("runnable 700-900 #1"));
        run.builder.finish(1'100);
        QCOMPARE(run.task(1),
                 QStringLiteral("running@0 100-200 #1; blocked 200-700 #1; "
                                "runnable 700-1000 #1; running@0 1000-1100 #1"));
        QCOMPARE(run.trace.task(1).totals.runnable.load(), DurationNs(300));
        QCOMPARE(run.trace.lateEvents(), std::uint64_t(0));
    }

    void aGapThatIsASliceAlreadyStaysAsItIs_data()
    {
        QTest::addColumn<qint64>("horizon");
        QTest::newRow("long past") << qint64(1'200);
        QTest::newRow("at the switch in") << qint64(1'000);
    }
    void aGapThatIsASliceAlreadyStaysAsItIs()
    {
        QFETCH(qint64, horizon);
        OneThread run;
        run.in(1'000, 11, 0);
        run.builder.process(horizon);
        run.woken(200, 1'000, 300);
        run.builder.finish(1'300);
        QCOMPARE(run.thread(11),
                 QStringLiteral("runnable 50-100; running@0 100-200; blocked 200-1000; "
                                "running@0 1000-1300"));
        QCOMPARE(run.totals().blocked.load(), DurationNs(500));
        QCOMPARE(run.totals().runnable.load(), DurationNs(50 + 300));
        QCOMPARE(run.totals().wokenWait.load(), DurationNs(300));
        QCOMPARE(run.totals().wokenWaitOfTasks.load(), DurationNs(0)); // it had no task
        QCOMPARE(run.trace.lateEvents(), std::uint64_t(0));
    }

    void aSumGoesToTheTaskThatWasThereAllAlong()
    {
        OneThread run;
        run.begin(100, 11, 1);
        run.in(1'000, 11, 0);
        run.out(1'100, 11, 0);
        run.in(1'500, 11, 0);
        run.wokenSum(200, 1'500, 350);
        run.builder.finish(1'600);
        QCOMPARE(run.totals().wokenWait.load(), DurationNs(350));
        QCOMPARE(run.totals().wokenWaitOfTasks.load(), DurationNs(350));
        const TrackTotals &task = run.trace.task(1).totals;
        QCOMPARE(task.wokenWait.load(), DurationNs(350));
        QCOMPARE(task.runnable.load(), DurationNs(350));
        QCOMPARE(task.blocked.load(), DurationNs(800 + 400 - 350));
        QVERIFY(!run.task(1).contains(QStringLiteral("runnable")));
    }

    void aSumOverSeveralTasksIsTheThreadsAlone()
    {
        OneThread run;
        run.begin(100, 11, 1);
        run.in(1'000, 11, 0);
        run.record(EventKind::Chain, 1'050, 11, 2);
        run.out(1'100, 11, 0);
        run.in(1'500, 11, 0);
        run.wokenSum(200, 1'500, 350);
        run.builder.finish(1'600);
        QCOMPARE(run.totals().wokenWaitOfTasks.load(), DurationNs(350));
        QCOMPARE(run.trace.task(1).totals.wokenWait.load(), DurationNs(0));
        QCOMPARE(run.trace.task(2).totals.wokenWait.load(), DurationNs(0));
    }

    void aSumWithAWakeUpBetweenTasksIsNotTheTasks()
    {
        OneThread run;
        run.in(1'000, 11, 0); // of no task
        run.begin(1'050, 11, 1);
        run.out(1'100, 11, 0);
        run.in(1'500, 11, 0);
        run.wokenSum(200, 1'500, 350);
        run.builder.finish(1'600);
        QCOMPARE(run.totals().wokenWait.load(), DurationNs(350));
        QCOMPARE(run.totals().wokenWaitOfTasks.load(), DurationNs(0));
    }

    void aSumNeverTakesMoreThanWasBlocked()
    {
        OneThread run;
        run.in(1'000, 11, 0);
        run.wokenSum(200, 1'000, 5'000);
        run.builder.finish(1'100);
        QCOMPARE(run.totals().blocked.load(), DurationNs(0));
        QCOMPARE(run.totals().wokenWait.load(), DurationNs(800));
    }

    void theReasonStaysWithTheBlockedPart()
    {
        OneThread run;
        run.wait(190, 11, WaitReason::Sleep);
        run.in(1'000, 11, 0);
        run.woken(200, 1'000, 300);
        run.record(EventKind::WaitEnd, 1'010, 11, kNoTask);
        run.out(1'100, 11, 0);
        run.builder.finish(1'200);
        QCOMPARE(run.thread(11),
                 QStringLiteral("runnable 50-100; running@0 100-200; blocked(sleep) 200-700; "
                                "runnable 700-1000; running@0 1000-1100; blocked 1100-1200"));
    }

    void whatIsLostIsNotDivided()
    {
        OneThread run;
        run.lost(300, 400, 0);
        run.in(1'000, 11, 0);
        run.woken(200, 1'000, 300);
        run.builder.finish(1'100);
        QCOMPARE(run.thread(11),
                 QStringLiteral("runnable 50-100; running@0 100-200; blocked 200-300; "
                                "lost 300-1000; running@0 1000-1100"));
        QCOMPARE(run.totals().runnable.load(), DurationNs(50));
    }

    void wakeUpsOfOthersAndOfTheEndedAreIgnored()
    {
        OneThread run;
        run.in(1'000, 11, 0);
        run.exit(1'050, 11, 0);
        run.builder.process(1'060);
        const QString before = run.thread(11);
        run.woken(200, 1'070, 300);
        run.woken(200, 1'070, 300, 99);
        run.builder.finish(1'100);
        QCOMPARE(run.thread(11), before);
        QCOMPARE(run.threadIndex(99), kNoThread);
        QCOMPARE(run.totals().runnable.load(), DurationNs(50));
    }

    void aWakeUpBeyondTheEndOfTheRunBreaksNothing()
    {
        OneThread run;
        run.woken(200, 1'000, 300);
        run.builder.finish(500);
        QVERIFY(tracksAreInOrder(run.trace));
        QVERIFY(run.thread(11).endsWith(QStringLiteral("; blocked 200-500")));
    }

    void onlyTheKernelWakesThreadsUp()
    {
        OneThread run(Source::Events);
        run.begin(100, 11, 1);
        run.woken(200, 1'000, 300);
        run.builder.finish(1'100);
        QVERIFY(!run.task(1).contains(QStringLiteral("runnable")));
    }

    /// All that the kernel counted as time in a queue is on the timeline or in the totals.
    void aSleeperBesideAHogWaitsAsLongAsTheKernelCounted()
    {
        auto observer = KernelObserver::open(getpid(), {});
        if (!observer)
            QSKIP(observer.error().message.c_str());
        ThreadSchedStat own;
        if (!readThreadSchedStat(getpid(), ownTid(), own) || own.timesRun == 0)
            QSKIP("this kernel does not count the time in run queues");

        Trace trace;
        SliceBuilder builder(trace, observer.value()->cores(), Source::Kernel);
        WakeDelay wakeDelay(Source::Kernel);
        trace.setOrigin(monotonicNow());
        trace.setSource(Source::Kernel);
        std::vector<SchedEvent> events;
        std::vector<SchedEvent> woken;
        const auto drain = [&] {
            events.clear();
            woken.clear();
            observer.value()->drain(events);
            for (const SchedEvent &event : events) {
                wakeDelay.add(event);
                builder.addSched(event);
            }
            wakeDelay.collect(observer.value()->safeUntil(), woken);
            for (const SchedEvent &event : woken)
                builder.addSched(event);
            builder.process(observer.value()->safeUntil());
        };

        auto sleeper = std::make_unique<Sleeper>(allowedCores().back());
        const TimestampNs deadline = monotonicNow() + 60 * kSecond;
        while (!sleeper->isDone() && monotonicNow() < deadline) {
            drain();
            nap(5 * kMillisecond); // as the collector
        }
        QVERIFY2(sleeper->isDone(), "it sleeps for less than a second");
        for (int i = 0; i < 12; ++i) { // until its last wake-up has been read
            drain();
            nap(5 * kMillisecond);
        }
        QCOMPARE(observer.value()->lostRecords(), std::uint64_t(0));

        const ThreadIndex index = threadOf(trace, sleeper->tid());
        QVERIFY(index != kNoThread);
        const Track &lane = trace.track(trace.thread(index).track.load());
        DurationNs recorded = 0; // after the fork, and after preemptions
        int placed = 0;
        for (std::size_t i = 0; i < lane.slices.size(); ++i) {
            const Slice &slice = lane.slices[i];
            if (slice.state != SliceState::Runnable)
                continue;
            if (i != 0 && slice.derived)
                ++placed;
            else
                recorded += slice.duration();
        }
        const DurationNs derived = lane.totals.runnable.load() - recorded;
        const DurationNs counted = sleeper->counted().waitedOnRunQueue - recorded;
        sleeper.reset();
        const QString numbers = QStringLiteral("derived %1 ns, counted %2 ns, %3 gaps divided")
                                    .arg(derived)
                                    .arg(counted)
                                    .arg(placed);
        QVERIFY2(derived > 0 && placed > 0, qPrintable(numbers));
        QVERIFY2(std::abs(double(derived) / double(counted) - 1) < 0.1, qPrintable(numbers));
    }

private:
    static ThreadIndex threadOf(const Trace &trace, pid_t tid)
    {
        for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
            if (trace.thread(i).tid.load() == tid)
                return i;
        }
        return kNoThread;
    }
};

QTEST_GUILESS_MAIN(TestSliceBuilderWoken)
#include "tst_slicebuilderwoken.moc"
