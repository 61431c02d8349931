// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/trace/builderrun.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

using namespace Interleave;

class TestSliceBuilderInvariants : public QObject
{
    Q_OBJECT

private slots:
    void aRandomMachineAddsUp_data();
    void aRandomMachineAddsUp();
    void nonsenseNeverBreaksTheTracks_data();
    void nonsenseNeverBreaksTheTracks();
    void aReaderFollowsTheWriter();
};

namespace
{

/// A machine with two cores, some threads and tasks, that goes through random but lawful steps, and
/// keeps its own accounts.
class RandomMachine
{
public:
    explicit RandomMachine(unsigned seed)
        : m_random(seed)
        , m_run(std::make_unique<BuilderRun>())
    {
        for (pid_t tid = 101; tid <= 108; ++tid) {
            m_threads[tid] = {};
            m_run->fork(50, tid);
        }
    }

    void go(int steps)
    {
        for (int i = 0; i < steps; ++i) {
            m_now += 1 + TimestampNs(m_random() % 500);
            const CoreId core = CoreId(m_random() % 2);
            pid_t &occupant = m_cores[core];
            if (occupant != 0 && m_random() % 3 != 0)
                stepTask(occupant);
            else if (occupant != 0)
                switchOut(core, occupant);
            else
                switchIn(core);
            if (m_random() % 200 == 0)
                flush(m_now - TimestampNs(m_random() % 2'000));
        }
        flush(m_now);
        for (auto &[tid, thread] : m_threads)
            account(thread);
        m_run->builder.finish(m_now);
    }

    BuilderRun &run() { return *m_run; }
    std::map<TaskId, DurationNs> taskRunning;
    DurationNs running = 0;
    std::uint64_t switches = 0;

private:
    struct Thread {
        TimestampNs since = 0;
        TaskId task = kNoTask;
        bool isRunning = false;
    };

    void account(Thread &thread)
    {
        if (thread.isRunning) {
            running += m_now - thread.since;
            if (thread.task != kNoTask)
                taskRunning[thread.task] += m_now - thread.since;
        }
        thread.since = m_now;
    }
    void switchIn(CoreId core)
    {
        const pid_t tid = 101 + pid_t(m_random() % 8);
        Thread &thread = m_threads[tid];
        if (thread.isRunning)
            return;
        thread.isRunning = true;
        thread.since = m_now;
        m_cores[core] = tid;
        add([=](BuilderRun &run, TimestampNs t) { run.in(t, tid, core); });
    }
    void switchOut(CoreId core, pid_t &occupant)
    {
        const pid_t tid = occupant;
        account(m_threads[tid]);
        m_threads[tid].isRunning = false;
        occupant = 0;
        ++switches;
        const bool preempted = m_random() % 2 == 0;
        add([=](BuilderRun &run, TimestampNs t) {
            run.sched(SchedEventKind::SwitchOut, t, tid, core, preempted);
        });
    }
    void stepTask(pid_t tid)
    {
        Thread &thread = m_threads[tid];
        account(thread);
        if (thread.task == kNoTask) {
            const TaskId task = thread.task = ++m_lastTask;
            add([=](BuilderRun &run, TimestampNs t) { run.begin(t, tid, task); });
        } else if (m_random() % 2 == 0) {
            const TaskId task = std::exchange(thread.task, kNoTask);
            add([=](BuilderRun &run, TimestampNs t) { run.end(t, tid, task); });
        } else {
            const TaskId task = thread.task = ++m_lastTask;
            add([=](BuilderRun &run, TimestampNs t) {
                run.record(EventKind::Chain, t, tid, task);
            });
        }
    }
    template<typename F>
    void add(F f)
    {
        m_pending.emplace_back(m_now, f);
    }
    /// Hands everything on in a random order, then processes up to `horizon`; what lies behind it
    /// has been added already, as with real rings.
    void flush(TimestampNs horizon)
    {
        std::shuffle(m_pending.begin(), m_pending.end(), m_random);
        for (const auto &[time, input] : m_pending)
            input(*m_run, time);
        m_pending.clear();
        m_run->builder.process(horizon);
    }

    std::mt19937 m_random;
    std::unique_ptr<BuilderRun> m_run;
    TimestampNs m_now = 100;
    TaskId m_lastTask = 0;
    std::map<pid_t, Thread> m_threads;
    pid_t m_cores[2] = {0, 0};
    std::vector<std::pair<TimestampNs, std::function<void(BuilderRun &, TimestampNs)>>> m_pending;
};

} // namespace

void TestSliceBuilderInvariants::aRandomMachineAddsUp_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 5; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestSliceBuilderInvariants::aRandomMachineAddsUp()
{
    QFETCH(unsigned, seed);
    RandomMachine machine(seed);
    machine.go(20'000);
    BuilderRun &run = machine.run();
    const Trace &trace = run.trace;
    QCOMPARE(trace.lateEvents(), std::uint64_t(0));
    QVERIFY(tracksAreInOrder(trace)); // so: at most one thread on a core at a time

    for (const auto &[task, running] : machine.taskRunning)
        QCOMPARE(trace.task(task).totals.running.load(), running);
    const DurationNs onCores =
        trace.track(0).totals.running.load() + trace.track(1).totals.running.load();
    QCOMPARE(onCores, machine.running);
    DurationNs onThreads = 0;
    std::uint64_t switches = 0;
    for (TrackIndex i = 0; i < trace.trackCount(); ++i) {
        if (trace.track(i).kind != TrackKind::Thread)
            continue;
        const TrackTotals &totals = trace.track(i).totals;
        onThreads += totals.running.load();
        switches += totals.voluntary.load() + totals.involuntary.load();
        // A thread is always in some state: its track has no gap.
        const auto &slices = trace.track(i).slices;
        QCOMPARE(slices[0].begin, TimestampNs(50));
        for (std::size_t k = 1; k < slices.size(); ++k)
            QCOMPARE(slices[k].begin, slices[k - 1].end);
    }
    QCOMPARE(onThreads, machine.running);
    QCOMPARE(switches, machine.switches);
}

void TestSliceBuilderInvariants::nonsenseNeverBreaksTheTracks_data()
{
    QTest::addColumn<int>("source");
    QTest::newRow("whole machine") << int(Source::KernelWide);
    QTest::newRow("kernel") << int(Source::Kernel);
    QTest::newRow("sampled") << int(Source::Sampled);
    QTest::newRow("events") << int(Source::Events);
}

void TestSliceBuilderInvariants::nonsenseNeverBreaksTheTracks()
{
    QFETCH(int, source);
    std::mt19937 random{7u};
    BuilderRun run{Source(source)};
    TimestampNs t = 100;
    for (int i = 0; i < 60'000; ++i) {
        t += random() % 30;
        const pid_t tid = pid_t(random() % 12);
        const TimestampNs time = t - TimestampNs(random() % 100);
        if (random() % 2 == 0) {
            SchedEvent event;
            event.kind = SchedEventKind(random() % unsigned(kSchedEventKindCount));
            event.time = time;
            event.pid = pid_t(8 + random() % 3);
            event.tid = tid;
            event.core = CoreId(random() % 4); // two of them are not observed
            event.preempted = random() % 2 == 0;
            event.parentPid = event.parentTid = pid_t(random() % 12);
            event.lostSince = time - TimestampNs(random() % 300);
            event.ranNs = std::uint32_t(random() % 400);
            event.readyNs = std::uint32_t(random() % 400);
            if (event.kind == SchedEventKind::Lost && random() % 10 != 0)
                continue;
            run.builder.addSched(event);
        } else {
            run.record(EventKind(random() % kEventKindCount), time, tid, TaskId(random() % 12),
                       TaskId(random() % 3), WaitReason(random() % 20));
        }
        if (random() % 100 == 0)
            run.builder.process(t - 50);
    }
    run.builder.finish(t + 10);
    QVERIFY(tracksAreInOrder(run.trace));
    QVERIFY(run.trace.sliceCount() > 100);
    for (TrackIndex i = 0; i < run.trace.trackCount(); ++i)
        QCOMPARE(run.open(i), QString());
}

void TestSliceBuilderInvariants::aReaderFollowsTheWriter()
{
    BuilderRun run;
    std::atomic<bool> isDone{false};
    std::atomic<int> wrong{0};
    std::thread reader([&] {
        while (!isDone.load()) {
            const TraceSnapshot snapshot(run.trace);
            const std::size_t tracks = run.trace.trackCount();
            for (TrackIndex i = 0; i < tracks; ++i) {
                const auto open = snapshot.openSlice(i);
                if (open && open->begin >= open->end)
                    ++wrong;
                const auto &slices = run.trace.track(i).slices;
                const std::size_t count = snapshot.sliceCount(i);
                for (std::size_t k = count > 50 ? count - 50 : 0; k < count; ++k) {
                    if (slices[k].begin >= snapshot.horizon()
                        || (k > 0 && slices[k].begin < slices[k - 1].end)) {
                        ++wrong;
                    }
                }
            }
            for (ThreadIndex i = 0; i < run.trace.threadCount(); ++i) {
                if (run.trace.threadName(i).empty())
                    ++wrong;
            }
            if (run.trace.taskName(3) != "task 3")
                ++wrong;
            std::this_thread::yield();
        }
    });
    TimestampNs t = 100;
    for (pid_t tid = 20; tid < 2'000; ++tid) {
        run.fork(t, tid);
        run.name(SchedEventKind::Name, t + 1, kRoot, tid, "worker");
        run.in(t + 10, tid, CoreId(tid % 2));
        run.begin(t + 20, tid, 1 + TaskId(tid % 9));
        run.preempt(t + 30, tid, CoreId(tid % 2));
        run.in(t + 40, tid, CoreId(tid % 2));
        run.end(t + 50, tid, 1 + TaskId(tid % 9));
        run.exit(t + 60, tid, CoreId(tid % 2));
        t += 100;
        run.builder.process(t - 55);
    }
    run.builder.finish(t);
    isDone = true;
    reader.join();
    QCOMPARE(wrong.load(), 0);
    QVERIFY(tracksAreInOrder(run.trace));
}

QTEST_GUILESS_MAIN(TestSliceBuilderInvariants)
#include "tst_slicebuilderinvariants.moc"
