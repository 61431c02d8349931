// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// QNetworkAccessManager as the client of S10, in short runs. As the client of S13 it is among that
/// set's proofs.
class TestQtHttpClient : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int requests, int atOnce, const Params &more = {})
    {
        Params params{{u"client"_s, u"qnetwork"_s},
                      {u"requests"_s, QString::number(requests)},
                      {u"concurrency"_s, QString::number(atOnce)},
                      {u"latency_ms"_s, u"20"_s}};
        params.insert(params.end(), more.begin(), more.end());
        return runSet("many-requests", model, params);
    }
    static int resultOf(const RunReport &report, const char *key)
    {
        return report.result.value(QLatin1String(key)).toInt(-1);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void everyRequestIsAnsweredOverAConnectionOfItsOwn_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"sequential", "threads", "pool", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void everyRequestIsAnsweredOverAConnectionOfItsOwn()
    {
        QFETCH(QByteArray, model);
        const int allowed = model == "sequential" ? 1 : 3;
        const RunReport report = run(model.constData(), 9, 3);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("client"_L1).toString(), u"qnetwork"_s);
        QCOMPARE(resultOf(report, "answered"), 9);
        QCOMPARE(resultOf(report, "refused"), 0);
        QCOMPARE(resultOf(report, "connections"), 9);
        const int peak = resultOf(report, "server_peak");
        QVERIFY2(peak >= 1 && peak <= allowed, qPrintable(QString::number(peak)));
        QVERIFY(mostHolders(heldSlices(report, "request slots")) <= 3u);
        // A manager does its work on a thread of its own, beside the one that waits.
        const int threads = resultOf(report, "threads");
        QVERIFY2(threads >= 2, qPrintable(QString::number(threads)));
        QVERIFY2(report.sentence.contains("QNetworkAccessManager took"_L1),
                 qPrintable(report.sentence));
    }

    void coroutinesNeedAManagerForEverySixRequestsAtOnce()
    {
        const RunReport sockets = run("coroutines", 20, 10, {{u"client"_s, u"socket"_s}});
        const RunReport qt = run("coroutines", 20, 10);
        QVERIFY2(sockets.outcome == RunOutcome::Finished, qPrintable(outcomeText(sockets)));
        QVERIFY2(qt.outcome == RunOutcome::Finished, qPrintable(outcomeText(qt)));
        QCOMPARE(sockets.result.value("client"_L1).toString(), u"socket"_s);
        QCOMPARE(resultOf(sockets, "threads"), 1);
        const int threads = resultOf(qt, "threads");
        QVERIFY2(threads >= 3, qPrintable(QString::number(threads)));
        QCOMPARE(resultOf(qt, "answered"), 20);
        QVERIFY(resultOf(qt, "server_peak") <= 10);
    }

    void refusedRequestsAreCounted_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void refusedRequestsAreCounted()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), 5, 5, {{u"fail_percent"_s, u"100"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(resultOf(report, "answered"), 0);
        QCOMPARE(resultOf(report, "refused"), 5);
    }

    void childProcessesSendBySocketsAndSaySo()
    {
        const RunReport report = run("processes", 4, 2);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("client"_L1).toString(), u"socket"_s);
        QCOMPARE(resultOf(report, "answered"), 4);
        QVERIFY2(report.sentence.contains("orker processes know no Qt"_L1),
                 qPrintable(report.sentence));
        QVERIFY(!report.sentence.contains("QNetworkAccessManager"_L1));
    }

    void theSocketsAreTheClientUnlessItIsSaidOtherwise()
    {
        const RunReport report = runSet("many-requests", "threads",
                                        {{u"requests"_s, u"2"_s}, {u"latency_ms"_s, u"5"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("client"_L1).toString(), u"socket"_s);
    }
};

QTEST_GUILESS_MAIN(TestQtHttpClient)
#include "tst_qthttpclient.moc"
