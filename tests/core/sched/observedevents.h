// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/schedevent.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

namespace Interleave
{

using Kind = SchedEventKind;
using Events = std::vector<SchedEvent>;

inline std::set<pid_t> tidsOf(const Events &events, Kind kind)
{
    std::set<pid_t> tids;
    for (const SchedEvent &event : events) {
        if (event.kind == kind)
            tids.insert(event.tid);
    }
    return tids;
}

/// Sorted by time.
inline Events ofKind(const Events &events, Kind kind)
{
    Events chosen;
    std::copy_if(events.begin(), events.end(), std::back_inserter(chosen),
                 [kind](const SchedEvent &event) { return event.kind == kind; });
    std::stable_sort(chosen.begin(), chosen.end(),
                     [](const SchedEvent &a, const SchedEvent &b) { return a.time < b.time; });
    return chosen;
}

inline Events after(const Events &events, TimestampNs time)
{
    Events later;
    std::copy_if(events.begin(), events.end(), std::back_inserter(later),
                 [time](const SchedEvent &event) { return event.time > time; });
    return later;
}

} // namespace Interleave
