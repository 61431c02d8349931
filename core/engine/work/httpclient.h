// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/uniquefd.h"
#include "core/engine/work/httpmessage.h"
#include "core/record/objectkind.h"
#include "core/record/sharedrings.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace Interleave
{

/// A connection to an HTTP server on 127.0.0.1, with one exchange at a time. Never blocks: it says
/// what it waits for, and whoever drives it, a blocking thread (fetch()) or a coroutine, waits.
///
///   begin() -> [connecting] -> sending -> receiving -> Done, and begin() again
///                  \_______________\___________\____-> Failed
///
/// The connection is opened when there is none, and kept after an answer where both sides want
/// that. If a kept one turns out to be closed before a byte of the answer came, the exchange is
/// tried once more on a new one. Thread: one at a time.
class HttpConnection
{
public:
    enum class Progress : std::uint8_t { Done, WantsRead, WantsWrite, Failed };

    explicit HttpConnection(std::uint16_t port, HttpLimits limits = {});
    HttpConnection(const HttpConnection &) = delete;
    HttpConnection &operator=(const HttpConnection &) = delete;

    /// The next exchange: GET of `target`. An exchange that is under way is given up with its
    /// connection.
    void begin(std::string_view target, bool keepAlive, bool keepBody = false);
    /// Goes on as far as it goes. WantsRead, WantsWrite: call again when fd() is readable,
    /// writable; fd() may be another one after each call.
    [[nodiscard]] Progress advance();
    void close();

    [[nodiscard]] int fd() const { return m_socket.get(); } ///< -1 when none is open
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] unsigned opened() const { return m_opened; } ///< connections so far
    // Of an exchange that is Done:
    [[nodiscard]] int status() const { return m_parser.status(); }
    [[nodiscard]] std::uint64_t bodyBytes() const { return m_parser.bodyBytes(); }
    [[nodiscard]] const std::string &body() const { return m_parser.body(); }
    /// Why it Failed: a sentence.
    [[nodiscard]] const std::string &problem() const { return m_problem; }

private:
    enum class Step : std::uint8_t { Idle, Opening, Connecting, Sending, Receiving, Failed };
    /// What one step came to: the next one, or the end of advance().
    enum class Outcome : std::uint8_t { GoesOn, WantsRead, WantsWrite };

    Outcome takeStep();
    Outcome open();
    Outcome connectOn();
    Outcome send();
    Outcome receive();
    void endExchange(std::size_t unused);
    void fail(const std::string &what, int error = 0);
    /// Instead of fail(), where a kept connection was found closed.
    bool tryAgain();

    std::uint16_t m_port;
    UniqueFd m_socket;
    HttpResponseParser m_parser;
    std::string m_request;
    std::size_t m_sent = 0;
    Step m_step = Step::Idle;
    bool m_keepAlive = false;
    bool m_isReused = false; ///< the exchange runs over a connection that served another before
    unsigned m_opened = 0;
    std::string m_problem;
};

/// What ends a blocking wait for a socket early.
struct StopSource {
    const SharedRings *rings = nullptr; ///< whose stop request counts; borrowed
    /// A descriptor that becomes readable with it, or -1: then the request is looked at every 20
    /// ms.
    int fd = -1;
};

/// Blocks until `fd` is ready for `events` (poll(2)), or fails. Records Wait(Io) with `object` when
/// it has to wait. \return false when stopped.
[[nodiscard]] bool waitForSocket(int fd, short events, StopSource stop,
                                 ObjectId object = kNoObject);

enum class Fetched : std::uint8_t { Answered, Stopped, Failed };

/// Blocks until the exchange that was begun is over. Stopped: the connection is closed.
[[nodiscard]] Fetched fetch(HttpConnection &connection, StopSource stop,
                            ObjectId object = kNoObject);

/// Connections of this process that are open and unused, the one used last first. Thread: any.
class IdleConnections
{
public:
    [[nodiscard]] static IdleConnections &ofProcess();

    /// One to that port: a used one, or a new one that is not open yet.
    [[nodiscard]] std::unique_ptr<HttpConnection> take(std::uint16_t port);
    void giveBack(std::unique_ptr<HttpConnection> connection);
    /// Closes all: at the end of a run.
    void clear();

private:
    std::mutex m_mutex;
    std::vector<std::unique_ptr<HttpConnection>> m_idle;
};

/// How many threads this process has.
/// Source: proc(5): /proc/self/task has a link for each, and two of its own. One system call.
[[nodiscard]] int threadCount();

} // namespace Interleave
