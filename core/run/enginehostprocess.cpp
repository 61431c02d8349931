// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/enginehostprocess.h"

#include "core/run/autogroup.h"
#include "core/run/processstat.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Messages of a host that is not ready yet: it has nothing to say.
constexpr std::size_t kMostEarly = 1000;

/// Enough for 512 tasks and their engine; a ring is only touched when a thread claims it.
constexpr RingGeometry kGeometry{1024, 32768, 8};
constexpr int kPipeBytes = 1 << 20;
/// An engine that is ready reads its run at once; where it does not, nobody is to wait for it.
constexpr DurationNs kTakesRunWithin = 2 * kSecond;

Error systemError(const std::string &what)
{
    return {ErrorCode::Io, what + ": " + std::strerror(errno)};
}

bool makePipe(UniqueFd &readEnd, UniqueFd &writeEnd)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    readEnd.reset(fds[0]);
    writeEnd.reset(fds[1]);
    return true;
}

/// The environment of this process plus the mark by which descendants are found.
std::vector<char *> environmentWith(std::string &mark)
{
    const std::string name = std::string(ProcessFamily::kMarkName) + '=';
    std::vector<char *> result;
    for (char **entry = environ; *entry; ++entry) {
        if (std::strncmp(*entry, name.c_str(), name.size()) != 0)
            result.push_back(*entry);
    }
    result.push_back(mark.data());
    result.push_back(nullptr);
    return result;
}

} // namespace

Result<std::unique_ptr<EngineHostProcess>> EngineHostProcess::start(const Options &options)
{
    KeptChildren::reapGivenUp();
    if (::access(options.enginePath.c_str(), X_OK) != 0) {
        return Error{ErrorCode::NotFound,
                     "the engine was not found at " + options.enginePath
                         + ": build or install interleave-engine beside interleave"};
    }
    std::unique_ptr<EngineHostProcess> started(new EngineHostProcess);
    EngineHostProcess &host = *started;
    auto rings = SharedRings::create(kGeometry, bestTickSource());
    if (!rings)
        return rings.error();
    host.m_rings.emplace(std::move(rings).value());
    host.m_firstPair = takeClockPair(host.m_rings->tickSource());
    host.m_background = options.background;
    host.m_mark = ProcessFamily::newMark();

    UniqueFd controlRead, messagesWrite, outputWrite;
    if (!makePipe(controlRead, host.m_control) || !makePipe(host.m_messages, messagesWrite)
        || !makePipe(host.m_output, outputWrite))
        return systemError("no pipe to the engine");
    fcntl(host.m_messages.get(), F_SETPIPE_SZ, kPipeBytes); // a refusal costs only room
    fcntl(host.m_control.get(), F_SETPIPE_SZ, kPipeBytes);
    for (const int fd : {host.m_messages.get(), host.m_output.get(), host.m_control.get()})
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, outputWrite.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, outputWrite.get(), 2);
    // High targets first copies: a source must not be overwritten before it was duplicated.
    const int high[3] = {fcntl(controlRead.get(), F_DUPFD_CLOEXEC, 200),
                         fcntl(messagesWrite.get(), F_DUPFD_CLOEXEC, 200),
                         fcntl(host.m_rings->fd(), F_DUPFD_CLOEXEC, 200)};
    for (int i = 0; i < 3; ++i)
        posix_spawn_file_actions_adddup2(&actions, high[i], 3 + i);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(
        &attributes,
        short(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
              | (options.background ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP)));
    std::vector<std::string> words{options.enginePath, "--host", "--rings",    "5",
                                   "--control",        "3",      "--messages", "4"};
    if (options.unitsPerMs > 0) {
        words.emplace_back("--units-per-ms");
        words.push_back(std::to_string(options.unitsPerMs));
    }
    std::vector<char *> argv;
    argv.reserve(words.size() + 1);
    for (std::string &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::vector<char *> environment = environmentWith(host.m_mark);
    pid_t pid = 0;
    const int rc = posix_spawn(&pid, options.enginePath.c_str(), &actions, &attributes, argv.data(),
                               environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    for (const int fd : high)
        ::close(fd);
    if (rc != 0) {
        errno = rc;
        return systemError("the engine could not be started");
    }
    host.m_pid = pid;
    host.m_family = ProcessFamily(pid, host.m_mark);
    KeptChildren::keep(pid);
    host.m_pidFd.reset(int(syscall(SYS_pidfd_open, pid, 0)));
    host.m_priority = "same priority as the command";
    return started;
}

EngineHostProcess::~EngineHostProcess()
{
    if (m_pid == 0)
        return;
    signalGroup(SIGKILL);
    ::kill(m_pid, SIGKILL);
    if (reapWithin(m_pid, monotonicNow() + 2 * kSecond))
        KeptChildren::forget(m_pid);
    else
        abandon();
    sweep({});
}

void EngineHostProcess::abandon()
{
    if (m_pid == 0)
        return;
    KeptChildren::giveUp(m_pid);
    m_pid = 0;
}

void EngineHostProcess::readMessages(std::vector<Message> &out)
{
    std::move(m_early.begin(), m_early.end(), std::back_inserter(out));
    m_early.clear();
    std::vector<std::string> lines;
    m_messageLines.readFrom(m_messages.get(), lines);
    for (const std::string &line : lines) {
        if (auto message = parseMessage(line))
            out.push_back(std::move(*message));
    }
}

void EngineHostProcess::readOutput(std::vector<OutputLine> &out)
{
    std::vector<std::string> lines;
    m_outputLines.readFrom(m_output.get(), lines);
    for (std::string &line : lines)
        out.push_back({OutputLine::Stream::Output, std::move(line)});
}

void EngineHostProcess::readRestOfOutput(std::vector<OutputLine> &out)
{
    readOutput(out);
    std::vector<std::string> lines;
    m_outputLines.takeRest(lines);
    for (std::string &line : lines)
        out.push_back({OutputLine::Stream::Output, std::move(line)});
}

bool EngineHostProcess::hasEnded() const
{
    pollfd fd{m_pidFd.get(), POLLIN, 0};
    return ::poll(&fd, 1, 0) > 0;
}

Result<std::optional<std::uint64_t>> EngineHostProcess::checkReady()
{
    const bool ended = hasEnded(); // before the reading, which then gets everything that was said
    std::vector<Message> messages;
    readMessages(messages);
    for (Message &message : messages) {
        if (message.kind == MessageKind::Ready)
            m_calibration = message.number;
        else if (m_early.size() < kMostEarly)
            m_early.push_back(std::move(message));
    }
    if (!ended && (m_calibration || !m_messageLines.hasEnded()))
        return m_calibration;
    std::vector<OutputLine> said;
    readRestOfOutput(said);
    return Error{ErrorCode::Failed,
                 "the engine ended before it was ready"
                     + (said.empty() ? std::string() : ": " + said.back().text)};
}

Result<void> EngineHostProcess::release(const std::string &runSpec)
{
    const std::string line = runSpec + '\n';
    const TimestampNs deadline = monotonicNow() + kTakesRunWithin;
    for (std::size_t written = 0; written < line.size();) {
        const DurationNs left = deadline - monotonicNow();
        const ssize_t n = ::write(m_control.get(), line.data() + written, line.size() - written);
        if (n > 0) {
            written += std::size_t(n);
        } else if (errno == EAGAIN && left > 0) {
            pollfd fd{m_control.get(), POLLOUT, 0};
            ::poll(&fd, 1, int(left / kMillisecond) + 1);
        } else if (errno != EINTR) {
            return systemError("the engine does not take the run");
        }
    }
    return {};
}

void EngineHostProcess::signalGroup(int signal)
{
    if (m_pid != 0)
        ::kill(-m_pid, signal);
}

bool EngineHostProcess::lowerPriority()
{
    if (!m_background || m_pid == 0)
        return true;
    const AutogroupAnswer answer = lowerAutogroup(m_pid);
    if (answer == AutogroupAnswer::Later)
        return false;
    if (answer == AutogroupAnswer::Lowered) {
        m_priority = "own session, autogroup 19";
        return true;
    }
    setpriority(PRIO_PROCESS, id_t(m_pid), 19);
    m_priority = "own session, nice 19";
    return true;
}

std::optional<RunHost::Exit> EngineHostProcess::tryReap()
{
    int status = 0;
    if (m_pid == 0 || ::waitpid(m_pid, &status, WNOHANG) != m_pid)
        return std::nullopt;
    KeptChildren::forget(m_pid);
    m_pid = 0;
    Exit result;
    result.signalled = WIFSIGNALED(status);
    result.code = result.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

int EngineHostProcess::sweep(const std::vector<KnownProcess> &known)
{
    return m_family.sweep(known);
}

} // namespace Interleave
