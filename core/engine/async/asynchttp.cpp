// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asynchttp.h"

namespace Interleave
{

AsyncDescriptor &AsyncHttpConnection::descriptor()
{
    if (!m_descriptor || m_describedFd != m_connection.fd()) {
        m_describedFd = m_connection.fd();
        m_descriptor.emplace(m_describedFd);
    }
    return *m_descriptor;
}

Task<Fetched> AsyncHttpConnection::exchange(ObjectId object)
{
    for (;;) {
        const HttpConnection::Progress progress = m_connection.advance();
        if (progress == HttpConnection::Progress::Done) {
            const Fetched fetched = Fetched::Answered;
            co_return fetched;
        }
        if (progress == HttpConnection::Progress::Failed) {
            const Fetched fetched = Fetched::Failed;
            co_return fetched;
        }
        bool isReady = false;
        if (progress == HttpConnection::Progress::WantsRead)
            isReady = co_await descriptor().readable(WaitReason::Io, object);
        else
            isReady = co_await descriptor().writable(WaitReason::Io, object);
        if (!isReady) {
            m_connection.close();
            const Fetched fetched = Fetched::Stopped;
            co_return fetched;
        }
    }
}

AsyncHttpPool::AsyncHttpPool(std::uint16_t port, std::size_t limit, ObjectId object)
    : m_permits(object, std::uint32_t(limit))
{
    for (std::size_t i = 0; i < limit; ++i)
        m_connections.emplace_back(port, i);
    for (std::size_t i = limit; i > 0; --i)
        m_free.push_back(&m_connections[i - 1]); // the first one first
}

AsyncHttpLease::AsyncHttpLease(AsyncHttpPool &pool, const TaskContext &context)
    : m_pool(pool)
    , m_context(context)
    , m_connection(pool.m_free.back()) // there is one: a permit was had
{
    pool.m_free.pop_back();
}

AsyncHttpLease::~AsyncHttpLease()
{
    m_pool.m_free.push_back(m_connection); // before somebody is admitted to it
    m_pool.m_permits.release(m_context);
}

} // namespace Interleave
