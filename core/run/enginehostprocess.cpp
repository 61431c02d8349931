// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/enginehostprocess.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <mutex>
#include <set>

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

constexpr const char *kMarkName = "INTERLEAVE_RUN=";
/// Enough for 512 tasks and their engine; a ring is only touched when a thread claims it.
constexpr RingGeometry kGeometry{1024, 32768, 8};
constexpr int kPipeBytes = 1 << 20;

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
    std::vector<char *> result;
    for (char **entry = environ; *entry; ++entry) {
        if (std::strncmp(*entry, kMarkName, std::strlen(kMarkName)) != 0)
            result.push_back(*entry);
    }
    result.push_back(mark.data());
    result.push_back(nullptr);
    return result;
}

/// What sweep() must not take for orphans: the hosts, and what waits in the kernel and was given up.
std::mutex s_keptMutex;
std::set<pid_t> s_kept;
std::set<pid_t> s_givenUp; ///< a part of s_kept

void keep(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    s_kept.insert(pid);
}
void forget(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    s_kept.erase(pid);
}
bool isKept(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    return s_kept.contains(pid);
}
void giveUp(pid_t pid)
{
    const std::lock_guard lock(s_keptMutex);
    s_kept.insert(pid);
    s_givenUp.insert(pid);
}
/// Reaps those that have ended after all.
void reapGivenUp()
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

/// Whether the process is the one that the trace means: its number may be in use again. The trace knows
/// of a creation at once, or from the first record on; /proc rounds down to 10 ms.
bool isSameLife(const EngineHostProcess::KnownProcess &known, const ProcessStat &stat)
{
    constexpr DurationNs kSeenLate = kSecond;
    constexpr DurationNs kRounding = 20 * kMillisecond;
    return stat.started > known.created - kSeenLate && stat.started < known.created + kRounding;
}

} // namespace

Result<EngineHostProcess> EngineHostProcess::start(const Options &options)
{
    static std::atomic<unsigned> counter{0};
    reapGivenUp();
    if (::access(options.enginePath.c_str(), X_OK) != 0) {
        return Error{ErrorCode::NotFound,
                     "the engine was not found at " + options.enginePath
                         + ": build or install interleave-engine beside interleave"};
    }
    EngineHostProcess host;
    auto rings = SharedRings::create(kGeometry, bestTickSource());
    if (!rings)
        return rings.error();
    host.m_rings.emplace(std::move(rings).value());
    host.m_firstPair = takeClockPair(host.m_rings->tickSource());
    host.m_background = options.background;
    host.m_mark = kMarkName + std::to_string(getpid()) + '.' + std::to_string(++counter) + ';';

    UniqueFd controlRead, messagesWrite, outputWrite;
    if (!makePipe(controlRead, host.m_control) || !makePipe(host.m_messages, messagesWrite)
        || !makePipe(host.m_output, outputWrite))
        return systemError("no pipe to the engine");
    fcntl(host.m_messages.get(), F_SETPIPE_SZ, kPipeBytes); // a refusal costs only room
    for (const int fd : {host.m_messages.get(), host.m_output.get()})
        fcntl(fd, F_SETFL, O_NONBLOCK);

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
    host.m_pid.value = pid;
    host.m_group = pid;
    keep(pid);
    host.m_pidFd.reset(int(syscall(SYS_pidfd_open, pid, 0)));
    host.m_priority = "same priority as the command";
    return host;
}

EngineHostProcess::~EngineHostProcess()
{
    if (m_pid == 0)
        return;
    signalGroup(SIGKILL);
    ::kill(m_pid, SIGKILL);
    if (reapWithin(m_pid, monotonicNow() + 2 * kSecond))
        forget(m_pid);
    else
        abandon();
    sweep({});
}

void EngineHostProcess::abandon()
{
    if (m_pid == 0)
        return;
    giveUp(m_pid);
    m_pid.value = 0;
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

void EngineHostProcess::readOutput(std::vector<std::string> &out)
{
    m_outputLines.readFrom(m_output.get(), out);
}

void EngineHostProcess::readRestOfOutput(std::vector<std::string> &out)
{
    readOutput(out);
    m_outputLines.takeRest(out);
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
    std::vector<std::string> said;
    readRestOfOutput(said);
    return Error{ErrorCode::Failed,
                 "the engine ended before it was ready"
                     + (said.empty() ? std::string() : ": " + said.back())};
}

Result<void> EngineHostProcess::release(const std::string &runSpec)
{
    const std::string line = runSpec + '\n';
    if (::write(m_control.get(), line.data(), line.size()) != ssize_t(line.size()))
        return systemError("the engine does not take the run");
    return {};
}

void EngineHostProcess::signalGroup(int signal) const
{
    if (m_pid != 0)
        ::kill(-m_pid, signal);
}

bool EngineHostProcess::lowerPriority()
{
    if (!m_background || m_pid == 0)
        return true;
    // sched(7): the nice level of an autogroup weighs the session against the other sessions.
    char enabled = '0';
    const UniqueFd state(::open("/proc/sys/kernel/sched_autogroup_enabled", O_RDONLY | O_CLOEXEC));
    if (state.isOpen() && ::read(state.get(), &enabled, 1) == 1 && enabled == '1') {
        const UniqueFd group(::open(("/proc/" + std::to_string(m_pid) + "/autogroup").c_str(),
                                    O_WRONLY | O_CLOEXEC));
        if (group.isOpen()) {
            if (::write(group.get(), "19", 2) == 2) {
                m_priority = "own session, autogroup 19";
                return true;
            }
            if (errno == EAGAIN)
                return false;
        }
    }
    setpriority(PRIO_PROCESS, id_t(m_pid), 19);
    m_priority = "own session, nice 19";
    return true;
}

std::optional<EngineHostProcess::Exit> EngineHostProcess::tryReap()
{
    int status = 0;
    if (m_pid == 0 || ::waitpid(m_pid, &status, WNOHANG) != m_pid)
        return std::nullopt;
    forget(m_pid);
    m_pid.value = 0;
    Exit result;
    result.signalled = WIFSIGNALED(status);
    result.code = result.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

bool EngineHostProcess::isOrphanOfThis(pid_t child, const std::vector<KnownProcess> &known) const
{
    if (isKept(child))
        return false;
    const auto stat = readProcessStat(child);
    if (!stat)
        return false;
    // Nothing else comes into a group or session that the host has made for itself.
    if (stat->group == m_group || stat->session == m_group)
        return true;
    const bool isKnown = std::any_of(known.begin(), known.end(), [&](const KnownProcess &process) {
        return process.pid == child && isSameLife(process, *stat);
    });
    return isKnown || carriesMark(child, m_mark);
}

int EngineHostProcess::sweep(const std::vector<KnownProcess> &known)
{
    int reaped = 0;
    const TimestampNs deadline = monotonicNow() + 2 * kSecond;
    // Orphans come to this process (it is their subreaper) as their parents die, hence the rounds.
    for (bool found = true; found && monotonicNow() < deadline;) {
        std::vector<pid_t> orphans = childrenOfThisProcess();
        std::erase_if(orphans, [&](pid_t child) { return !isOrphanOfThis(child, known); });
        found = !orphans.empty();
        for (const pid_t orphan : orphans)
            ::kill(orphan, SIGKILL);
        for (const pid_t orphan : orphans) {
            if (reapWithin(orphan, deadline)) {
                ++reaped;
            } else if (readProcessStat(orphan)) { // nobody else has reaped it
                m_stuck.push_back(orphan);
                giveUp(orphan);
            }
        }
    }
    return reaped;
}

} // namespace Interleave
