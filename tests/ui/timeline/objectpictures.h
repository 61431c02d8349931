// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/timeline/timelinepicture.h"

#include <utility>

namespace Interleave
{

constexpr DurationNs kMs = kMillisecond;

/// Alice and Bob, the tasks 1 and 2, who both run for 100 ms.
inline HandmadeTrace withTasks()
{
    HandmadeTrace made;
    for (const auto &[id, name] : {std::pair(TaskId(1), "Alice"), std::pair(TaskId(2), "Bob")}) {
        const TrackIndex track = made.addTask(id, name);
        made.add(track, 0, 100 * kMs, SliceState::Running, id);
    }
    return made;
}

} // namespace Interleave
