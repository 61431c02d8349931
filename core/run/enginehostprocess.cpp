// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/enginehostprocess.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

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

std::vector<pid_t> childrenOfThisProcess()
{
    std::vector<pid_t> children;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks)
        return children;
    while (const dirent *entry = readdir(tasks)) {
        if (entry->d_name[0] == '.')
            continue;
        std::ifstream file("/proc/self/task/" + std::string(entry->d_name) + "/children");
        children.insert(children.end(), std::istream_iterator<pid_t>(file), {});
    }
    closedir(tasks);
    return children;
}

bool isZombie(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    const std::size_t end = line.rfind(')'); // the name before it may hold anything
    return end != std::string::npos && line.size() > end + 2 && line[end + 2] == 'Z';
}

/// The hosts of this process: the only children that are not orphans of some run.
std::mutex s_hostsMutex;
std::set<pid_t> s_hosts;

void remember(pid_t host)
{
    const std::lock_guard lock(s_hostsMutex);
    s_hosts.insert(host);
}
void forget(pid_t host)
{
    const std::lock_guard lock(s_hostsMutex);
    s_hosts.erase(host);
}
bool isHost(pid_t pid)
{
    const std::lock_guard lock(s_hostsMutex);
    return s_hosts.contains(pid);
}

/// waitpid() with an end: a process that waits in the kernel cannot be killed (kernel.md, section 6).
bool reapWithin(pid_t pid, TimestampNs deadline)
{
    for (;;) {
        const pid_t got = ::waitpid(pid, nullptr, WNOHANG);
        if (got == pid || (got < 0 && errno != EINTR))
            return got == pid;
        if (monotonicNow() >= deadline)
            return false;
        const timespec pause{0, 500'000};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
    }
}

bool carriesMark(pid_t pid, const std::string &mark)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    return all.find(mark) != std::string::npos;
}

} // namespace

Result<EngineHostProcess> EngineHostProcess::start(const Options &options)
{
    static std::atomic<unsigned> counter{0};
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
    remember(pid);
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
    reapWithin(m_pid, monotonicNow() + 2 * kSecond);
    forget(m_pid);
    sweep();
}

void EngineHostProcess::readLines(int fd, std::string &pending, std::vector<std::string> &out)
{
    char buffer[65536];
    for (int rounds = 0; rounds < 64;
         ++rounds) { // bounded: a child that floods must not hold us here
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n <= 0)
            break;
        pending.append(buffer, std::size_t(n));
    }
    std::size_t start = 0;
    for (std::size_t end = pending.find('\n'); end != std::string::npos;
         end = pending.find('\n', start)) {
        out.push_back(pending.substr(start, end - start));
        start = end + 1;
    }
    pending.erase(0, start);
    if (pending.size() > (1u << 20)) { // a "line" without an end
        out.push_back(std::move(pending));
        pending.clear();
    }
}

void EngineHostProcess::readMessages(std::vector<Message> &out)
{
    std::move(m_early.begin(), m_early.end(), std::back_inserter(out));
    m_early.clear();
    std::vector<std::string> lines;
    readLines(m_messages.get(), m_pendingMessages, lines);
    for (const std::string &line : lines) {
        if (auto message = parseMessage(line))
            out.push_back(std::move(*message));
    }
}

void EngineHostProcess::readOutput(std::vector<std::string> &out)
{
    readLines(m_output.get(), m_pendingOutput, out);
}

Result<std::uint64_t> EngineHostProcess::waitUntilReady(DurationNs timeout)
{
    const TimestampNs deadline = monotonicNow() + timeout;
    for (;;) {
        std::vector<Message> messages;
        readMessages(messages);
        std::optional<std::uint64_t> ready;
        for (Message &message : messages) {
            if (message.kind == MessageKind::Ready)
                ready = message.number;
            else
                m_early.push_back(std::move(message));
        }
        if (ready)
            return *ready;
        const DurationNs left = deadline - monotonicNow();
        pollfd fds[2] = {{m_messages.get(), POLLIN, 0}, {m_pidFd.get(), POLLIN, 0}};
        if (left <= 0)
            return Error{ErrorCode::Failed, "the engine did not get ready within its time"};
        ::poll(fds, 2, int(left / kMillisecond) + 1);
        if (fds[1].revents && !(fds[0].revents & POLLIN)) {
            std::vector<std::string> said;
            readOutput(said);
            return Error{ErrorCode::Failed,
                         "the engine ended before it was ready"
                             + (said.empty() ? std::string() : ": " + said.back())};
        }
    }
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
    Exit result;
    if (m_pid == 0 || ::wait4(m_pid, &status, WNOHANG, &result.usage) != m_pid)
        return std::nullopt;
    forget(m_pid);
    m_pid.value = 0;
    result.signalled = WIFSIGNALED(status);
    result.code = result.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

int EngineHostProcess::sweep() const
{
    int reaped = 0;
    const TimestampNs deadline = monotonicNow() + 2 * kSecond;
    // Orphans come to this process (it is their subreaper) as their parents die, hence the rounds.
    for (bool found = true; found && monotonicNow() < deadline;) {
        found = false;
        for (const pid_t child : childrenOfThisProcess()) {
            // A zombie has no environment any more; one that is no host was an orphan of a run.
            if (isHost(child) || (!isZombie(child) && !carriesMark(child, m_mark)))
                continue;
            found = true;
            ::kill(child, SIGKILL);
            if (reapWithin(child, deadline))
                ++reaped;
        }
    }
    return reaped;
}

} // namespace Interleave
