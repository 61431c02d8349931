// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/qtserversession.h"
#include "tests/core/proof/sharedobjects.h"
#include "tests/support/stoppedrun.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <memory>

#include <poll.h>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// Accepts one connection and leaves it alone.
class Listener final : public QTcpServer
{
public:
    UniqueFd accepted;

protected:
    void incomingConnection(qintptr descriptor) override { accepted.reset(int(descriptor)); }
};

} // namespace

/// QtHttpServer as the server of S12: alone with one client, and in runs under every model.
class TestQtServerSession : public QObject
{
    Q_OBJECT

private:
    using State = QtServerSession::State;

    static constexpr int kClients = 6;
    static constexpr int kRequests = 3;
    static constexpr int kWorkers = 2;
    static constexpr int kSlowMs = 80;

    static Params paramsOf(int slowClients, int waitMs)
    {
        return {{u"server"_s, u"qthttpserver"_s},
                {u"clients"_s, QString::number(kClients)},
                {u"requests_each"_s, QString::number(kRequests)},
                {u"cpu_ms"_s, u"1"_s},
                {u"wait_ms"_s, QString::number(waitMs)},
                {u"workers"_s, QString::number(kWorkers)},
                {u"slow_clients"_s, QString::number(slowClients)},
                {u"slow_ms"_s, QString::number(kSlowMs)}};
    }
    static bool isReadable(int fd)
    {
        pollfd entry{fd, POLLIN, 0};
        return ::poll(&entry, 1, 0) == 1;
    }

    std::unique_ptr<Listener> m_listener;
    std::unique_ptr<QTcpSocket> m_client;

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }
    void init()
    {
        m_listener = std::make_unique<Listener>();
        QVERIFY(m_listener->listen(QHostAddress(QHostAddress::LocalHost), 0));
        m_client = std::make_unique<QTcpSocket>();
        m_client->connectToHost(m_listener->serverAddress(), m_listener->serverPort());
        QVERIFY(m_client->waitForConnected());
        m_listener->waitForNewConnection(5000); // nothing stays pending, so that it is no yes
        QVERIFY(m_listener->accepted.isOpen());
    }

    void aRequestThatComesInPiecesIsThereWhenItIsWhole()
    {
        QtServerSession session(m_listener->accepted.get());
        QSignalSpy changed(&session, &QtServerSession::changed);
        QCOMPARE(session.state(), State::Waiting);
        m_client->write("GET / HTTP/1.1\r\nHo");
        QVERIFY(m_client->waitForBytesWritten());
        QCoreApplication::processEvents(); // it reads the first piece
        QVERIFY(changed.isEmpty());
        QVERIFY(!isReadable(session.changedFd()));
        m_client->write("st: x\r\n\r\n");
        QVERIFY(changed.wait());
        QCOMPARE(session.state(), State::HasRequest);
        QVERIFY(isReadable(session.changedFd()));
    }

    void oneConnectionHasManyRequestsAndEndsWithTheClient()
    {
        QtServerSession session(m_listener->accepted.get());
        QSignalSpy changed(&session, &QtServerSession::changed);
        for (int i = 0; i < 3; ++i) {
            m_client->write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            QVERIFY(changed.wait());
            QCOMPARE(session.state(), State::HasRequest);
            session.answer();
            QCOMPARE(session.state(), State::Waiting);
            QVERIFY(!isReadable(session.changedFd()));
            QByteArray answer;
            QTRY_VERIFY((answer += m_client->readAll()).endsWith("\r\n\r\nok\n"));
            QVERIFY2(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer.constData());
        }
        m_client->disconnectFromHost();
        QVERIFY(changed.wait());
        QCOMPARE(session.state(), State::Closed);
        QVERIFY(isReadable(session.changedFd()));
        session.answer(); // nobody is there: nothing happens
        QCOMPARE(session.state(), State::Closed);
    }

    void aRequestBeforeTheAnswerIsAnsweredAsWell()
    {
        QtServerSession session(m_listener->accepted.get());
        QSignalSpy changed(&session, &QtServerSession::changed);
        const QByteArray request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        m_client->write(request);
        QVERIFY(changed.wait());
        m_client->write(request);
        QVERIFY(m_client->waitForBytesWritten());
        QByteArray answers;
        QTRY_VERIFY_WITH_TIMEOUT(
            (session.answer(), answers += m_client->readAll(), answers.count("ok\n") == 2), 10'000);
        QCOMPARE(session.state(), State::Waiting);
        QVERIFY(!isReadable(session.changedFd()));
    }

    void aClientThatLeavesBeforeItsAnswerIsTold()
    {
        QtServerSession session(m_listener->accepted.get());
        QSignalSpy changed(&session, &QtServerSession::changed);
        m_client->write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(changed.wait());
        m_client->disconnectFromHost();
        QTRY_COMPARE(session.state(), State::Failed);
        QCOMPARE(QString::fromStdString(session.problem()),
                 u"the client left before it had its answer"_s);
    }

    void whatIsNoHttpEndsTheConnection()
    {
        QtServerSession session(m_listener->accepted.get());
        QSignalSpy changed(&session, &QtServerSession::changed);
        m_client->write("this is not HTTP at all\r\n\r\n");
        QVERIFY(changed.wait());
        QCOMPARE(session.state(), State::Closed);
    }

    void theClientSeesTheEndOfTheSession()
    {
        QSignalSpy gone(m_client.get(), &QTcpSocket::disconnected);
        {
            const QtServerSession session(m_listener->accepted.get());
        }
        QVERIFY(!gone.isEmpty() || gone.wait());
    }

    void withoutADescriptorItHasFailed()
    {
        const QtServerSession session(-1);
        QCOMPARE(session.state(), State::Failed);
    }

    /// What it shows is among the proofs of the set; here also under the sanitizers.
    void aRunEndsUnderEveryModel()
    {
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"}) {
            const RunReport report = runSet("clients-and-server", model, paramsOf(0, 1));
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            QCOMPARE(report.result.value("served"_L1).toInt(), kClients * kRequests);
        }
    }

    void aStopEndsTheWaitsForRequests_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("waiting");
        QTest::newRow("sequential") << QByteArray("sequential") << 1;
        QTest::newRow("threads") << QByteArray("threads") << kClients;
        QTest::newRow("pool") << QByteArray("pool") << kWorkers;
        QTest::newRow("processes") << QByteArray("processes") << kClients;
        QTest::newRow("coroutines") << QByteArray("coroutines") << kClients;
    }
    void aStopEndsTheWaitsForRequests()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, waiting);
        // All are slow: slower than the stop ladder, which says so when a wait is sat out.
        Params params = paramsOf(kClients, 0);
        params.back().second = u"2000"_s;
        const auto report = stoppedRun("clients-and-server", model, params, waiting);
        QVERIFY2(report.has_value(), "they never waited, or the run did not end");
        QVERIFY2(report->outcome == RunOutcome::Cancelled, qPrintable(outcomeText(*report)));
        QVERIFY2(isStoppedInTime(*report), qPrintable(report->message));
        for (const TaskStatistics &task : tasksOf(*report))
            QVERIFY2(task.outcome == TaskOutcome::Cancelled
                         || task.outcome == TaskOutcome::NeverStarted,
                     task.name.c_str());
    }
};

QTEST_GUILESS_MAIN(TestQtServerSession)
#include "tst_qtserversession.moc"
