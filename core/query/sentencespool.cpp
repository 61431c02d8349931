// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

using Occupancy = std::map<std::pair<pid_t, pid_t>, DurationNs>;

/// The value that at least `share` of the sorted numbers do not exceed.
DurationNs quantile(const std::vector<DurationNs> &sorted, double share)
{
    const auto index = std::size_t(share * double(sorted.size()));
    return sorted[std::min(index, sorted.size() - 1)];
}

/// Whether every job went through the queue of a pool.
bool hasQueue(const RunReport &report)
{
    return report.model == "pool"_L1 && report.result.value("dispatch"_L1).toString() == "jobs"_L1;
}

/// "40 jobs", and in which order when somebody has asked for one.
QString jobsText(const RunReport &report, std::size_t count)
{
    const QString jobs = counted(count, u"job"_s);
    if (!hasQueue(report) || count < 2)
        return jobs;
    const QString order = report.params.value("order"_L1).toString();
    if (order == "short-first"_L1)
        return jobs + u", the short ones first,"_s;
    if (order == "long-first"_L1)
        return jobs + u", the long ones first,"_s;
    return jobs;
}

/// Whether there were more threads than workers, as jobs that waited gave theirs back.
bool gaveBack(const RunReport &report, const Occupancy &occupancy)
{
    const qint64 workers = report.params.value("workers"_L1).toInteger(0);
    return hasQueue(report) && report.params.value("release_while_waiting"_L1).toBool()
        && workers > 0 && qint64(occupancy.size()) > workers;
}

/// "; half of them waited in the queue for ..."; nothing when none did.
QString queueText(const RunReport &report, const ListedTasks &tasks)
{
    std::vector<DurationNs> queued;
    std::transform(tasks.begin(), tasks.end(), std::back_inserter(queued),
                   [](const TaskStatistics *task) { return task->queued; });
    std::sort(queued.begin(), queued.end());
    // A thread of its own waits for no worker: its delay is what its creation takes.
    if (queued.back() <= 0 || report.model == "threads"_L1)
        return {};
    return u"; half of them waited in the queue for %1 or more, one in twenty for %2 or more"_s.arg(
        lengthText(quantile(queued, 0.5)), lengthText(quantile(queued, 0.95)));
}

/// "; the busiest worker had ..."
QString balanceText(const Occupancy &occupancy)
{
    DurationNs total = 0, most = 0;
    for (const auto &[thread, time] : occupancy) {
        total += time;
        most = std::max(most, time);
    }
    if (total <= 0)
        return {};
    return u"; the busiest worker had %1 times the mean"_s.arg(
        ratioText(double(most) * double(occupancy.size()) / double(total)));
}

} // namespace

std::optional<QString> poolSentence(const RunReport &report)
{
    const ListedTasks tasks = workOf(report);
    if (report.slug != "pool-saturation"_L1 || tasks.empty())
        return std::nullopt;
    const Occupancy occupancy = occupancyByThread(tasks);
    QString sentence = u"%1 took %2 on %3"_s.arg(jobsText(report, tasks.size()),
                                                 lengthText(report.statistics.wall),
                                                 counted(occupancy.size(), u"thread"_s));
    sentence += queueText(report, tasks);
    if (gaveBack(report, occupancy))
        sentence += u"; a job that waited gave its worker back, of which the pool has %1"_s.arg(
            report.params.value("workers"_L1).toInteger(0));
    else if (report.model == "pool"_L1 && occupancy.size() > 1 && occupancy.size() < tasks.size())
        sentence += balanceText(occupancy);
    return sentence + u'.';
}

} // namespace Interleave
