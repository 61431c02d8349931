// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/sharedrings.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE                                                                        \
    23 // Linux 5.14; refused with EINVAL before, which costs only page faults
#endif

namespace Interleave
{

namespace
{

constexpr std::uint64_t kMagic = 0x4556'4145'4c52'4e49; // "INRLEAVE"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kPage = 4096;
constexpr std::uint32_t kMostRings = 65536;
constexpr std::uint32_t kLargestRing = 1u << 26;

constexpr std::size_t roundedToPage(std::size_t bytes)
{
    return (bytes + kPage - 1) / kPage * kPage;
}
constexpr std::size_t headersBytes(std::uint32_t rings)
{
    return roundedToPage(sizeof(SharedHeader)) + roundedToPage(rings * sizeof(RingHeader));
}
std::size_t totalBytes(RingGeometry g)
{
    return headersBytes(g.ringCount)
        + roundedToPage(std::size_t(g.ringCount) * g.ringCapacity * sizeof(Event));
}
bool isSane(RingGeometry g)
{
    return g.ringCount > 0 && g.ringCount <= kMostRings && g.ringCapacity > 0
        && g.ringCapacity <= kLargestRing && std::has_single_bit(g.ringCapacity);
}
Error systemError(const char *what)
{
    return {ErrorCode::Io, std::string(what) + ": " + std::strerror(errno)};
}

} // namespace

Result<SharedRings> SharedRings::create(RingGeometry geometry, TickSource source)
{
    if (!isSane(geometry))
        return Error{ErrorCode::BadInput, "ring capacity must be a power of two"};
    SharedRings rings;
    rings.m_fd.reset(memfd_create("interleave-rings", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!rings.m_fd.isOpen())
        return systemError("no shared memory for the recording (memfd_create)");
    const std::size_t bytes = totalBytes(geometry);
    if (ftruncate(rings.m_fd.get(), off_t(bytes)) != 0)
        return systemError("no shared memory for the recording (ftruncate)");
    if (fcntl(rings.m_fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return systemError("the shared memory could not be sealed");
    rings.m_geometry = geometry;
    rings.m_tickSource = source;
    if (auto mapped = rings.map(rings.m_fd.get(), bytes); !mapped)
        return mapped.error();
    SharedHeader &h = *rings.m_header;
    h.magic = kMagic;
    h.version = kVersion;
    h.tickSource = source;
    h.ringCount = geometry.ringCount;
    h.ringCapacity = geometry.ringCapacity;
    h.nextTask.store(1, std::memory_order_relaxed);
    h.nextMark.store(1, std::memory_order_relaxed);
    const std::size_t populated = headersBytes(geometry.ringCount)
        + std::size_t(std::min(geometry.prefaultedRings, geometry.ringCount))
            * geometry.ringCapacity * sizeof(Event);
    madvise(rings.m_memory, roundedToPage(populated), MADV_POPULATE_WRITE);
    return rings;
}

Result<SharedRings> SharedRings::attach(int fd)
{
    SharedRings rings;
    rings.m_fd.reset(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!rings.m_fd.isOpen())
        return systemError("the recording's shared memory is not open");
    struct stat info = {};
    if (fstat(rings.m_fd.get(), &info) != 0)
        return systemError("the recording's shared memory cannot be examined");
    const int seals = fcntl(rings.m_fd.get(), F_GET_SEALS);
    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0
        || std::size_t(info.st_size) < sizeof(SharedHeader))
        return Error{ErrorCode::BadInput, "this is not a recording's shared memory (no seal)"};
    if (auto mapped = rings.map(rings.m_fd.get(), std::size_t(info.st_size)); !mapped)
        return mapped.error();
    const SharedHeader &h = *rings.m_header;
    const RingGeometry geometry{h.ringCount, h.ringCapacity, 0};
    if (h.magic != kMagic || h.version != kVersion || !isSane(geometry)
        || totalBytes(geometry) != std::size_t(info.st_size))
        return Error{ErrorCode::BadInput,
                     "this is not a recording's shared memory of this version"};
    rings.m_geometry = geometry;
    rings.m_tickSource = h.tickSource == TickSource::Tsc ? TickSource::Tsc : TickSource::Monotonic;
    auto *bytes = static_cast<char *>(rings.m_memory);
    rings.m_slots = reinterpret_cast<Event *>(bytes + headersBytes(geometry.ringCount));
    return rings;
}

Result<void> SharedRings::map(int fd, std::size_t bytes)
{
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return systemError("the recording's shared memory cannot be mapped");
    m_memory = memory;
    m_bytes = bytes;
    auto *start = static_cast<char *>(memory);
    m_header = reinterpret_cast<SharedHeader *>(start);
    m_ringHeaders = reinterpret_cast<RingHeader *>(start + roundedToPage(sizeof(SharedHeader)));
    m_slots = reinterpret_cast<Event *>(start + headersBytes(m_geometry.ringCount));
    return {};
}

SharedRings::SharedRings(SharedRings &&other) noexcept
{
    *this = std::move(other);
}

SharedRings &SharedRings::operator=(SharedRings &&other) noexcept
{
    if (this != &other) {
        if (m_memory)
            munmap(m_memory, m_bytes);
        m_fd = std::move(other.m_fd);
        m_memory = std::exchange(other.m_memory, nullptr);
        m_bytes = std::exchange(other.m_bytes, 0);
        m_header = std::exchange(other.m_header, nullptr);
        m_ringHeaders = std::exchange(other.m_ringHeaders, nullptr);
        m_slots = std::exchange(other.m_slots, nullptr);
        m_geometry = other.m_geometry;
        m_tickSource = other.m_tickSource;
    }
    return *this;
}

SharedRings::~SharedRings()
{
    if (m_memory)
        munmap(m_memory, m_bytes);
}

Event *SharedRings::eventsOf(std::uint32_t index) const
{
    return m_slots + std::size_t(index) * m_geometry.ringCapacity;
}

int SharedRings::claim() const
{
    for (std::uint32_t i = 0; i < m_geometry.ringCount; ++i) {
        RingState expected = RingState::Free;
        RingHeader &r = m_ringHeaders[i];
        if (r.state.load(std::memory_order_relaxed) == RingState::Free
            && r.state.compare_exchange_strong(expected, RingState::Claiming,
                                               std::memory_order_acquire))
            return int(i);
    }
    m_header->threadsWithoutRing.fetch_add(1, std::memory_order_relaxed);
    return -1;
}

TaskId SharedRings::takeTaskIds(std::uint32_t count) const
{
    return m_header->nextTask.fetch_add(count, std::memory_order_relaxed);
}

void SharedRings::requestStop() const
{
    m_header->stopWord.store(1, std::memory_order_release);
    syscall(SYS_futex, &m_header->stopWord, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

bool SharedRings::sleepUntil(TimestampNs deadline) const
{
    const timespec until{time_t(deadline / kSecond), long(deadline % kSecond)};
    while (!isStopRequested() && monotonicNow() < deadline) {
        const long rc = syscall(SYS_futex, &m_header->stopWord, FUTEX_WAIT_BITSET, 0, &until,
                                nullptr, FUTEX_BITSET_MATCH_ANY);
        if (rc != 0 && errno == ETIMEDOUT)
            break;
    }
    return !isStopRequested();
}

RingReader::RingReader(const SharedRings &rings, std::size_t mostEvents)
    : m_rings(rings)
    , m_mostEvents(mostEvents)
    , m_cursors(rings.ringCount())
    , m_lookedAt(rings.ringCount())
{
}

void RingReader::lookBelow(std::uint32_t ringCount)
{
    const std::uint32_t before = m_isLimited ? m_lookedAt : 0;
    m_lookedAt = std::max(before, std::min(ringCount, m_rings.ringCount()));
    m_isLimited = true;
}

void RingReader::drain(TimestampNs now, std::uint64_t newestTicks, std::vector<Event> &out,
                       std::vector<DrainedRing> &drained)
{
    m_now = now;
    const TimestampNs safeBefore = m_safeUntil;
    m_safeUntil = now;
    const std::size_t before = out.size();
    const std::uint32_t first = m_firstRing < m_lookedAt ? m_firstRing : 0;
    for (std::uint32_t i = 0; i < m_lookedAt; ++i) {
        const std::uint32_t index = (first + i) % m_lookedAt;
        const std::size_t taken = out.size() - before;
        if (taken != 0 && taken + m_rings.ringCapacity() > m_mostEvents) {
            m_firstRing = index; // this and the others come first the next time
            for (; i < m_lookedAt; ++i)
                m_safeUntil = std::min(m_safeUntil, m_cursors[(first + i) % m_lookedAt].safeUntil);
            // What was true stays so; and nobody holds all others back for longer than that.
            m_safeUntil = std::max({m_safeUntil, safeBefore, now - kLongestHold});
            return;
        }
        drainRing(index, newestTicks, out, drained);
    }
    m_firstRing = 0;
}

void RingReader::drainRing(std::uint32_t index, std::uint64_t newestTicks, std::vector<Event> &out,
                           std::vector<DrainedRing> &drained)
{
    RingHeader &ring = m_rings.ring(index);
    const RingState state = ring.state.load(std::memory_order_acquire);
    if (state != RingState::Active && state != RingState::Closed) {
        m_cursors[index].safeUntil = m_now; // whoever takes it writes later than this
        return;
    }
    Cursor &cursor = m_cursors[index];
    if (!cursor.active) {
        cursor.active = true;
        cursor.safeUntil = m_now;
        cursor.pid = ring.pid.load(std::memory_order_relaxed);
        cursor.tid = ring.tid.load(std::memory_order_relaxed);
    }
    const std::uint64_t head = ring.head.load(std::memory_order_acquire);
    const bool isInFlight = ring.claim.load(std::memory_order_acquire) != head;
    DrainedRing result{index, cursor.pid, cursor.tid, false, out.size(), 0};
    const std::uint64_t tail = copyEvents(index, head, newestTicks, out);
    result.count = out.size() - result.first;
    noteClaim(cursor, isInFlight);
    if (state == RingState::Closed && tail == head) {
        result.closed = true;
        free(index);
    }
    if (result.count > 0 || result.closed)
        drained.push_back(result);
}

/// \return up to where it has read.
std::uint64_t RingReader::copyEvents(std::uint32_t index, std::uint64_t head,
                                     std::uint64_t newestTicks, std::vector<Event> &out)
{
    const std::uint64_t capacity = m_rings.ringCapacity();
    RingHeader &ring = m_rings.ring(index);
    std::uint64_t tail = ring.tail.load(std::memory_order_relaxed);
    if (head - tail > capacity) { // only a writer that is not ours does this
        ++m_corrupted;
        tail = head;
    }
    const Event *events = m_rings.eventsOf(index);
    for (; tail != head; ++tail) {
        Event event; // copied, then validated
        std::memcpy(&event, &events[tail & (capacity - 1)], sizeof event);
        if (event.ticks > newestTicks)
            break;
        if (std::uint8_t(event.kind) == 0 || std::uint8_t(event.kind) >= kEventKindCount)
            ++m_corrupted;
        else
            out.push_back(event);
    }
    // release: the writer may reuse the slots only after they have been copied
    ring.tail.store(tail, std::memory_order_release);
    return tail;
}

void RingReader::noteClaim(Cursor &cursor, bool isInFlight)
{
    const DurationNs longest = m_holds < kMostHolds ? kLongestHold : kShortHold;
    const bool isTooLong = isInFlight && m_now - cursor.safeUntil > longest;
    if (isTooLong && cursor.offences < kMostOffences) {
        ++cursor.offences;
        ++m_holds;
    }
    if (!isInFlight || isTooLong || cursor.offences >= kMostOffences)
        cursor.safeUntil = m_now;
    m_safeUntil = std::min(m_safeUntil, cursor.safeUntil);
}

/// Begins the next life: whatever its writer left in its counters is mended.
void RingReader::free(std::uint32_t index)
{
    m_cursors[index].active = false;
    RingHeader &ring = m_rings.ring(index);
    const std::uint64_t head = ring.head.load(std::memory_order_relaxed);
    ring.claim.store(head, std::memory_order_relaxed);
    ring.tail.store(head, std::memory_order_relaxed);
    ring.pid.store(0,
                   std::memory_order_relaxed); // so that release() cannot take it for the old one
    // release: who claims it sees all of the above
    ring.state.store(RingState::Free, std::memory_order_release);
}

void RingReader::release(pid_t pid)
{
    if (pid <= 0)
        return;
    for (std::uint32_t i = 0; i < m_lookedAt; ++i) {
        RingHeader &ring = m_rings.ring(i);
        if (ring.state.load(std::memory_order_acquire) == RingState::Free)
            continue;
        const Cursor &cursor = m_cursors[i];
        const pid_t owner = cursor.active ? cursor.pid : ring.pid.load(std::memory_order_relaxed);
        if (owner != pid)
            continue;
        const std::uint64_t unread =
            ring.head.load(std::memory_order_relaxed) - ring.tail.load(std::memory_order_relaxed);
        m_corrupted += std::min<std::uint64_t>(unread, m_rings.ringCapacity());
        free(i);
    }
}

std::uint64_t RingReader::droppedEvents() const
{
    // A counter is believed up to here, so that the sum of all cannot overflow.
    constexpr std::uint64_t kMostBelieved = std::uint64_t(1) << 40;
    std::uint64_t dropped = 0;
    for (std::uint32_t i = 0; i < m_lookedAt; ++i)
        dropped += std::min(m_rings.ring(i).dropped.load(std::memory_order_relaxed), kMostBelieved);
    return dropped;
}

} // namespace Interleave
