// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/tracefacts.h"

#include <utility>

namespace Interleave
{

TraceFacts::TraceFacts(Trace &trace)
    : m_trace(trace)
{
}

void TraceFacts::ofProcess(pid_t pid, TimestampNs time, std::function<void(ProcessInfo &)> apply)
{
    Fact fact;
    fact.time = time;
    fact.pid = pid;
    fact.ofProcess = std::move(apply);
    add(std::move(fact));
}

void TraceFacts::ofThread(pid_t pid, pid_t tid, TimestampNs time,
                          std::function<void(ThreadInfo &)> apply)
{
    if (tid <= 0)
        return;
    Fact fact;
    fact.time = time;
    fact.pid = pid;
    fact.tid = tid;
    fact.ofThread = std::move(apply);
    add(std::move(fact));
}

void TraceFacts::add(Fact fact)
{
    std::size_t &ofOne = m_waitingOf[fact.pid];
    if (m_waiting.size() >= kMostWaiting || ofOne >= kMostOfOne) {
        ++m_leftOut;
        if (ofOne == 0)
            m_waitingOf.erase(fact.pid);
        return;
    }
    ++ofOne;
    m_waiting.push_back(std::move(fact));
}

/// One fact of the process does not wait any more.
void TraceFacts::noteGone(pid_t pid)
{
    const auto ofOne = m_waitingOf.find(pid);
    if (ofOne != m_waitingOf.end() && --ofOne->second == 0)
        m_waitingOf.erase(ofOne);
}

void TraceFacts::settle(TimestampNs now)
{
    learnLives();
    const TimestampNs horizon = m_trace.horizon();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_waiting.size(); ++i) {
        const bool isDone = m_waiting[i].time < horizon && apply(m_waiting[i]);
        if (isDone || now - m_waiting[i].time > kLongestWait) {
            noteGone(m_waiting[i].pid);
            continue;
        }
        if (kept != i)
            m_waiting[kept] = std::move(m_waiting[i]);
        ++kept;
    }
    m_waiting.resize(kept);
}

void TraceFacts::finish()
{
    learnLives();
    for (const Fact &fact : m_waiting)
        apply(fact);
    m_waiting.clear();
    m_waitingOf.clear();
}

ProcessIndex TraceFacts::processOf(pid_t pid)
{
    learnLives();
    const auto found = m_processes.find(pid);
    return found == m_processes.end() ? kNoProcess : found->second;
}

void TraceFacts::learnLives()
{
    const auto processes = ProcessIndex(m_trace.processCount());
    for (; m_knownProcesses < processes; ++m_knownProcesses)
        m_processes[m_trace.process(m_knownProcesses).pid.load()] = m_knownProcesses;
    const auto threads = ThreadIndex(m_trace.threadCount());
    for (; m_knownThreads < threads; ++m_knownThreads)
        m_threads[m_trace.thread(m_knownThreads).tid.load()] = m_knownThreads;
}

/// \return false when there is no such process or thread yet.
bool TraceFacts::apply(const Fact &fact)
{
    if (fact.tid == 0) {
        const auto found = m_processes.find(fact.pid);
        if (found == m_processes.end())
            return false;
        fact.ofProcess(m_trace.writableProcess(found->second));
        return true;
    }
    const auto found = m_threads.find(fact.tid);
    if (found == m_threads.end() || m_trace.thread(found->second).pid.load() != fact.pid)
        return false;
    fact.ofThread(m_trace.writableThread(found->second));
    return true;
}

} // namespace Interleave
