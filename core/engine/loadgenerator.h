// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"
#include "core/engine/work/httpmessage.h"

#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace Interleave
{

/// What the clients of S12 do.
struct LoadPlan {
    int clients = 16;
    int requestsEach = 10; ///< one after the other, over one connection
    int slowClients = 0; ///< the first ones
    DurationNs slow = 0; ///< how long a slow client takes to send a request: its line is slow
};

/// What they saw. Latencies: from the first byte of a request to the last of its answer.
struct LoadResult {
    std::vector<DurationNs> latencies; ///< of the clients that are not slow, sorted
    std::vector<DurationNs> slowLatencies; ///< sorted
    int failed = 0; ///< clients whose connection ended before all their answers had come
    TimestampNs begin = 0;
    TimestampNs end = 0; ///< of the last answer
};

/// The value that `share` of the sorted numbers do not exceed (nearest rank). Not of nothing.
[[nodiscard]] DurationNs nearestRank(const std::vector<DurationNs> &sorted, double share);

/// All clients of S12 on one thread called "clients", which belongs to no task: it only waits for
/// sockets, so what it costs the cores is small. Thread: the owner's.
class LoadGenerator
{
public:
    /// \param onAnswer called on the thread "clients" for each answer.
    LoadGenerator(LoadPlan plan, std::function<void()> onAnswer);
    /// Ends the clients where they are.
    ~LoadGenerator();
    LoadGenerator(const LoadGenerator &) = delete;
    LoadGenerator &operator=(const LoadGenerator &) = delete;

    /// Connects every client over 127.0.0.1. \return the servers' ends, non-blocking, inherited by
    /// child processes, in the order of the clients. Errors: Io.
    [[nodiscard]] Result<std::vector<UniqueFd>> connectAll();
    /// The clients send their first requests. \param stopFd readable when they shall give up, or
    /// -1.
    void start(int stopFd);
    /// Waits until every client is done, has failed, or was told to give up.
    [[nodiscard]] LoadResult finish();

private:
    struct Client {
        UniqueFd fd;
        HttpResponseParser parser;
        bool isSlow = false;
        int left = 0;
        std::size_t sent = 0; ///< bytes of the request
        TimestampNs begun = 0;
        TimestampNs resumesAt = 0; ///< 0: it waits for the answer
    };

    void run(int stopFd);
    void beginRequest(Client &client);
    void sendUntil(Client &client, std::size_t end);
    void sendDue();
    [[nodiscard]] bool waitForEvents(int stopFd);
    void receive(Client &client);
    void onAnswered(Client &client);
    void giveUp(Client &client);

    LoadPlan m_plan;
    std::function<void()> m_onAnswer;
    std::string m_request;
    std::vector<Client> m_clients;
    LoadResult m_result;
    UniqueFd m_end; ///< readable when the generator is destroyed before it is done
    std::thread m_thread; ///< last: it uses the others
};

} // namespace Interleave
