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
#include <optional>
#include <vector>

namespace Interleave
{

class TaskContext;

/// The pool that coroutines may hand their files to.
constexpr ObjectId kFilePoolObject = 1;

constexpr std::size_t kMostFiles = 64;

/// The numbers of the set "file-io". Value.
struct FileIoPlan {
    int files = 8;
    std::uint64_t bytes = 8 << 20; ///< of each file, whole pages of 4 KiB
    bool isWrite = false; ///< else files that are there already are read
    bool isCold = false; ///< what is read is taken out of the page cache before
    bool syncs = false; ///< of a write: until the disk has it
    bool offloads = false; ///< of coroutines: a pool does the calls that block

    [[nodiscard]] static FileIoPlan of(const WorkParameters &parameters);
};

/// What the tasks of the set share. All bytes 0 is its initial state. Thread: any.
struct FileIoState {
    /// The open files: descriptors plus 1. They have no names, so that nothing is left of them
    /// whatever ends the run; child processes inherit them. Written before the first task starts.
    std::array<std::atomic<std::int32_t>, kMostFiles> descriptors;
    std::array<std::atomic<std::uint64_t>, kMostFiles> sums; ///< of the words that a task has moved
    std::array<std::atomic<std::uint32_t>, kMostFiles> isDone;
    std::atomic<DurationNs> inCalls; ///< time in the calls that read, write and sync, of all tasks
    std::atomic<TimestampNs> firstBegin; ///< 0: none has begun
    std::atomic<TimestampNs> lastEnd;

    [[nodiscard]] int descriptor(int file) const
    {
        return descriptors[std::size_t(file)].load(std::memory_order_acquire) - 1;
    }
};

/// The contents of a file, which no file system can make smaller: a block of random words, with the
/// number of the file and of the piece in its first word. One owner.
class FileContents
{
public:
    static constexpr std::size_t kPieceBytes = std::size_t(256) << 10;

    explicit FileContents(int file);
    /// The words of that piece; they change with the next call.
    [[nodiscard]] const std::uint64_t *piece(std::uint64_t number);

private:
    std::uint64_t m_file;
    std::vector<std::uint64_t> m_words;
};

/// The sum of `bytes` bytes as words, modulo 2^64: that what was read has been used, and is right.
[[nodiscard]] std::uint64_t sumOfWords(const std::uint64_t *words, std::size_t bytes);

/// Writes a whole file, piece by piece, with a Wait(Io) around each call.
/// \param syncs every 8 MiB and at the end, so that a stop never has to wait for more.
/// \param inCalls the time in the calls is added. \return the sum of the words; nothing when
/// stopped.
/// Errors: std::runtime_error with a sentence.
std::optional<std::uint64_t> writeFile(const TaskContext &context, const FileIoPlan &plan,
                                       const FileIoState &state, int file, bool syncs,
                                       DurationNs &inCalls);

/// What a task does with its file, as the plan says; its result goes to the state.
/// \return false when stopped. Errors: std::runtime_error with a sentence.
bool transferFile(const TaskContext &context, const FileIoPlan &plan, FileIoState &state, int file);

} // namespace Interleave
