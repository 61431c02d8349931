// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S10: waiting for many answers takes the same time whatever waits, and costs very different
/// things.
class TestProofManyRequests : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int requests, int latencyMs, int atOnce,
                         int failPercent = 0)
    {
        return runSet("many-requests", model,
                      {{u"requests"_s, QString::number(requests)},
                       {u"latency_ms"_s, QString::number(latencyMs)},
                       {u"jitter"_s, u"0"_s},
                       {u"concurrency"_s, QString::number(atOnce)},
                       {u"fail_percent"_s, QString::number(failPercent)}});
    }

    static void addEveryModel()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theServerNeverSeesMoreThanAllowed_data() { addEveryModel(); }
    void theServerNeverSeesMoreThanAllowed()
    {
        QFETCH(QByteArray, model);
        const int allowed = model == "sequential" ? 1 : 4;
        const RunReport report = run(model.constData(), 8, 60, 4);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("answered"_L1).toInt(), 8);
        QCOMPARE(report.result.value("refused"_L1).toInt(), 0);
        const int peak = report.result.value("server_peak"_L1).toInt();
        QVERIFY2(peak <= allowed, qPrintable(QString::number(peak)));
        QVERIFY(mostHolders(heldSlices(report, "request slots")) <= unsigned(allowed));
        QVERIFY(report.sentence.contains(u"at most %1 at once"_s.arg(peak)));
        if (const QString why = disturbance(report); !why.isEmpty() && peak < allowed)
            QSKIP(qPrintable(why));
        QCOMPARE(peak, allowed);
    }

    void theTimeIsThatOfTheWaves_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("pool") << QByteArray("pool");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void theTimeIsThatOfTheWaves()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), 15, 80, 4);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        constexpr DurationNs kIdeal = 4 * 80 * kMillisecond;
        QCOMPARE(report.result.value("ideal_ms"_L1).toDouble(), 320.0);
        QCOMPARE(report.result.value("one_by_one_ms"_L1).toDouble(), 1200.0);
        const DurationNs wall = report.statistics.wall;
        QVERIFY2(wall >= kIdeal, qPrintable(QString::number(wall)));
        if (const QString why = disturbance(report); !why.isEmpty() && wall > kIdeal * 120 / 100)
            QSKIP(qPrintable(why));
        QVERIFY2(wall <= kIdeal * 120 / 100, qPrintable(QString::number(wall)));
    }

    void whatWaitsIsCounted_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("processes");
        QTest::newRow("a thread for each") << QByteArray("threads") << 12 << 1;
        QTest::newRow("the pool's workers") << QByteArray("pool") << 3 << 1;
        QTest::newRow("one thread") << QByteArray("coroutines") << 1 << 1;
        QTest::newRow("a process for each") << QByteArray("processes") << 12 << 12;
        QTest::newRow("one after another") << QByteArray("sequential") << 1 << 1;
    }
    void whatWaitsIsCounted()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, threads);
        QFETCH(int, processes);
        const RunReport report = run(model.constData(), 12, 20, 3);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(carriersOf(report).threads, threads);
        QCOMPARE(carriersOf(report).processes, processes);
        const int seen = carriersTold(report);
        QVERIFY2(seen <= threads, qPrintable(QString::number(seen)));
        PROVE(seen == threads, QString::number(seen), disturbance(report));
    }

    void coroutinesCostLessThanThreadsAndThreadsLessThanProcesses()
    {
        double cpuMs[3] = {};
        const char *const models[3] = {"coroutines", "threads", "processes"};
        for (int i = 0; i < 3; ++i) {
            const RunReport report = run(models[i], 100, 20, 10);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            cpuMs[i] = report.result.value("cpu_ms"_L1).toDouble();
            QVERIFY(cpuMs[i] > 0);
        }
        const QString seen =
            u"coroutines %1 ms, threads %2 ms, processes %3 ms"_s.arg(cpuMs[0]).arg(cpuMs[1]).arg(
                cpuMs[2]);
        QVERIFY2(cpuMs[0] < cpuMs[1], qPrintable(seen));
        QVERIFY2(cpuMs[1] < cpuMs[2], qPrintable(seen));
    }

    void aRefusedRequestIsCountedAndIsNoFailureOfTheRun()
    {
        const RunReport report = run("coroutines", 5, 1, 5, 100);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("answered"_L1).toInt(), 0);
        QCOMPARE(report.result.value("refused"_L1).toInt(), 5);
        QVERIFY(report.sentence.contains("5 answers were refusals"_L1));
    }
};

QTEST_GUILESS_MAIN(TestProofManyRequests)
#include "tst_proofmanyrequests.moc"
