// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/privilegedexec.h"

#include <cstdio>
#include <cstring>

namespace Interleave
{

namespace
{

/// Neither gone nor a zombie.
bool runs(pid_t pid)
{
    std::FILE *file = std::fopen(("/proc/" + std::to_string(pid) + "/stat").c_str(), "re");
    if (!file)
        return false;
    char line[512] = {};
    const std::size_t size = std::fread(line, 1, sizeof line - 1, file);
    std::fclose(file);
    const char *end = std::strrchr(line, ')'); // the name before it may hold anything
    // Field 9 holds the kernel's flags: the EXIT record is written while the task still has a state.
    constexpr unsigned kExiting = 0x4; // PF_EXITING
    char state = 0;
    unsigned flags = 0;
    return size > 0 && end
        && std::sscanf(end + 1, " %c %*d %*d %*d %*d %*d %u", &state, &flags) == 2 && state != 'Z'
        && state != 'X' && (flags & kExiting) == 0;
}

} // namespace

PrivilegedExecDetector::PrivilegedExecDetector(std::function<bool(pid_t)> isAlive)
    : m_isAlive(isAlive ? std::move(isAlive) : runs)
{
}

bool PrivilegedExecDetector::add(const SchedEvent &event)
{
    if (event.kind == SchedEventKind::Exec) {
        m_execs[event.pid] = {event.time,
                              {event.name.data(), strnlen(event.name.data(), event.name.size())}};
        return false;
    }
    if (event.kind != SchedEventKind::Exit || m_execs.empty())
        return false;
    const auto exec = m_execs.find(event.tid);
    if (exec == m_execs.end())
        return false;
    const bool isRevealed = event.time - exec->second.time < kSuspiciousNs && m_isAlive(event.tid);
    if (isRevealed) {
        m_sentences.push_back("The kernel stopped the recording of " + exec->second.name + " ("
                              + std::to_string(event.tid) + "): it is a privileged program.");
    }
    m_execs.erase(exec);
    return isRevealed;
}

} // namespace Interleave
