// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/http/httpserver.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QHttpServerRequest>
#include <QJsonArray>
#include <QJsonDocument>
#include <QString>
#include <QTcpServer>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr double kLongestMs = 60'000;
constexpr int kLargestBody = 1 << 20;
/// What log() lists one by one; beyond, only the sums go on.
constexpr std::size_t kMostListed = 100'000;

/// What a /wait request asks for.
struct Wish {
    DurationNs delay = 0;
    int status = 200;
    int bodyBytes = 0;
};

/// \return nothing when a value is not understood or out of range.
std::optional<Wish> readWish(const QUrlQuery &query)
{
    bool understood = false;
    const double ms = query.queryItemValue(QStringLiteral("ms")).toDouble(&understood);
    const bool isPossible = ms >= 0 && ms <= kLongestMs; // false for what is no number
    if (!understood || !isPossible)
        return std::nullopt;
    Wish wish;
    wish.delay = DurationNs(ms * double(kMillisecond));
    if (query.hasQueryItem(QStringLiteral("body"))) {
        wish.bodyBytes = query.queryItemValue(QStringLiteral("body")).toInt(&understood);
        if (!understood || wish.bodyBytes < 0 || wish.bodyBytes > kLargestBody)
            return std::nullopt;
    }
    if (query.queryItemValue(QStringLiteral("fail")) == QLatin1String("1"))
        wish.status = 503;
    return wish;
}

const char *reasonOf(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    default:
        return "Service Unavailable";
    }
}

bool asksToClose(const QHttpServerRequest &request)
{
    return request.value(QByteArrayLiteral("Connection"))
               .compare(QByteArrayLiteral("close"), Qt::CaseInsensitive)
        == 0;
}

/// In one piece, and so in one segment where it fits.
void send(QTcpSocket &socket, int status, const QByteArray &type, const QByteArray &body,
          bool closes)
{
    QByteArray text;
    text.reserve(160 + body.size());
    text += "HTTP/1.1 ";
    text += QByteArray::number(status);
    text += ' ';
    text += reasonOf(status);
    text += "\r\nContent-Type: ";
    text += type;
    text += "\r\nContent-Length: ";
    text += QByteArray::number(body.size());
    text += closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n";
    text += body;
    socket.write(text);
    socket.flush();
    if (closes)
        socket.disconnectFromHost();
}

void sendText(QTcpSocket &socket, int status, const QByteArray &sentence, bool closes)
{
    send(socket, status, QByteArrayLiteral("text/plain; charset=utf-8"), sentence + '\n', closes);
}

/// The connections of a run are descriptors here, too; the hard limit is what we may have.
void raiseDescriptorLimit()
{
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); // a refusal leaves what there was
    }
}

} // namespace

HttpServer::HttpServer(QObject *parent)
    : QAbstractHttpServer(parent)
    , m_timerFd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK))
{
    if (!m_timerFd.isOpen())
        return; // listenOnLoopback() says so
    m_timer = std::make_unique<QSocketNotifier>(m_timerFd.get(), QSocketNotifier::Read);
    QObject::connect(m_timer.get(), &QSocketNotifier::activated, this, [this] { answerDue(); });
}

HttpServer::~HttpServer() = default;

Result<quint16> HttpServer::listenOnLoopback()
{
    if (!m_timerFd.isOpen())
        return Error{ErrorCode::Io,
                     "the server has no timer (timerfd_create): too many open files?"};
    auto server = std::make_unique<QTcpServer>();
    server->setListenBacklogSize(4096); // hundreds of clients connect in the same millisecond
    server->setMaxPendingConnections(100'000);
    if (!server->listen(QHostAddress(QHostAddress::LocalHost), 0)) {
        return Error{ErrorCode::Io,
                     "the server cannot listen on 127.0.0.1: "
                         + server->errorString().toStdString()};
    }
    const quint16 port = server->serverPort();
    bind(server.release()); // it becomes its parent
    return port;
}

QJsonObject HttpServer::log(bool withRequests) const
{
    QJsonObject object{
        {QStringLiteral("served"), m_answered}, {QStringLiteral("failed"), m_failed},
        {QStringLiteral("gone"), m_gone},       {QStringLiteral("connections"), m_connections},
        {QStringLiteral("peak"), m_peak},       {QStringLiteral("open"), int(m_pending.size())},
    };
    if (!m_served.empty()) {
        const auto first = std::min_element(
            m_served.begin(), m_served.end(),
            [](const Served &a, const Served &b) { return a.arrival < b.arrival; });
        object.insert(QStringLiteral("first_ns"), qint64(first->arrival));
        object.insert(QStringLiteral("last_ns"), qint64(m_served.back().departure));
    }
    if (!withRequests)
        return object;
    QJsonArray requests;
    for (const Served &served : m_served)
        requests.append(
            QJsonArray{qint64(served.arrival), qint64(served.departure), served.status});
    object.insert(QStringLiteral("requests"), requests);
    return object;
}

bool HttpServer::handleRequest(const QHttpServerRequest &request, QTcpSocket *socket)
{
    if (request.method() != QHttpServerRequest::Method::Get)
        return false;
    const QString path = request.url().path();
    if (path == QLatin1String("/wait")) {
        acceptWait(request, socket);
        return true;
    }
    if (path == QLatin1String("/log")) {
        const bool withRequests =
            request.query().queryItemValue(QStringLiteral("requests")) == QLatin1String("1");
        send(*socket, 200, QByteArrayLiteral("application/json"),
             QJsonDocument(log(withRequests)).toJson(QJsonDocument::Compact), asksToClose(request));
        return true;
    }
    return false;
}

void HttpServer::missingHandler(const QHttpServerRequest &request, QTcpSocket *socket)
{
    sendText(*socket, 404, QByteArrayLiteral("there are GET /wait?ms=N and GET /log"),
             asksToClose(request));
}

void HttpServer::acceptWait(const QHttpServerRequest &request, QTcpSocket *socket)
{
    const TimestampNs now = monotonicNow();
    const bool closes = asksToClose(request);
    const std::optional<Wish> wish = readWish(request.query());
    if (!wish) {
        sendText(*socket, 400,
                 QByteArrayLiteral("/wait needs ms=0 to 60000, and may have body=0 to 1048576 "
                                   "and fail=1"),
                 closes);
        return;
    }
    noteConnection(socket);
    m_pending.push_back(
        {now + wish->delay, m_order++, now, socket, wish->status, wish->bodyBytes, closes});
    std::push_heap(m_pending.begin(), m_pending.end());
    m_peak = std::max(m_peak, int(m_pending.size()));
    armTimer();
}

void HttpServer::noteConnection(QTcpSocket *socket)
{
    if (m_seen.contains(socket))
        return;
    m_seen.insert(socket);
    ++m_connections;
    QObject::connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
        m_seen.remove(socket); // its address may come again
    });
    // Not to wait for more where there is something to send: an answer is late enough.
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

void HttpServer::armTimer()
{
    itimerspec when = {};
    if (!m_pending.empty()) {
        const TimestampNs due = std::max<TimestampNs>(1, m_pending.front().due);
        when.it_value.tv_sec = time_t(due / kSecond);
        when.it_value.tv_nsec = long(due % kSecond);
    }
    timerfd_settime(m_timerFd.get(), TFD_TIMER_ABSTIME, &when, nullptr); // all zero: disarmed
}

void HttpServer::answerDue()
{
    std::uint64_t expirations;
    while (::read(m_timerFd.get(), &expirations, sizeof expirations) > 0) {
        // only to make it unreadable again; who is due is told by the clock
    }
    while (!m_pending.empty() && m_pending.front().due <= monotonicNow()) {
        std::pop_heap(m_pending.begin(), m_pending.end());
        const Pending pending = std::move(m_pending.back());
        m_pending.pop_back();
        answer(pending);
    }
    armTimer();
}

void HttpServer::answer(const Pending &pending)
{
    QTcpSocket *const socket = pending.socket.data();
    const bool isThere = socket && socket->state() == QAbstractSocket::ConnectedState;
    // Before it is sent: nobody who has an answer is still counted as waiting.
    if (m_served.size() < kMostListed)
        m_served.push_back({pending.arrival, monotonicNow(), isThere ? pending.status : 0});
    if (!isThere) {
        ++m_gone;
        return;
    }
    ++(pending.status == 200 ? m_answered : m_failed);
    send(*socket, pending.status, QByteArrayLiteral("application/octet-stream"),
         QByteArray(pending.bodyBytes, '.'), pending.closes);
}

int httpServerMain(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    raiseDescriptorLimit();
    const QCoreApplication application(argc, argv);
    HttpServer server;
    const auto port = server.listenOnLoopback();
    if (!port) {
        std::fprintf(stderr, "interleave-server: %s\n", port.error().message.c_str());
        return 1;
    }
    std::printf("%u\n", unsigned(port.value()));
    std::fflush(stdout);
    const QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &server, [] {
        char buffer[256];
        if (::read(STDIN_FILENO, buffer, sizeof buffer) <= 0)
            QCoreApplication::quit();
    });
    return QCoreApplication::exec();
}

} // namespace Interleave
