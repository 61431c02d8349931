// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/fileiostate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr std::uint64_t kSyncEvery = 8 << 20;

/// A call that may have to wait for the disk: on record and measured.
class IoCall
{
public:
    explicit IoCall(DurationNs &sum)
        : m_sum(sum)
        , m_begin(monotonicNow())
    {
        Recorder::wait(WaitReason::Io);
    }
    ~IoCall()
    {
        Recorder::waitEnd();
        m_sum += monotonicNow() - m_begin;
    }
    IoCall(const IoCall &) = delete;
    IoCall &operator=(const IoCall &) = delete;

private:
    DurationNs &m_sum;
    TimestampNs m_begin;
};

[[noreturn]] void fail(int file, const char *what, int error)
{
    throw std::runtime_error("file " + std::to_string(file + 1) + " cannot be " + what + ": "
                             + std::strerror(error));
}

std::size_t pieceBytes(const FileIoPlan &plan, std::uint64_t offset)
{
    return std::size_t(std::min<std::uint64_t>(FileContents::kPieceBytes, plan.bytes - offset));
}

void writePiece(int fd, int file, const std::uint64_t *words, std::size_t bytes,
                std::uint64_t offset, DurationNs &inCalls)
{
    const char *const begin = reinterpret_cast<const char *>(words);
    for (std::size_t done = 0; done < bytes;) {
        ssize_t n = 0;
        int error = 0;
        {
            const IoCall call(inCalls);
            n = ::pwrite(fd, begin + done, bytes - done, off_t(offset + done));
            error = errno;
        }
        if (n > 0)
            done += std::size_t(n);
        else if (n == 0 || error != EINTR)
            fail(file, "written", n == 0 ? EIO : error);
    }
}

void readPiece(int fd, int file, std::uint64_t *words, std::size_t bytes, std::uint64_t offset,
               DurationNs &inCalls)
{
    char *const begin = reinterpret_cast<char *>(words);
    for (std::size_t done = 0; done < bytes;) {
        ssize_t n = 0;
        int error = 0;
        {
            const IoCall call(inCalls);
            n = ::pread(fd, begin + done, bytes - done, off_t(offset + done));
            error = errno;
        }
        if (n > 0)
            done += std::size_t(n);
        else if (n == 0)
            throw std::runtime_error("file " + std::to_string(file + 1)
                                     + " is shorter than it was written");
        else if (error != EINTR)
            fail(file, "read", error);
    }
}

void sync(int fd, int file, DurationNs &inCalls)
{
    for (;;) {
        int rc = 0;
        int error = 0;
        {
            const IoCall call(inCalls);
            rc = ::fsync(fd);
            error = errno;
        }
        if (rc == 0)
            return;
        if (error != EINTR)
            fail(file, "brought to the disk", error);
    }
}

std::optional<std::uint64_t> readFile(const TaskContext &context, const FileIoPlan &plan,
                                      const FileIoState &state, int file, DurationNs &inCalls)
{
    std::vector<std::uint64_t> words(FileContents::kPieceBytes / sizeof(std::uint64_t));
    std::uint64_t sum = 0;
    for (std::uint64_t offset = 0; offset < plan.bytes;) {
        if (context.stopRequested())
            return std::nullopt;
        const std::size_t bytes = pieceBytes(plan, offset);
        readPiece(state.descriptor(file), file, words.data(), bytes, offset, inCalls);
        sum += sumOfWords(words.data(), bytes);
        offset += bytes;
    }
    return sum;
}

void noteBegin(FileIoState &state)
{
    TimestampNs none = 0;
    state.firstBegin.compare_exchange_strong(none, monotonicNow(), std::memory_order_relaxed);
}

void noteEnd(FileIoState &state, int file, std::uint64_t sum)
{
    const TimestampNs now = monotonicNow();
    TimestampNs last = state.lastEnd.load(std::memory_order_relaxed);
    while (last < now
           && !state.lastEnd.compare_exchange_weak(last, now, std::memory_order_relaxed)) {
    }
    state.sums[std::size_t(file)].store(sum, std::memory_order_relaxed);
    state.isDone[std::size_t(file)].store(1, std::memory_order_release);
}

} // namespace

FileIoPlan FileIoPlan::of(const WorkParameters &parameters)
{
    constexpr double kPageBytes = 4096;
    constexpr double kPagesPerMiB = 256;
    FileIoPlan plan;
    plan.files = parameters.count("files", 8, 1, int(kMostFiles));
    const double mib = std::clamp(parameters.real("size_mib", 8), 0.0, 256.0);
    plan.bytes = std::uint64_t(std::max(1.0, std::round(mib * kPagesPerMiB)) * kPageBytes);
    plan.isWrite = parameters.text("operation", "read") == "write";
    plan.isCold = parameters.text("cache", "warm") == "cold";
    plan.syncs = parameters.boolean("fsync", false);
    plan.offloads = parameters.boolean("offload", false);
    return plan;
}

FileContents::FileContents(int file)
    : m_file(std::uint64_t(file))
    , m_words(kPieceBytes / sizeof(std::uint64_t))
{
    std::uint64_t word = mixed(m_file, 1) | 1;
    for (std::uint64_t &out : m_words) {
        // Source: Marsaglia 2003, "Xorshift RNGs"; any random words would do.
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        out = word;
    }
}

const std::uint64_t *FileContents::piece(std::uint64_t number)
{
    m_words.front() = (m_file << 32) | number;
    return m_words.data();
}

std::uint64_t sumOfWords(const std::uint64_t *words, std::size_t bytes)
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < bytes / sizeof(std::uint64_t); ++i)
        sum += words[i];
    return sum;
}

std::optional<std::uint64_t> writeFile(const TaskContext &context, const FileIoPlan &plan,
                                       const FileIoState &state, int file, bool syncs,
                                       DurationNs &inCalls)
{
    const int fd = state.descriptor(file);
    FileContents contents(file);
    std::uint64_t sum = 0, unsynced = 0;
    for (std::uint64_t offset = 0; offset < plan.bytes;) {
        if (context.stopRequested())
            return std::nullopt;
        const std::uint64_t *const words = contents.piece(offset / FileContents::kPieceBytes);
        const std::size_t bytes = pieceBytes(plan, offset);
        writePiece(fd, file, words, bytes, offset, inCalls);
        sum += sumOfWords(words, bytes);
        offset += bytes;
        unsynced += bytes;
        if (syncs && (unsynced >= kSyncEvery || offset == plan.bytes)) {
            sync(fd, file, inCalls);
            unsynced = 0;
        }
    }
    return sum;
}

bool transferFile(const TaskContext &context, const FileIoPlan &plan, FileIoState &state, int file)
{
    if (context.stopRequested())
        return false;
    noteBegin(state);
    DurationNs inCalls = 0;
    const std::optional<std::uint64_t> sum = plan.isWrite
        ? writeFile(context, plan, state, file, plan.syncs, inCalls)
        : readFile(context, plan, state, file, inCalls);
    state.inCalls.fetch_add(inCalls, std::memory_order_relaxed);
    if (!sum)
        return false;
    noteEnd(state, file, *sum);
    return true;
}

TaskStatus fileIoBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board || context.index() >= int(kMostFiles))
        return context.fail("the set file-io needs shared memory and at most "
                            + std::to_string(kMostFiles) + " tasks");
    auto &state = setup.board->object<FileIoState>();
    const FileIoPlan plan = FileIoPlan::of(setup.parameters);
    return context.outcome(transferFile(context, plan, state, context.index()));
}

} // namespace Interleave
