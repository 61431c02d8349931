// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// State of a slot's current life. Free -> Active (a process claims it, under flock(2) on the board) ->
/// Free (the process has ended and everything of it has been read; only the reader does that).
enum class SlotState : std::uint32_t { Free = 0, Active = 1 };

/// What one helped process tells in words: a ring of bytes, lines of formatMessage() one after another.
struct HelperSlot {
    // Writer's line. `textHead` is stored after the bytes are in place.
    alignas(64) std::atomic<std::uint64_t> textHead; ///< bytes ever written
    std::atomic<std::uint64_t> textDropped; ///< lines for which there was no room
    // Reader's line.
    alignas(64) std::atomic<std::uint64_t> textTail; ///< bytes ever read
    // Identity of the life, written before state becomes Active.
    alignas(64) std::atomic<SlotState> state;
    std::atomic<std::int32_t> pid;
    std::atomic<std::uint32_t> life; ///< how many there were before; counted by the reader
};
static_assert(sizeof(HelperSlot) == 192);

/// The start of the board, 64 bytes.
struct HelperBoardHeader {
    std::uint64_t magic; ///< "ILHELPER" read as little-endian u64
    std::uint32_t version; ///< 1
    std::uint32_t slotCount;
    std::uint32_t ringsPerSlot;
    std::uint32_t textBytes; ///< of each slot, a power of two
    std::uint32_t flags; ///< kShowLocks
    std::uint32_t refused; ///< processes that found no free slot (written under the flock)
    std::uint64_t unused[4];
};
static_assert(sizeof(HelperBoardHeader) == 64);

/// The second shared memory of a run that starts a command: the processes that a language helper (the
/// Python one) runs in say here who they are, and own a block of the run's SharedRings.
///
/// Layout: HelperBoardHeader; from byte 4096 on slotCount HelperSlots; from the next multiple of 4096 on
/// slotCount areas of textBytes each. Slot i owns the rings [i * ringsPerSlot, (i + 1) * ringsPerSlot).
/// A helper without atomic instructions (Python) claims a slot under flock(LOCK_EX | LOCK_NB) on a
/// descriptor of its own of the board; everything after that has one writer.
///
/// A sealed memfd that the observing process makes. A helper opens it by the path in the environment
/// variable INTERLEAVE_HELPER, "/proc/PID/fd/BOARD:/proc/PID/fd/RINGS", so that a program that closes
/// all of its descriptors before it starts Python is helped, too. Nothing in it is trusted: geometry is
/// kept in private memory, indices are masked, lines are copied before they are looked at.
///
/// Thread: the collector's.
class HelperBoard
{
public:
    static constexpr std::uint32_t kSlots = 256;
    static constexpr std::uint32_t kRingsPerSlot = 16;
    static constexpr std::uint32_t kTextBytes = 256 * 1024;
    static constexpr std::uint32_t kShowLocks = 1; ///< record lock waits, too ("Show locks")
    /// A longer line is not a message: what was written is skipped to its end.
    static constexpr std::size_t kLongestLine = 4096;
    static constexpr std::size_t kMostBytesAtOnce = 1u << 20; ///< in one drain()

    /// Makes and seals the memfd. Errors: Io when the kernel gives no memory.
    static Result<HelperBoard> create(std::uint32_t flags);

    HelperBoard(HelperBoard &&other) noexcept;
    HelperBoard &operator=(HelperBoard &&other) noexcept;
    ~HelperBoard();

    [[nodiscard]] int fd() const { return m_fd.get(); }

    /// A line that a slot's process wrote, without its end.
    struct Line {
        std::uint32_t slot = 0;
        std::uint32_t life = 0; ///< of the slot: changes when another process takes it
        pid_t pid = 0; ///< as that process says
        std::string text;
    };
    /// Takes what was written since the last call. At most 1 MiB a call, so that one that floods cannot
    /// hold the caller; what is left comes next time.
    void drain(std::vector<Line> &out);
    /// The process has ended: frees its slots (all that name `pid`) once they have been drained.
    void release(pid_t pid);
    /// Slots in use and who has them, as far as the last drain() has seen them: (slot, pid), ascending.
    [[nodiscard]] std::vector<std::pair<std::uint32_t, pid_t>> owners() const;
    /// One past the highest slot that is in use now, also by who came since the last drain().
    [[nodiscard]] std::uint32_t slotsInUse() const;
    /// Lines that were too long, or that a writer dropped.
    [[nodiscard]] std::uint64_t droppedLines() const;
    /// Processes that found no slot.
    [[nodiscard]] std::uint32_t refusedProcesses() const;

private:
    HelperBoard() = default;

    /// What is known of a slot, in memory that its process cannot write.
    struct Cursor {
        std::uint64_t tail = 0;
        std::string pending; ///< the beginning of a line
        bool isSkipping = false; ///< to the end of a line that is too long
        bool isOwned = false;
        bool isReleased = false; ///< to be freed when it has been drained
        pid_t pid = 0; ///< as said when it was claimed: it cannot change within a life
        std::uint32_t life = 0;
    };
    [[nodiscard]] HelperSlot &slot(std::uint32_t index) const;
    [[nodiscard]] const char *textOf(std::uint32_t index) const;
    bool noticeOwner(std::uint32_t index);
    [[nodiscard]] std::uint64_t headOf(std::uint32_t index);
    std::size_t drainSlot(std::uint32_t index, std::size_t most, std::vector<Line> &out);
    void cutLines(std::uint32_t index, std::string_view bytes, std::vector<Line> &out);
    void free(std::uint32_t index);

    UniqueFd m_fd;
    void *m_memory = nullptr;
    std::size_t m_bytes = 0;
    std::vector<Cursor> m_cursors;
    std::uint32_t m_firstSlot = 0; ///< where the next drain begins
    std::uint64_t m_lost = 0; ///< lines too long, and text that made no sense
    std::uint64_t m_droppedBefore = 0; ///< by writers that have ended
};

} // namespace Interleave
