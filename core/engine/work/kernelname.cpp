// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/kernelname.h"

#include <sys/prctl.h>

namespace Interleave
{

std::string kernelName(std::string_view name)
{
    if (name.size() <= kLongestKernelName)
        return std::string(name);
    std::size_t end = kLongestKernelName;
    while (end > 0
           && (static_cast<unsigned char>(name[end]) & 0xC0u) == 0x80u) // inside a character
        --end;
    return std::string(name.substr(0, end));
}

void setKernelName(std::string_view name)
{
    prctl(PR_SET_NAME, kernelName(name).c_str());
}

std::string currentKernelName()
{
    char name[kLongestKernelName + 2] = {}; // one byte more than it writes: always ended
    prctl(PR_GET_NAME, name);
    return name;
}

} // namespace Interleave
