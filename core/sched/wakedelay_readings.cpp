// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/wakedelay.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

/// Descriptors that are kept open: more would run into the usual soft limit of 1024.
constexpr std::size_t kMostOpenFiles = 256;

/// Between the kernel's counting and its stamp of a switch in lies the switch itself, of some 100 ns up
/// to microseconds. A switch in so shortly after a first reading may be in it or not.
constexpr DurationNs kSwitchTakes = 5 * kMicrosecond;

} // namespace

void WakeDelay::readDue(TimestampNs horizon)
{
    const TimestampNs now = m_clock();
    earnReadings(now);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_due.size(); ++i) {
        const std::uint32_t index = m_due[i];
        Thread &thread = m_threads[index];
        if (thread.hasReading && horizon > thread.readAt + kStampedWithin)
            forgetSpan(thread); // the kernel counted a switch in that no record tells of
        const bool isWanted = thread.isAlive
            && (thread.hasReading || !thread.isAligned || thread.wantsBase
                || thread.span.wakes > 0);
        // In a queue, some of the wait may be counted already (it was moved to another core's) and the
        // rest not.
        const bool canBeRead = !thread.hasReading && !thread.isQueuedNow && m_readings > 0
            && now - thread.lastRead >= kReadEvery;
        bool isKept = isWanted;
        if (isWanted && canBeRead) {
            --m_readings;
            read(thread, now);
            isKept = thread.hasReading;
        }
        thread.isListed = isKept;
        if (isKept)
            m_due[kept++] = index;
        else if (!thread.isAlive)
            release(thread);
    }
    m_due.resize(kept);
}

void WakeDelay::earnReadings(TimestampNs now)
{
    const DurationNs earned = (now - m_earnedUntil) / kReadingEarnedIn;
    m_earnedUntil += earned * kReadingEarnedIn;
    m_readings = int(std::clamp<DurationNs>(m_readings + earned, 0, kMostReadings));
}

void WakeDelay::read(Thread &thread, TimestampNs now)
{
    thread.lastRead = now;
    thread.wantsBase = false;
    const TimestampNs before = m_clock();
    ThreadSchedStat stat;
    if (!readCounters(thread, stat)) { // it has ended
        forgetSpan(thread);
        return;
    }
    const TimestampNs after = m_clock();
    if (thread.isAligned && stat.timesRun >= thread.base.timesRun + thread.span.switchesIn) {
        thread.reading = stat;
        thread.readAt = after;
        thread.hasReading = true;
        if (stat.timesRun == thread.base.timesRun + thread.span.switchesIn)
            evaluate(thread);
        return;
    }
    forgetSpan(thread);
    thread.isAligned = true;
    thread.base = stat;
    thread.baseTime = before;
    thread.baseUntil = after + kSwitchTakes;
}

bool WakeDelay::readCounters(Thread &thread, ThreadSchedStat &out)
{
    if (m_reader)
        return m_reader(thread.pid, thread.tid, out);
    if (thread.file.isOpen())
        return readThreadSchedStat(thread.file.get(), out);
    UniqueFd file = openThreadSchedStat(thread.pid, thread.tid);
    if (!file.isOpen() || !readThreadSchedStat(file.get(), out))
        return false;
    if (m_openFiles < kMostOpenFiles) {
        thread.file = std::move(file);
        ++m_openFiles;
    }
    return true;
}

void WakeDelay::list(Thread &thread)
{
    if (thread.isListed)
        return;
    thread.isListed = true;
    m_due.push_back(std::uint32_t(&thread - m_threads.data()));
}

std::size_t WakeDelay::homeOf(pid_t tid) const
{
    // Fibonacci hashing: neighbouring numbers, which threads of a run have, spread well.
    return (std::uint32_t(tid) * 2654435769u) >> m_slotShift;
}

/// Where the number stands, or the free slot where it would.
std::size_t WakeDelay::slotOf(pid_t tid) const
{
    std::size_t slot = homeOf(tid);
    while (m_slots[slot].tid != 0 && m_slots[slot].tid != tid)
        slot = (slot + 1) & (m_slots.size() - 1);
    return slot;
}

WakeDelay::Thread *WakeDelay::find(pid_t tid)
{
    const Slot &slot = m_slots[slotOf(tid)];
    return slot.tid == tid && tid != 0 ? &m_threads[slot.thread] : nullptr;
}

WakeDelay::Thread &WakeDelay::threadWithNumber(pid_t tid)
{
    if (Thread *known = find(tid))
        return *known;
    if (m_free.empty()) {
        if (2 * (m_threads.size() + 1) > m_slots.size())
            growSlots();
        m_free.push_back(std::uint32_t(m_threads.size()));
        m_threads.emplace_back();
    }
    const std::uint32_t index = m_free.back();
    m_free.pop_back();
    m_slots[slotOf(tid)] = {tid, index};
    Thread &thread = m_threads[index];
    thread = Thread();
    thread.tid = tid;
    return thread;
}

/// Gives the place of a thread that has ended, and that is not in m_due, to the next new one: a build or
/// a shell's loop makes tens of thousands.
void WakeDelay::release(Thread &thread)
{
    const auto index = std::uint32_t(&thread - m_threads.data());
    const std::size_t slot = slotOf(thread.tid);
    if (thread.tid == 0 || m_slots[slot].tid != thread.tid || m_slots[slot].thread != index)
        return; // it has been released
    eraseSlot(slot);
    thread.tid = 0;
    m_free.push_back(index);
}

/// Open addressing knows no gaps: whatever would not be found across this one moves into it.
void WakeDelay::eraseSlot(std::size_t slot)
{
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t at = (slot + 1) & mask; m_slots[at].tid != 0; at = (at + 1) & mask) {
        const std::size_t fromHome = (at - homeOf(m_slots[at].tid)) & mask;
        if (fromHome < ((at - slot) & mask))
            continue; // it begins behind the gap
        m_slots[slot] = m_slots[at];
        slot = at;
    }
    m_slots[slot] = Slot();
}

void WakeDelay::growSlots()
{
    std::vector<Slot> slots(2 * m_slots.size());
    m_slots.swap(slots);
    --m_slotShift;
    for (const Slot &slot : slots) {
        if (slot.tid != 0)
            m_slots[slotOf(slot.tid)] = slot;
    }
}

} // namespace Interleave
