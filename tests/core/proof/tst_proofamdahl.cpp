// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

struct Point {
    int tasks = 0;
    double measured = 0;
    double theory = 0;
};

std::vector<Point> pointsOf(const RunReport &report)
{
    std::vector<Point> points;
    const QJsonArray array = report.result.value("points"_L1).toArray();
    for (const QJsonValue value : array) {
        const QJsonObject point = value.toObject();
        points.push_back({point.value("n"_L1).toInt(), point.value("measured"_L1).toDouble(),
                          point.value("theory"_L1).toDouble()});
    }
    return points;
}

/// The same by the trace alone: each round has three instants at which all have arrived, and lasts from
/// the first of these to the third.
std::vector<double> seenSpeedUps(const RunReport &report)
{
    std::vector<TimestampNs> times;
    for (std::size_t i = 0; i < report.trace->marks().size(); ++i) {
        if (report.trace->marks()[i].kind == MarkKind::Barrier)
            times.push_back(report.trace->marks()[i].time);
    }
    std::sort(times.begin(), times.end());
    std::vector<double> speedUps;
    for (std::size_t i = 2; i < times.size(); i += 3)
        speedUps.push_back(double(times[2] - times[0])
                           / double(std::max<DurationNs>(1, times[i] - times[i - 2])));
    return speedUps;
}

/// By how much, as a part of it, a speed-up that was told is not the one that was seen; 1: not as many.
double worstTold(const RunReport &report)
{
    const std::vector<Point> told = pointsOf(report);
    const std::vector<double> seen = seenSpeedUps(report);
    if (told.empty() || told.size() != seen.size())
        return 1;
    double worst = 0;
    for (std::size_t i = 0; i < told.size(); ++i)
        worst = std::max(worst, std::abs(told[i].measured / seen[i] - 1));
    return worst;
}

} // namespace

/// S32: what stays serial limits what more cores can do.
class TestProofAmdahl : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int serial, int most)
    {
        return runSet("amdahl", model,
                      {{u"serial_percent"_s, QString::number(serial)},
                       {u"total_ms"_s, u"200"_s},
                       {u"most_tasks"_s, QString::number(most)}});
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theSpeedUpIsThatOfTheLaw_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("serial");
        QTest::newRow("threads, 0 %") << QByteArray("threads") << 0;
        QTest::newRow("threads, 10 %") << QByteArray("threads") << 10;
        QTest::newRow("pool, 25 %") << QByteArray("pool") << 25;
        QTest::newRow("processes, 50 %") << QByteArray("processes") << 50;
    }
    void theSpeedUpIsThatOfTheLaw()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, serial);
        const int cores = int(allowedCores().size());
        if (cores < 2)
            QSKIP("needs two cores");
        double worst = 1;
        QString reason;
        for (int i = 0; i < kAttempts && worst >= 0.1; ++i) {
            const RunReport report = run(model.constData(), serial, std::min(cores, 4));
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            const std::vector<Point> points = pointsOf(report);
            QVERIFY(points.size() >= 2);
            worst = 0;
            for (const Point &point : points)
                worst = std::max(worst, std::abs(point.measured / point.theory - 1));
            reason = disturbance(report);
        }
        if (worst >= 0.1 && reason.isEmpty())
            reason = lackOfParallelSpeed();
        PROVE(worst < 0.1, u"%1 % off"_s.arg(100 * worst), reason);
    }

    void theLawIsComputedForEachNumberOfTasks()
    {
        const RunReport report = run("threads", 25, 6);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<Point> points = pointsOf(report);
        const std::vector<std::pair<int, double>> expected{
            {1, 1.0}, {2, 1.6}, {4, 2.286}, {6, 2.667}};
        QCOMPARE(points.size(), expected.size());
        for (std::size_t i = 0; i < points.size(); ++i) {
            QCOMPARE(points[i].tasks, expected[i].first);
            QCOMPARE(points[i].theory, expected[i].second);
            QVERIFY(points[i].measured > 0);
        }
        QCOMPARE(points[0].measured, 1.0);
        QCOMPARE(report.result.value("cores"_L1).toInt(), int(allowedCores().size()));
        // Three instants in each round at which all who take part have arrived.
        std::size_t marks = 0;
        for (std::size_t i = 0; i < report.trace->marks().size(); ++i)
            marks += report.trace->marks()[i].kind == MarkKind::Barrier ? 1 : 0;
        QCOMPARE(marks, 3 * points.size());
        QVERIFY2(report.sentence.contains(u"2 tasks were "_s), qPrintable(report.sentence));
    }

    void theMarksOfTheTraceTellTheSameSpeedUps()
    {
        if (allowedCores().size() < 2)
            QSKIP("needs two cores");
        const RunReport report = tried([] { return run("threads", 25, 2); },
                                       [](const RunReport &r) { return worstTold(r) <= 0.05; });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(seenSpeedUps(report).size(), std::size_t(2));
        QCOMPARE(pointsOf(report).size(), std::size_t(2));
        PROVE(
            worstTold(report) <= 0.05,
            u"%1 times as fast by the marks, %2 times by the engine"_s.arg(seenSpeedUps(report)[1])
                .arg(pointsOf(report)[1].measured),
            disturbance(report));
    }

    void theSerialPartIsTheLimit()
    {
        double off = 1;
        RunReport report;
        for (int i = 0; i < kAttempts && off >= 0.1; ++i) {
            report = run("threads", 25, 2);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            const double most = report.result.value("most_speed_up"_L1).toDouble();
            QVERIFY(most > 1);
            off = std::abs(most / 4 - 1);
        }
        QVERIFY2(report.sentence.contains(u"no number of cores"_s), qPrintable(report.sentence));
        if (const QString why = disturbance(report); off >= 0.1 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(off < 0.1, qPrintable(report.sentence));
    }

    void withoutASerialPartThereIsNoLimit()
    {
        const RunReport report = run("coroutines", 0, 2);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QVERIFY(report.result.contains("most_speed_up"_L1));
        QVERIFY(report.result.value("most_speed_up"_L1).isNull());
    }

    void onOneThreadMoreTasksAreNoFaster()
    {
        double worst = 1;
        RunReport report;
        for (int i = 0; i < kAttempts && worst >= 0.1; ++i) {
            report = run("coroutines", 25, 4);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QCOMPARE(pointsOf(report).size(), std::size_t(3));
            worst = 0;
            for (const Point &point : pointsOf(report))
                worst = std::max(worst, std::abs(point.measured - 1));
        }
        QVERIFY(report.sentence.contains(u"one thread"_s));
        if (const QString why = disturbance(report); worst >= 0.1 && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(worst < 0.1, qPrintable(u"%1 % off"_s.arg(100 * worst)));
    }

    void theDefaultGoesUpToTwiceTheCores()
    {
        const RunReport report = runSet("amdahl", "threads", {{u"total_ms"_s, u"100"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const int most = std::min(64, 2 * int(allowedCores().size()));
        QCOMPARE(int(tasksOf(report).size()), most);
        QCOMPARE(pointsOf(report).back().tasks, most);
    }
};

QTEST_GUILESS_MAIN(TestProofAmdahl)
#include "tst_proofamdahl.moc"
