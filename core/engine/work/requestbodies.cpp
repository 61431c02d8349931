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

/// One request of S10 over a connection of its own.
TaskStatus sendAlone(TaskContext &context, NetworkState &state, int request)
{
    HttpConnection connection(std::uint16_t(state.port.load(std::memory_order_acquire)));
    connection.begin(targetOf(plannedRequest(context.parameters(), request)), false);
    const Fetched fetched = fetch(connection, stopSourceOf(context, state));
    if (fetched == Fetched::Stopped)
        return TaskStatus::Cancelled;
    if (fetched == Fetched::Failed)
        return requestFailed(context, connection.problem());
    noteAnswer(state, connection.status());
    return TaskStatus::Finished;
}

/// What all tasks of a run have to do together, and how much of it at once.
struct Pieces {
    int count = 0;
    int atOnce = 1;
    WaitReason why = WaitReason::Semaphore; ///< that a task waits for its turn
};

/// A task's part of it: the piece of its own number and every n-th one from there on.
TaskStatus takeTurns(TaskContext &context, const Pieces &pieces, FetchOne fetchOne)
{
    NetworkState *const state = networkStateOf(context);
    if (!state)
        return noServer(context);
    Semaphore turns(state->permits, kAdmissionObject, std::uint32_t(pieces.atOnce));
    for (int piece = context.index(); piece < pieces.count; piece += stepOf(context)) {
        if (!turns.acquire(context, pieces.why))
            return context.outcome(false);
        const TaskStatus status = fetchOne(context, *state, piece);
        turns.release(context);
        if (status == TaskStatus::Failed)
            return status;
        if (status == TaskStatus::Cancelled)
            return context.outcome(false);
    }
    return context.outcome(true);
}

} // namespace

TaskStatus fetchUrls(TaskContext &context, FetchOne fetchUrl)
{
    Pieces urls;
    urls.count = context.parameters().count("urls", 40, 1, 5000);
    urls.atOnce = context.parameters().count("limit", 10, 1, 512);
    urls.why = WaitReason::Connection;
    return takeTurns(context, urls, fetchUrl);
}

TaskStatus sendRequests(TaskContext &context, FetchOne sendRequest)
{
    Pieces requests;
    requests.count = context.parameters().count("requests", 50, 1, 2000);
    requests.atOnce = context.parameters().count("concurrency", 8, 1, 512);
    return takeTurns(context, requests, sendRequest);
}

/// S10, by sockets.
TaskStatus manyRequestsBody(TaskContext &context)
{
    return sendRequests(context, sendAlone);
}

/// S13, by sockets.
TaskStatus asyncHttpBody(TaskContext &context)
{
    return fetchUrls(context, fetchPooled);
}

} // namespace Interleave
