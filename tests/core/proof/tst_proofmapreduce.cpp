// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S31: the map is shared out among the cores, the reduce is not; and what child processes have
/// made has to be copied to main.
class TestProofMapReduce : public QObject
{
    Q_OBJECT

private:
    static constexpr int kHeaderBytes = 24;

    struct Shape {
        int chunks = 8;
        int mapMs = 30;
        int reduceMs = 5;
        int transferKb = 64;
        int workers = 2;
    };
    static RunReport run(const QByteArray &model, Shape shape)
    {
        return runSet("map-reduce", model.constData(),
                      {{u"chunks"_s, QString::number(shape.chunks)},
                       {u"map_ms"_s, QString::number(shape.mapMs)},
                       {u"reduce_ms"_s, QString::number(shape.reduceMs)},
                       {u"transfer_kb"_s, QString::number(shape.transferKb)},
                       {u"workers"_s, QString::number(shape.workers)}});
    }
    static double number(const RunReport &report, QLatin1StringView key)
    {
        return report.result.value(key).toDouble(-1);
    }
    static bool isKernel(const RunReport &report)
    {
        return report.source == Source::Kernel || report.source == Source::KernelWide;
    }
    static TaskStatistics mainOfRun(const RunReport &report)
    {
        for (const TaskStatistics &task : report.statistics.tasks) {
            if (task.kind == TaskKind::Main)
                return task;
        }
        return {};
    }
    /// Why the computing times of a run mean nothing; empty when they do.
    static QString whyNoTimes(const RunReport &report, const Shape &shape)
    {
        if (std::thread::hardware_concurrency() < 2)
            return u"needs two cores"_s;
        if (!isKernel(report))
            return u"needs the kernel as source"_s;
        if (const QString why = disturbance(report); !why.isEmpty())
            return why;
        DurationNs running = 0, ready = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            running += task.running;
            ready += task.runnable;
        }
        const double asked = double(shape.chunks) * shape.mapMs * double(kMillisecond);
        if (std::abs(double(running) - asked) > 0.1 * asked)
            return u"the processor is not as fast now as when it was measured"_s;
        if (double(ready) > 0.05 * asked)
            return u"the tasks had to wait for cores during this run"_s;
        return {};
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void everyChunkReachesMainWhole_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("chunks");
        QTest::addColumn<int>("transferKb");
        QTest::addColumn<int>("workers");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"}) {
            QTest::addRow("%s", model) << QByteArray(model) << 5 << 300 << 2;
            QTest::addRow("%s, one chunk of nothing", model) << QByteArray(model) << 1 << 0 << 2;
        }
        QTest::newRow("processes, the most") << QByteArray("processes") << 7 << 4096 << 3;
        QTest::newRow("processes, nothing") << QByteArray("processes") << 5 << 0 << 2;
        QTest::newRow("more workers than chunks") << QByteArray("threads") << 3 << 1 << 7;
    }
    void everyChunkReachesMainWhole()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, chunks);
        QFETCH(int, transferKb);
        QFETCH(int, workers);
        const RunReport report = run(model, {chunks, 2, 1, transferKb, workers});
        // The set itself fails when main's checksum of a chunk is not that of the task.
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "chunks"_L1), double(chunks));
        const bool isCopied = model == "processes";
        QCOMPARE(number(report, "copied_bytes"_L1),
                 isCopied ? double(chunks) * (transferKb * 1024 + kHeaderBytes) : 0.0);
        QCOMPARE(number(report, "transfer_ms"_L1) > 0, isCopied);
        QCOMPARE(report.sentence.contains(u"nothing was copied"_s), !isCopied);
        const bool takesChunks = isCopied || model == "threads";
        QCOMPARE(int(tasksOf(report).size()), takesChunks ? std::min(workers, chunks) : chunks);
        const std::vector<CounterSample> samples = samplesOf(report, "mapped chunks");
        QCOMPARE(int(samples.size()), chunks);
        QVERIFY(std::any_of(samples.begin(), samples.end(), [chunks](const CounterSample &sample) {
            return sample.value == std::uint32_t(chunks);
        }));
    }

    void theMapIsSharedOutAndTheReduceIsNot_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("cores");
        QTest::newRow("sequential") << QByteArray("sequential") << 1;
        QTest::newRow("coroutines") << QByteArray("coroutines") << 1;
        QTest::newRow("threads") << QByteArray("threads") << 2;
        QTest::newRow("pool") << QByteArray("pool") << 2;
        QTest::newRow("processes") << QByteArray("processes") << 2;
    }
    void theMapIsSharedOutAndTheReduceIsNot()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, cores);
        const Shape shape;
        const RunReport report =
            tried([&] { return run(model, shape); },
                  [&](const RunReport &r) { return whyNoTimes(r, shape).isEmpty(); });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(number(report, "carriers"_L1), double(cores));
        if (const QString why = whyNoTimes(report, shape); !why.isEmpty())
            QSKIP(qPrintable(why));
        const double map = double(shape.chunks) * shape.mapMs / cores;
        const double reduce = double(shape.chunks) * shape.reduceMs;
        const QString told =
            u"%1 ms and %2 ms, asked for %3 ms and %4 ms"_s.arg(number(report, "map_ms"_L1))
                .arg(number(report, "reduce_ms"_L1))
                .arg(map)
                .arg(reduce);
        QVERIFY2(number(report, "map_ms"_L1) > 0.88 * map, qPrintable(told));
        QVERIFY2(number(report, "map_ms"_L1) < 1.25 * map, qPrintable(told));
        const double whole = number(report, "total_ms"_L1) / (map + reduce);
        QVERIFY2(whole > 0.88 && whole < 1.25, qPrintable(told));
    }

    void mainReducesWhenAllChunksAreMapped()
    {
        const RunReport report = run("threads", {6, 10, 10, 64, 2});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!isKernel(report))
            QSKIP("needs the kernel as source");
        const TaskStatistics mainTask = mainOfRun(report);
        TimestampNs mapped = 0;
        for (const TaskStatistics &task : tasksOf(report))
            mapped = std::max(mapped, task.end);
        mapped += report.trace->origin();
        DurationNs before = 0, after = 0;
        for (const Slice &slice : slicesOf(report, report.trace->task(mainTask.id).track.load())) {
            if (slice.state != SliceState::Running)
                continue;
            const TimestampNs cut = std::clamp(mapped, slice.begin, slice.end);
            before += cut - slice.begin;
            after += slice.end - cut;
        }
        const double reduce = number(report, "reduce_ms"_L1) * double(kMillisecond);
        const QString told =
            u"%1 ns before, %2 ns after, %3 ns for the reduce"_s.arg(before).arg(after).arg(reduce);
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(double(after) > 0.8 * reduce, qPrintable(told));
        QVERIFY2(double(before) < 0.5 * reduce, qPrintable(told));
    }

    void theMoreThereIsToCopyTheLargerItsPart()
    {
        std::vector<double> percents;
        for (const int transferKb : {0, 512, 4096}) {
            const RunReport report = run("processes", {6, 5, 0, transferKb, 2});
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            if (const QString why = disturbance(report, 0.2); !why.isEmpty())
                QSKIP(qPrintable(why));
            percents.push_back(number(report, "transfer_percent"_L1));
        }
        const QString told =
            u"%1 %, %2 %, %3 %"_s.arg(percents[0]).arg(percents[1]).arg(percents[2]);
        QVERIFY2(percents[0] < percents[1] && percents[1] < percents[2], qPrintable(told));
        const RunReport threads = run("threads", {6, 5, 0, 4096, 2});
        QVERIFY2(threads.outcome == RunOutcome::Finished, qPrintable(outcomeText(threads)));
        QCOMPARE(number(threads, "transfer_percent"_L1), 0.0);
    }
};

QTEST_GUILESS_MAIN(TestProofMapReduce)
#include "tst_proofmapreduce.moc"
