// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/database/sqlconnection.h"

#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace Interleave
{

/// The connections of this process's threads between two queries: each thread has its own, as Qt binds
/// a connection to the thread that opened it. And those that were leaked: nobody can have them any more,
/// but they stay open.
/// Thread: any; clear() when the other threads that have used it have ended.
class ThreadConnections
{
public:
    [[nodiscard]] static ThreadConnections &ofProcess();

    /// The calling thread's, or nullptr when it has none.
    [[nodiscard]] std::unique_ptr<SqlConnection> take();
    void keep(std::unique_ptr<SqlConnection> connection);
    void leak(std::unique_ptr<SqlConnection> connection);
    /// Closes all: at the end of a run.
    void clear();

private:
    std::mutex m_mutex; ///< guards the two below
    std::map<std::thread::id, std::unique_ptr<SqlConnection>> m_idle;
    std::vector<std::unique_ptr<SqlConnection>> m_leaked;
};

} // namespace Interleave
