// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S12: slow clients take a pool's workers away from everybody else, and nothing from an event
/// loop.
class TestProofClientsAndServer : public QObject
{
    Q_OBJECT

private:
    static constexpr int kClients = 8;
    static constexpr int kRequests = 4;
    static constexpr int kWorkers = 2;
    static constexpr int kSlowMs = 80;
    /// How long a slow client keeps its worker at the least.
    static constexpr int kSlowTimeMs = kRequests * kSlowMs;

    static RunReport run(const char *model, int slowClients, const QString &server = u"socket"_s)
    {
        return runSet("clients-and-server", model,
                      {{u"clients"_s, QString::number(kClients)},
                       {u"requests_each"_s, QString::number(kRequests)},
                       {u"cpu_ms"_s, u"1"_s},
                       {u"wait_ms"_s, u"10"_s},
                       {u"workers"_s, QString::number(kWorkers)},
                       {u"slow_clients"_s, QString::number(slowClients)},
                       {u"slow_ms"_s, QString::number(kSlowMs)},
                       {u"server"_s, server}});
    }
    static double p95Of(const RunReport &report)
    {
        return report.result.value("p95_ms"_L1).toDouble();
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void everyClientGetsAllItsAnswers_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("processes");
        for (const QString &server : {u"socket"_s, u"qthttpserver"_s}) {
            const auto row = [&](const char *name, const char *model, int threads, int processes) {
                QTest::addRow("%s, %s", qPrintable(server), name)
                    << server << QByteArray(model) << threads << processes;
            };
            row("one after another", "sequential", 1, 1);
            row("a thread for each", "threads", kClients, 1);
            row("the pool's workers", "pool", kWorkers, 1);
            row("a process for each", "processes", kClients, kClients);
            row("one thread", "coroutines", 1, 1);
        }
    }
    void everyClientGetsAllItsAnswers()
    {
        QFETCH(QString, server);
        QFETCH(QByteArray, model);
        QFETCH(int, threads);
        QFETCH(int, processes);
        const RunReport report = run(model.constData(), 1, server);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("server"_L1).toString(), server);
        QCOMPARE(report.sentence.contains(u"with QtHttpServer"_s), server == "qthttpserver"_L1);
        QCOMPARE(report.result.value("served"_L1).toInt(), kClients * kRequests);
        QCOMPARE(report.result.value("failed_clients"_L1).toInt(), 0);
        QVERIFY(report.result.value("slow_p50_ms"_L1).toDouble() >= kSlowMs);
        QVERIFY(report.result.value("p50_ms"_L1).toDouble() >= 10);
        QCOMPARE(carriersOf(report).threads, threads);
        QCOMPARE(carriersOf(report).processes, processes);
        const int seen = carriersTold(report);
        QVERIFY2(seen <= threads, qPrintable(QString::number(seen)));
        PROVE(seen == threads, QString::number(seen), disturbance(report));
    }

    void inAPoolAsManySlowClientsAsWorkersMakeAllOthersWait()
    {
        const RunReport without = run("pool", 0);
        const RunReport with = run("pool", kWorkers);
        QVERIFY2(without.outcome == RunOutcome::Finished, qPrintable(outcomeText(without)));
        QVERIFY2(with.outcome == RunOutcome::Finished, qPrintable(outcomeText(with)));
        const QString seen = u"%1 ms without, %2 ms with"_s.arg(p95Of(without)).arg(p95Of(with));
        QVERIFY2(p95Of(with) >= kSlowTimeMs, qPrintable(seen));
        QVERIFY2(p95Of(with) > p95Of(without), qPrintable(seen));
        // By the trace: nobody else is begun before a slow one is done.
        const std::vector<TaskStatistics> tasks = tasksOf(with);
        QCOMPARE(tasks.size(), std::size_t(kClients));
        for (std::size_t i = kWorkers; i < tasks.size(); ++i)
            QVERIFY2(tasks[i].queued >= (kSlowTimeMs - 10) * kMillisecond, tasks[i].name.c_str());
        if (const QString why = disturbance(without); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(p95Of(without) < kSlowTimeMs, qPrintable(seen));
    }

    void slowClientsTakeNothingFromTheOthers_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void slowClientsTakeNothingFromTheOthers()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model.constData(), kWorkers);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        for (const TaskStatistics &task : tasksOf(report))
            QVERIFY2(task.queued < kSlowTimeMs * kMillisecond, task.name.c_str());
        if (const QString why = disturbance(report); !why.isEmpty() && p95Of(report) >= kSlowMs)
            QSKIP(qPrintable(why));
        QVERIFY2(p95Of(report) < kSlowMs, qPrintable(QString::number(p95Of(report))));
    }
};

QTEST_GUILESS_MAIN(TestProofClientsAndServer)
#include "tst_proofclientsandserver.moc"
