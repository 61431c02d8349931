// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asynchttp.h"
#include "core/engine/executor.h"
#include "core/engine/work/httpclient.h"
#include "core/engine/work/httpmessage.h"
#include "core/engine/work/requestplan.h"
#include "core/engine/work/serversession.h"
#include "tests/core/engine/recording.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <semaphore>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace Interleave;

namespace
{

using State = HttpResponseParser::State;

/// A server on a thread of its own that says what it is told to, one text for each request,
/// whatever it is asked; after a text that ends in kClose it closes.
class ScriptedServer
{
public:
    static constexpr char kClose = '\1';

    explicit ScriptedServer(std::vector<std::string> script)
        : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
        , m_script(std::move(script))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *const generic = reinterpret_cast<sockaddr *>(&address);
        if (::bind(m_listener.get(), generic, size) != 0 || ::listen(m_listener.get(), 8) != 0
            || ::getsockname(m_listener.get(), generic, &size) != 0)
            qFatal("no server");
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~ScriptedServer()
    {
        ::shutdown(m_listener.get(), SHUT_RDWR);
        m_isEnding = true;
        m_thread.join();
    }

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// Waits until it has had a request.
    bool awaitRequest() { return m_requests.try_acquire_for(std::chrono::seconds(10)); }

private:
    void serve()
    {
        std::size_t next = 0;
        while (!m_isEnding) {
            const UniqueFd client(::accept(m_listener.get(), nullptr, nullptr));
            if (!client.isOpen())
                return;
            std::string request;
            bool isOpen = true;
            while (isOpen) {
                char buffer[1024];
                const ssize_t got = ::recv(client.get(), buffer, sizeof buffer, 0);
                if (got <= 0)
                    break;
                request.append(buffer, std::size_t(got));
                if (request.find("\r\n\r\n") == std::string::npos)
                    continue;
                request.clear();
                m_requests.release();
                isOpen = next < m_script.size() ? answer(client.get(), m_script[next++]) : true;
            }
        }
    }
    static bool answer(int fd, std::string text)
    {
        const bool closes = !text.empty() && text.back() == kClose;
        if (closes)
            text.pop_back();
        for (const char byte : text) // the smallest pieces there are
            ::send(fd, &byte, 1, MSG_NOSIGNAL);
        return !closes;
    }

    UniqueFd m_listener;
    std::uint16_t m_port = 0;
    std::vector<std::string> m_script;
    std::counting_semaphore<> m_requests{0};
    std::atomic<bool> m_isEnding{false};
    std::thread m_thread;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

Task<TaskStatus> fetchesTwice(AsyncHttpConnection *connection, std::vector<int> *statuses)
{
    for (int i = 0; i < 2; ++i) {
        connection->http().begin("/", true);
        const Fetched fetched = co_await connection->exchange();
        statuses->push_back(fetched == Fetched::Answered ? connection->http().status() : 0);
    }
    const TaskStatus status = TaskStatus::Finished;
    co_return status;
}

} // namespace

class TestHttpClient : public QObject
{
    Q_OBJECT

private slots:
    void anAnswerIsReadInWhateverPiecesItComes_data()
    {
        QTest::addColumn<int>("piece");
        QTest::newRow("whole") << 1000;
        QTest::newRow("by the byte") << 1;
        QTest::newRow("odd pieces") << 7;
    }
    void anAnswerIsReadInWhateverPiecesItComes()
    {
        QFETCH(int, piece);
        const std::string text = "HTTP/1.1 503 Service Unavailable\r\ncontent-LENGTH:  5\t\r\n"
                                 "X-Other: yes\r\n\r\nhello";
        HttpResponseParser parser;
        parser.reset(true);
        QVERIFY(!parser.hasBegun());
        for (std::size_t at = 0; at < text.size(); at += std::size_t(piece)) {
            const std::string_view bytes = std::string_view(text).substr(at, std::size_t(piece));
            QVERIFY(parser.state() != State::Done);
            QCOMPARE(parser.feed(bytes), bytes.size());
            QVERIFY(parser.hasBegun());
        }
        QVERIFY2(parser.state() == State::Done, parser.problem().c_str());
        QCOMPARE(parser.status(), 503);
        QCOMPARE(parser.body(), std::string("hello"));
        QCOMPARE(parser.bodyBytes(), std::uint64_t(5));
        QVERIFY(parser.keepsOpen());
    }

    void whatComesAfterAnAnswerIsLeftForTheNext()
    {
        HttpResponseParser parser;
        const std::string two = kOk + kOk;
        const std::size_t used = parser.feed(two);
        QCOMPARE(used, kOk.size());
        QVERIFY(parser.state() == State::Done);
        QCOMPARE(parser.body(), std::string()); // nobody wanted it
        parser.reset();
        QCOMPARE(parser.feed(std::string_view(two).substr(used)), kOk.size());
        QVERIFY(parser.state() == State::Done);
        QCOMPARE(parser.bodyBytes(), std::uint64_t(2));
    }

    void bodiesMayBeEmptyOrNotThereAtAll()
    {
        HttpResponseParser parser;
        (void)parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        QVERIFY(parser.state() == State::Done);
        parser.reset();
        (void)parser.feed("HTTP/1.1 204 No Content\r\n\r\n");
        QVERIFY(parser.state() == State::Done);
        parser.reset();
        (void)parser.feed("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"); // without a reason
        QVERIFY(parser.state() == State::Done);
    }

    void aConnectionIsUsedAgainOnlyWhenBothMeanIt_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<bool>("keeps");
        QTest::newRow("1.1") << QByteArray("HTTP/1.1 200 OK\r\n") << true;
        QTest::newRow("1.1, close")
            << QByteArray("HTTP/1.1 200 OK\r\nConnection: Close\r\n") << false;
        QTest::newRow("1.0") << QByteArray("HTTP/1.0 200 OK\r\n") << false;
        QTest::newRow("1.0, keep-alive")
            << QByteArray("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n") << true;
    }
    void aConnectionIsUsedAgainOnlyWhenBothMeanIt()
    {
        QFETCH(QByteArray, head);
        QFETCH(bool, keeps);
        HttpResponseParser parser;
        (void)parser.feed(head.toStdString() + "Content-Length: 0\r\n\r\n");
        QVERIFY(parser.state() == State::Done);
        QCOMPARE(parser.keepsOpen(), keeps);
    }

    void whatIsNoAnswerIsToldInASentence_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char *name, const char *text, const char *part) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(part);
        };
        row("another protocol", "SSH-2.0-OpenSSH\r\n", "no status line");
        row("an empty line", "\r\n", "no status line");
        row("HTTP/2", "HTTP/2.0 200 OK\r\n", "no status line");
        row("no number", "HTTP/1.1 2x0 OK\r\n", "no status line");
        row("four digits", "HTTP/1.1 2000 OK\r\n", "no status line");
        row("an interim answer", "HTTP/1.1 100 Continue\r\n\r\n", "no final answer");
        row("a status out of range", "HTTP/1.1 999 Odd\r\n", "no final answer");
        row("bare newline", "HTTP/1.1 200 OK\n", "CRLF");
        row("no length", "HTTP/1.1 200 OK\r\n\r\n", "Content-Length");
        row("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", "no length");
        row("a length that overflows",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n", "no length");
        row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
            "two different");
        row("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "chunked");
        row("no colon", "HTTP/1.1 200 OK\r\nnonsense\r\n", "no header line");
        row("no name", "HTTP/1.1 200 OK\r\n: x\r\n", "no header line");
        row("a folded line", "HTTP/1.1 200 OK\r\n folded: x\r\n", "no header line");
        row("a control character", "HTTP/1.1 200 OK\r\nA: \x01\r\n", "control character");
        row("a body that is too long", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
            "longer than 100");
    }
    void whatIsNoAnswerIsToldInASentence()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, part);
        HttpResponseParser parser(HttpLimits{200, 100});
        (void)parser.feed(text.toStdString());
        QVERIFY(parser.state() == State::Bad);
        QVERIFY2(parser.problem().find(part.toStdString()) != std::string::npos,
                 parser.problem().c_str());
        QVERIFY(!parser.keepsOpen());
    }

    void aHeadThatNeverEndsIsCutOff()
    {
        HttpResponseParser parser(HttpLimits{64, 100});
        (void)parser.feed("HTTP/1.1 200 OK\r\nX: ");
        (void)parser.feed(std::string(100, 'x'));
        QVERIFY(parser.state() == State::Bad);
        QVERIFY2(parser.problem().find("longer than 64") != std::string::npos,
                 parser.problem().c_str());
    }

    void anEndInTheMiddleIsNoAnswer()
    {
        HttpResponseParser parser;
        parser.endOfStream();
        QVERIFY(parser.state() == State::Bad);
        QVERIFY(parser.problem().find("without an answer") != std::string::npos);
        parser.reset();
        (void)parser.feed("HTTP/1.1 2");
        parser.endOfStream();
        QVERIFY(parser.problem().find("head") != std::string::npos);
        parser.reset();
        (void)parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
        parser.endOfStream();
        QVERIFY(parser.problem().find("3 bytes") != std::string::npos);
        parser.reset();
        (void)parser.feed(kOk);
        parser.endOfStream();
        QVERIFY(parser.state() == State::Done);
    }

    void requestsAreReadAndWhatIsNoneIsRefused()
    {
        HttpRequestParser parser;
        const std::string text = httpGetText("/wait?ms=5", false) + "GET";
        QCOMPARE(parser.feed(text), text.size() - 3);
        QVERIFY(parser.state() == HttpRequestParser::State::Done);
        QCOMPARE(parser.target(), std::string("/wait?ms=5"));
        QVERIFY(!parser.keepsOpen());
        for (const char *bad : {"POST / HTTP/1.1\r\n", "GET  HTTP/1.1\r\n", "GET x HTTP/1.1\r\n",
                                "GET /a b HTTP/1.1\r\n", "GET / HTTP/1.0\r\n", "\r\n",
                                "GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"}) {
            parser.reset();
            (void)parser.feed(bad);
            QVERIFY2(parser.state() == HttpRequestParser::State::Bad, bad);
            QVERIFY(!parser.problem().empty());
        }
    }

    void aKeptConnectionServesManyExchanges()
    {
        ScriptedServer server({kOk, kOk, kOk});
        HttpConnection connection(server.port());
        for (int i = 0; i < 3; ++i) {
            connection.begin("/", true, true);
            QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
            QCOMPARE(connection.status(), 200);
            QCOMPARE(connection.body(), std::string("ok"));
            QVERIFY(connection.fd() >= 0);
        }
        QCOMPARE(connection.opened(), 1u);
    }

    void withoutKeepingEveryExchangeHasAConnectionOfItsOwn()
    {
        ScriptedServer server({kOk, kOk});
        HttpConnection connection(server.port());
        for (int i = 0; i < 2; ++i) {
            connection.begin("/", false);
            QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
            QCOMPARE(connection.fd(), -1);
        }
        QCOMPARE(connection.opened(), 2u);
    }

    void aKeptConnectionThatWasClosedIsReplaced()
    {
        ScriptedServer server({kOk + ScriptedServer::kClose, kOk});
        HttpConnection connection(server.port());
        connection.begin("/", true);
        QVERIFY(fetch(connection, {}) == Fetched::Answered);
        connection.begin("/", true);
        QVERIFY2(fetch(connection, {}) == Fetched::Answered, connection.problem().c_str());
        QCOMPARE(connection.opened(), 2u);
    }

    void anAnswerThatBreaksOffFails()
    {
        ScriptedServer server({std::string("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno")
                               + ScriptedServer::kClose});
        HttpConnection connection(server.port());
        connection.begin("/", true);
        QVERIFY(fetch(connection, {}) == Fetched::Failed);
        QVERIFY2(connection.problem().find("7 bytes before the end") != std::string::npos,
                 connection.problem().c_str());
        QCOMPARE(connection.fd(), -1);
    }

    void aServerThatIsNotThereIsToldWithItsPort()
    {
        std::uint16_t port = 0;
        {
            const ScriptedServer server(std::vector<std::string>{});
            port = server.port();
        }
        HttpConnection connection(port);
        connection.begin("/", false);
        QVERIFY(fetch(connection, {}) == Fetched::Failed);
        QVERIFY2(connection.problem().find(std::to_string(port)) != std::string::npos,
                 connection.problem().c_str());
    }

    void aStopRequestEndsTheWaitForAnAnswer_data()
    {
        QTest::addColumn<bool>("hasDescriptor");
        QTest::newRow("by a descriptor") << true;
        QTest::newRow("by looking") << false;
    }
    void aStopRequestEndsTheWaitForAnAnswer()
    {
        QFETCH(bool, hasDescriptor);
        Recording recording;
        ScriptedServer server({std::string("HTTP/1.1 200")}); // and nothing more
        const UniqueFd stopFd(eventfd(0, EFD_CLOEXEC));
        const StopSource stop{&recording.rings(), hasDescriptor ? stopFd.get() : -1};
        std::thread stopper([&] {
            if (!server.awaitRequest())
                qFatal("no request came");
            recording.rings().requestStop();
            eventfd_write(stopFd.get(), 1);
        });
        HttpConnection connection(server.port());
        connection.begin("/", true);
        const Fetched fetched = fetch(connection, stop, 7);
        stopper.join();
        QVERIFY(fetched == Fetched::Stopped);
        QCOMPARE(connection.fd(), -1);
        const auto events = recording.events();
        QCOMPARE(countOf(events, EventKind::Wait), countOf(events, EventKind::WaitEnd));
        // After the stop, nothing is begun any more.
        connection.begin("/", true);
        const Fetched after = fetch(connection, stop);
        QVERIFY(after == Fetched::Stopped);
    }

    void idleConnectionsAreGivenOutAgain()
    {
        ScriptedServer server({kOk});
        IdleConnections idle;
        auto connection = idle.take(server.port());
        connection->begin("/", true);
        QVERIFY(fetch(*connection, {}) == Fetched::Answered);
        HttpConnection *const address = connection.get();
        idle.giveBack(std::move(connection));
        auto other = idle.take(std::uint16_t(server.port() + 1));
        QVERIFY(other.get() != address);
        idle.giveBack(std::move(other)); // never opened: not kept
        QCOMPARE(idle.take(server.port()).get(), address);
    }

    void coroutinesUseTheSameConnectionAgain()
    {
        Recording recording;
        ScriptedServer server({kOk, kOk});
        AsyncHttpConnection connection(server.port());
        std::vector<int> statuses;
        {
            Executor executor(&recording.rings());
            Task<TaskStatus> task = fetchesTwice(&connection, &statuses);
            task.setId(5);
            executor.spawn(std::move(task));
            executor.run();
        }
        QCOMPARE(statuses, (std::vector<int>{200, 200}));
        QCOMPARE(connection.http().opened(), 1u);
    }

    void aServersEndReadsRequestsAndAnswersThem()
    {
        int ends[2];
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
        const UniqueFd server(ends[0]);
        UniqueFd client(ends[1]);
        ServerSession session(server.get());
        QVERIFY(session.receive() == ServerSession::Progress::WantsRead);
        const std::string request = httpGetText("/", true);
        // One and a half: the half is completed later.
        const std::string sent = request + request.substr(0, 10);
        QCOMPARE(::send(client.get(), sent.data(), sent.size(), 0), ssize_t(sent.size()));
        QVERIFY(session.receive() == ServerSession::Progress::HasRequest);
        session.answer();
        QVERIFY(session.send() == ServerSession::Progress::Sent);
        QVERIFY(session.receive() == ServerSession::Progress::WantsRead);
        QCOMPARE(::send(client.get(), request.data() + 10, request.size() - 10, 0),
                 ssize_t(request.size() - 10));
        QVERIFY(session.receive() == ServerSession::Progress::HasRequest);
        session.answer();
        QVERIFY(session.send() == ServerSession::Progress::Sent);
        char buffer[1024];
        const ssize_t got = ::recv(client.get(), buffer, sizeof buffer, 0);
        QVERIFY(got > 0);
        HttpResponseParser parser;
        const std::size_t used = parser.feed(std::string_view(buffer, std::size_t(got)));
        QVERIFY(parser.state() == State::Done);
        QCOMPARE(used * 2, std::size_t(got));
        client.reset();
        QVERIFY(session.receive() == ServerSession::Progress::Closed);
    }

    void aPlanIsTheSameForTheSameSeed()
    {
        WorkParameters parameters;
        parameters.set("seed", "7");
        parameters.set("latency_min_ms", "50");
        parameters.set("latency_max_ms", "300");
        std::vector<PlannedRequest> first, second;
        for (int i = 0; i < 100; ++i) {
            first.push_back(plannedUrl(parameters, i));
            second.push_back(plannedUrl(parameters, i));
            QVERIFY(first.back().latency >= 50 * kMillisecond);
            QVERIFY(first.back().latency <= 300 * kMillisecond);
        }
        QVERIFY(first == second);
        QVERIFY(first[0].latency != first[1].latency);
        parameters.set("seed", "8");
        QVERIFY(plannedUrl(parameters, 0).latency != first[0].latency);
        parameters.set("latency_max_ms", "50");
        QCOMPARE(plannedUrl(parameters, 3).latency, 50 * kMillisecond);
    }

    void targetsSayWhatIsMeant()
    {
        QCOMPARE(targetOf({100 * kMillisecond, false, 0}), std::string("/wait?ms=100.000"));
        QCOMPARE(targetOf({1'005 * kMicrosecond, true, 9}),
                 std::string("/wait?ms=1.005&body=9&fail=1"));
        QCOMPARE(targetOf({0, false, 0}), std::string("/wait?ms=0.000"));
    }

    void theIdealIsTheNumberOfWavesWhereAllAreEqual()
    {
        const std::vector<PlannedRequest> equal(50, PlannedRequest{100, false, 0});
        QCOMPARE(idealWall(equal, 8), DurationNs(700));
        QCOMPARE(idealWall(equal, 1), DurationNs(5000));
        QCOMPARE(idealWall(equal, 100), DurationNs(100));
        QCOMPARE(totalLatency(equal), DurationNs(5000));
        QCOMPARE(idealWall({}, 8), DurationNs(0));
        // The third goes where it is free first.
        QCOMPARE(idealWall({{30, false, 0}, {10, false, 0}, {15, false, 0}}, 2), DurationNs(30));
    }

    void threadsAreCounted()
    {
        const int before = threadCount();
        QVERIFY(before >= 1);
        std::binary_semaphore end{0};
        std::thread other([&] { end.acquire(); });
        const int with = threadCount();
        end.release();
        other.join();
        QCOMPARE(with, before + 1);
    }
};

QTEST_GUILESS_MAIN(TestHttpClient)
#include "tst_httpclient.moc"
