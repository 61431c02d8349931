// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/databaseproof.h"

#include <QSignalSpy>
#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S14: the connections are what is scarce, and one that is never given back is found.
class TestProofDatabase : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const QByteArray &model, int queries, int queryMs, int connections,
                         Params more = {})
    {
        more.emplace_back(u"queries"_s, QString::number(queries));
        more.emplace_back(u"query_ms"_s, QString::number(queryMs));
        more.emplace_back(u"pool_max"_s, QString::number(connections));
        more.emplace_back(u"deadlock_shown_ms"_s, u"0"_s);
        return runSet("database", model.constData(), more);
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }

    void neverMoreConnectionsThanThePoolHas_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<unsigned>("least");
        QTest::addColumn<unsigned>("most");
        QTest::addColumn<int>("opened");
        QTest::newRow("threads") << QByteArray("threads") << 4u << 4u << 12;
        QTest::newRow("pool") << QByteArray("pool") << 4u << 4u << 4;
        QTest::newRow("processes") << QByteArray("processes") << 1u << 4u << 4;
        QTest::newRow("coroutines") << QByteArray("coroutines") << 4u << 4u << 4;
        QTest::newRow("one after another") << QByteArray("sequential") << 1u << 1u << 1;
    }
    void neverMoreConnectionsThanThePoolHas()
    {
        QFETCH(QByteArray, model);
        QFETCH(unsigned, least);
        QFETCH(unsigned, most);
        QFETCH(int, opened);
        const RunReport report = run(model, 12, 30, 4);
        const QString problem = poolProblem(report, 4, 12);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const unsigned held = mostHolders(connectionSlices(report));
        QVERIFY2(held >= least && held <= most, qPrintable(QString::number(held)));
        QCOMPARE(report.result.value("opened"_L1).toInt(), opened);
        QVERIFY(report.result.value("database"_L1).toString().startsWith(u"SQLite "_s));
        QVERIFY2(report.sentence.startsWith(u"12 queries took "_s), qPrintable(report.sentence));
    }

    void theTimeIsThatOfTheConnections_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void theTimeIsThatOfTheConnections()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model, 30, 40, 5);
        const QString problem = poolProblem(report, 5, 30);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const QString time = timeProblem(report, 5, 60 * kMillisecond);
        const double used = meanHolders(connectionSlices(report)) / 5.0;
        if (const QString why = disturbance(report);
            !why.isEmpty() && (!time.isEmpty() || used < 0.8))
            QSKIP(qPrintable(why));
        QVERIFY2(time.isEmpty(), qPrintable(time));
        QVERIFY2(used >= 0.8, qPrintable(u"used %1"_s.arg(used))); // utilisation of the connections
    }

    void moreConnectionsHelpAndMoreTasksDoNot()
    {
        const auto took = [](const RunReport &report) {
            const std::vector<Slice> held = connectionSlices(report);
            return held.empty() ? 0.0 : double(held.back().end - held.front().begin);
        };
        const RunReport five = run("coroutines", 40, 30, 5);
        const RunReport ten = run("coroutines", 40, 30, 10);
        const RunReport moreTasks = run("coroutines", 80, 30, 5);
        QVERIFY(took(five) > 0 && took(ten) > 0);
        const double connections = took(five) / took(ten);
        const double tasks = took(moreTasks) / took(five);
        for (const RunReport *report : {&five, &ten, &moreTasks}) {
            if (const QString why = disturbance(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QVERIFY2(connections >= 1.6 && connections <= 2.3,
                 qPrintable(QString::number(connections)));
        QVERIFY2(tasks >= 1.7 && tasks <= 2.3, qPrintable(QString::number(tasks)));
    }

    void waitingAskingAndHoldingAreToldApart_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("threads") << QByteArray("threads");
        QTest::newRow("coroutines") << QByteArray("coroutines");
    }
    void waitingAskingAndHoldingAreToldApart()
    {
        QFETCH(QByteArray, model);
        const RunReport report = run(model, 6, 30, 2, {{u"hold_ms"_s, u"20"_s}});
        const QString problem = poolProblem(report, 2, 6);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const std::vector<TaskStatistics> tasks = tasksOf(report);
        QCOMPARE(tasks.size(), std::size_t(6));
        int waited = 0;
        for (const TaskStatistics &task : tasks) {
            QVERIFY(waitOf(report, task, WaitReason::Io) >= 14 * kMillisecond);
            QVERIFY(waitOf(report, task, WaitReason::Sleep) >= 19 * kMillisecond);
            waited += waitOf(report, task, WaitReason::Connection) > 10 * kMillisecond ? 1 : 0;
        }
        QVERIFY2(waited >= 3, qPrintable(QString::number(waited)));
        QVERIFY(resultTime(report, "held_ms") >= resultTime(report, "total_ms"));
    }

    void aLeakIsFound_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<bool>("isLeak");
        for (const char *model : {"threads", "pool", "coroutines", "sequential"})
            QTest::newRow(model) << QByteArray(model) << true;
        // Each process still runs, with its lost connection, and waits for another one: a circle.
        QTest::newRow("processes") << QByteArray("processes") << false;
    }
    void aLeakIsFound()
    {
        QFETCH(QByteArray, model);
        QFETCH(bool, isLeak);
        const RunReport report = run(model, 30, 10, 5, {{u"leak"_s, u"true"_s}});
        QVERIFY2(report.outcome == RunOutcome::Deadlocked, qPrintable(outcomeText(report)));
        QVERIFY(report.deadlock.has_value());
        QCOMPARE(report.deadlock->isLeak, isLeak);
        QCOMPARE(report.deadlock->cycle.back().object, u"the database pool"_s);
        QCOMPARE(report.deadlock->cycle.back().reason,
                 QString::fromLatin1(waitReasonName(WaitReason::Connection)));
        if (isLeak)
            QVERIFY2(report.message.contains(u"ended without giving it back"_s),
                     qPrintable(report.message));
        QCOMPARE(report.result.value("answered"_L1).toInt(), 5);
        QVERIFY2(report.sentence.startsWith(u"5 of 30 queries were answered"_s),
                 qPrintable(report.sentence));
        QCOMPARE(connectionSlices(report).back().holders(), 5u);
        if (const QString why = disturbance(report);
            !why.isEmpty() && report.deadlock->foundAfter > 100 * kMillisecond)
            QSKIP(qPrintable(why));
        QVERIFY2(report.deadlock->foundAfter <= 100 * kMillisecond,
                 qPrintable(QString::number(report.deadlock->foundAfter)));
    }

    void aLeakThatNobodyMissesIsNoStandstill()
    {
        const RunReport report = run("threads", 4, 5, 5, {{u"leak"_s, u"true"_s}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("answered"_L1).toInt(), 4);
    }

    void theSameSeedAsksForTheSame()
    {
        const auto total = [](const char *seed) {
            return run("coroutines", 5, 10, 5, {{u"seed"_s, QString::fromLatin1(seed)}})
                .result.value("total_ms"_L1)
                .toDouble();
        };
        const double once = total("7");
        QVERIFY(once > 0);
        QCOMPARE(total("7"), once);
        QVERIFY(total("8") != once);
    }

    void aDatabaseThatIsNotToBeHadIsTold_data()
    {
        QTest::addColumn<QString>("database");
        QTest::addColumn<QString>("why");
        // What is no address at all is refused before: tst_catalogue, tst_commandline.
        QTest::newRow("no socket") << u"mysql://me:secret@localhost/db?socket=/nowhere/mysql.sock"_s
                                   << u"cannot be opened"_s;
        QTest::newRow("no server")
            << u"mysql://me:secret@127.0.0.1:1/db"_s << u"cannot be opened"_s;
    }
    void aDatabaseThatIsNotToBeHadIsTold()
    {
        QFETCH(QString, database);
        QFETCH(QString, why);
        const RunReport report = run("threads", 2, 1, 2, {{u"database"_s, database}});
        QVERIFY2(report.outcome == RunOutcome::Failed, qPrintable(outcomeText(report)));
        if (report.message.contains(u"libqt6sql6-mysql"_s))
            QSKIP(qPrintable(report.message));
        QVERIFY2(report.message.contains(why), qPrintable(report.message));
        QVERIFY(report.message.contains(u"database"_s));
        QVERIFY(!report.message.contains(u"secret"_s));
    }

    void aStopEndsTheQueries_data()
    {
        QTest::addColumn<QString>("model");
        for (const char *model : {"threads", "coroutines"})
            QTest::newRow(model) << QString::fromLatin1(model);
    }
    void aStopEndsTheQueries()
    {
        QFETCH(QString, model);
        static const Catalogue catalogue = Catalogue::load().value();
        RunRequest request;
        request.set = catalogue.named(u"database"_s).value();
        request.model = model;
        request.params =
            checkedParameters(request.set, {{u"queries"_s, u"400"_s}, {u"query_ms"_s, u"250"_s}})
                .value();
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request);
        QVERIFY(started.wait(10'000));
        const auto trace = started.first().first().value<std::shared_ptr<const Trace>>();
        // A connection is held: its track is known, and open.
        QVERIFY(QTest::qWaitFor(
            [&] {
                if (trace->objectCount() == 0 || trace->object(0).track == kNoTrack)
                    return false;
                const TraceSnapshot now(*trace);
                const auto open = now.openSlice(trace->object(0).track);
                return open && open->holders() > 0;
            },
            10'000));
        controller.stop();
        QVERIFY(finished.wait(10'000));
        const auto report = finished.first().first().value<RunReport>();
        QCOMPARE(int(report.outcome), int(RunOutcome::Cancelled));
        QCOMPARE(report.message, u"stopped on request"_s); // the ladder was not needed
    }
};

QTEST_GUILESS_MAIN(TestProofDatabase)
#include "tst_proofdatabase.moc"
