// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobpool.h"

#include <QSemaphore>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

using namespace Interleave;

namespace
{

constexpr int kDeadlineMs = 10'000;

class Job final : public QRunnable
{
public:
    Job(JobPool &pool, std::function<void()> work)
        : m_pool(pool)
        , m_work(std::move(work))
    {
        setAutoDelete(false);
    }
    void run() override
    {
        m_pool.jobBegins();
        m_work();
        m_pool.jobDone();
    }

private:
    JobPool &m_pool;
    std::function<void()> m_work;
};

/// How many are inside, and how many there were at most.
struct Crowd {
    std::atomic<int> inside{0};
    std::atomic<int> most{0};

    void visit()
    {
        const int now = inside.fetch_add(1) + 1;
        for (int seen = most.load(); seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::yield();
        inside.fetch_sub(1);
    }
};

} // namespace

class TestJobPool : public QObject
{
    Q_OBJECT

private slots:
    void whatIsThereBeforeItOpensIsTakenByPriority()
    {
        std::deque<Job> jobs;
        std::vector<int> order;
        JobPool pool(1, JobPool::Opening::WhenTold);
        const std::vector<int> priorities{1, 5, 3, 5, 0};
        pool.expect(std::uint32_t(priorities.size()));
        for (int i = 0; i < int(priorities.size()); ++i)
            pool.start(&jobs.emplace_back(pool, [&order, i] { order.push_back(i); }),
                       priorities[std::size_t(i)]);
        pool.open();
        pool.waitUntilDone();
        const std::vector<int> expected{1, 3, 2, 0, 4};
        QCOMPARE(order, expected);
    }

    void withoutPrioritiesTheyAreTakenAsTheyCame()
    {
        std::deque<Job> jobs;
        std::vector<int> order, expected;
        JobPool pool(1, JobPool::Opening::WhenTold);
        pool.expect(1000);
        for (int i = 0; i < 1000; ++i) {
            pool.start(&jobs.emplace_back(pool, [&order, i] { order.push_back(i); }));
            expected.push_back(i);
        }
        pool.open();
        pool.waitUntilDone();
        QCOMPARE(order, expected);
    }

    void aPoolThatNobodyOpenedEnds()
    {
        std::deque<Job> jobs;
        bool hasRun = false;
        {
            JobPool pool(3, JobPool::Opening::WhenTold);
            QCOMPARE(pool.threads(), 3);
            pool.expect(1);
            pool.start(&jobs.emplace_back(pool, [&hasRun] { hasRun = true; }));
        }
        QVERIFY(hasRun);
    }

    void aJobThatWaitsLetsTheNextOneBegin()
    {
        std::deque<Job> jobs;
        QSemaphore said;
        bool wasSaid = false, gaveBack = false;
        int first = -1, second = -1;
        JobPool pool(1, JobPool::Opening::WhenTold);
        pool.expect(2);
        pool.start(&jobs.emplace_back(pool, [&] {
            first = JobPool::currentWorker();
            gaveBack = pool.waitBegins();
            wasSaid = said.tryAcquire(1, kDeadlineMs);
            if (gaveBack)
                pool.waitEnds();
        }));
        pool.start(&jobs.emplace_back(pool, [&] {
            second = JobPool::currentWorker();
            said.release();
        }));
        pool.open();
        pool.waitUntilDone();
        QVERIFY(gaveBack);
        QVERIFY(wasSaid);
        QCOMPARE(first, 0);
        QCOMPARE(second, 1); // a thread, and a number, of its own
        QVERIFY(!pool.hasLostJobs());
    }

    void afterwardsThereAreNoMoreAtATimeThanBefore()
    {
        std::deque<Job> jobs;
        QSemaphore said;
        Crowd crowd;
        JobPool pool(1, JobPool::Opening::WhenTold);
        pool.expect(52);
        pool.start(&jobs.emplace_back(pool, [&] {
            const bool gaveBack = pool.waitBegins();
            (void)said.tryAcquire(1, kDeadlineMs);
            if (gaveBack)
                pool.waitEnds();
        }));
        pool.start(&jobs.emplace_back(pool, [&] { said.release(); }));
        pool.open();
        // Both threads are still there when the first of these is queued, or one of them is not.
        for (int i = 0; i < 50; ++i)
            pool.start(&jobs.emplace_back(pool, [] {}));
        pool.waitUntilDone();
        pool.expect(200);
        for (int i = 0; i < 200; ++i)
            pool.start(&jobs.emplace_back(pool, [&crowd] { crowd.visit(); }));
        pool.waitUntilDone();
        QCOMPARE(crowd.most.load(), 1);
    }

    void onlySoManyMayWaitWithoutTheirPlace()
    {
        std::deque<Job> jobs;
        int given = 0;
        bool again = false;
        JobPool pool(1, JobPool::Opening::WhenTold);
        pool.expect(1);
        pool.start(&jobs.emplace_back(pool, [&] {
            while (given <= JobPool::kMostGivenBack && pool.waitBegins())
                ++given;
            for (int i = 0; i < given; ++i)
                pool.waitEnds();
            again = pool.waitBegins();
            if (again)
                pool.waitEnds();
        }));
        pool.open();
        pool.waitUntilDone();
        QCOMPARE(given, JobPool::kMostGivenBack);
        QVERIFY(again);
    }

    void jobsThatComeWhileOthersEndAreWaitedFor()
    {
        std::deque<Job> jobs;
        std::atomic<int> done{0};
        JobPool pool(3);
        int started = 0;
        for (int round = 0; round < 500; ++round) {
            for (int i = 0; i < 5; ++i, ++started) {
                pool.expect(1); // while those before are about to end
                pool.start(&jobs.emplace_back(pool, [&done] { done.fetch_add(1); }));
            }
            pool.waitUntilDone();
            QCOMPARE(done.load(), started);
        }
    }

    void nothingIsLostWhenManyWaitAndGoOn()
    {
        std::deque<Job> jobs;
        std::atomic<int> done{0};
        JobPool pool(2, JobPool::Opening::WhenTold);
        for (int round = 0; round < 5; ++round) {
            pool.expect(200);
            for (int i = 0; i < 200; ++i) {
                pool.start(&jobs.emplace_back(pool,
                                              [&] {
                                                  const bool gaveBack = pool.waitBegins();
                                                  std::this_thread::yield();
                                                  if (gaveBack)
                                                      pool.waitEnds();
                                                  done.fetch_add(1);
                                              }),
                           i % 7);
            }
            pool.open(); // the first time: later there are jobs that are queued while others wait
            pool.waitUntilDone();
            QCOMPARE(done.load(), 200 * (round + 1));
        }
        QVERIFY(!pool.hasLostJobs());
    }
};

QTEST_GUILESS_MAIN(TestJobPool)
#include "tst_jobpool.moc"
