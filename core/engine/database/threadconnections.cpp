// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/threadconnections.h"

#include <utility>

namespace Interleave
{

ThreadConnections &ThreadConnections::ofProcess()
{
    static ThreadConnections connections;
    return connections;
}

std::unique_ptr<SqlConnection> ThreadConnections::take()
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_idle.find(std::this_thread::get_id());
    if (found == m_idle.end())
        return nullptr;
    std::unique_ptr<SqlConnection> connection = std::move(found->second);
    m_idle.erase(found);
    return connection;
}

void ThreadConnections::keep(std::unique_ptr<SqlConnection> connection)
{
    const std::lock_guard lock(m_mutex);
    m_idle[std::this_thread::get_id()] = std::move(connection);
}

void ThreadConnections::leak(std::unique_ptr<SqlConnection> connection)
{
    const std::lock_guard lock(m_mutex);
    m_leaked.push_back(std::move(connection));
}

void ThreadConnections::clear()
{
    const std::lock_guard lock(m_mutex);
    m_idle.clear();
    m_leaked.clear();
}

} // namespace Interleave
