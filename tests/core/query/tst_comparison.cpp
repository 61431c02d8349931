// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/runreport.h"

#include <QJsonArray>
#include <QTest>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

RunReport makeRun(const QString &model, DurationNs wall, DurationNs cpu)
{
    RunReport report;
    report.taskSet = u"S06"_s;
    report.slug = u"primes"_s;
    report.title = u"Primes"_s;
    report.model = model;
    report.params = {{u"tasks"_s, 4}};
    report.source = Source::Kernel;
    report.statistics.wall = wall;
    report.statistics.cpu = cpu;
    report.statistics.parallelism = wall > 0 ? double(cpu) / double(wall) : 0;
    return report;
}

/// Four tasks of 400 ms on two cores, as they ought to come out.
std::vector<RunReport> primesRuns()
{
    return {
        makeRun(u"sequential"_s, 1600 * kMillisecond, 1600 * kMillisecond),
        makeRun(u"threads"_s, 800 * kMillisecond, 1600 * kMillisecond),
        makeRun(u"coroutines"_s, 1620 * kMillisecond, 1600 * kMillisecond),
    };
}

} // namespace

class ComparisonTest : public QObject
{
    Q_OBJECT

private slots:
    void modelsStandInTheOrderOfTheirFirstRun()
    {
        const Comparison comparison =
            compareRuns({makeRun(u"threads"_s, 10, 10), makeRun(u"pool"_s, 20, 20),
                         makeRun(u"threads"_s, 30, 30)});
        QCOMPARE(comparison.models.size(), std::size_t(2));
        QCOMPARE(comparison.models[0].model, u"threads"_s);
        QCOMPARE(comparison.models[0].runs, 2);
        QCOMPARE(comparison.models[1].model, u"pool"_s);
        QCOMPARE(comparison.slug, u"primes"_s);
        QCOMPARE(comparison.taskSet, u"S06"_s);
        QCOMPARE(comparison.runs.size(), std::size_t(3));
    }

    void theSpreadHoldsMedianLeastAndMost()
    {
        const Comparison odd = compareRuns(
            {makeRun(u"pool"_s, 50, 1), makeRun(u"pool"_s, 10, 1), makeRun(u"pool"_s, 20, 1)});
        QCOMPARE(odd.models[0].wallNs.median, 20.0);
        QCOMPARE(odd.models[0].wallNs.min, 10.0);
        QCOMPARE(odd.models[0].wallNs.max, 50.0);
        const Comparison even = compareRuns({makeRun(u"pool"_s, 50, 1), makeRun(u"pool"_s, 10, 1)});
        QCOMPARE(even.models[0].wallNs.median, 30.0);
    }

    void speedUpIsAgainstTheSequentialRun()
    {
        const Comparison comparison = compareRuns(primesRuns());
        QCOMPARE(comparison.models[0].speedUp, 1.0);
        QCOMPARE(comparison.models[1].speedUp, 2.0);
        const Comparison without =
            compareRuns({makeRun(u"threads"_s, 10, 10), makeRun(u"pool"_s, 20, 20)});
        QCOMPARE(without.models[0].speedUp, 0.0);
    }

    void theSentenceTellsFasterEqualAndSlower()
    {
        std::vector<RunReport> runs = primesRuns();
        runs.push_back(makeRun(u"processes"_s, 3200 * kMillisecond, 1600 * kMillisecond));
        const QString sentence = compareRuns(runs).sentence;
        QVERIFY2(sentence.startsWith(u"One after another it took "_s), qPrintable(sentence));
        QVERIFY2(sentence.contains(u"faster with threads (2.00×)"_s), qPrintable(sentence));
        QVERIFY2(sentence.contains(u"the same within 3 % with coroutines"_s), qPrintable(sentence));
        QVERIFY2(sentence.contains(u"slower with processes (0.50×)"_s), qPrintable(sentence));
        QVERIFY2(sentence.contains(u"threads kept 2.00 cores busy, processes 0.50"_s),
                 qPrintable(sentence));
    }

    void whatIsThousandsOfTimesSlowerIsToldAsAFraction()
    {
        const QString sentence = compareRuns({makeRun(u"sequential"_s, 1000, 900),
                                              makeRun(u"threads"_s, 2'160'000, 900)})
                                     .sentence;
        QVERIFY2(sentence.contains(u"slower with threads (1/2160)"_s), qPrintable(sentence));
    }

    void differencesBelowThreePercentAreEqual()
    {
        const QString sentence =
            compareRuns({makeRun(u"sequential"_s, 1000, 900), makeRun(u"threads"_s, 1029, 900)})
                .sentence;
        QVERIFY2(sentence.startsWith(u"One after another and threads took the same time"_s),
                 qPrintable(sentence));
        const QString other =
            compareRuns({makeRun(u"sequential"_s, 1000, 900), makeRun(u"threads"_s, 1040, 900)})
                .sentence;
        QVERIFY2(other.contains(u"slower with threads"_s), qPrintable(other));
    }

    void withoutASequentialRunTheSlowestIsTheMeasure()
    {
        const QString sentence =
            compareRuns({makeRun(u"threads"_s, 500, 900), makeRun(u"coroutines"_s, 1000, 900)})
                .sentence;
        QVERIFY2(sentence.startsWith(u"With coroutines it took "_s), qPrintable(sentence));
        QVERIFY2(sentence.contains(u"faster with threads (2.00×)"_s), qPrintable(sentence));
    }

    void idleCoresAreNotCalledBusy()
    {
        const QString sentence =
            compareRuns({makeRun(u"sequential"_s, 3 * kSecond, kMillisecond),
                         makeRun(u"threads"_s, 1500 * kMillisecond, kMillisecond)})
                .sentence;
        QVERIFY2(sentence.contains(u"nearly all of the time was waiting"_s), qPrintable(sentence));
    }

    void runsThatDidNotFinishAreToldAndNotMeasured()
    {
        std::vector<RunReport> runs = primesRuns();
        runs[1].outcome = RunOutcome::Crashed;
        const Comparison comparison = compareRuns(runs);
        QCOMPARE(comparison.models[1].runs, 0);
        QCOMPARE(comparison.models[1].speedUp, 0.0);
        QVERIFY2(comparison.sentence.startsWith(u"Did not finish: threads (crashed). "_s),
                 qPrintable(comparison.sentence));
        const QJsonObject row = comparison.toJson().value("models"_L1)[1].toObject();
        QVERIFY(row.value("wall_ns"_L1).isNull());
        QVERIFY(row.value("speed_up"_L1).isNull());
    }

    void nothingToCompareIsSaid()
    {
        QCOMPARE(compareRuns({}).sentence, u"There is nothing to compare."_s);
        QVERIFY(compareRuns({makeRun(u"pool"_s, 1000, 1)})
                    .sentence.startsWith(u"Only the thread pool was measured"_s));
        QCOMPARE(compareRuns({makeRun(u"pool"_s, 0, 0)}).sentence,
                 u"There is nothing to compare."_s);
    }

    void theDocumentKeepsItsContract()
    {
        const QJsonObject json = compareRuns(primesRuns()).toJson();
        QCOMPARE(json.value("schema"_L1).toString(), u"interleave.compare/1"_s);
        QCOMPARE(json.value("task_set"_L1).toString(), u"S06"_s);
        QCOMPARE(json.value("params"_L1)["tasks"_L1].toInteger(), qint64(4));
        QCOMPARE(json.value("runs"_L1).toArray().size(), qsizetype(3));
        QCOMPARE(json.value("runs"_L1)[0]["schema"_L1].toString(), u"interleave.run/1"_s);
        const QJsonObject threads = json.value("models"_L1)[1].toObject();
        QCOMPARE(threads.value("model"_L1).toString(), u"threads"_s);
        QCOMPARE(threads.value("speed_up"_L1).toDouble(), 2.0);
        const QJsonObject wall = threads.value("wall_ns"_L1).toObject();
        QCOMPARE(wall.value("median"_L1).toInteger(), qint64(800'000'000));
        QCOMPARE(wall.value("min"_L1).toInteger(), qint64(800'000'000));
        QCOMPARE(wall.value("max"_L1).toInteger(), qint64(800'000'000));
        QVERIFY(threads.value("cpu_ns"_L1).isObject());
        QVERIFY(!json.value("sentence"_L1).toString().isEmpty());
    }

    void withoutTheKernelNoCoreTimeIsClaimed()
    {
        std::vector<RunReport> runs = primesRuns();
        for (RunReport &run : runs)
            run.source = Source::Events;
        const Comparison comparison = compareRuns(runs);
        QVERIFY(!comparison.sentence.contains(u"cores busy"_s));
        QVERIFY(comparison.toJson().value("models"_L1)[0]["cpu_ns"_L1].isNull());
        QVERIFY(comparison.toJson().value("models"_L1)[0]["wall_ns"_L1].isObject());
    }
};

QTEST_GUILESS_MAIN(ComparisonTest)
#include "tst_comparison.moc"
