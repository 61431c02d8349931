// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"
#include "tests/support/stoppedrun.h"

#include <QTest>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// QNetworkAccessManager as the client of S10 and S13, in short runs: stopped, refused, and with
/// more at once than a manager has connections. What S13 shows by it is among that set's proofs.
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
    /// For either set: so many answers, each after exactly that time.
    static Params paramsOf(const QByteArray &slug, int count, int atOnce, int latencyMs)
    {
        Params params{{u"client"_s, u"qnetwork"_s}};
        const QString latency = QString::number(latencyMs);
        if (slug == "async-http") {
            params.emplace_back(u"urls"_s, QString::number(count));
            params.emplace_back(u"limit"_s, QString::number(atOnce));
            params.emplace_back(u"latency_min_ms"_s, latency);
            params.emplace_back(u"latency_max_ms"_s, latency);
        } else {
            params.emplace_back(u"requests"_s, QString::number(count));
            params.emplace_back(u"concurrency"_s, QString::number(atOnce));
            params.emplace_back(u"latency_ms"_s, latency);
            params.emplace_back(u"jitter"_s, u"0"_s);
        }
        return params;
    }
    /// What the permits of the set are called.
    static std::string permitsOf(const QByteArray &slug)
    {
        return slug == "async-http" ? "connections" : "request slots";
    }
    /// When the last of the tasks ended that have begun, absolute.
    static TimestampNs lastEnd(const RunReport &report)
    {
        TimestampNs last = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            if (task.outcome != TaskOutcome::NeverStarted)
                last = std::max(last, task.end);
        }
        return report.trace->origin() + last;
    }
    static void addSetsAndModels(std::initializer_list<const char *> models)
    {
        QTest::addColumn<QByteArray>("slug");
        QTest::addColumn<QByteArray>("model");
        for (const char *slug : {"many-requests", "async-http"}) {
            for (const char *model : models)
                QTest::addRow("%s, %s", slug, model) << QByteArray(slug) << QByteArray(model);
        }
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }

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

    void aStopEndsTheWaitsForAnswers_data()
    {
        QTest::addColumn<QByteArray>("slug");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("atOnce");
        QTest::addColumn<int>("waiting");
        for (const char *slug : {"many-requests", "async-http"}) {
            for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"}) {
                // Of coroutines more than one manager has connections.
                const int atOnce = qstrcmp(model, "coroutines") == 0 ? 8 : 3;
                QTest::addRow("%s, %s, the first one waits", slug, model)
                    << QByteArray(slug) << QByteArray(model) << atOnce << 1;
                if (qstrcmp(model, "sequential") != 0)
                    QTest::addRow("%s, %s, all that may wait do", slug, model)
                        << QByteArray(slug) << QByteArray(model) << atOnce << atOnce;
            }
        }
    }
    void aStopEndsTheWaitsForAnswers()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, model);
        QFETCH(int, atOnce);
        QFETCH(int, waiting);
        // The slowest answers that the sets offer: slower than the stop ladder, which goes on to
        // SIGTERM, and says so, when a wait is not ended but sat out.
        const auto report = stoppedRun(slug, model, paramsOf(slug, 12, atOnce, 2000), waiting);
        QVERIFY2(report.has_value(), "they never waited, or the run did not end");
        QVERIFY2(report->outcome == RunOutcome::Cancelled, qPrintable(outcomeText(*report)));
        QVERIFY2(isStoppedInTime(*report), qPrintable(report->message));
        QCOMPARE(resultOf(*report, "answered"), 0);
        QCOMPARE(resultOf(*report, "refused"), 0);
        int cancelled = 0;
        for (const TaskStatistics &task : tasksOf(*report)) {
            cancelled += task.outcome == TaskOutcome::Cancelled ? 1 : 0;
            QVERIFY2(task.outcome == TaskOutcome::Cancelled
                         || task.outcome == TaskOutcome::NeverStarted,
                     task.name.c_str());
        }
        QVERIFY2(cancelled >= waiting, qPrintable(QString::number(cancelled)));
        // What is not given back is held until the recording ends, and that is after the tasks.
        const std::vector<Slice> held = heldSlices(*report, permitsOf(slug));
        QVERIFY(!held.empty());
        QVERIFY(mostHolders(held) <= unsigned(atOnce));
        QVERIFY(held.back().end <= lastEnd(*report));
    }

    void refusedRequestsAreCounted_data()
    {
        addSetsAndModels({"sequential", "threads", "pool", "coroutines"});
    }
    void refusedRequestsAreCounted()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, model);
        Params params = paramsOf(slug, 5, 5, 20);
        params.emplace_back(u"fail_percent"_s, u"100"_s);
        const RunReport report = runSet(slug.constData(), model.constData(), params);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("client"_L1).toString(), u"qnetwork"_s);
        QCOMPARE(resultOf(report, "answered"), 0);
        QCOMPARE(resultOf(report, "refused"), 5);
        QVERIFY2(report.sentence.contains("5 answers were refusals"_L1),
                 qPrintable(report.sentence));
    }

    void moreAtOnceThanAManagerHasConnectionsAreAllAnswered_data()
    {
        addSetsAndModels({"threads", "pool"});
    }
    void moreAtOnceThanAManagerHasConnectionsAreAllAnswered()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, model);
        const RunReport report =
            runSet(slug.constData(), model.constData(), paramsOf(slug, 30, 12, 50));
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("client"_L1).toString(), u"qnetwork"_s);
        QCOMPARE(resultOf(report, "answered"), 30);
        QCOMPARE(resultOf(report, "refused"), 0);
        const int peak = resultOf(report, "server_peak");
        QVERIFY2(peak >= 1 && peak <= 12, qPrintable(QString::number(peak)));
        const std::vector<Slice> held = heldSlices(report, permitsOf(slug));
        QVERIFY(!held.empty());
        QVERIFY(mostHolders(held) <= 12u);
        QVERIFY(held.back().end <= lastEnd(report));
        for (const TaskStatistics &task : tasksOf(report))
            QVERIFY2(task.outcome == TaskOutcome::Finished, task.name.c_str());
    }

    void aChildProcessHasAManagerOfItsOwn_data() { addSetsAndModels({"processes"}); }
    void aChildProcessHasAManagerOfItsOwn()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, model);
        const RunReport report =
            runSet(slug.constData(), model.constData(), paramsOf(slug, 4, 2, 20));
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("client"_L1).toString(), u"qnetwork"_s);
        QCOMPARE(resultOf(report, "answered"), 4);
        // S13 has a child for each connection, and Qt keeps it alive; S10 one for each request.
        QCOMPARE(resultOf(report, "connections"), slug == "async-http" ? 2 : 4);
        QCOMPARE(resultOf(report, "processes"), slug == "async-http" ? 2 : 4);
        QVERIFY2(report.sentence.contains("QNetworkAccessManager"_L1), qPrintable(report.sentence));
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
