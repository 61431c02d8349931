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
#include <optional>

namespace Interleave
{

/// The queue between stage i and stage i + 1 (from 0) is the object kFirstStageQueueObject + i.
constexpr ObjectId kFirstStageQueueObject = 1;

constexpr int kMostStages = 6;
constexpr int kMostQueues = kMostStages - 1;
/// A power of two, because that is what the places of a pipe are.
constexpr std::size_t kMostStageItems = 128;

/// What goes through the stages. No bit of it is padding: it is also written to pipes.
struct PipelineItem {
    std::uint64_t number = 0; ///< from 1
    TimestampNs begin = 0; ///< when the first stage took it
};
static_assert(sizeof(PipelineItem) == 16);

/// The numbers of the set "pipeline". Value. Stages count from 0.
struct PipelinePlan {
    int stages = 3;
    int items = 24;
    int queue = 2; ///< places in each queue, as asked for
    int replicas = 1; ///< tasks of the slowest stage
    bool isCpuWork = false; ///< else it waits
    bool usesPipe = false; ///< as far as the parameter goes; only processes can
    std::array<double, kMostStages> ms{};

    /// Errors: std::runtime_error with a sentence when the list of times is none.
    [[nodiscard]] static PipelinePlan of(const WorkParameters &parameters);
    [[nodiscard]] int slowest() const; ///< the first of the slowest
    [[nodiscard]] int tasks() const { return stages - 1 + replicas; }
    [[nodiscard]] int tasksOf(int stage) const { return stage == slowest() ? replicas : 1; }
    /// The tasks of a stage have consecutive numbers, in the order of the stages.
    [[nodiscard]] int stageOf(int task) const;
    [[nodiscard]] int firstTaskOf(int stage) const;
    /// Places of a pipe of the kernel: the next power of two.
    [[nodiscard]] int pipePlaces() const;
};

/// What the tasks of the set share. All bytes 0 is its initial state. Thread: any.
struct PipelineState {
    std::array<ChannelState<PipelineItem, kMostStageItems>, kMostQueues> queues;
    /// The ends of the pipes, which child processes inherit: descriptors plus 1. 0: the queues are
    /// used. Written before the first task starts.
    std::array<std::atomic<std::int32_t>, kMostQueues> readingEnds;
    std::array<std::atomic<std::int32_t>, kMostQueues> writingEnds;
    std::array<std::atomic<std::uint32_t>, kMostStages> tasksDone; ///< by stage
    std::array<std::atomic<DurationNs>, kMostStages> busy; ///< by stage: at work on items
    std::atomic<std::uint32_t> itemsIn; ///< how many the first stage has asked for
    std::atomic<std::uint32_t> itemsOut;
    std::atomic<std::uint64_t> numbersOut; ///< the sum of the numbers of what came out
    std::atomic<TimestampNs> firstIn; ///< 0: none yet
    std::atomic<TimestampNs> firstOut;
    std::atomic<TimestampNs> lastOut;
    std::atomic<DurationNs> latency; ///< of all items, from the first stage to the last
    std::atomic<DurationNs> longestLatency;

    /// The next item for the first stage; nothing when there are no more.
    [[nodiscard]] std::optional<PipelineItem> takeNew(const PipelinePlan &plan);
    /// The last stage is done with an item.
    void noteOut(const PipelineItem &item);
    /// A task is done. \return whether it was the last one of its stage.
    [[nodiscard]] bool noteTaskDone(const PipelinePlan &plan, int stage);
};

} // namespace Interleave
