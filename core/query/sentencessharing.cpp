// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// How long the tasks of which `counts(task)` is true waited for that reason, by the trace.
template<typename Counts>
DurationNs waitedFor(const RunReport &report, WaitReason why, Counts counts)
{
    DurationNs sum = 0;
    for (const TaskStatistics *task : workOf(report)) {
        if (!report.trace || task->id >= report.trace->taskEnd() || !counts(*task))
            continue;
        const TrackIndex track = report.trace->task(task->id).track.load(std::memory_order_relaxed);
        if (track == kNoTrack)
            continue;
        const SegmentedVector<Slice> &slices = report.trace->track(track).slices;
        for (std::size_t i = 0; i < slices.size(); ++i) {
            const bool isWait =
                slices[i].state == SliceState::Blocked || slices[i].state == SliceState::Suspended;
            if (isWait && slices[i].reason == why)
                sum += slices[i].duration();
        }
    }
    return sum;
}

bool anybody(const TaskStatistics &)
{
    return true;
}

/// The first object of a kind, or nullptr.
const ObjectInfo *objectOf(const RunReport &report, ObjectKind kind)
{
    for (std::size_t i = 0; report.trace && i < report.trace->objectCount(); ++i) {
        if (report.trace->object(i).kind == kind)
            return &report.trace->object(i);
    }
    return nullptr;
}

/// How many held an object at once, by its lock track. `skips(slice)`: what is not counted.
struct Holders {
    unsigned most = 0;
    double mean = 0; ///< while anybody held it
};
template<typename Skips>
Holders holdersOf(const RunReport &report, const ObjectInfo *object, Skips skips)
{
    Holders holders;
    if (!object || object->track == kNoTrack)
        return holders;
    const SegmentedVector<Slice> &slices = report.trace->track(object->track).slices;
    double weighted = 0, held = 0;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const Slice &slice = slices[i];
        if (slice.state != SliceState::Held || slice.holders() == 0 || skips(slice))
            continue;
        holders.most = std::max(holders.most, slice.holders());
        weighted += double(slice.holders()) * double(slice.duration());
        held += double(slice.duration());
    }
    holders.mean = held > 0 ? weighted / held : 0;
    return holders;
}

QString msText(double ms)
{
    return lengthText(DurationNs(std::llround(ms * double(kMillisecond))));
}

qint64 parameter(const RunReport &report, const char *name)
{
    return report.params.value(QLatin1String(name)).toInteger(0);
}

QString permitsSentence(const RunReport &report)
{
    const auto holders = holdersOf(report, objectOf(report, ObjectKind::Semaphore),
                                   [](const Slice &) { return false; });
    const double most =
        holders.most > 0 ? double(holders.most) : resultNumber(report, "peak_inside");
    QString sentence =
        u"%1 shared %2: at most %3 held one at the same time, and all were through after %4"_s.arg(
            counted(workOf(report).size(), u"task"_s),
            counted(std::uint64_t(parameter(report, "permits")), u"permit"_s),
            QString::number(qint64(most)), lengthText(report.statistics.wall));
    const DurationNs waited = waitedFor(report, WaitReason::Semaphore, anybody);
    if (waited > 0)
        sentence += u"; together they waited for a permit for %1"_s.arg(lengthText(waited));
    return sentence + u'.';
}

/// The depth of a queue over time, from its counter.
struct Depth {
    double mean = 0;
    double fullShare = 0; ///< of the time from the first to the last change
};
Depth depthOf(const RunReport &report, const ObjectInfo *queue)
{
    Depth depth;
    if (!queue)
        return depth;
    const SegmentedVector<CounterSample> &samples = report.trace->counters();
    const CounterSample *last = nullptr;
    double weighted = 0, full = 0, whole = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (samples[i].object != queue->id)
            continue;
        if (last) {
            const double length = double(samples[i].time - last->time);
            weighted += length * double(last->value);
            full += last->value >= queue->capacity ? length : 0;
            whole += length;
        }
        last = &samples[i];
    }
    if (whole > 0) {
        depth.mean = weighted / whole;
        depth.fullShare = full / whole;
    }
    return depth;
}

/// "the producer" where there is one, else "the producers".
template<typename Is>
QString roleText(const RunReport &report, Is is, const QString &noun)
{
    const ListedTasks tasks = workOf(report);
    const auto count = std::count_if(tasks.begin(), tasks.end(),
                                     [&is](const TaskStatistics *task) { return is(*task); });
    return u"the "_s + noun + (count == 1 ? QString() : u"s"_s);
}

QString queueSentence(const RunReport &report)
{
    const ObjectInfo *queue = objectOf(report, ObjectKind::Channel);
    QString sentence = u"%1 went through a queue of %2 in %3"_s.arg(
        counted(std::uint64_t(resultNumber(report, "items")), u"item"_s),
        counted(std::uint64_t(parameter(report, "capacity")), u"place"_s),
        lengthText(report.statistics.wall));
    if (const double rate = resultNumber(report, "items_per_second"); rate > 0)
        sentence += u", at %1 in a second between the first and the last"_s.arg(
            QString::number(rate, 'f', 1));
    if (queue) {
        const Depth depth = depthOf(report, queue);
        sentence += u"; the queue held %1 on average and was full for %2 % of the time"_s.arg(
            QString::number(depth.mean, 'f', 1), QString::number(100 * depth.fullShare, 'f', 0));
    }
    const auto isProducer = [](const TaskStatistics &task) {
        return task.name.starts_with("producer");
    };
    const auto isConsumer = [](const TaskStatistics &task) {
        return task.name.starts_with("consumer");
    };
    return u"%1; %2 waited %3 for a free place, %4 %5 for an item."_s.arg(
        sentence, roleText(report, isProducer, u"producer"_s),
        lengthText(waitedFor(report, WaitReason::Queue, isProducer)),
        roleText(report, isConsumer, u"consumer"_s),
        lengthText(waitedFor(report, WaitReason::Queue, isConsumer)));
}

QString policyText(const RunReport &report)
{
    const QString policy = report.params.value("policy"_L1).toString();
    if (policy == "mutex"_L1)
        return u"one at a time"_s;
    return policy == "prefer-writers"_L1 ? u"writers first"_s : u"readers first"_s;
}

QString readersSentence(const RunReport &report)
{
    const ObjectKind kind = report.params.value("policy"_L1).toString() == "mutex"_L1
        ? ObjectKind::Lock
        : ObjectKind::ReadWriteLock;
    const auto readers = holdersOf(report, objectOf(report, kind), [&report](const Slice &slice) {
        return slice.holders() == 1 && report.trace->taskName(slice.task).starts_with("writer");
    });
    QString sentence = u"%1 and %2 in %3, %4"_s.arg(
        counted(std::uint64_t(resultNumber(report, "reads")), u"read"_s),
        counted(std::uint64_t(resultNumber(report, "writes")), u"write"_s),
        lengthText(report.statistics.wall), policyText(report));
    if (readers.most > 0)
        sentence +=
            u": while somebody read, %1 did so at once on average"_s.arg(ratioText(readers.mean));
    return u"%1; a writer waited up to %2 for its turn, a reader %3 on average; fairness %4 of 1."_s
        .arg(sentence, msText(resultNumber(report, "writer_wait_max_ms")),
             msText(resultNumber(report, "reader_wait_mean_ms")),
             ratioText(resultNumber(report, "fairness")));
}

QString philosophersSentence(const RunReport &report)
{
    const QString who = counted(workOf(report).size(), u"philosopher"_s);
    const QString meals = counted(std::uint64_t(resultNumber(report, "meals_in_all")), u"meal"_s);
    const QString wall = lengthText(report.statistics.wall);
    if (report.outcome == RunOutcome::Deadlocked)
        return u"%1 ate %2 and then waited for each other's forks in a circle."_s.arg(who, meals);
    QString sentence = u"%1 ate %2 in %3"_s.arg(who, meals, wall);
    const qint64 workers = parameter(report, "workers");
    const bool isSmallPool =
        report.model == "pool"_L1 && workers > 0 && workers < parameter(report, "seats");
    if (isSmallPool)
        sentence += u", never more than %1 at the table at once"_s.arg(workers);
    if (report.model == "sequential"_L1)
        sentence += u", one after another"_s;
    sentence += u"; from being hungry to having both forks it took %1 on average, at most %2"_s.arg(
        msText(resultNumber(report, "hungry_ms_mean")),
        msText(resultNumber(report, "hungry_ms_longest")));
    if (const double backOffs = resultNumber(report, "back_offs"); backOffs > 0)
        sentence += u", and %1 a fork was put back to try again"_s.arg(
            counted(std::uint64_t(backOffs), u"time"_s));
    return u"%1; fairness of the meals %2 of 1."_s.arg(sentence,
                                                       ratioText(resultNumber(report, "fairness")));
}

/// "; straggler came last 4 of 4 times", from the instants at which the barrier opened.
QString lastArrivals(const RunReport &report)
{
    if (!report.trace)
        return {};
    std::map<TaskId, std::size_t> openings;
    std::size_t all = 0;
    const SegmentedVector<MarkInfo> &marks = report.trace->marks();
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i].kind == MarkKind::Barrier) {
            ++openings[marks[i].task];
            ++all;
        }
    }
    const auto most =
        std::max_element(openings.begin(), openings.end(),
                         [](const auto &a, const auto &b) { return a.second < b.second; });
    if (most == openings.end() || most->first == kNoTask)
        return {};
    return u"; %1 came last %2 of %3"_s.arg(
        QString::fromStdString(report.trace->taskName(most->first)), QString::number(most->second),
        counted(all, u"time"_s));
}

QString stragglerSentence(const RunReport &report)
{
    const ListedTasks tasks = workOf(report);
    DurationNs lives = 0;
    for (const TaskStatistics *task : tasks)
        lives += task->end - task->start;
    QString sentence =
        u"%1 took %2"_s.arg(counted(std::uint64_t(resultNumber(report, "phases")), u"phase"_s),
                            lengthText(report.statistics.wall));
    const DurationNs waited = waitedFor(report, WaitReason::Barrier, anybody);
    if (lives > 0)
        sentence += u": %1 waited for each other for %2 in all, %3 % of their time"_s.arg(
            counted(tasks.size(), u"task"_s), lengthText(waited),
            QString::number(100.0 * double(waited) / double(lives), 'f', 0));
    sentence += lastArrivals(report);
    if (report.model == "coroutines"_L1)
        sentence += u". One thread carried them all, one after another, so their waits took no "
                    u"core from anybody"_s;
    return sentence + u'.';
}

} // namespace

std::optional<QString> sharingSentence(const RunReport &report)
{
    if (report.slug == "permits"_L1)
        return permitsSentence(report);
    if (report.slug == "producer-consumer"_L1)
        return queueSentence(report);
    if (report.slug == "readers-writer"_L1)
        return readersSentence(report);
    if (report.slug == "philosophers"_L1)
        return philosophersSentence(report);
    if (report.slug == "straggler"_L1)
        return stragglerSentence(report);
    return std::nullopt;
}

} // namespace Interleave
