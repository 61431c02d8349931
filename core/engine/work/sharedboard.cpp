// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/sharedboard.h"

#include "core/engine/work/stoppablewait.h"
#include "core/record/recorder.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr std::size_t kMostCells = std::size_t(1) << 24;

Error systemError(const char *what)
{
    return {ErrorCode::Io, std::string(what) + ": " + std::strerror(errno)};
}

} // namespace

Result<SharedBoard> SharedBoard::create(std::size_t cells)
{
    if (cells > kMostCells)
        return Error{ErrorCode::BadInput, "the tasks ask for more shared memory than there may be"};
    SharedBoard board;
    board.m_fd.reset(memfd_create("interleave-board", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!board.m_fd.isOpen())
        return systemError("no shared memory for the tasks (memfd_create)");
    const std::size_t bytes = sizeof(Layout) + cells * sizeof(std::uint64_t);
    if (ftruncate(board.m_fd.get(), off_t(bytes)) != 0)
        return systemError("no shared memory for the tasks (ftruncate)");
    if (fcntl(board.m_fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return systemError("the tasks' shared memory could not be sealed");
    if (auto mapped = board.map(bytes); !mapped)
        return mapped.error();
    return board;
}

Result<SharedBoard> SharedBoard::attach(int fd)
{
    SharedBoard board;
    board.m_fd.reset(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    struct stat info = {};
    if (!board.m_fd.isOpen() || fstat(board.m_fd.get(), &info) != 0)
        return systemError("the tasks' shared memory is not open");
    const std::size_t bytes = std::size_t(info.st_size);
    const int seals = fcntl(board.m_fd.get(), F_GET_SEALS);
    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || bytes < sizeof(Layout))
        return Error{ErrorCode::BadInput, "this is not the tasks' shared memory"};
    if (auto mapped = board.map(bytes); !mapped)
        return mapped.error();
    return board;
}

Result<void> SharedBoard::map(std::size_t bytes)
{
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m_fd.get(), 0);
    if (memory == MAP_FAILED)
        return systemError("the tasks' shared memory cannot be mapped");
    m_bytes = bytes;
    m_layout = static_cast<Layout *>(memory);
    m_cell = reinterpret_cast<std::atomic<std::uint64_t> *>(static_cast<char *>(memory)
                                                            + sizeof(Layout));
    m_cells = (bytes - sizeof(Layout)) / sizeof(std::uint64_t);
    return {};
}

SharedBoard::SharedBoard(SharedBoard &&other) noexcept
{
    *this = std::move(other);
}

SharedBoard &SharedBoard::operator=(SharedBoard &&other) noexcept
{
    if (this != &other) {
        if (m_layout)
            munmap(m_layout, m_bytes);
        m_fd = std::move(other.m_fd);
        m_layout = std::exchange(other.m_layout, nullptr);
        m_cell = std::exchange(other.m_cell, nullptr);
        m_bytes = std::exchange(other.m_bytes, 0);
        m_cells = std::exchange(other.m_cells, 0);
    }
    return *this;
}

SharedBoard::~SharedBoard()
{
    if (m_layout)
        munmap(m_layout, m_bytes);
}

SharedBarrier::SharedBarrier(const SharedBoard &board, std::size_t firstWord)
    : SharedBarrier(board.word(firstWord), board.word(firstWord + 1), std::uint32_t(firstWord))
{
}

SharedBarrier::SharedBarrier(std::atomic<std::uint32_t> &arrived,
                             std::atomic<std::uint32_t> &generation, std::uint32_t object)
    : m_arrived(arrived)
    , m_generation(generation)
    , m_object(object)
{
}

bool SharedBarrier::arriveAndWait(std::uint32_t participants,
                                  const std::atomic<std::uint32_t> &stopWord, TaskId arriving)
{
    const std::uint32_t generation = m_generation.load(std::memory_order_acquire);
    if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 >= participants) {
        if (arriving != kNoTask)
            Recorder::mark(MarkKind::Barrier, arriving, m_object);
        m_arrived.store(0, std::memory_order_relaxed);
        // release: pairs with the acquire in waitWhileEqual(); nobody arrives again before it
        m_generation.fetch_add(1, std::memory_order_release);
        wakeWord(m_generation);
        return stopWord.load(std::memory_order_relaxed) == 0;
    }
    Recorder::wait(WaitReason::Barrier, m_object);
    const bool released = waitWhileEqual(m_generation, generation, stopWord);
    Recorder::waitEnd();
    return released;
}

} // namespace Interleave
