// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// A result in milliseconds as a length.
DurationNs lengthOf(const RunReport &report, const char *key)
{
    return DurationNs(std::llround(resultNumber(report, key) * double(kMillisecond)));
}

std::uint64_t countOf(const RunReport &report, const char *key)
{
    return std::uint64_t(std::llround(std::max(0.0, resultNumber(report, key))));
}

/// "30 queries"
QString queriesText(std::uint64_t count)
{
    return count == 1 ? u"1 query"_s : u"%1 queries"_s.arg(count);
}

/// "5 of 30 queries were answered"
QString answeredText(const RunReport &report)
{
    const std::uint64_t answered = countOf(report, "answered");
    return u"%1 of %2 %3 answered"_s.arg(QString::number(answered),
                                         queriesText(countOf(report, "queries")),
                                         answered == 1 ? u"was"_s : u"were"_s);
}

QString standstillSentence(const RunReport &report)
{
    const std::uint64_t connections = countOf(report, "connections");
    if (connections == 0) // the engine could not tell its results any more
        return u"The connections of the pool were all taken, and none was given back: nobody could go on."_s;
    const QString all = connections == 1
        ? u"the one connection of the pool was taken and not given back"_s
        : u"all %1 connections of the pool were taken and none was given back"_s.arg(connections);
    return u"%1; then %2: the queries that waited for one could never go on."_s.arg(
        answeredText(report), all);
}

/// " On average a query waited 84.0 ms for its connection and had it for 41.2 ms"
QString averages(const RunReport &report)
{
    const auto answered = DurationNs(std::max<std::uint64_t>(1, countOf(report, "answered")));
    return u" On average a query waited %1 for its connection and had it for %2"_s.arg(
        lengthText(lengthOf(report, "waited_ms") / answered),
        lengthText(lengthOf(report, "held_ms") / answered));
}

QString querySentence(const RunReport &report)
{
    const DurationNs wall = report.statistics.wall;
    const std::uint64_t peak = countOf(report, "peak");
    const DurationNs ideal = lengthOf(report, "ideal_ms");
    if (peak == 0 || wall <= 0)
        return answeredText(report) + u'.';
    QString sentence = u"%1 took %2 over %3 at a time"_s.arg(
        queriesText(countOf(report, "queries")), lengthText(wall), counted(peak, u"connection"_s));
    if (ideal > 0)
        sentence += u", %1 times what the waits for the database take at the least"_s.arg(
            ratioText(double(wall) / double(ideal)));
    const double busy = double(lengthOf(report, "held_ms")) / (double(peak) * double(wall));
    const std::uint64_t opened = countOf(report, "opened");
    return sentence + u'.' + averages(report)
        + u"; the connections were in use for %1 % of the time, and %2 opened."_s.arg(
            QString::number(std::llround(std::clamp(busy, 0.0, 1.0) * 100.0)),
            opened == 1 ? u"1 was"_s : u"%1 were"_s.arg(opened));
}

} // namespace

std::optional<QString> databaseSentence(const RunReport &report)
{
    if (report.slug != "database"_L1)
        return std::nullopt;
    return report.outcome == RunOutcome::Deadlocked ? standstillSentence(report)
                                                    : querySentence(report);
}

} // namespace Interleave
