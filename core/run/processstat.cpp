// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/processstat.h"

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// How far the clock of /proc, which also runs while the machine sleeps, is ahead of CLOCK_MONOTONIC.
DurationNs bootAheadOfMonotonic()
{
    timespec boot;
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return TimestampNs(boot.tv_sec) * kSecond + boot.tv_nsec - monotonicNow();
}

/// Of the kernel's flags word (include/linux/sched.h): set by fork, taken away by exec.
constexpr unsigned kForkedNoExec = 0x40; // PF_FORKNOEXEC

/// The entries of a folder of /proc whose names are numbers.
std::vector<pid_t> numbersIn(const std::string &path)
{
    std::vector<pid_t> numbers;
    DIR *folder = opendir(path.c_str());
    if (!folder)
        return numbers;
    while (const dirent *entry = readdir(folder)) {
        int number = 0;
        if (std::sscanf(entry->d_name, "%d", &number) == 1)
            numbers.push_back(number);
    }
    closedir(folder);
    return numbers;
}

std::optional<ProcessStat> readStat(const std::string &folder)
{
    std::ifstream file(folder + "/stat");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    const std::size_t end = line.rfind(')'); // the name before it may hold anything
    if (end == std::string::npos)
        return std::nullopt;
    ProcessStat stat;
    unsigned flags = 0;
    unsigned long long ticks = 0;
    const int read =
        std::sscanf(line.c_str() + end + 1,
                    " %c %d %d %d" // fields 3 to 6
                    " %*s %*s %u" // 9, then 12 others up to field 22
                    " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
                    &stat.state, &stat.parent, &stat.group, &stat.session, &flags, &ticks);
    if (read != 6)
        return std::nullopt;
    stat.isForked = (flags & kForkedNoExec) != 0;
    static const long ticksPerSecond = sysconf(_SC_CLK_TCK);
    stat.started = TimestampNs(ticks) * (kSecond / ticksPerSecond) - bootAheadOfMonotonic();
    return stat;
}

} // namespace

std::optional<ProcessStat> readProcessStat(pid_t pid)
{
    return readStat("/proc/" + std::to_string(pid));
}

char stateOfProcess(pid_t pid)
{
    const auto stat = readProcessStat(pid);
    if (!stat)
        return 0;
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const pid_t tid : numbersIn(tasks)) {
        const auto thread = readStat(tasks + '/' + std::to_string(tid));
        if (thread && thread->state == 'D')
            return 'D';
    }
    return stat->state;
}

std::vector<pid_t> childrenOfThisProcess()
{
    std::vector<pid_t> children;
    const std::string tasks = "/proc/self/task";
    for (const pid_t tid : numbersIn(tasks)) { // each thread has the children that it started
        std::ifstream file(tasks + '/' + std::to_string(tid) + "/children");
        children.insert(children.end(), std::istream_iterator<pid_t>(file), {});
    }
    return children;
}

bool carriesMark(pid_t pid, const std::string &mark)
{
    constexpr int kLooks = 20;
    const std::string folder = "/proc/" + std::to_string(pid);
    for (int i = 0; i < kLooks && !mark.empty(); ++i) {
        std::ifstream file(folder + "/environ", std::ios::binary);
        const std::string all{std::istreambuf_iterator<char>(file), {}};
        char program[8];
        // In the middle of an exec it is empty, too; a thread of the kernel and a zombie have no program.
        if (!all.empty() || ::readlink((folder + "/exe").c_str(), program, sizeof program) < 0)
            return all.find(mark) != std::string::npos;
        const timespec pause{0, 500'000};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
    }
    return false;
}

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

} // namespace Interleave
