// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/enginerun.h"
#include "core/engine/qthttpclient.h"
#include "core/engine/serverprocess.h"
#include "core/engine/stopsignal.h"
#include "core/engine/work/networkstate.h"
#include "core/engine/work/requestplan.h"
#include "core/engine/workload.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

/// What S10, S12 and S13 have in common: the shared state, a stop signal for sockets, and what the
/// network costs in threads and CPU time.
class NetworkWorkload : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<NetworkState>();
    }
    /// Throws std::runtime_error with a sentence when the system gives no descriptor.
    void prepare() override;

protected:
    /// Threads at once that a run can record; with more URLs or requests, each thread takes
    /// several.
    static constexpr int kMostThreads = 1000;

    [[nodiscard]] NetworkState &state() const
    {
        return run().setup().board->object<NetworkState>();
    }
    [[nodiscard]] StopSource stopSource() const { return {run().setup().rings, m_stop->fd()}; }
    [[nodiscard]] std::uint16_t port() const
    {
        return std::uint16_t(state().port.load(std::memory_order_relaxed));
    }
    /// From here on, threads and CPU time are the tasks': the last thing in prepare().
    void beginMeasuring();
    /// "threads": the most that were seen at work at once; under `processes` "processes": how many
    /// were needed. "cpu_ms": of this process and of its children that have ended, since
    /// beginMeasuring().
    void tellCosts(EngineRun &run) const;
    /// Milliseconds with their microseconds: what results are told in.
    [[nodiscard]] static double msOf(DurationNs duration);

private:
    [[nodiscard]] int threadsUsed() const;

    std::optional<StopSignal> m_stop;
    int m_threadsBefore = 0;
    DurationNs m_cpuBefore = 0;
};

/// S10 and S13: clients of interleave-server, by sockets or, where the parameter `client` says so,
/// by QNetworkAccessManager.
class HttpWorkload : public NetworkWorkload
{
public:
    /// \param bodyByQt what threads, jobs and children do where QNetworkAccessManager is the client
    HttpWorkload(const EngineRun &run, BlockingBody bodyByQt);

    [[nodiscard]] bool needsQtWorker() const override { return usesQt(); }
    void prepare() override;
    /// "client", "answered", "refused", "ideal_ms", "one_by_one_ms", tellCosts(), and by the
    /// server's log "server_peak" and "connections".
    void finish(EngineRun &run) override;

protected:
    /// Whether QNetworkAccessManager is the client.
    [[nodiscard]] bool usesQt() const;
    /// For coroutines where usesQt(), from prepare() on: as many connections as places().
    [[nodiscard]] QtHttpClient &qt() { return *m_qt; }
    /// What is asked for, in the order in which it is asked.
    [[nodiscard]] virtual std::vector<PlannedRequest> plan() const = 0;
    /// How many requests may be under way at once.
    [[nodiscard]] virtual int places() const = 0;
    /// How long all of them take if nothing but the server's answers is waited for.
    [[nodiscard]] virtual DurationNs ideal() const { return idealWall(plan(), places()); }
    /// The tasks' number for `pieces` requests or URLs under this model.
    [[nodiscard]] int tasksFor(int pieces) const;
    /// How a task ends whose request ended so.
    [[nodiscard]] static TaskStatus endOf(TaskContext &context, Fetched fetched,
                                          const std::string &problem);
    /// The same where QNetworkAccessManager had it.
    [[nodiscard]] TaskStatus endOf(TaskContext &context, const QtAnswer &answer) const;

private:
    void tellServer(EngineRun &run);

    ServerProcess m_server;
    std::optional<QtHttpClient> m_qt;
};

// One for each set.
[[nodiscard]] std::unique_ptr<Workload> makeManyRequests(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeAsyncHttp(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeClientsAndServer(const EngineRun &run);

} // namespace Interleave
