// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspector/inspectorcontent.h"

#include "core/query/explanation.h"
#include "core/query/knowledge.h"
#include "ui/command/commandwords.h"
#include "ui/inspector/statewords.h"
#include "ui/timeline/holding.h"
#include "ui/timeline/legend.h"
#include "ui/timeline/taskend.h"
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
    case Explanation::Kind::Woken:
    case Explanation::Kind::Waited:
    case Explanation::Kind::Suspended:
        return Words::tr("Why this gap?");
    case Explanation::Kind::Queued:
        return Words::tr("Why not yet?");
    case Explanation::Kind::Held:
        return Words::tr("Who had it?");
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
    else if (slice.core != kNoCore && slice.state != SliceState::Others
             && slice.state != SliceState::Held)
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
    if (explanation.kind == Explanation::Kind::Woken)
        facts.push_back(
            {Words::tr("Known from"), Words::tr("the kernel's count of time in run queues")});
    else if (!derivedText(slice).isEmpty())
        facts.push_back({Words::tr("Known from"),
                         slice.reason == WaitReason::GlobalLock
                             ? Words::tr("who ran when, inferred")
                             : Words::tr("/proc, while it waited (sampled)")});
    else if (slice.derived)
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

/// What no sum tells, found by a walk along a track.
struct Walk {
    DurationNs longestWait = 0; ///< for a core
    DurationNs inProgress = 0; ///< on a core or not: nobody knows

    void add(const Slice &slice)
    {
        if (slice.state == SliceState::Runnable)
            longestWait = std::max(longestWait, slice.duration());
        else if (slice.state == SliceState::Unknown)
            inProgress += slice.duration();
    }
};

/// \param only of a thread that stands for a task: that; else kNoTask.
Walk walkAlong(const TraceSnapshot &snapshot, TrackIndex track, TaskId only)
{
    const SegmentedVector<Slice> &slices = snapshot.trace().track(track).slices;
    const std::size_t count = snapshot.sliceCount(track);
    Walk walk;
    const auto add = [&walk, only](const Slice &slice) {
        if (only == kNoTask || slice.task == only)
            walk.add(slice);
    };
    for (std::size_t i = 0; i < count; ++i)
        add(slices[i]);
    if (const std::optional<Slice> open = snapshot.openSlice(track))
        add(*open);
    return walk;
}

std::vector<InspectorContent::Share> sharesOf(const Sums &sums, const Walk &walk, Knowledge knows)
{
    std::vector<InspectorContent::Share> shares{
        {SliceState::Running, WaitReason::None, Words::tr("running"), sums.running, !knows.totals},
        {SliceState::Runnable, WaitReason::None, Words::tr("waiting for a core"), sums.runnable},
        {SliceState::Blocked, WaitReason::None, Words::tr("blocked"), sums.blocked},
        {SliceState::Suspended, WaitReason::None, Words::tr("suspended"), sums.suspended},
        {SliceState::Queued, WaitReason::None, Words::tr("queued"), sums.queued}};
    if (!knows.totals) {
        // Otherwise the time on cores is known, and this is a part of it.
        shares.push_back({SliceState::Unknown, WaitReason::None,
                          Words::tr("in progress, on a core or not"), walk.inProgress});
    }
    std::erase_if(shares, [](const InspectorContent::Share &share) {
        return share.time == 0 && share.state != SliceState::Running;
    });
    return shares;
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
        const ThreadIndex thread = task.thread.load(std::memory_order_relaxed);
        if (track == kNoTrack && thread < trace.threadCount()
            && trace.thread(thread).task.load(std::memory_order_relaxed) == slice.task)
            track = trace.thread(thread).track.load(std::memory_order_relaxed);
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
    // What finer tasks do on a thread that stands for a task is theirs.
    const bool isThread = hasTrack && trace.track(track).kind == TrackKind::Thread;
    const TaskId only = isThread ? slice.task : kNoTask;
    const std::optional<Slice> open = hasTrack ? snapshot.openSlice(track) : std::nullopt;
    if (open && (only == kNoTask || open->task == only))
        sums.add(open->state, open->duration());
    const Walk walk = hasTrack ? walkAlong(snapshot, track, only) : Walk();
    const Knowledge knows = knowledgeOf(trace.source());
    const auto add = [&](const QString &key, const QString &value) {
        content.sums.push_back(InspectorContent::factIf(knows.switches, key, value));
    };
    content.shares = sharesOf(sums, walk, knows);
    add(Words::tr("Preempted"), times(sums.involuntary));
    add(Words::tr("Voluntary"), times(sums.voluntary));
    add(Words::tr("Migrations"), times(sums.migrations));
    if (hasTrack)
        add(Words::tr("Longest wait for a core"),
            walk.longestWait > 0 ? durationLabel(walk.longestWait) : dashMark());
}

/// Who has a lock, since when, and who waits for it.
void addHolding(const TraceSnapshot &snapshot, const SliceHit &hit,
                const std::optional<DeadlockReport> &deadlock, double grain,
                InspectorContent &content)
{
    const Trace &trace = snapshot.trace();
    const Holding holding = holdingOf(snapshot, hit, deadlock);
    content.title = QString::fromStdString(trace.objectName(holding.object));
    content.subtitle = Words::tr("held by %1").arg(holdersText(trace, holding));
    content.facts.push_back({Words::tr("Held by"), holdersText(trace, holding)});
    if (holding.holder != kNoTask) {
        content.facts.push_back(
            {Words::tr("Held since"), timeLabel(holding.held.begin - snapshot.origin(), grain)});
        content.facts.push_back(
            {holding.isGoingOn ? Words::tr("Held so far") : Words::tr("Held for"),
             durationLabel(holding.held.duration())});
    }
    content.facts.push_back(
        {Words::tr("Waiting"),
         holding.waiters > 0 ? waitersText(trace, holding) : Words::tr("nobody")});
}

/// What a wait for a lock is for, where that is certain.
void addWaited(const TraceSnapshot &snapshot, const SliceHit &hit,
               const std::optional<DeadlockReport> &deadlock,
               std::vector<InspectorContent::Fact> &facts)
{
    const WaitedObject waited = waitedObjectOf(snapshot, hit, deadlock);
    if (!waited.name.isEmpty())
        facts.push_back({Words::tr("Waits for"), waited.name});
    if (!waited.holder.isEmpty())
        facts.push_back({Words::tr("Held by"), waited.holder});
}

QString processTitle(const Trace &trace, ThreadIndex thread)
{
    if (thread >= trace.threadCount())
        return {};
    const ProcessIndex process = trace.thread(thread).process.load(std::memory_order_relaxed);
    return shortCommand(QString::fromStdString(trace.processName(process)));
}

/// Who created a task; empty where nobody did, or nobody knows. Of processes, and of what is
/// created outside of a program's tasks, that is a process; of threads, a thread.
QString makerOf(const Trace &trace, TaskId task)
{
    const TaskRange *range = trace.rangeOf(task);
    if (!range || range->parent == kNoTask || range->kind == TaskKind::Step)
        return {}; // a step is a part of its parent
    const TaskRange *parent = trace.rangeOf(range->parent);
    if (!parent || !parent->isThread)
        return sliceName(trace, range->parent, kNoThread);
    const ThreadIndex maker = trace.task(range->parent).thread.load(std::memory_order_relaxed);
    if (!range->isThread) {
        // A process pool's job is unpickled in the worker: it was created elsewhere.
        return range->kind == TaskKind::Job ? QString() : processTitle(trace, maker);
    }
    const ThreadIndex made = trace.task(task).thread.load(std::memory_order_relaxed);
    if (made < trace.threadCount() && trace.thread(made).wasThere.load(std::memory_order_relaxed))
        return {}; // /proc tells the parent of its process, not who created it
    return range->kind == TaskKind::Process ? processTitle(trace, maker)
                                            : sliceName(trace, kNoTask, maker);
}

void addMaker(const Trace &trace, const Slice &slice, std::vector<InspectorContent::Fact> &facts)
{
    if (slice.task == kNoTask || slice.state == SliceState::Lost)
        return;
    if (const QString maker = makerOf(trace, slice.task); !maker.isEmpty())
        facts.push_back({Words::tr("Made by"), maker});
}

/// How the slice's task ended, where that was not as it should.
void addBadEnd(const Trace &trace, const Slice &slice, std::vector<InspectorContent::Fact> &facts)
{
    if (slice.task == kNoTask || slice.task >= trace.taskEnd())
        return;
    const TaskOutcome outcome = trace.task(slice.task).outcome.load(std::memory_order_relaxed);
    if (isBadEnd(outcome))
        facts.push_back({Words::tr("The task ended"), outcomeWords(outcome)});
}

} // namespace

InspectorContent::Fact InspectorContent::factIf(bool isKnown, const QString &key,
                                                const QString &value)
{
    return {key, isKnown ? value : dashMark(), !isKnown};
}

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

InspectorContent sliceContent(const TraceSnapshot &snapshot, const SliceHit &hit,
                              const std::optional<DeadlockReport> &deadlock)
{
    const Trace &trace = snapshot.trace();
    const Slice &slice = hit.slice;
    const Explanation explanation = explain(snapshot, hit);

    InspectorContent content;
    content.title = sliceName(trace, slice.task, slice.thread);
    if (slice.state == SliceState::Others || content.title.isEmpty())
        content.title = stateWords(slice);
    if (slice.state != SliceState::Others && slice.state != SliceState::Lost)
        content.task = slice.task;
    const QString thread = threadWords(trace, slice.thread);
    const QString state = stateWords(slice);
    content.subtitle = thread.isEmpty() ? state : thread + QStringLiteral(" · ") + state;

    const double grain = std::max(1.0, double(slice.duration()) / 1000);
    content.facts.push_back({Words::tr("From"), timeLabel(slice.begin - snapshot.origin(), grain)});
    content.facts.push_back({Words::tr("To"), timeLabel(slice.end - snapshot.origin(), grain)});
    content.facts.push_back({Words::tr("Length"), durationLabel(slice.duration())});
    addWhere(snapshot, slice, explanation, content.facts);
    const bool isLock = trace.track(hit.track).kind == TrackKind::Lock;
    if (isLock) {
        addHolding(snapshot, hit, deadlock, grain, content);
    } else {
        addWaited(snapshot, hit, deadlock, content.facts);
        addMaker(trace, slice, content.facts);
    }

    content.why = QString::fromStdString(explanationText(snapshot, hit, explanation));
    if (!content.why.isEmpty())
        content.whyTitle = whyTitle(explanation.kind);
    if (slice.state != SliceState::Others && !isLock) {
        addWholeRun(snapshot, slice, content);
        addBadEnd(trace, slice, content.sums);
    }
    return content;
}

} // namespace Interleave
