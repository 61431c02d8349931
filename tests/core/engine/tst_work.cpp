// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/drivetasks.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/kernelname.h"
#include "core/engine/work/primework.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/stoppablewait.h"
#include "core/engine/work/taskcontext.h"
#include "core/engine/work/workplan.h"
#include "tests/core/engine/recording.h"
#include "tests/core/engine/waitingtest.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <latch>
#include <memory>
#include <thread>

using namespace Interleave;

namespace
{

RunSetup setupFor(const Recording &recording)
{
    RunSetup setup;
    setup.rings = &recording.rings();
    setup.messageFd = recording.messageFd();
    setup.unitsPerMs = 100;
    setup.taskCount = 1;
    return setup;
}

} // namespace

class TestWork : public QObject
{
    Q_OBJECT

private slots:
    void theCountOfPrimesIsThatOfTheSieve_data()
    {
        QTest::addColumn<quint64>("first");
        QTest::addColumn<quint64>("units");
        QTest::newRow("nothing") << quint64(0) << quint64(0);
        QTest::newRow("one") << quint64(0) << quint64(1);
        QTest::newRow("a whole cycle") << quint64(0) << quint64(PrimeWork::kCandidates);
        QTest::newRow("across the end") << quint64(PrimeWork::kCandidates - 3) << quint64(10);
        QTest::newRow("two cycles from the middle") << quint64(4000) << quint64(2 * 8192 + 17);
    }
    void theCountOfPrimesIsThatOfTheSieve()
    {
        QFETCH(quint64, first);
        QFETCH(quint64, units);
        PrimeWork work(first);
        work.doUnits(units);
        QCOMPARE(quint64(work.unitsDone()), units);
        QCOMPARE(quint64(work.primesFound()), quint64(PrimeWork::primesBySieve(first, units)));
        QVERIFY(work.isRight());
    }

    void aCycleHasTheKnownNumberOfPrimes()
    {
        // pi(16384) - pi(8192) = 1900 - 1028
        QCOMPARE(quint64(PrimeWork::primesBySieve(0, PrimeWork::kCandidates)), quint64(872));
    }

    void workInPiecesCountsTheSame()
    {
        PrimeWork whole(5), pieces(5);
        whole.doUnits(3000);
        for (int i = 0; i < 30; ++i)
            pieces.doUnits(100);
        QCOMPARE(pieces.primesFound(), whole.primesFound());
    }

    void calibrationGivesANumberAboveZero()
    {
        QVERIFY(calibrateUnitsPerMs(0) >= 1.0);
        QVERIFY(calibrateUnitsPerMs(5 * kMillisecond) >= 1.0);
    }

    void parametersAreReadAsWhatTheyAreAskedFor()
    {
        WorkParameters p;
        QVERIFY(p.setFromArgument("tasks=4"));
        QVERIFY(p.setFromArgument("share=12.5"));
        QVERIFY(p.setFromArgument("join=false"));
        QVERIFY(p.setFromArgument("names=a=b, c"));
        QVERIFY(p.setFromArgument("empty="));
        QVERIFY(!p.setFromArgument("no value"));
        QVERIFY(!p.setFromArgument("=value"));
        QCOMPARE(p.integer("tasks", 1), std::int64_t(4));
        QCOMPARE(p.integer("share", 1), std::int64_t(13)); // rounded, away from zero
        QCOMPARE(p.integer("names", 7), std::int64_t(7));
        QCOMPARE(p.integer("missing", 9), std::int64_t(9));
        QCOMPARE(p.count("tasks", 1, 1, 3), 3);
        QCOMPARE(p.real("share", 0), 12.5);
        QCOMPARE(p.boolean("join", true), false);
        QCOMPARE(p.boolean("tasks", false), true);
        QCOMPARE(p.text("names", ""), std::string("a=b, c"));
        QCOMPARE(p.text("empty", "x"), std::string());
        QCOMPARE(p.toArguments().size(), std::size_t(5));
    }

    void aKernelNameIsCutAtFifteenBytesAndNotInsideACharacter()
    {
        QCOMPARE(kernelName(""), std::string());
        QCOMPARE(kernelName("exactly fifteen"), std::string("exactly fifteen"));
        QCOMPARE(kernelName("sixteen letters!"), std::string("sixteen letters"));
        QCOMPARE(kernelName("fourteen bytes\xC3\xA9"), std::string("fourteen bytes"));
    }

    void everyBodyIsFoundByItsSlug()
    {
        for (const std::string_view slug : bodySlugs())
            QVERIFY(blockingBody(slug) != nullptr);
        QVERIFY(blockingBody("primes") != nullptr);
        QVERIFY(blockingBody("no-such-set") == nullptr);
        QVERIFY(blockingBody("") == nullptr);
    }

    void theMixedRoundsAddUpToTheTotal_data()
    {
        QTest::addColumn<double>("share");
        QTest::addColumn<double>("total");
        QTest::addColumn<int>("rounds");
        QTest::newRow("only waiting") << 0.0 << 400.0 << 20;
        QTest::newRow("half") << 50.0 << 400.0 << 20;
        QTest::newRow("only computing") << 100.0 << 400.0 << 20;
        QTest::newRow("a shorter last round") << 50.0 << 410.0 << 21;
        QTest::newRow("less than a round") << 50.0 << 7.0 << 1;
        QTest::newRow("nothing") << 50.0 << 0.0 << 0;
    }
    void theMixedRoundsAddUpToTheTotal()
    {
        QFETCH(double, share);
        QFETCH(double, total);
        QFETCH(int, rounds);
        WorkParameters p;
        p.set("cpu_share", std::to_string(share));
        p.set("period_ms", "20");
        p.set("total_ms", std::to_string(total));
        const auto plan = mixedRounds(p);
        double burn = 0, sleep = 0;
        for (const MixedRound &round : plan) {
            burn += round.burnMs;
            sleep += double(round.sleep) / double(kMillisecond);
        }
        QCOMPARE(int(plan.size()), rounds);
        QVERIFY(std::abs(burn - total * share / 100) < 0.001);
        QVERIFY(std::abs(burn + sleep - total) < 0.001);
    }

    void jobsLieBetweenTheirLimitsAndFollowTheSeed()
    {
        WorkParameters p;
        p.set("job_ms_min", "2");
        p.set("job_ms_max", "20");
        for (int i = 0; i < 40; ++i) {
            const MixedRound job = poolJob(p, i, 40);
            QVERIFY(job.burnMs >= 2 && job.burnMs <= 20);
            QCOMPARE(job.sleep, DurationNs(0));
            QCOMPARE(poolJob(p, i, 40).burnMs, job.burnMs);
        }
        const double before = poolJob(p, 39, 40).burnMs;
        p.set("seed", "2");
        QVERIFY(poolJob(p, 39, 40).burnMs != before);
        p.set("blocking_share", "100");
        QCOMPARE(poolJob(p, 39, 40).burnMs, 0.0);
        QVERIFY(poolJob(p, 39, 40).sleep > 0);
    }

    void aLineIsAMarkAndAMessageWithTheSameNumber()
    {
        Recording recording;
        const RunSetup setup = setupFor(recording);
        TaskContext context(setup, 7, 0, "Task 1");
        context.print("first\tline");
        context.print("second");
        const auto events = recording.events();
        const auto messages = recording.messages();
        QCOMPARE(events.size(), std::size_t(2));
        QCOMPARE(messages.size(), std::size_t(2));
        for (std::size_t i = 0; i < 2; ++i) {
            QCOMPARE(events[i].event.kind, EventKind::Mark);
            QCOMPARE(events[i].event.reason, std::uint8_t(MarkKind::Printed));
            QCOMPARE(events[i].event.task, TaskId(7));
            QCOMPARE(std::uint64_t(events[i].event.argument), messages[i].number);
            QCOMPARE(messages[i].kind, MessageKind::Line);
            QCOMPARE(messages[i].task, TaskId(7));
        }
        QCOMPARE(messages[0].text, std::string("first\tline"));
        QVERIFY(messages[0].number != messages[1].number);
    }

    void aStopRequestEndsSleepingAndBurning()
    {
        Recording recording;
        const RunSetup setup = setupFor(recording);
        TaskContext context(setup, 1, 0, "t");
        QVERIFY(context.sleepFor(kMicrosecond));
        QVERIFY(context.burn(0.5));
        bool hasSlept = true;
        Waiter waiter([&] { hasSlept = context.sleepFor(3600 * kSecond); });
        const bool sleeps = waiter.sleeps();
        recording.rings().requestStop();
        waiter.join();
        QVERIFY(sleeps);
        QVERIFY(!hasSlept);
        QVERIFY(!context.burn(1e9));
        QCOMPARE(context.outcome(false), TaskStatus::Cancelled);
        QCOMPARE(countOf(recording.events(), EventKind::Wait), 2);
    }

    void fractionsOfWorkAreNotLost()
    {
        Recording recording;
        const RunSetup setup = setupFor(recording); // 100 units per ms
        TaskContext context(setup, 1, 0, "t");
        for (int i = 0; i < 1000; ++i)
            QVERIFY(context.burn(0.004)); // 0.4 units
        QVERIFY(context.work().unitsDone() >= 399 && context.work().unitsDone() <= 400);
        QVERIFY(context.burn(0));
        QCOMPARE(context.outcome(true), TaskStatus::Finished);
    }

    void anExceptionBecomesAFailureWithItsText()
    {
        Recording recording;
        RunSetup setup = setupFor(recording);
        setup.parameters.set("how", "throw");
        TaskContext context(setup, 5, 1, "t");
        QCOMPARE(runRecorded(blockingBody("test-crash"), context), TaskStatus::Failed);
        QVERIFY(context.failure().find("thrown on purpose") != std::string::npos);
        const std::vector<EventKind> expected{EventKind::Begin, EventKind::Failed};
        QCOMPARE(kindsOf(recording.events(), 5), expected);
    }

    void aBoardIsTheSameMemoryForAllWhoAttach()
    {
        auto made = SharedBoard::create(3);
        QVERIFY(made.isOk());
        auto attached = SharedBoard::attach(made.value().fd());
        QVERIFY(attached.isOk());
        QVERIFY(attached.value().cellCount() >= 3);
        made.value().cell(2).store(42);
        made.value().word(SharedBoard::kWords - 1).store(7);
        QCOMPARE(attached.value().cell(2).load(), std::uint64_t(42));
        QCOMPARE(attached.value().word(SharedBoard::kWords - 1).load(), 7u);
    }

    void aDescriptorThatIsNoBoardIsRefused()
    {
        QVERIFY(!SharedBoard::attach(-1).isOk());
        int fds[2];
        QCOMPARE(pipe2(fds, O_CLOEXEC), 0);
        const UniqueFd readEnd(fds[0]), writeEnd(fds[1]);
        QVERIFY(!SharedBoard::attach(fds[0]).isOk());
    }

    void nobodyPassesABarrierAlone()
    {
        Recording recording;
        auto made = SharedBoard::create(1);
        QVERIFY(made.isOk());
        const SharedBoard &board = made.value();
        constexpr int kTasks = 4;
        constexpr int kRounds = 200;
        std::atomic<int> wrong{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < kTasks; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < kRounds; ++round) {
                    board.cell(0).fetch_add(1);
                    SharedBarrier barrier(board, 0);
                    if (!barrier.arriveAndWait(kTasks, recording.rings().header().stopWord))
                        ++wrong;
                    if (board.cell(0).load() < std::uint64_t(kTasks) * std::uint64_t(round + 1))
                        ++wrong;
                    SharedBarrier(board, 2).arriveAndWait(kTasks,
                                                          recording.rings().header().stopWord);
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
    }

    void aStopRequestEndsABarrier()
    {
        Recording recording;
        auto made = SharedBoard::create(0);
        QVERIFY(made.isOk());
        bool passed = true;
        std::thread waiter([&] {
            passed = SharedBarrier(made.value(), 0)
                         .arriveAndWait(2, recording.rings().header().stopWord);
        });
        recording.rings().requestStop();
        waiter.join();
        QVERIFY(!passed);
    }

    void everyIndexIsTakenOnce_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("scheduling"); // 0 shared, 1 static, 2 steal
        for (const int count : {0, 1, 7, 40, 10'000}) {
            QTest::addRow("%d shared", count) << count << 0;
            QTest::addRow("%d static", count) << count << 1;
            QTest::addRow("%d steal", count) << count << 2;
        }
    }
    void everyIndexIsTakenOnce()
    {
        QFETCH(int, count);
        QFETCH(int, scheduling);
        constexpr int kWorkers = 3;
        const auto n = std::uint32_t(count);
        std::vector<std::atomic<int>> taken(std::size_t(count) + 1);
        SharedIndex shared(n, batchFor(n, kWorkers));
        SplitIndex split(n, kWorkers, batchFor(n, kWorkers), scheduling == 2);
        std::latch together(kWorkers);
        std::vector<std::thread> threads;
        for (int worker = 0; worker < kWorkers; ++worker) {
            threads.emplace_back([&, worker] {
                const auto job = [&](std::uint32_t index) {
                    ++taken[index];
                    return TaskStatus::Finished;
                };
                together.arrive_and_wait();
                if (scheduling == 0)
                    driveTasks(shared, worker, 1, job);
                else
                    driveTasks(split, worker, 1, job);
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        for (int i = 0; i < count; ++i)
            QCOMPARE(taken[std::size_t(i)].load(), 1);
    }

    void tasksOfADriverAreChained()
    {
        Recording recording;
        SharedIndex source(3, 2);
        driveTasks(source, 0, 10, [](std::uint32_t) { return TaskStatus::Finished; });
        const auto events = recording.events();
        QCOMPARE(events.size(), std::size_t(4));
        QCOMPARE(events[0].event.kind, EventKind::Begin);
        QCOMPARE(events[1].event.kind, EventKind::Chain);
        QCOMPARE(events[2].event.kind, EventKind::Chain);
        QCOMPARE(events[3].event.kind, EventKind::End);
        QCOMPARE(events[2].event.task, TaskId(12));
        QCOMPARE(events[3].event.task, TaskId(12));
    }

    void aFailedTaskBreaksTheChainAndACancelledOneEndsIt()
    {
        Recording recording;
        SharedIndex source(5, 5);
        driveTasks(source, 0, 1, [](std::uint32_t index) {
            return index == 1 ? TaskStatus::Failed
                : index == 3  ? TaskStatus::Cancelled
                              : TaskStatus::Finished;
        });
        const auto events = recording.events();
        const std::vector<EventKind> second{EventKind::Chain, EventKind::Failed};
        const std::vector<EventKind> third{EventKind::Begin};
        const std::vector<EventKind> fourth{EventKind::Chain, EventKind::Cancelled};
        QCOMPARE(kindsOf(events, 2), second);
        QCOMPARE(kindsOf(events, 3), third);
        QCOMPARE(kindsOf(events, 4), fourth);
        QVERIFY(kindsOf(events, 5).empty());
    }
};

QTEST_GUILESS_MAIN(TestWork)
#include "tst_work.moc"
