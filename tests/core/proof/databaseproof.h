// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/proof/sharedobjects.h"

#include <QString>

#include <algorithm>
#include <cmath>

namespace Interleave::Support
{

inline std::vector<Slice> connectionSlices(const RunReport &report)
{
    return heldSlices(report, "the database pool");
}

inline DurationNs resultTime(const RunReport &report, const char *key)
{
    return DurationNs(
        std::llround(report.result.value(QLatin1String(key)).toDouble() * double(kMillisecond)));
}

/// What is wrong with a finished run of the set "database"; empty: nothing.
inline QString poolProblem(const RunReport &report, unsigned connections, int queries)
{
    if (report.outcome != RunOutcome::Finished)
        return outcomeText(report);
    const unsigned most = mostHolders(connectionSlices(report));
    if (most < 1 || most > connections)
        return QStringLiteral("%1 connections were held at once").arg(most);
    if (report.result.value(QLatin1String("peak")).toInt() > int(connections))
        return QStringLiteral("the tasks counted more connections than there are");
    if (report.result.value(QLatin1String("answered")).toInt() != queries)
        return QStringLiteral("not all queries were answered: ") + report.sentence;
    if (report.eventsDropped + report.eventsLate != 0)
        return QStringLiteral("events are missing");
    return {};
}

/// Whether the connections were used without gaps: from the first one taken to the last given back it took
/// at least the sum of all waits over their number, and at most what any order of the queries takes, plus
/// a quarter and a little for the talk with the database. \return what it took; empty: it fits.
inline QString timeProblem(const RunReport &report, int connections, DurationNs longestQuery)
{
    const std::vector<Slice> held = connectionSlices(report);
    if (held.empty())
        return QStringLiteral("no connection was ever held");
    const DurationNs took = held.back().end - held.front().begin;
    const DurationNs total = resultTime(report, "total_ms");
    const DurationNs least = total / connections;
    const DurationNs most = (total - longestQuery) / connections + longestQuery;
    if (took >= least && took <= most * 5 / 4 + 30 * kMillisecond)
        return {};
    return QStringLiteral("it took %1 ms and not %2 to %3 ms")
        .arg(took / kMillisecond)
        .arg(least / kMillisecond)
        .arg(most / kMillisecond);
}

} // namespace Interleave::Support
