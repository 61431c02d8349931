// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/chart.h"
#include "core/taskset/taskset.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <cmath>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

RunReport spawnRun(const QString &model, double eachNs)
{
    RunReport report;
    report.slug = u"spawn-cost"_s;
    report.model = model;
    report.result = {{u"per_task_ns"_s, eachNs}, {u"total_ns"_s, 100 * eachNs}};
    return report;
}

QJsonObject pointOf(int tasks, double measured, double theory)
{
    return {{u"n"_s, tasks}, {u"measured"_s, measured}, {u"theory"_s, theory}};
}

RunReport amdahlRun(const QJsonArray &points)
{
    RunReport report;
    report.slug = u"amdahl"_s;
    report.model = u"threads"_s;
    report.params = {{u"serial_percent"_s, 25}};
    report.result = {{u"points"_s, points}, {u"cores"_s, 2}};
    return report;
}

RunReport fourTasks()
{
    return amdahlRun({pointOf(1, 1, 1), pointOf(2, 1.55, 1.6), pointOf(4, 1.58, 2.286)});
}

} // namespace

class TestChart : public QObject
{
    Q_OBJECT

private slots:
    void mostSetsHaveNone()
    {
        RunReport report = spawnRun(u"threads"_s, 50'000);
        report.slug = u"primes"_s;
        QVERIFY(!chartOf(report));
        QVERIFY(!chartOfRuns({report, report}));
        QVERIFY(!chartOfRuns({}));
        QVERIFY(!chartOf({}));
    }

    void spawnCostStandsBesideTheBareThingAndTheDelay()
    {
        RunReport report = spawnRun(u"threads"_s, 50'000);
        report.result.insert(u"bare_ns"_s, 45'000.0);
        report.statistics.spawn = 30 * kMicrosecond;
        const std::optional<Chart> chart = chartOf(report);
        QVERIFY(chart);
        QCOMPARE(chart->kind, Chart::Kind::LogarithmicBars);
        QCOMPARE(chart->bars.size(), std::size_t(3));
        QCOMPARE(chart->bars[0].valueNs, 50'000.0);
        QVERIFY(!chart->bars[0].isReference);
        QCOMPARE(chart->bars[1].valueNs, 45'000.0);
        QVERIFY(chart->bars[1].isReference);
        QVERIFY(chart->bars[1].name.contains(u"QThread"_s));
        QCOMPARE(chart->bars[2].valueNs, 30'000.0);
        QVERIFY(chart->bars[2].isReference);
    }

    void theBareThingHasTheNameOfItsModel_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("name");
        QTest::newRow("threads") << u"threads"_s << u"A bare QThread"_s;
        QTest::newRow("pool") << u"pool"_s << u"A bare job of QThreadPool"_s;
        QTest::newRow("processes") << u"processes"_s << u"A bare QProcess"_s;
        QTest::newRow("coroutines") << u"coroutines"_s << u"A bare coroutine of C++"_s;
    }

    void theBareThingHasTheNameOfItsModel()
    {
        QFETCH(QString, model);
        QFETCH(QString, name);
        RunReport report = spawnRun(model, 13);
        report.result.insert(u"bare_ns"_s, 12.5);
        const std::optional<Chart> chart = chartOf(report);
        QVERIFY(chart);
        QCOMPARE(chart->bars.size(), std::size_t(2));
        QCOMPARE(chart->bars[1].name, name);
        QCOMPARE(chart->bars[1].valueNs, 12.5); // not rounded to whole nanoseconds
    }

    void withoutItsCostARunHasNone()
    {
        RunReport report = spawnRun(u"threads"_s, 0);
        report.result.insert(u"bare_ns"_s, 45'000.0);
        QVERIFY(!chartOf(report));
        report.result = {};
        QVERIFY(!chartOf(report));
        report.result = {{u"per_task_ns"_s, -1.0}};
        QVERIFY(!chartOf(report));
    }

    void aComparisonHasTheMedianOfEachModel()
    {
        RunReport failed = spawnRun(u"threads"_s, 1);
        failed.outcome = RunOutcome::Failed;
        const std::optional<Chart> chart =
            chartOfRuns({spawnRun(u"threads"_s, 90'000), spawnRun(u"coroutines"_s, 13), failed,
                         spawnRun(u"threads"_s, 50'000), spawnRun(u"threads"_s, 60'000),
                         spawnRun(u"coroutines"_s, 15), spawnRun(u"processes"_s, 0)});
        QVERIFY(chart);
        QCOMPARE(chart->bars.size(), std::size_t(2));
        QCOMPARE(chart->bars[0].name, modelTitle(u"threads"_s));
        QCOMPARE(chart->bars[0].valueNs, 60'000.0);
        QCOMPARE(chart->bars[1].name, modelTitle(u"coroutines"_s));
        QCOMPARE(chart->bars[1].valueNs, 14.0);
    }

    void amdahlHasItsPointsOnTheCurveOfTheLaw()
    {
        const std::optional<Chart> chart = chartOf(fourTasks());
        QVERIFY(chart);
        QCOMPARE(chart->kind, Chart::Kind::Curve);
        const std::vector<Chart::Point> measured{{1, 1}, {2, 1.55}, {4, 1.58}};
        const std::vector<Chart::Point> expected{{1, 1}, {2, 1.6}, {4, 2.286}};
        QVERIFY(chart->measured == measured);
        QVERIFY(chart->expected == expected);
        QVERIFY(chart->curveName.contains(u"25 % serial"_s));
        QVERIFY(chart->curve.size() > 10);
        QCOMPARE(chart->curve.front().x, 1.0);
        QCOMPARE(chart->curve.front().y, 1.0);
        QCOMPARE(chart->curve.back().x, 4.0);
        for (std::size_t i = 1; i < chart->curve.size(); ++i) {
            const Chart::Point &point = chart->curve[i];
            QVERIFY(point.x > chart->curve[i - 1].x);
            QCOMPARE(point.y, 1 / (0.25 + 0.75 / point.x));
        }
        QVERIFY(std::abs(chart->curve.back().y - 2.286) < 0.001);
    }

    void theMarkIsTheNumberOfCores()
    {
        RunReport report = fourTasks();
        QVERIFY(chartOf(report)->mark == (Chart::Mark{2, u"2 cores"_s}));
        report.model = u"coroutines"_s; // however many cores there are
        QCOMPARE(chartOf(report)->mark->x, 1.0);
        report.model = u"threads"_s;
        report.result.remove(u"cores"_s);
        QVERIFY(!chartOf(report)->mark);
    }

    void withoutTheSerialPartThereIsNoCurve()
    {
        RunReport report = fourTasks();
        report.params = {};
        QVERIFY(chartOf(report)->curve.empty());
        report.params = {{u"serial_percent"_s, 101}};
        QVERIFY(chartOf(report)->curve.empty());
        report.params = {{u"serial_percent"_s, 0}};
        QCOMPARE(chartOf(report)->curve.back().y, 4.0);
        report.params = {{u"serial_percent"_s, 100}};
        QCOMPARE(chartOf(report)->curve.back().y, 1.0);
    }

    void onePointIsNoChart()
    {
        QVERIFY(!chartOf(amdahlRun({})));
        QVERIFY(!chartOf(amdahlRun({pointOf(1, 1, 1)})));
        QVERIFY(!chartOf(amdahlRun({pointOf(1, 1, 1), QJsonValue(u"no point"_s)})));
    }

    void pointsThatCannotBeAreLeftOut()
    {
        const std::optional<Chart> chart = chartOf(
            amdahlRun({pointOf(0, 1, 1), pointOf(1, 1, 1), pointOf(2, 0, 1.6), pointOf(2, 1.5, 1.6),
                       pointOf(2, 1.4, 1.6), pointOf(4, 2, -1), pointOf(8, 1.6, 2.9)}));
        QVERIFY(chart);
        const std::vector<Chart::Point> measured{{1, 1}, {2, 1.5}, {8, 1.6}};
        QVERIFY(chart->measured == measured);
        QCOMPARE(chart->expected.size(), measured.size());
    }
};

QTEST_GUILESS_MAIN(TestChart)
#include "tst_chart.moc"
