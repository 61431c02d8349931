// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/collector.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace Interleave
{

Collector::Collector(std::shared_ptr<Trace> trace, const SharedRings &rings,
                     std::unique_ptr<Observer> observer, ClockPair firstPair, HelperBoard *board)
    : m_trace(std::move(trace))
    , m_rings(rings)
    , m_observer(std::move(observer))
    , m_board(board)
    , m_reader(rings)
    , m_converter(rings.tickSource())
    , m_builder(*m_trace, m_observer->cores(), m_observer->source())
    , m_wakeDelay(m_observer->source())
    , m_since(firstPair.time)
{
    m_converter.addPair(firstPair);
    m_trace->setSource(m_observer->source());
}

Collector::~Collector() = default;

void Collector::followCommand()
{
    m_command =
        std::make_unique<CommandFollower>(*m_trace, m_reader, m_board, m_observer->source());
    m_builder.setThreadsAreTasks([this] { return m_command->takeTaskId(); });
}

void Collector::addRoot(pid_t pid, const char *name)
{
    m_wakeDelay.addRoot(pid);
    if (m_command)
        m_command->addRoot(pid);
    m_builder.addRoot(pid, monotonicNow(), name);
}

TimestampNs Collector::drain()
{
    const ClockPair pair = takeClockPair(m_rings.tickSource());
    m_converter.addPair(pair);
    m_events.clear();
    m_drained.clear();
    if (m_command)
        m_command->prepare();
    m_reader.drain(pair.time, pair.ticks, m_events, m_drained);
    m_sched.clear();
    m_observer->drain(m_sched);
    if (m_command) {
        m_command->add(m_sched);
        m_command->hear(pair.time);
    }
    addRecords();
    for (const SchedEvent &event : m_sched) {
        if (m_observer->source() != Source::KernelWide) // there nothing is taken from us
            m_privileged.add(event);
        m_wakeDelay.add(event);
        m_builder.addSched(event);
    }
    // Before the join: a gap that has become a slice is not divided any more.
    m_woken.clear();
    m_wakeDelay.collect(m_observer->safeUntil(), m_woken);
    if (m_command)
        m_command->collect(m_observer->safeUntil(), pair.time, m_woken);
    for (const SchedEvent &event : m_woken)
        m_builder.addSched(event);
    if (m_command)
        m_command->release(pair.time);
    return pair.time;
}

void Collector::addRecords()
{
    for (const RingReader::DrainedRing &ring : m_drained) {
        for (std::size_t i = ring.first; i < ring.first + ring.count; ++i) {
            Event &event = m_events[i];
            const TimestampNs time = m_converter.toTime(event.ticks);
            if (m_command && time < m_since) {
                ++m_impossible;
                continue;
            }
            if (m_command && !m_command->translate(event, ring))
                continue;
            m_builder.addRecord(event, time, ring.pid, ring.tid);
            ++m_recorded;
        }
    }
}

void Collector::tick(const std::function<void()> &beforeJoin)
{
    const TimestampNs now = drain();
    if (beforeJoin)
        beforeJoin();
    const TimestampNs safe =
        std::min({now, m_reader.safeUntil(), m_observer->safeUntil() + kMargin});
    m_builder.process(safe - kMargin);
    if (m_observer->source() == Source::KernelWide)
        nameForeignThreads();
}

/// In the whole-machine tier other programs were running before anybody watched: no record names them.
void Collector::nameForeignThreads()
{
    const auto known = ThreadIndex(m_trace->threadCount());
    for (; m_namedThreads < known; ++m_namedThreads) {
        ThreadInfo &thread = m_trace->writableThread(m_namedThreads);
        if (thread.ofRun.load() || thread.name.load() != 0)
            continue;
        std::ifstream file("/proc/" + std::to_string(thread.pid.load()) + "/task/"
                           + std::to_string(thread.tid.load()) + "/comm");
        std::string name;
        if (std::getline(file, name) && !name.empty())
            thread.name.store(m_trace->addText(name));
    }
}

void Collector::finish(TimestampNs end)
{
    constexpr int kMostRounds = 16; // what is left running may go on writing
    drain();
    for (int i = 1; i < kMostRounds && !m_drained.empty(); ++i)
        drain();
    m_builder.finish(end);
    if (m_command)
        m_command->finish();
}

const Deadlock *Collector::deadlock() const
{
    const std::optional<Deadlock> &found = m_builder.deadlock();
    return found && droppedEvents() == 0 ? &*found : nullptr;
}

std::uint64_t Collector::droppedEvents() const
{
    // A thread without a ring loses at least one event.
    return m_reader.droppedEvents() + m_reader.corruptedEvents() + m_impossible
        + (m_command ? m_command->leftOut() : 0)
        + m_rings.header().threadsWithoutRing.load(std::memory_order_relaxed);
}

} // namespace Interleave
