// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runcontroller.h"
#include "core/taskset/catalogue.h"

#include <QSignalSpy>
#include <QString>

#include <algorithm>
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

/// Why figures of wall time mean nothing in this run: the share of the cores that something else took
/// meanwhile, when it is above `most`. Empty when they mean something.
inline QString disturbance(const RunReport &report, double most = 0.10)
{
    DurationNs others = 0;
    for (const CoreStatistics &core : report.statistics.cores)
        others += core.others;
    const double cores = std::max<double>(1, double(report.statistics.cores.size()));
    const double share =
        double(others) / (cores * double(std::max<DurationNs>(1, report.statistics.wall)));
    if (share <= most)
        return {};
    return QStringLiteral("something else took %1 % of the cores during this run")
        .arg(share * 100, 0, 'f', 0);
}

} // namespace Interleave::Support
