// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobcount.h"
#include "tests/core/engine/waitingtest.h"

#include <QTest>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

using namespace Interleave;

namespace
{

/// All that a job does with the count.
void runOne(JobCount &count)
{
    count.oneBegins();
    count.oneIsDone(count.expected());
}

/// Ends a wait that nothing has ended, so that the test can fail and not hang.
void endTheWait(JobCount &count)
{
    count.oneIsDone(count.expected() + 1);
}

} // namespace

class TestJobCount : public QObject
{
    Q_OBJECT

private slots:
    void withoutJobsThereIsNothingToWaitFor()
    {
        const JobCount count;
        count.waitUntilDone();
        QVERIFY(count.haveBegun(0));
        QVERIFY(!count.haveBegun(1));
    }

    void oneThatDoesNotComeIsNotWaitedFor()
    {
        JobCount count;
        count.expect(2);
        count.expectOneLess();
        runOne(count);
        count.waitUntilDone();
        QCOMPARE(count.expected(), 1u);
        QVERIFY(count.haveBegun(1));
    }

    void oneThatIsLostCountsAsDone()
    {
        JobCount count;
        count.expect(2);
        count.oneIsLost();
        Waiter waiter([&count] { count.waitUntilDone(); });
        const bool isAsleep = waiter.sleeps();
        runOne(count);
        const bool hasEnded = waiter.ends();
        if (!hasEnded)
            endTheWait(count);
        QVERIFY(isAsleep);
        QVERIFY(hasEnded);
    }

    void theLastOfManyWakesTheOneThatWaits()
    {
        JobCount count;
        count.expect(2000);
        Waiter waiter([&count] { count.waitUntilDone(); });
        const bool isAsleep = waiter.sleeps();
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&count] {
                for (int job = 0; job < 500; ++job)
                    runOne(count);
            });
        for (std::thread &thread : threads)
            thread.join();
        const bool hasEnded = waiter.ends();
        if (!hasEnded)
            endTheWait(count);
        QVERIFY(isAsleep);
        QVERIFY(hasEnded);
        QVERIFY(count.haveBegun(2000));
        QVERIFY(!count.haveBegun(2001));
    }

    /// The first job looks how many are expected; a second one comes and is done; then the first one is
    /// counted, as the last.
    void aJobThatEndsWhileMoreAreExpectedWakesTheOneThatWaits()
    {
        JobCount count;
        count.expect(1);
        std::atomic<bool> hasLooked{false}, mayEnd{false};
        std::thread first([&] {
            count.oneBegins();
            const std::uint32_t seen = count.expected();
            hasLooked = true;
            (void)becomes([&mayEnd] { return mayEnd.load(); });
            count.oneIsDone(seen);
        });
        const bool looked = becomes([&hasLooked] { return hasLooked.load(); });
        count.expect(1);
        std::thread second([&count] { runOne(count); });
        second.join();
        Waiter waiter([&count] { count.waitUntilDone(); });
        const bool isAsleep = waiter.sleeps();
        mayEnd = true;
        first.join();
        const bool hasEnded = waiter.ends();
        if (!hasEnded)
            endTheWait(count);
        QVERIFY(looked);
        QVERIFY(isAsleep);
        QVERIFY(hasEnded);
    }
};

QTEST_GUILESS_MAIN(TestJobCount)
#include "tst_jobcount.moc"
