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

/// "8 threads", "1 child process": what the requests were carried by.
QString carriers(const RunReport &report)
{
    const std::uint64_t processes = countOf(report, "processes");
    if (report.model == "processes"_L1)
        return QString::number(processes)
            + (processes == 1 ? u" child process"_s : u" child processes"_s);
    return counted(countOf(report, "threads"), u"thread"_s);
}

/// A run that was stopped, or failed, before the server could be asked.
bool isWhole(const RunReport &report)
{
    return report.result.contains("server_peak"_L1);
}

QString brokenOff(const RunReport &report, std::uint64_t of, const QString &noun)
{
    const std::uint64_t answers = countOf(report, "answered") + countOf(report, "refused");
    return u"%1 of %2 had their answer when the run ended."_s.arg(QString::number(answers),
                                                                  counted(of, noun));
}

/// "; 3 were refused", or nothing.
QString refusals(const RunReport &report)
{
    const std::uint64_t refused = countOf(report, "refused");
    if (refused == 0)
        return {};
    return refused == 1 ? u"; 1 answer was a refusal"_s
                        : u"; %1 answers were refusals"_s.arg(refused);
}

bool isByQt(const RunReport &report)
{
    return report.result.value("client"_L1).toString() == "qnetwork"_L1;
}

QString manyRequestsSentence(const RunReport &report)
{
    const std::uint64_t requests = countOf(report, "requests");
    if (!isWhole(report))
        return brokenOff(report, requests, u"request"_s);
    const QString inAll = u"%1 took %2; the waits for their answers add up to %3%4."_s.arg(
        counted(requests, u"request"_s), lengthText(report.statistics.wall),
        lengthText(lengthOf(report, "one_by_one_ms")), refusals(report));
    return inAll
        + u" The server had at most %1 at once; %2 took %3 and %4 of CPU time."_s.arg(
            QString::number(countOf(report, "server_peak")),
            isByQt(report) ? u"QNetworkAccessManager"_s : u"that"_s, carriers(report),
            lengthText(lengthOf(report, "cpu_ms")));
}

QString asyncHttpSentence(const RunReport &report)
{
    const std::uint64_t urls = countOf(report, "urls");
    if (!isWhole(report))
        return brokenOff(report, urls, u"URL"_s);
    const DurationNs wall = report.statistics.wall;
    const DurationNs ideal = lengthOf(report, "ideal_ms");
    QString sentence = u"%1 took %2"_s.arg(counted(urls, u"URL"_s), lengthText(wall));
    if (ideal > 0)
        sentence += u", %1 times what the waits for their answers take at the least"_s.arg(
            ratioText(double(wall) / double(ideal)));
    return sentence + refusals(report)
        + u". The server had at most %1 at once, over %2; %3 needed %4."_s.arg(
            QString::number(countOf(report, "server_peak")),
            counted(countOf(report, "connections"), u"connection"_s),
            isByQt(report) ? u"QNetworkAccessManager"_s : u"the client"_s, carriers(report));
}

QString serverSentence(const RunReport &report)
{
    const qint64 clients = report.params.value("clients"_L1).toInteger(0);
    const qint64 slow = std::min(clients, report.params.value("slow_clients"_L1).toInteger(0));
    QString sentence = u"%1 got %2, served by %3"_s.arg(
        counted(std::uint64_t(std::max<qint64>(0, clients)), u"client"_s),
        counted(countOf(report, "served"), u"answer"_s), carriers(report));
    if (report.result.value("server"_L1).toString() == "qthttpserver"_L1)
        sentence += u" with QtHttpServer"_s;
    if (report.result.contains("per_second"_L1))
        sentence += u", %1 a second"_s.arg(
            QString::number(std::llround(resultNumber(report, "per_second"))));
    if (report.result.contains("p95_ms"_L1)) {
        sentence +=
            u". %1 waited up to %2 for half of the answers, and up to %3 for 95 in 100"_s.arg(
                slow > 0 ? u"The clients that are not slow"_s : u"The clients"_s,
                lengthText(lengthOf(report, "p50_ms")), lengthText(lengthOf(report, "p95_ms")));
    }
    const std::uint64_t failed = countOf(report, "failed_clients");
    if (failed > 0)
        sentence += u"; %1 not served to the end"_s.arg(
            failed == 1 ? u"1 client was"_s : u"%1 clients were"_s.arg(failed));
    return sentence + u'.';
}

} // namespace

std::optional<QString> networkSentence(const RunReport &report)
{
    if (report.slug == "many-requests"_L1)
        return manyRequestsSentence(report);
    if (report.slug == "async-http"_L1)
        return asyncHttpSentence(report);
    if (report.slug == "clients-and-server"_L1)
        return serverSentence(report);
    return databaseSentence(report);
}

} // namespace Interleave
