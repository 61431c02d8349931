// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/asyncfd.h"
#include "core/engine/async/asyncsync.h"
#include "core/engine/coroutine.h"
#include "core/engine/work/httpclient.h"
#include "core/engine/work/taskcontext.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace Interleave
{

/// A connection to an HTTP server on 127.0.0.1 for the coroutines of one executor.
class AsyncHttpConnection
{
public:
    /// \param index its number within its pool
    explicit AsyncHttpConnection(std::uint16_t port, std::size_t index = 0)
        : m_connection(port)
        , m_index(index)
    {
    }

    /// Begin an exchange here, and read its answer here once exchange() is over.
    [[nodiscard]] HttpConnection &http() { return m_connection; }
    [[nodiscard]] std::size_t index() const { return m_index; }
    /// `co_await connection.exchange()`: until the exchange that was begun is over. The connection
    /// outlives it.
    [[nodiscard]] Task<Fetched> exchange(ObjectId object = kNoObject);

private:
    [[nodiscard]] AsyncDescriptor &descriptor();

    HttpConnection m_connection;
    int m_describedFd = -1;
    /// Of the socket, as long as it is the same one: its notifiers are made once for many requests.
    /// They are switched off while nobody waits, and so do not mind when it is closed.
    std::optional<AsyncDescriptor> m_descriptor;
    std::size_t m_index;
};

/// At most `limit` connections to one server. Who gets one has it alone until it is given back; who
/// comes when all are in use is "queued for connection" (WaitReason::Connection), first come, first
/// served.
///
/// The one used last is given first, so that no more are opened than are needed at once.
/// Thread: the executor's; it outlives the coroutines that use it. Cost: O(1), without an
/// allocation.
class AsyncHttpPool
{
public:
    AsyncHttpPool(std::uint16_t port, std::size_t limit, ObjectId object);
    AsyncHttpPool(const AsyncHttpPool &) = delete;
    AsyncHttpPool &operator=(const AsyncHttpPool &) = delete;

    /// `co_await pool.admission(context)`: until there is a connection for the task; then it makes
    /// an AsyncHttpLease. Gives false when stopped: then there is none.
    [[nodiscard]] AsyncSemaphore::Wait admission(const TaskContext &context)
    {
        return m_permits.acquire(context, WaitReason::Connection);
    }

private:
    friend class AsyncHttpLease;

    AsyncSemaphore m_permits;
    std::deque<AsyncHttpConnection> m_connections; // addresses stay
    std::vector<AsyncHttpConnection *> m_free; ///< the one used last at the end
};

/// The connection that a task has from a pool, from its admission until the end of the scope.
class AsyncHttpLease
{
public:
    AsyncHttpLease(AsyncHttpPool &pool, const TaskContext &context);
    ~AsyncHttpLease();
    AsyncHttpLease(const AsyncHttpLease &) = delete;
    AsyncHttpLease &operator=(const AsyncHttpLease &) = delete;

    [[nodiscard]] AsyncHttpConnection &connection() const { return *m_connection; }

private:
    AsyncHttpPool &m_pool;
    const TaskContext &m_context;
    AsyncHttpConnection *m_connection;
};

} // namespace Interleave
