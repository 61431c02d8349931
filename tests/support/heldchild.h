// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

/// A second process of the same test program, held before its exec until release().
///
/// The test's main() asks childMode() first and, when it is not null, does what the mode says and
/// ends with _exit(): so a child is a program of its own with one thread, whatever threads the test
/// framework runs, which the sanitizers need. Its standard input is the hold pipe: one byte per
/// release(), which the child may wait for again with waitForRelease(). Killed and reaped by the
/// destructor.
class HeldChild
{
public:
    /// The first argument of a program that is to be a child; the mode is the second.
    static constexpr const char *kFlag = "--as-held-child";

    explicit HeldChild(const char *mode)
    {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0)
            std::abort();
        std::string flag = kFlag;
        std::string copy = mode;
        std::string program = "/proc/self/exe";
        std::array<char *, 4> arguments = {program.data(), flag.data(), copy.data(), nullptr};
        m_pid = fork();
        if (m_pid < 0)
            std::abort();
        if (m_pid == 0) { // only async-signal-safe calls from here on
            char byte = 0;
            dup2(in[0], STDIN_FILENO);
            dup2(out[1], STDOUT_FILENO);
            ::close(in[1]); // so that the end of the test ends the wait
            if (::read(STDIN_FILENO, &byte, 1) == 1)
                execv(program.data(), arguments.data());
            _exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        m_hold.reset(in[1]);
        m_output.reset(out[0]);
        m_pidFd.reset(int(syscall(SYS_pidfd_open, m_pid, 0)));
    }
    HeldChild(const HeldChild &) = delete;
    HeldChild &operator=(const HeldChild &) = delete;
    ~HeldChild()
    {
        if (m_isReaped)
            return;
        kill(m_pid, SIGKILL);
        waitpid(m_pid, nullptr, 0);
    }

    [[nodiscard]] pid_t pid() const { return m_pid; }

    /// Lets it start, or go on.
    bool release() { return ::write(m_hold.get(), "x", 1) == 1; }

    /// The next line of its standard output without the line's end; empty at the end or after 10 s.
    std::string line()
    {
        std::string text;
        char byte = 0;
        while (isReadable(m_output.get()) && ::read(m_output.get(), &byte, 1) == 1 && byte != '\n')
            text += byte;
        return text;
    }

    /// All that is left of its standard output, up to its end.
    std::string rest()
    {
        std::string text;
        for (std::string next = line(); !next.empty(); next = line())
            text += next + '\n';
        return text;
    }

    /// \return its exit status, 128 + n after signal n, -1 when it has not ended within 10 s.
    int wait()
    {
        int status = 0;
        if (!isReadable(m_pidFd.get()) || waitpid(m_pid, &status, 0) != m_pid)
            return -1;
        m_isReaped = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    /// The mode that this process was started in as a child, else null.
    static const char *childMode(int argc, char **argv)
    {
        return argc == 3 && std::strcmp(argv[1], kFlag) == 0 ? argv[2] : nullptr;
    }

    /// For the child: waits for the parent's next release().
    static bool waitForRelease()
    {
        char byte = 0;
        return ::read(STDIN_FILENO, &byte, 1) == 1;
    }

    /// For the child: one line to the parent.
    static void say(const std::string &text)
    {
        const std::string whole = text + '\n';
        if (::write(STDOUT_FILENO, whole.data(), whole.size()) != ssize_t(whole.size()))
            _exit(126);
    }

private:
    static bool isReadable(int fd)
    {
        const TimestampNs deadline = monotonicNow() + 10 * kSecond;
        for (;;) {
            pollfd one{fd, POLLIN, 0};
            const DurationNs left = deadline - monotonicNow();
            const int ready = poll(&one, 1, left > 0 ? int(left / kMillisecond) + 1 : 0);
            if (ready > 0)
                return true;
            if (ready == 0 || errno != EINTR)
                return false;
        }
    }

    pid_t m_pid = -1;
    UniqueFd m_pidFd;
    UniqueFd m_hold;
    UniqueFd m_output;
    bool m_isReaped = false;
};

} // namespace Interleave
