// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/trace.h"

#include "core/trace/gallop.h"

#include <algorithm>
#include <thread>

namespace Interleave
{

namespace
{

constexpr std::uint64_t kOpenIsValid = std::uint64_t(1) << 40;
constexpr std::uint64_t kOpenIsDerived = std::uint64_t(1) << 41;

/// core in bits 0..15, state 16..23, reason 24..31, fraction 32..39, then the flags.
std::uint64_t packRest(const Slice &slice)
{
    return std::uint64_t(slice.core) | std::uint64_t(slice.state) << 16
        | std::uint64_t(slice.reason) << 24 | std::uint64_t(slice.fraction) << 32 | kOpenIsValid
        | (slice.derived ? kOpenIsDerived : 0);
}

/// One writer, any number of readers: an odd version says that a change is under way. The fields
/// are stored with release and loaded with acquire instead of being fenced: a reader that sees a
/// new field then also sees the odd version before it, and reads again (ThreadSanitizer knows no
/// fences).
void storeOpen(Track::Open &open, TimestampNs begin, std::uint64_t taskAndThread,
               std::uint64_t rest)
{
    const std::uint32_t version = open.version.load(std::memory_order_relaxed);
    open.version.store(version + 1, std::memory_order_relaxed);
    open.begin.store(begin, std::memory_order_release);
    open.taskAndThread.store(taskAndThread, std::memory_order_release);
    open.rest.store(rest, std::memory_order_release);
    // release: pairs with the first acquire in loadOpen()
    open.version.store(version + 2, std::memory_order_release);
}

std::optional<Slice> loadOpen(const Track::Open &open)
{
    while (true) {
        const std::uint32_t before = open.version.load(std::memory_order_acquire);
        if (before & 1) { // three stores away from being even again, if its writer has a core
            std::this_thread::yield();
            continue;
        }
        const TimestampNs begin = open.begin.load(std::memory_order_acquire);
        const std::uint64_t taskAndThread = open.taskAndThread.load(std::memory_order_acquire);
        const std::uint64_t rest = open.rest.load(std::memory_order_acquire);
        if (open.version.load(std::memory_order_relaxed) != before)
            continue;
        if (!(rest & kOpenIsValid))
            return std::nullopt;
        Slice slice;
        slice.begin = begin;
        slice.task = TaskId(taskAndThread >> 32);
        slice.thread = ThreadIndex(taskAndThread & 0xffffffffu);
        slice.core = CoreId(rest & 0xffffu);
        slice.state = SliceState(rest >> 16 & 0xffu);
        slice.reason = WaitReason(rest >> 24 & 0xffu);
        slice.fraction = std::uint8_t(rest >> 32 & 0xffu);
        slice.derived = (rest & kOpenIsDerived) != 0;
        return slice;
    }
}

} // namespace

void addToTotals(TrackTotals &totals, const Slice &slice)
{
    const DurationNs ns = slice.duration();
    switch (slice.state) {
    case SliceState::Running:
        addAsOnlyWriter(totals.running, ns);
        break;
    case SliceState::Runnable:
        addAsOnlyWriter(totals.runnable, ns);
        break;
    case SliceState::Blocked:
        addAsOnlyWriter(totals.blocked, ns);
        break;
    case SliceState::Suspended:
        addAsOnlyWriter(totals.suspended, ns);
        break;
    case SliceState::Queued:
        addAsOnlyWriter(totals.queued, ns);
        break;
    case SliceState::Others:
        addAsOnlyWriter(totals.others, ns);
        break;
    case SliceState::Lost:
    case SliceState::Sampled:
    case SliceState::Unknown:
    case SliceState::Held: // of a thing, not of who does something
        break;
    }
}

Trace::Trace()
{
    addText({}); // a name of 0 is no name
}

Trace::~Trace() = default;

const TaskRange *Trace::rangeOf(TaskId id) const
{
    if (id == kNoTask)
        return nullptr;
    if (id < m_tasks.size()) {
        const std::uint32_t range = m_tasks[id].range.load(std::memory_order_acquire);
        if (range != 0)
            return &m_ranges[range - 1];
    }
    for (std::size_t i = m_bigRanges.size(); i-- > 0;) {
        const TaskRange &range = m_ranges[m_bigRanges[i]];
        if (id >= range.first && id - range.first < range.count)
            return &range;
    }
    return nullptr;
}

std::string Trace::taskName(TaskId id) const
{
    if (id == kNoTask)
        return {};
    const TaskRange *range = rangeOf(id);
    if (range && range->isThread)
        return threadName(m_tasks[id].thread.load(std::memory_order_acquire));
    if (!range || m_texts[range->name].empty())
        return "task " + std::to_string(id);
    if (range->count == 1)
        return m_texts[range->name];
    return m_texts[range->name] + ' ' + std::to_string(id - range->first + 1);
}

const std::string *Trace::markText(std::uint32_t number) const
{
    if (number >= m_markTexts.size())
        return nullptr;
    const std::uint32_t text = m_markTexts[number].load(std::memory_order_acquire);
    return text == 0 ? nullptr : &m_texts[text - 1];
}

std::size_t Trace::allocatedBytes() const
{
    std::size_t bytes = m_tracks.allocatedBytes() + m_threads.allocatedBytes()
        + m_processes.allocatedBytes() + m_ranges.allocatedBytes() + m_tasks.allocatedBytes()
        + m_texts.allocatedBytes() + m_marks.allocatedBytes() + m_flows.allocatedBytes()
        + m_markTexts.allocatedBytes() + m_objects.allocatedBytes() + m_counters.allocatedBytes()
        + m_bigRanges.allocatedBytes();
    for (std::size_t i = 0; i < m_tracks.size(); ++i)
        bytes += m_tracks[i].slices.allocatedBytes() + m_tracks[i].pyramid.allocatedBytes();
    return bytes;
}

TrackIndex Trace::addCoreTrack(CoreId core)
{
    const auto index = TrackIndex(m_tracks.size());
    Track &track = m_tracks.next();
    track.kind = TrackKind::Core;
    track.core = core;
    m_tracks.publish();
    return index;
}

TrackIndex Trace::addThreadTrack(ThreadIndex thread)
{
    const auto index = TrackIndex(m_tracks.size());
    Track &track = m_tracks.next();
    track.kind = TrackKind::Thread;
    track.thread = thread;
    m_tracks.publish();
    m_threads.writable(thread).track.store(index, std::memory_order_release);
    return index;
}

bool Trace::defineTasks(TaskId first, std::uint32_t count, TaskKind kind, TaskId parent,
                        std::string_view name)
{
    if (first == kNoTask || count == 0 || first >= kMostTasks || count > kMostTasks - first)
        return false;
    const bool isBig = count > kMostTaskTracks;
    const std::uint32_t names = isBig ? 1 : count;
    if (names > kMostNames - m_names || (isBig && m_bigRanges.size() >= kMostBigRanges))
        return false;
    m_names += names;
    const auto number = std::uint32_t(m_ranges.size());
    m_ranges.append(first, count, kind, parent, addText(name));
    if (isBig) {
        m_bigRanges.append(number);
        return true;
    }
    for (TaskId id = first; id < first + count; ++id) {
        TaskInfo &info = *writableTask(id);
        // release: pairs with the acquire in rangeOf()
        info.range.store(number + 1, std::memory_order_release);
        if (info.track.load(std::memory_order_relaxed) != kNoTrack)
            continue; // defined before: its history stays
        const auto index = TrackIndex(m_tracks.size());
        Track &track = m_tracks.next();
        track.kind = TrackKind::Task;
        track.task = id;
        m_tracks.publish();
        info.track.store(index, std::memory_order_release);
    }
    return true;
}

ThreadIndex Trace::addThread(pid_t pid, pid_t tid, TimestampNs created, bool ofRun)
{
    const auto index = ThreadIndex(m_threads.size());
    ThreadInfo &info = m_threads.next();
    info.pid.store(pid, std::memory_order_relaxed);
    info.tid.store(tid, std::memory_order_relaxed);
    info.created.store(created, std::memory_order_relaxed);
    info.ofRun.store(ofRun, std::memory_order_relaxed);
    m_threads.publish();
    return index;
}

TaskInfo *Trace::writableTask(TaskId id)
{
    if (id >= kMostTasks)
        return nullptr;
    while (m_tasks.size() <= id) {
        m_tasks.next();
        m_tasks.publish();
    }
    return &m_tasks.writable(id);
}

std::uint32_t Trace::addText(std::string_view text)
{
    const auto index = std::uint32_t(m_texts.size());
    m_texts.append(text);
    return index;
}

void Trace::setMarkText(std::uint32_t number, std::string_view text)
{
    if (number >= kMostMarkTexts)
        return;
    while (m_markTexts.size() <= number) {
        m_markTexts.next();
        m_markTexts.publish();
    }
    m_markTexts.writable(number).store(addText(text) + 1, std::memory_order_release);
}

void Trace::append(TrackIndex track, const Slice &slice)
{
    Track &target = m_tracks.writable(track);
    const std::size_t size = target.slices.size();
    Slice kept = slice;
    if (size != 0)
        kept.begin = std::max(kept.begin, target.slices[size - 1].end);
    if (kept.end <= kept.begin)
        return;
    target.slices.append(kept);
    addToTotals(target.totals, kept);
    addAsOnlyWriter(m_slices, std::uint64_t(1));
    if (track >= m_isTouched.size())
        m_isTouched.resize(m_tracks.size());
    if (!m_isTouched[track]) {
        m_isTouched[track] = 1;
        m_touched.push_back(track);
    }
}

void Trace::setOpen(TrackIndex track, const Slice &slice)
{
    storeOpen(m_tracks.writable(track).open, slice.begin,
              std::uint64_t(slice.task) << 32 | slice.thread, packRest(slice));
}

void Trace::clearOpen(TrackIndex track)
{
    storeOpen(m_tracks.writable(track).open, 0, 0, 0);
}

void Trace::publish(TimestampNs horizon)
{
    // Bins are counted from the origin: before it is known, queries read the slices.
    if (const TimestampNs zero = origin(); zero != 0) {
        for (const TrackIndex index : m_touched) {
            Track &track = m_tracks.writable(index);
            track.pyramid.extend(track.slices, zero, horizon);
            m_isTouched[index] = 0;
        }
        m_touched.clear();
    }
    // release: pairs with the acquire in horizon()
    if (horizon > m_horizon.load(std::memory_order_relaxed))
        m_horizon.store(horizon, std::memory_order_release);
}

TraceSnapshot::TraceSnapshot(const Trace &trace)
    : m_trace(&trace)
    , m_origin(trace.origin())
    , m_horizon(trace.horizon())
{
}

std::size_t TraceSnapshot::sliceCount(TrackIndex track) const
{
    const auto &slices = m_trace->track(track).slices;
    const std::size_t size = slices.size();
    // What was appended since the horizon was read is little, and at the end.
    return size
        - gallop(0, size, [&](std::size_t i) { return slices[size - 1 - i].begin < m_horizon; });
}

std::optional<Slice> TraceSnapshot::openSlice(TrackIndex track) const
{
    std::optional<Slice> slice = loadOpen(m_trace->track(track).open);
    if (!slice || slice->begin >= m_horizon)
        return std::nullopt;
    slice->end = m_horizon;
    return slice;
}

std::size_t TraceSnapshot::firstEndingAfter(TrackIndex track, TimestampNs time) const
{
    const auto &slices = m_trace->track(track).slices;
    std::size_t low = 0;
    std::size_t high = sliceCount(track);
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (slices[middle].end > time)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

} // namespace Interleave
