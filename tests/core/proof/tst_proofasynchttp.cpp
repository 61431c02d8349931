// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S13: the limit of connections and the server's answers decide, and one thread is enough.
class TestProofAsyncHttp : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int urls, int limit, int latencyMs,
                         const Params &more = {})
    {
        Params params{{u"urls"_s, QString::number(urls)},
                      {u"limit"_s, QString::number(limit)},
                      {u"latency_min_ms"_s, QString::number(latencyMs)},
                      {u"latency_max_ms"_s, QString::number(latencyMs)}};
        params.insert(params.end(), more.begin(), more.end());
        return runSet("async-http", model, params);
    }
    static int resultOf(const RunReport &report, const char *key)
    {
        return report.result.value(QLatin1String(key)).toInt(-1);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void neverMoreAtOnceThanTheLimitAndAsManyConnections_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("keepAlive");
        QTest::addColumn<int>("connections");
        for (const char *model : {"threads", "pool", "coroutines"}) {
            QTest::addRow("%s, kept", model) << QByteArray(model) << u"true"_s << 4;
            QTest::addRow("%s, closed", model) << QByteArray(model) << u"false"_s << 12;
        }
        QTest::newRow("processes, kept") << QByteArray("processes") << u"true"_s << 4;
        QTest::newRow("processes, closed") << QByteArray("processes") << u"false"_s << 12;
    }
    void neverMoreAtOnceThanTheLimitAndAsManyConnections()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, keepAlive);
        QFETCH(int, connections);
        const RunReport report = run(model.constData(), 12, 4, 60, {{u"keep_alive"_s, keepAlive}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(resultOf(report, "answered"), 12);
        const int peak = resultOf(report, "server_peak");
        QVERIFY2(peak <= 4, qPrintable(QString::number(peak)));
        const unsigned held = mostHolders(heldSlices(report, "connections"));
        QVERIFY2(held <= 4, qPrintable(QString::number(held)));
        QVERIFY2(report.statistics.wall >= 180 * kMillisecond,
                 qPrintable(QString::number(report.statistics.wall)));
        if (const QString why = disturbance(report); !why.isEmpty() && peak < 4)
            QSKIP(qPrintable(why));
        QCOMPARE(peak, 4);
        QCOMPARE(held, 4u);
        QCOMPARE(resultOf(report, "connections"), connections);
    }

    void childrenHaveABatchForEachConnection()
    {
        const RunReport report = run("processes", 9, 3, 10);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(tasksOf(report).size(), std::size_t(3));
        QCOMPARE(resultOf(report, "processes"), 3);
        QCOMPARE(resultOf(report, "answered"), 9);
        QCOMPARE(report.result.value("ideal_ms"_L1).toDouble(), 30.0);
    }

    void whoComesLaterIsQueuedForAConnection_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void whoComesLaterIsQueuedForAConnection()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), 4, 1, 50);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        std::vector<DurationNs> queued;
        for (const TaskStatistics &task : tasksOf(report)) {
            queued.push_back(waitOf(report, task, WaitReason::Connection));
            // Nobody's answer comes sooner than the server gives it.
            QVERIFY(waitOf(report, task, WaitReason::Io) >= 45 * kMillisecond);
        }
        std::sort(queued.begin(), queued.end());
        QCOMPARE(queued.size(), std::size_t(4));
        // The n-th waits for n - 1 answers, less the little by which it began later.
        for (int i = 0; i < 4; ++i)
            QVERIFY2(queued[std::size_t(i)] >= (i * 50 - 25) * kMillisecond,
                     qPrintable(QString::number(queued[std::size_t(i)])));
    }

    void twoThousandRequestsOnOneThreadTakeWhatTheirWavesTake()
    {
        const RunReport report = run("coroutines", 2000, 64, 60);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(resultOf(report, "answered"), 2000);
        QCOMPARE(resultOf(report, "server_peak"), 64);
        QCOMPARE(resultOf(report, "connections"), 64);
        QCOMPARE(resultOf(report, "threads"), 1);
        QCOMPARE(carriersOf(report).threads, 1);
        const double ideal = report.result.value("ideal_ms"_L1).toDouble();
        QCOMPARE(ideal, 32 * 60.0);
        const double wallMs = double(report.statistics.wall) / double(kMillisecond);
        const QString seen = u"%1 ms, %2 times the ideal"_s.arg(wallMs).arg(wallMs / ideal);
        QVERIFY2(wallMs >= ideal, qPrintable(seen));
        if (const QString why = disturbance(report); !why.isEmpty() && wallMs > 1.1 * ideal)
            QSKIP(qPrintable(why));
        QVERIFY2(wallMs <= 1.1 * ideal, qPrintable(seen));
    }

    void qtsOwnClientNeedsAHiddenThreadForEverySixConnections()
    {
        const RunReport sockets = run("coroutines", 20, 10, 30);
        const RunReport qt = run("coroutines", 20, 10, 30, {{u"client"_s, u"qnetwork"_s}});
        QVERIFY2(sockets.outcome == RunOutcome::Finished, qPrintable(outcomeText(sockets)));
        QVERIFY2(qt.outcome == RunOutcome::Finished, qPrintable(outcomeText(qt)));
        QCOMPARE(sockets.result.value("client"_L1).toString(), u"socket"_s);
        QCOMPARE(qt.result.value("client"_L1).toString(), u"qnetwork"_s);
        QCOMPARE(resultOf(sockets, "threads"), 1);
        const int threads = resultOf(qt, "threads");
        QVERIFY2(threads >= 3, qPrintable(QString::number(threads)));
        QCOMPARE(resultOf(qt, "answered"), 20);
        QVERIFY(resultOf(qt, "server_peak") <= 10);
        QVERIFY(qt.sentence.contains("QNetworkAccessManager"_L1));
    }

    void qtsOwnClientServesBlockingTasksToo_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"sequential", "threads", "pool"})
            QTest::newRow(model) << QByteArray(model);
    }
    void qtsOwnClientServesBlockingTasksToo()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), 6, 2, 10, {{u"client"_s, u"qnetwork"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(resultOf(report, "answered"), 6);
        QVERIFY(resultOf(report, "server_peak") <= 2);
        QVERIFY(resultOf(report, "threads") >= 2);
    }
};

QTEST_GUILESS_MAIN(TestProofAsyncHttp)
#include "tst_proofasynchttp.moc"
