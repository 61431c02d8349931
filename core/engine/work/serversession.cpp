// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/serversession.h"

#include "core/engine/work/networkstate.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <sys/socket.h>

namespace Interleave
{

namespace
{

bool wouldBlock(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";

} // namespace

ServerSession::ServerSession(int fd)
    : m_fd(fd)
{
}

ServerSession::~ServerSession()
{
    ::shutdown(m_fd, SHUT_RDWR);
}

ServerSession::Progress ServerSession::receive()
{
    for (;;) {
        if (m_parser.state() == HttpRequestParser::State::Done)
            return Progress::HasRequest;
        if (m_parser.state() == HttpRequestParser::State::Bad)
            return fail(m_parser.problem(), 0);
        if (!m_unread.empty()) {
            m_unread.erase(0, m_parser.feed(m_unread));
            continue;
        }
        char buffer[4096];
        const ssize_t got = ::recv(m_fd, buffer, sizeof buffer, 0);
        if (got < 0)
            return wouldBlock(errno) ? Progress::WantsRead
                                     : fail("the request could not be read", errno);
        if (got == 0)
            return m_parser.hasBegun() ? fail("the client left in the middle of a request", 0)
                                       : Progress::Closed;
        m_unread.assign(buffer, std::size_t(got));
    }
}

void ServerSession::answer()
{
    m_answer = kAnswer;
    m_sent = 0;
    m_parser.reset();
}

ServerSession::Progress ServerSession::send()
{
    while (m_sent < m_answer.size()) {
        const ssize_t sent =
            ::send(m_fd, m_answer.data() + m_sent, m_answer.size() - m_sent, MSG_NOSIGNAL);
        if (sent < 0)
            return wouldBlock(errno) ? Progress::WantsWrite
                                     : fail("the answer could not be sent", errno);
        m_sent += std::size_t(sent);
    }
    return Progress::Sent;
}

ServerSession::Progress ServerSession::fail(const std::string &what, int error)
{
    m_problem = what;
    if (error != 0)
        m_problem += std::string(": ") + std::strerror(error);
    return Progress::Failed;
}

HandlerPlan handlerPlan(const WorkParameters &parameters)
{
    const double waitMs = std::clamp(parameters.real("wait_ms", 20), 0.0, 10'000.0);
    return {std::clamp(parameters.real("cpu_ms", 1), 0.0, 10'000.0),
            DurationNs(waitMs * double(kMillisecond))};
}

std::optional<ServedClient> clientOf(TaskContext &context)
{
    const SharedBoard *const board = context.setup().board;
    const std::size_t cell = connectionCell(context.index());
    const std::uint64_t stored =
        board && board->cellCount() > cell ? board->cell(cell).load(std::memory_order_acquire) : 0;
    if (stored == 0) {
        (void)context.fail("there is no client to serve: the run was not prepared");
        return std::nullopt;
    }
    return ServedClient{int(stored) - 1, stopSourceOf(context, board->object<NetworkState>()),
                        handlerPlan(context.parameters())};
}

} // namespace Interleave
