// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/wakedelay.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace Interleave
{

namespace
{

/// The stamps that end and begin a preemption's gap differ from the kernel's own by up to 1 us together.
/// So many of them make an error that is still small against what is worth telling.
constexpr std::uint32_t kMostPreemptions = 64;

constexpr int kFirstSlotBits = 6; // of m_slots

} // namespace

WakeDelay::WakeDelay(Source source, Reader reader, Clock clock)
    : m_isWholeMachine(source == Source::KernelWide)
    , m_isOff(source != Source::KernelWide && source != Source::Kernel)
    , m_reader(std::move(reader))
    , m_clock(clock ? std::move(clock) : Clock(monotonicNow))
    , m_slots(std::size_t(1) << kFirstSlotBits)
    , m_slotShift(32 - kFirstSlotBits)
{
}

void WakeDelay::addRoot(pid_t pid)
{
    if (m_isOff)
        return;
    Thread &thread = threadWithNumber(pid);
    beginLife(thread, pid);
    read(thread, m_clock());
    // Whatever was started has had a core: if not, this kernel does not count.
    m_isOff = thread.isAligned && thread.base.timesRun == 0;
    thread.place = Place::Asleep; // it is held
    thread.since = thread.baseTime;
}

void WakeDelay::add(const SchedEvent &event)
{
    if (m_isOff)
        return;
    switch (event.kind) {
    case SchedEventKind::SwitchIn:
    case SchedEventKind::SwitchOut:
    case SchedEventKind::Fork:
    case SchedEventKind::Exit:
    case SchedEventKind::Exec:
    case SchedEventKind::Found:
        if (event.tid <= 0)
            return;
        break;
    case SchedEventKind::Lost:
        break;
    case SchedEventKind::Name:
    case SchedEventKind::Sampled:
    case SchedEventKind::Woken:
    case SchedEventKind::WokenSum:
    case SchedEventKind::WaitSeen:
    case SchedEventKind::GlobalLockWait:
        return;
    }
    if (!m_items.empty() && event.time < m_items.back().time)
        m_edges.push_back(m_items.size());
    const bool preempted = event.kind == SchedEventKind::Found ? !event.waiting : event.preempted;
    m_items.push_back({event.time, event.pid, event.tid, event.parentTid, event.kind, preempted});
}

void WakeDelay::collect(TimestampNs horizon, std::vector<SchedEvent> &out)
{
    if (m_isOff)
        return;
    m_out = &out;
    sortItems();
    std::size_t handled = 0;
    for (; handled < m_items.size() && m_items[handled].time < horizon; ++handled)
        handle(m_items[handled]);
    m_items.erase(m_items.begin(), m_items.begin() + std::ptrdiff_t(handled));
    for (const Item &item : m_items)
        lookAhead(item);
    readDue(horizon);
    m_out = nullptr;
}

/// Merges the stretches that are in order already (what was left over, then one of each core), two by
/// two: next to nothing with two cores, and without the memory that std::stable_sort would ask for.
void WakeDelay::sortItems()
{
    const auto isEarlier = [](const Item &a, const Item &b) { return a.time < b.time; };
    if (m_edges.empty())
        return;
    m_edges.insert(m_edges.begin(), 0);
    m_edges.push_back(m_items.size());
    m_spare.resize(m_items.size());
    while (m_edges.size() > 2) {
        const auto at = [this](std::size_t edge) {
            return m_items.begin() + std::ptrdiff_t(m_edges[edge]);
        };
        auto to = m_spare.begin();
        std::size_t kept = 1;
        std::size_t i = 0;
        for (; i + 2 < m_edges.size(); i += 2) {
            to = std::merge(at(i), at(i + 1), at(i + 1), at(i + 2), to, isEarlier);
            m_edges[kept++] = m_edges[i + 2];
        }
        if (i + 1 < m_edges.size()) {
            std::copy(at(i), at(i + 1), to);
            m_edges[kept++] = m_edges[i + 1];
        }
        m_edges.resize(kept);
        m_items.swap(m_spare);
    }
    m_edges.clear();
}

void WakeDelay::handle(const Item &item)
{
    switch (item.kind) {
    case SchedEventKind::Fork:
        fork(item);
        return;
    case SchedEventKind::Exit:
        if (Thread *thread = find(item.tid))
            forget(*thread);
        return;
    case SchedEventKind::Found:
        findRunning(item);
        return;
    case SchedEventKind::Exec:
        exec(item);
        return;
    case SchedEventKind::Lost:
        lose();
        return;
    default:
        break;
    }
    Thread *thread = find(item.tid);
    if (!thread || !thread->isAlive) {
        if (m_isWholeMachine)
            return; // of another program
        thread = &threadWithNumber(item.tid);
        beginLife(*thread, item.pid);
    }
    if (item.time < thread->since) { // it came after its time was final
        forgetSpan(*thread);
        return;
    }
    if (item.kind == SchedEventKind::SwitchIn)
        switchIn(*thread, item.time);
    else
        switchOut(*thread, item.time, item.preempted);
}

/// Of a record that is not final yet only this is of use: whether its thread is in a queue.
void WakeDelay::lookAhead(const Item &item)
{
    if (item.kind != SchedEventKind::SwitchIn && item.kind != SchedEventKind::SwitchOut)
        return;
    if (Thread *thread = find(item.tid))
        thread->isQueuedNow = item.kind == SchedEventKind::SwitchOut && item.preempted;
}

void WakeDelay::fork(const Item &item)
{
    if (m_isWholeMachine) {
        const Thread *parent = find(item.parentTid);
        if (!parent || !parent->isAlive)
            return;
    }
    Thread &thread = threadWithNumber(item.tid);
    beginLife(thread, item.pid);
    thread.place = Place::Queued;
    thread.since = item.time;
    thread.isAligned = true; // all counters begin at 0
    thread.baseTime = item.time;
    thread.baseUntil = item.time;
    thread.isQueuedNow = true;
    thread.isNew = true;
}

/// It ran before anybody watched: what it waited until now is in its counters, and no record tells it.
void WakeDelay::findRunning(const Item &item)
{
    Thread &thread = threadWithNumber(item.tid);
    beginLife(thread, item.pid);
    thread.place = item.preempted ? Place::Unknown : Place::Asleep;
    thread.since = item.time;
}

/// The thread that calls exec goes on as the leader, counters and all: mostly it is the leader. If not,
/// the old one's EXIT has come already, and the caller's own number ends without one.
void WakeDelay::exec(const Item &item)
{
    bool isOfRun = !m_isWholeMachine;
    for (Thread &other : m_threads) {
        if (!other.isAlive || other.pid != item.pid || other.tid == item.pid)
            continue;
        isOfRun = true;
        forget(other);
    }
    const Thread *known = find(item.pid);
    if ((known && known->isAlive) || !isOfRun)
        return;
    Thread &leader = threadWithNumber(item.pid);
    beginLife(leader, item.pid);
    leader.place = Place::OnCore;
    leader.since = item.time;
}

/// What is missing may be of any thread.
void WakeDelay::lose()
{
    for (Thread &thread : m_threads) {
        forgetSpan(thread);
        thread.place = Place::Unknown;
    }
}

void WakeDelay::switchIn(Thread &thread, TimestampNs time)
{
    const Place before = std::exchange(thread.place, Place::OnCore);
    const TimestampNs since = std::exchange(thread.since, time);
    thread.isQueuedNow = false;
    const bool isTooLate = thread.hasReading && time > thread.readAt + kStampedWithin;
    const bool isPerhapsInBase = time > thread.baseTime && time <= thread.baseUntil;
    const bool isUnexplained = before == Place::OnCore || before == Place::Unknown;
    if (isTooLate || isPerhapsInBase || isUnexplained)
        forgetSpan(thread);
    const bool isWake = before == Place::Asleep;
    if (isWake || before == Place::Unknown)
        list(thread);
    if (!thread.isAligned || time <= thread.baseTime)
        return;

    Span &span = thread.span;
    ++span.switchesIn;
    if (isWake) {
        ++span.wakes;
        span.asleep += time - since;
        span.wokenSince = since;
        span.wokenUntil = time;
    } else {
        span.gaps += time - since;
        if (++span.preemptions == kMostPreemptions) {
            thread.wantsBase = true;
            list(thread);
        }
    }
    if (thread.hasReading && thread.reading.timesRun == thread.base.timesRun + span.switchesIn)
        evaluate(thread);
}

void WakeDelay::switchOut(Thread &thread, TimestampNs time, bool preempted)
{
    if (thread.place == Place::Asleep || thread.place == Place::Queued)
        forgetSpan(thread); // a switch in is missing
    thread.place = preempted ? Place::Queued : Place::Asleep;
    thread.since = time;
    thread.isQueuedNow = preempted;
    // A fork is stamped some microseconds, and at worst a preemption of the parent, before the thread
    // is queued. A reading now keeps that out of its first wake-up.
    if (thread.isNew && !preempted) {
        thread.isNew = false;
        thread.wantsBase = true;
        list(thread);
    }
}

void WakeDelay::beginLife(Thread &thread, pid_t pid)
{
    endLife(thread);
    const bool isListed = thread.isListed;
    const pid_t tid = thread.tid;
    thread = Thread();
    thread.isListed = isListed;
    thread.isAlive = true;
    thread.pid = pid;
    thread.tid = tid;
}

void WakeDelay::endLife(Thread &thread)
{
    thread.isAlive = false;
    if (thread.file.isOpen()) {
        thread.file.reset();
        --m_openFiles;
    }
}

/// It has ended, and its number may be another's from now on.
void WakeDelay::forget(Thread &thread)
{
    endLife(thread);
    if (!thread.isListed) // else readDue() does it: the list holds its index
        release(thread);
}

void WakeDelay::forgetSpan(Thread &thread)
{
    thread.isAligned = false;
    thread.hasReading = false;
    thread.span = Span();
}

/// The reading and the records stand at the same switch in.
void WakeDelay::evaluate(Thread &thread)
{
    const Span &span = thread.span;
    const DurationNs wait =
        thread.reading.waitedOnRunQueue - thread.base.waitedOnRunQueue - span.gaps;
    tell(thread, std::clamp<DurationNs>(wait, 0, span.asleep));
    thread.base = thread.reading;
    thread.baseTime = thread.since;
    thread.baseUntil = thread.since;
    thread.span = Span();
    thread.hasReading = false;
    thread.wantsBase = false;
}

void WakeDelay::tell(const Thread &thread, DurationNs wait)
{
    constexpr DurationNs kMost = std::numeric_limits<std::uint32_t>::max();
    const Span &span = thread.span;
    if (span.wakes == 0 || wait < kShortestWait)
        return;
    SchedEvent event;
    event.kind = span.wakes == 1 ? SchedEventKind::Woken : SchedEventKind::WokenSum;
    event.pid = thread.pid;
    event.tid = thread.tid;
    event.time = span.wokenUntil;
    event.lostSince = span.wakes == 1 ? span.wokenSince : thread.baseTime;
    do {
        event.readyNs = std::uint32_t(std::min(wait, kMost));
        m_out->push_back(event);
        wait -= event.readyNs;
    } while (wait > 0 && event.kind == SchedEventKind::WokenSum);
}

} // namespace Interleave
