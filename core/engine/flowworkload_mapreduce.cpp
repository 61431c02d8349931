// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/enginerun.h"
#include "core/engine/flowworkload_p.h"
#include "core/engine/work/mapreducestate.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// How long main sleeps on the pipes before it looks whether a stop was requested.
constexpr int kPipePatienceMs = 20;

/// Main's end of the pipe of one child process: puts the words of the chunks that come out of it
/// into chunkWords().
class ChunkReceiver
{
public:
    explicit ChunkReceiver(UniqueFd pipe)
        : m_pipe(std::move(pipe))
    {
    }

    /// -1 once its end has been seen.
    [[nodiscard]] int fd() const { return m_pipe.get(); }
    /// Reads what is there. Errors: std::runtime_error.
    void receive(const MapReducePlan &plan)
    {
        while (m_pipe.isOpen()) {
            const bool isInWords = m_wordsLeft > 0;
            char *const to = isInWords ? wordsEnd() : headerEnd();
            const std::size_t room = isInWords ? m_wordsLeft : sizeof m_header - m_headerBytes;
            const ssize_t n = ::read(m_pipe.get(), to, room);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0 && errno == EAGAIN)
                return;
            if (n < 0)
                throw std::runtime_error(std::string("the pipe of a child process cannot be read: ")
                                         + std::strerror(errno));
            if (n == 0)
                m_pipe.reset();
            else
                take(std::size_t(n), plan);
        }
    }

private:
    [[nodiscard]] char *headerEnd() { return reinterpret_cast<char *>(&m_header) + m_headerBytes; }
    [[nodiscard]] char *wordsEnd() const
    {
        std::vector<std::uint64_t> &words = chunkWords(int(m_header.chunk));
        return reinterpret_cast<char *>(words.data() + words.size()) - m_wordsLeft;
    }
    void take(std::size_t bytes, const MapReducePlan &plan)
    {
        if (m_wordsLeft > 0) {
            m_wordsLeft -= bytes;
            return;
        }
        m_headerBytes += bytes;
        if (m_headerBytes < sizeof m_header)
            return;
        m_headerBytes = 0;
        if (m_header.chunk >= std::uint64_t(plan.chunks) || m_header.words != plan.words)
            throw std::runtime_error("a child process sent what is no chunk");
        chunkWords(int(m_header.chunk)).resize(plan.words);
        m_wordsLeft = plan.words * sizeof(std::uint64_t);
    }

    UniqueFd m_pipe;
    ChunkHeader m_header;
    std::size_t m_headerBytes = 0; ///< that are there of the header
    std::size_t m_wordsLeft = 0; ///< bytes of the chunk's words that are still to come
};

/// S31: chunks are mapped side by side, and main puts the results together.
///
/// Threads and child processes take one chunk after another; elsewhere every chunk is a task.
class MapReduce final : public Workload
{
public:
    explicit MapReduce(const EngineRun &run)
        : Workload(run)
        , m_plan(MapReducePlan::of(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override
    {
        return takesChunks() ? carriers() : m_plan.chunks;
    }
    [[nodiscard]] std::string prefix() const override { return takesChunks() ? "worker" : "chunk"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<MapReduceState>();
    }

    void defineObjects(EngineRun &run) override
    {
        run.defineObject(kMappedChunksObject, ObjectKind::Counter, "mapped chunks",
                         std::uint32_t(m_plan.chunks));
    }
    void prepare() override
    {
        state().takesChunks.store(takesChunks() ? 1 : 0, std::memory_order_release);
        if (model() == Model::Processes)
            makePipes();
        m_begin = monotonicNow();
    }
    void mainMeanwhile(TaskContext &main) override;
    void mainAfterwards(TaskContext &main) override;
    void finish(EngineRun &run) override;

private:
    [[nodiscard]] bool takesChunks() const
    {
        return model() == Model::Threads || model() == Model::Processes;
    }
    /// How many chunks can be worked on at once.
    [[nodiscard]] int carriers() const
    {
        if (model() == Model::Sequential || model() == Model::Coroutines)
            return 1;
        return std::min({workers(), m_plan.chunks, int(kMostChunks)});
    }
    [[nodiscard]] MapReduceState &state() const
    {
        return run().setup().board->object<MapReduceState>();
    }
    void makePipes();
    bool waitForData(const TaskContext &main, std::vector<pollfd> &pipes) const;
    void receiveAll(const TaskContext &main);
    void check(EngineRun &run) const;

    const MapReducePlan m_plan;
    std::vector<UniqueFd> m_writingEnds; ///< the children's, until all of them have theirs
    std::vector<ChunkReceiver> m_receivers;
    std::string m_problem; ///< of main; a sentence
    std::vector<std::uint64_t> m_sums; ///< by main, of the words as it sees them
    DurationNs m_receiving = 0;
    TimestampNs m_begin = 0;
    TimestampNs m_mapped = 0; ///< main has everything
    TimestampNs m_end = 0;
};

void MapReduce::makePipes()
{
    for (int i = 0; i < taskCount(); ++i) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
            throw std::runtime_error(std::string("no pipe for a child process: ")
                                     + std::strerror(errno));
        m_receivers.emplace_back(UniqueFd(ends[0]));
        m_writingEnds.emplace_back(ends[1]);
        ::fcntl(ends[1], F_SETFD, 0); // the children inherit it, on purpose
        state().pipes[std::size_t(i)].store(ends[1] + 1, std::memory_order_release);
    }
}

/// Child processes share no memory with main: it reads what they send until all of them have ended.
void MapReduce::mainMeanwhile(TaskContext &main)
{
    m_writingEnds.clear(); // or there would be no end to see
    if (m_receivers.empty())
        return;
    try {
        receiveAll(main);
    } catch (const std::runtime_error &e) {
        m_problem = e.what();
    }
    m_receivers.clear(); // who still sends is told so
}

/// \return false when stopped.
bool MapReduce::waitForData(const TaskContext &main, std::vector<pollfd> &pipes) const
{
    int ready = 0;
    Recorder::wait(WaitReason::Io);
    while (ready == 0 && !main.stopRequested()) {
        ready = ::poll(pipes.data(), nfds_t(pipes.size()), kPipePatienceMs);
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    const int error = errno;
    Recorder::waitEnd();
    if (ready < 0)
        throw std::runtime_error(std::string("the pipes of the child processes cannot be watched: ")
                                 + std::strerror(error));
    return ready > 0;
}

void MapReduce::receiveAll(const TaskContext &main)
{
    std::vector<pollfd> pipes;
    pipes.reserve(m_receivers.size());
    for (const ChunkReceiver &receiver : m_receivers)
        pipes.push_back({receiver.fd(), POLLIN, 0});
    std::size_t open = pipes.size();
    while (open > 0 && waitForData(main, pipes)) {
        const TimestampNs begin = monotonicNow();
        for (std::size_t i = 0; i < pipes.size(); ++i) {
            if (pipes[i].fd < 0 || pipes[i].revents == 0)
                continue;
            m_receivers[i].receive(m_plan);
            pipes[i].fd = m_receivers[i].fd(); // poll(2) passes over a negative one
            if (pipes[i].fd < 0)
                --open;
        }
        m_receiving += monotonicNow() - begin;
    }
}

void MapReduce::mainAfterwards(TaskContext &main)
{
    m_mapped = monotonicNow();
    m_end = m_mapped;
    for (int chunk = 0; chunk < m_plan.chunks; ++chunk) {
        if (!main.burn(m_plan.reduceMs))
            return;
        m_sums.push_back(sumOfChunk(chunkWords(chunk)));
        m_end = monotonicNow();
    }
    if (main.outcome(true) == TaskStatus::Failed)
        m_problem = main.failure();
}

/// "chunks" that were mapped; "carriers": threads or processes that did it; "map_ms": from the
/// start of the tasks until main had all their results; "reduce_ms" on main; "total_ms" of both;
/// "copied_bytes" through pipes, header included; "transfer_ms": the tasks' time until main had
/// taken their results over, and "transfer_percent" of their time for chunks; "receive_ms": main's
/// time to take them over.
void MapReduce::finish(EngineRun &run)
{
    const MapReduceState &s = state();
    const auto mapping = double(s.mapping.load(std::memory_order_relaxed));
    const DurationNs sending = s.sending.load(std::memory_order_relaxed);
    run.result("chunks", qint64(s.mapped.load(std::memory_order_acquire)));
    run.result("carriers", carriers());
    if (m_mapped > 0) {
        run.result("map_ms", resultMs(m_mapped - m_begin));
        run.result("reduce_ms", resultMs(m_end - m_mapped));
        run.result("total_ms", resultMs(m_end - m_begin));
    }
    run.result("copied_bytes", qint64(s.sentBytes.load(std::memory_order_relaxed)));
    run.result("transfer_ms", resultMs(sending));
    run.result("transfer_percent", resultPercent(double(sending), double(sending) + mapping));
    run.result("receive_ms", resultMs(m_receiving));
    check(run);
    for (int chunk = 0; chunk < m_plan.chunks; ++chunk)
        std::vector<std::uint64_t>().swap(chunkWords(chunk));
}

void MapReduce::check(EngineRun &run) const
{
    if (run.isStopRequested())
        return;
    if (!m_problem.empty()) {
        run.fail(m_problem);
        return;
    }
    if (run.tally().failed > 0)
        return; // it says why itself
    const auto mapped = state().mapped.load(std::memory_order_acquire);
    if (mapped != std::uint32_t(m_plan.chunks)) {
        run.fail(std::to_string(mapped) + " of " + std::to_string(m_plan.chunks)
                 + " chunks were mapped");
        return;
    }
    for (std::size_t chunk = 0; chunk < m_sums.size(); ++chunk) {
        const std::uint64_t sum = state().sums[chunk].load(std::memory_order_relaxed);
        if (chunkWords(int(chunk)).size() != m_plan.words || m_sums[chunk] != sum)
            run.fail("what main has of chunk " + std::to_string(chunk + 1)
                     + " is not what its map has made");
    }
}

} // namespace

std::unique_ptr<Workload> makeMapReduce(const EngineRun &run)
{
    return std::make_unique<MapReduce>(run);
}

} // namespace Interleave
