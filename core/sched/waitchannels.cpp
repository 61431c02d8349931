// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/waitchannels.h"

#include "core/base/uniquefd.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Looks that may follow each other at once: a tenth of a second's.
constexpr int kMostAtOnce = WaitChannels::kMostLooks / 10;
constexpr DurationNs kLookEarnedIn = kSecond / WaitChannels::kMostLooks;

/// One line of a file of /proc/PID/task/TID without its end; empty when it may not be read.
template<std::size_t N>
std::string_view readLine(pid_t pid, pid_t tid, const char *name, std::array<char, N> &buffer)
{
    std::array<char, 64> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/%s", pid, tid, name);
    const UniqueFd fd(::open(path.data(), O_RDONLY | O_CLOEXEC));
    if (!fd.isOpen())
        return {};
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    const std::string_view text(buffer.data(), got > 0 ? std::size_t(got) : 0);
    return text.substr(0, text.find('\n'));
}

} // namespace

WaitChannels::WaitChannels(Source source)
    : m_isWholeMachine(source == Source::KernelWide)
    , m_isOff(source != Source::KernelWide && source != Source::Kernel)
{
}

void WaitChannels::addRoot(pid_t pid)
{
    if (!m_isOff)
        m_threads[pid].pid = pid;
}

void WaitChannels::add(const SchedEvent &event)
{
    if (m_isOff || event.tid <= 0)
        return;
    switch (event.kind) {
    case SchedEventKind::SwitchIn:
    case SchedEventKind::SwitchOut:
    case SchedEventKind::Fork:
    case SchedEventKind::Found:
        break;
    case SchedEventKind::Exit:
        m_threads.erase(event.tid);
        return;
    case SchedEventKind::Exec:
        endThreads(event.pid);
        return;
    default:
        return;
    }
    auto known = m_threads.find(event.tid);
    if (known == m_threads.end()) {
        const bool isOfRun = !m_isWholeMachine || event.kind == SchedEventKind::Found
            || (event.kind == SchedEventKind::Fork && m_threads.contains(event.parentTid));
        if (!isOfRun)
            return;
        known = m_threads.try_emplace(event.tid).first;
    }
    Thread &thread = known->second;
    thread.pid = event.pid;
    if (event.time < thread.since) // of a core that was drained after another
        return;
    thread.since = event.time;
    thread.isWaiting = event.kind == SchedEventKind::Found
        ? event.waiting
        : event.kind == SchedEventKind::SwitchOut && !event.preempted;
    thread.isSeen = false;
    if (thread.isWaiting && !thread.isQueued) {
        thread.isQueued = true;
        m_due.push_back({event.time + kLookAfter, event.tid});
    }
}

/// An exec ends all threads of a process but the one that called it, which has the process's number now.
void WaitChannels::endThreads(pid_t pid)
{
    const std::size_t ended = std::erase_if(m_threads, [pid](const auto &entry) {
        return entry.second.pid == pid && entry.first != pid;
    });
    const auto leader = m_threads.find(pid);
    if (leader != m_threads.end())
        leader->second.isWaiting = false;
    else if (ended > 0) // its own end was told before the exec
        m_threads[pid].pid = pid;
}

void WaitChannels::collect(TimestampNs now, std::vector<SchedEvent> &out)
{
    const DurationNs earned = (now - m_earnedUntil) / kLookEarnedIn;
    m_earnedUntil += earned * kLookEarnedIn;
    m_looks = int(std::clamp<DurationNs>(m_looks + earned, 0, kMostAtOnce));
    while (m_looks > 0 && !m_due.empty() && m_due.front().time <= now) {
        const Due due = m_due.front();
        m_due.pop_front();
        const auto found = m_threads.find(due.tid);
        if (found == m_threads.end())
            continue;
        Thread &thread = found->second;
        const bool wasQueued = std::exchange(thread.isQueued, false); // else an earlier thread was
        if (!wasQueued || !thread.isWaiting || thread.isSeen)
            continue;
        if (thread.since + kLookAfter > now) { // another wait than the one it was queued for
            thread.isQueued = true;
            m_due.push_back({thread.since + kLookAfter, due.tid});
            continue;
        }
        --m_looks;
        thread.isSeen = true;
        look(due.tid, thread, out);
    }
}

void WaitChannels::look(pid_t tid, const Thread &thread, std::vector<SchedEvent> &out)
{
    std::array<char, 256> syscallBuffer;
    std::array<char, 128> wchanBuffer;
    const std::string_view syscall = readLine(thread.pid, tid, "syscall", syscallBuffer);
    const std::string_view wchan = readLine(thread.pid, tid, "wchan", wchanBuffer);
    const std::optional<std::uint8_t> reason = reasonOf(syscall, wchan);
    if (!reason)
        return;
    SchedEvent event;
    event.kind = SchedEventKind::WaitSeen;
    // After it: had it woken up and gone to sleep again, the new wait would be the one that was seen.
    event.time = monotonicNow();
    event.lostSince = thread.since;
    event.pid = thread.pid;
    event.tid = tid;
    event.reason = *reason;
    out.push_back(event);
}

} // namespace Interleave
