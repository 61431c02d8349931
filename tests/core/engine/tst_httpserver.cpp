// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/serverprocess.h"
#include "core/engine/work/httpclient.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <memory>
#include <string>
#include <vector>

#include <poll.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

std::string workerPath()
{
    const QByteArray named = qgetenv("INTERLEAVE_WORKER");
    if (!named.isEmpty())
        return named.toStdString();
    return QString(QCoreApplication::applicationDirPath() + u"/../interleave-worker"_s)
        .toStdString();
}

using Connections = std::vector<std::unique_ptr<HttpConnection>>;

/// Drives all of them to their ends side by side. \return how many were answered with 200.
int driveAll(Connections &connections)
{
    int answered = 0;
    std::vector<HttpConnection *> waiting;
    for (const auto &connection : connections)
        waiting.push_back(connection.get());
    while (!waiting.empty()) {
        std::vector<HttpConnection *> next;
        std::vector<pollfd> polled;
        for (HttpConnection *connection : waiting) {
            const auto progress = connection->advance();
            if (progress == HttpConnection::Progress::Done)
                answered += connection->status() == 200;
            if (progress == HttpConnection::Progress::Done
                || progress == HttpConnection::Progress::Failed)
                continue;
            const bool reads = progress == HttpConnection::Progress::WantsRead;
            polled.push_back({connection->fd(), short(reads ? POLLIN : POLLOUT), 0});
            next.push_back(connection);
        }
        waiting = std::move(next);
        if (!polled.empty() && ::poll(polled.data(), polled.size(), 10'000) <= 0)
            return answered; // it hangs: the caller sees that some are missing
    }
    return answered;
}

} // namespace

/// interleave-server as it is: a program that is started, asked, and ended.
class TestHttpServer : public QObject
{
    Q_OBJECT

private:
    static QJsonObject logOf(const ServerProcess &server)
    {
        HttpConnection connection(server.port());
        connection.begin("/log?requests=1", false, true);
        if (fetch(connection, {}) != Fetched::Answered)
            qFatal("%s", connection.problem().c_str());
        return QJsonDocument::fromJson(QByteArray::fromStdString(connection.body())).object();
    }

private slots:
    void anAnswerComesAfterItsTimeAndWithItsBody()
    {
        ServerProcess server;
        const auto started = server.start(workerPath(), {});
        QVERIFY2(started.isOk(), started.isOk() ? "" : started.error().message.c_str());
        HttpConnection connection(server.port());
        const TimestampNs begin = monotonicNow();
        connection.begin("/wait?ms=40.5&body=1000", true);
        QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
        QVERIFY(monotonicNow() - begin >= 40'500 * kMicrosecond);
        QCOMPARE(connection.status(), 200);
        QCOMPARE(connection.bodyBytes(), std::uint64_t(1000));
        connection.begin("/wait?ms=0&fail=1", true);
        QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
        QCOMPARE(connection.status(), 503);
        QCOMPARE(connection.opened(), 1u);

        const QJsonObject log = logOf(server);
        QCOMPARE(log.value("served"_L1).toInt(), 1);
        QCOMPARE(log.value("failed"_L1).toInt(), 1);
        QCOMPARE(log.value("connections"_L1).toInt(), 1); // that of /log does not count
        QCOMPARE(log.value("peak"_L1).toInt(), 1);
        QCOMPARE(log.value("open"_L1).toInt(), 0);
        const QJsonArray request = log.value("requests"_L1).toArray().at(0).toArray();
        QVERIFY(request.at(0).toInteger() >= begin); // the same clock as ours
        QVERIFY(request.at(1).toInteger() - request.at(0).toInteger() >= 40'500 * kMicrosecond);
    }

    void hundredsWaitAtOnceOnItsOneThread()
    {
        constexpr int kMany = 400;
        ServerProcess server;
        QVERIFY(server.start(workerPath(), {}).isOk());
        Connections connections;
        for (int i = 0; i < kMany; ++i) {
            connections.push_back(std::make_unique<HttpConnection>(server.port()));
            connections.back()->begin("/wait?ms=2000", i % 2 == 0);
        }
        QCOMPARE(driveAll(connections), kMany);
        const QJsonObject log = logOf(server);
        QCOMPARE(log.value("peak"_L1).toInt(), kMany);
        QCOMPARE(log.value("served"_L1).toInt(), kMany);
        QCOMPARE(log.value("connections"_L1).toInt(), kMany);
    }

    void theOneThatIsDueFirstIsAnsweredFirst()
    {
        ServerProcess server;
        QVERIFY(server.start(workerPath(), {}).isOk());
        Connections connections;
        for (const char *target : {"/wait?ms=250", "/wait?ms=20&fail=1", "/wait?ms=130"}) {
            connections.push_back(std::make_unique<HttpConnection>(server.port()));
            connections.back()->begin(target, true);
        }
        QCOMPARE(driveAll(connections), 2);
        const QJsonArray requests = logOf(server).value("requests"_L1).toArray();
        QCOMPARE(requests.size(), qsizetype(3));
        std::vector<qint64> delays;
        for (const QJsonValue request : requests) {
            const QJsonArray times = request.toArray();
            delays.push_back(times.at(1).toInteger() - times.at(0).toInteger());
        }
        QCOMPARE(requests.at(0).toArray().at(2).toInt(), 503);
        QVERIFY(delays[0] >= 20 * kMillisecond);
        QVERIFY(delays[1] >= 130 * kMillisecond);
        QVERIFY(delays[2] >= 250 * kMillisecond);
    }

    void whatIsNotUnderstoodIsRefused_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<int>("status");
        QTest::newRow("no time") << QByteArray("/wait") << 400;
        QTest::newRow("no number") << QByteArray("/wait?ms=soon") << 400;
        QTest::newRow("a negative time") << QByteArray("/wait?ms=-1") << 400;
        QTest::newRow("too long") << QByteArray("/wait?ms=60001") << 400;
        QTest::newRow("not a number") << QByteArray("/wait?ms=nan") << 400;
        QTest::newRow("too large") << QByteArray("/wait?ms=1&body=1048577") << 400;
        QTest::newRow("the largest") << QByteArray("/wait?ms=0&body=1048576") << 200;
        QTest::newRow("no such path") << QByteArray("/other") << 404;
    }
    void whatIsNotUnderstoodIsRefused()
    {
        QFETCH(QByteArray, target);
        QFETCH(int, status);
        ServerProcess server;
        QVERIFY(server.start(workerPath(), {}).isOk());
        HttpConnection connection(server.port());
        connection.begin(target.toStdString(), true);
        QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
        QCOMPARE(connection.status(), status);
        connection.begin("/log", true); // and it serves on
        QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
        QCOMPARE(connection.status(), 200);
    }

    void aClientThatLeavesIsNotWaitedFor()
    {
        ServerProcess server;
        QVERIFY(server.start(workerPath(), {}).isOk());
        Connections connections;
        connections.push_back(std::make_unique<HttpConnection>(server.port()));
        connections.back()->begin("/wait?ms=500", false);
        QVERIFY(connections.back()->advance() != HttpConnection::Progress::Failed);
        while (logOf(server).value("open"_L1).toInt() == 0)
            QVERIFY(connections.back()->advance() != HttpConnection::Progress::Failed);
        connections.clear();
        HttpConnection later(server.port());
        later.begin("/wait?ms=700", false);
        QVERIFY2(fetch(later, {}) == Fetched::Answered, later.problem().c_str());
        QCOMPARE(logOf(server).value("gone"_L1).toInt(), 1);
    }

    void itEndsWithItsInput()
    {
        QProcess process;
        process.start(
            QFileInfo(QString::fromStdString(workerPath())).path() + u"/interleave-server"_s, {});
        QVERIFY(process.waitForReadyRead(10'000));
        QVERIFY(process.readLine().trimmed().toInt() > 0);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(10'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 0);
    }

    void aServerThatIsNotThereIsToldWithWhatToDo()
    {
        ServerProcess server;
        const auto started = server.start("/nowhere/interleave-worker", {});
        QVERIFY(!started.isOk());
        QVERIFY2(started.error().message.find("interleave-server was not found")
                     != std::string::npos,
                 started.error().message.c_str());
        QVERIFY(started.error().message.find("install Interleave again") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_httpserver.moc"
