// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/httpclient.h"
#include "core/engine/work/httpmessage.h"
#include "core/engine/work/taskcontext.h"
#include "core/engine/work/workparameters.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace Interleave
{

/// The server's end of one client's connection in S12: reads requests and sends answers, one after
/// the other. Never blocks: whoever drives it waits for the descriptor. Thread: one at a time.
class ServerSession
{
public:
    enum class Progress : std::uint8_t {
        HasRequest,
        Sent,
        Closed, ///< by the client, between two requests
        WantsRead,
        WantsWrite,
        Failed ///< see problem()
    };

    /// \param fd a connected, non-blocking socket; borrowed.
    explicit ServerSession(int fd);
    /// Tells the client that nothing more will come.
    ~ServerSession();
    ServerSession(const ServerSession &) = delete;
    ServerSession &operator=(const ServerSession &) = delete;

    [[nodiscard]] int fd() const { return m_fd; }
    /// HasRequest, Closed, WantsRead or Failed.
    [[nodiscard]] Progress receive();
    /// Prepares the answer to the request; then send() until Sent.
    void answer();
    /// Sent, WantsWrite or Failed.
    [[nodiscard]] Progress send();
    [[nodiscard]] const std::string &problem() const { return m_problem; }

private:
    Progress fail(const std::string &what, int error);

    int m_fd;
    HttpRequestParser m_parser;
    std::string m_unread; ///< came with the request before
    std::string m_answer;
    std::size_t m_sent = 0;
    std::string m_problem;
};

/// What the server does for each request.
struct HandlerPlan {
    double cpuMs = 1;
    DurationNs wait = 0; ///< as for a database
};
[[nodiscard]] HandlerPlan handlerPlan(const WorkParameters &parameters);

/// What a task of S12 needs to serve its client.
struct ServedClient {
    int fd = -1; ///< the server's end of the connection; borrowed
    StopSource stop;
    HandlerPlan plan;
};
/// Of this task; nothing when the run was not prepared, which is the task's failure then.
[[nodiscard]] std::optional<ServedClient> clientOf(TaskContext &context);

} // namespace Interleave
