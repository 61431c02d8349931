// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/mariadbserver.h"
#include "tests/support/programrun.h"
#include "tests/support/setrun.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

/// Requests that start 20 ms apart over connections that are there already: nothing waits but for the
/// answer, so that a span and the server's log tell of the same time.
const char *const kStaggered = R"(
import asyncio
import sys

import aiohttp

async def fetch(session, url, delay):
    await asyncio.sleep(delay)
    async with session.get(url) as response:
        await response.read()

async def main(url):
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(fetch(session, url + "/wait?ms=100", 0) for _ in range(4)))
        await asyncio.gather(*(fetch(session, url + "/wait?ms=50", n * 0.02) for n in range(20)))

asyncio.run(main(sys.argv[1]))
)";
constexpr int kWarmUps = 4;
constexpr int kStaggeredRequests = 20;

/// The middle one of some times, which single late wake-ups do not move.
DurationNs median(std::vector<DurationNs> times)
{
    if (times.empty())
        return 0;
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/// interleave-server, for as long as this object lives.
class Server
{
public:
    /// \return what went wrong; empty: it listens.
    QString start()
    {
        m_process.start(qEnvironmentVariable("INTERLEAVE_BIN") + u"/interleave-server"_s, {});
        while (!m_process.canReadLine() && m_process.waitForReadyRead(10'000)) {
        }
        m_port = m_process.readLine().trimmed();
        return m_port.toInt() > 0 ? QString() : m_process.errorString();
    }
    ~Server()
    {
        m_process.closeWriteChannel(); // it ends with its input
        m_process.waitForFinished(10'000);
    }
    [[nodiscard]] QString url() const
    {
        return u"http://127.0.0.1:"_s + QString::fromLatin1(m_port);
    }
    /// Its log with all requests, asked for by `python`.
    [[nodiscard]] QJsonObject log(const QString &python) const
    {
        QProcess process;
        process.start(python,
                      {u"-c"_s,
                       u"import sys, urllib.request\n"
                       "print(urllib.request.urlopen(sys.argv[1]).read().decode())"_s,
                       url() + u"/log?requests=1"_s});
        if (!process.waitForFinished(20'000))
            return {};
        return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    }

private:
    QProcess m_process;
    QByteArray m_port;
};

/// The requests of a run whose names begin so, in the order of their beginnings.
std::vector<TimeSpan> spansOf(const RunReport &report, const QString &name)
{
    std::vector<TimeSpan> spans;
    const Trace &trace = *report.trace;
    for (const TaskId id : tasksOfKind(report, TaskKind::Request)) {
        const TaskInfo &task = trace.task(id);
        if (QString::fromStdString(trace.taskName(id)).startsWith(name)
            && task.outcome.load() == TaskOutcome::Finished)
            spans.push_back({task.begun.load(), task.ended.load()});
    }
    std::sort(spans.begin(), spans.end(),
              [](const TimeSpan &a, const TimeSpan &b) { return a.begin < b.begin; });
    return spans;
}

int mostAtOnce(const std::vector<TimeSpan> &spans)
{
    int most = 0;
    for (const TimeSpan &span : spans) {
        most = std::max(most, int(std::count_if(spans.begin(), spans.end(), [&](const TimeSpan &s) {
                            return s.contains(span.begin);
                        })));
    }
    return most;
}

/// CLOCK_MONOTONIC of a moment that the wall clock had.
DurationNs monotonicMinusWall()
{
    timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    return monotonicNow() - (TimestampNs(wall.tv_sec) * kSecond + wall.tv_nsec);
}

} // namespace

/// The real aiohttp and aiomysql, against servers that know what was asked of them.
class TestPythonClients : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

private slots:
    void everyHttpRequestIsOneSpanAtTheServersTime()
    {
        const QString python = pythonWith(u"aiohttp"_s);
        if (python.isEmpty())
            QSKIP("aiohttp is not installed: the package python3-aiohttp brings it");
        Server server;
        const QString problem = server.start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        QFile script(m_folder.filePath(u"staggered.py"_s));
        QVERIFY(script.open(QIODevice::WriteOnly));
        QVERIFY(script.write(kStaggered) > 0);
        script.close();
        const auto report = recordProgram(commandWith({python, script.fileName(), server.url()}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        const std::vector<TimeSpan> spans = spansOf(*report, u"GET "_s);
        QJsonArray log = server.log(python).value("requests"_L1).toArray();
        QCOMPARE(log.size(), qsizetype(kWarmUps + kStaggeredRequests));
        QCOMPARE(spans.size(), std::size_t(kWarmUps + kStaggeredRequests));
        QCOMPARE(tasksOfKind(*report, TaskKind::Request).size(), spans.size()); // and none failed
        std::vector<TimeSpan> served;
        for (const QJsonValue &request : std::as_const(log))
            served.push_back({request[0].toInteger(), request[1].toInteger()});
        std::sort(served.begin(), served.end(),
                  [](const TimeSpan &a, const TimeSpan &b) { return a.begin < b.begin; });
        std::vector<DurationNs> before, after;
        for (std::size_t i = kWarmUps; i < spans.size(); ++i) {
            // One clock and a cause before its effect: this holds to the nanosecond.
            QVERIFY(spans[i].begin <= served[i].begin && spans[i].end >= served[i].end);
            before.push_back(served[i].begin - spans[i].begin);
            after.push_back(spans[i].end - served[i].end);
        }
        const QString found = u"%1 us before the server, %2 us after"_s.arg(median(before) / 1000)
                                  .arg(median(after) / 1000);
        const bool isClose = median(before) <= kMillisecond && median(after) <= kMillisecond;
        if (const QString why = disturbance(*report); !isClose && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(isClose, qPrintable(found));
    }

    void theLimitOfConnectionsIsRespected()
    {
        const QString python = pythonWith(u"aiohttp"_s);
        if (python.isEmpty())
            QSKIP("aiohttp is not installed: the package python3-aiohttp brings it");
        Server server;
        const QString problem = server.start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        const QString script = sourceFile(u"resources/python/examples/aiohttp_requests.py"_s);
        const auto report =
            recordProgram(commandWith({python, script, server.url(), u"--requests"_s, u"30"_s,
                                       u"--connections"_s, u"5"_s, u"--wait-ms"_s, u"60"_s}));
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        QCOMPARE(spansOf(*report, u"GET "_s).size(), std::size_t(30));
        QCOMPARE(tasksOfKind(*report, TaskKind::Request).size(), std::size_t(30));
        const QJsonObject log = server.log(python);
        QCOMPARE(log.value("served"_L1).toInt(), 30);
        QCOMPARE(log.value("peak"_L1).toInt(), 5);
        QVERIFY(log.value("connections"_L1).toInt() <= 5);
        // As many tasks as requests, and each printed its answer.
        const auto answers =
            std::count_if(report->lines.begin(), report->lines.end(), [](const PrintedLine &line) {
                return line.text.contains(u"status 200, 64 bytes"_s);
            });
        QCOMPARE(int(answers), 30);
    }

    void everyQueryIsOneSpanAtTheServersTime()
    {
        const QString python = pythonWith(u"aiomysql"_s);
        if (python.isEmpty())
            QSKIP("aiomysql is not installed: the package python3-aiomysql brings it");
        if (const QString obstacle = MariaDbServer::obstacle(); !obstacle.isEmpty())
            QSKIP(qPrintable(obstacle));
        MariaDbServer server;
        const QString problem = server.start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        (void)server.ask(u"SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON"_s);
        (void)server.ask(u"FLUSH STATUS"_s); // the most connections at once begin anew
        const QString script = sourceFile(u"resources/python/examples/aiomysql_queries.py"_s);
        const QString socket = server.url().section(u"socket="_s, 1);
        const auto report = recordProgram(commandWith(
            {python, script, u"--socket"_s, socket, u"--user"_s, u"root"_s, u"--queries"_s, u"20"_s,
             u"--connections"_s, u"5"_s, u"--wait-ms"_s, u"100"_s}));
        const DurationNs offset = monotonicMinusWall();
        QVERIFY2(endOf(report).isEmpty(), qPrintable(endOf(report)));
        const std::vector<TimeSpan> queries = spansOf(*report, u"SELECT SLEEP"_s);
        const std::vector<TimeSpan> acquired = spansOf(*report, u"connection"_s);
        QCOMPARE(queries.size(), std::size_t(20));
        QCOMPARE(acquired.size(), std::size_t(20));
        QCOMPARE(mostAtOnce(queries), 5);
        // Those of the pool, and the client's own.
        QVERIFY(server.status(u"Max_used_connections"_s) <= 5 + 1);
        const QString times = server.ask(
            u"SELECT UNIX_TIMESTAMP(event_time) FROM mysql.general_log WHERE command_type "
            "= 'Query' AND argument LIKE 'SELECT SLEEP%' ORDER BY event_time"_s);
        const QStringList lines = times.split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), qsizetype(20));
        std::vector<DurationNs> before;
        for (std::size_t i = 0; i < queries.size(); ++i) {
            const QString line = lines[qsizetype(i)];
            const TimestampNs wall = line.section(u'.', 0, 0).toLongLong() * kSecond
                + line.section(u'.', 1).leftJustified(9, u'0').toLongLong();
            before.push_back(wall + offset - queries[i].begin);
            QVERIFY(queries[i].duration()
                    >= 99 * kMillisecond); // the server counts in its own ticks
        }
        const QString found = u"%1 us before the server's log"_s.arg(median(before) / 1000);
        const bool isClose = median(before) >= -kMillisecond && median(before) <= kMillisecond;
        if (const QString why = disturbance(*report); !isClose && !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(isClose, qPrintable(found));
    }

    void whatIsMissingIsToldAndTheProgramEndsWithTwo()
    {
        const QString python = pythonProgram();
        if (python.isEmpty())
            QSKIP("python3 is not installed");
        int programs = 0;
        for (const QString &name : {u"aiohttp_requests"_s, u"aiomysql_queries"_s}) {
            QProcess process; // in isolation from the packages of this machine: none is found
            process.start(
                python,
                {u"-I"_s, u"-S"_s, sourceFile(u"resources/python/examples/"_s + name + u".py"_s)});
            QVERIFY(process.waitForFinished(20'000));
            const QByteArray told = process.readAllStandardError();
            QVERIFY2(process.exitCode() == 2, told.constData());
            QVERIFY2(told.contains("install python3-aio"), told.constData());
            QCOMPARE(told.count('\n'), 1);
            ++programs;
        }
        QCOMPARE(programs, 2);
    }
};

QTEST_GUILESS_MAIN(TestPythonClients)
#include "tst_pythonclients.moc"
