// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/processmemory.h"

#include <cstdio>
#include <cstring>
#include <string>

#include <dirent.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr int kDeepest = 16; ///< levels of descendants; a fork bomb must not take us along

std::uint64_t residentBytes(pid_t pid)
{
    std::FILE *file = std::fopen(("/proc/" + std::to_string(pid) + "/status").c_str(), "re");
    if (!file)
        return 0;
    std::uint64_t kib = 0;
    char line[256];
    while (std::fgets(line, sizeof line, file)) {
        unsigned long long value = 0;
        if (std::sscanf(line, "RssAnon: %llu", &value) == 1
            || std::sscanf(line, "RssFile: %llu", &value) == 1)
            kib += value;
    }
    std::fclose(file);
    return kib * 1024;
}

std::uint64_t residentBytesBelow(pid_t pid, int depth)
{
    std::uint64_t sum = residentBytes(pid);
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    DIR *folder = depth > 0 ? opendir(tasks.c_str()) : nullptr;
    if (!folder)
        return sum;
    while (const dirent *entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        std::FILE *children = std::fopen((tasks + '/' + entry->d_name + "/children").c_str(), "re");
        if (!children)
            continue;
        for (int child = 0; std::fscanf(children, "%d", &child) == 1;) {
            if (child != ::getpid())
                sum += residentBytesBelow(child, depth - 1);
        }
        std::fclose(children);
    }
    closedir(folder);
    return sum;
}

} // namespace

std::uint64_t residentBytesOfTree(pid_t root)
{
    return residentBytesBelow(root, kDeepest);
}

} // namespace Interleave
