// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/databaseproof.h"
#include "tests/support/mariadbserver.h"

#include <QFileInfo>
#include <QTest>

#include <memory>

#include <signal.h>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S14 on a real MariaDB: what the trace shows is what the server itself has counted.
class TestProofMariaDb : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<MariaDbServer> m_server;

    [[nodiscard]] RunReport run(const QByteArray &model, int queries, int queryMs, int connections,
                                Params more = {}) const
    {
        more.emplace_back(u"queries"_s, QString::number(queries));
        more.emplace_back(u"query_ms"_s, QString::number(queryMs));
        more.emplace_back(u"pool_max"_s, QString::number(connections));
        more.emplace_back(u"deadlock_shown_ms"_s, u"0"_s);
        more.emplace_back(u"database"_s, m_server->url());
        return runSet("database", model.constData(), more);
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        if (const QString obstacle = MariaDbServer::obstacle(); !obstacle.isEmpty())
            QSKIP(qPrintable(obstacle));
        m_server = std::make_unique<MariaDbServer>();
        const QString problem = m_server->start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }

    /// Every run has removed its table. The last word tells that the server was asked, and has answered.
    void cleanup() { QCOMPARE(m_server->ask(u"SHOW TABLES; SELECT 'asked'"_s), u"asked"_s); }

    void aTableThatIsLeftWouldBeSeen()
    {
        (void)m_server->ask(u"CREATE TABLE left_over (number INTEGER)"_s);
        QCOMPARE(m_server->ask(u"SHOW TABLES; SELECT 'asked'"_s), u"left_over\nasked"_s);
        QCOMPARE(m_server->ask(u"DROP TABLE left_over; SELECT 'asked'"_s), u"asked"_s);
    }

    void theServerCountsTheSameQueries_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"})
            QTest::newRow(model) << QByteArray(model);
    }
    void theServerCountsTheSameQueries()
    {
        QFETCH(QByteArray, model);
        const bool keepsConnections = model == "pool" || model == "coroutines";
        (void)m_server->ask(u"FLUSH STATUS"_s); // the most connections at once begin anew
        const qint64 inserts = m_server->status(u"Com_insert"_s);
        const qint64 begins = m_server->status(u"Com_begin"_s);
        const qint64 commits = m_server->status(u"Com_commit"_s);
        QVERIFY(inserts >= 0 && begins >= 0 && commits >= 0);
        const RunReport report = run(model, 12, 20, 4);
        const QString problem = poolProblem(report, 4, 12);
        if (problem.contains(u"libqt6sql6-mysql"_s))
            QSKIP(qPrintable(problem));
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        QCOMPARE(m_server->status(u"Com_insert"_s) - inserts, qint64(12));
        QCOMPARE(m_server->status(u"Com_begin"_s) - begins, qint64(12));
        QCOMPARE(m_server->status(u"Com_commit"_s) - commits, qint64(12));
        QVERIFY2(report.result.value("database"_L1).toString().startsWith(u"MariaDB "_s),
                 qPrintable(report.result.value("database"_L1).toString()));
        // Those of the pool, that of main, and the client's own.
        const qint64 most = m_server->status(u"Max_used_connections"_s);
        if (keepsConnections)
            QVERIFY2(most <= 4 + 2, qPrintable(QString::number(most)));
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
        const RunReport report = run(model, 20, 40, 5);
        const QString problem = poolProblem(report, 5, 20);
        if (problem.contains(u"libqt6sql6-mysql"_s))
            QSKIP(qPrintable(problem));
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const QString time = timeProblem(report, 5, 60 * kMillisecond);
        if (const QString why = disturbance(report); !why.isEmpty() && !time.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(time.isEmpty(), qPrintable(time));
    }

    void aLeakIsFound()
    {
        const RunReport report = run("coroutines", 12, 10, 3, {{u"leak"_s, u"true"_s}});
        if (report.message.contains(u"libqt6sql6-mysql"_s))
            QSKIP(qPrintable(report.message));
        QVERIFY2(report.outcome == RunOutcome::Deadlocked, qPrintable(outcomeText(report)));
        QVERIFY(report.deadlock.has_value() && report.deadlock->isLeak);
        QCOMPARE(report.result.value("answered"_L1).toInt(), 3);
    }

    void aUserWhomTheServerDoesNotKnowIsTold()
    {
        QString url = m_server->url();
        url.replace(u"root@"_s, u"nobody:secret@"_s);
        const RunReport report =
            runSet("database", "threads", {{u"queries"_s, u"2"_s}, {u"database"_s, url}});
        QVERIFY2(report.outcome == RunOutcome::Failed, qPrintable(outcomeText(report)));
        QVERIFY2(!report.message.contains(u"secret"_s), qPrintable(report.message));
    }

    void cleanupTestCase()
    {
        if (!m_server)
            return;
        const QString folder = m_server->folder();
        const auto pid = pid_t(m_server->pid());
        const QString problem = m_server->stop();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        m_server.reset();
        QVERIFY(pid > 0 && ::kill(pid, 0) != 0);
        QVERIFY(!QFileInfo::exists(folder));
    }
};

QTEST_GUILESS_MAIN(TestProofMariaDb)
#include "tst_proofmariadb.moc"
