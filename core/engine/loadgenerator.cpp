// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/loadgenerator.h"

#include "core/engine/work/kernelname.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace Interleave
{

namespace
{

Error socketError(const char *what)
{
    return {ErrorCode::Io, std::string(what) + ": " + std::strerror(errno)};
}

/// Small messages are to be sent at once.
void setNoDelay(int fd)
{
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Result<UniqueFd> listenOnLoopback(sockaddr_in &address)
{
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto *const generic = reinterpret_cast<sockaddr *>(&address);
    if (!listener.isOpen() || ::bind(listener.get(), generic, size) != 0
        || ::listen(listener.get(), 16) != 0 || ::getsockname(listener.get(), generic, &size) != 0)
        return socketError("the clients find no server on 127.0.0.1");
    return listener;
}

} // namespace

DurationNs nearestRank(const std::vector<DurationNs> &sorted, double share)
{
    const double rank = std::ceil(share * double(sorted.size()));
    const std::size_t index = rank < 1 ? 0 : std::size_t(rank) - 1;
    return sorted[std::min(index, sorted.size() - 1)];
}

LoadGenerator::LoadGenerator(LoadPlan plan, std::function<void()> onAnswer)
    : m_plan(plan)
    , m_onAnswer(std::move(onAnswer))
    , m_request(httpGetText("/", true))
    , m_clients(std::size_t(plan.clients))
    , m_end(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
}

LoadGenerator::~LoadGenerator()
{
    eventfd_write(m_end.get(), 1);
    if (m_thread.joinable())
        m_thread.join();
}

Result<std::vector<UniqueFd>> LoadGenerator::connectAll()
{
    sockaddr_in address;
    auto listener = listenOnLoopback(address);
    if (!listener)
        return listener.error();
    std::vector<UniqueFd> served;
    for (Client &client : m_clients) {
        // One at a time: then the n-th connection that is accepted is that of the n-th client.
        client.fd.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!client.fd.isOpen()
            || ::connect(client.fd.get(), reinterpret_cast<const sockaddr *>(&address),
                         sizeof address)
                != 0)
            return socketError("a client could not connect");
        UniqueFd server(::accept4(listener.value().get(), nullptr, nullptr, SOCK_NONBLOCK));
        if (!server.isOpen())
            return socketError("a client's connection could not be accepted");
        setNoDelay(client.fd.get());
        setNoDelay(server.get());
        served.push_back(std::move(server));
    }
    return served;
}

void LoadGenerator::start(int stopFd)
{
    for (std::size_t i = 0; i < m_clients.size(); ++i) {
        m_clients[i].isSlow = i < std::size_t(std::max(0, m_plan.slowClients));
        m_clients[i].left = m_plan.requestsEach;
    }
    m_result.begin = monotonicNow();
    m_result.end = m_result.begin;
    m_thread = std::thread([this, stopFd] {
        setKernelName("clients");
        run(stopFd);
    });
}

LoadResult LoadGenerator::finish()
{
    if (m_thread.joinable())
        m_thread.join();
    LoadResult result = std::move(m_result);
    m_result = {};
    std::sort(result.latencies.begin(), result.latencies.end());
    std::sort(result.slowLatencies.begin(), result.slowLatencies.end());
    return result;
}

void LoadGenerator::run(int stopFd)
{
    for (Client &client : m_clients)
        beginRequest(client);
    while (waitForEvents(stopFd))
        sendDue();
    for (Client &client : m_clients) {
        if (client.fd.isOpen())
            giveUp(client);
    }
}

void LoadGenerator::beginRequest(Client &client)
{
    client.parser.reset();
    client.sent = 0;
    client.begun = monotonicNow();
    if (!client.isSlow) {
        sendUntil(client, m_request.size());
        return;
    }
    client.resumesAt = client.begun + m_plan.slow;
    sendUntil(client, m_request.size() / 2);
}

/// A request is some dozens of bytes on a connection on which nothing is under way: it fits.
void LoadGenerator::sendUntil(Client &client, std::size_t end)
{
    const ssize_t sent = ::send(client.fd.get(), m_request.data() + client.sent, end - client.sent,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 || client.sent + std::size_t(sent) != end)
        giveUp(client);
    else
        client.sent = end;
}

/// The second halves whose time has come.
void LoadGenerator::sendDue()
{
    const TimestampNs now = monotonicNow();
    for (Client &client : m_clients) {
        if (!client.fd.isOpen() || client.resumesAt == 0 || client.resumesAt > now)
            continue;
        client.resumesAt = 0;
        sendUntil(client, m_request.size());
    }
}

/// Waits for an answer or for a second half's time, and takes the answers. \return false when no
/// client is left, or all shall give up.
bool LoadGenerator::waitForEvents(int stopFd)
{
    std::vector<pollfd> polled{{stopFd, POLLIN, 0}, {m_end.get(), POLLIN, 0}};
    std::vector<Client *> clients;
    TimestampNs next = 0;
    for (Client &client : m_clients) {
        if (!client.fd.isOpen())
            continue;
        polled.push_back({client.fd.get(), POLLIN, 0});
        clients.push_back(&client);
        if (client.resumesAt != 0 && (next == 0 || client.resumesAt < next))
            next = client.resumesAt;
    }
    if (clients.empty())
        return false;
    timespec patience = {};
    if (next != 0) {
        const DurationNs length = std::max<DurationNs>(0, next - monotonicNow());
        patience.tv_sec = time_t(length / kSecond);
        patience.tv_nsec = long(length % kSecond);
    }
    if (::ppoll(polled.data(), polled.size(), next != 0 ? &patience : nullptr, nullptr) < 0)
        return errno == EINTR;
    if (polled[0].revents != 0 || polled[1].revents != 0)
        return false;
    for (std::size_t i = 0; i < clients.size(); ++i) {
        if (polled[i + 2].revents != 0)
            receive(*clients[i]);
    }
    return true;
}

void LoadGenerator::receive(Client &client)
{
    char buffer[4096];
    const ssize_t got = ::recv(client.fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0 || client.sent != m_request.size()) {
        giveUp(client); // also an answer to a request that was not sent to its end
        return;
    }
    const std::size_t size = std::size_t(got);
    const std::size_t used = client.parser.feed(std::string_view(buffer, size));
    if (client.parser.state() == HttpResponseParser::State::Bad || used != size)
        giveUp(client);
    else if (client.parser.state() == HttpResponseParser::State::Done)
        onAnswered(client);
}

void LoadGenerator::onAnswered(Client &client)
{
    m_result.end = monotonicNow();
    (client.isSlow ? m_result.slowLatencies : m_result.latencies)
        .push_back(m_result.end - client.begun);
    m_onAnswer();
    if (--client.left > 0)
        beginRequest(client);
    else
        client.fd.reset(); // that is how the server learns that it was the last one
}

void LoadGenerator::giveUp(Client &client)
{
    ++m_result.failed;
    client.fd.reset();
}

} // namespace Interleave
