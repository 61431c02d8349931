// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/coroutine.h"
#include "core/engine/work/taskcontext.h"

#include <QNetworkAccessManager>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace Interleave
{

/// What QNetworkAccessManager brought.
struct QtAnswer {
    int status = 0; ///< 0: no answer
    std::string problem; ///< then: why
};

/// The other client of S10 and S13: Qt's own, for coroutines. A QNetworkAccessManager opens at most
/// six connections to one host and does its work on a hidden thread of its own, so that a limit
/// takes as many managers, and threads, as there are sixes in it: which is what the sets count.
/// Thread: the executor's; it outlives the coroutines.
class QtHttpClient
{
public:
    static constexpr std::size_t kConnectionsEach = 6;

    QtHttpClient(std::uint16_t port, std::size_t connections);

    /// \param place which of the connections is meant, below the number given to the constructor.
    /// Awaited, it throws StopRequested when stopped. `target` outlives it.
    [[nodiscard]] Task<QtAnswer> fetch(std::size_t place, const std::string *target,
                                       bool keepAlive);

private:
    std::uint16_t m_port;
    std::vector<std::unique_ptr<QNetworkAccessManager>> m_managers;
};

// The bodies of S10 and S13 with that client for threads, jobs and child processes: each thread has a
// manager of its own, and waits for it in a QEventLoop.
[[nodiscard]] TaskStatus manyRequestsByQtBody(TaskContext &context);
[[nodiscard]] TaskStatus asyncHttpByQtBody(TaskContext &context);
/// The manager of the calling thread ends now, if there is one: that of main would end after its
/// application.
void endManagerOfThread();

} // namespace Interleave
