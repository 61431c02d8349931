// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/helperboard.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr std::uint64_t kMagic = 0x5245'504c'4548'4c49; // "ILHELPER"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kPage = 4096;
/// A counter that a writer keeps is believed up to here, so that the sum of all cannot overflow.
constexpr std::uint64_t kMostBelieved = std::uint64_t(1) << 32;

constexpr std::size_t roundedToPage(std::size_t bytes)
{
    return (bytes + kPage - 1) / kPage * kPage;
}
constexpr std::size_t kTextsBegin = kPage + roundedToPage(HelperBoard::kSlots * sizeof(HelperSlot));
constexpr std::size_t kTotalBytes =
    kTextsBegin + std::size_t(HelperBoard::kSlots) * HelperBoard::kTextBytes;

Error systemError(const char *what)
{
    return {ErrorCode::Io, std::string(what) + ": " + std::strerror(errno)};
}

} // namespace

Result<HelperBoard> HelperBoard::create(std::uint32_t flags)
{
    HelperBoard board;
    board.m_fd.reset(memfd_create("interleave-helpers", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!board.m_fd.isOpen())
        return systemError("no shared memory for what Python programs tell (memfd_create)");
    if (ftruncate(board.m_fd.get(), off_t(kTotalBytes)) != 0)
        return systemError("no shared memory for what Python programs tell (ftruncate)");
    if (fcntl(board.m_fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return systemError("the shared memory for Python programs could not be sealed");
    void *memory =
        mmap(nullptr, kTotalBytes, PROT_READ | PROT_WRITE, MAP_SHARED, board.m_fd.get(), 0);
    if (memory == MAP_FAILED)
        return systemError("the shared memory for Python programs cannot be mapped");
    board.m_memory = memory;
    board.m_bytes = kTotalBytes;
    board.m_cursors.resize(kSlots);
    HelperBoardHeader header = {};
    header.magic = kMagic;
    header.version = kVersion;
    header.slotCount = kSlots;
    header.ringsPerSlot = kRingsPerSlot;
    header.textBytes = kTextBytes;
    header.flags = flags;
    std::memcpy(memory, &header, sizeof header);
    return board;
}

HelperBoard::HelperBoard(HelperBoard &&other) noexcept
{
    *this = std::move(other);
}

HelperBoard &HelperBoard::operator=(HelperBoard &&other) noexcept
{
    if (this != &other) {
        if (m_memory)
            munmap(m_memory, m_bytes);
        m_fd = std::move(other.m_fd);
        m_memory = std::exchange(other.m_memory, nullptr);
        m_bytes = std::exchange(other.m_bytes, 0);
        m_cursors = std::move(other.m_cursors);
        m_firstSlot = other.m_firstSlot;
        m_lost = other.m_lost;
        m_droppedBefore = other.m_droppedBefore;
    }
    return *this;
}

HelperBoard::~HelperBoard()
{
    if (m_memory)
        munmap(m_memory, m_bytes);
}

HelperSlot &HelperBoard::slot(std::uint32_t index) const
{
    return reinterpret_cast<HelperSlot *>(static_cast<char *>(m_memory) + kPage)[index];
}

const char *HelperBoard::textOf(std::uint32_t index) const
{
    return static_cast<const char *>(m_memory) + kTextsBegin + std::size_t(index) * kTextBytes;
}

/// \return whether the slot has an owner. Who that is, is read once: only release() ends a life, what
/// the process writes over its state later does not.
bool HelperBoard::noticeOwner(std::uint32_t index)
{
    Cursor &cursor = m_cursors[index];
    if (cursor.isOwned)
        return true;
    const HelperSlot &shared = slot(index);
    // acquire: pairs with the store of the state by who claims the slot, after its pid
    if (shared.state.load(std::memory_order_acquire) != SlotState::Active)
        return false;
    cursor.isOwned = true;
    cursor.pid = shared.pid.load(std::memory_order_relaxed);
    return true;
}

/// Where the text ends. Text that cannot be there is skipped.
std::uint64_t HelperBoard::headOf(std::uint32_t index)
{
    Cursor &cursor = m_cursors[index];
    // acquire: pairs with the store of the head, after the bytes
    const std::uint64_t head = slot(index).textHead.load(std::memory_order_acquire);
    if (head - cursor.tail > kTextBytes) { // only a writer that is not ours does this
        ++m_lost;
        cursor.tail = head;
        cursor.pending.clear();
        cursor.isSkipping = true;
    }
    return head;
}

void HelperBoard::drain(std::vector<Line> &out)
{
    for (std::uint32_t index = 0; index < kSlots; ++index)
        noticeOwner(index); // also of those whose turn does not come now
    std::size_t room = kMostBytesAtOnce;
    const std::uint32_t first = m_firstSlot;
    for (std::uint32_t i = 0; i < kSlots && room > 0; ++i) {
        const std::uint32_t index = (first + i) % kSlots;
        if (!noticeOwner(index))
            continue;
        room -= drainSlot(index, room, out);
        if (room == 0)
            m_firstSlot = (index + 1) % kSlots; // the one that flooded comes last
    }
}

/// \return how many bytes were taken, at most `most`.
std::size_t HelperBoard::drainSlot(std::uint32_t index, std::size_t most, std::vector<Line> &out)
{
    Cursor &cursor = m_cursors[index];
    const std::uint64_t head = headOf(index);
    const auto size = std::size_t(std::min<std::uint64_t>(head - cursor.tail, most));
    if (size > 0) {
        const std::size_t from = cursor.tail & (kTextBytes - 1);
        const std::size_t beforeWrap = std::min<std::size_t>(size, kTextBytes - from);
        std::string bytes; // copied before it is looked at
        bytes.reserve(size);
        bytes.append(textOf(index) + from, beforeWrap);
        bytes.append(textOf(index), size - beforeWrap);
        cursor.tail += size;
        cutLines(index, bytes, out);
    }
    // release: the writer may reuse the bytes only after they have been copied
    slot(index).textTail.store(cursor.tail, std::memory_order_release);
    if (cursor.isReleased && cursor.tail == head)
        free(index);
    return size;
}

void HelperBoard::cutLines(std::uint32_t index, std::string_view bytes, std::vector<Line> &out)
{
    Cursor &cursor = m_cursors[index];
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        if (!cursor.isSkipping && cursor.pending.size() + part.size() > kLongestLine) {
            ++m_lost;
            cursor.pending.clear();
            cursor.isSkipping = true;
        }
        if (!cursor.isSkipping)
            cursor.pending.append(part);
        if (end == std::string_view::npos)
            return;
        if (!cursor.isSkipping)
            out.push_back({index, cursor.life, cursor.pid, std::move(cursor.pending)});
        cursor.pending.clear();
        cursor.isSkipping = false;
        bytes.remove_prefix(end + 1);
    }
}

void HelperBoard::release(pid_t pid)
{
    for (std::uint32_t index = 0; index < kSlots; ++index) {
        // One that was claimed since the last drain() has not been read.
        if (!noticeOwner(index) || m_cursors[index].pid != pid)
            continue;
        Cursor &cursor = m_cursors[index];
        cursor.isReleased = true;
        if (headOf(index) == cursor.tail)
            free(index);
    }
}

/// Begins the next life. The text of it follows what has been read: whatever the process left in its
/// counters is mended.
void HelperBoard::free(std::uint32_t index)
{
    Cursor &cursor = m_cursors[index];
    HelperSlot &shared = slot(index);
    m_droppedBefore +=
        std::min(shared.textDropped.exchange(0, std::memory_order_relaxed), kMostBelieved);
    const std::uint32_t life = cursor.life + 1;
    const std::uint64_t tail = cursor.tail;
    cursor = {};
    cursor.life = life;
    cursor.tail = tail;
    shared.textHead.store(tail, std::memory_order_relaxed);
    shared.textTail.store(tail, std::memory_order_relaxed);
    shared.pid.store(0, std::memory_order_relaxed);
    shared.life.store(life, std::memory_order_relaxed);
    // release: who claims it sees all of the above
    shared.state.store(SlotState::Free, std::memory_order_release);
}

std::vector<std::pair<std::uint32_t, pid_t>> HelperBoard::owners() const
{
    std::vector<std::pair<std::uint32_t, pid_t>> owners;
    for (std::uint32_t index = 0; index < kSlots; ++index) {
        if (m_cursors[index].isOwned)
            owners.emplace_back(index, m_cursors[index].pid);
    }
    return owners;
}

std::uint32_t HelperBoard::slotsInUse() const
{
    for (std::uint32_t index = kSlots; index > 0; --index) {
        if (m_cursors[index - 1].isOwned
            || slot(index - 1).state.load(std::memory_order_acquire) == SlotState::Active)
            return index;
    }
    return 0;
}

std::uint64_t HelperBoard::droppedLines() const
{
    std::uint64_t dropped = m_lost + m_droppedBefore;
    for (std::uint32_t index = 0; index < kSlots; ++index) {
        dropped += std::min(slot(index).textDropped.load(std::memory_order_relaxed), kMostBelieved);
    }
    return dropped;
}

std::uint32_t HelperBoard::refusedProcesses() const
{
    auto *header = static_cast<HelperBoardHeader *>(m_memory);
    return std::atomic_ref<std::uint32_t>(header->refused).load(std::memory_order_relaxed);
}

} // namespace Interleave
