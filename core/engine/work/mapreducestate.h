// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/workparameters.h"
#include "core/record/objectkind.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace Interleave
{

/// A counter: how many chunks are mapped.
constexpr ObjectId kMappedChunksObject = 1;

constexpr std::size_t kMostChunks = 64;

/// The numbers of the set "map-reduce". Value.
struct MapReducePlan {
    int chunks = 16;
    double mapMs = 50;
    double reduceMs = 5; ///< of each chunk
    std::size_t words = 0; ///< that the map of a chunk makes, and that main has to get

    [[nodiscard]] static MapReducePlan of(const WorkParameters &parameters);
};

/// What stands before the words of a chunk in a pipe.
struct ChunkHeader {
    std::uint64_t chunk = 0;
    std::uint64_t words = 0;
    std::uint64_t sum = 0;
};

/// What the tasks of the set share. All bytes 0 is its initial state. Thread: any.
struct MapReduceState {
    /// 0: the task with number i maps chunk i; 1: a task takes chunks until there are no more.
    std::atomic<std::uint32_t> takesChunks;
    /// The pipe of each task to main, which child processes inherit: descriptor plus 1; 0: none.
    std::array<std::atomic<std::int32_t>, kMostChunks> pipes;
    std::atomic<std::uint32_t> nextChunk;
    std::atomic<std::uint32_t> mapped;
    std::array<std::atomic<std::uint64_t>, kMostChunks> sums; ///< of a chunk's words
    std::atomic<DurationNs> mapping; ///< time of all tasks for their chunks
    std::atomic<DurationNs> sending; ///< time of all tasks until main had their words
    std::atomic<std::uint64_t> sentBytes;
};

/// The words that the map of a chunk has made, in the memory of this process: threads and main
/// share it, a child process has its own. Thread: one at a time for each chunk.
[[nodiscard]] std::vector<std::uint64_t> &chunkWords(int chunk);

[[nodiscard]] std::uint64_t sumOfChunk(const std::vector<std::uint64_t> &words);

} // namespace Interleave
