// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/proof/printed.h"
#include "tests/support/parallelspeed.h"

#include <QTest>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

// A claim may fail where something else took much of the cores, but only there: `why` tells of it.
#define PROVE(claim, told, why)                                                                    \
    do {                                                                                           \
        const bool isTrue = (claim);                                                               \
        const QString spoiltBy = (why);                                                            \
        if (!isTrue && !spoiltBy.isEmpty())                                                        \
            QSKIP(qPrintable(spoiltBy));                                                           \
        QVERIFY2(isTrue, qPrintable(told));                                                        \
    } while (false)

namespace Interleave::Support
{

/// Figures of time may be spoilt by a moment's load; what the machine can do shows in one of these.
constexpr int kAttempts = 3;

/// Runs until it is as it should be, or kAttempts times. \return the last.
template<typename Run, typename IsGood>
auto tried(Run &&run, IsGood &&isGood)
{
    auto result = run();
    for (int i = 1; i < kAttempts && !isGood(result); ++i)
        result = run();
    return result;
}

inline bool knowsEachSwitch(const RunReport &report)
{
    return report.source == Source::Kernel || report.source == Source::KernelWide;
}

inline double milliseconds(DurationNs duration)
{
    return double(duration) / double(kMillisecond);
}

/// A part of the run's wall time.
inline double shareOfWall(const RunReport &report, DurationNs part)
{
    return double(part) / double(std::max<DurationNs>(1, report.statistics.wall));
}

/// A number of its tasks, summed up.
template<typename Get>
DurationNs sumOver(const RunReport &report, Get get)
{
    DurationNs sum = 0;
    for (const TaskStatistics &task : tasksOf(report))
        sum += get(task);
    return sum;
}

inline DurationNs runningOf(const RunReport &report)
{
    return sumOver(report, [](const TaskStatistics &task) { return task.running; });
}

/// From their begins to their ends.
inline DurationNs progressOf(const RunReport &report)
{
    return sumOver(report, [](const TaskStatistics &task) { return task.end - task.start; });
}

/// The tasks in the order of their begins.
inline std::vector<TaskStatistics> byBegin(const RunReport &report)
{
    std::vector<TaskStatistics> tasks = tasksOf(report);
    std::stable_sort(
        tasks.begin(), tasks.end(),
        [](const TaskStatistics &a, const TaskStatistics &b) { return a.start < b.start; });
    return tasks;
}

inline TimestampNs lastEnd(const RunReport &report)
{
    TimestampNs last = 0;
    for (const TaskStatistics &task : tasksOf(report))
        last = std::max(last, task.end);
    return last;
}

/// How many tasks were in progress at the same time, at most.
inline int mostInProgress(const RunReport &report)
{
    std::vector<std::pair<TimestampNs, int>> steps;
    for (const TaskStatistics &task : tasksOf(report)) {
        steps.emplace_back(task.start, 1);
        steps.emplace_back(task.end, -1);
    }
    std::sort(steps.begin(), steps.end()); // ends before begins where both fall on one moment
    int open = 0, most = 0;
    for (const auto &[time, step] : steps) {
        open += step;
        most = std::max(most, open);
    }
    return most;
}

/// On how many threads the tasks began.
inline std::size_t threadsOf(const RunReport &report)
{
    std::set<std::pair<pid_t, pid_t>> threads;
    for (const TaskStatistics &task : tasksOf(report))
        threads.insert({task.pid, task.tid});
    return threads.size();
}

/// Of an odd or even number of durations, one in the middle.
inline DurationNs middleOf(std::vector<DurationNs> durations)
{
    if (durations.empty())
        return 0;
    std::sort(durations.begin(), durations.end());
    return durations[durations.size() / 2];
}

} // namespace Interleave::Support
