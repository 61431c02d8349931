// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder_p.h"

#include <algorithm>

namespace Interleave
{

namespace
{

std::uint8_t fractionOf(std::uint32_t ranNs, DurationNs intervalNs)
{
    const std::uint64_t share =
        (std::uint64_t(ranNs) * 255 + std::uint64_t(intervalNs) / 2) / std::uint64_t(intervalNs);
    return std::uint8_t(std::min<std::uint64_t>(share, 255));
}

} // namespace

/// One thread in one interval. What of the interval the recorder has spoken for already (tasks that
/// ended in it, an open wait) stays as it is; the rest gets the sampled share.
void SliceBuilder::Private::sampled(const SchedEvent &event, TimestampNs now)
{
    const DurationNs intervalNs = event.time - event.lostSince;
    if (intervalNs <= 0 || event.tid == 0)
        return;
    const bool isNew = !aliveThread(event.tid);
    ThreadLife &thread = threadOf(event.pid, event.tid, now);
    if (isNew)
        thread.since = event.lostSince;
    CoreLife *core = coreOf(event.core);
    if (thread.since < event.lostSince) {
        // Between two samples that say something it neither ran nor was ready to.
        const SliceState before = thread.state;
        if (thread.isSeen && before == SliceState::Unknown) {
            thread.state = SliceState::Blocked;
            thread.reason = WaitReason::None;
        }
        closePiece(thread, event.lostSince);
        thread.state = before;
    }
    thread.isSeen = true;
    if (event.core != kNoCore && event.ranNs > 0)
        thread.core = event.core;
    addSampledTotals(thread, core, event);
    if (thread.state == SliceState::Blocked)
        return;
    Slice slice = pieceOf(thread);
    slice.end = now;
    slice.state = SliceState::Sampled;
    slice.core = event.core;
    slice.fraction = fractionOf(event.ranNs, intervalNs);
    thread.since = std::max(thread.since, now);
    emitPiece(thread, slice);
    markDirty(thread);
    if (core && event.ranNs > 0)
        sampleOnCore(*core, slice, event.ranNs);
}

void SliceBuilder::Private::addSampledTotals(ThreadLife &thread, CoreLife *core,
                                             const SchedEvent &event)
{
    const auto add = [&event](TrackTotals &totals) {
        addAsOnlyWriter(totals.running, DurationNs(event.ranNs));
        addAsOnlyWriter(totals.runnable, DurationNs(event.readyNs));
    };
    add(m_trace.writableTrack(trackOf(thread)).totals);
    if (thread.task != kNoTask)
        add(m_trace.writableTask(thread.task)->totals);
    if (core)
        addAsOnlyWriter(m_trace.writableTrack(core->track).totals.running, DurationNs(event.ranNs));
}

/// Of the threads that were on one core in one interval, the one with the largest share stands for
/// it.
void SliceBuilder::Private::sampleOnCore(CoreLife &core, const Slice &slice, std::uint32_t ranNs)
{
    if (core.sample && core.sample->end != slice.end)
        flushSample(core);
    if (!core.sample || ranNs > core.sampleRanNs) {
        core.sample = slice;
        core.sampleRanNs = ranNs;
    }
}

void SliceBuilder::Private::flushSample(CoreLife &core)
{
    if (!core.sample)
        return;
    m_trace.append(core.track, *core.sample);
    core.sample.reset();
}

} // namespace Interleave
