// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncfd.h"
#include "core/engine/enginerun.h"
#include "core/engine/loadgenerator.h"
#include "core/engine/networkworkload_p.h"
#include "core/engine/qtserversession.h"
#include "core/engine/work/serversession.h"

#include <QString>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace Interleave
{

namespace
{

using Progress = ServerSession::Progress;

/// `co_await received(...)`: HasRequest, Closed or Failed; WantsRead when stopped.
Task<Progress> received(ServerSession *session, AsyncDescriptor *descriptor)
{
    for (;;) {
        const Progress progress = session->receive();
        if (progress != Progress::WantsRead)
            co_return progress;
        const bool going = co_await descriptor->readable();
        if (!going)
            co_return progress;
    }
}

/// `co_await answered(...)`: Sent or Failed; WantsWrite when stopped.
Task<Progress> answered(ServerSession *session, AsyncDescriptor *descriptor)
{
    session->answer();
    for (;;) {
        const Progress progress = session->send();
        if (progress != Progress::WantsWrite)
            co_return progress;
        const bool going = co_await descriptor->writable();
        if (!going)
            co_return progress;
    }
}

/// S12: the server is what is studied. Each task serves one client, from its first request until it
/// closes its connection.
class ClientsAndServer final : public NetworkWorkload
{
public:
    explicit ClientsAndServer(const EngineRun &run)
        : NetworkWorkload(run)
    {
        if (usesQt())
            setBody(clientsAndServerByQtBody);
    }
    ~ClientsAndServer() override { hangUp(); }

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("clients", 16, 1, 256);
    }
    [[nodiscard]] std::string prefix() const override { return "client"; }
    [[nodiscard]] std::size_t boardCells() const override { return connectionCell(taskCount()); }
    [[nodiscard]] int workers() const override { return parameters().count("workers", 4, 1, 256); }

    [[nodiscard]] bool needsQtWorker() const override { return usesQt(); }

    void prepare() override
    {
        NetworkWorkload::prepare();
        m_load.emplace(loadPlan(),
                       [this] { raiseTo(state().mostThreads, std::uint32_t(threadCount())); });
        auto connections = m_load->connectAll();
        if (!connections)
            throw std::runtime_error(connections.error().message);
        m_connections = std::move(connections).value();
        for (int i = 0; i < taskCount(); ++i) {
            const auto fd = std::uint64_t(m_connections[std::size_t(i)].get());
            run().setup().board->cell(connectionCell(i)).store(fd + 1, std::memory_order_release);
        }
        m_load->start(stopSource().fd);
        beginMeasuring(); // the clients' own thread does not count
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        return usesQt() ? serveByQt(context) : serveBySocket(context);
    }

    /// "server", "served", "failed_clients", "per_second", tellCosts(); "p50_ms", "p95_ms" and "worst_ms" of
    /// the requests of the clients that are not slow, "slow_p50_ms" of the others.
    void finish(EngineRun &run) override
    {
        tellCosts(run);
        hangUp(); // a client whose task never began would wait for ever
        const LoadResult load = m_load->finish();
        const std::size_t served = load.latencies.size() + load.slowLatencies.size();
        run.result("server", usesQt() ? QStringLiteral("qthttpserver") : QStringLiteral("socket"));
        run.result("served", qint64(served));
        run.result("failed_clients", load.failed);
        const DurationNs length = load.end - load.begin;
        if (length > 0)
            run.result("per_second", std::round(double(served) * 1e10 / double(length)) / 10.0);
        if (!load.latencies.empty()) {
            run.result("p50_ms", msOf(nearestRank(load.latencies, 0.50)));
            run.result("p95_ms", msOf(nearestRank(load.latencies, 0.95)));
            run.result("worst_ms", msOf(load.latencies.back()));
        }
        if (!load.slowLatencies.empty())
            run.result("slow_p50_ms", msOf(nearestRank(load.slowLatencies, 0.50)));
    }

private:
    [[nodiscard]] bool usesQt() const
    {
        return parameters().text("server", "socket") == "qthttpserver";
    }

    Task<TaskStatus> serveBySocket(TaskContext *context)
    {
        const HandlerPlan plan = handlerPlan(parameters());
        ServerSession session(m_connections[std::size_t(context->index())].get());
        AsyncDescriptor descriptor(session.fd());
        Progress progress = co_await received(&session, &descriptor);
        bool going = progress == Progress::HasRequest;
        while (going) {
            going = context->burn(plan.cpuMs);
            if (going)
                going = co_await sleepFor(plan.wait);
            if (!going)
                break; // progress still says HasRequest
            progress = co_await answered(&session, &descriptor);
            if (progress == Progress::Sent)
                progress = co_await received(&session, &descriptor);
            going = progress == Progress::HasRequest;
        }
        const TaskStatus status = endOf(context, progress, session.problem());
        co_return status;
    }

    Task<TaskStatus> serveByQt(TaskContext *context)
    {
        const HandlerPlan plan = handlerPlan(parameters());
        QtServerSession session(m_connections[std::size_t(context->index())].get());
        AsyncDescriptor changed(session.changedFd());
        bool going = true;
        while (going) {
            if (session.state() == QtServerSession::State::Waiting)
                going = co_await changed.readable();
            if (!going || session.state() != QtServerSession::State::HasRequest)
                break;
            going = context->burn(plan.cpuMs);
            if (going)
                going = co_await sleepFor(plan.wait);
            if (going)
                session.answer();
        }
        const bool hasFailed = going && session.state() == QtServerSession::State::Failed;
        const TaskStatus status = hasFailed
            ? context->fail(context->name() + ": " + session.problem())
            : context->outcome(going);
        co_return status;
    }

    [[nodiscard]] LoadPlan loadPlan() const
    {
        LoadPlan plan;
        plan.clients = taskCount();
        plan.requestsEach = parameters().count("requests_each", 10, 1, 1000);
        plan.slowClients = parameters().count("slow_clients", 4, 0, taskCount());
        const double slowMs = std::clamp(parameters().real("slow_ms", 100), 0.0, 10'000.0);
        plan.slow = DurationNs(slowMs * double(kMillisecond));
        return plan;
    }

    [[nodiscard]] static TaskStatus endOf(TaskContext *context, Progress progress,
                                          const std::string &problem)
    {
        if (progress == Progress::Failed)
            return context->fail(context->name() + ": " + problem);
        return context->outcome(progress == Progress::Closed); // else it was stopped
    }

    /// Ends what is left of the connections, for every process that has them.
    void hangUp()
    {
        for (const UniqueFd &connection : m_connections)
            ::shutdown(connection.get(), SHUT_RDWR);
        m_connections.clear();
    }

    std::vector<UniqueFd> m_connections; ///< the server's ends, by client
    std::optional<LoadGenerator> m_load;
};

} // namespace

std::unique_ptr<Workload> makeClientsAndServer(const EngineRun &run)
{
    return std::make_unique<ClientsAndServer>(run);
}

} // namespace Interleave
