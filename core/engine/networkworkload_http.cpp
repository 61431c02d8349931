// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asynchttp.h"
#include "core/engine/enginerun.h"
#include "core/engine/networkworkload_p.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

namespace Interleave
{

namespace
{

/// S13: URLs over a limited number of connections.
///
/// Children cannot share connections: under `processes` there is one child for each connection, and
/// each has a batch of the URLs.
class AsyncHttp final : public HttpWorkload
{
public:
    explicit AsyncHttp(const EngineRun &run)
        : HttpWorkload(run, asyncHttpByQtBody)
    {
    }

    [[nodiscard]] int taskCount() const override
    {
        return model() == Model::Processes ? std::min(urls(), limit()) : tasksFor(urls());
    }
    [[nodiscard]] std::string prefix() const override
    {
        return taskCount() < urls() ? "batch" : "url";
    }
    [[nodiscard]] int workers() const override { return limit(); }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kAdmissionObject, ObjectKind::Connections, "connections",
                         std::uint32_t(limit()));
        if (model() == Model::Threads && taskCount() < urls()) {
            run.note(std::to_string(taskCount()) + " threads share the " + std::to_string(urls())
                     + " URLs: more cannot be recorded at once");
        }
    }
    void prepare() override
    {
        HttpWorkload::prepare();
        if (model() == Model::Coroutines)
            m_pool.emplace(port(), std::size_t(limit()), kAdmissionObject);
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        return usesQt() ? fetchByQt(context) : fetchBySocket(context);
    }

    void finish(EngineRun &run) override
    {
        run.result("urls", urls());
        HttpWorkload::finish(run);
    }

protected:
    [[nodiscard]] std::vector<PlannedRequest> plan() const override
    {
        std::vector<PlannedRequest> requests;
        requests.reserve(std::size_t(urls()));
        for (int i = 0; i < urls(); ++i)
            requests.push_back(plannedUrl(parameters(), i));
        return requests;
    }
    [[nodiscard]] int places() const override { return model() == Model::Sequential ? 1 : limit(); }
    /// Batches are fixed beforehand: the longest one decides.
    [[nodiscard]] DurationNs ideal() const override
    {
        if (model() != Model::Processes)
            return HttpWorkload::ideal();
        DurationNs longest = 0;
        for (int batch = 0; batch < taskCount(); ++batch) {
            DurationNs sum = 0;
            for (int url = batch; url < urls(); url += taskCount())
                sum += plannedUrl(parameters(), url).latency;
            longest = std::max(longest, sum);
        }
        return longest;
    }

private:
    [[nodiscard]] int urls() const { return parameters().count("urls", 40, 1, 5000); }
    [[nodiscard]] int limit() const { return parameters().count("limit", 10, 1, 512); }
    [[nodiscard]] bool keepsAlive() const { return parameters().boolean("keep_alive", true); }

    Task<TaskStatus> fetchBySocket(TaskContext *context)
    {
        const bool isAdmitted = co_await m_pool->admission(*context);
        if (!isAdmitted) {
            const TaskStatus status = context->outcome(false);
            co_return status;
        }
        const AsyncHttpLease lease(*m_pool, *context);
        AsyncHttpConnection &connection = lease.connection();
        const std::string target = targetOf(plannedUrl(parameters(), context->index()));
        connection.http().begin(target, keepsAlive());
        const Fetched fetched = co_await connection.exchange();
        if (fetched == Fetched::Answered)
            noteAnswer(state(), connection.http().status());
        const TaskStatus status = endOf(*context, fetched, connection.http().problem());
        co_return status;
    }

    /// Its place in the pool says which manager it uses; the connections are the manager's own.
    Task<TaskStatus> fetchByQt(TaskContext *context)
    {
        const bool isAdmitted = co_await m_pool->admission(*context);
        if (!isAdmitted) {
            const TaskStatus status = context->outcome(false);
            co_return status;
        }
        const AsyncHttpLease lease(*m_pool, *context);
        const std::size_t place = lease.connection().index();
        const std::string target = targetOf(plannedUrl(parameters(), context->index()));
        QtHttpClient &client = qt();
        const QtAnswer answer = co_await client.fetch(place, &target, keepsAlive());
        const TaskStatus status = endOf(*context, answer);
        co_return status;
    }

    std::optional<AsyncHttpPool> m_pool;
};

} // namespace

std::unique_ptr<Workload> makeAsyncHttp(const EngineRun &run)
{
    return std::make_unique<AsyncHttp>(run);
}

} // namespace Interleave
