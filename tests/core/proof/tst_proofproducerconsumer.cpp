// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

#include <algorithm>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S20: the slower side sets the speed, whatever the size of the queue.
class TestProofProducerConsumer : public QObject
{
    Q_OBJECT

private:
    struct Shape {
        int producers = 1;
        int consumers = 2;
        int capacity = 8;
        int produceMs = 2;
        int consumeMs = 20;
        int items = 40;
    };
    static RunReport run(const char *model, Shape shape, const QString &use = u"shared-memory"_s,
                         const QString &work = u"wait"_s)
    {
        return runSet("producer-consumer", model,
                      {{u"producers"_s, QString::number(shape.producers)},
                       {u"consumers"_s, QString::number(shape.consumers)},
                       {u"capacity"_s, QString::number(shape.capacity)},
                       {u"produce_ms"_s, QString::number(shape.produceMs)},
                       {u"consume_ms"_s, QString::number(shape.consumeMs)},
                       {u"items"_s, QString::number(shape.items)},
                       {u"work"_s, work},
                       {u"processes_use"_s, use}});
    }
    static double rateOf(const RunReport &report)
    {
        return report.result.value("items_per_second"_L1).toDouble();
    }
    /// The same by the trace: how fast consumers took items out of the queue, from the first to the last.
    static double seenRateOf(const RunReport &report)
    {
        std::vector<TimestampNs> taken;
        for (const CounterSample &sample : samplesOf(report, "queue")) {
            if (report.trace->taskName(sample.task).starts_with("consumer"))
                taken.push_back(sample.time);
        }
        if (taken.size() < 2)
            return 0;
        const auto [first, last] = std::minmax_element(taken.begin(), taken.end());
        return double(taken.size() - 1) * double(kSecond)
            / double(std::max<DurationNs>(1, *last - *first));
    }
    static DurationNs queueWait(const RunReport &report, const char *who)
    {
        DurationNs sum = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            if (task.name.starts_with(who))
                sum += waitOf(report, task, WaitReason::Queue);
        }
        return sum;
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void everyItemComesThroughOnceAndTheQueueKeepsItsSize_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("use");
        QTest::addColumn<int>("capacity");
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            QTest::addRow("%s", model) << QByteArray(model) << u"shared-memory"_s << 4;
            QTest::addRow("%s, one place", model) << QByteArray(model) << u"shared-memory"_s << 1;
        }
        QTest::newRow("processes, pipe") << QByteArray("processes") << u"pipe"_s << 4;
        QTest::newRow("processes, pipe, one place") << QByteArray("processes") << u"pipe"_s << 1;
    }
    void everyItemComesThroughOnceAndTheQueueKeepsItsSize()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, use);
        QFETCH(int, capacity);
        Shape shape;
        shape.producers = 2;
        shape.consumers = 3;
        shape.capacity = capacity;
        shape.produceMs = 1;
        shape.consumeMs = 5;
        shape.items = 30;
        const RunReport report = run(model.constData(), shape, use);
        // The set itself fails when an item is missing or came twice.
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("items"_L1).toInt(), 30);
        QCOMPARE(report.result.value("pipe"_L1).toBool(), use == "pipe"_L1);
        const std::vector<CounterSample> samples = samplesOf(report, "queue");
        QCOMPARE(samples.size(), std::size_t(60)); // one for each way in and each way out
        std::uint32_t most = 0;
        for (const CounterSample &sample : samples)
            most = std::max(most, sample.value);
        QVERIFY(most >= 1);
        QVERIFY2(most <= std::uint32_t(capacity), "more items than places");
        QCOMPARE(int(tasksOf(report).size()), 5);
    }

    void slowConsumersFillTheQueueAndHoldTheProducerBack()
    {
        const Shape shape; // 500 items a second against 100
        const RunReport report = run("threads", shape);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<CounterSample> samples = samplesOf(report, "queue");
        // From the first time that it is full to the last item that comes in.
        std::size_t first = 0;
        while (first < samples.size() && samples[first].value < std::uint32_t(shape.capacity))
            ++first;
        std::size_t last = samples.size() - 1;
        while (last > first && samples[last].value < samples[last - 1].value)
            --last;
        QVERIFY2(first < last, "the queue was never full");
        double weighted = 0;
        for (std::size_t i = first; i < last; ++i)
            weighted += double(samples[i].value) * double(samples[i + 1].time - samples[i].time);
        const double mean = weighted / double(samples[last].time - samples[first].time);
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(mean >= 0.85 * shape.capacity, qPrintable(QString::number(mean)));
        QVERIFY(queueWait(report, "producer") > queueWait(report, "consumer"));
    }

    void twoConsumersSetTheSpeedAndABiggerQueueDoesNotHelp()
    {
        Shape shape;
        shape.produceMs = 4; // 250 a second
        shape.consumeMs = 20; // 100 a second by two
        shape.items = 60;
        shape.capacity = 2;
        const RunReport little = run("threads", shape);
        shape.capacity = 32;
        const RunReport big = run("threads", shape);
        QVERIFY2(little.outcome == RunOutcome::Finished, qPrintable(outcomeText(little)));
        QVERIFY2(big.outcome == RunOutcome::Finished, qPrintable(outcomeText(big)));
        for (const RunReport *report : {&little, &big}) {
            if (const QString why = disturbance(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QVERIFY2(qAbs(rateOf(little) - 100) <= 10, qPrintable(QString::number(rateOf(little))));
        QVERIFY2(qAbs(rateOf(big) - 100) <= 10, qPrintable(QString::number(rateOf(big))));
        // What the engine tells of it is what the trace saw.
        for (const RunReport *report : {&little, &big})
            QVERIFY2(qAbs(seenRateOf(*report) / rateOf(*report) - 1) <= 0.05,
                     qPrintable(u"%1 items a second by the trace, %2 by the engine"_s
                                    .arg(seenRateOf(*report))
                                    .arg(rateOf(*report))));
    }

    void withEnoughConsumersTheProducerSetsTheSpeed()
    {
        Shape shape;
        shape.produceMs = 10; // 100 a second
        shape.consumeMs = 20; // 150 a second by three
        shape.consumers = 3;
        shape.items = 60;
        const RunReport report = run("threads", shape);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(qAbs(rateOf(report) - 100) <= 10, qPrintable(QString::number(rateOf(report))));
        QVERIFY(queueWait(report, "consumer") > queueWait(report, "producer"));
    }

    void workOfTheProcessorGoesThroughAsWell()
    {
        Shape shape;
        shape.produceMs = 1;
        shape.consumeMs = 2;
        shape.items = 10;
        const RunReport report = run("threads", shape, u"shared-memory"_s, u"cpu"_s);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("items"_L1).toInt(), 10);
    }
};

QTEST_GUILESS_MAIN(TestProofProducerConsumer)
#include "tst_proofproducerconsumer.moc"
