// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/attachedprocess.h"

#include "core/run/processstat.h"
#include "core/taskset/commandbytes.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Whether this process descends from `pid`.
bool isAncestorOfThisProcess(pid_t pid)
{
    for (pid_t ancestor = getppid(); ancestor > 0;) {
        if (ancestor == pid)
            return true;
        const std::optional<ProcessStat> stat = readProcessStat(ancestor);
        ancestor = stat ? stat->parent : 0;
    }
    return false;
}

} // namespace

Result<std::unique_ptr<AttachedProcess>> AttachedProcess::open(pid_t pid)
{
    const std::string number = std::to_string(pid);
    if (pid == getpid())
        return Error{ErrorCode::BadInput, "process " + number + " is this one: name another"};
    std::unique_ptr<AttachedProcess> process(new AttachedProcess);
    process->m_pidFd.reset(int(syscall(SYS_pidfd_open, pid, 0)));
    if (!process->m_pidFd.isOpen()) {
        const int error = errno;
        const bool isThread = error != ESRCH && pid > 0 && readProcessStat(pid).has_value();
        if (isThread)
            return Error{ErrorCode::BadInput,
                         number + " is a thread: name the process that it belongs to"};
        return Error{ErrorCode::NotFound,
                     "there is no process " + number + " (" + std::strerror(error)
                         + "): see ps for those that run"};
    }
    process->m_pid = pid;
    if (process->hasEnded())
        return Error{ErrorCode::NotFound, "process " + number + " has ended"};
    auto rings = SharedRings::create({1, 16, 0}, TickSource::Monotonic);
    if (!rings)
        return rings.error();
    process->m_rings.emplace(std::move(rings).value());
    process->m_firstPair = takeClockPair(TickSource::Monotonic);
    process->readNames();
    return process;
}

void AttachedProcess::readNames()
{
    const std::string folder = "/proc/" + std::to_string(m_pid);
    std::ifstream names(folder + "/comm");
    std::getline(names, m_name);
    std::ifstream file(folder + "/cmdline", std::ios::binary);
    const std::string words{std::istreambuf_iterator<char>(file), {}}; // each ended by a NUL
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find('\0', at), words.size());
        m_spec.words.append(textOfBytes(QByteArray(words.data() + at, qsizetype(end - at))));
        at = end + 1;
    }
    if (m_spec.words.isEmpty())
        m_spec.words.append(QLatin1Char('[') + QString::fromStdString(m_name) + QLatin1Char(']'));
    m_spec.streams = CommandSpec::Streams::Kept;
    m_spec.askPython = false; // it would have had to be asked when it was started
}

std::string AttachedProcess::remark() const
{
    if (!isAncestorOfThisProcess(m_pid))
        return {};
    return "Interleave was started from process " + std::to_string(m_pid)
        + ": Interleave's own processes are left out of the recording";
}

bool AttachedProcess::hasEnded() const
{
    pollfd fd{m_pidFd.get(), POLLIN, 0};
    return ::poll(&fd, 1, 0) > 0;
}

Result<std::optional<std::uint64_t>> AttachedProcess::checkReady()
{
    if (hasEnded()) {
        return Error{ErrorCode::Failed,
                     "process " + std::to_string(m_pid) + " ended before it could be observed"};
    }
    return std::optional<std::uint64_t>(0);
}

std::optional<RunHost::Exit> AttachedProcess::tryReap()
{
    m_hasEnded = m_hasEnded || hasEnded();
    if (!m_hasEnded && !m_isStopped)
        return std::nullopt;
    Exit result;
    result.isKnown = false;
    return result;
}

} // namespace Interleave
