// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <QJsonArray>
#include <QLocale>
#include <QStringList>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// "1,000,000": large numbers are read, not counted.
QString grouped(double number)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(qlonglong(number));
}

QString parameterText(const RunReport &report, QLatin1StringView name)
{
    return report.params.value(name).toString();
}

/// "1 addition was lost", "909,202 additions were lost"
QString lostText(double lost)
{
    return lost == 1 ? u"1 addition was lost"_s : grouped(lost) + u" additions were lost"_s;
}

/// What the tracks of the run's locks add up to.
struct LockTimes {
    DurationNs held = 0;
    DurationNs waited = 0; ///< of all tasks in a lock's queue together, asleep or not
};

LockTimes lockTimes(const RunReport &report)
{
    LockTimes times;
    for (std::size_t i = 0; report.trace && i < report.trace->objectCount(); ++i) {
        const ObjectInfo &object = report.trace->object(i);
        if (object.kind != ObjectKind::Lock || object.track == kNoTrack)
            continue;
        const auto &slices = report.trace->track(object.track).slices;
        for (std::size_t k = 0; k < slices.size(); ++k) {
            const Slice &slice = slices[k];
            if (slice.state != SliceState::Held)
                continue;
            times.held += slice.holders() > 0 ? slice.duration() : 0;
            times.waited += slice.duration() * DurationNs(slice.waiters());
        }
    }
    return times;
}

/// Why nothing was lost although nothing protected the counter.
QString luckText(const RunReport &report)
{
    if (report.model == "sequential"_L1)
        return u"one after another, no task can come between another one's reading and writing"_s;
    if (report.model == "coroutines"_L1 && !report.params.value("await_between"_L1).toBool())
        return u"without a co_await between reading and writing, no other coroutine can come "
               "between them"_s;
    return u"this time no task came between another one's reading and writing, which is luck and "
           "no promise"_s;
}

QString lostUpdateSentence(const RunReport &report)
{
    const double expected = resultNumber(report, "expected");
    const double value = resultNumber(report, "value");
    const double lost = resultNumber(report, "lost");
    const std::size_t tasks = workOf(report).size();
    if (report.result.value("separate"_L1).toBool())
        return u"Each of %1 counted in a memory of its own, to %2 in all of them together: nothing "
               "was lost, and nothing was added up."_s.arg(
                   tasks == 1 ? u"1 process"_s : u"%1 processes"_s.arg(tasks), grouped(value));
    const QString stands = u"%1 added 1 to one counter %2 times in all, and it stands at %3"_s.arg(
        counted(tasks, u"task"_s), grouped(expected), grouped(value));
    if (lost > 0)
        return u"%1: %2, each overwritten by a task that had read the counter before it."_s.arg(
            stands, lostText(lost));
    const QString mode = parameterText(report, "mode"_L1);
    if (mode == "atomic"_L1)
        return stands + u": each addition was one step, which nothing can come between."_s;
    if (mode == "lock"_L1)
        return stands + u": reading and writing were one section under one lock."_s;
    return u"%1: %2."_s.arg(stands, luckText(report));
}

QString lockCostText(const RunReport &report)
{
    const LockTimes times = lockTimes(report);
    QString text =
        u" A lock was taken %1 times and held for %2; the tasks stood in its queue for %3 in all"_s
            .arg(grouped(resultNumber(report, "times_locked")), lengthText(times.held),
                 lengthText(times.waited));
    DurationNs inProgress = 0;
    for (const TaskStatistics *task : workOf(report))
        inProgress += task->end - task->start;
    if (inProgress > 0)
        text += u", %1 of their time"_s.arg(shareText(times.waited, inProgress));
    if (knowsSwitches(report))
        text += u"; %1 voluntary switches"_s.arg(grouped(double(report.statistics.voluntary)));
    return text + u'.';
}

QString lockCostSentence(const RunReport &report)
{
    const double expected = resultNumber(report, "expected");
    const double lost = resultNumber(report, "lost");
    const QString mode = parameterText(report, "mode"_L1);
    QString sentence = u"%1 of %2 additions are in the counter: "_s.arg(grouped(expected - lost),
                                                                        grouped(expected));
    if (lost > 0)
        sentence += mode == "two-locks"_L1
            ? u"%1, as tasks with different locks do not keep each other out."_s.arg(lostText(lost))
            : u"%1, as nothing kept the tasks apart."_s.arg(lostText(lost));
    else if (mode == "right"_L1 || mode == "chunked"_L1)
        sentence += u"one lock for all kept the tasks apart."_s;
    else
        sentence += luckText(report) + u'.';
    return mode == "none"_L1 ? sentence : sentence + lockCostText(report);
}

QString starvationSentence(const RunReport &report)
{
    const QString fix = parameterText(report, "fix"_L1);
    const QString tasks = counted(workOf(report).size(), u"task"_s);
    const auto helped = std::uint64_t(resultNumber(report, "helped"));
    const auto gaveUp = std::uint64_t(resultNumber(report, "gave_up"));
    if (helped > 0)
        return u"All %1 came to their end: %2 did the work of the other one, which had not "
               "begun."_s.arg(tasks, counted(helped, u"task"_s));
    if (gaveUp > 0)
        return u"All %1 came to their end: %2 gave up waiting after %3%4."_s.arg(
            tasks, counted(gaveUp, u"task"_s),
            lengthText(report.params.value("timeout_ms"_L1).toInteger() * kMillisecond),
            report.model == "pool"_L1 ? u", and made room"_s
                                      : u", before the other one was done"_s);
    if (fix == "ordered"_L1)
        return u"All %1 came to their end: what others wait for was handed in before them."_s.arg(
            tasks);
    return u"All %1 came to their end: each one that was waited for could begin while the other "
           "one waited."_s.arg(tasks);
}

QString deadlockSentence(const RunReport &report)
{
    if (report.outcome != RunOutcome::Finished) {
        const bool isWhole = report.message.isEmpty() || report.message.endsWith(u'.');
        return isWhole ? report.message : QString(report.message + u'.');
    }
    if (parameterText(report, "kind"_L1) == "starvation"_L1)
        return starvationSentence(report);
    const QString fix = parameterText(report, "fix"_L1);
    const QString both =
        u"Both tasks got both locks within %1: "_s.arg(lengthText(report.statistics.wall));
    const auto retries = std::uint64_t(resultNumber(report, "retries"));
    if (fix == "ordered"_L1)
        return both
            + u"both take lock A first, so who waits for A holds nothing; they stood in the locks' "
              "queues for %1 in all."_s.arg(lengthText(lockTimes(report).waited));
    if (fix == "try_lock"_L1 || fix == "timeout"_L1)
        return both
            + u"%1 a task gave its first lock back because it did not get the second."_s.arg(
                counted(retries, u"time"_s));
    return both
        + u"this time neither waited for a lock while the other one waited for its own. "
          "The order of locking still allows it."_s;
}

QString sharedOrNotSentence(const RunReport &report)
{
    QStringList seen;
    const QJsonArray values = report.result.value("seen"_L1).toArray();
    for (qsizetype i = 0; i < values.size(); ++i)
        seen.append(grouped(values[i].toDouble()));
    const QString mainSees = grouped(resultNumber(report, "main"));
    const QString reads = values.size() == 1 ? u"it read"_s : u"they read"_s;
    const QString read = u"%1 made %2 additions in all; %3 %4, and main read %5"_s.arg(
        counted(std::uint64_t(values.size()), u"task"_s), grouped(resultNumber(report, "expected")),
        reads, seen.join(u", "_s), mainSees);
    if (report.model != "processes"_L1)
        return read + u": they are in one process, and so in one memory."_s;
    const QString share = parameterText(report, "share"_L1);
    if (share == "shared-memory"_L1)
        return read + u": the variable was put into memory that all these processes share."_s;
    if (share == "pipe"_L1)
        return read
            + u": each process added in a memory of its own, and main added up what came through "
              "the pipe."_s;
    return read + u": each process has a variable of its own under that name."_s;
}

} // namespace

std::optional<QString> hazardSentence(const RunReport &report)
{
    if (report.slug == "lost-update"_L1)
        return lostUpdateSentence(report);
    if (report.slug == "lock-cost"_L1)
        return lockCostSentence(report);
    if (report.slug == "deadlock"_L1)
        return deadlockSentence(report);
    if (report.slug == "shared-or-not"_L1)
        return sharedOrNotSentence(report);
    return std::nullopt;
}

} // namespace Interleave
