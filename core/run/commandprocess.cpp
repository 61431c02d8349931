// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/commandprocess.h"

#include "core/run/autogroup.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

void addLines(std::vector<std::string> &lines, OutputLine::Stream stream,
              std::vector<OutputLine> &out)
{
    for (std::string &line : lines)
        out.push_back({stream, std::move(line)});
    lines.clear();
}

} // namespace

/// Else who prints into a pipe that nobody reads is ended by SIGPIPE. Ends with the last writer.
void CommandProcess::readOn(UniqueFd end)
{
    if (!end.isOpen())
        return;
    fcntl(end.get(), F_SETFL, fcntl(end.get(), F_GETFL) & ~O_NONBLOCK);
    std::thread([fd = std::move(end)] {
        std::array<char, 65536> buffer;
        for (ssize_t count = 1; count > 0 || (count < 0 && errno == EINTR);)
            count = ::read(fd.get(), buffer.data(), buffer.size());
    }).detach();
}

CommandProcess::~CommandProcess()
{
    if (m_pid == 0 && !m_isStopping) { // what it has left running goes on, and may print
        readOn(std::move(m_output));
        readOn(std::move(m_error));
        return;
    }
    if (m_pid != 0) {
        signalGroup(SIGKILL);
        if (reapWithin(m_pid, monotonicNow() + 2 * kSecond))
            KeptChildren::forget(m_pid);
        else
            abandon();
    }
    m_family.sweep(m_known);
}

void CommandProcess::abandon()
{
    if (m_pid == 0)
        return;
    KeptChildren::giveUp(m_pid);
    m_pid = 0;
}

void CommandProcess::hearLauncher()
{
    std::vector<std::string> lines;
    m_messageLines.readFrom(m_messages.get(), lines);
    for (const std::string &line : lines) {
        const auto message = parseMessage(line);
        if (!message)
            continue;
        if (message->kind == MessageKind::Ready) {
            m_isReady = true;
            m_peakBefore = long(message->number);
        } else if (message->kind == MessageKind::Outcome) {
            m_failure = message->text;
        }
    }
}

void CommandProcess::readMessages(std::vector<Message> &)
{
    hearLauncher();
}

void CommandProcess::readOutput(std::vector<OutputLine> &out)
{
    if (!m_output.isOpen())
        return;
    std::vector<std::string> lines;
    m_outputLines.readFrom(m_output.get(), lines);
    addLines(lines, OutputLine::Stream::Output, out);
    m_errorLines.readFrom(m_error.get(), lines);
    addLines(lines, OutputLine::Stream::Error, out);
}

void CommandProcess::readRestOfOutput(std::vector<OutputLine> &out)
{
    readOutput(out);
    std::vector<std::string> lines;
    m_outputLines.takeRest(lines);
    addLines(lines, OutputLine::Stream::Output, out);
    m_errorLines.takeRest(lines);
    addLines(lines, OutputLine::Stream::Error, out);
}

bool CommandProcess::hasEnded() const
{
    pollfd fd{m_pidFd.get(), POLLIN, 0};
    return ::poll(&fd, 1, 0) > 0;
}

Result<std::optional<std::uint64_t>> CommandProcess::checkReady()
{
    const bool ended = hasEnded(); // before the reading, which then gets everything that was said
    hearLauncher();
    if (ended || (!m_isReady && m_messageLines.hasEnded()))
        return Error{ErrorCode::Failed, "the launcher ended before the program could be started"};
    return m_isReady ? std::optional<std::uint64_t>(0) : std::nullopt;
}

Result<void> CommandProcess::release(const std::string &)
{
    if (::write(m_control.get(), "\n", 1) != 1)
        return Error{ErrorCode::Io,
                     std::string("the launcher does not start the program: ")
                         + std::strerror(errno)};
    m_control.reset();
    return {};
}

void CommandProcess::requestStop()
{
    m_isStopping = true;
    if (m_pid != 0 && m_group != 0)
        ::kill(-m_group, SIGINT);
    else
        signalGroup(SIGINT);
}

void CommandProcess::signalGroup(int signal)
{
    // Looked for first: what loses its parent is then still known.
    const std::vector<pid_t> members = m_family.members(m_pid, m_known);
    if (m_pid != 0)
        ::kill(m_pid, signal);
    for (const pid_t member : members)
        ::kill(member, signal);
}

bool CommandProcess::lowerPriority()
{
    if (!m_background || m_pid == 0)
        return true;
    // Not its nice level, which the program would see and hand on.
    const AutogroupAnswer answer = lowerAutogroup(m_pid);
    if (answer == AutogroupAnswer::Lowered)
        m_priority = "own session, autogroup 19";
    return answer != AutogroupAnswer::Later;
}

std::optional<RunHost::Exit> CommandProcess::tryReap()
{
    int status = 0;
    rusage usage = {};
    if (m_pid == 0 || ::wait4(m_pid, &status, WNOHANG, &usage) != m_pid)
        return std::nullopt;
    KeptChildren::forget(m_pid);
    m_pid = 0;
    hearLauncher();
    if (usage.ru_maxrss <= m_peakBefore)
        usage.ru_maxrss = 0;
    Exit result;
    result.signalled = WIFSIGNALED(status);
    result.code = result.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    result.usage = usage;
    result.failure = m_failure;
    return result;
}

int CommandProcess::sweep(const std::vector<KnownProcess> &known)
{
    m_known = known;
    return m_family.sweep(known);
}

void CommandProcess::reapOrphans(const std::vector<KnownProcess> &known)
{
    m_known = known;
    m_family.reapOrphans(known);
}

std::vector<pid_t> CommandProcess::stillRunning(const std::vector<KnownProcess> &known)
{
    m_known = known;
    return m_family.members(m_pid, known);
}

} // namespace Interleave
