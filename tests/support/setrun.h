// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runcontroller.h"
#include "core/taskset/catalogue.h"

#include <QSignalSpy>
#include <QString>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>
#include <vector>

namespace Interleave::Support
{

using Params = std::vector<std::pair<QString, QString>>;

/// Runs a built-in set for real, as the command line does, and waits for its end.
inline RunReport runSet(const char *slug, const char *model, const Params &params = {})
{
    static const Catalogue catalogue = Catalogue::load().value();
    RunRequest request;
    auto set = catalogue.named(QString::fromUtf8(slug));
    if (!set)
        qFatal("%s", set.error().message.c_str());
    request.set = set.value();
    request.model = QString::fromUtf8(model);
    auto checked = checkedParameters(request.set, params);
    if (!checked)
        qFatal("%s", checked.error().message.c_str());
    request.params = checked.value();
    RunController controller;
    QSignalSpy spy(&controller, &RunController::finished);
    controller.start(request);
    if (spy.isEmpty() && !spy.wait(70'000))
        qFatal("the run did not end");
    return spy.first().first().value<RunReport>();
}

/// The tasks of the set, without main.
inline std::vector<TaskStatistics> tasksOf(const RunReport &report)
{
    std::vector<TaskStatistics> tasks = report.statistics.tasks;
    std::erase_if(tasks, [](const TaskStatistics &task) { return task.kind == TaskKind::Main; });
    return tasks;
}

/// On how many threads, and in how many processes, the tasks of the set were.
struct Carriers {
    int threads = 0;
    int processes = 0;
};
inline Carriers carriersOf(const RunReport &report)
{
    std::set<pid_t> tids, pids;
    for (const TaskStatistics &task : tasksOf(report)) {
        tids.insert(task.tid);
        pids.insert(task.pid);
    }
    return {int(tids.size()), int(pids.size())};
}
/// What the result says of the same: "processes" under that model, else "threads". The engine looks at
/// the threads when an answer comes: who begins late may not be there yet.
inline int carriersTold(const RunReport &report)
{
    return report.result
        .value(report.model == QLatin1String("processes") ? QLatin1String("processes")
                                                          : QLatin1String("threads"))
        .toInt();
}

/// Why figures of wall time mean nothing in this run: the share of the cores that something else took
/// meanwhile, when it is above `most`. Empty when they mean something.
inline QString disturbance(const RunReport &report, double most = 0.10)
{
    DurationNs others = 0, stolen = 0;
    for (const CoreStatistics &core : report.statistics.cores) {
        others += core.others;
        stolen += core.stolen;
    }
    const double all = std::max<double>(1, double(report.statistics.cores.size()))
        * double(std::max<DurationNs>(1, report.statistics.wall));
    if (double(others + stolen) <= most * all)
        return {};
    return QStringLiteral("something else took %1 %, and other virtual machines %2 %, of the cores "
                          "during this run")
        .arg(double(others) * 100 / all, 0, 'f', 0)
        .arg(double(stolen) * 100 / all, 0, 'f', 0);
}

/// The first of the reasons that is one.
inline QString firstReason(std::initializer_list<QString> reasons)
{
    const auto *first =
        std::find_if(reasons.begin(), reasons.end(), [](const QString &r) { return !r.isEmpty(); });
    return first == reasons.end() ? QString() : *first;
}

/// Why two runs of the same work cannot be compared by wall time: it took so much more CPU time in one
/// than in the other that the cores themselves cannot have been equally fast (a busy neighbour on the
/// same physical core, another clock rate). Empty when they can.
inline QString changeOfSpeed(const RunReport &a, const RunReport &b, double most = 1.15)
{
    const auto cpuOfTasks = [](const RunReport &report) {
        DurationNs sum = 1;
        for (const TaskStatistics &task : tasksOf(report))
            sum += task.running;
        return double(sum);
    };
    const double ratio = cpuOfTasks(a) / cpuOfTasks(b);
    if (ratio <= most && ratio >= 1 / most)
        return {};
    return QStringLiteral("the same work took %1 times the CPU time in one of the runs")
        .arg(std::max(ratio, 1 / ratio), 0, 'f', 2);
}

} // namespace Interleave::Support
