// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/requestbodies.h"

#include "core/engine/work/bodies.h"
#include "core/engine/work/networkstate.h"
#include "core/engine/work/requestplan.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace Interleave
{

namespace
{

TaskStatus noServer(TaskContext &context)
{
    return context.fail("there is no server to send requests to: the run was not prepared");
}

TaskStatus requestFailed(TaskContext &context, const std::string &why)
{
    return context.fail(context.name() + ": " + why);
}

/// How far the next piece of work of a task is: all tasks together take all of it.
int stepOf(const TaskContext &context)
{
    return std::max(1, context.setup().taskCount);
}

/// One request of S13 over a connection from this process's pool.
TaskStatus fetchPooled(TaskContext &context, NetworkState &state, int url)
{
    const bool keepAlive = context.parameters().boolean("keep_alive", true);
    const auto port = std::uint16_t(state.port.load(std::memory_order_acquire));
    IdleConnections &idle = IdleConnections::ofProcess();
    std::unique_ptr<HttpConnection> connection =
        keepAlive ? idle.take(port) : std::make_unique<HttpConnection>(port);
    connection->begin(targetOf(plannedUrl(context.parameters(), url)), keepAlive);
    const Fetched fetched = fetch(*connection, stopSourceOf(context, state));
    if (fetched == Fetched::Stopped)
        return TaskStatus::Cancelled;
    if (fetched == Fetched::Failed)
        return requestFailed(context, connection->problem());
    noteAnswer(state, connection->status());
    if (keepAlive)
        idle.giveBack(std::move(connection));
    return TaskStatus::Finished;
}

} // namespace

TaskStatus fetchUrls(TaskContext &context, FetchUrl fetchUrl)
{
    NetworkState *const state = networkStateOf(context);
    if (!state)
        return noServer(context);
    const WorkParameters &parameters = context.parameters();
    const int urls = parameters.count("urls", 40, 1, 5000);
    const auto limit = std::uint32_t(parameters.count("limit", 10, 1, 512));
    Semaphore connections(state->permits, kAdmissionObject, limit);
    for (int url = context.index(); url < urls; url += stepOf(context)) {
        if (!connections.acquire(context, WaitReason::Connection))
            return context.outcome(false);
        const TaskStatus status = fetchUrl(context, *state, url);
        connections.release(context);
        if (status == TaskStatus::Failed)
            return status;
        if (status == TaskStatus::Cancelled)
            return context.outcome(false);
    }
    return context.outcome(true);
}

/// S10: each request over a connection of its own, when there is a permit.
TaskStatus manyRequestsBody(TaskContext &context)
{
    NetworkState *const state = networkStateOf(context);
    if (!state)
        return noServer(context);
    const int requests = context.parameters().count("requests", 50, 1, 2000);
    const auto most = std::uint32_t(context.parameters().count("concurrency", 8, 1, 512));
    Semaphore permits(state->permits, kAdmissionObject, most);
    for (int request = context.index(); request < requests; request += stepOf(context)) {
        if (!permits.acquire(context))
            return context.outcome(false);
        HttpConnection connection(std::uint16_t(state->port.load(std::memory_order_acquire)));
        connection.begin(targetOf(plannedRequest(context.parameters(), request)), false);
        const Fetched fetched = fetch(connection, stopSourceOf(context, *state));
        if (fetched == Fetched::Answered)
            noteAnswer(*state, connection.status());
        permits.release(context);
        if (fetched == Fetched::Failed)
            return requestFailed(context, connection.problem());
        if (fetched == Fetched::Stopped)
            return context.outcome(false);
    }
    return context.outcome(true);
}

/// S13, by sockets.
TaskStatus asyncHttpBody(TaskContext &context)
{
    return fetchUrls(context, fetchPooled);
}

} // namespace Interleave
