// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/mapreducestate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>

#include <poll.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// How long a task sleeps on a full pipe before it looks whether a stop was requested.
constexpr int kPipePatienceMs = 20;

/// Words that nobody could guess from one another; the same for a chunk in every process.
void fillChunk(int chunk, std::size_t count)
{
    std::vector<std::uint64_t> &words = chunkWords(chunk);
    words.resize(count);
    std::uint64_t word = mixed(std::uint64_t(chunk), 1) | 1;
    for (std::uint64_t &out : words) {
        // Source: Marsaglia 2003, "Xorshift RNGs"; any random words would do.
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        out = word;
    }
}

/// \return false when stopped.
bool waitForRoom(const TaskContext &context, int pipe)
{
    pollfd writable{pipe, POLLOUT, 0};
    Recorder::wait(WaitReason::Io);
    while (!context.stopRequested() && ::poll(&writable, 1, kPipePatienceMs) == 0) {
    }
    Recorder::waitEnd();
    return !context.stopRequested();
}

/// \return false when stopped. Errors: std::runtime_error.
bool sendAll(const TaskContext &context, int pipe, const std::vector<char> &bytes)
{
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t n = ::write(pipe, bytes.data() + done, bytes.size() - done);
        const int error = errno;
        if (n > 0) {
            done += std::size_t(n);
            continue;
        }
        if (n < 0 && error == EPIPE && context.stopRequested())
            return false; // main reads no more
        if (n == 0 || (error != EAGAIN && error != EINTR))
            throw std::runtime_error(std::string("the pipe to main takes nothing: ")
                                     + std::strerror(n == 0 ? EIO : error));
        if (!waitForRoom(context, pipe))
            return false;
    }
    return true;
}

/// A process shares no memory with main: its words become a message, and the kernel copies that
/// into the pipe, from where main copies it out. \return false when stopped.
bool sendChunk(const TaskContext &context, MapReduceState &state, int chunk, std::uint64_t sum,
               int pipe)
{
    std::vector<std::uint64_t> &words = chunkWords(chunk);
    const TimestampNs begin = monotonicNow();
    const ChunkHeader header{std::uint64_t(chunk), words.size(), sum};
    const std::size_t wordBytes = words.size() * sizeof(std::uint64_t);
    std::vector<char> message(sizeof header + wordBytes);
    std::memcpy(message.data(), &header, sizeof header);
    if (wordBytes > 0)
        std::memcpy(message.data() + sizeof header, words.data(), wordBytes);
    words.clear();
    const bool isSent = sendAll(context, pipe, message);
    state.sending.fetch_add(monotonicNow() - begin, std::memory_order_relaxed);
    if (isSent)
        state.sentBytes.fetch_add(message.size(), std::memory_order_relaxed);
    return isSent;
}

/// \param pipe -1: main sees the memory. \return false when stopped.
bool mapChunk(TaskContext &context, const MapReducePlan &plan, MapReduceState &state, int chunk,
              int pipe)
{
    const TimestampNs begin = monotonicNow();
    if (!context.burn(plan.mapMs))
        return false;
    fillChunk(chunk, plan.words);
    const std::uint64_t sum = sumOfChunk(chunkWords(chunk));
    state.sums[std::size_t(chunk)].store(sum, std::memory_order_relaxed);
    state.mapping.fetch_add(monotonicNow() - begin, std::memory_order_relaxed);
    if (pipe >= 0 && !sendChunk(context, state, chunk, sum, pipe))
        return false;
    const std::uint32_t mapped = state.mapped.fetch_add(1, std::memory_order_acq_rel) + 1;
    Recorder::counter(context.id(), kMappedChunksObject, mapped);
    return true;
}

/// Chunk after chunk, until there are no more. \return false when stopped.
bool mapMany(TaskContext &context, const MapReducePlan &plan, MapReduceState &state, int pipe)
{
    for (;;) {
        const std::uint32_t chunk = state.nextChunk.fetch_add(1, std::memory_order_relaxed);
        if (chunk >= std::uint32_t(plan.chunks))
            return !context.stopRequested();
        context.print("chunk " + std::to_string(chunk + 1));
        if (!mapChunk(context, plan, state, int(chunk), pipe))
            return false;
    }
}

} // namespace

MapReducePlan MapReducePlan::of(const WorkParameters &parameters)
{
    MapReducePlan plan;
    plan.chunks = parameters.count("chunks", 16, 1, int(kMostChunks));
    plan.mapMs = std::clamp(parameters.real("map_ms", 50), 0.0, 1e5);
    plan.reduceMs = std::clamp(parameters.real("reduce_ms", 5), 0.0, 1e5);
    plan.words =
        std::size_t(parameters.count("transfer_kb", 1024, 0, 4096)) * 1024 / sizeof(std::uint64_t);
    return plan;
}

std::vector<std::uint64_t> &chunkWords(int chunk)
{
    static std::array<std::vector<std::uint64_t>, kMostChunks> chunks;
    return chunks[std::size_t(chunk)];
}

std::uint64_t sumOfChunk(const std::vector<std::uint64_t> &words)
{
    return std::accumulate(words.begin(), words.end(), std::uint64_t(0));
}

TaskStatus mapReduceBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    const auto index = std::size_t(context.index());
    if (!setup.board || index >= kMostChunks)
        return context.fail("the set map-reduce needs shared memory and at most "
                            + std::to_string(kMostChunks) + " tasks");
    auto &state = setup.board->object<MapReduceState>();
    const MapReducePlan plan = MapReducePlan::of(setup.parameters);
    const int pipe = state.pipes[index].load(std::memory_order_acquire) - 1;
    bool going = !context.stopRequested();
    if (going && state.takesChunks.load(std::memory_order_acquire) != 0)
        going = mapMany(context, plan, state, pipe);
    else if (going)
        going = mapChunk(context, plan, state, context.index(), pipe);
    return context.outcome(going);
}

} // namespace Interleave
