// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/attempts.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S06, S07, S27: computing gets faster with cores, not with tasks; waiting with tasks, not with cores.
class TestProofComputing : public QObject
{
    Q_OBJECT

private:
    static int cores() { return int(allowedCores().size()); }

    static RunReport runPrimes(const QByteArray &model, int tasks)
    {
        return runSet("primes", model.constData(),
                      {{u"tasks"_s, QString::number(tasks)}, {u"work_ms"_s, u"100"_s}});
    }
    /// How many times as fast as its tasks one after the other, which would take their time on cores.
    static double speedUpOf(const RunReport &report)
    {
        return shareOfWall(report, runningOf(report));
    }
    static double overlapOf(const RunReport &report)
    {
        return shareOfWall(report, report.statistics.overlap);
    }
    static constexpr double kGain = 1.6; ///< of two cores over one, at least
    /// Two tasks. Each model runs once, or until it gains as much as it should.
    const RunReport &primes(const QByteArray &model)
    {
        const auto known = m_primes.find(model);
        if (known != m_primes.end())
            return known->second;
        const double least = model == "coroutines" ? 0.9 : kGain;
        return m_primes
            .emplace(model,
                     tried([&] { return runPrimes(model, 2); },
                           [&](const RunReport &done) {
                               return speedUpOf(done) >= least
                                   && (least < 1 || overlapOf(done) >= 0.7);
                           }))
            .first->second;
    }

    static constexpr int kMixed = 4;
    static constexpr DurationNs kMixedAlone = 120 * kMillisecond;
    static RunReport runMixed(const QByteArray &model, int cpuShare)
    {
        return runSet("io-or-cpu", model.constData(),
                      {{u"tasks"_s, QString::number(kMixed)},
                       {u"total_ms"_s, QString::number(kMixedAlone / kMillisecond)},
                       {u"cpu_share"_s, QString::number(cpuShare)}});
    }
    /// How many times as long as one of the tasks takes alone.
    static double timesAlone(const RunReport &report)
    {
        return double(report.statistics.wall) / double(kMixedAlone);
    }
    /// Each runs once, or until it takes between `least` and `most` times as long as one alone.
    const RunReport &mixed(const QByteArray &model, int cpuShare, double least, double most)
    {
        const auto key = std::make_pair(model, cpuShare);
        const auto known = m_mixed.find(key);
        if (known != m_mixed.end())
            return known->second;
        const auto isAsItShould = [&](const RunReport &report) {
            return timesAlone(report) >= least && timesAlone(report) <= most;
        };
        return m_mixed.emplace(key, tried([&] { return runMixed(model, cpuShare); }, isAsItShould))
            .first->second;
    }

    static RunReport runCrowd(const char *model, int tasks)
    {
        return runSet("oversubscription", model,
                      {{u"tasks"_s, QString::number(tasks)}, {u"total_ms"_s, u"300"_s}});
    }
    /// Ready to run, but without a core or a worker.
    static DurationNs readyOf(const RunReport &report)
    {
        return sumOver(report,
                       [](const TaskStatistics &task) { return task.runnable + task.queued; });
    }
    static std::uint64_t preemptionsOf(const RunReport &report)
    {
        std::uint64_t sum = 0;
        for (const TaskStatistics &task : tasksOf(report))
            sum += task.involuntary;
        return sum;
    }
    /// How many times as long the one took as the other.
    static double timesAsLong(const RunReport &one, const RunReport &other)
    {
        return double(one.statistics.wall) / double(std::max<DurationNs>(1, other.statistics.wall));
    }
    /// How many times as long as it is on a core a task is in progress, for all but 5 % of them.
    static double stretchP95Of(const RunReport &report)
    {
        std::vector<double> stretches;
        for (const TaskStatistics &task : tasksOf(report))
            stretches.push_back(double(task.end - task.start)
                                / double(std::max<DurationNs>(1, task.running)));
        std::sort(stretches.begin(), stretches.end());
        const std::size_t rank = (stretches.size() * 95 + 99) / 100; // nearest rank, from 1
        return stretches.empty() ? 0 : stretches[rank - 1];
    }
    /// How many times as long a task is in progress as it is on a core, on average.
    static double stretchOf(const RunReport &report)
    {
        return double(progressOf(report)) / double(std::max<DurationNs>(1, runningOf(report)));
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    // S06

    void twoTasksComputeOnTwoCores_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("pool") << QByteArray("pool");
        QTest::newRow("processes") << QByteArray("processes");
    }
    void twoTasksComputeOnTwoCores()
    {
        QFETCH(QByteArray, model);
        if (cores() < 2)
            QSKIP("needs two cores");
        const RunReport &report = primes(model);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        PROVE(speedUpOf(report) >= kGain && overlapOf(report) >= 0.7,
              u"speed-up %1, overlap %2 of wall"_s.arg(speedUpOf(report)).arg(overlapOf(report)),
              disturbance(report));
        QVERIFY(report.statistics.peakParallelism >= 2);
    }

    void moreTasksThanCoresTakeTurnsOnThem()
    {
        const int tasks = std::min(2 * cores(), 32); // the set has no more
        const double enough = 0.8 * std::min(cores(), tasks);
        const RunReport report =
            tried([&] { return runPrimes("threads", tasks); },
                  [&](const RunReport &done) { return done.statistics.parallelism >= enough; });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        // All cores at once, and they are hardly ever without one of the tasks.
        PROVE(report.statistics.peakParallelism == std::min(cores(), tasks),
              QString::number(report.statistics.peakParallelism), disturbance(report));
        PROVE(report.statistics.parallelism >= enough, outcomeText(report), disturbance(report));
    }

    void coroutinesComputeOneAfterAnother()
    {
        const RunReport &report = primes("coroutines");
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<TaskStatistics> tasks = byBegin(report);
        QCOMPARE(tasks.size(), std::size_t(2));
        QVERIFY(tasks[1].start >= tasks[0].end);
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        QCOMPARE(threadsOf(report), std::size_t(1));
        QVERIFY(overlapOf(report) <= 0.01);
        PROVE(speedUpOf(report) >= 0.9, QString::number(speedUpOf(report)), disturbance(report));
    }

    void onTwoCoresTheyAreNearlyTwiceAsFastAsOneAfterAnother_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("pool") << QByteArray("pool");
        QTest::newRow("processes") << QByteArray("processes");
    }
    void onTwoCoresTheyAreNearlyTwiceAsFastAsOneAfterAnother()
    {
        QFETCH(QByteArray, model);
        if (cores() < 2)
            QSKIP("needs two cores");
        const auto runs =
            tried([&] { return std::make_pair(runPrimes("sequential", 2), runPrimes(model, 2)); },
                  [](const auto &both) { return timesAsLong(both.first, both.second) >= kGain; });
        const auto &[one, two] = runs;
        QVERIFY2(one.outcome == RunOutcome::Finished, qPrintable(outcomeText(one)));
        QVERIFY2(two.outcome == RunOutcome::Finished, qPrintable(outcomeText(two)));
        const double ratio = timesAsLong(one, two);
        QString reason = firstReason({disturbance(one), disturbance(two), changeOfSpeed(one, two)});
        if (ratio < kGain && reason.isEmpty())
            reason = lackOfParallelSpeed();
        PROVE(ratio >= kGain, QString::number(ratio), reason);
    }

    // S07

    void whoOnlyWaitsIsAsFastOnOneThread()
    {
        for (const char *model : {"threads", "coroutines"}) {
            const RunReport &report = mixed(model, 0, 1, 1.3);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QVERIFY(timesAlone(report) >= 1);
            PROVE(timesAlone(report) <= 1.3, outcomeText(report), disturbance(report));
        }
    }

    void oneThreadKeepsUpAsLongAsItsShareIsLessThanACore()
    {
        const RunReport &report = mixed("coroutines", 20, 1, 1.35); // 4 times 20 %
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        PROVE(timesAlone(report) <= 1.35, outcomeText(report), disturbance(report));
    }

    void beyondThatItTakesAsLongAsThereIsToCompute_data()
    {
        QTest::addColumn<int>("cpuShare");
        QTest::newRow("half") << 50;
        QTest::newRow("all") << 100;
    }
    void beyondThatItTakesAsLongAsThereIsToCompute()
    {
        QFETCH(int, cpuShare);
        const double ideal = kMixed * cpuShare / 100.0;
        const RunReport &report = mixed("coroutines", cpuShare, 0.8 * ideal, 1.25 * ideal);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        PROVE(timesAlone(report) >= 0.8 * ideal && timesAlone(report) <= 1.25 * ideal,
              outcomeText(report), disturbance(report));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        // One thread, always busy.
        QVERIFY(overlapOf(report) <= 0.01);
        PROVE(speedUpOf(report) >= 0.85, outcomeText(report), disturbance(report));
    }

    void threadsShareTheComputingOutOverTheCores()
    {
        if (cores() < 2)
            QSKIP("needs two cores");
        const double turns = double((kMixed + cores() - 1) / cores());
        const RunReport &threads = mixed("threads", 100, 0.8 * turns, 1.25 * turns);
        const RunReport &one = mixed("coroutines", 100, 0.8 * kMixed, 1.25 * kMixed);
        QVERIFY2(threads.outcome == RunOutcome::Finished, qPrintable(outcomeText(threads)));
        PROVE(timesAlone(threads) <= 1.25 * turns, outcomeText(threads), disturbance(threads));
        const double ratio = timesAlone(one) / timesAlone(threads);
        PROVE(ratio >= 1.5, QString::number(ratio),
              firstReason({disturbance(one), disturbance(threads)}));
    }

    // S27

    void aCrowdOfThreadsTakesAsLongAndWaitsMore()
    {
        const int few = cores(), many = 8 * cores();
        const auto ratio = [](const std::pair<RunReport, RunReport> &runs) {
            return double(runs.second.statistics.wall) / double(runs.first.statistics.wall);
        };
        const auto runs = tried(
            [&] { return std::make_pair(runCrowd("threads", few), runCrowd("threads", many)); },
            [&](const auto &both) { return ratio(both) >= 0.8 && ratio(both) <= 1.25; });
        const auto &[pair, crowd] = runs;
        QVERIFY2(pair.outcome == RunOutcome::Finished, qPrintable(outcomeText(pair)));
        QVERIFY2(crowd.outcome == RunOutcome::Finished, qPrintable(outcomeText(crowd)));
        const QString why = firstReason({disturbance(pair), disturbance(crowd)});
        PROVE(ratio(runs) >= 0.8 && ratio(runs) <= 1.25, QString::number(ratio(runs)), why);
        if (!knowsEachSwitch(crowd))
            QSKIP("needs the kernel as source");
        // The cores do the same work; it is the tasks that wait for them.
        const QString told = u"%1 and %2 preemptions, ready for %3 and %4 ms"_s.arg(
            QString::number(preemptionsOf(pair)), QString::number(preemptionsOf(crowd)),
            QString::number(milliseconds(readyOf(pair))),
            QString::number(milliseconds(readyOf(crowd))));
        PROVE(preemptionsOf(crowd) >= preemptionsOf(pair) + std::uint64_t(many) / 2, told, why);
        PROVE(readyOf(crowd) >= 3 * readyOf(pair) + crowd.statistics.wall, told, why);
        PROVE(stretchOf(crowd) >= 2 && stretchOf(pair) <= 1.5,
              u"in progress for %1 and %2 times as long as on a core"_s.arg(stretchOf(pair))
                  .arg(stretchOf(crowd)),
              why);
    }

    void theMoreTasksToACoreTheLongerEachOfThemTakes()
    {
        const auto ratio = [](const std::pair<RunReport, RunReport> &runs) {
            return stretchP95Of(runs.second) / stretchP95Of(runs.first);
        };
        // Four times as many to a core; half of what follows from that is left to the scheduler.
        constexpr double kLeast = 2;
        const auto runs = tried(
            [] {
                return std::make_pair(runCrowd("threads", 2 * cores()),
                                      runCrowd("threads", 8 * cores()));
            },
            [&](const auto &both) { return ratio(both) >= kLeast; });
        const auto &[some, many] = runs;
        QVERIFY2(some.outcome == RunOutcome::Finished, qPrintable(outcomeText(some)));
        QVERIFY2(many.outcome == RunOutcome::Finished, qPrintable(outcomeText(many)));
        if (!knowsEachSwitch(some) || !knowsEachSwitch(many))
            QSKIP("needs the kernel as source");
        PROVE(ratio(runs) >= kLeast,
              u"in progress for %1 and %2 times as long as on a core"_s.arg(stretchP95Of(some))
                  .arg(stretchP95Of(many)),
              firstReason({disturbance(some), disturbance(many)}));
    }

    void aPoolWastesNoMoreOfTheCoresThanTheCrowd()
    {
        // The same work: how much of it is done in a second of wall time is the efficiency.
        constexpr double kMost = 1.1;
        const auto runs = tried(
            [] {
                return std::make_pair(runCrowd("pool", 8 * cores()),
                                      runCrowd("threads", 8 * cores()));
            },
            [](const auto &both) { return timesAsLong(both.first, both.second) <= kMost; });
        const auto &[pool, crowd] = runs;
        QVERIFY2(pool.outcome == RunOutcome::Finished, qPrintable(outcomeText(pool)));
        QVERIFY2(crowd.outcome == RunOutcome::Finished, qPrintable(outcomeText(crowd)));
        const double ratio = timesAsLong(pool, crowd);
        PROVE(ratio <= kMost, QString::number(ratio),
              firstReason({disturbance(pool), disturbance(crowd), changeOfSpeed(pool, crowd)}));
    }

    void aPoolAsWideAsTheMachineKeepsTheCrowdOut()
    {
        const RunReport report =
            tried([] { return runCrowd("pool", 8 * cores()); },
                  [](const RunReport &done) { return stretchOf(done) <= 1.4; });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(mostInProgress(report) <= cores());
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        PROVE(stretchOf(report) <= 1.4, QString::number(stretchOf(report)), disturbance(report));
        PROVE(report.statistics.parallelism >= 0.8 * cores(), outcomeText(report),
              disturbance(report));
    }

private:
    std::map<QByteArray, RunReport> m_primes;
    std::map<std::pair<QByteArray, int>, RunReport> m_mixed;
};

QTEST_GUILESS_MAIN(TestProofComputing)
#include "tst_proofcomputing.moc"
