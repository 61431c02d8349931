// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asynchttp.h"
#include "core/engine/async/asyncsync.h"
#include "core/engine/enginerun.h"
#include "core/engine/networkworkload_p.h"

#include <QJsonObject>
#include <QString>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace Interleave
{

namespace
{

DurationNs timeOf(const timeval &time)
{
    return DurationNs(time.tv_sec) * kSecond + DurationNs(time.tv_usec) * kMicrosecond;
}

/// Of this process and of its children that have ended.
DurationNs cpuTime()
{
    DurationNs sum = 0;
    for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage = {};
        if (getrusage(whose, &usage) == 0)
            sum += timeOf(usage.ru_utime) + timeOf(usage.ru_stime);
    }
    return sum;
}

} // namespace

double NetworkWorkload::msOf(DurationNs duration)
{
    return std::round(double(duration) / double(kMicrosecond)) / 1000.0;
}

void NetworkWorkload::prepare()
{
    m_stop.emplace(*run().setup().rings);
    if (m_stop->fd() < 0)
        throw std::runtime_error("no descriptor is left for the stop signal (eventfd)");
    state().stopFd.store(std::uint32_t(m_stop->fd()) + 1, std::memory_order_release);
}

void NetworkWorkload::beginMeasuring()
{
    m_threadsBefore = threadCount();
    m_cpuBefore = cpuTime();
}

int NetworkWorkload::threadsUsed() const
{
    const int seen = int(state().mostThreads.load(std::memory_order_relaxed)) - m_threadsBefore;
    if (model() == Model::Coroutines)
        return std::max(1, seen); // main works; the executor's stop watcher, which is new, does not
    if (model() == Model::Sequential)
        return std::max(1, seen + 1); // main works
    return std::max(0, seen);
}

void NetworkWorkload::tellCosts(EngineRun &run) const
{
    run.result("cpu_ms", msOf(cpuTime() - m_cpuBefore));
    if (model() == Model::Processes) {
        const TaskTally tally = run.tally();
        run.result("processes", qint64(tally.finished) + qint64(tally.failed));
    } else {
        run.result("threads", threadsUsed());
    }
}

HttpWorkload::HttpWorkload(const EngineRun &run, BlockingBody bodyByQt)
    : NetworkWorkload(run)
{
    if (usesQt())
        setBody(bodyByQt);
}

bool HttpWorkload::usesQt() const
{
    return parameters().text("client", "socket") == "qnetwork";
}

void HttpWorkload::prepare()
{
    // Before the stop signal, which children inherit: the server has its own way to end.
    const auto started = m_server.start(run().spec().worker, {run().setup().rings, -1});
    if (!started)
        throw std::runtime_error(started.error().message);
    NetworkWorkload::prepare();
    state().port.store(m_server.port(), std::memory_order_release);
    beginMeasuring();
    if (model() == Model::Coroutines && usesQt()) // what it costs, the tasks cost
        m_qt.emplace(port(), std::size_t(places()));
}

void HttpWorkload::finish(EngineRun &run)
{
    tellCosts(run);
    IdleConnections::ofProcess().clear();
    run.result("client", usesQt() ? QStringLiteral("qnetwork") : QStringLiteral("socket"));
    run.result("answered", qint64(state().answered.load(std::memory_order_relaxed)));
    run.result("refused", qint64(state().refused.load(std::memory_order_relaxed)));
    run.result("ideal_ms", msOf(ideal()));
    run.result("one_by_one_ms", msOf(totalLatency(plan())));
    tellServer(run);
    m_qt.reset();
    if (model() == Model::Sequential && usesQt())
        endManagerOfThread();
}

void HttpWorkload::tellServer(EngineRun &run)
{
    const auto log = m_server.log(stopSource());
    m_server.stop();
    if (!log) {
        if (!run.isStopRequested())
            run.fail(log.error().message);
        return;
    }
    run.result("server_peak", log.value().value(QStringLiteral("peak")));
    run.result("connections", log.value().value(QStringLiteral("connections")));
}

int HttpWorkload::tasksFor(int pieces) const
{
    return model() == Model::Threads ? std::min(pieces, kMostThreads) : pieces;
}

TaskStatus HttpWorkload::endOf(TaskContext &context, Fetched fetched, const std::string &problem)
{
    if (fetched == Fetched::Failed)
        return context.fail(context.name() + ": " + problem);
    return context.outcome(fetched == Fetched::Answered);
}

TaskStatus HttpWorkload::endOf(TaskContext &context, const QtAnswer &answer) const
{
    if (answer.status == 0)
        return endOf(context, Fetched::Failed, answer.problem);
    noteAnswer(state(), answer.status);
    return endOf(context, Fetched::Answered, answer.problem);
}

namespace
{

/// A permit that was had, and the number of its place, until the end of the scope.
class Turn
{
public:
    /// \param free the places that nobody has: there is one, as a permit was had.
    Turn(AsyncSemaphore &permits, std::vector<std::size_t> &free, const TaskContext &context)
        : m_permits(permits)
        , m_free(free)
        , m_context(context)
        , m_place(free.back())
    {
        m_free.pop_back();
    }
    ~Turn()
    {
        m_free.push_back(m_place); // before somebody gets the permit
        m_permits.release(m_context);
    }
    Turn(const Turn &) = delete;
    Turn &operator=(const Turn &) = delete;

    [[nodiscard]] std::size_t place() const { return m_place; }

private:
    AsyncSemaphore &m_permits;
    std::vector<std::size_t> &m_free;
    const TaskContext &m_context;
    std::size_t m_place;
};

/// S10: many requests, some of them at once.
class ManyRequests final : public HttpWorkload
{
public:
    explicit ManyRequests(const EngineRun &run)
        : HttpWorkload(run, manyRequestsByQtBody)
    {
    }

    [[nodiscard]] int taskCount() const override { return tasksFor(requests()); }
    [[nodiscard]] std::string prefix() const override { return "request"; }
    [[nodiscard]] int workers() const override { return places(); }
    [[nodiscard]] int mostProcesses() const override { return places(); }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kAdmissionObject, ObjectKind::Semaphore, "request slots",
                         std::uint32_t(places()));
        if (taskCount() < requests()) {
            run.note(std::to_string(taskCount()) + " threads share the "
                     + std::to_string(requests()) + " requests: more cannot be recorded at once");
        }
    }
    void prepare() override
    {
        m_permits.emplace(kAdmissionObject, std::uint32_t(places()));
        for (int place = places(); place > 0; --place)
            m_freePlaces.push_back(std::size_t(place - 1)); // the first one first
        HttpWorkload::prepare();
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        return usesQt() ? sendByQt(context) : sendBySocket(context);
    }

    void finish(EngineRun &run) override
    {
        run.result("requests", requests());
        HttpWorkload::finish(run);
    }

protected:
    [[nodiscard]] std::vector<PlannedRequest> plan() const override
    {
        std::vector<PlannedRequest> requests;
        requests.reserve(std::size_t(this->requests()));
        for (int i = 0; i < this->requests(); ++i)
            requests.push_back(plannedRequest(parameters(), i));
        return requests;
    }
    /// One after another, there is one at a time whatever is allowed.
    [[nodiscard]] int places() const override
    {
        return model() == Model::Sequential ? 1 : parameters().count("concurrency", 8, 1, 512);
    }

private:
    [[nodiscard]] int requests() const { return parameters().count("requests", 50, 1, 2000); }

    Task<TaskStatus> sendBySocket(TaskContext *context)
    {
        const bool mayGo = co_await m_permits->acquire(*context);
        if (!mayGo) {
            const TaskStatus status = context->outcome(false);
            co_return status;
        }
        AsyncHttpConnection connection(port());
        const std::string target = targetOf(plannedRequest(parameters(), context->index()));
        connection.http().begin(target, false);
        const Fetched fetched = co_await connection.exchange();
        if (fetched == Fetched::Answered)
            noteAnswer(state(), connection.http().status());
        m_permits->release(*context);
        const TaskStatus status = endOf(*context, fetched, connection.http().problem());
        co_return status;
    }

    /// Its place says which manager it uses; the connections are the manager's own.
    Task<TaskStatus> sendByQt(TaskContext *context)
    {
        const bool mayGo = co_await m_permits->acquire(*context);
        if (!mayGo) {
            const TaskStatus status = context->outcome(false);
            co_return status;
        }
        const Turn turn(*m_permits, m_freePlaces, *context);
        const std::size_t place = turn.place();
        const std::string target = targetOf(plannedRequest(parameters(), context->index()));
        QtHttpClient &client = qt();
        const QtAnswer answer = co_await client.fetch(place, &target, false);
        const TaskStatus status = endOf(*context, answer);
        co_return status;
    }

    std::optional<AsyncSemaphore> m_permits;
    std::vector<std::size_t> m_freePlaces; ///< by coroutines; the one used last at the end
};

} // namespace

std::unique_ptr<Workload> makeManyRequests(const EngineRun &run)
{
    return std::make_unique<ManyRequests>(run);
}

std::unique_ptr<Workload> makeNetworkWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "many-requests")
        return makeManyRequests(run);
    if (slug == "async-http")
        return makeAsyncHttp(run);
    if (slug == "clients-and-server")
        return makeClientsAndServer(run);
    return nullptr;
}

} // namespace Interleave
