// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/runviews.h"

#include "core/taskset/taskset.h"
#include "ui/timeline/timescale.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(RunViews)
};

QString wallText(const RunReport &report)
{
    const QString wall = durationLabel(report.statistics.wall);
    return report.outcome == RunOutcome::Finished
        ? Texts::tr("wall %1").arg(wall)
        : Texts::tr("%1 after %2").arg(runOutcomeName(report.outcome), wall);
}

} // namespace

std::vector<RunView> viewsOf(const std::vector<RunReport> &runs, RunStack stack)
{
    const bool isComparison = stack == RunStack::Comparison;
    std::vector<RunView> views;
    for (const RunReport &report : runs) {
        const bool isRepeat = std::any_of(views.begin(), views.end(), [&](const RunView &view) {
            return view.model == report.model;
        });
        if (!report.trace || (isComparison && isRepeat))
            continue;
        RunView view;
        view.trace = report.trace;
        view.model = report.model;
        view.deadlock = report.deadlock;
        if (report.command)
            view.processes =
                std::make_shared<const std::vector<ProcessReport>>(report.command->processes);
        if (isComparison || runs.size() > 1) {
            view.title = modelTitle(report.model);
            view.subtitle = wallText(report);
        }
        views.push_back(std::move(view));
    }
    return views;
}

} // namespace Interleave
