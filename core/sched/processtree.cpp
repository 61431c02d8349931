// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/processtree.h"

#include "core/base/uniquefd.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iterator>
#include <map>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

std::string readAll(const char *path)
{
    std::string text;
    const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
    if (!fd.isOpen())
        return text;
    std::array<char, 4096> chunk;
    for (ssize_t got; (got = ::read(fd.get(), chunk.data(), chunk.size())) > 0;)
        text.append(chunk.data(), std::size_t(got));
    return text;
}

/// Takes the next number off `text`. \return false when there is none.
template<typename Number>
bool takeNumber(std::string_view &text, Number &number)
{
    const std::size_t first = text.find_first_not_of(" \n");
    if (first == std::string_view::npos)
        return false;
    const char *end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + first, end, number);
    if (parsed.ec != std::errc())
        return false;
    text.remove_prefix(std::size_t(parsed.ptr - text.data()));
    return true;
}

/// What CLOCK_BOOTTIME, by which starts are told, is ahead of CLOCK_MONOTONIC: the time asleep.
DurationNs timeSuspended()
{
    timespec ts;
    clock_gettime(CLOCK_BOOTTIME, &ts);
    return std::max<DurationNs>(0, DurationNs(ts.tv_sec) * kSecond + ts.tv_nsec - monotonicNow());
}

/// Appends the children that thread `tid` has made, or was given when another one ended.
void listChildren(pid_t pid, pid_t tid, std::vector<pid_t> &out)
{
    std::array<char, 64> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/children", pid, tid);
    const std::string text = readAll(path.data());
    std::string_view rest = text;
    for (pid_t child = 0; takeNumber(rest, child);)
        out.push_back(child);
}

/// Everybody's parents, for kernels that do not list children.
std::multimap<pid_t, pid_t> allChildren()
{
    std::multimap<pid_t, pid_t> children;
    for (const pid_t pid : numbersIn("/proc").value_or(std::vector<pid_t>())) {
        if (const auto status = readThreadStatus(pid, pid))
            children.emplace(status->parentPid, pid);
    }
    return children;
}

bool areChildrenListed()
{
    return ::access("/proc/thread-self/children", F_OK) == 0;
}

/// \param without a process below `root` that is left out, with all that descends from it; or 0.
std::vector<pid_t> treeOf(pid_t root, pid_t without)
{
    std::vector<pid_t> tree;
    if (threadsOf(root).empty())
        return tree;
    tree.push_back(root);
    const bool isListed = areChildrenListed();
    const std::multimap<pid_t, pid_t> all =
        isListed ? std::multimap<pid_t, pid_t>() : allChildren();
    for (std::size_t i = 0; i < tree.size(); ++i) {
        std::vector<pid_t> children;
        const pid_t pid = tree[i];
        if (isListed) {
            for (const pid_t tid : threadsOf(pid))
                listChildren(pid, tid, children);
        } else {
            const auto [first, last] = all.equal_range(pid);
            std::transform(first, last, std::back_inserter(children),
                           [](const auto &entry) { return entry.second; });
        }
        for (const pid_t child : children) {
            if (child != without && std::find(tree.begin(), tree.end(), child) == tree.end())
                tree.push_back(child);
        }
    }
    return tree;
}

} // namespace

std::optional<ThreadStatus> parseThreadStatus(std::string_view text)
{
    // The name stands in parentheses and may itself contain some.
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open
        || close + 2 >= text.size())
        return std::nullopt;
    ThreadStatus status;
    status.name = text.substr(open + 1, close - open - 1);
    status.state = text[close + 2];
    static const DurationNs tick = kSecond / std::max(1L, sysconf(_SC_CLK_TCK));
    std::string_view rest = text.substr(close + 3);
    for (int field = 4; field <= 39; ++field) {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        std::string_view word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(word.size());
        std::uint64_t number = 0; // the fields of use are none of those that may be negative
        const bool isNumber = takeNumber(word, number);
        if (field <= 22 && rest.empty())
            return std::nullopt;
        if (field == 4)
            status.parentPid = pid_t(number);
        else if (field == 22)
            status.started = std::max<TimestampNs>(0, TimestampNs(number) * tick - timeSuspended());
        else if (field == 39 && isNumber && number < kNoCore)
            status.core = CoreId(number);
    }
    return status;
}

std::optional<ThreadStatus> readThreadStatus(pid_t pid, pid_t tid)
{
    std::array<char, 64> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task/%d/stat", pid, tid);
    return parseThreadStatus(readAll(path.data()));
}

std::optional<std::vector<pid_t>> numbersIn(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory)
        return std::nullopt;
    std::vector<pid_t> numbers;
    while (const dirent *entry = readdir(directory)) {
        const char *end = entry->d_name + std::strlen(entry->d_name);
        pid_t number = 0;
        if (std::from_chars(entry->d_name, end, number).ptr == end && number > 0)
            numbers.push_back(number);
    }
    closedir(directory);
    return numbers;
}

std::vector<pid_t> threadsOf(pid_t pid)
{
    std::array<char, 32> path;
    std::snprintf(path.data(), path.size(), "/proc/%d/task", pid);
    return numbersIn(path.data()).value_or(std::vector<pid_t>());
}

std::vector<pid_t> processTree(pid_t root)
{
    return treeOf(root, 0);
}

std::vector<pid_t> processTreeOfOthers(pid_t root)
{
    return treeOf(root, getpid());
}

} // namespace Interleave
