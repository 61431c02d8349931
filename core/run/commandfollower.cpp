// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/commandfollower.h"

#include "core/sched/processtree.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

namespace Interleave
{

namespace
{

bool seesSwitches(Source source)
{
    return source == Source::Kernel || source == Source::KernelWide;
}

/// Also when nobody has reaped it yet. Where only the first thread has ended, it has not.
bool hasEnded(pid_t pid)
{
    const std::vector<pid_t> threads = threadsOf(pid);
    if (threads.size() > 1)
        return false;
    const std::optional<ThreadStatus> status = readThreadStatus(pid, pid);
    return !status || status->hasEnded();
}

} // namespace

CommandFollower::CommandFollower(Trace &trace, RingReader &reader, HelperBoard *board,
                                 Source source)
    : m_reader(reader)
    , m_board(board)
    , m_seesEnds(seesSwitches(source))
    , m_lockWaits(!m_seesEnds)
    , m_waitChannels(source)
    , m_descriptions(trace, m_lockWaits, source)
{
    if (!board)
        return;
    m_helpers.emplace(
        trace, *board,
        // The other half stays for threads, whatever helpers say.
        [this] { return m_nextTask < Trace::kMostTasks / 2 ? takeTaskId() : kNoTask; },
        [this](const HelperRecords::InterpreterFound &found) {
            m_descriptions.setInterpreter(found.pid, found.interpreter, found.switchInterval);
        });
}

TaskId CommandFollower::takeTaskId()
{
    return m_nextTask < Trace::kMostTasks ? m_nextTask++ : kNoTask;
}

void CommandFollower::addRoot(pid_t pid)
{
    m_waitChannels.addRoot(pid);
    m_descriptions.addRoot(pid);
}

/// Who has a ring has its slot before: so the slots that are in use now bound the rings to be looked at.
void CommandFollower::prepare()
{
    m_justEnded = m_descriptions.takeEnded();
    if (m_board)
        m_reader.lookBelow(m_board->slotsInUse() * HelperBoard::kRingsPerSlot);
}

void CommandFollower::add(const std::vector<SchedEvent> &events)
{
    m_descriptions.addFound(events);
    for (const SchedEvent &event : events) {
        m_lockWaits.add(event);
        m_waitChannels.add(event);
    }
    m_descriptions.add(events);
}

void CommandFollower::hear(TimestampNs now)
{
    m_descriptions.settle(now);
    if (m_helpers)
        m_helpers->hear(now);
}

bool CommandFollower::translate(Event &event, const RingReader::DrainedRing &ring)
{
    return !m_helpers || m_helpers->translate(event, ring.ring, ring.pid);
}

void CommandFollower::collect(TimestampNs horizon, TimestampNs now, std::vector<SchedEvent> &out)
{
    m_lockWaits.collect(horizon, out);
    m_waitChannels.collect(now, out);
}

void CommandFollower::release(TimestampNs now)
{
    if (!m_board)
        return;
    for (const pid_t pid : m_justEnded)
        noteEnded(pid, now);
    lookAtAll(now);
    std::size_t kept = 0;
    for (const Ending &ending : m_ending) {
        if (now < ending.lookAt) {
            m_ending[kept++] = ending;
        } else if (!hasEnded(ending.pid)) {
            m_ending[kept++] = {ending.pid, now + kLookAgainAfter};
        } else {
            m_helpers->processEnded(ending.pid);
            m_board->release(ending.pid);
            m_reader.release(ending.pid);
        }
    }
    m_ending.resize(kept);
}

/// \param lookAt when it can be forgotten at the earliest.
void CommandFollower::noteEnded(pid_t pid, TimestampNs lookAt)
{
    const auto owners = m_board->owners();
    const bool hasSlot = std::any_of(owners.begin(), owners.end(),
                                     [pid](const auto &owner) { return owner.second == pid; });
    const bool isNoted = std::any_of(m_ending.begin(), m_ending.end(),
                                     [pid](const Ending &ending) { return ending.pid == pid; });
    if (hasSlot && !isNoted)
        m_ending.push_back({pid, lookAt});
}

/// What is gone may have ended after its rings were drained: it counts from the next drain on. A process
/// that the kernel has never shown may be in another pid namespace, under another number: it is left.
void CommandFollower::lookAtAll(TimestampNs now)
{
    if (now < m_lookAtAllNext)
        return;
    m_lookAtAllNext = now + kLookAtAllEvery;
    for (const auto &[slot, pid] : m_board->owners()) {
        const bool mayBeTold = pid > 0 && (!m_seesEnds || m_descriptions.isKnown(pid));
        if (mayBeTold && ::kill(pid, 0) != 0 && errno == ESRCH)
            noteEnded(pid, now + 1);
    }
}

void CommandFollower::finish()
{
    m_descriptions.finish();
    if (m_helpers)
        m_helpers->finish();
}

std::uint64_t CommandFollower::leftOut() const
{
    return m_helpers ? m_helpers->refused() + m_board->droppedLines() : 0;
}

std::uint64_t CommandFollower::factsLeftOut() const
{
    return m_descriptions.factsLeftOut() + (m_helpers ? m_helpers->factsLeftOut() : 0);
}

std::uint64_t CommandFollower::taskNamesLeftOut() const
{
    return m_helpers ? m_helpers->taskNamesLeftOut() : 0;
}

} // namespace Interleave
