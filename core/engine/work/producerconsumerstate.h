// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/sync/channel.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// The numbers of the set "producer-consumer".
constexpr ObjectId kItemQueueObject = 1;
constexpr ObjectId kPipeEndsObject = 2; ///< a latch: every task has its end of the pipe open

constexpr std::size_t kMostQueuedItems = 1000;

struct ProducerConsumerPlan {
    int producers = 1;
    int consumers = 2;
    int capacity = 8;
    int items = 60;
    double produceMs = 20;
    double consumeMs = 50;
    bool isCpuWork = false; ///< else it waits
    bool usesPipe = false; ///< as far as the parameter goes; only processes can

    [[nodiscard]] int tasks() const { return producers + consumers; }
    /// The producers come first.
    [[nodiscard]] bool isProducer(int index) const { return index < producers; }
};
[[nodiscard]] ProducerConsumerPlan producerConsumerPlan(const WorkParameters &parameters);

/// What the tasks of the set "producer-consumer" share. All bytes 0 is its initial state.
/// Thread: any.
struct ProducerConsumerState {
    ChannelState<std::uint32_t, kMostQueuedItems> channel;
    std::atomic<std::uint32_t> producersDone;
    LatchState pipeEnds;
    std::atomic<std::uint32_t> pipeDepth; ///< items written or about to be, and not read yet
    std::atomic<std::uint32_t> consumed;
    std::atomic<std::uint64_t> sum; ///< of the numbers of the consumed items, which begin at 1
    std::atomic<TimestampNs> firstConsumed; ///< when the first item was done; 0: not yet
    std::atomic<TimestampNs> lastConsumed;
    /// The name of the pipe; empty: the channel is used. Written before the first task starts.
    std::array<char, 256> pipe;

    /// An item is done.
    void noteConsumed(std::uint32_t item);
    /// A producer is done. \return whether it was the last one.
    [[nodiscard]] bool noteProducerDone(const ProducerConsumerPlan &plan);
};

} // namespace Interleave
