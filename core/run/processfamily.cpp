// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/processfamily.h"

#include "core/sched/processtree.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

std::mutex s_keptMutex;
std::set<pid_t> s_kept;
std::set<pid_t> s_givenUp; ///< a part of s_kept

/// When a process was started is read in hundredths of a second, rounded down.
constexpr DurationNs kRounding = 20 * kMillisecond;

/// Whether the process is the one that the trace means: its number may be in use again. The trace
/// knows of a creation at once, or from the first record on.
bool isSameLife(const RunHost::KnownProcess &known, const ProcessStat &stat)
{
    constexpr DurationNs kSeenLate = kSecond;
    return stat.started > known.created - kSeenLate && stat.started < known.created + kRounding;
}

} // namespace

void KeptChildren::keep(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    s_kept.insert(pid);
}

void KeptChildren::forget(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    s_kept.erase(pid);
}

bool KeptChildren::contains(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    return s_kept.contains(pid);
}

void KeptChildren::giveUp(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    s_kept.insert(pid);
    s_givenUp.insert(pid);
}

void KeptChildren::reapGivenUp()
{
    const std::lock_guard lock(s_keptMutex);
    for (auto it = s_givenUp.begin(); it != s_givenUp.end();) {
        if (::waitpid(*it, nullptr, WNOHANG) == 0) {
            ++it;
            continue;
        }
        s_kept.erase(*it);
        it = s_givenUp.erase(it);
    }
}

ProcessFamily::ProcessFamily(pid_t group, std::string mark)
    : m_group(group)
    , m_mark(std::move(mark))
{
}

std::string ProcessFamily::newMark()
{
    static std::atomic<unsigned> counter{0};
    return std::string(kMarkName) + '=' + std::to_string(getpid()) + '.' + std::to_string(++counter)
        + ';';
}

bool ProcessFamily::isMember(pid_t child, const std::vector<KnownProcess> &known) const
{
    if (KeptChildren::contains(child))
        return false;
    const auto stat = readProcessStat(child);
    if (!stat)
        return false;
    // Nothing else comes into a group or session that the first process has made for itself.
    if (m_group != 0 && (stat->group == m_group || stat->session == m_group))
        return true;
    const auto seen = m_seen.find(child);
    if (seen != m_seen.end() && std::abs(seen->second - stat->started) < kRounding)
        return true;
    const bool isKnown = std::any_of(known.begin(), known.end(), [&](const KnownProcess &process) {
        return process.pid == child && isSameLife(process, *stat);
    });
    return isKnown || carriesMark(child, m_mark);
}

void ProcessFamily::remember(pid_t pid)
{
    if (const auto stat = readProcessStat(pid))
        m_seen[pid] = stat->started;
}

std::vector<pid_t> ProcessFamily::orphans(const std::vector<KnownProcess> &known)
{
    std::vector<pid_t> children = childrenOfThisProcess();
    std::erase_if(children, [&](pid_t child) { return !isMember(child, known); });
    for (const pid_t child : children)
        remember(child);
    return children;
}

std::vector<pid_t> ProcessFamily::reapOrphans(const std::vector<KnownProcess> &known)
{
    std::vector<pid_t> all = orphans(known);
    std::erase_if(all, [](pid_t child) { return ::waitpid(child, nullptr, WNOHANG) != 0; });
    return all;
}

void ProcessFamily::addDescendants(pid_t pid, std::vector<pid_t> &out)
{
    for (const pid_t descendant : processTree(pid)) {
        const auto stat = descendant == pid ? std::nullopt : readProcessStat(descendant);
        if (!stat || stat->state == 'Z')
            continue;
        m_seen[descendant] = stat->started;
        out.push_back(descendant);
    }
}

std::vector<pid_t> ProcessFamily::members(pid_t root, const std::vector<KnownProcess> &known)
{
    std::vector<pid_t> found;
    if (root != 0)
        addDescendants(root, found);
    for (const pid_t orphan : reapOrphans(known)) {
        found.push_back(orphan);
        addDescendants(orphan, found);
    }
    return found;
}

int ProcessFamily::sweep(const std::vector<KnownProcess> &known)
{
    int reaped = 0;
    const TimestampNs deadline = monotonicNow() + 2 * kSecond;
    // Orphans come to this process as their parents die, hence the rounds.
    for (bool found = true; found && monotonicNow() < deadline;) {
        const std::vector<pid_t> ours = orphans(known);
        found = !ours.empty();
        std::vector<pid_t> descendants;
        for (const pid_t orphan : ours)
            addDescendants(orphan, descendants);
        for (const pid_t orphan : ours)
            ::kill(orphan, SIGKILL);
        for (const pid_t descendant : descendants)
            ::kill(descendant, SIGKILL);
        for (const pid_t orphan : ours) {
            if (reapWithin(orphan, deadline)) {
                ++reaped;
            } else if (readProcessStat(orphan)) { // nobody else has reaped it
                m_stuck.push_back(orphan);
                KeptChildren::giveUp(orphan);
            }
        }
    }
    return reaped;
}

} // namespace Interleave
