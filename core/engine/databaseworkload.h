// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/asyncsync.h"
#include "core/engine/database/databasestate.h"
#include "core/engine/database/sqlconnection.h"
#include "core/engine/jobpool.h"
#include "core/engine/workload.h"

#include <QString>
#include <QTemporaryDir>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace Interleave
{

/// S14: queries that share the connections of a pool, on a real database.
///
/// Threads open a connection while they have a permit of the pool, pool workers and worker processes keep
/// theirs, and coroutines share connections that each live on a thread of their own, as a query blocks
/// and Qt binds a connection to its thread.
class DatabaseWorkload final : public Workload
{
public:
    explicit DatabaseWorkload(const EngineRun &run);
    ~DatabaseWorkload() override;

    /// Child processes cannot share connections: there is one for each, and it has a batch of the queries.
    [[nodiscard]] int taskCount() const override;
    [[nodiscard]] std::string prefix() const override;
    [[nodiscard]] std::size_t boardCells() const override;
    [[nodiscard]] int workers() const override { return workersOr(m_plan.poolMax); }
    [[nodiscard]] bool needsQtWorker() const override { return true; }
    void defineObjects(EngineRun &run) override;
    /// Opens a connection beside the pool, and makes the table of the run.
    /// Throws std::runtime_error with a sentence when the database is not to be had.
    void prepare() override;
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override;
    /// "queries", "answered", "connections", "opened", "peak", "database", "total_ms" and "ideal_ms" (what
    /// the waits and holds add up to, and take at the least), "waited_ms" for a connection and "held_ms"
    /// of connections, both of all queries together.
    void finish(EngineRun &run) override;

private:
    /// A connection and the thread on which it lives. Its thread must end before it does.
    struct Served {
        Served(DatabaseTarget target, QString table, const SharedRings *rings)
            : connection(std::move(target), std::move(table), rings)
        {
        }
        SqlConnection connection;
        JobPool thread{1};
    };

    [[nodiscard]] DatabaseState &state() const;
    [[nodiscard]] int places() const; ///< queries that can be under way at once
    void makeTable(const DatabaseTarget &target, const QString &table);
    void makeServed(const DatabaseTarget &target, const QString &table);
    /// On the connection's thread.
    [[nodiscard]] Result<void> execute(std::size_t place, int query);
    /// Execute, hold, commit. \return (of the co_await) what went wrong; a stop is no fault.
    [[nodiscard]] Task<std::string> ask(TaskContext *context, std::size_t place);
    [[nodiscard]] Result<void> checkRows();
    /// Closes all connections of the pool, and drops the table.
    Result<void> cleanUp();

    const DatabasePlan m_plan;
    QTemporaryDir m_folder; ///< before all connections: it goes last
    std::optional<SqlConnection> m_main;
    bool m_hasTable = false;
    std::optional<AsyncSemaphore> m_permits;
    std::vector<std::unique_ptr<Served>> m_served; ///< under coroutines: the pool's connections
    std::vector<std::size_t> m_free; ///< places in m_served
};

} // namespace Interleave
