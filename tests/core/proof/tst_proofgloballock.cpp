// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/attempts.h"

#include <QTest>

#include <algorithm>
#include <utility>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

struct HandOvers {
    int count = 0;
    double pitchMs = 0; ///< from the first to the last of them, on average
};

HandOvers handOversOf(const RunReport &report)
{
    std::vector<TimestampNs> times;
    TaskId holder = kNoTask;
    for (const Slice &slice : heldSlices(report, "global lock")) {
        if (holder != kNoTask && slice.task != holder)
            times.push_back(slice.begin);
        holder = slice.task;
    }
    HandOvers result{int(times.size()), 0};
    if (times.size() > 1)
        result.pitchMs =
            double(times.back() - times.front()) / double(times.size() - 1) / double(kMillisecond);
    return result;
}

} // namespace

/// S08: under one global lock threads take turns, and take as long as one after another.
class TestProofGlobalLock : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int workMs, double intervalMs = 5)
    {
        return runSet("global-lock", model,
                      {{u"tasks"_s, u"2"_s},
                       {u"work_ms"_s, QString::number(workMs)},
                       {u"switch_interval_ms"_s, QString::number(intervalMs)}});
    }
    static double overlapShare(const RunReport &report)
    {
        return shareOfWall(report, report.statistics.overlap);
    }
    using Pair = std::pair<RunReport, RunReport>;
    /// How many times as long the first one took.
    static double ratioOfWalls(const Pair &runs)
    {
        return double(runs.first.statistics.wall)
            / double(std::max<DurationNs>(1, runs.second.statistics.wall));
    }
    /// Why it says nothing; empty when it does.
    static QString whyNothing(const Pair &runs)
    {
        return firstReason({disturbance(runs.first), disturbance(runs.second),
                            changeOfSpeed(runs.first, runs.second)});
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void underTheLockOneComputesAtATime_data()
    {
        QTest::addColumn<double>("intervalMs");
        QTest::newRow("5 ms") << 5.0;
        QTest::newRow("20 ms") << 20.0;
    }
    void underTheLockOneComputesAtATime()
    {
        QFETCH(double, intervalMs);
        RunReport report;
        HandOvers handOvers;
        bool isAsItShould = false;
        for (int i = 0; i < kAttempts && !isAsItShould; ++i) {
            report = run("gil", 250, intervalMs);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            if (!knowsEachSwitch(report))
                QSKIP("needs the kernel as source");
            // Never two at once, however disturbed the run may be.
            QCOMPARE(mostHolders(heldSlices(report, "global lock")), 1u);
            handOvers = handOversOf(report);
            if (report.eventsDropped == 0)
                QCOMPARE(handOvers.count, report.result.value("hand_overs"_L1).toInt(-1));
            QVERIFY(report.sentence.contains(u"under one global lock"_s));
            isAsItShould = overlapShare(report) <= 0.01 && handOvers.pitchMs >= 0.8 * intervalMs
                && handOvers.pitchMs <= 1.2 * intervalMs;
        }
        if (const QString why = disturbance(report); !isAsItShould && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(isAsItShould,
                 qPrintable(u"overlap %1 % of wall, a hand-over every %2 ms"_s
                                .arg(100 * overlapShare(report))
                                .arg(handOvers.pitchMs)));
    }

    void underTheLockTheyAreAsFastAsOneAfterAnother()
    {
        DurationNs sequential = 0, locked = 0;
        double speedUp = 0;
        QString why;
        for (int i = 0; i < kAttempts; ++i) {
            const RunReport serial = run("sequential", 200);
            const RunReport threads = run("gil", 200);
            QVERIFY2(serial.outcome == RunOutcome::Finished, qPrintable(outcomeText(serial)));
            QVERIFY2(threads.outcome == RunOutcome::Finished, qPrintable(outcomeText(threads)));
            sequential =
                i == 0 ? serial.statistics.wall : std::min(sequential, serial.statistics.wall);
            locked = i == 0 ? threads.statistics.wall : std::min(locked, threads.statistics.wall);
            speedUp = double(sequential) / double(std::max<DurationNs>(1, locked));
            why = firstReason({disturbance(serial), disturbance(threads)});
            if (speedUp >= 0.95 && speedUp <= 1.1)
                return;
        }
        if (!why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(false, qPrintable(u"speed-up %1"_s.arg(speedUp)));
    }

    void howOftenItIsHandedOverDoesNotChangeTheTime()
    {
        const auto isTheSame = [](const Pair &runs) {
            return ratioOfWalls(runs) >= 0.9 && ratioOfWalls(runs) <= 1.1;
        };
        const auto isHandedOverMore = [](const Pair &runs) {
            return handOversOf(runs.first).count >= 2 * handOversOf(runs.second).count;
        };
        const Pair runs =
            tried([] { return Pair(run("gil", 200, 5), run("gil", 200, 20)); },
                  [&](const Pair &both) { return isTheSame(both) && isHandedOverMore(both); });
        for (const RunReport *report : {&runs.first, &runs.second}) {
            QVERIFY2(report->outcome == RunOutcome::Finished, qPrintable(outcomeText(*report)));
            QVERIFY(handOversOf(*report).count > 0);
        }
        const QString told =
            u"%1 hand-overs against %2, %3 times the time"_s.arg(handOversOf(runs.first).count)
                .arg(handOversOf(runs.second).count)
                .arg(ratioOfWalls(runs));
        PROVE(isHandedOverMore(runs), told, whyNothing(runs));
        PROVE(isTheSame(runs), told, whyNothing(runs));
    }

    void processesAreFasterByTheCores()
    {
        if (allowedCores().size() < 2)
            QSKIP("needs two cores");
        const auto isFaster = [](const Pair &runs) { return ratioOfWalls(runs) >= 1.7; };
        const Pair runs =
            tried([] { return Pair(run("sequential", 300), run("processes", 300)); }, isFaster);
        QVERIFY2(runs.first.outcome == RunOutcome::Finished, qPrintable(outcomeText(runs.first)));
        QVERIFY2(runs.second.outcome == RunOutcome::Finished, qPrintable(outcomeText(runs.second)));
        QString reason = isFaster(runs) ? QString() : whyNothing(runs);
        if (!isFaster(runs) && reason.isEmpty())
            reason = lackOfParallelSpeed();
        PROVE(isFaster(runs), u"speed-up %1"_s.arg(ratioOfWalls(runs)), reason);
    }

    void withoutTheLockTheyComputeAtTheSameTime_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("processes") << QByteArray("processes");
    }
    void withoutTheLockTheyComputeAtTheSameTime()
    {
        QFETCH(QByteArray, model);
        if (allowedCores().size() < 2)
            QSKIP("needs two cores");
        RunReport report;
        for (int i = 0; i < kAttempts && overlapShare(report) <= 0.8; ++i) {
            report = run(model.constData(), 200);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            if (!knowsEachSwitch(report))
                QSKIP("needs the kernel as source");
            QVERIFY(!objectNamed(report, "global lock"));
            QVERIFY(!report.sentence.contains(u"global lock"_s));
        }
        if (const QString why = disturbance(report); overlapShare(report) <= 0.8 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(overlapShare(report) > 0.8, qPrintable(outcomeText(report)));
    }

    void whatBlocksGivesTheLockUp()
    {
        constexpr int kIterations = 3, kPeriodMs = 50;
        const RunReport report = runSet("two-sleepers", "gil",
                                        {{u"tasks"_s, u"4"_s},
                                         {u"iterations"_s, QString::number(kIterations)},
                                         {u"period_ms"_s, QString::number(kPeriodMs)}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        DurationNs held = 0, waits = 0;
        for (const Slice &slice : heldSlices(report, "global lock"))
            held += slice.duration();
        for (const TaskStatistics &task : tasksOf(report))
            waits += waitOf(report, task, WaitReason::Sleep);
        // They sleep side by side: one after another it would be all of their waits.
        const DurationNs wall = report.statistics.wall;
        QVERIFY2(wall < waits / 2, qPrintable(outcomeText(report)));
        QVERIFY2(held < wall / 2, qPrintable(outcomeText(report)));
    }

    void otherSetsRunUnderTheLockUnchanged()
    {
        const RunReport report =
            runSet("io-or-cpu", "gil", {{u"tasks"_s, u"3"_s}, {u"total_ms"_s, u"80"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(mostHolders(heldSlices(report, "global lock")) == 1u);
        for (const TaskStatistics &task : tasksOf(report))
            QCOMPARE(task.outcome, TaskOutcome::Finished);
    }
};

QTEST_GUILESS_MAIN(TestProofGlobalLock)
#include "tst_proofgloballock.moc"
