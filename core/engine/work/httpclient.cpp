// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/httpclient.h"

#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace Interleave
{

namespace
{

constexpr int kLookForStopMs = 20;
constexpr std::size_t kReceiveBytes = 16 * 1024;

bool wouldBlock(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// Whether it is ready now, or has failed.
bool isReady(int fd, short events)
{
    pollfd poll{fd, events, 0};
    return ::poll(&poll, 1, 0) > 0;
}

} // namespace

HttpConnection::HttpConnection(std::uint16_t port, HttpLimits limits)
    : m_port(port)
    , m_parser(limits)
{
}

void HttpConnection::begin(std::string_view target, bool keepAlive, bool keepBody)
{
    if (m_step != Step::Idle)
        close();
    m_request = httpGetText(target, keepAlive);
    m_sent = 0;
    m_keepAlive = keepAlive;
    m_parser.reset(keepBody);
    m_problem.clear();
    m_isReused = m_socket.isOpen();
    m_step = m_isReused ? Step::Sending : Step::Opening;
}

void HttpConnection::close()
{
    m_socket.reset();
    m_step = Step::Idle;
}

HttpConnection::Progress HttpConnection::advance()
{
    while (m_step != Step::Idle && m_step != Step::Failed) {
        const Outcome outcome = takeStep();
        if (outcome == Outcome::WantsRead)
            return Progress::WantsRead;
        if (outcome == Outcome::WantsWrite)
            return Progress::WantsWrite;
    }
    return m_step == Step::Idle ? Progress::Done : Progress::Failed;
}

HttpConnection::Outcome HttpConnection::takeStep()
{
    switch (m_step) {
    case Step::Opening:
        return open();
    case Step::Connecting:
        return connectOn();
    case Step::Sending:
        return send();
    case Step::Receiving:
        return receive();
    case Step::Idle:
    case Step::Failed:
        break;
    }
    return Outcome::GoesOn;
}

HttpConnection::Outcome HttpConnection::open()
{
    m_socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!m_socket.isOpen()) {
        fail("no socket could be made", errno);
        return Outcome::GoesOn;
    }
    ++m_opened;
    const int on = 1; // a request is small and to be sent at once
    ::setsockopt(m_socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(m_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address)
        == 0)
        m_step = Step::Sending;
    else if (errno == EINPROGRESS || errno == EINTR)
        m_step = Step::Connecting;
    else
        fail("could not connect", errno);
    return Outcome::GoesOn;
}

HttpConnection::Outcome HttpConnection::connectOn()
{
    if (!isReady(m_socket.get(), POLLOUT))
        return Outcome::WantsWrite;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(m_socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error != 0)
        fail("could not connect", error);
    else
        m_step = Step::Sending;
    return Outcome::GoesOn;
}

HttpConnection::Outcome HttpConnection::send()
{
    const ssize_t sent =
        ::send(m_socket.get(), m_request.data() + m_sent, m_request.size() - m_sent, MSG_NOSIGNAL);
    if (sent < 0) {
        if (wouldBlock(errno))
            return Outcome::WantsWrite;
        if (const int error = errno; !tryAgain())
            fail("the request could not be sent", error);
        return Outcome::GoesOn;
    }
    m_sent += std::size_t(sent);
    if (m_sent == m_request.size())
        m_step = Step::Receiving;
    return Outcome::GoesOn;
}

HttpConnection::Outcome HttpConnection::receive()
{
    char buffer[kReceiveBytes];
    const ssize_t got = ::recv(m_socket.get(), buffer, sizeof buffer, 0);
    if (got < 0 && wouldBlock(errno))
        return Outcome::WantsRead;
    if (got < 0) {
        if (const int error = errno; !tryAgain())
            fail("the answer could not be read", error);
        return Outcome::GoesOn;
    }
    if (got == 0) {
        if (tryAgain())
            return Outcome::GoesOn;
        m_parser.endOfStream();
        fail(m_parser.problem());
        return Outcome::GoesOn;
    }
    const std::string_view bytes(buffer, std::size_t(got));
    const std::size_t used = m_parser.feed(bytes);
    if (m_parser.state() == HttpResponseParser::State::Bad)
        fail(m_parser.problem());
    else if (m_parser.state() == HttpResponseParser::State::Done)
        endExchange(bytes.size() - used);
    return Outcome::GoesOn;
}

void HttpConnection::endExchange(std::size_t unused)
{
    if (unused > 0) {
        fail("the server sent " + std::to_string(unused) + " bytes more than its answer");
        return;
    }
    m_step = Step::Idle;
    if (!m_keepAlive || !m_parser.keepsOpen())
        m_socket.reset();
}

void HttpConnection::fail(const std::string &what, int error)
{
    m_problem = "127.0.0.1:" + std::to_string(m_port) + ": " + what;
    if (error != 0)
        m_problem += std::string(": ") + std::strerror(error);
    m_socket.reset();
    m_step = Step::Failed;
}

bool HttpConnection::tryAgain()
{
    if (!m_isReused || m_parser.hasBegun())
        return false;
    m_isReused = false;
    m_socket.reset();
    m_sent = 0;
    m_step = Step::Opening;
    return true;
}

bool waitForSocket(int fd, short events, StopSource stop, ObjectId object)
{
    if (stop.rings && stop.rings->isStopRequested())
        return false;
    if (isReady(fd, events))
        return true;
    pollfd polled[2] = {{fd, events, 0}, {stop.fd, POLLIN, 0}}; // -1 is passed over
    const int patience = stop.rings && stop.fd < 0 ? kLookForStopMs : -1;
    bool isStopped = false;
    Recorder::wait(WaitReason::Io, object);
    while (!isStopped) {
        polled[0].revents = 0;
        const int ready = ::poll(polled, 2, patience);
        isStopped = stop.rings && stop.rings->isStopRequested();
        if (ready > 0 && polled[0].revents != 0)
            break;
    }
    Recorder::waitEnd();
    return !isStopped;
}

Fetched fetch(HttpConnection &connection, StopSource stop, ObjectId object)
{
    for (;;) {
        const HttpConnection::Progress progress = connection.advance();
        if (progress == HttpConnection::Progress::Done)
            return Fetched::Answered;
        if (progress == HttpConnection::Progress::Failed)
            return Fetched::Failed;
        const short events = progress == HttpConnection::Progress::WantsRead ? POLLIN : POLLOUT;
        if (!waitForSocket(connection.fd(), events, stop, object)) {
            connection.close();
            return Fetched::Stopped;
        }
    }
}

IdleConnections &IdleConnections::ofProcess()
{
    static IdleConnections connections;
    return connections;
}

std::unique_ptr<HttpConnection> IdleConnections::take(std::uint16_t port)
{
    const std::lock_guard lock(m_mutex);
    const auto found = std::find_if(m_idle.rbegin(), m_idle.rend(),
                                    [port](const auto &idle) { return idle->port() == port; });
    if (found == m_idle.rend())
        return std::make_unique<HttpConnection>(port);
    std::unique_ptr<HttpConnection> connection = std::move(*found);
    m_idle.erase(std::next(found).base());
    return connection;
}

void IdleConnections::giveBack(std::unique_ptr<HttpConnection> connection)
{
    if (connection->fd() < 0)
        return;
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(connection));
}

void IdleConnections::clear()
{
    const std::lock_guard lock(m_mutex);
    m_idle.clear();
}

int threadCount()
{
    struct stat info = {};
    if (::stat("/proc/self/task", &info) != 0 || info.st_nlink < 3)
        return 1;
    return int(info.st_nlink) - 2;
}

} // namespace Interleave
