// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/globallockwaits.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

GlobalLockWaits::GlobalLockWaits(bool isOff, Clock clock)
    : m_isOff(isOff)
    , m_clock(clock ? std::move(clock) : Clock(monotonicNow))
{
}

void GlobalLockWaits::addInterpreter(pid_t pid, DurationNs switchInterval)
{
    if (m_isOff || pid <= 0)
        return;
    Process &process = m_processes[pid];
    process.interval = switchInterval > 0 ? switchInterval : kDefaultInterval;
    process.knownSince = m_clock();
}

void GlobalLockWaits::removeInterpreter(pid_t pid)
{
    if (m_processes.erase(pid) > 0)
        forgetThreads(pid);
}

void GlobalLockWaits::forgetThreads(pid_t pid)
{
    std::erase_if(m_threads, [pid](const auto &entry) { return entry.second.pid == pid; });
}

void GlobalLockWaits::add(const SchedEvent &event)
{
    if (m_isOff || m_processes.empty())
        return;
    Item item{event.time, event.time, event.pid, event.tid, event.kind, event.preempted};
    switch (event.kind) {
    case SchedEventKind::SwitchIn:
    case SchedEventKind::SwitchOut:
    case SchedEventKind::Exit:
        break;
    case SchedEventKind::Found:
        item.preempted = !event.waiting;
        break;
    case SchedEventKind::Fork:
        if (event.pid == event.tid) { // a process: what had its number before is gone
            removeInterpreter(event.pid);
            const auto parent = m_processes.find(event.parentPid);
            if (parent != m_processes.end()) {
                Process child;
                child.interval = parent->second.interval;
                child.knownSince = event.time;
                m_processes.emplace(event.pid, child);
            }
        }
        break;
    case SchedEventKind::Exec: {
        const auto process = m_processes.find(event.pid);
        if (process != m_processes.end() && process->second.knownSince < event.time)
            removeInterpreter(event.pid);
        break;
    }
    case SchedEventKind::Lost:
        item.time = event.lostSince;
        break;
    default:
        return;
    }
    if (event.kind != SchedEventKind::Lost && !m_processes.contains(event.pid))
        return;
    m_isSorted = m_isSorted && (m_items.empty() || item.time >= m_items.back().time);
    m_items.push_back(item);
}

void GlobalLockWaits::collect(TimestampNs horizon, std::vector<SchedEvent> &out)
{
    if (!m_isSorted) {
        // Stable: records of one core with the same time stay in their order.
        std::stable_sort(m_items.begin(), m_items.end(),
                         [](const Item &a, const Item &b) { return a.time < b.time; });
        m_isSorted = true;
    }
    m_out = &out;
    std::size_t handled = 0;
    for (; handled < m_items.size() && m_items[handled].time < horizon; ++handled)
        handle(handled);
    m_items.erase(m_items.begin(), m_items.begin() + std::ptrdiff_t(handled));
    m_out = nullptr;
}

void GlobalLockWaits::handle(std::size_t index)
{
    const Item item = m_items[index];
    // One that comes after its time was final counts as of then: time must not go back here.
    m_handledUntil = std::max(m_handledUntil, item.time);
    const TimestampNs time = m_handledUntil;
    if (item.kind == SchedEventKind::Lost) {
        lose(time, item.until);
        return;
    }
    const auto found = m_processes.find(item.pid);
    if (found == m_processes.end())
        return; // it has been removed
    Process &process = found->second;
    if (item.kind == SchedEventKind::Exit) {
        endThread(item.pid, item.tid, time);
        return;
    }
    const auto [entry, isNew] = m_threads.try_emplace(item.tid);
    Thread &thread = entry->second;
    if (!isNew && thread.pid != item.pid) { // the number's earlier owner ended without a record
        const auto owner = m_processes.find(thread.pid);
        if (owner != m_processes.end()) {
            move(owner->second, thread, Place::Unknown, time);
            --owner->second.threads;
        }
        thread = Thread();
    }
    if (thread.pid == 0) {
        thread.pid = item.pid;
        ++process.threads;
    }
    switch (item.kind) {
    case SchedEventKind::SwitchIn:
        switchIn(index, process, thread, time);
        break;
    case SchedEventKind::SwitchOut:
        switchOut(process, thread, time, item.preempted);
        break;
    case SchedEventKind::Exec:
        beginProgram(item.pid, process, time);
        break;
    case SchedEventKind::Found:
        move(process, thread, item.preempted ? Place::Queued : Place::Unknown, time);
        break;
    default: // Fork
        forgetWait(thread);
        move(process, thread, Place::Queued, time);
        break;
    }
}

void GlobalLockWaits::switchIn(std::size_t index, Process &process, Thread &thread,
                               TimestampNs time)
{
    if (thread.place == Place::Off && thread.since >= m_unknownUntil)
        judgeGap(index, process, thread, time);
    else if (thread.place != Place::Queued)
        forgetWait(thread);
    move(process, thread, Place::OnCore, time);
}

void GlobalLockWaits::switchOut(Process &process, Thread &thread, TimestampNs time, bool preempted)
{
    if (thread.place == Place::OnCore)
        thread.looked += time - thread.since;
    else
        forgetWait(thread); // since when it was on its core is not known
    if (!preempted) {
        noteLeaving(process, thread, time);
        if (thread.hasTimedOut && thread.timedSince == kNone)
            thread.timedSince = time;
    }
    move(process, thread, preempted ? Place::Queued : Place::Off, time);
    thread.busyBefore = busyUntil(process, time);
}

/// The thread was off its core, by itself, until `end`.
void GlobalLockWaits::judgeGap(std::size_t index, const Process &process, Thread &thread,
                               TimestampNs end)
{
    const DurationNs gap = end - thread.since;
    const DurationNs shortest = process.interval - kEarliest;
    const bool wasBusy = busyUntil(process, end) - thread.busyBefore >= gap / kBusyShare;
    if (process.interval < kShortestInterval) {
        forgetWait(thread);
        return;
    }
    const bool isInterval = gap >= shortest && gap <= process.interval + kLatest;
    if (wasBusy && (isInterval || endsTimedWait(process, thread, end))) {
        tell(m_items[index], thread.since);
        thread.hasTimedOut = true;
        thread.timedSince = kNone; // the next one begins when it leaves its core
        thread.looked = 0;
        return;
    }
    if (gap >= shortest || thread.looked > kLongestLook)
        forgetWait(thread);
    if (gap >= shortest)
        return;
    if (gap <= kShortPart) { // it may have met the holder at the door, and waits on
        if (thread.hasTimedOut)
            tell(m_items[index], thread.since);
        return;
    }
    const HandOver handOver = handOverAt(index, process);
    if (thread.hasTimedOut && handOver != HandOver::None)
        tell(m_items[index], thread.since);
    goOn(thread, end, handOver, shortest);
}

/// Several gaps with nothing but looks between them, which together are one interval.
bool GlobalLockWaits::endsTimedWait(const Process &process, const Thread &thread, TimestampNs end)
{
    if (thread.timedSince == kNone || thread.looked > kLongestLook)
        return false;
    const DurationNs waited = end - thread.timedSince;
    return waited >= process.interval - kEarliest && waited <= process.interval + kLatestSum;
}

/// What the part of an interval that ends now leaves behind: another thread may have been faster,
/// and this one waits on, until the time limit that its wait began with.
void GlobalLockWaits::goOn(Thread &thread, TimestampNs end, HandOver handOver, DurationNs shortest)
{
    const bool isDropped = handOver == HandOver::Dropped;
    const bool isOpen = thread.timedSince != kNone && end - thread.timedSince < shortest;
    const bool goesOn = isOpen && (isDropped || thread.hasTimedOut);
    thread.hasTimedOut = thread.hasTimedOut && isOpen && isDropped;
    if (goesOn)
        return;
    thread.timedSince = isDropped ? thread.since : kNone;
    thread.looked = 0;
}

void GlobalLockWaits::forgetWait(Thread &thread)
{
    thread.hasTimedOut = false;
    thread.timedSince = kNone;
}

/// How another thread left its core just before or after this item. The gap that ends with the item
/// is longer than kHandOver: what left within that time was not its own thread.
GlobalLockWaits::HandOver GlobalLockWaits::handOverAt(std::size_t index,
                                                      const Process &process) const
{
    static_assert(kShortPart >= kHandOver && kHandOver >= kDroppedBefore
                  && kHandOver >= kDroppedAfter);
    const Item &item = m_items[index];
    if (process.lastDropped >= item.time - kDroppedBefore)
        return HandOver::Dropped;
    bool hasLeft = process.lastLeft >= item.time - kHandOver;
    for (std::size_t i = index + 1; i < m_items.size(); ++i) {
        const Item &next = m_items[i];
        if (next.time > item.time + (hasLeft ? kDroppedAfter : kHandOver))
            break;
        const bool leaves = (next.kind == SchedEventKind::SwitchOut && !next.preempted)
            || next.kind == SchedEventKind::Exit;
        if (!leaves || next.pid != item.pid || next.tid == item.tid)
            continue;
        hasLeft = true;
        const auto leaver = m_threads.find(next.tid);
        if (leaver != m_threads.end() && leaver->second.pid == next.pid
            && next.time <= item.time + kDroppedAfter
            && hasRunAnInterval(process, leaver->second, next.time))
            return HandOver::Dropped;
    }
    return hasLeft ? HandOver::Left : HandOver::None;
}

/// Has not left its core by itself for as long as a waiter waits before it asks for the lock.
bool GlobalLockWaits::hasRunAnInterval(const Process &process, const Thread &thread,
                                       TimestampNs time)
{
    return isBusy(thread.place) && time - thread.busySince >= process.interval - kEarliest;
}

void GlobalLockWaits::noteLeaving(Process &process, const Thread &thread, TimestampNs time)
{
    process.lastLeft = time;
    if (hasRunAnInterval(process, thread, time))
        process.lastDropped = time;
}

void GlobalLockWaits::tell(const Item &item, TimestampNs since)
{
    SchedEvent event;
    event.kind = SchedEventKind::GlobalLockWait;
    event.time = item.time;
    event.lostSince = since;
    event.pid = item.pid;
    event.tid = item.tid;
    m_out->push_back(event);
}

/// After an exec there is one thread, and it is on its core.
void GlobalLockWaits::beginProgram(pid_t pid, Process &process, TimestampNs time)
{
    forgetThreads(pid);
    process.busyThreads = 0;
    process.threads = 1;
    process.hasLeaderEnded = false;
    Thread &leader = m_threads[pid];
    leader = Thread();
    leader.pid = pid;
    move(process, leader, Place::OnCore, time);
}

void GlobalLockWaits::endThread(pid_t pid, pid_t tid, TimestampNs time)
{
    Process &process = m_processes.find(pid)->second;
    const auto thread = m_threads.find(tid);
    if (thread != m_threads.end() && thread->second.pid == pid) {
        noteLeaving(process, thread->second, time); // an end gives the lock up, too
        move(process, thread->second, Place::Unknown, time);
        m_threads.erase(thread);
        --process.threads;
    }
    process.hasLeaderEnded = process.hasLeaderEnded || tid == pid;
    if (process.hasLeaderEnded && process.threads <= 0)
        m_processes.erase(pid);
}

/// What is missing may be of any thread.
void GlobalLockWaits::lose(TimestampNs since, TimestampNs until)
{
    for (auto &[tid, thread] : m_threads) {
        const auto process = m_processes.find(thread.pid);
        if (process != m_processes.end())
            move(process->second, thread, Place::Unknown, since);
        forgetWait(thread);
    }
    m_unknownUntil = std::max(m_unknownUntil, until);
}

DurationNs GlobalLockWaits::busyUntil(const Process &process, TimestampNs time)
{
    return process.busy + (process.busyThreads > 0 ? time - process.busySince : 0);
}

bool GlobalLockWaits::isBusy(Place place)
{
    return place == Place::OnCore || place == Place::Queued;
}

void GlobalLockWaits::move(Process &process, Thread &thread, Place place, TimestampNs time)
{
    const int change = int(isBusy(place)) - int(isBusy(thread.place));
    if (change != 0) {
        process.busy = busyUntil(process, time);
        process.busySince = time;
        process.busyThreads += change;
    }
    if (change > 0)
        thread.busySince = time;
    thread.place = place;
    thread.since = time;
}

} // namespace Interleave
