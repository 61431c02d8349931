// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/semaphore.h"
#include "core/engine/work/httpclient.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/taskcontext.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// What the tasks of the network sets share: in the first cells of the board. All bytes 0 is the
/// start.
struct NetworkState {
    SemaphoreState permits;
    std::atomic<std::uint32_t> port; ///< of the server, on 127.0.0.1
    std::atomic<std::uint32_t> stopFd; ///< 1 + the descriptor of StopSource, inherited by workers
    std::atomic<std::uint32_t> answered; ///< with 200
    std::atomic<std::uint32_t> refused; ///< with another status
    std::atomic<std::uint32_t> mostThreads; ///< threads that the process was seen to have at once
};

/// The one object of these sets: the permits of S10, the connection pool of S13.
constexpr ObjectId kAdmissionObject = 1;

/// S12: the cell with 1 + the server's end of the connection to client `index`.
[[nodiscard]] constexpr std::size_t connectionCell(int index)
{
    return SharedBoard::cellsFor<NetworkState>() + std::size_t(index);
}

/// Nothing when the set's board was not made.
[[nodiscard]] inline NetworkState *networkStateOf(const TaskContext &context)
{
    const SharedBoard *const board = context.setup().board;
    return board && board->cellCount() >= SharedBoard::cellsFor<NetworkState>()
        ? &board->object<NetworkState>()
        : nullptr;
}

[[nodiscard]] inline StopSource stopSourceOf(const TaskContext &context, const NetworkState &state)
{
    return {context.setup().rings, int(state.stopFd.load(std::memory_order_relaxed)) - 1};
}

/// Keeps the greater of the two. Thread: any.
inline void raiseTo(std::atomic<std::uint32_t> &most, std::uint32_t seen)
{
    std::uint32_t known = most.load(std::memory_order_relaxed);
    while (known < seen && !most.compare_exchange_weak(known, seen, std::memory_order_relaxed)) {
    }
}

/// Counts an answer by its status, and the threads that there are at this moment.
inline void noteAnswer(NetworkState &state, int status)
{
    (status == 200 ? state.answered : state.refused).fetch_add(1, std::memory_order_relaxed);
    raiseTo(state.mostThreads, std::uint32_t(threadCount()));
}

} // namespace Interleave
