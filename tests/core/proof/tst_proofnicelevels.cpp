// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/attempts.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// Where the task ran after all had met at the start, piece by piece.
std::vector<CoreId> coresAfterStart(const RunReport &report, const TaskStatistics &task)
{
    TimestampNs start = 0;
    for (std::size_t i = 0; i < report.trace->marks().size(); ++i) {
        const MarkInfo &mark = report.trace->marks()[i];
        if (mark.kind == MarkKind::Barrier)
            start = std::max(start, mark.time);
    }
    std::vector<CoreId> cores;
    for (const Slice &slice : slicesOf(report, report.trace->task(task.id).track.load())) {
        if (slice.state == SliceState::Running && slice.end > start)
            cores.push_back(slice.core);
    }
    return cores;
}

} // namespace

/// S26: who gets the core, who has to wait for whom, and who stays where.
class TestProofNiceLevels : public QObject
{
    Q_OBJECT

private:
    static const TaskStatistics *named(const std::vector<TaskStatistics> &tasks, const char *name)
    {
        const auto found =
            std::find_if(tasks.begin(), tasks.end(),
                         [&](const TaskStatistics &task) { return task.name == name; });
        return found == tasks.end() ? nullptr : &*found;
    }
    static constexpr int kMostSpinners = 16; ///< that the set allows
    static constexpr int kHoldMs = 60;
    static RunReport runInversion(const QByteArray &model)
    {
        return runSet("nice-levels", model.constData(),
                      {{u"lesson"_s, u"inversion"_s},
                       {u"spin_ms"_s, u"250"_s},
                       {u"hold_ms"_s, QString::number(kHoldMs)}});
    }
    static DurationNs highsWait(const RunReport &report)
    {
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        const TaskStatistics *high = named(tasks, "high");
        return high ? waitOf(report, *high, WaitReason::Lock) : 0;
    }
    /// As long as medium runs, and low under the lock; and a little for who else has the core.
    static DurationNs mostThatHighShouldWait(const RunReport &report)
    {
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        const TaskStatistics *medium = named(tasks, "medium");
        return (medium ? medium->running * 13 / 10 : 0) + kHoldMs * kMillisecond;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theSharesOfACoreFollowTheNiceValues_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("nice");
        QTest::addColumn<int>("spinMs");
        QTest::addColumn<double>("least");
        QTest::addColumn<double>("most");
        QTest::newRow("the same") << QByteArray("threads") << 0 << 300 << 0.85 << 1.15;
        // 1.25 in theory: what tells it from the same nice value is more than the scheduler's slices.
        QTest::newRow("1") << QByteArray("threads") << 1 << 800 << 1.1 << 1.42;
        QTest::newRow("threads, 5")
            << QByteArray("threads") << 5 << 600 << 3.05 * 0.85 << 3.05 * 1.15;
        QTest::newRow("processes, 5")
            << QByteArray("processes") << 5 << 600 << 3.05 * 0.85 << 3.05 * 1.15;
        QTest::newRow("10") << QByteArray("threads") << 10 << 1000 << 9.3 * 0.8 << 9.3 * 1.2;
        QTest::newRow("19") << QByteArray("threads") << 19 << 2000 << 40.0 << 90.0;
    }
    void theSharesOfACoreFollowTheNiceValues()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, nice);
        QFETCH(int, spinMs);
        QFETCH(double, least);
        QFETCH(double, most);
        double ratio = 0;
        QString spoiltBy;
        for (int i = 0; i < kAttempts && !(ratio >= least && ratio <= most); ++i) {
            const RunReport report = runSet("nice-levels", model.constData(),
                                            {{u"lesson"_s, u"nice"_s},
                                             {u"nice"_s, QString::number(nice)},
                                             {u"spin_ms"_s, QString::number(spinMs)}});
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            if (!knowsEachSwitch(report))
                QSKIP("needs the kernel as source");
            const QJsonArray levels = report.result.value("nice"_L1).toArray();
            QCOMPARE(levels.size(), qsizetype(2));
            if (levels[1].toInt() - levels[0].toInt() < nice)
                QSKIP("this test itself runs at a raised nice value");
            const std::vector<TaskStatistics> tasks = tasksOf(report);
            QCOMPARE(tasks.size(), std::size_t(2));
            ratio = double(tasks[0].running) / double(std::max<DurationNs>(1, tasks[1].running));
            // What the engine tells of the work that was done is what the kernel gave of the core.
            const double given = 100.0 * double(tasks[1].running)
                / double(std::max<DurationNs>(1, tasks[0].running + tasks[1].running));
            const double told = report.result.value("nicer_percent"_L1).toDouble(-1);
            QVERIFY2(std::abs(told - given) <= 8,
                     qPrintable(u"%1 % instead of %2 %"_s.arg(told).arg(given)));
            spoiltBy = disturbance(report);
        }
        const bool isAsItShould = ratio >= least && ratio <= most;
        if (!isAsItShould && !spoiltBy.isEmpty())
            QSKIP(qPrintable(spoiltBy));
        QVERIFY2(isAsItShould, qPrintable(u"%1 to 1"_s.arg(ratio)));
    }

    void highWaitsForLowAsLongAsMediumRuns_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("processes") << QByteArray("processes");
    }
    void highWaitsForLowAsLongAsMediumRuns()
    {
        QFETCH(QByteArray, model);
        const RunReport report =
            tried([&] { return runInversion(model); },
                  [](const RunReport &r) { return highsWait(r) <= mostThatHighShouldWait(r); });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        const TaskStatistics *medium = named(tasks, "medium");
        const TaskStatistics *high = named(tasks, "high");
        QVERIFY(medium && high);
        const DurationNs waited = highsWait(report);
        const double told =
            report.result.value("high_waited_ms"_L1).toDouble() * double(kMillisecond);
        QVERIFY2(told >= 0.9 * double(waited)
                     && told <= 1.1 * double(waited) + 20.0 * double(kMillisecond),
                 qPrintable(report.sentence));
        QVERIFY(report.result.value("medium_worked_ms"_L1).toDouble() > 0);
        QVERIFY2(double(waited) >= 0.7 * double(medium->running), qPrintable(report.sentence));
        // Low goes on once medium is done, and only then high: the order in which the trace saw
        // them end.
        QVERIFY2(medium->end < high->end, qPrintable(report.sentence));
        QCOMPARE(int(report.trace->flows().size() > 0), 1); // low gave the lock to high
        PROVE(waited <= mostThatHighShouldWait(report), report.sentence, disturbance(report));
    }

    void whoIsPinnedStaysOnItsCore_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("pin");
        QTest::newRow("threads, each") << QByteArray("threads") << u"each"_s;
        QTest::newRow("threads, one") << QByteArray("threads") << u"one"_s;
        QTest::newRow("processes, each") << QByteArray("processes") << u"each"_s;
    }
    void whoIsPinnedStaysOnItsCore()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, pin);
        const RunReport report = runSet("nice-levels", model.constData(),
                                        {{u"lesson"_s, u"affinity"_s},
                                         {u"pin"_s, pin},
                                         {u"tasks"_s, u"4"_s},
                                         {u"spin_ms"_s, u"50"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        const QJsonArray cores = report.result.value("cores"_L1).toArray();
        QCOMPARE(tasks.size(), std::size_t(4));
        QCOMPARE(cores.size(), qsizetype(4));
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            const std::vector<CoreId> ran = coresAfterStart(report, tasks[i]);
            QVERIFY(!ran.empty());
            const auto its = CoreId(cores[qsizetype(i)].toInt(-1));
            QVERIFY2(std::all_of(ran.begin(), ran.end(), [&](CoreId core) { return core == its; }),
                     qPrintable(report.sentence));
            if (pin == "one"_L1)
                QCOMPARE(cores[qsizetype(i)].toInt(), cores[0].toInt());
        }
        QVERIFY2(report.sentence.contains(u"none came to another core"_s),
                 qPrintable(report.sentence));
        if (pin != "one"_L1)
            return;
        // One at a time, so that four have no more of the machine than one: speed-up 1.
        QVERIFY(report.statistics.overlap <= report.statistics.wall / 50);
        QVERIFY2(report.statistics.parallelism <= 1.05, qPrintable(report.sentence));
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(report.statistics.parallelism >= 0.85, qPrintable(report.sentence));
    }

    void whoHasAMaskStaysOnItsCores_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("cores");
        QTest::newRow("threads, one core") << QByteArray("threads") << 1;
        QTest::newRow("processes, one core") << QByteArray("processes") << 1;
        QTest::newRow("threads, two cores") << QByteArray("threads") << 2;
    }
    void whoHasAMaskStaysOnItsCores()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, cores);
        std::vector<CoreId> mask = allowedCores();
        mask.resize(std::min(mask.size(), std::size_t(cores)));
        QStringList asked{u"999"_s}; // which no machine of a classroom has: it is left out
        QJsonArray told;
        for (const CoreId core : mask) {
            asked.prepend(QString::number(core));
            told.append(int(core));
        }
        const RunReport report = runSet("nice-levels", model.constData(),
                                        {{u"lesson"_s, u"affinity"_s},
                                         {u"pin"_s, u"mask"_s},
                                         {u"core_mask"_s, asked.join(u',')},
                                         {u"tasks"_s, u"3"_s},
                                         {u"spin_ms"_s, u"50"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("mask"_L1).toArray(), told);
        QCOMPARE(report.result.value("cores"_L1).toArray(), (QJsonArray{{}, {}, {}}));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        QCOMPARE(tasks.size(), std::size_t(3));
        for (const TaskStatistics &task : tasks) {
            const std::vector<CoreId> ran = coresAfterStart(report, task);
            QVERIFY(!ran.empty());
            QVERIFY2(std::all_of(ran.begin(), ran.end(),
                                 [&](CoreId core) {
                                     return std::binary_search(mask.begin(), mask.end(), core);
                                 }),
                     qPrintable(report.sentence));
        }
        if (mask.size() == 1) // one at a time
            QVERIFY(report.statistics.overlap <= report.statistics.wall / 50);
    }

    void aMaskWithoutACoreOfTheRunIsToldBeforeAnythingStarts()
    {
        const RunReport report = runSet(
            "nice-levels", "threads",
            {{u"lesson"_s, u"affinity"_s}, {u"pin"_s, u"mask"_s}, {u"core_mask"_s, u"999"_s}});
        QCOMPARE(report.outcome, RunOutcome::Failed);
        QVERIFY2(outcomeText(report).contains(u"the core mask has none of the cores"_s),
                 qPrintable(outcomeText(report)));
        for (const TaskStatistics &task : tasksOf(report))
            QCOMPARE(task.outcome, TaskOutcome::NeverStarted);
    }

    void whoIsNotPinnedComesToOtherCores()
    {
        const int cores = int(allowedCores().size());
        if (cores < 2)
            QSKIP("needs two cores");
        if (2 * cores > kMostSpinners)
            QSKIP("the set has no more than 16 spinners, which this machine has cores enough for");
        int changes = 0;
        RunReport report;
        for (int i = 0; i < kAttempts && changes == 0; ++i) {
            // From the second time on there is one more than would come out even.
            const int tasks = std::min(2 * cores + std::min(i, 1), kMostSpinners);
            report = runSet("nice-levels", "threads",
                            {{u"lesson"_s, u"affinity"_s},
                             {u"pin"_s, u"none"_s},
                             {u"tasks"_s, QString::number(tasks)},
                             {u"spin_ms"_s, u"200"_s}});
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            if (!knowsEachSwitch(report))
                QSKIP("needs the kernel as source");
            for (const TaskStatistics &task : tasksOf(report)) {
                const std::vector<CoreId> ran = coresAfterStart(report, task);
                for (std::size_t k = 1; k < ran.size(); ++k)
                    changes += ran[k] != ran[k - 1] ? 1 : 0;
            }
        }
        PROVE(changes > 0, report.sentence, disturbance(report));
        QVERIFY2(!report.sentence.contains(u"none came to another core"_s),
                 qPrintable(report.sentence));
    }

    void whoIsNotPinnedMayRunEverywhere()
    {
        const RunReport report = runSet("nice-levels", "threads",
                                        {{u"lesson"_s, u"affinity"_s},
                                         {u"pin"_s, u"none"_s},
                                         {u"tasks"_s, u"2"_s},
                                         {u"spin_ms"_s, u"50"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const QJsonArray cores = report.result.value("cores"_L1).toArray();
        QCOMPARE(cores.size(), qsizetype(2));
        QVERIFY(cores[0].isNull() && cores[1].isNull());
    }
};

QTEST_GUILESS_MAIN(TestProofNiceLevels)
#include "tst_proofnicelevels.moc"
