// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "core/engine/drivetasks.h"
#include "core/engine/indexsource.h"
#include "core/record/recorder.h"

#include <QRunnable>
#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <bit>
#include <deque>
#include <optional>
#include <thread>

#ifdef INTERLEAVE_HAS_TBB
#undef emit // a name in TBB
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#endif

namespace Interleave::Bench
{

namespace
{

constexpr int kWorkers = 2;
constexpr std::uint32_t kBatch = 16;

/// A job of a fixed length: a loop whose result is used.
struct Work {
    std::uint32_t rounds = 0;
    void operator()() const
    {
        std::uint64_t x = 88172645463325252ull;
        for (std::uint32_t i = 0; i < rounds; ++i) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            asm volatile("" : "+r"(x));
        }
    }
};

Work workOf(DurationNs length)
{
    constexpr std::uint32_t kProbe = 4'000'000;
    std::vector<double> costs;
    for (int i = 0; i < 5; ++i)
        costs.push_back(timed(Work{kProbe}));
    const double perRound = *std::min_element(costs.begin(), costs.end()) / kProbe;
    return {std::uint32_t(double(length) / perRound)};
}

/// Rings large enough that a whole measurement fits: the reading is measured elsewhere.
SharedRings makeRings(std::uint32_t events)
{
    auto rings = SharedRings::create({8, std::bit_ceil(events), 8}, bestTickSource());
    if (!rings)
        std::abort();
    return std::move(rings).value();
}

/// Installs and afterwards empties the rings, so that the next measurement finds room.
class Recording
{
public:
    explicit Recording(const SharedRings *rings)
        : m_rings(rings)
    {
        if (rings)
            Recorder::install(rings);
    }
    ~Recording()
    {
        if (!m_rings)
            return;
        Recorder::uninstall();
        for (std::uint32_t i = 0; i < m_rings->ringCount(); ++i) {
            RingHeader &ring = m_rings->ring(i);
            ring.tail.store(ring.head.load());
            ring.state.store(RingState::Free);
        }
    }

private:
    const SharedRings *m_rings;
};

class DriverRunnable final : public QRunnable
{
public:
    DriverRunnable(SharedIndex &source, int worker, Work work)
        : m_source(source)
        , m_worker(worker)
        , m_work(work)
    {
        setAutoDelete(false);
    }
    void run() override
    {
        driveTasks(m_source, m_worker, 1, [this](std::uint32_t) {
            m_work();
            return TaskStatus::Finished;
        });
    }

private:
    SharedIndex &m_source;
    int m_worker;
    Work m_work;
};

double drivers(std::uint32_t jobs, Work work, const SharedRings *rings)
{
    QThreadPool pool;
    pool.setMaxThreadCount(kWorkers);
    pool.start([] {});
    pool.waitForDone();
    SharedIndex source(jobs, kBatch);
    const Recording recording(rings);
    std::deque<DriverRunnable> runnables;
    return timed([&] {
        for (int i = 0; i < kWorkers; ++i)
            pool.start(&runnables.emplace_back(source, i, work));
        pool.waitForDone();
    });
}

double bareThreads(std::uint32_t jobs, Work work)
{
    std::atomic<std::uint32_t> next{0};
    return timed([&] {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kWorkers; ++i) {
            threads.emplace_back([&] {
                while (next.fetch_add(1, std::memory_order_relaxed) < jobs)
                    work();
            });
        }
    });
}

double bareStartLambda(std::uint32_t jobs, Work work)
{
    QThreadPool pool;
    pool.setMaxThreadCount(kWorkers);
    return timed([&] {
        for (std::uint32_t i = 0; i < jobs; ++i)
            pool.start([work] { work(); });
        pool.waitForDone();
    });
}

/// A preallocated job as the pool model starts it: queued, begin, end.
class RecordedJob final : public QRunnable
{
public:
    RecordedJob(TaskId id, Work work)
        : m_id(id)
        , m_work(work)
    {
        setAutoDelete(false);
    }
    void run() override
    {
        Recorder::begin(m_id);
        m_work();
        Recorder::end(m_id);
    }
    [[nodiscard]] TaskId id() const { return m_id; }

private:
    TaskId m_id;
    Work m_work;
};

double startJobs(std::uint32_t jobs, Work work, const SharedRings *rings)
{
    std::deque<RecordedJob> all;
    for (TaskId id = 1; id <= jobs; ++id)
        all.emplace_back(id, work);
    QThreadPool pool;
    pool.setMaxThreadCount(kWorkers);
    const Recording recording(rings);
    return timed([&] {
        for (RecordedJob &job : all) {
            Recorder::queued(job.id());
            pool.start(&job);
        }
        pool.waitForDone();
    });
}

#ifdef INTERLEAVE_HAS_TBB
double taskGroup(std::uint32_t jobs, Work work)
{
    tbb::task_arena arena(kWorkers);
    return arena.execute([&] {
        return timed([&] {
            tbb::task_group group;
            for (std::uint32_t i = 0; i < jobs; ++i)
                group.run([work] { work(); });
            group.wait();
        });
    });
}
#endif

void benchDrivers(Report &report, const SharedRings &rings)
{
    constexpr std::uint32_t kJobs = 1'000'000;
    const Pair empty = alternate(
        7, [] { return bareStartLambda(kJobs, {}); }, [&] { return drivers(kJobs, {}, &rings); });
    report.ratio("1 M empty recorded jobs, drivers / QThreadPool::start", empty.second / kJobs,
                 empty.first / kJobs, "ns", Bar::AtMost, 0.15);
    const Work micro = workOf(kMicrosecond);
    const Pair bare = alternate(
        9, [&] { return bareThreads(kJobs, micro); },
        [&] { return drivers(kJobs, micro, &rings); });
    report.ratio("1 M recorded 1 us jobs, drivers / two bare threads",
                 bare.first * bare.ratio / kJobs, bare.first / kJobs, "ns", Bar::AtMost, 1.05);
#ifdef INTERLEAVE_HAS_TBB
    const Pair tbbEmpty = alternate(
        5, [] { return taskGroup(kJobs, {}); }, [&] { return drivers(kJobs, {}, &rings); });
    report.ratio("empty recorded jobs, drivers / TBB task_group", tbbEmpty.second / kJobs,
                 tbbEmpty.first / kJobs, "ns", Bar::AtMost, 1.0);
    const Pair tbbMicro = alternate(
        7, [&] { return taskGroup(kJobs, micro); }, [&] { return drivers(kJobs, micro, &rings); });
    report.ratio("1 us recorded jobs, drivers / TBB task_group",
                 tbbMicro.first * tbbMicro.ratio / kJobs, tbbMicro.first / kJobs, "ns", Bar::AtMost,
                 1.0);
#else
    report.skipped("recorded jobs, drivers / TBB task_group", "oneTBB is not installed");
#endif
}

void benchJobs(Report &report, const SharedRings &rings)
{
    const struct {
        const char *name;
        DurationNs length;
        std::uint32_t jobs;
        double bar;
    } cases[] = {{"1 us jobs through start, recorder on / off", kMicrosecond, 200'000, 1.05},
                 {"10 us jobs through start, recorder on / off", 10 * kMicrosecond, 40'000, 1.03}};
    for (const auto &c : cases) {
        const Work work = workOf(c.length);
        const Pair pair = alternate(
            31, [&] { return startJobs(c.jobs, work, nullptr); },
            [&] { return startJobs(c.jobs, work, &rings); });
        report.ratio(c.name, pair.first * pair.ratio / c.jobs, pair.first / c.jobs, "ns",
                     Bar::AtMost, c.bar);
    }
}

} // namespace

void benchPool(Report &report)
{
    const SharedRings rings = makeRings(2'000'000);
    benchDrivers(report, rings);
    benchJobs(report, rings);
}

} // namespace Interleave::Bench
