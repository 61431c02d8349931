// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S30: a pipeline is as fast as its slowest stage.
class TestProofPipeline : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const QByteArray &model, int items, const QString &times, Params more = {})
    {
        more.emplace_back(u"items"_s, QString::number(items));
        more.emplace_back(u"stage_ms"_s, times);
        return runSet("pipeline", model.constData(), more);
    }
    static double number(const RunReport &report, QLatin1StringView key)
    {
        return report.result.value(key).toDouble(-1);
    }
    static std::vector<double> busyPercents(const RunReport &report)
    {
        std::vector<double> percents;
        const QJsonArray array = report.result.value("stage_busy_percent"_L1).toArray();
        for (const QJsonValue &value : array)
            percents.push_back(value.toDouble());
        return percents;
    }
    /// By the trace: how fast the last of three stages took items, from the first to the last.
    static double seenRateOf(const RunReport &report)
    {
        std::vector<TimestampNs> taken;
        for (const CounterSample &sample : samplesOf(report, "queue 2 to 3")) {
            if (report.trace->taskName(sample.task) == "stage 3")
                taken.push_back(sample.time);
        }
        if (taken.size() < 2)
            return 0;
        const auto [first, last] = std::minmax_element(taken.begin(), taken.end());
        return double(taken.size() - 1) * double(kSecond)
            / double(std::max<DurationNs>(1, *last - *first));
    }
    static double wallMs(const RunReport &report)
    {
        return double(report.statistics.wall) / double(kMillisecond);
    }
    static DurationNs queueWait(const RunReport &report, const char *who)
    {
        DurationNs sum = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            if (task.name == who)
                sum += waitOf(report, task, WaitReason::Queue);
        }
        return sum;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void everyItemComesThroughOnceAndTheQueuesKeepTheirSize_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("use");
        QTest::addColumn<int>("queue");
        QTest::addColumn<int>("places"); // that it has
        QTest::addColumn<int>("replicate");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            QTest::addRow("%s", model) << QByteArray(model) << u"shared-memory"_s << 3 << 3 << 1;
            QTest::addRow("%s, one place, two tasks", model)
                << QByteArray(model) << u"shared-memory"_s << 1 << 1 << 2;
        }
        QTest::newRow("pipes") << QByteArray("processes") << u"pipe"_s << 3 << 4 << 1;
        QTest::newRow("pipes, one place, two tasks")
            << QByteArray("processes") << u"pipe"_s << 1 << 1 << 2;
    }
    void everyItemComesThroughOnceAndTheQueuesKeepTheirSize()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, use);
        QFETCH(int, queue);
        QFETCH(int, places);
        QFETCH(int, replicate);
        const RunReport report = run(model, 12, u"1,4,1"_s,
                                     {{u"queue"_s, QString::number(queue)},
                                      {u"replicate"_s, QString::number(replicate)},
                                      {u"processes_use"_s, use}});
        // The set itself fails when an item is missing or came twice.
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "items"_L1), 12.0);
        QCOMPARE(report.result.value("pipe"_L1).toBool(), use == "pipe"_L1);
        QCOMPARE(int(tasksOf(report).size()), 2 + replicate);
        QCOMPARE(busyPercents(report).size(), std::size_t(3));
        for (const char *name : {"queue 1 to 2", "queue 2 to 3"}) {
            const ObjectInfo *object = objectNamed(report, name);
            QVERIFY(object);
            QCOMPARE(int(object->capacity), places);
            const std::vector<CounterSample> samples = samplesOf(report, name);
            QCOMPARE(samples.size(), std::size_t(24)); // one for each way in and each way out
            for (const CounterSample &sample : samples)
                QVERIFY2(sample.value <= std::uint32_t(places), "more items than places");
        }
    }

    void moreStagesThanTimesTakeTheLastOne()
    {
        const RunReport report = run("threads", 3, u" 1, 5 ,1"_s, {{u"stages"_s, u"6"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(int(tasksOf(report).size()), 6);
        QCOMPARE(number(report, "busiest_stage"_L1), 2.0);
        // An item cannot be through faster than its stages together.
        QVERIFY(number(report, "latency_mean_ms"_L1) >= 10);
    }

    void oneItemIsEnough()
    {
        const RunReport report = run("coroutines", 1, u"0,0"_s, {{u"stages"_s, u"2"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "items"_L1), 1.0);
        QVERIFY(!report.result.contains("items_per_second"_L1));
    }

    void aListThatIsNoneIsRefusedBeforeAnythingRuns_data()
    {
        QTest::addColumn<QString>("times");
        for (const char *times : {"fast", "20,,20", "20;60", "20,-1", ","})
            QTest::newRow(times) << QString::fromLatin1(times);
    }
    void aListThatIsNoneIsRefusedBeforeAnythingRuns()
    {
        QFETCH(QString, times);
        const TaskSet set = Catalogue::load().value().named(u"pipeline"_s).value();
        const auto checked = checkedParameters(set, {{u"stage_ms"_s, times}});
        QVERIFY(!checked.isOk());
        QCOMPARE(checked.error().code, ErrorCode::BadInput);
        QVERIFY2(checked.error().message.find("like 20,60,20") != std::string::npos,
                 checked.error().message.c_str());
    }

    void theSlowestStageSetsTheSpeed()
    {
        constexpr int kItems = 16;
        const RunReport report = run("threads", kItems, u"10,30,10"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<double> busy = busyPercents(report);
        QVERIFY(busy[1] > busy[0] && busy[1] > busy[2]);
        QCOMPARE(number(report, "busiest_stage"_L1), 2.0);
        QVERIFY(report.sentence.contains(u"Stage 2 was at work the most"_s));
        // The stage before it has to wait for a place, the stage behind it for an item.
        QVERIFY(queueWait(report, "stage 1") > queueWait(report, "stage 2"));
        QVERIFY(queueWait(report, "stage 3") > queueWait(report, "stage 2"));
        const double theory = kItems * 30 + 20;
        QVERIFY2(wallMs(report) >= 0.99 * theory, qPrintable(QString::number(wallMs(report))));
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(wallMs(report) <= 1.1 * theory, qPrintable(QString::number(wallMs(report))));
        QVERIFY2(busy[1] >= 90, qPrintable(QString::number(busy[1])));
        const double rate = number(report, "items_per_second"_L1);
        QVERIFY2(rate > 0.9 * 1000 / 30 && rate <= 1.01 * 1000 / 30,
                 qPrintable(QString::number(rate)));
        // What the engine tells of it is what the trace saw.
        QVERIFY2(
            qAbs(seenRateOf(report) / rate - 1) <= 0.05,
            qPrintable(u"%1 items a second by the trace, %2 by the engine"_s.arg(seenRateOf(report))
                           .arg(rate)));
    }

    void moreTasksForTheSlowestStageMakeItFaster_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void moreTasksForTheSlowestStageMakeItFaster()
    {
        QFETCH(QByteArray, model);
        constexpr int kItems = 18;
        const RunReport report = run(model, kItems, u"10,30,10"_s, {{u"replicate"_s, u"3"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        // Now all stages bring an item every 10 ms; the first of them takes 50 ms.
        const double theory = 30 + 10 + kItems * 10;
        QVERIFY2(wallMs(report) >= 0.99 * theory, qPrintable(QString::number(wallMs(report))));
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(wallMs(report) <= 1.25 * theory, qPrintable(QString::number(wallMs(report))));
        // As one task, the stage alone would take longer.
        QVERIFY2(wallMs(report) < 0.6 * kItems * 30, qPrintable(QString::number(wallMs(report))));
    }

    void longerQueuesLetNoMoreThroughAndMakeItemsWait()
    {
        const RunReport little = run("threads", 16, u"2,15,2"_s, {{u"queue"_s, u"1"_s}});
        const RunReport big = run("threads", 16, u"2,15,2"_s, {{u"queue"_s, u"8"_s}});
        QVERIFY2(little.outcome == RunOutcome::Finished, qPrintable(outcomeText(little)));
        QVERIFY2(big.outcome == RunOutcome::Finished, qPrintable(outcomeText(big)));
        for (const RunReport *report : {&little, &big}) {
            if (const QString why = disturbance(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        const double ratio =
            number(big, "items_per_second"_L1) / number(little, "items_per_second"_L1);
        QVERIFY2(ratio > 0.9 && ratio < 1.1, qPrintable(QString::number(ratio)));
        QVERIFY(number(big, "latency_mean_ms"_L1) > 1.5 * number(little, "latency_mean_ms"_L1));
    }

    void workOfTheProcessorGoesThroughAsWell_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void workOfTheProcessorGoesThroughAsWell()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model, 6, u"1,2,1"_s, {{u"work"_s, u"cpu"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "items"_L1), 6.0);
    }
};

QTEST_GUILESS_MAIN(TestProofPipeline)
#include "tst_proofpipeline.moc"
