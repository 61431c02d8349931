// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/record/event.h"
#include "core/record/tickclock.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// State of a ring's current life. Free -> Active (a thread claims it) -> Closed (that thread ended)
/// -> Free (the reader has drained it).
enum class RingState : std::uint32_t { Free = 0, Claiming = 1, Active = 2, Closed = 3 };

/// The part of a ring that both sides share. Writer's, reader's and rarely written fields are on cache
/// lines of their own, so that a live reader costs the writer nothing.
struct RingHeader {
    // Writer's line. `claim` is stored before the clock is read and `head` after the event is in
    // place: claim != head tells the reader that a stamped but unpublished event may exist.
    alignas(64) std::atomic<std::uint64_t> head;
    std::atomic<std::uint64_t> claim;
    std::atomic<std::uint64_t> dropped;
    // Reader's line.
    alignas(64) std::atomic<std::uint64_t> tail;
    // Identity of the life, written before state becomes Active.
    alignas(64) std::atomic<RingState> state;
    std::atomic<std::int32_t> pid;
    std::atomic<std::int32_t> tid;
};

/// The start of the shared memory.
struct SharedHeader {
    std::uint64_t magic;
    std::uint32_t version;
    TickSource tickSource;
    std::uint32_t ringCount;
    std::uint32_t ringCapacity;
    alignas(64) std::atomic<std::uint32_t> stopWord; ///< futex: 0 run, 1 stop requested
    std::atomic<std::uint32_t> nextMark; ///< numbers for EventKind::Mark
    std::atomic<std::uint32_t> nextTask; ///< task ids, dense from 1
    std::atomic<std::uint32_t> threadsWithoutRing; ///< threads that found no free ring
};

/// Size of a set of rings.
struct RingGeometry {
    std::uint32_t ringCount = 256;
    std::uint32_t ringCapacity = 16384; ///< events per ring, a power of two
    std::uint32_t prefaultedRings =
        4; ///< populated at once, so that the hot path takes no page fault
};

/// The rings of one run: a sealed memfd with one single-producer single-consumer ring per thread.
///
/// Made by the observing process, mapped by the engine host and by its worker processes. Nothing that
/// the other side writes is trusted: geometry is kept in private memory, indices are masked, heads are
/// checked (DESIGN.md, section 4). Thread: any for queries; claim() by the thread that will write.
class SharedRings
{
public:
    /// Makes and seals a memfd. Errors: Io when the kernel gives no memory.
    static Result<SharedRings> create(RingGeometry geometry, TickSource source);
    /// Maps rings that create() made, here or in another process. The descriptor is duplicated.
    /// Errors: BadInput when it is not such a memfd.
    static Result<SharedRings> attach(int fd);

    SharedRings(SharedRings &&other) noexcept;
    SharedRings &operator=(SharedRings &&other) noexcept;
    ~SharedRings();

    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] std::uint32_t ringCount() const { return m_geometry.ringCount; }
    [[nodiscard]] std::uint32_t ringCapacity() const { return m_geometry.ringCapacity; }
    [[nodiscard]] TickSource tickSource() const { return m_tickSource; }
    [[nodiscard]] RingHeader &ring(std::uint32_t index) const { return m_ringHeaders[index]; }
    [[nodiscard]] Event *eventsOf(std::uint32_t index) const;
    [[nodiscard]] SharedHeader &header() const { return *m_header; }

    /// A free ring for the calling thread, or -1 (counted in threadsWithoutRing). Lock-free, O(rings).
    [[nodiscard]] int claim() const;

    /// Takes `count` consecutive task ids. \return the first; never kNoTask.
    [[nodiscard]] TaskId takeTaskIds(std::uint32_t count) const;

    /// Asks everything in the run to stop and wakes every interruptible wait.
    void requestStop() const;
    [[nodiscard]] bool isStopRequested() const
    {
        return m_header->stopWord.load(std::memory_order_relaxed) != 0;
    }
    /// Sleeps until `deadline` (CLOCK_MONOTONIC) or a stop request. \return false when stopped.
    /// Source: futex(2), FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time.
    bool sleepUntil(TimestampNs deadline) const;

private:
    SharedRings() = default;
    Result<void> map(int fd, std::size_t bytes);

    UniqueFd m_fd;
    void *m_memory = nullptr;
    std::size_t m_bytes = 0;
    SharedHeader *m_header = nullptr;
    RingHeader *m_ringHeaders = nullptr;
    Event *m_slots = nullptr;
    RingGeometry m_geometry;
    TickSource m_tickSource = TickSource::Monotonic;
};

/// Reads all rings of a SharedRings. One owner, one thread.
///
/// Nothing that a writer does holds the others up: what it says of itself is kept for its ring's life,
/// what makes no sense is counted, and its claims are believed only as long as they end in time.
/// Cost: O(rings looked at + events).
class RingReader
{
public:
    /// \param mostEvents in one drain().
    explicit RingReader(const SharedRings &rings, std::size_t mostEvents = kMostEvents);

    struct DrainedRing {
        std::uint32_t ring = 0;
        pid_t pid = 0;
        pid_t tid = 0;
        bool closed = false; ///< the thread ended and everything of it has been read
        std::size_t first = 0; ///< its events are out[first, first + count)
        std::size_t count = 0;
    };

    /// From the first call on only the rings below the largest number ever told are looked at: where
    /// there are thousands, the caller knows which can be in use (HelperBoard::slotsInUse()).
    void lookBelow(std::uint32_t ringCount);

    /// Copies out every event stamped at or before `newestTicks`, ring by ring, in the order in which
    /// each thread wrote. Events that make no sense are counted as corrupted and skipped. What is
    /// more than fits into one call comes with the next.
    /// \param now time on the trace's clock, taken before the call.
    void drain(TimestampNs now, std::uint64_t newestTicks, std::vector<Event> &out,
               std::vector<DrainedRing> &drained);

    /// Process `pid` has ended, and a drain() since then has read what it wrote: frees its rings,
    /// whatever their state. What is still unread is stamped in the future: it is counted and dropped.
    void release(pid_t pid);

    /// No event with an earlier stamp can still appear in any ring (as far as rings are concerned; the
    /// caller subtracts its margin). A thread that was switched out between reading the clock and
    /// publishing holds this back, for at most kLongestHold. A ring that has been held longer
    /// kMostOffences times is not waited for any more, and after kMostHolds of all rings together nobody
    /// is for longer than kShortHold.
    [[nodiscard]] TimestampNs safeUntil() const { return m_safeUntil; }
    [[nodiscard]] std::uint64_t droppedEvents() const;
    [[nodiscard]] std::uint64_t corruptedEvents() const { return m_corrupted; }

    static constexpr DurationNs kLongestHold = 250 * kMillisecond;
    static constexpr DurationNs kShortHold = 5 * kMillisecond;
    static constexpr int kMostOffences = 3;
    static constexpr int kMostHolds = 32;
    /// More than all rings of an engine hold: only who floods thousands of rings gets there.
    static constexpr std::size_t kMostEvents = std::size_t(1) << 22;

private:
    struct Cursor {
        TimestampNs safeUntil = 0;
        pid_t pid = 0; ///< as said when the ring was first seen in use
        pid_t tid = 0;
        int offences = 0; ///< over all lives of the ring
        bool active = false;
    };
    void drainRing(std::uint32_t index, std::uint64_t newestTicks, std::vector<Event> &out,
                   std::vector<DrainedRing> &drained);
    std::uint64_t copyEvents(std::uint32_t index, std::uint64_t head, std::uint64_t newestTicks,
                             std::vector<Event> &out);
    void noteClaim(Cursor &cursor, bool isInFlight);
    void free(std::uint32_t index);

    const SharedRings &m_rings;
    const std::size_t m_mostEvents;
    std::vector<Cursor> m_cursors;
    TimestampNs m_now = 0; ///< of the drain that is going on
    TimestampNs m_safeUntil = 0;
    std::uint64_t m_corrupted = 0;
    std::uint32_t m_lookedAt; ///< rings from here on are not looked at
    std::uint32_t m_firstRing = 0; ///< where the next drain begins
    bool m_isLimited = false;
    int m_holds = 0;
};

} // namespace Interleave
