// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// "20,000,000": large numbers are read, not counted.
QString grouped(double number)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(qlonglong(number));
}

QString choice(const RunReport &report, QLatin1StringView name)
{
    return report.params.value(name).toString();
}

QString parallelismText(const RunReport &report)
{
    const RunStatistics &s = report.statistics;
    return u"%1 of work took %2, parallelism %3"_s.arg(lengthText(s.cpu), lengthText(s.wall),
                                                       ratioText(s.parallelism));
}

/// How often the global lock went from one task to another, and how long it was from one time to
/// the next on average.
struct HandOvers {
    std::uint64_t count = 0;
    DurationNs pitch = 0; ///< 0 where there were fewer than two
};

HandOvers handOversOf(const RunReport &report)
{
    HandOvers result;
    TaskId holder = kNoTask;
    TimestampNs first = 0, last = 0;
    for (std::size_t i = 0; report.trace && i < report.trace->objectCount(); ++i) {
        const ObjectInfo &object = report.trace->object(i);
        if (object.kind != ObjectKind::GlobalLock || object.track == kNoTrack)
            continue;
        const SegmentedVector<Slice> &slices = report.trace->track(object.track).slices;
        for (std::size_t k = 0; k < slices.size(); ++k) {
            const Slice &slice = slices[k];
            if (slice.state != SliceState::Held || slice.holders() != 1 || slice.task == holder)
                continue;
            if (holder != kNoTask) {
                last = slice.begin;
                first = result.count == 0 ? last : first;
                ++result.count;
            }
            holder = slice.task;
        }
    }
    if (result.count > 1)
        result.pitch = (last - first) / DurationNs(result.count - 1);
    return result;
}

QString globalLockSentence(const RunReport &report)
{
    const RunStatistics &s = report.statistics;
    const qint64 each = report.params.value("work_ms"_L1).toInteger(0);
    QString tasks = counted(workOf(report).size(), u"task"_s);
    if (each > 0)
        tasks += u" of %1"_s.arg(lengthText(each * kMillisecond));
    const bool isLocked = report.model == "gil"_L1;
    if (isLocked)
        tasks += u" under one global lock"_s;
    QString sentence = u"%1 took %2"_s.arg(tasks, lengthText(s.wall));
    if (knowsTotals(report))
        sentence += u" for %1 of work"_s.arg(lengthText(s.cpu));
    if (knowsSwitches(report))
        sentence += u"; two or more were on cores at the same time for %1 of that"_s.arg(
            shareText(s.overlap, s.wall));
    const HandOvers handOvers = isLocked ? handOversOf(report) : HandOvers();
    if (handOvers.count > 0)
        sentence +=
            u"; the lock went from one to another %1"_s.arg(counted(handOvers.count, u"time"_s));
    if (handOvers.pitch > 0)
        sentence += u", every %1 on average"_s.arg(lengthText(handOvers.pitch));
    return sentence + u'.';
}

/// The slices of a task, or nullptr when its track is not known.
const SegmentedVector<Slice> *slicesOf(const RunReport &report, const TaskStatistics &task)
{
    if (!report.trace || task.id >= report.trace->taskEnd())
        return nullptr;
    const TrackIndex track = report.trace->task(task.id).track.load(std::memory_order_relaxed);
    return track == kNoTrack ? nullptr : &report.trace->track(track).slices;
}

/// How long two or more of the tasks were on cores at the same time, by the trace.
DurationNs timeOnCoresTogether(const RunReport &report, const ListedTasks &tasks)
{
    std::vector<std::pair<TimestampNs, int>> steps;
    for (const TaskStatistics *task : tasks) {
        const SegmentedVector<Slice> *slices = slicesOf(report, *task);
        for (std::size_t i = 0; slices && i < slices->size(); ++i) {
            const Slice &slice = (*slices)[i];
            if (slice.state != SliceState::Running)
                continue;
            steps.emplace_back(slice.begin, 1);
            steps.emplace_back(slice.end, -1);
        }
    }
    std::sort(steps.begin(), steps.end()); // ends before begins where both fall on one moment
    DurationNs together = 0;
    int running = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        together += running > 1 ? steps[i].first - steps[i - 1].first : 0;
        running += steps[i].second;
    }
    return together;
}

/// What the time of an increment cannot show where no two cores wanted a cache line at once; empty
/// where they may have.
QString aloneText(const RunReport &report)
{
    const ListedTasks tasks = workOf(report);
    if (tasks.size() == 1)
        return u" One counter alone shows nothing about sharing."_s;
    const bool isOneThread = report.model == "sequential"_L1 || report.model == "coroutines"_L1;
    const bool isComplete = report.recordsLost + report.eventsDropped == 0;
    if (!isOneThread && (!report.trace || !knowsSwitches(report) || !isComplete))
        return {};
    const DurationNs together = isOneThread ? 0 : timeOnCoresTogether(report, tasks);
    if (together <= 0)
        return u" No two of the tasks were ever on cores at once, so this shows nothing about "
               "sharing."_s;
    if (together < report.statistics.wall / 100)
        return u" Two of the tasks were on cores at once for less than 1 % of the time, so this "
               "shows next to nothing about sharing."_s;
    return {};
}

QString falseSharingSentence(const RunReport &report)
{
    const double each = resultNumber(report, "ns_per_increment");
    const QString tasks = counted(workOf(report).size(), u"task"_s);
    if (each <= 0)
        return u"%1 began, and none has counted to the end."_s.arg(tasks);
    const QString distance = QString::number(qint64(resultNumber(report, "distance_bytes")));
    const bool isOne = workOf(report).size() == 1;
    const QString who = isOne ? tasks : tasks + u" each"_s;
    const QString where =
        report.model == "processes"_L1 ? u" in a memory of its own"_s : u" of its own"_s;
    const QString apart = isOne || report.model == "processes"_L1
        ? QString()
        : u", %1 bytes from one counter to the next,"_s.arg(distance);
    return u"%1 incremented a counter%2%3 %4 times: %5 ns of a core for each increment. The "
           "timeline does not show what that time was spent on."_s.arg(
               who, where, apart, grouped(report.params.value("increments"_L1).toDouble()),
               QString::number(each, 'f', 2))
        + aloneText(report);
}

const TaskStatistics *taskNamed(const RunReport &report, const char *name)
{
    const ListedTasks tasks = workOf(report);
    const auto found = std::find_if(tasks.begin(), tasks.end(),
                                    [&](const TaskStatistics *task) { return task->name == name; });
    return found == tasks.end() ? nullptr : *found;
}

QString niceSentence(const RunReport &report)
{
    const ListedTasks tasks = workOf(report);
    const QJsonArray nice = report.result.value("nice"_L1).toArray();
    if (tasks.size() != 2 || nice.size() != 2)
        return u"%1 began."_s.arg(counted(tasks.size(), u"task"_s));
    const QString both = u"nice %1 and one at nice %2"_s.arg(nice[0].toInt()).arg(nice[1].toInt());
    const QJsonArray units = report.result.value("work_units"_L1).toArray();
    const double first = knowsTotals(report) ? double(tasks[0]->running) : units[0].toDouble();
    const double second = knowsTotals(report) ? double(tasks[1]->running) : units[1].toDouble();
    QString sentence = u"On one core, one spinner at %1"_s.arg(both);
    if (knowsTotals(report))
        sentence += u" had it for %1 and for %2"_s.arg(lengthText(tasks[0]->running),
                                                       lengthText(tasks[1]->running));
    else
        sentence += u" shared its time by the work they did"_s;
    if (first <= 0 || second <= 0)
        return sentence + u'.';
    const int levels = nice[1].toInt() - nice[0].toInt();
    return u"%1: %2 to 1, where 1.25 to the power of %3 is %4. The second one got %5 % of it."_s
        .arg(sentence, ratioText(first / second), QString::number(levels),
             ratioText(std::pow(1.25, levels)),
             QString::number(100 * second / (first + second), 'f', 1));
}

/// How long a task waited for a lock, by the trace.
DurationNs lockWaitOf(const RunReport &report, const TaskStatistics &task)
{
    const SegmentedVector<Slice> *slices = slicesOf(report, task);
    DurationNs waited = 0;
    for (std::size_t i = 0; slices && i < slices->size(); ++i) {
        const Slice &slice = (*slices)[i];
        if (slice.state == SliceState::Blocked && slice.reason == WaitReason::Lock)
            waited += slice.duration();
    }
    return waited;
}

QString inversionSentence(const RunReport &report)
{
    const TaskStatistics *const low = taskNamed(report, "low");
    const TaskStatistics *const medium = taskNamed(report, "medium");
    const TaskStatistics *const high = taskNamed(report, "high");
    if (!low || !medium || !high)
        return u"Not all of low, medium and high began."_s;
    const double waited = resultNumber(report, "high_waited_ms");
    if (!knowsTotals(report) && waited > 0) {
        const auto text = [](double ms) {
            return lengthText(DurationNs(ms * double(kMillisecond)));
        };
        return u"High waited for %1 for a lock that low held; medium, which needs no lock, worked "
               u"for "
               "%2 meanwhile."_s.arg(text(waited), text(resultNumber(report, "medium_worked_ms")));
    }
    if (!knowsTotals(report)) {
        const TimestampNs zero =
            report.statistics.span.begin - (report.trace ? report.trace->origin() : 0);
        return u"High, medium and low ended after %1, %2 and %3."_s.arg(
            lengthText(high->end - zero), lengthText(medium->end - zero),
            lengthText(low->end - zero));
    }
    return u"High waited for %1 for a lock that low held; medium, which needs no lock, was on the "
           "core for %2, and low for %3."_s.arg(lengthText(lockWaitOf(report, *high)),
                                                lengthText(medium->running),
                                                lengthText(low->running));
}

/// How often tasks came to another core after they had all met at the start: until then they go
/// where they are pinned.
std::uint64_t migrationsAfterStart(const RunReport &report)
{
    TimestampNs start = 0;
    for (std::size_t i = 0; report.trace && i < report.trace->marks().size(); ++i) {
        const MarkInfo &mark = report.trace->marks()[i];
        if (mark.kind == MarkKind::Barrier)
            start = std::max(start, mark.time);
    }
    std::uint64_t migrations = 0;
    for (const TaskStatistics *task : workOf(report)) {
        const SegmentedVector<Slice> *slices = slicesOf(report, *task);
        CoreId core = kNoCore;
        for (std::size_t i = 0; slices && i < slices->size(); ++i) {
            const Slice &slice = (*slices)[i];
            if (slice.state != SliceState::Running || slice.end <= start)
                continue;
            migrations += core != kNoCore && core != slice.core ? 1 : 0;
            core = slice.core;
        }
    }
    return migrations;
}

/// "cores 0 and 1".
QString maskText(const RunReport &report)
{
    QStringList cores;
    for (const QJsonValue core : report.result.value("mask"_L1).toArray())
        cores.append(QString::number(core.toInt()));
    return (cores.size() == 1 ? u"core "_s : u"cores "_s) + listed(cores);
}

QString affinitySentence(const RunReport &report)
{
    const QString pin = choice(report, "pin"_L1);
    const bool isOne = workOf(report).size() == 1;
    const QString where = pin == "none"_L1 ? u"free to run on every core"_s
        : pin == "mask"_L1                 ? u"kept to %1"_s.arg(maskText(report))
        : isOne                            ? u"pinned to one core"_s
        : pin == "one"_L1                  ? u"all pinned to the same core"_s
                                           : u"each pinned to one core"_s;
    const QString spinners = u"%1, %2"_s.arg(counted(workOf(report).size(), u"spinner"_s), where);
    if (!knowsTotals(report))
        return u"%1, took %2."_s.arg(spinners, lengthText(report.statistics.wall));
    const QString work = u"%1: %2"_s.arg(spinners, parallelismText(report));
    if (!knowsSwitches(report))
        return work + u'.';
    const std::uint64_t migrations = migrationsAfterStart(report);
    if (migrations == 0)
        return work
            + (isOne ? u"; after the start it came to no other core."_s
                     : u"; after the start none came to another core."_s);
    return u"%1; after the start %2 came to another core %3."_s.arg(
        work, isOne ? u"it"_s : u"they"_s, counted(migrations, u"time"_s));
}

QString niceLevelsSentence(const RunReport &report)
{
    const QString lesson = choice(report, "lesson"_L1);
    if (lesson == "inversion"_L1)
        return inversionSentence(report);
    return lesson == "affinity"_L1 ? affinitySentence(report) : niceSentence(report);
}

QString amdahlSentence(const RunReport &report)
{
    const QJsonArray points = report.result.value("points"_L1).toArray();
    const qint64 serial = report.params.value("serial_percent"_L1).toInteger(0);
    if (points.size() < 2)
        return u"No two rounds were done, so there is nothing to compare."_s;
    QStringList parts;
    for (qsizetype i = 1; i < points.size(); ++i) {
        const QJsonObject point = points[i].toObject();
        // The first one says what the numbers of the others mean.
        const QString form = i == 1
            ? u"%1 tasks were %2 times as fast as one (Amdahl's law, with a core for each: %3)"_s
            : u"%1 tasks %2 times (%3)"_s;
        parts.append(form.arg(QString::number(point.value("n"_L1).toInt()),
                              ratioText(point.value("measured"_L1).toDouble()),
                              ratioText(point.value("theory"_L1).toDouble())));
    }
    const QString where = report.model == "coroutines"_L1
        ? u"On the one thread that they shared"_s
        : u"On %1"_s.arg(counted(std::uint64_t(resultNumber(report, "cores")), u"core"_s));
    QString measured = u"%1, with %2 % of the work for one task alone, %3."_s.arg(
        where, QString::number(serial), parts.join(u", "_s));
    const double most = resultNumber(report, "most_speed_up");
    if (most <= 0)
        return measured;
    return u"%1 That part took 1/%2 of the time that one task needed, so no number of cores makes "
           "it more than %2 times as fast."_s.arg(measured, ratioText(most));
}

} // namespace

std::optional<QString> scalingSentence(const RunReport &report)
{
    if (report.slug == "global-lock"_L1)
        return globalLockSentence(report);
    if (report.slug == "false-sharing"_L1)
        return falseSharingSentence(report);
    if (report.slug == "nice-levels"_L1)
        return niceLevelsSentence(report);
    if (report.slug == "amdahl"_L1)
        return amdahlSentence(report);
    return std::nullopt;
}

} // namespace Interleave
