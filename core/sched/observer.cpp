// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/observer.h"

namespace Interleave
{

const char *sourceName(Source source)
{
    switch (source) {
    case Source::KernelWide:
        return "kernel-wide";
    case Source::Kernel:
        return "kernel";
    case Source::Sampled:
        return "sampled";
    case Source::Events:
        return "events";
    }
    return "events";
}

} // namespace Interleave
