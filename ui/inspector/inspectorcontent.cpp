// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspectorcontent.h"

#include "core/query/explanation.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/timescale.h"

#include <QCoreApplication>

#include <algorithm>

namespace Interleave
{

namespace
{

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Inspector)
};

QString times(std::uint64_t count)
{
    return QStringLiteral("%1 ×").arg(count);
}

QString threadWords(const Trace &trace, ThreadIndex index)
{
    if (index == kNoThread || index >= trace.threadCount())
        return {};
    const pid_t tid = trace.thread(index).tid.load(std::memory_order_relaxed);
    return tid > 0 ? Words::tr("thread %1").arg(tid) : QString();
}

QString whyTitle(Explanation::Kind kind)
{
    switch (kind) {
    case Explanation::Kind::Ran:
        return Words::tr("What ended it?");
    case Explanation::Kind::Preempted:
    case Explanation::Kind::Waited:
    case Explanation::Kind::Suspended:
        return Words::tr("Why this gap?");
    case Explanation::Kind::Queued:
        return Words::tr("Why not yet?");
    case Explanation::Kind::Lost:
    case Explanation::Kind::Sampled:
    case Explanation::Kind::Unknown:
        break;
    }
    return Words::tr("What is known?");
}

void addWhere(const TraceSnapshot &snapshot, const Slice &slice, const Explanation &explanation,
              std::vector<InspectorContent::Fact> &facts)
{
    if (slice.state == SliceState::Running && slice.core != kNoCore)
        facts.push_back({Words::tr("Core"), coreWords(slice.core)});
    else if (slice.core != kNoCore && slice.state != SliceState::Others)
        facts.push_back({Words::tr("Ran last on"), coreWords(slice.core)});
    if (slice.state == SliceState::Sampled)
        facts.push_back({Words::tr("On a core"), percentWords(slice.fraction, 255)});
    if (explanation.kind == Explanation::Kind::Preempted && !slice.derived) {
        for (const Explanation::Occupant &occupant : explanation.onCores) {
            if (occupant.core != slice.core)
                continue;
            const QString name = sliceName(snapshot.trace(), occupant.task, occupant.thread);
            facts.push_back(
                {Words::tr("Preempted by"), name.isEmpty() ? Words::tr("another program") : name});
            break;
        }
    }
    if (explanation.resumer != kNoTask)
        facts.push_back(
            {Words::tr("Resumed by"), sliceName(snapshot.trace(), explanation.resumer, kNoThread)});
    if (explanation.nextCore != kNoCore) {
        const QString core = coreWords(explanation.nextCore);
        facts.push_back({Words::tr("Runs next on"),
                         explanation.migrated ? Words::tr("%1 (moved)").arg(core) : core});
    }
    if (slice.derived)
        facts.push_back({Words::tr("Known from"), Words::tr("computed, not witnessed")});
}

struct Sums {
    DurationNs running = 0, runnable = 0, blocked = 0, suspended = 0, queued = 0;
    std::uint64_t involuntary = 0, voluntary = 0, migrations = 0;

    void take(const TrackTotals &totals)
    {
        running = totals.running.load(std::memory_order_relaxed);
        runnable = totals.runnable.load(std::memory_order_relaxed);
        blocked = totals.blocked.load(std::memory_order_relaxed);
        suspended = totals.suspended.load(std::memory_order_relaxed);
        queued = totals.queued.load(std::memory_order_relaxed);
        involuntary = totals.involuntary.load(std::memory_order_relaxed);
        voluntary = totals.voluntary.load(std::memory_order_relaxed);
        migrations = totals.migrations.load(std::memory_order_relaxed);
    }
    void add(SliceState state, DurationNs time)
    {
        switch (state) {
        case SliceState::Running:
            running += time;
            break;
        case SliceState::Runnable:
            runnable += time;
            break;
        case SliceState::Blocked:
            blocked += time;
            break;
        case SliceState::Suspended:
            suspended += time;
            break;
        case SliceState::Queued:
            queued += time;
            break;
        default:
            break;
        }
    }
};

DurationNs longestWait(const TraceSnapshot &snapshot, TrackIndex track)
{
    const SegmentedVector<Slice> &slices = snapshot.trace().track(track).slices;
    const std::size_t count = snapshot.sliceCount(track);
    DurationNs longest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (slices[i].state == SliceState::Runnable)
            longest = std::max(longest, slices[i].duration());
    }
    const std::optional<Slice> open = snapshot.openSlice(track);
    if (open && open->state == SliceState::Runnable)
        longest = std::max(longest, open->duration());
    return longest;
}

/// Sums of the slice's task or, when it carries none, of its thread.
void addWholeRun(const TraceSnapshot &snapshot, const Slice &slice, InspectorContent &content)
{
    const Trace &trace = snapshot.trace();
    TrackIndex track = kNoTrack;
    Sums sums;
    if (slice.task != kNoTask && slice.task < trace.taskEnd()) {
        const TaskInfo &task = trace.task(slice.task);
        track = task.track.load(std::memory_order_relaxed);
        sums.take(task.totals);
        content.sharesTitle = Words::tr("This task, whole run");
    } else if (slice.thread != kNoThread && slice.thread < trace.threadCount()) {
        track = trace.thread(slice.thread).track.load(std::memory_order_relaxed);
        if (track < trace.trackCount())
            sums.take(trace.track(track).totals);
        content.sharesTitle = Words::tr("This thread, whole run");
    } else {
        return;
    }
    const bool hasTrack = track < trace.trackCount();
    if (const std::optional<Slice> open = hasTrack ? snapshot.openSlice(track) : std::nullopt)
        sums.add(open->state, open->duration());

    content.shares = {
        {SliceState::Running, WaitReason::None, Words::tr("running"), sums.running},
        {SliceState::Runnable, WaitReason::None, Words::tr("waiting for a core"), sums.runnable},
        {SliceState::Blocked, WaitReason::None, Words::tr("blocked"), sums.blocked},
        {SliceState::Suspended, WaitReason::None, Words::tr("suspended"), sums.suspended},
        {SliceState::Queued, WaitReason::None, Words::tr("queued"), sums.queued}};
    std::erase_if(content.shares, [](const InspectorContent::Share &share) {
        return share.time == 0 && share.state != SliceState::Running;
    });
    content.sums.push_back({Words::tr("Preempted"), times(sums.involuntary)});
    content.sums.push_back({Words::tr("Voluntary"), times(sums.voluntary)});
    content.sums.push_back({Words::tr("Migrations"), times(sums.migrations)});
    if (hasTrack) {
        const DurationNs longest = longestWait(snapshot, track);
        content.sums.push_back({Words::tr("Longest wait for a core"),
                                longest > 0 ? durationLabel(longest) : QStringLiteral("–")});
    }
}

} // namespace

InspectorContent emptyContent(const TaskSet *set, bool isRunning)
{
    InspectorContent content;
    content.title = set ? set->title : Words::tr("Nothing selected");
    if (set) {
        content.subtitle = isRunning ? Words::tr("running now") : Words::tr("not run yet");
        content.question = set->question;
        content.answer = set->answer;
    }
    content.hint =
        Words::tr("Click a slice on the timeline to see why it is what it is, or drag across "
                  "the tracks to add up a span of time.");
    return content;
}

InspectorContent sliceContent(const TraceSnapshot &snapshot, const SliceHit &hit)
{
    const Trace &trace = snapshot.trace();
    const Slice &slice = hit.slice;
    const Explanation explanation = explain(snapshot, hit);

    InspectorContent content;
    content.title = sliceName(trace, slice.task, slice.thread);
    if (slice.state == SliceState::Others || content.title.isEmpty())
        content.title = stateWords(slice.state, slice.reason);
    if (slice.state != SliceState::Others && slice.state != SliceState::Lost)
        content.task = slice.task;
    const QString thread = threadWords(trace, slice.thread);
    const QString state = stateWords(slice.state, slice.reason);
    content.subtitle = thread.isEmpty() ? state : thread + QStringLiteral(" · ") + state;

    const double grain = std::max(1.0, double(slice.duration()) / 1000);
    content.facts.push_back({Words::tr("From"), timeLabel(slice.begin - snapshot.origin(), grain)});
    content.facts.push_back({Words::tr("To"), timeLabel(slice.end - snapshot.origin(), grain)});
    content.facts.push_back({Words::tr("Length"), durationLabel(slice.duration())});
    addWhere(snapshot, slice, explanation, content.facts);

    content.why = QString::fromStdString(explanationText(snapshot, hit, explanation));
    if (!content.why.isEmpty())
        content.whyTitle = whyTitle(explanation.kind);
    if (slice.state != SliceState::Others)
        addWholeRun(snapshot, slice, content);
    return content;
}

InspectorContent reportContent(const RunReport &report, const TaskSet *set)
{
    const RunStatistics &numbers = report.statistics;
    InspectorContent content;
    content.title = report.title;
    content.subtitle = modelTitle(report.model);
    content.facts = {
        {Words::tr("Wall"), durationLabel(numbers.wall)},
        {Words::tr("CPU"), durationLabel(numbers.cpu)},
        {Words::tr("Parallelism"), QString::number(numbers.parallelism, 'f', 2)},
        {Words::tr("Peak"), QString::number(numbers.peakParallelism)},
        {Words::tr("Overlap"), durationLabel(numbers.overlap)},
        {Words::tr("Voluntary"), times(numbers.voluntary)},
        {Words::tr("Preempted"), times(numbers.involuntary)},
        {Words::tr("Migrations"), times(numbers.migrations)},
        {Words::tr("Core wait p99"),
         numbers.runQueueWait.count > 0 ? durationLabel(numbers.runQueueWait.p99)
                                        : QStringLiteral("–")},
        {Words::tr("Spawn, mean"), durationLabel(numbers.spawn)},
        {Words::tr("Lost"), QString::number(report.recordsLost + report.eventsDropped)},
        {Words::tr("Source"), sourceWords(report.source)},
        {Words::tr("Priority"), report.priority},
    };
    std::erase_if(content.facts,
                  [](const InspectorContent::Fact &fact) { return fact.value.isEmpty(); });
    content.why = report.sentence;
    content.isWhyFirst = true;
    if (!content.why.isEmpty())
        content.whyTitle = Words::tr("What the numbers show");
    if (set) {
        content.question = set->question;
        content.answer = set->answer;
    }
    content.hint =
        Words::tr("Click a slice to see why it is what it is, or drag across the tracks to "
                  "add up a span of time.");
    return content;
}

} // namespace Interleave
