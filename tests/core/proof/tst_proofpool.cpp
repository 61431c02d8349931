// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/attempts.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S24: more jobs than workers: who waits for a worker, and how level the workers end.
class TestProofPool : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int jobs, int leastMs, int mostMs, Params more = {})
    {
        more.emplace_back(u"jobs"_s, QString::number(jobs));
        more.emplace_back(u"job_ms_min"_s, QString::number(leastMs));
        more.emplace_back(u"job_ms_max"_s, QString::number(mostMs));
        return runSet("pool-saturation", model, more);
    }
    /// Jobs that only wait, and all as long: what they do to each other has nothing to do with cores.
    static constexpr int kJobs = 8;
    static constexpr int kWaitMs = 60;
    static constexpr DurationNs kWait = kWaitMs * kMillisecond;
    static RunReport runWaiting(const char *model, bool givesBack = false)
    {
        return run(model, kJobs, kWaitMs, kWaitMs,
                   {{u"blocking_share"_s, u"100"_s},
                    {u"release_while_waiting"_s, givesBack ? u"true"_s : u"false"_s}});
    }
    static RunReport runOrdered(const QString &order, int workers)
    {
        return run("pool", 24, 1, 30,
                   {{u"blocking_share"_s, u"100"_s},
                    {u"workers"_s, QString::number(workers)},
                    {u"order"_s, order}});
    }
    static RunReport runShared(const QString &scheduling)
    {
        return run("pool", 1000, 0, 2, {{u"scheduling"_s, scheduling}});
    }
    /// By the trace: how long each thread was in jobs, ascending, in ms.
    static std::vector<double> inJobs(const RunReport &report)
    {
        std::map<std::pair<pid_t, pid_t>, DurationNs> byThread;
        for (const TaskStatistics &task : tasksOf(report))
            byThread[{task.pid, task.tid}] += task.end - task.start;
        std::vector<double> busy;
        for (const auto &[thread, duration] : byThread)
            busy.push_back(milliseconds(duration));
        std::sort(busy.begin(), busy.end());
        return busy;
    }
    /// The same by the engine's own account.
    static std::vector<double> toldInJobs(const RunReport &report)
    {
        std::vector<double> busy;
        const QJsonArray told = report.result.value("busy_ms"_L1).toArray();
        for (qsizetype i = 0; i < told.size(); ++i)
            busy.push_back(told[i].toDouble());
        std::sort(busy.begin(), busy.end());
        return busy;
    }
    /// Whether both accounts are the same but for a few percent.
    static bool isWellTold(const RunReport &report)
    {
        const std::vector<double> seen = inJobs(report), told = toldInJobs(report);
        return std::equal(seen.begin(), seen.end(), told.begin(), told.end(),
                          [](double a, double b) { return std::abs(a - b) <= 0.05 * a + 1; });
    }
    /// The busiest worker's time over the mean; 0 when there are not two of them.
    static double imbalanceOf(const RunReport &report)
    {
        const std::vector<double> busy = inJobs(report);
        return busy.size() == 2 && busy[1] > 0 ? busy[1] / ((busy[0] + busy[1]) / 2) : 0;
    }
    static DurationNs medianQueued(const RunReport &report)
    {
        std::vector<DurationNs> queued;
        for (const TaskStatistics &task : tasksOf(report))
            queued.push_back(task.queued);
        return middleOf(std::move(queued));
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void aJobThatWaitsKeepsItsWorker()
    {
        const RunReport report = runWaiting("pool");
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        // Two at a time, one pair after the other, though the cores have nothing to do.
        QCOMPARE(mostInProgress(report), 2);
        QCOMPARE(threadsOf(report), std::size_t(2));
        QVERIFY(report.statistics.wall >= kJobs / 2 * kWait);
        const std::vector<TaskStatistics> tasks = byBegin(report);
        QCOMPARE(tasks.size(), std::size_t(kJobs));
        QVERIFY(tasks[2].start - tasks[0].start >= kWait);
        PROVE(tasks.back().queued >= (kJobs / 2 - 1) * kWait - kWait / 2,
              QString::number(milliseconds(tasks.back().queued)), disturbance(report));
        if (knowsEachSwitch(report))
            PROVE(runningOf(report) < report.statistics.wall / 10, outcomeText(report),
                  disturbance(report));
        QVERIFY2(report.sentence.contains(u"waited in the queue for"_s),
                 qPrintable(report.sentence));
    }

    void aJobThatGivesItsWorkerBackLetsAllOthersWaitBesideIt()
    {
        // With its workers kept it would be four times the wait.
        const auto isShort = [](const RunReport &report) {
            return report.statistics.wall <= 2 * kWait && mostInProgress(report) == kJobs;
        };
        const RunReport report = tried([] { return runWaiting("pool", true); }, isShort);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.statistics.wall >= kWait);
        PROVE(isShort(report), outcomeText(report), disturbance(report));
        QCOMPARE(threadsOf(report), std::size_t(kJobs));
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        for (const TaskStatistics &task : tasksOf(report)) {
            QCOMPARE(task.outcome, TaskOutcome::Finished);
            QVERIFY(task.end - task.start >= kWait);
        }
        QVERIFY2(report.sentence.contains(u"gave its worker back, of which the pool has 2"_s),
                 qPrintable(report.sentence));
    }

    void aJobThatComputesKeepsItsWorkerAllTheSame()
    {
        const RunReport report = run("pool", 12, 2, 6, {{u"release_while_waiting"_s, u"true"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(mostInProgress(report) <= 2);
        QVERIFY(threadsOf(report) <= 2);
        QVERIFY2(!report.sentence.contains(u"gave its worker back"_s), qPrintable(report.sentence));
    }

    void withoutAPoolAllWaitAtOnce_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void withoutAPoolAllWaitAtOnce()
    {
        QFETCH(QByteArray, model);
        const RunReport report =
            tried([&] { return runWaiting(model.constData()); },
                  [](const RunReport &done) { return done.statistics.wall <= 2 * kWait; });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        PROVE(report.statistics.wall <= 2 * kWait, outcomeText(report), disturbance(report));
        QCOMPARE(mostInProgress(report), kJobs);
    }

    void asManyProcessesAsThereAreWorkers()
    {
        const RunReport report = run("processes", 6, 10, 10, {{u"blocking_share"_s, u"100"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(mostInProgress(report) <= 2);
        QCOMPARE(threadsOf(report), std::size_t(6));
    }

    void theQueueKeepsTheWorkersBusy()
    {
        // Nobody is idle while a job waits: so it takes no longer than an even share and one job.
        const auto bound = [](const RunReport &report) {
            DurationNs longest = 0;
            for (const TaskStatistics &task : tasksOf(report))
                longest = std::max(longest, task.end - task.start);
            return progressOf(report) / 2 + longest + 5 * kMillisecond;
        };
        const auto isWithin = [&](const RunReport &report) {
            return report.statistics.wall <= bound(report);
        };
        const RunReport report = tried([] { return run("pool", 40, 1, 10); }, isWithin);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.statistics.wall >= progressOf(report) / 2);
        PROVE(isWithin(report), outcomeText(report), disturbance(report));
        QVERIFY(mostInProgress(report) <= 2);
    }

    void shortJobsFirstHalvesTheWaitInTheQueue()
    {
        // The same jobs, two at a time; the median of their waits says what a customer would.
        const RunReport submitted = runOrdered(u"submitted"_s, 2);
        const RunReport shortFirst = runOrdered(u"short-first"_s, 2);
        const RunReport longFirst = runOrdered(u"long-first"_s, 2);
        for (const RunReport *report : {&submitted, &shortFirst, &longFirst})
            QVERIFY2(report->outcome == RunOutcome::Finished, qPrintable(outcomeText(*report)));
        const QString told =
            u"%1 ms as submitted, %2 ms the short ones first, %3 ms the long ones"_s
                .arg(milliseconds(medianQueued(submitted)))
                .arg(milliseconds(medianQueued(shortFirst)))
                .arg(milliseconds(medianQueued(longFirst)));
        const QString why =
            firstReason({disturbance(submitted), disturbance(shortFirst), disturbance(longFirst)});
        PROVE(medianQueued(shortFirst) * 10 <= medianQueued(submitted) * 6, told, why);
        PROVE(medianQueued(longFirst) * 10 >= medianQueued(submitted) * 13, told, why);
        QVERIFY2(shortFirst.sentence.contains(u"24 jobs, the short ones first, took"_s),
                 qPrintable(shortFirst.sentence));
        QVERIFY2(longFirst.sentence.contains(u"24 jobs, the long ones first, took"_s),
                 qPrintable(longFirst.sentence));
    }

    void oneWorkerTakesTheJobsInTheAskedOrder_data()
    {
        QTest::addColumn<QString>("order");
        QTest::newRow("short ones first") << u"short-first"_s;
        QTest::newRow("long ones first") << u"long-first"_s;
    }
    void oneWorkerTakesTheJobsInTheAskedOrder()
    {
        QFETCH(QString, order);
        const auto stepBack = [&order](const RunReport &report) {
            std::vector<TaskStatistics> tasks = byBegin(report);
            if (order == "long-first"_L1)
                std::reverse(tasks.begin(), tasks.end());
            DurationNs longest = 0, back = 0;
            for (const TaskStatistics &task : tasks) {
                back = std::max(back, longest - (task.end - task.start));
                longest = std::max(longest, task.end - task.start);
            }
            return back;
        };
        // Priorities are in percent of the longest job; the rest is how late a timer may be.
        constexpr DurationNs kMost = 3 * kMillisecond;
        const RunReport report = tried([&order] { return runOrdered(order, 1); },
                                       [&](const RunReport &r) { return stepBack(r) <= kMost; });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(mostInProgress(report), 1);
        const DurationNs back = stepBack(report);
        PROVE(back <= kMost, QString::number(milliseconds(back)), disturbance(report));
    }

    void theEngineAndTheTraceCountTheSameTimeInJobs_data()
    {
        QTest::addColumn<QString>("scheduling");
        for (const char *scheduling : {"single", "static", "steal"})
            QTest::newRow(scheduling) << QString::fromLatin1(scheduling);
    }
    void theEngineAndTheTraceCountTheSameTimeInJobs()
    {
        QFETCH(QString, scheduling);
        const RunReport report =
            tried([&] { return run("pool", 24, 2, 10, {{u"scheduling"_s, scheduling}}); },
                  [](const RunReport &done) { return isWellTold(done); });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(inJobs(report).size(), std::size_t(2));
        QCOMPARE(toldInJobs(report).size(), std::size_t(2));
        PROVE(isWellTold(report),
              u"%1 and %2 ms in jobs by the trace, %3 and %4 ms by the engine"_s
                  .arg(inJobs(report)[0])
                  .arg(inJobs(report)[1])
                  .arg(toldInJobs(report)[0])
                  .arg(toldInJobs(report)[1]),
              disturbance(report));
    }

    void stealingLevelsWhatASplitLeavesRagged()
    {
        const auto isRagged = [](const RunReport &done) { return imbalanceOf(done) >= 1.5; };
        const auto isLevel = [](const RunReport &done) {
            return imbalanceOf(done) >= 1 && imbalanceOf(done) <= 1.1;
        };
        const RunReport split = tried([] { return runShared(u"static"_s); }, isRagged);
        const RunReport stolen = tried([] { return runShared(u"steal"_s); }, isLevel);
        QVERIFY2(split.outcome == RunOutcome::Finished, qPrintable(outcomeText(split)));
        QVERIFY2(stolen.outcome == RunOutcome::Finished, qPrintable(outcomeText(stolen)));
        const QString told =
            u"static %1, steal %2"_s.arg(imbalanceOf(split)).arg(imbalanceOf(stolen));
        const QString why = firstReason({disturbance(split), disturbance(stolen)});
        PROVE(isRagged(split), told, why);
        PROVE(isLevel(stolen), told, why);
        if (allowedCores().size() >= 2)
            PROVE(stolen.statistics.wall * 10 <= split.statistics.wall * 8, told, why);
        QVERIFY2(split.sentence.contains(u"the busiest worker had"_s), qPrintable(split.sentence));
    }
};

QTEST_GUILESS_MAIN(TestProofPool)
#include "tst_proofpool.moc"
