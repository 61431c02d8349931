// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation_derived.h"

#include "core/query/explanation_objects.h"

#include <algorithm>
#include <iterator>

namespace Interleave
{

namespace
{

/// So many of the threads that ran meanwhile are named in a sentence.
constexpr std::size_t kMostNamedSiblings = 3;

std::string occupantName(const Trace &trace, const Explanation::Occupant &occupant)
{
    return occupant.task != kNoTask ? trace.taskName(occupant.task)
                                    : trace.threadName(occupant.thread);
}

/// " Meanwhile main (4.98 ms) ran."; empty when none did.
std::string meanwhileText(const Trace &trace, const std::vector<Explanation::Occupant> &siblings)
{
    if (siblings.empty())
        return {};
    std::string text = " Meanwhile ";
    for (std::size_t i = 0; i < siblings.size() && i < kMostNamedSiblings; ++i) {
        if (i != 0)
            text += ", ";
        text += occupantName(trace, siblings[i]) + " (" + durationText(siblings[i].time) + ')';
    }
    if (siblings.size() > kMostNamedSiblings)
        text += " and " + std::to_string(siblings.size() - kMostNamedSiblings) + " more";
    return text + " ran.";
}

} // namespace

bool isReasonDerived(const Slice &slice)
{
    return slice.derived && slice.state == SliceState::Blocked && slice.reason != WaitReason::None;
}

std::string derivedWaitedFor(WaitReason reason, bool isDerived)
{
    if (isDerived && reason == WaitReason::GlobalLock)
        return "the GIL (inferred)";
    return waitedFor(reason);
}

std::vector<Explanation::Occupant> siblingsOf(const Trace &trace, ThreadIndex thread,
                                              const std::vector<Explanation::Occupant> &onCores)
{
    std::vector<Explanation::Occupant> siblings;
    if (thread >= trace.threadCount())
        return siblings;
    const pid_t pid = trace.thread(thread).pid.load(std::memory_order_relaxed);
    std::copy_if(onCores.begin(), onCores.end(), std::back_inserter(siblings),
                 [&](const Explanation::Occupant &occupant) {
                     return occupant.thread != thread && occupant.thread < trace.threadCount()
                         && trace.thread(occupant.thread).pid.load(std::memory_order_relaxed)
                         == pid;
                 });
    return siblings;
}

std::string derivedWaitText(const Trace &trace, const Slice &slice, const Explanation &explanation)
{
    const std::string duration = durationText(slice.duration());
    switch (slice.reason) {
    case WaitReason::None: // the recording began in the middle of it
        return "Was waiting already when the recording began, and " + duration
            + " from then on; the reason is not known.";
    case WaitReason::GlobalLock:
        return "Off its core for " + duration + ", waiting for the GIL (inferred)."
            + meanwhileText(trace, explanation.onCores);
    case WaitReason::Sleep:
        return "Slept for " + duration + ", as seen in /proc while it waited (sampled).";
    default:
        return "Waited " + duration + " for " + waitedFor(slice.reason)
            + ", as seen in /proc while it waited (sampled).";
    }
}

bool isRequest(const Trace &trace, TaskId task)
{
    const TaskRange *range = trace.rangeOf(task);
    return range && range->kind == TaskKind::Request;
}

std::string requestText(const Slice &slice, bool isGoingOn)
{
    const std::string duration = durationText(slice.duration());
    const std::string what =
        slice.reason == WaitReason::Connection ? "a free connection" : "the answer";
    return (isGoingOn ? "Has been waiting for " : "Waited for ") + what + " for " + duration
        + ". A request is on no thread: the task that made it may do other things meanwhile.";
}

} // namespace Interleave
