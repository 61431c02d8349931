// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

struct CpuSetFree {
    void operator()(cpu_set_t *set) const { CPU_FREE(set); }
};

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// "4" or "2-5"; anything else adds nothing.
void addRange(std::string_view text, std::vector<CoreId> &cores)
{
    const char *const begin = text.data();
    const char *const end = begin + text.size();
    CoreId first = 0;
    auto parsed = std::from_chars(begin, end, first);
    if (parsed.ec != std::errc())
        return;
    CoreId last = first;
    if (parsed.ptr != end) {
        if (*parsed.ptr != '-')
            return;
        parsed = std::from_chars(parsed.ptr + 1, end, last);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            return;
    }
    if (last == kNoCore)
        return;
    for (unsigned core = first; core <= last; ++core)
        cores.push_back(CoreId(core));
}

std::vector<CoreId> coresUpTo(long count)
{
    std::vector<CoreId> cores;
    for (long core = 0; core < std::clamp(count, 1L, long(kNoCore)); ++core)
        cores.push_back(CoreId(core));
    return cores;
}

/// The value of the first line "key : value" or "key=value" of a file; empty when there is none.
std::string valueOf(const char *path, std::string_view key, char separator)
{
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::size_t at = line.find(separator);
        if (at == std::string::npos || trimmed(std::string_view(line).substr(0, at)) != key)
            continue;
        std::string_view value = trimmed(std::string_view(line).substr(at + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

std::string processorName(const char *architecture)
{
    std::string name = valueOf("/proc/cpuinfo", "model name", ':');
    if (name.empty())
        name = valueOf("/proc/cpuinfo", "Model", ':'); // some ARM boards
    if (name.empty()) {
        // The device tree's text ends in a NUL byte.
        std::ifstream model("/sys/firmware/devicetree/base/model");
        std::getline(model, name, '\0');
    }
    return name.empty() ? std::string(architecture) : name;
}

} // namespace

std::vector<CoreId> parseCoreList(std::string_view text)
{
    std::vector<CoreId> cores;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        addRange(trimmed(text.substr(0, comma)), cores);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    std::sort(cores.begin(), cores.end());
    cores.erase(std::unique(cores.begin(), cores.end()), cores.end());
    return cores;
}

std::vector<CoreId> onlineCores()
{
    std::ifstream file("/sys/devices/system/cpu/online");
    std::string line;
    if (std::getline(file, line)) {
        std::vector<CoreId> cores = parseCoreList(line);
        if (!cores.empty())
            return cores;
    }
    return coresUpTo(sysconf(_SC_NPROCESSORS_ONLN));
}

std::vector<CoreId> allowedCores()
{
    // The kernel answers EINVAL to a set smaller than its own, so the set grows until it fits.
    for (int count = 1024; count <= int(kNoCore) + 1; count *= 2) {
        const std::unique_ptr<cpu_set_t, CpuSetFree> set(CPU_ALLOC(count));
        const std::size_t bytes = CPU_ALLOC_SIZE(count);
        if (!set)
            break;
        CPU_ZERO_S(bytes, set.get());
        if (sched_getaffinity(0, bytes, set.get()) != 0)
            continue;
        std::vector<CoreId> cores;
        for (int core = 0; core < count && core < int(kNoCore); ++core) {
            if (CPU_ISSET_S(core, bytes, set.get()))
                cores.push_back(CoreId(core));
        }
        return cores;
    }
    return onlineCores();
}

MachineDescription describeMachine()
{
    MachineDescription machine;
    machine.cores = int(onlineCores().size());
    utsname system = {};
    if (uname(&system) == 0)
        machine.kernel = std::string(system.sysname) + ' ' + system.release;
    machine.processor = processorName(system.machine);
    machine.distribution = valueOf("/etc/os-release", "PRETTY_NAME", '=');
    if (machine.distribution.empty())
        machine.distribution = valueOf("/usr/lib/os-release", "PRETTY_NAME", '=');
    return machine;
}

} // namespace Interleave
