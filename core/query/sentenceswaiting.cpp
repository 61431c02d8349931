// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <QJsonArray>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

QString choice(const RunReport &report, QLatin1StringView name)
{
    return report.params.value(name).toString();
}

/// A result in milliseconds.
QString millisecondsText(const RunReport &report, const char *key)
{
    return lengthText(DurationNs(std::llround(resultNumber(report, key) * double(kMillisecond))));
}

/// A parameter in milliseconds.
DurationNs parameterTime(const RunReport &report, QLatin1StringView name)
{
    return report.params.value(name).toInteger(0) * kMillisecond;
}

DurationNs longestOf(const ListedTasks &tasks)
{
    DurationNs longest = 0;
    for (const TaskStatistics *task : tasks)
        longest = std::max(longest, task->end - task->start);
    return longest;
}

/// "Task 1, Task 3, Task 2"
QString taskList(const QJsonArray &numbers)
{
    QStringList names;
    for (qsizetype i = 0; i < numbers.size(); ++i)
        names.append(u"Task %1"_s.arg(numbers[i].toInt()));
    return names.join(u", "_s);
}

QString joinOrderSentence(const RunReport &report)
{
    const QString joined = taskList(report.result.value("joined"_L1).toArray());
    const QString ended = taskList(report.result.value("ended"_L1).toArray());
    const DurationNs wall = report.statistics.wall;
    const DurationNs longest = longestOf(workOf(report));
    QString sentence = choice(report, "order"_L1) == "as-completed"_L1
        ? u"Main joined each task as it ended: %1."_s.arg(joined)
        : u"Main joined %1, in this order; they ended in the order %2."_s.arg(joined, ended);
    sentence += u" All of it took %1, and the longest task alone %2"_s.arg(lengthText(wall),
                                                                           lengthText(longest));
    if (report.model == "sequential"_L1)
        return sentence
            + u": they ran one after another, and had all ended when main came to join "
              "them."_s;
    if (wall - longest <= longest / 10)
        return sentence + u": the order of joining made nothing longer."_s;
    return sentence + u'.';
}

/// When main printed its last line, in ns of CLOCK_MONOTONIC; 0 when it is not known.
TimestampNs lastWordOfMain(const RunReport &report)
{
    const TaskStatistics *main = mainOf(report);
    TimestampNs last = 0;
    for (std::size_t i = 0; main && report.trace && i < report.trace->marks().size(); ++i) {
        const MarkInfo &mark = report.trace->marks()[i];
        if (mark.task == main->id && mark.kind == MarkKind::Printed)
            last = std::max(last, mark.time);
    }
    return last;
}

QString gatheredAllText(const RunReport &report, const ListedTasks &tasks)
{
    const QString all = counted(tasks.size(), u"task"_s);
    const QString wall = lengthText(report.statistics.wall);
    const QString waitFor = choice(report, "wait_for"_L1);
    if (report.model == "sequential"_L1)
        return u"%1 ran one after another, and all were done before main could wait for them: "
               "%2."_s.arg(all, wall);
    if (waitFor == "timeout"_L1)
        return u"All %1 were done after %2, before the time was up."_s.arg(all, wall);
    if (waitFor == "first"_L1)
        return u"Main waited for the first of %1, and all of them were done by then: %2."_s.arg(
            all, wall);
    return u"Main waited for all %1: %2, where the longest task alone took %3."_s.arg(
        all, wall, lengthText(longestOf(tasks)));
}

/// How what main did not want any more could be ended.
QString cancellingText(const RunReport &report)
{
    if (report.model == "processes"_L1)
        return u": a process can be killed from outside."_s;
    if (report.model == "coroutines"_L1)
        return u": a coroutine that awaits something can be cancelled there."_s;
    const QString carrier = report.model == "pool"_L1 ? u"job"_s : u"thread"_s;
    return u": a %1 can only be asked, and these look every %2."_s.arg(
        carrier, lengthText(parameterTime(report, "check_ms"_L1)));
}

/// Tasks that look too seldom whether they are still wanted reach their end all the same.
std::optional<QString> goneOnText(const RunReport &report, const ListedTasks &tasks,
                                  TimestampNs asked)
{
    if (asked == 0 || !report.trace || choice(report, "wait_for"_L1) == "all"_L1)
        return std::nullopt;
    TimestampNs last = 0;
    for (const TaskStatistics *task : tasks)
        last = std::max(last, task->end + report.trace->origin());
    if (last <= asked)
        return std::nullopt;
    return u"After %1 main did not want the rest any more, but all %2 went on to their end: they "
           u"look "
           "every %3."_s.arg(lengthText(asked - report.statistics.span.begin),
                             counted(tasks.size(), u"task"_s),
                             lengthText(parameterTime(report, "check_ms"_L1)));
}

QString gatherSentence(const RunReport &report)
{
    const ListedTasks tasks = workOf(report);
    const TimestampNs asked = lastWordOfMain(report);
    std::size_t cancelled = 0;
    DurationNs latest = 0;
    for (const TaskStatistics *task : tasks) {
        if (task->outcome != TaskOutcome::Cancelled)
            continue;
        ++cancelled;
        if (asked != 0)
            latest = std::max(latest, task->end + report.trace->origin() - asked);
    }
    if (cancelled == 0)
        return goneOnText(report, tasks, asked).value_or(gatheredAllText(report, tasks));
    const QString of =
        u"%1 of %2"_s.arg(QString::number(cancelled), counted(tasks.size(), u"task"_s));
    if (asked == 0)
        return u"Main had %1 cancelled."_s.arg(of);
    return u"After %1 %2, and main had %3 cancelled, the last of which ended %4 later%5"_s.arg(
        lengthText(asked - report.statistics.span.begin),
        choice(report, "wait_for"_L1) == "first"_L1 ? u"the first task was done"_s
                                                    : u"the time was up"_s,
        of, lengthText(latest), cancellingText(report));
}

QString blockingCallSentence(const RunReport &report)
{
    const ListedTasks tasks = workOf(report);
    const DurationNs wall = report.statistics.wall;
    const DurationNs alone =
        report.params.value("iterations"_L1).toInteger(0) * parameterTime(report, "period_ms"_L1);
    QString sentence = u"%1 took %2"_s.arg(counted(tasks.size(), u"task"_s), lengthText(wall));
    if (alone > 0)
        sentence += u", %1 times the %2 that one of them waits"_s.arg(
            ratioText(double(wall) / double(alone)), lengthText(alone));
    if (report.model == "sequential"_L1)
        return sentence + u": they ran one after another."_s;
    const QString latest = millisecondsText(report, "latest_ms");
    if (report.model != "coroutines"_L1) {
        const QString carrier = report.model == "processes"_L1 ? u"process"_s : u"thread"_s;
        return u"%1: each blocked only the %2 that it has for itself, and none went on more than "
               "%3 after its wait was over."_s.arg(sentence, carrier, latest);
    }
    const QString mode = choice(report, "mode"_L1);
    QString how = u"each wait was a call that blocks the thread"_s;
    if (mode == "await"_L1)
        how = u"each wait was a co_await"_s;
    else if (mode == "offload"_L1)
        how = u"each wait was a call that blocks a thread of a pool, and a co_await for its end"_s;
    return u"%1: %2. At worst, one coroutine kept the thread that carries them all for %3, and one "
           "went on %4 after it could have."_s.arg(
               sentence, how, millisecondsText(report, "longest_turn_ms"), latest);
}

/// Where the work was done beside the event loop.
QString workPlaceText(const RunReport &report)
{
    if (report.model == "sequential"_L1)
        return u"in one event handler on the loop's own thread, and no frame could be shown "
               "meanwhile"_s;
    if (report.model == "processes"_L1)
        return u"in a process of its own"_s;
    if (report.model == "pool"_L1)
        return u"on a thread of a pool"_s;
    if (report.model != "coroutines"_L1)
        return u"on a thread of its own"_s;
    const DurationNs slice = parameterTime(report, "slice_ms"_L1);
    if (slice <= 0)
        return u"in a coroutine on the loop's own thread, which never gave way"_s;
    return u"in a coroutine on the loop's own thread, which gave way every %1"_s.arg(
        lengthText(slice));
}

QString responsiveWindowSentence(const RunReport &report)
{
    const auto frames = std::uint64_t(resultNumber(report, "frames"));
    if (frames == 0)
        return u"No frame was shown."_s;
    DurationNs work = 0;
    for (const TaskStatistics *task : workOf(report)) {
        if (task->name == "work")
            work = task->end - task->start;
    }
    return u"The event loop showed %1 where %2 were due, one every 16 ms; the longest pause "
           "between two of them was %3. The work took %4, %5."_s.arg(
               counted(frames, u"frame"_s),
               QString::number(resultNumber(report, "frames_expected")),
               millisecondsText(report, "longest_gap_ms"), lengthText(work), workPlaceText(report));
}

} // namespace

std::optional<QString> waitingSentence(const RunReport &report)
{
    if (report.slug == "join-order"_L1)
        return joinOrderSentence(report);
    if (report.slug == "gather"_L1)
        return gatherSentence(report);
    if (report.slug == "blocking-call"_L1)
        return blockingCallSentence(report);
    if (report.slug == "responsive-window"_L1)
        return responsiveWindowSentence(report);
    return std::nullopt;
}

} // namespace Interleave
