// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/databasebody.h"

#include "core/engine/database/databasestate.h"
#include "core/engine/database/threadconnections.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <QString>

#include <algorithm>
#include <string>
#include <utility>

namespace Interleave
{

namespace
{

/// How far the next query of a task is: all tasks together take all of them.
int stepOf(const TaskContext &context)
{
    return std::max(1, context.setup().taskCount);
}

Result<std::unique_ptr<SqlConnection>> newConnection(const TaskContext &context,
                                                     const DatabaseState &state)
{
    const std::string text = context.parameters().text("database", "");
    auto target =
        databaseTarget(QString::fromStdString(text), QString::fromUtf8(state.file.data()));
    if (!target)
        return target.error();
    return std::make_unique<SqlConnection>(
        std::move(target).value(), QString::fromUtf8(state.table.data()), context.setup().rings);
}

/// The calling thread's connection, opened where it is not. While it waits for the database the thread
/// is recorded as waiting for I/O.
Result<std::unique_ptr<SqlConnection>> openConnection(const TaskContext &context,
                                                      DatabaseState &state)
{
    std::unique_ptr<SqlConnection> connection = ThreadConnections::ofProcess().take();
    if (!connection) {
        auto made = newConnection(context, state);
        if (!made)
            return made.error();
        connection = std::move(made).value();
    }
    if (!connection->isOpen()) {
        Recorder::wait(WaitReason::Io);
        const auto opened = connection->open();
        Recorder::waitEnd();
        if (!opened)
            return opened.error();
        state.opened.fetch_add(1, std::memory_order_relaxed);
    }
    return Result<std::unique_ptr<SqlConnection>>(std::move(connection));
}

/// Execute, hold, commit. \return false when stopped while it held.
Result<bool> ask(TaskContext &context, SqlConnection &connection, const DatabasePlan &plan,
                 int query)
{
    Recorder::wait(WaitReason::Io);
    const auto executed = connection.execute(query, plan.wait(query));
    Recorder::waitEnd();
    if (!executed)
        return executed.error();
    const bool going = plan.hold <= 0 || context.sleepFor(plan.hold);
    Recorder::wait(WaitReason::Io);
    const auto committed = connection.commit();
    Recorder::waitEnd();
    if (!committed)
        return committed.error();
    return going;
}

/// What happens to a connection that the task is done with.
void putAway(std::unique_ptr<SqlConnection> connection, const DatabasePlan &plan,
             const DatabaseState &state)
{
    if (plan.leaks)
        ThreadConnections::ofProcess().leak(std::move(connection));
    else if (state.keepsOpen.load(std::memory_order_relaxed) != 0)
        ThreadConnections::ofProcess().keep(std::move(connection));
}

/// One query from the permit on. \return false when stopped.
Result<bool> askOnce(TaskContext &context, const DatabasePlan &plan, DatabaseState &state,
                     int query)
{
    auto connection = openConnection(context, state);
    if (!connection)
        return connection.error();
    Result<bool> answered = ask(context, *connection.value(), plan, query);
    if (answered)
        putAway(std::move(connection).value(), plan, state);
    return answered;
}

} // namespace

TaskStatus databaseBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set database needs shared memory, and none was given");
    auto &state = setup.board->object<DatabaseState>();
    const DatabasePlan plan = databasePlan(setup.parameters);
    Semaphore pool(state.permits, kDatabasePoolObject, std::uint32_t(plan.poolMax));
    bool going = !context.stopRequested();
    for (int query = context.index(); going && query < plan.queries; query += stepOf(context)) {
        const TimestampNs asked = monotonicNow();
        going = pool.acquire(context, WaitReason::Connection);
        if (!going)
            break;
        const TimestampNs got = monotonicNow();
        state.enter(got - asked);
        const Result<bool> answered = askOnce(context, plan, state, query);
        state.leave(monotonicNow() - got);
        if (!plan.leaks)
            pool.release(context);
        if (answered)
            state.answered.fetch_add(1, std::memory_order_relaxed);
        else if (!context.stopRequested())
            return context.fail(context.name() + ": " + answered.error().message);
        going = answered && answered.value();
    }
    return context.outcome(going);
}

} // namespace Interleave
