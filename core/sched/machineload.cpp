// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/machineload.h"

#include "core/base/uniquefd.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// The beginning of /proc/stat, at least to the end of the lines that begin with "cpu".
std::string readCpuLines()
{
    const UniqueFd fd(::open("/proc/stat", O_RDONLY | O_CLOEXEC));
    std::string text;
    if (!fd.isOpen())
        return text;
    std::array<char, 8192> chunk;
    for (;;) {
        const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
        if (got <= 0)
            return text;
        text.append(chunk.data(), std::size_t(got));
        if (text.find("\nintr") != std::string::npos)
            return text;
    }
}

/// Reads the numbers of `line`, separated by blanks, into `out`. \return how many there were.
std::size_t parseNumbers(std::string_view line, std::uint64_t *out, std::size_t most)
{
    std::size_t count = 0;
    const char *at = line.data();
    const char *end = at + line.size();
    while (count < most) {
        while (at != end && *at == ' ')
            ++at;
        const auto parsed = std::from_chars(at, end, out[count]);
        if (parsed.ec != std::errc())
            break;
        at = parsed.ptr;
        ++count;
    }
    return count;
}

/// Fields of a "cpuN" line in the order of proc_stat(5). guest is already contained in user.
enum Field { User, Nice, System, Idle, IoWait, Irq, SoftIrq, Steal, FieldCount };

} // namespace

std::vector<CoreLoad> readCoreLoads()
{
    static const DurationNs tick = kSecond / std::max(1L, sysconf(_SC_CLK_TCK));
    const std::string text = readCpuLines();
    std::vector<CoreLoad> loads;
    std::string_view rest = text;
    while (rest.substr(0, 3) == "cpu") {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos || !std::isdigit(static_cast<unsigned char>(line[3])))
            continue; // "cpu " is the sum over all cores
        std::array<std::uint64_t, FieldCount> f{};
        if (parseNumbers(line.substr(blank), f.data(), f.size()) <= Idle)
            continue;
        CoreLoad load;
        load.busy = DurationNs(f[User] + f[Nice] + f[System] + f[Irq] + f[SoftIrq]) * tick;
        load.idle = DurationNs(f[Idle] + f[IoWait]) * tick;
        load.steal = DurationNs(f[Steal]) * tick;
        loads.push_back(load);
    }
    return loads;
}

bool readThreadSchedStat(int pid, int tid, ThreadSchedStat &out)
{
    const UniqueFd fd = openThreadSchedStat(pid, tid);
    return fd.isOpen() && readThreadSchedStat(fd.get(), out);
}

UniqueFd openThreadSchedStat(int pid, int tid)
{
    std::array<char, 64> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/schedstat", pid, tid);
    return UniqueFd(::open(path.data(), O_RDONLY | O_CLOEXEC));
}

bool readThreadSchedStat(int fd, ThreadSchedStat &out)
{
    std::array<char, 96> text;
    const ssize_t got = ::pread(fd, text.data(), text.size(), 0); // from its start: a new reading
    std::array<std::uint64_t, 3> numbers{};
    if (got <= 0
        || parseNumbers({text.data(), std::size_t(got)}, numbers.data(), numbers.size()) != 3)
        return false;
    out.ran = DurationNs(numbers[0]);
    out.waitedOnRunQueue = DurationNs(numbers[1]);
    out.timesRun = numbers[2];
    return true;
}

} // namespace Interleave
