// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/explanation.h"

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
    result.endedBy = next.state;
    result.reason = next.reason;
    if (next.state == SliceState::Runnable)
        result.onCores = occupants(snapshot, {next.begin, next.end});
}

TaskId findResumer(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const auto &flows = snapshot.trace().flows();
    const std::size_t size = flows.size();
    std::size_t index =
        gallop(0, size, [&](std::size_t i) { return flows[i].time >= hit.slice.end; });
    for (; index < size && flows[index].time == hit.slice.end; ++index) {
        if (flows[index].to == hit.slice.task)
            return flows[index].from;
    }
    return kNoTask;
}

int countBegun(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const Trace &trace = snapshot.trace();
    int count = 0;
    for (TaskId id = 1; id < trace.taskEnd(); ++id) {
        const TimestampNs begun = trace.task(id).begun.load(std::memory_order_relaxed);
        if (id == hit.slice.task || begun < hit.slice.begin || begun >= hit.slice.end)
            continue;
        const TaskRange *range = trace.rangeOf(id);
        if (!range || (range->kind != TaskKind::Main && range->kind != TaskKind::Step))
            ++count;
    }
    return count;
}

/// What one waits for, after "for ".
const char *waitedFor(WaitReason reason)
{
    switch (reason) {
    case WaitReason::None:
        return "something that is not known";
    case WaitReason::Sleep:
        return "a timer";
    case WaitReason::Lock:
        return "a lock";
    case WaitReason::Io:
        return "input or output";
    case WaitReason::Child:
        return "a child process to end";
    case WaitReason::Join:
        return "others to end";
    case WaitReason::Condition:
        return "a condition";
    case WaitReason::Semaphore:
        return "a semaphore";
    case WaitReason::Barrier:
        return "the others at a barrier";
    case WaitReason::Queue:
        return "a queue";
    case WaitReason::Idle:
        return "work";
    case WaitReason::Yield:
        return "its next turn";
    case WaitReason::Await:
        return "another task";
    }
    return "something that is not known";
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

std::string preemptedText(const Trace &trace, const Slice &slice, const Explanation &explanation)
{
    std::size_t all = 0;
    for (TrackIndex i = 0; i < trace.trackCount(); ++i)
        all += trace.track(i).kind == TrackKind::Core ? 1 : 0;
    std::size_t taken = 0;
    const std::string who = takenText(trace, explanation.onCores, taken);
    if (taken == 0) {
        return "Ready to run for " + durationText(slice.duration())
            + ", while none of this run's threads was on a core: other programs may have had them.";
    }
    std::string text = "Ready to run, but ";
    if (taken < all)
        text += std::to_string(taken) + " of " + std::to_string(all)
            + (taken == 1 ? " cores was" : " cores were");
    else if (all <= 1)
        text += "the only core was";
    else if (all == 2)
        text += "both cores were";
    else
        text += "all " + std::to_string(all) + " cores were";
    return text + " taken: " + who + '.';
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
            : std::string(", then waited for ") + waitedFor(explanation.reason);
        break;
    case SliceState::Suspended:
        text += std::string(", then was suspended to wait for ") + waitedFor(explanation.reason);
        break;
    default:
        break;
    }
    return text + '.';
}

std::string waitedText(const Slice &slice)
{
    const std::string duration = durationText(slice.duration());
    if (slice.reason == WaitReason::None)
        return "Blocked for " + duration + "; the reason is not known.";
    if (slice.reason == WaitReason::Sleep)
        return "Slept for " + duration + '.';
    return "Waited " + duration + " for " + waitedFor(slice.reason) + '.';
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
        result.kind = Explanation::Kind::Preempted;
        result.onCores = occupants(snapshot, {hit.slice.begin, hit.slice.end});
        break;
    case SliceState::Blocked:
        result.kind = Explanation::Kind::Waited;
        break;
    case SliceState::Suspended:
        result.kind = Explanation::Kind::Suspended;
        result.resumer = findResumer(snapshot, hit);
        break;
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
    case Explanation::Kind::Waited:
        text = waitedText(slice);
        break;
    case Explanation::Kind::Suspended:
        text = "Suspended for " + duration + ", waiting for " + waitedFor(slice.reason) + '.';
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

std::string durationText(DurationNs duration)
{
    const std::string sign = duration < 0 ? "-" : "";
    const std::uint64_t ns = duration < 0 ? 0 - std::uint64_t(duration) : std::uint64_t(duration);
    if (ns < 1000)
        return sign + std::to_string(ns) + " ns";
    struct Unit {
        std::uint64_t ns;
        const char *name;
    };
    static constexpr Unit kUnits[] = {{1'000, "\u00b5s"}, {1'000'000, "ms"}, {1'000'000'000, "s"}};
    // The unit and the decimals are chosen by the rounded value: 999.6 us is 1.00 ms.
    const Unit *unit = kUnits;
    while (unit->ns != 1'000'000'000 && ns + unit->ns / 2 >= 1000 * unit->ns)
        ++unit;
    std::uint64_t parts = 100; // of a unit, to which it is rounded
    if (ns + unit->ns / 20 >= 100 * unit->ns)
        parts = 1;
    else if (ns + unit->ns / 200 >= 10 * unit->ns)
        parts = 10;
    const std::uint64_t step = unit->ns / parts;
    const std::uint64_t rounded = (ns + step / 2) / step;
    std::string text = sign + std::to_string(rounded / parts);
    if (parts > 1) {
        const std::string decimals = std::to_string(rounded % parts);
        text += '.' + std::string(parts == 100 && decimals.size() < 2 ? 1 : 0, '0') + decimals;
    }
    return text + ' ' + unit->name;
}

} // namespace Interleave
