// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/setsentence.h"

#include "core/query/explanation.h"
#include "core/query/sentenceparts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

QString lengthText(DurationNs duration)
{
    return QString::fromStdString(durationText(duration));
}

QString counted(std::uint64_t count, const QString &noun)
{
    return QString::number(count) + u' ' + noun + (count == 1 ? QString() : u"s"_s);
}

namespace
{

using Tasks = ListedTasks;

template<typename Get>
DurationNs sumOver(const Tasks &tasks, Get get)
{
    DurationNs sum = 0;
    for (const TaskStatistics *task : tasks)
        sum += get(*task);
    return sum;
}

DurationNs runningOf(const Tasks &tasks)
{
    return sumOver(tasks, [](const TaskStatistics &task) { return task.running; });
}

/// How long at least `least` of the spans were open at once.
DurationNs timeWithAtLeast(int least, const std::vector<TimeSpan> &spans)
{
    std::vector<std::pair<TimestampNs, int>> steps;
    for (const TimeSpan &span : spans) {
        if (span.isEmpty())
            continue;
        steps.emplace_back(span.begin, 1);
        steps.emplace_back(span.end, -1);
    }
    std::sort(steps.begin(), steps.end()); // ends before begins where both fall on one moment
    DurationNs total = 0;
    int open = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (open >= least)
            total += steps[i].first - steps[i - 1].first;
        open += steps[i].second;
    }
    return total;
}

/// How many spans were open at once, for `worth` (> 0) or longer in all; at least 1.
int openTogether(const std::vector<TimeSpan> &spans, DurationNs worth)
{
    int least = 1, most = int(spans.size());
    while (least < most) {
        const int middle = least + (most - least + 1) / 2;
        if (timeWithAtLeast(middle, spans) >= worth)
            least = middle;
        else
            most = middle - 1;
    }
    return least;
}

std::vector<TimeSpan> spansOf(const Tasks &tasks)
{
    std::vector<TimeSpan> spans;
    for (const TaskStatistics *task : tasks)
        spans.push_back({task->start, task->end});
    return spans;
}

/// " of 400 ms" from a parameter in milliseconds; empty when the run has none.
QString ofMilliseconds(const RunReport &report, const QString &parameter)
{
    const qint64 ms = report.params.value(parameter).toInteger(0);
    return ms > 0 ? u" of %1"_s.arg(lengthText(ms * kMillisecond)) : QString();
}

QString generalSentence(const RunReport &report)
{
    const RunStatistics &s = report.statistics;
    const QString took =
        u"%1 took %2"_s.arg(counted(workOf(report).size(), u"task"_s), lengthText(s.wall));
    if (!knowsTotals(report))
        return took + u'.';
    return u"%1: %2 on cores, parallelism %3."_s.arg(took, lengthText(s.cpu),
                                                     ratioText(s.parallelism));
}

QString sleepersSentence(const RunReport &report)
{
    const Tasks tasks = workOf(report);
    const DurationNs wall = report.statistics.wall;
    const std::vector<TimeSpan> spans = spansOf(tasks);
    // Less is the hand-over from one to the next.
    const int together = openTogether(spans, std::max<DurationNs>(1, wall / 100));
    const QString all = counted(tasks.size(), u"task"_s);
    QString sentence;
    if (tasks.size() == 1)
        sentence = u"1 task was in progress for %1"_s.arg(lengthText(wall));
    else if (together == 1)
        sentence = u"%1 took turns, one in progress at a time, for %2"_s.arg(all, lengthText(wall));
    else if (together < int(tasks.size()))
        sentence = u"%1 were in progress, %2 at a time, for %3"_s.arg(
            all, QString::number(together), lengthText(wall));
    else
        sentence = u"%1 were in progress together for %2"_s.arg(
            all, lengthText(timeWithAtLeast(2, spans)));
    if (!knowsTotals(report))
        return sentence + u'.';
    const DurationNs running = runningOf(tasks);
    if (running < wall / 20)
        return u"%1, yet on a core for only %2 in all: waiting needs no processor."_s.arg(
            sentence, lengthText(running));
    return u"%1, and on a core for %2 in all."_s.arg(sentence, lengthText(running));
}

QString mainSentence(const RunReport &report)
{
    const TaskStatistics *mainTask = mainOf(report);
    const Tasks tasks = workOf(report);
    if (!mainTask || tasks.empty())
        return generalSentence(report);
    std::vector<TimeSpan> beside;
    TimestampNs lastEnd = tasks.front()->end;
    for (const TaskStatistics *task : tasks) {
        beside.push_back(
            TimeSpan{task->start, task->end}.intersected({mainTask->start, mainTask->end}));
        lastEnd = std::max(lastEnd, task->end);
    }
    const QString progress =
        u"Main was in progress for %1, at least one of its %2 beside it for %3"_s.arg(
            lengthText(mainTask->end - mainTask->start), counted(tasks.size(), u"task"_s),
            lengthText(timeWithAtLeast(1, beside)));
    const DurationNs after = mainTask->end - lastEnd;
    return u"%1; it was done %2 %3 the last of them."_s.arg(
        progress, lengthText(after < 0 ? -after : after), after < 0 ? u"before"_s : u"after"_s);
}

/// How many of the tasks bear the name that the kernel knew last for the thread they began on.
std::size_t namesInKernel(const RunReport &report, const Tasks &tasks)
{
    constexpr std::size_t kKernelNameBytes = 15; // TASK_COMM_LEN less its zero
    std::set<std::string> names;
    std::size_t found = 0;
    for (const TaskStatistics *task : tasks) {
        if (task->id >= report.trace->taskEnd())
            continue;
        const ThreadIndex thread =
            report.trace->task(task->id).thread.load(std::memory_order_relaxed);
        if (thread != kNoThread && thread < report.trace->threadCount())
            names.insert(report.trace->threadName(thread));
    }
    for (const TaskStatistics *task : tasks) {
        bool isKnown = names.count(task->name) > 0;
        // A long name is cut, and not inside a character of up to four bytes.
        for (std::size_t size = kKernelNameBytes; size + 4 > kKernelNameBytes && !isKnown; --size)
            isKnown = task->name.size() > size && names.count(task->name.substr(0, size)) > 0;
        found += isKnown ? 1 : 0;
    }
    return found;
}

QString namesSentence(const RunReport &report)
{
    const Tasks tasks = workOf(report);
    const std::size_t threads = occupancyByThread(tasks).size();
    const QString ran =
        u"%1 ran on %2"_s.arg(counted(tasks.size(), u"task"_s), counted(threads, u"thread"_s));
    // Of the threads, asked by themselves.
    const qint64 names = report.result.value("kernel_name_count"_L1).toInteger(0);
    const QString count = names > 0
        ? u" It had %1 for them in all."_s.arg(counted(std::uint64_t(names), u"name"_s))
        : QString();
    if (!report.trace || !knowsTotals(report))
        return names > 0 ? u"%1; the kernel had %2 for them."_s.arg(
                               ran, counted(std::uint64_t(names), u"name"_s))
                         : QString(ran + u'.');
    const std::size_t found = namesInKernel(report, tasks);
    if (found == 0)
        return u"%1; none of the tasks' names was known to the kernel."_s.arg(ran) + count;
    if (found == tasks.size())
        return u"%1; the kernel knew each by the task's name (of which it keeps 15 bytes)."_s.arg(
                   ran)
            + count;
    return u"%1; the kernel knew %2 of the %3 names in the end."_s.arg(
               ran, QString::number(found), QString::number(tasks.size()))
        + count;
}

/// "ran on 2 cores at once"
QString atOnce(const RunStatistics &s)
{
    if (s.overlap <= 0)
        return u"ran one at a time"_s;
    if (s.overlap < s.wall / 100)
        return u"ran hardly ever two at once"_s;
    return u"ran on %1 cores at once"_s.arg(s.peakParallelism);
}

QString primesSentence(const RunReport &report)
{
    const RunStatistics &s = report.statistics;
    const QString tasks =
        counted(workOf(report).size(), u"task"_s) + ofMilliseconds(report, u"work_ms"_s);
    if (!knowsTotals(report))
        return u"%1 took %2."_s.arg(tasks, lengthText(s.wall));
    const QString work = u"%1 of work took %2, parallelism %3"_s.arg(
        lengthText(s.cpu), lengthText(s.wall), ratioText(s.parallelism));
    return knowsSwitches(report) ? u"%1 %2: %3."_s.arg(tasks, atOnce(s), work)
                                 : u"%1: %2."_s.arg(tasks, work);
}

QString mixSentence(const RunReport &report)
{
    const Tasks tasks = workOf(report);
    const DurationNs wall = report.statistics.wall;
    const DurationNs alone = report.params.value("total_ms"_L1).toInteger(0) * kMillisecond;
    QString sentence = u"%1 with %2 % of computing took %3"_s.arg(
        counted(tasks.size(), u"task"_s),
        QString::number(report.params.value("cpu_share"_L1).toInteger(0)), lengthText(wall));
    if (alone > 0)
        sentence += u", %1 times the %2 of one alone"_s.arg(ratioText(double(wall) / double(alone)),
                                                            lengthText(alone));
    if (!knowsTotals(report))
        return sentence + u'.';
    const DurationNs waiting =
        sumOver(tasks, [](const TaskStatistics &task) { return task.blocked + task.suspended; });
    return u"%1: together they were on cores for %2 and waited for %3."_s.arg(
        sentence, lengthText(runningOf(tasks)), lengthText(waiting));
}

QString orderingSentence(const RunReport &report)
{
    const qint64 orders = report.result.value("distinct_orders"_L1).toInteger(0);
    const qint64 rounds =
        report.result.value("rounds"_L1).toInteger(report.params.value("rounds"_L1).toInteger(0));
    if (orders <= 0 || rounds <= 0)
        return generalSentence(report);
    if (orders > 1)
        return u"%1 gave %2."_s.arg(counted(std::uint64_t(rounds), u"round"_s),
                                    counted(std::uint64_t(orders), u"different order"_s));
    const bool isPreemptive = report.model != "coroutines"_L1 && report.model != "sequential"_L1;
    const QString same = rounds == 1 ? u"There was 1 round, so 1 order"_s
                                     : u"All %1 rounds gave the same order"_s.arg(rounds);
    return same
        + (isPreemptive ? u": that is what happened, and no promise."_s
                        : u": on one thread tasks change only where they give way."_s);
}

/// Where every task brings its own work: how much longer than alone each took. Else empty.
QString stretchedText(const RunReport &report)
{
    const Tasks tasks = workOf(report);
    const DurationNs alone = report.params.value("each_ms"_L1).toInteger(0) * kMillisecond;
    if (report.params.value("fixed"_L1).toString() != "per-task"_L1 || alone <= 0)
        return {};
    const DurationNs progress =
        sumOver(tasks, [](const TaskStatistics &task) { return task.end - task.start; })
        / DurationNs(tasks.size());
    return u"; on average each was in progress for %1, %2 times its work"_s.arg(
        lengthText(progress), ratioText(double(progress) / double(alone)));
}

QString oversubscriptionSentence(const RunReport &report)
{
    const RunStatistics &s = report.statistics;
    if (!knowsTotals(report))
        return generalSentence(report);
    const QString stretched = stretchedText(report);
    const QString waited = u"ready but without a core they waited for %1 in all"_s.arg(
        lengthText(s.runQueueWait.total));
    QString tasks = counted(workOf(report).size(), u"task"_s);
    if (!stretched.isEmpty())
        tasks += ofMilliseconds(report, u"each_ms"_s) + u" each"_s;
    if (!knowsSwitches(report))
        return u"%1 took %2 for %3 of work; %4%5."_s.arg(tasks, lengthText(s.wall),
                                                         lengthText(s.cpu), waited, stretched);
    // Not how many cores it came to in time: one task that wanders has still only one.
    const QString cores = s.peakParallelism > 1
        ? u"%1 at once"_s.arg(counted(std::uint64_t(s.peakParallelism), u"core"_s))
        : u"one core at a time"_s;
    return u"%1 on %2 took %3 for %4 of work; preempted %5; %6, at most %7 at a time%8."_s.arg(
        tasks, cores, lengthText(s.wall), lengthText(s.cpu), counted(s.involuntary, u"time"_s),
        waited, lengthText(s.runQueueWait.max), stretched);
}

QString nanosecondsText(double nanoseconds)
{
    return lengthText(DurationNs(std::llround(nanoseconds)));
}

QString spawnSentence(const RunReport &report)
{
    const RunStatistics &s = report.statistics;
    const Tasks tasks = workOf(report);
    if (tasks.empty())
        return generalSentence(report);
    // The engine measures each one by itself; the mean over the wall is what there is without that.
    const double measured = resultNumber(report, "per_task_ns");
    const double total = resultNumber(report, "total_ns", double(s.wall));
    QString sentence = u"%1 that do nothing took %2 with their records; %3 each"_s.arg(
        counted(tasks.size(), u"task"_s), nanosecondsText(total),
        nanosecondsText(measured > 0 ? measured : double(s.wall) / double(tasks.size())));
    if (measured > 0 && (report.model == "coroutines"_L1 || report.model == "sequential"_L1))
        sentence += u" without them"_s; // as the engine times what costs less than its records
    const double bare = resultNumber(report, "bare_ns");
    if (measured > 0 && bare > 0)
        sentence += u", where a %1 that nobody records takes %2"_s.arg(primitiveOf(report.model),
                                                                       nanosecondsText(bare));
    if (s.spawn > 0)
        sentence +=
            u"; on average %1 passed from asking for one to its begin"_s.arg(lengthText(s.spawn));
    return sentence + u'.';
}

} // namespace

QString setSentence(const RunReport &report)
{
    using Maker = QString (*)(const RunReport &);
    static const std::map<QString, Maker> makers{
        {u"two-sleepers"_s, &sleepersSentence}, {u"main-keeps-going"_s, &mainSentence},
        {u"named-workers"_s, &namesSentence},   {u"primes"_s, &primesSentence},
        {u"io-or-cpu"_s, &mixSentence},         {u"ordering"_s, &orderingSentence},
        {u"spawn-cost"_s, &spawnSentence},      {u"oversubscription"_s, &oversubscriptionSentence},
    };
    if (workOf(report).empty())
        return u"No task began."_s;
    const auto maker = makers.find(report.slug);
    if (maker != makers.end())
        return maker->second(report);
    for (const auto family : {&hazardSentence, &sharingSentence, &waitingSentence, &scalingSentence,
                              &flowSentence, &networkSentence, &poolSentence}) {
        if (const auto sentence = family(report))
            return *sentence;
    }
    return generalSentence(report);
}

} // namespace Interleave
