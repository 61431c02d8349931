// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/databaseworkload.h"

#include "core/engine/async/onpool.h"
#include "core/engine/database/databasebody.h"
#include "core/engine/database/threadconnections.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/work/kernelname.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace Interleave
{

namespace
{

/// Milliseconds with their microseconds.
double msOf(DurationNs duration)
{
    return std::round(double(duration) / double(kMicrosecond)) / 1000.0;
}

/// Throws what a person is to read.
void demand(const Result<void> &result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
}

template<std::size_t Size>
void copyText(const QString &text, std::array<char, Size> &out, const char *what)
{
    const QByteArray bytes = text.toUtf8();
    if (std::size_t(bytes.size()) >= Size)
        throw std::runtime_error(std::string(what) + " is longer than " + std::to_string(Size - 1)
                                 + " bytes");
    std::copy(bytes.begin(), bytes.end(), out.begin()); // the rest is 0 already
}

} // namespace

DatabaseWorkload::DatabaseWorkload(const EngineRun &run)
    : Workload(run)
    , m_plan(databasePlan(parameters()))
{
    setBody(databaseBody);
}

DatabaseWorkload::~DatabaseWorkload()
{
    if (m_hasTable)
        (void)cleanUp(); // it could not be prepared; why is told already
}

int DatabaseWorkload::taskCount() const
{
    return model() == Model::Processes ? std::min(m_plan.queries, m_plan.poolMax) : m_plan.queries;
}

std::string DatabaseWorkload::prefix() const
{
    return taskCount() < m_plan.queries ? "batch" : "query";
}

std::size_t DatabaseWorkload::boardCells() const
{
    return SharedBoard::cellsFor<DatabaseState>();
}

DatabaseState &DatabaseWorkload::state() const
{
    return run().setup().board->object<DatabaseState>();
}

int DatabaseWorkload::places() const
{
    return model() == Model::Sequential ? 1 : m_plan.poolMax;
}

void DatabaseWorkload::defineObjects(EngineRun &run)
{
    run.defineObject(kDatabasePoolObject, ObjectKind::Connections, "the database pool",
                     std::uint32_t(m_plan.poolMax));
}

void DatabaseWorkload::prepare()
{
    if (!m_folder.isValid())
        throw std::runtime_error("there is no room for a temporary folder: "
                                 + m_folder.errorString().toStdString());
    const QString file = m_folder.filePath(QStringLiteral("queries.db"));
    const auto target =
        databaseTarget(QString::fromStdString(parameters().text("database", "")), file);
    if (!target)
        throw std::runtime_error(target.error().message);
    const QString table =
        QStringLiteral("interleave_%1_%2").arg(getpid()).arg(monotonicNow() / kMicrosecond);
    if (target.value().isEmbedded)
        copyText(file, state().file, "the path of the temporary folder");
    copyText(table, state().table, "the name of the table");
    // A thread of its own ends with its task; the others have the next query on the same connection.
    state().keepsOpen.store(model() == Model::Threads ? 0 : 1, std::memory_order_release);
    makeTable(target.value(), table);
    if (model() == Model::Coroutines)
        makeServed(target.value(), table);
}

void DatabaseWorkload::makeTable(const DatabaseTarget &target, const QString &table)
{
    m_main.emplace(target, table, run().setup().rings);
    demand(m_main->open());
    demand(m_main->createTable());
    m_hasTable = true;
}

void DatabaseWorkload::makeServed(const DatabaseTarget &target, const QString &table)
{
    m_permits.emplace(kDatabasePoolObject, std::uint32_t(m_plan.poolMax));
    const int most = std::min(m_plan.poolMax, m_plan.queries);
    for (int i = 0; i < most; ++i) {
        auto served = std::make_unique<Served>(target, table, run().setup().rings);
        if (served->thread.threads() == 0)
            throw std::runtime_error("the system gives only " + std::to_string(i) + " of "
                                     + std::to_string(most) + " threads for the connections");
        m_served.push_back(std::move(served));
    }
    for (std::size_t place = m_served.size(); place > 0; --place)
        m_free.push_back(place - 1);
}

Result<void> DatabaseWorkload::execute(std::size_t place, int query)
{
    SqlConnection &connection = m_served[place]->connection;
    if (!connection.isOpen()) {
        setKernelName("connection " + std::to_string(place + 1));
        if (auto opened = connection.open(); !opened)
            return opened;
        state().opened.fetch_add(1, std::memory_order_relaxed);
    }
    return connection.execute(query, m_plan.wait(query));
}

Task<std::string> DatabaseWorkload::ask(TaskContext *context, std::size_t place)
{
    Served &served = *m_served[place];
    const int query = context->index();
    const auto execution = [this, place, query] { return execute(place, query); };
    const Result<void> executed =
        co_await onPool(served.thread, WaitReason::Io, kNoObject, execution);
    if (!executed) {
        const std::string why = context->stopRequested() ? std::string() : executed.error().message;
        co_return why;
    }
    if (m_plan.hold > 0)
        (void)co_await sleepFor(m_plan.hold);
    const auto ending = [&served] { return served.connection.commit(); };
    const Result<void> committed =
        co_await onPool(served.thread, WaitReason::Io, kNoObject, ending);
    const std::string why = committed ? std::string() : committed.error().message;
    if (committed)
        state().answered.fetch_add(1, std::memory_order_relaxed);
    co_return why;
}

Task<TaskStatus> DatabaseWorkload::coroutine(TaskContext *context)
{
    const TimestampNs asked = monotonicNow();
    const bool hasOne = co_await m_permits->acquire(*context, WaitReason::Connection);
    if (!hasOne) {
        const TaskStatus status = context->outcome(false);
        co_return status;
    }
    const TimestampNs got = monotonicNow();
    state().enter(got - asked);
    const std::size_t place = m_free.back();
    m_free.pop_back();
    const std::string problem = co_await ask(context, place);
    state().leave(monotonicNow() - got);
    if (!m_plan.leaks) {
        m_free.push_back(place);
        m_permits->release(*context);
    }
    const TaskStatus status = problem.empty() ? context->outcome(!context->stopRequested())
                                              : context->fail(context->name() + ": " + problem);
    co_return status;
}

void DatabaseWorkload::finish(EngineRun &run)
{
    const DatabaseState &s = state();
    const DurationNs ideal =
        model() == Model::Processes ? m_plan.idealOfBatches(taskCount()) : m_plan.ideal(places());
    run.result("queries", m_plan.queries);
    run.result("answered", qint64(s.answered.load(std::memory_order_relaxed)));
    run.result("connections", m_plan.poolMax);
    run.result("opened", qint64(s.opened.load(std::memory_order_relaxed)));
    run.result("peak", qint64(s.mostInUse.load(std::memory_order_relaxed)));
    run.result("total_ms", msOf(m_plan.total()));
    run.result("ideal_ms", msOf(ideal));
    run.result("waited_ms", msOf(DurationNs(s.waitedNs.load(std::memory_order_relaxed))));
    run.result("held_ms", msOf(DurationNs(s.heldNs.load(std::memory_order_relaxed))));
    if (const auto product = m_main->product())
        run.result("database", product.value());
    const Result<void> rows = checkRows();
    if (!rows && !run.isStopRequested())
        run.fail(rows.error().message);
    if (const auto dropped = cleanUp(); !dropped)
        run.note("the table of the run is left behind: " + dropped.error().message);
}

Result<void> DatabaseWorkload::cleanUp()
{
    m_hasTable = false;
    m_served.clear();
    ThreadConnections::ofProcess().clear(); // the threads have ended
    auto dropped = m_main->dropTable();
    m_main->close();
    return dropped;
}

/// Each query that was answered has left a row.
Result<void> DatabaseWorkload::checkRows()
{
    const auto rows = m_main->rowCount();
    if (!rows)
        return rows.error();
    const int answered = int(state().answered.load(std::memory_order_relaxed));
    if (rows.value() >= answered)
        return {};
    return Error{ErrorCode::Failed,
                 std::to_string(answered) + " queries were answered, but the table has only "
                     + std::to_string(rows.value()) + " rows"};
}

std::unique_ptr<Workload> makeDatabaseWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "database")
        return std::make_unique<DatabaseWorkload>(run);
    return nullptr;
}

} // namespace Interleave
