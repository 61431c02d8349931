// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/processreports.h"

#include "core/query/pixelruns_p.h"
#include "core/taskset/commandbytes.h"

#include <cstddef>
#include <queue>
#include <tuple>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// For how long some of several threads did something, and for how long two or more did.
struct Together {
    DurationNs any = 0;
    DurationNs several = 0;
};

/// Goes over the slices of several threads at once, in order of time.
class ThreadSweep
{
public:
    explicit ThreadSweep(bool (*counts)(const Slice &))
        : m_counts(counts)
    {
    }

    void add(const SliceSequence &slices) { m_walks.push_back({slices, 0, false}); }

    Together run()
    {
        for (std::size_t i = 0; i < m_walks.size(); ++i)
            pushNext(i);
        Together result;
        int open = 0;
        TimestampNs last = 0;
        while (!m_boundaries.empty()) {
            const Boundary next = m_boundaries.top();
            m_boundaries.pop();
            if (open >= 1)
                result.any += next.time - last;
            if (open >= 2)
                result.several += next.time - last;
            last = next.time;
            open += next.isBegin ? 1 : -1;
            pushNext(next.walk);
        }
        return result;
    }

private:
    struct Walk {
        SliceSequence slices;
        std::size_t index;
        bool isOpen;
    };
    struct Boundary {
        TimestampNs time;
        bool isBegin;
        std::size_t walk;
        /// The latest first, as std::priority_queue wants it; at equal times ends before begins.
        bool operator<(const Boundary &o) const
        {
            return std::tie(time, isBegin, walk) > std::tie(o.time, o.isBegin, o.walk);
        }
    };

    void pushNext(std::size_t number)
    {
        Walk &walk = m_walks[number];
        if (walk.isOpen) {
            m_boundaries.push({walk.slices[walk.index].end, false, number});
            ++walk.index;
            walk.isOpen = false;
            return;
        }
        while (walk.index < walk.slices.size() && !m_counts(walk.slices[walk.index]))
            ++walk.index;
        if (walk.index == walk.slices.size())
            return;
        m_boundaries.push({walk.slices[walk.index].begin, true, number});
        walk.isOpen = true;
    }

    bool (*m_counts)(const Slice &);
    std::vector<Walk> m_walks;
    std::priority_queue<Boundary> m_boundaries;
};

bool isGlobalLockWait(const Slice &slice)
{
    return slice.state == SliceState::Blocked && slice.reason == WaitReason::GlobalLock
        && slice.derived;
}
bool isRunning(const Slice &slice)
{
    return slice.state == SliceState::Running;
}
bool wantsCore(const Slice &slice)
{
    return isRunning(slice) || slice.state == SliceState::Runnable || isGlobalLockWait(slice);
}

QString interpreterName(Interpreter interpreter)
{
    switch (interpreter) {
    case Interpreter::None:
        break;
    case Interpreter::Python:
        return u"python"_s;
    case Interpreter::FreePython:
        return u"python without a global lock"_s;
    }
    return {};
}

/// Of what programs say of themselves, in whatever bytes.
QString textOf(const std::string &bytes)
{
    return readableText(textOfBytes(QByteArray::fromStdString(bytes)));
}

QString textOf(const Trace &trace, const std::atomic<std::uint32_t> &text)
{
    return textOf(trace.text(text.load(std::memory_order_acquire)));
}

/// What is known without looking at slices.
ProcessReport describe(const TraceSnapshot &snapshot, ProcessIndex index)
{
    const Trace &trace = snapshot.trace();
    const ProcessInfo &info = trace.process(index);
    ProcessReport report;
    report.pid = info.pid.load(std::memory_order_relaxed);
    const ProcessIndex parent = info.parent.load(std::memory_order_relaxed);
    if (parent < trace.processCount())
        report.parentPid = trace.process(parent).pid.load(std::memory_order_relaxed);
    report.name = textOf(trace, info.name);
    report.commandLine = textOf(trace, info.commandLine);
    report.title = textOf(trace.processName(index));
    report.interpreter = interpreterName(info.interpreter.load(std::memory_order_relaxed));
    report.hasHelper = info.hasHelper.load(std::memory_order_relaxed);
    report.isHousekeeping = info.isHousekeeping.load(std::memory_order_relaxed);
    report.wasThere = info.wasThere.load(std::memory_order_relaxed);
    const TimestampNs created = info.created.load(std::memory_order_relaxed);
    const TimestampNs ended = info.ended.load(std::memory_order_relaxed);
    if (created != 0)
        report.start = created - snapshot.origin();
    report.hasEnded = ended != 0;
    report.end = (ended != 0 ? ended : snapshot.horizon()) - snapshot.origin();
    report.knows = knowledgeOf(trace.source());
    return report;
}

bool isOneAtATime(const ProcessReport &report, DurationNs wanted)
{
    return report.contended >= kLeastContended && report.contended >= wanted / kContendedShare
        && report.overlap < report.contended / kOverlapShare
        && report.globalLockWait >= report.contended / kWaitShare;
}

void addGlobalLockWaits(ProcessReport &report, const SliceSequence &slices)
{
    for (std::size_t i = 0; i < slices.size(); ++i) {
        if (!isGlobalLockWait(slices[i]))
            continue;
        report.globalLockWait += slices[i].duration();
        ++report.globalLockWaits;
    }
}

void addThreads(ProcessReport &report, const TraceSnapshot &snapshot,
                const std::vector<TrackIndex> &tracks, bool hasGlobalLock)
{
    ThreadSweep running(&isRunning);
    ThreadSweep wanting(&wantsCore);
    for (const TrackIndex track : tracks) {
        const SliceSequence slices(snapshot, track);
        if (!report.knows.switches) { // the sums of the sampler; nothing of placement
            report.cpu +=
                snapshot.trace().track(track).totals.running.load(std::memory_order_relaxed);
            continue;
        }
        for (std::size_t i = 0; i < slices.size(); ++i)
            report.cpu += isRunning(slices[i]) ? slices[i].duration() : 0;
        addGlobalLockWaits(report, slices);
        running.add(slices);
        wanting.add(slices);
    }
    if (!report.knows.switches || tracks.size() < 2)
        return;
    report.overlap = running.run().several;
    if (!hasGlobalLock && report.interpreter.isEmpty())
        return;
    const Together wanted = wanting.run();
    report.contended = wanted.several;
    if (hasGlobalLock && isOneAtATime(report, wanted.any))
        report.verdict = u"one at a time: GIL"_s;
}

} // namespace

std::vector<ProcessReport> processReports(const TraceSnapshot &snapshot)
{
    const Trace &trace = snapshot.trace();
    const std::size_t count = trace.processCount();
    std::vector<int> threads(count);
    std::vector<std::vector<TrackIndex>> tracks(count);
    for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
        const ThreadInfo &thread = trace.thread(i);
        const ProcessIndex process = thread.process.load(std::memory_order_relaxed);
        if (process >= count || !thread.ofRun.load(std::memory_order_relaxed))
            continue;
        ++threads[process];
        const TrackIndex track = thread.track.load(std::memory_order_acquire);
        if (track < trace.trackCount())
            tracks[process].push_back(track);
    }
    std::vector<ProcessReport> reports;
    for (ProcessIndex i = 0; i < count; ++i) {
        if (!trace.process(i).ofRun.load(std::memory_order_relaxed))
            continue;
        ProcessReport report = describe(snapshot, i);
        report.threads = threads[i];
        const bool hasGlobalLock =
            trace.process(i).interpreter.load(std::memory_order_relaxed) == Interpreter::Python;
        addThreads(report, snapshot, tracks[i], hasGlobalLock);
        reports.push_back(std::move(report));
    }
    return reports;
}

} // namespace Interleave
