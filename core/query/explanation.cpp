// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation.h"

#include "core/query/explanation_derived.h"
#include "core/query/explanation_objects.h"
#include "core/query/pixelruns_p.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace Interleave
{

namespace
{

/// So many slices are looked through for where a task ran next; it nearly always is the first.
constexpr std::size_t kFarthestNext = 256;
/// So many cores are named in a sentence.
constexpr std::size_t kMostNamedCores = 8;

/// Who had which core for how long during `span`, the longest first.
std::vector<Explanation::Occupant> occupants(const TraceSnapshot &snapshot, TimeSpan span)
{
    std::map<std::tuple<CoreId, TaskId, ThreadIndex>, DurationNs> times;
    const Trace &trace = snapshot.trace();
    for (TrackIndex i = 0; i < trace.trackCount(); ++i) {
        if (trace.track(i).kind != TrackKind::Core)
            continue;
        const SliceSequence slices(snapshot, i);
        std::size_t index = snapshot.firstEndingAfter(i, span.begin);
        for (; index < slices.size() && slices[index].begin < span.end; ++index) {
            const Slice &slice = slices[index];
            if (slice.state != SliceState::Running && slice.state != SliceState::Others)
                continue;
            const TimeSpan part = TimeSpan{slice.begin, slice.end}.intersected(span);
            if (!part.isEmpty())
                times[{trace.track(i).core, slice.task, slice.thread}] += part.duration();
        }
    }
    std::vector<Explanation::Occupant> result;
    for (const auto &[who, time] : times)
        result.push_back({std::get<0>(who), std::get<1>(who), std::get<2>(who), time});
    std::stable_sort(result.begin(), result.end(),
                     [](const auto &a, const auto &b) { return a.time > b.time; });
    return result;
}

/// Where the task or thread ran next, after a slice in which it did not.
void findNextCore(const TraceSnapshot &snapshot, const SliceHit &hit, Explanation &result)
{
    const SliceSequence slices(snapshot, hit.track);
    std::size_t index = snapshot.firstEndingAfter(hit.track, hit.slice.end);
    const std::size_t last = std::min(slices.size(), index + kFarthestNext);
    for (; index < last; ++index) {
        if (slices[index].state != SliceState::Running)
            continue;
        result.nextCore = slices[index].core;
        result.migrated = hit.slice.core != kNoCore && result.nextCore != hit.slice.core;
        return;
    }
}

/// What followed on a slice that ran: on its own track, or for one on a core, its thread's.
void findEnd(const TraceSnapshot &snapshot, const SliceHit &hit, Explanation &result)
{
    const Trace &trace = snapshot.trace();
    TrackIndex track = hit.track;
    if (trace.track(track).kind == TrackKind::Core) {
        if (hit.slice.thread >= trace.threadCount())
            return;
        track = trace.thread(hit.slice.thread).track.load(std::memory_order_acquire);
        if (track >= trace.trackCount())
            return;
    }
    const SliceSequence slices(snapshot, track);
    const std::size_t index =
        slices.firstEndingAfter(hit.slice.end, snapshot.firstEndingAfter(track, hit.slice.begin));
    if (index == slices.size() || slices[index].begin != hit.slice.end)
        return;
    const Slice &next = slices[index];
    // Derived, it is the end of a wait that was over at once, and not a preemption.
    result.endedBy = next.derived ? SliceState::Blocked : next.state;
    result.reason = next.reason;
    result.isDerived = isReasonDerived(next);
    if (result.endedBy == SliceState::Runnable)
        result.onCores = occupants(snapshot, {next.begin, next.end});
}

TaskId findResumer(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const auto &flows = snapshot.trace().flows();
    const std::size_t size = flows.size();
    std::size_t index =
        gallop(0, size, [&](std::size_t i) { return flows[i].time >= hit.slice.end; });
    for (; index < size && flows[index].time == hit.slice.end; ++index) {
        if (flows[index].to == hit.slice.task && flows[index].object == kNoObject)
            return flows[index].from;
    }
    return kNoTask;
}

int countBegun(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const Trace &trace = snapshot.trace();
    int count = 0;
    // In a program only those of its kind can be before it in a queue.
    const TaskRange *own = trace.rangeOf(hit.slice.task);
    const bool isFiner = own && (own->kind == TaskKind::Job || own->kind == TaskKind::Coroutine);
    for (TaskId id = 1; id < trace.taskEnd(); ++id) {
        const TimestampNs begun = trace.task(id).begun.load(std::memory_order_relaxed);
        if (id == hit.slice.task || begun < hit.slice.begin || begun >= hit.slice.end)
            continue;
        const TaskRange *range = trace.rangeOf(id);
        if (isFiner && (!range || range->kind != own->kind))
            continue;
        if (!range || (range->kind != TaskKind::Main && range->kind != TaskKind::Step))
            ++count;
    }
    return count;
}

std::string coreText(CoreId core)
{
    return "core " + std::to_string(core);
}

std::string nameOf(const Trace &trace, TaskId task, ThreadIndex thread)
{
    if (task != kNoTask)
        return trace.taskName(task);
    const std::string name = trace.threadName(thread);
    return name.empty() ? "another thread" : name;
}

/// "core 0 by prime 1, core 1 by prime 4": of each core, who had it longest.
std::string takenText(const Trace &trace, const std::vector<Explanation::Occupant> &onCores,
                      std::size_t &cores)
{
    std::map<CoreId, const Explanation::Occupant *> byCore;
    for (const Explanation::Occupant &occupant : onCores)
        byCore.try_emplace(occupant.core, &occupant); // the longest come first
    cores = byCore.size();
    std::string text;
    std::size_t named = 0;
    for (const auto &[core, occupant] : byCore) {
        if (named == kMostNamedCores) {
            text += " and " + std::to_string(cores - named) + " more";
            break;
        }
        if (named++ != 0)
            text += ", ";
        text += coreText(core) + " by " + nameOf(trace, occupant->task, occupant->thread);
    }
    return text;
}

/// A new thread is ready from the start; any other derived wait for a core follows a wake-up.
bool followsWakeUp(const Trace &trace, const Slice &slice)
{
    return slice.derived && slice.thread < trace.threadCount()
        && slice.begin != trace.thread(slice.thread).created.load(std::memory_order_relaxed);
}

/// "both cores were taken: core 0 by prime 1, core 1 by prime 4"; empty when none was.
std::string takenCores(const Trace &trace, const Explanation &explanation)
{
    std::size_t all = 0;
    for (TrackIndex i = 0; i < trace.trackCount(); ++i)
        all += trace.track(i).kind == TrackKind::Core ? 1 : 0;
    std::size_t taken = 0;
    const std::string who = takenText(trace, explanation.onCores, taken);
    if (taken == 0)
        return {};
    std::string text;
    if (taken < all)
        text = std::to_string(taken) + " of " + std::to_string(all)
            + (taken == 1 ? " cores was" : " cores were");
    else if (all <= 1)
        text = "the only core was";
    else if (all == 2)
        text = "both cores were";
    else
        text = "all " + std::to_string(all) + " cores were";
    return text + " taken: " + who;
}

std::string preemptedText(const Trace &trace, const Slice &slice, const Explanation &explanation)
{
    const std::string taken = takenCores(trace, explanation);
    if (!taken.empty())
        return "Ready to run, but " + taken + '.';
    return "Ready to run for " + durationText(slice.duration())
        + ", while none of this run's threads was on a core: other programs may have had them.";
}

std::string wokenText(const Trace &trace, const Slice &slice, const Explanation &explanation)
{
    const std::string taken = takenCores(trace, explanation);
    std::string text =
        "Became ready, and waited " + durationText(slice.duration()) + " for a core: ";
    if (taken.empty())
        text += "none of this run's threads had one, so the switch itself took that long, or other "
                "programs had them.";
    else
        text += taken + '.';
    return text + " Its length is the kernel's count (run_delay), drawn up to when it ran.";
}

std::string ranText(const Trace &trace, const SliceHit &hit, const Explanation &explanation)
{
    const Slice &slice = hit.slice;
    const std::string duration = durationText(slice.duration());
    if (slice.state == SliceState::Others) {
        return "Taken by another program for " + duration + ": "
            + nameOf(trace, kNoTask, slice.thread) + '.';
    }
    const std::string where = slice.core == kNoCore ? "a core" : coreText(slice.core);
    if (hit.index == -2)
        return "Has been running on " + where + " for " + duration + '.';
    std::string text = "Ran on " + where + " for " + duration;
    switch (explanation.endedBy) {
    case SliceState::Runnable: {
        text += ", then was preempted";
        const auto &who = explanation.onCores;
        const auto next = std::find_if(who.begin(), who.end(), [&](const auto &occupant) {
            return occupant.core == slice.core;
        });
        if (next != who.end())
            text += ": " + nameOf(trace, next->task, next->thread) + " took the core";
        break;
    }
    case SliceState::Blocked:
        text += explanation.reason == WaitReason::None
            ? std::string(", then blocked")
            : ", then waited for " + derivedWaitedFor(explanation.reason, explanation.isDerived);
        break;
    case SliceState::Suspended:
        text += std::string(", then was suspended to wait for ") + waitedFor(explanation.reason);
        break;
    default:
        break;
    }
    return text + '.';
}

/// \param object what it waited for, when that is known by name.
std::string waitedText(const Slice &slice, const std::string &object)
{
    const std::string duration = durationText(slice.duration());
    if (slice.reason == WaitReason::None)
        return "Blocked for " + duration + "; the reason is not known.";
    if (slice.reason == WaitReason::Sleep)
        return "Slept for " + duration + '.';
    return "Waited " + duration + " for "
        + (object.empty() ? std::string(waitedFor(slice.reason)) : object) + '.';
}

std::string queuedText(const Slice &slice, int ahead)
{
    const std::string text = "Queued for " + durationText(slice.duration());
    if (ahead == 0)
        return text + "; no other task began in the meantime.";
    return text + ": " + std::to_string(ahead)
        + (ahead == 1 ? " other task began before it." : " other tasks began before it.");
}

} // namespace

Explanation explain(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    Explanation result;
    if (hit.track >= snapshot.trace().trackCount())
        return result;
    result.reason = hit.slice.reason;
    switch (hit.slice.state) {
    case SliceState::Running:
        result.kind = Explanation::Kind::Ran;
        findEnd(snapshot, hit, result);
        return result;
    case SliceState::Others:
        result.kind = Explanation::Kind::Ran;
        return result;
    case SliceState::Runnable:
        result.kind = followsWakeUp(snapshot.trace(), hit.slice) ? Explanation::Kind::Woken
                                                                 : Explanation::Kind::Preempted;
        result.onCores = occupants(snapshot, {hit.slice.begin, hit.slice.end});
        break;
    case SliceState::Blocked:
        result.kind = Explanation::Kind::Waited;
        result.isDerived = isReasonDerived(hit.slice);
        if (result.isDerived && result.reason == WaitReason::GlobalLock)
            result.onCores = siblingsOf(snapshot.trace(), hit.slice.thread,
                                        occupants(snapshot, {hit.slice.begin, hit.slice.end}));
        else
            findWaitedObject(snapshot, hit, result);
        break;
    case SliceState::Suspended:
        result.kind = Explanation::Kind::Suspended;
        result.resumer = findResumer(snapshot, hit);
        findWaitedObject(snapshot, hit, result);
        break;
    case SliceState::Held:
        result.kind = Explanation::Kind::Held;
        return result;
    case SliceState::Queued:
        result.kind = Explanation::Kind::Queued;
        result.aheadOfIt = countBegun(snapshot, hit);
        break;
    case SliceState::Lost:
        result.kind = Explanation::Kind::Lost;
        return result;
    case SliceState::Sampled:
        result.kind = Explanation::Kind::Sampled;
        return result;
    case SliceState::Unknown:
        return result;
    }
    if (hit.index != -2)
        findNextCore(snapshot, hit, result);
    return result;
}

std::string explanationText(const TraceSnapshot &snapshot, const SliceHit &hit,
                            const Explanation &explanation)
{
    const Trace &trace = snapshot.trace();
    const Slice &slice = hit.slice;
    const std::string duration = durationText(slice.duration());
    std::string text;
    switch (explanation.kind) {
    case Explanation::Kind::Ran:
        return ranText(trace, hit, explanation);
    case Explanation::Kind::Preempted:
        text = preemptedText(trace, slice, explanation);
        break;
    case Explanation::Kind::Woken:
        text = wokenText(trace, slice, explanation);
        break;
    case Explanation::Kind::Waited:
        text = slice.derived ? derivedWaitText(trace, slice, explanation)
                             : waitedText(slice, waitedObjectText(snapshot, explanation));
        break;
    case Explanation::Kind::Held:
        return heldText(trace, hit);
    case Explanation::Kind::Suspended:
        if (isRequest(trace, slice.task))
            return requestText(slice, hit.index == -2);
        text = waitedObjectText(snapshot, explanation);
        if (text.empty())
            text = waitedFor(slice.reason);
        text = "Suspended for " + duration + ", waiting for " + text + '.';
        if (explanation.resumer != kNoTask)
            text += " Resumed by " + trace.taskName(explanation.resumer) + '.';
        break;
    case Explanation::Kind::Queued:
        text = queuedText(slice, explanation.aheadOfIt);
        break;
    case Explanation::Kind::Lost:
        return "The kernel dropped records here: what happened in these " + duration
            + " is not known.";
    case Explanation::Kind::Sampled:
        return "Sampled: on a core for about " + std::to_string((slice.fraction * 100 + 127) / 255)
            + " % of these " + duration + "; when exactly is not known.";
    case Explanation::Kind::Unknown:
        return "In progress for " + duration
            + "; whether it was on a core is not known from events alone.";
    }
    if (explanation.migrated) {
        text += " It went on on " + coreText(explanation.nextCore) + "; before, it was on "
            + coreText(slice.core) + '.';
    }
    return text;
}

} // namespace Interleave
