// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/recorder.h"
#include "core/record/sharedrings.h"
#include "core/record/tickclock.h"
#include "core/sched/kernelobserver.h"
#include "core/sched/machineload.h"
#include "core/trace/slicebuilder.h"

#include <QtTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <thread>
#include <vector>

#include <unistd.h>

using namespace Interleave;

namespace
{

/// More threads than most machines have cores to spare, so that tasks are preempted and moved.
constexpr int kThreads = 4;
/// So long that the clock's own calls vanish beside it.
constexpr DurationNs kSpan = 150 * kMillisecond;
constexpr int kSpans = 2;

DurationNs threadCpuTime()
{
    timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return DurationNs(ts.tv_sec) * kSecond + ts.tv_nsec;
}

/// Busy for `length` of the calling thread's own time on cores.
void burn(DurationNs length)
{
    const DurationNs end = threadCpuTime() + length;
    volatile unsigned sum = 0;
    do {
        for (unsigned i = 0; i < 100'000; ++i)
            sum = sum + i;
    } while (threadCpuTime() < end);
}

/// What the hypervisor took from all cores together.
DurationNs stolenTime()
{
    DurationNs sum = 0;
    for (const CoreLoad &load : readCoreLoads())
        sum += load.steal;
    return sum;
}

/// Installs rings while it lives.
struct Installed {
    explicit Installed(const SharedRings &rings) { Recorder::install(&rings); }
    ~Installed() { Recorder::uninstall(); }
};

} // namespace

/// The join against the tasks' own clocks (kernel.md, section 4).
class TestSliceBuilderClock : public QObject
{
    Q_OBJECT

private:
    using CpuTimes = std::array<DurationNs, kThreads * kSpans>;

    /// Each thread runs its tasks one after the other; task `1 + i` used `times[i]`.
    static CpuTimes runTasks()
    {
        CpuTimes times{};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([thread, &times] {
                for (int span = 0; span < kSpans; ++span) {
                    const int number = thread * kSpans + span;
                    const DurationNs before = threadCpuTime();
                    Recorder::begin(TaskId(1 + number));
                    burn(kSpan);
                    Recorder::end(TaskId(1 + number));
                    times[std::size_t(number)] = threadCpuTime() - before;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        return times;
    }

    static void join(Trace &trace, KernelObserver &observer, const SharedRings &rings,
                     TickConverter &converter)
    {
        const ClockPair pair = takeClockPair(rings.tickSource());
        converter.addPair(pair);
        RingReader reader(rings);
        std::vector<Event> events;
        std::vector<RingReader::DrainedRing> drained;
        reader.drain(pair.time, pair.ticks, events, drained);
        QCOMPARE(events.size(), std::size_t(2 * kThreads * kSpans));

        SliceBuilder builder(trace, observer.cores(), Source::Kernel);
        builder.addRoot(getpid(), trace.origin(), "test");
        for (const RingReader::DrainedRing &ring : drained) {
            for (std::size_t i = ring.first; i < ring.first + ring.count; ++i)
                builder.addRecord(events[i], converter.toTime(events[i].ticks), ring.pid, ring.tid);
        }
        std::vector<SchedEvent> sched;
        observer.drain(sched);
        QCOMPARE(observer.lostRecords(), std::uint64_t(0));
        for (const SchedEvent &event : sched)
            builder.addSched(event);
        builder.finish(monotonicNow());
    }

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void theJoinedPiecesOfATaskAreItsTimeOnCores()
    {
        QString ratios;
        bool wasStolen = true;
        // The cores of a virtual machine may be taken away, which the records cannot tell and the clock
        // can. That does not happen every time; a join that is wrong is.
        for (int attempt = 0; attempt < 3; ++attempt) {
            auto observer = KernelObserver::open(getpid(), {});
            if (!observer)
                QSKIP(observer.error().message.c_str());
            auto rings = SharedRings::create({8, 256, 4}, bestTickSource());
            QVERIFY(rings);
            TickConverter converter(rings.value().tickSource());
            converter.addPair(takeClockPair(rings.value().tickSource()));
            Trace trace;
            trace.setOrigin(monotonicNow());
            trace.setSource(Source::Kernel);
            trace.defineTasks(1, kThreads * kSpans, TaskKind::Thread, kNoTask, "burn");

            const DurationNs stolenBefore = stolenTime();
            CpuTimes times{};
            {
                const Installed installed(rings.value());
                times = runTasks();
            }
            wasStolen = wasStolen && stolenTime() > stolenBefore;
            join(trace, *observer.value(), rings.value(), converter);
            if (QTest::currentTestFailed())
                return;

            double worst = 0;
            ratios.clear();
            for (std::size_t i = 0; i < times.size(); ++i) {
                const DurationNs running = trace.task(TaskId(1 + i)).totals.running.load();
                const double ratio = double(running) / double(times[i]);
                ratios += QStringLiteral(" %1").arg(ratio, 0, 'f', 4);
                worst = std::max(worst, std::abs(ratio - 1));
            }
            if (worst < 0.02)
                return;
        }
        if (wasStolen)
            QSKIP("the hypervisor took cores away all the time");
        QFAIL(qPrintable(QStringLiteral("joined time / CPU time:") + ratios));
    }
};

QTEST_GUILESS_MAIN(TestSliceBuilderClock)
#include "tst_slicebuilderclock.moc"
