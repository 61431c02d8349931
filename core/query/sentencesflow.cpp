// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/sentenceparts.h"

#include <QJsonArray>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double kMega = 1e6;

/// A result in milliseconds as a length.
QString lengthOf(const RunReport &report, const char *key)
{
    return lengthText(DurationNs(std::llround(resultNumber(report, key) * double(kMillisecond))));
}

std::uint64_t countOf(const RunReport &report, const char *key)
{
    return std::uint64_t(std::llround(std::max(0.0, resultNumber(report, key))));
}

QString wholeText(double number)
{
    return QString::number(number, 'f', 0);
}

/// "12.3 MB"
QString megabytes(double bytes)
{
    return QString::number(bytes / kMega, 'f', 1) + u" MB"_s;
}

/// What the time was that the tasks had a thread; empty where the source cannot know.
QString fileShares(const RunReport &report)
{
    DurationNs running = 0, waiting = 0, ready = 0;
    for (const TaskStatistics *task : workOf(report)) {
        if (task->name == "heartbeat")
            continue;
        running += task->running;
        waiting += task->blocked;
        ready += task->runnable;
    }
    const auto all = double(running + waiting + ready);
    if (!knowsTotals(report) || all <= 0)
        return {};
    return u" Of the tasks' time in threads, %1 % was on a core, %2 % was a wait for one, and %3 % "
           "a wait for something else, such as the disk."_s.arg(
               wholeText(100 * double(running) / all), wholeText(100 * double(ready) / all),
               wholeText(100 * double(waiting) / all));
}

/// How much of what was read had to come from the disk.
QString pageCacheText(double coldPercent)
{
    if (coldPercent <= 0)
        return u"; all of it was in the page cache before"_s;
    if (coldPercent >= 100)
        return u"; none of it was in the page cache before"_s;
    const QString part = coldPercent < 1 ? u"less than 1"_s
        : coldPercent > 99               ? u"more than 99"_s
                                         : wholeText(coldPercent);
    return u"; %1 % of it was not in the page cache before"_s.arg(part);
}

QString fileIoSentence(const RunReport &report)
{
    const bool isWrite = report.params.value("operation"_L1).toString() == "write"_L1;
    const std::uint64_t files = countOf(report, "files");
    const QString bytes = megabytes(resultNumber(report, "bytes"));
    const QString what = files == 1
        ? u"1 file of %1 was"_s.arg(bytes)
        : u"%1 files, %2 in all, were"_s.arg(QString::number(files), bytes);
    QString sentence = u"%1 %2 in %3"_s.arg(what, isWrite ? u"written"_s : u"read"_s,
                                            lengthText(report.statistics.wall));
    // Not over that length, in which the tasks are also started and joined.
    if (report.result.contains("mb_per_second"_L1))
        sentence +=
            u", at %1 MB in a second from the beginning of the first to the end of the last"_s.arg(
                wholeText(resultNumber(report, "mb_per_second")));
    if (report.result.contains("cold_percent"_L1))
        sentence += pageCacheText(resultNumber(report, "cold_percent"));
    sentence += u'.' + fileShares(report);
    if (report.result.contains("loop_stall_ms"_L1))
        sentence +=
            u" The event loop was held up for up to %1."_s.arg(lengthOf(report, "loop_stall_ms"));
    return sentence;
}

/// "97 %, 33 % and 32 %", of the stages in their order.
QString stagesText(const QJsonArray &percents)
{
    QStringList words;
    for (const QJsonValue percent : percents)
        words << wholeText(percent.toDouble()) + u" %"_s;
    return listed(words);
}

QString pipelineSentence(const RunReport &report)
{
    const QJsonArray percents = report.result.value("stage_busy_percent"_L1).toArray();
    QString sentence = u"%1 came through in %2"_s.arg(counted(countOf(report, "items"), u"item"_s),
                                                      lengthText(report.statistics.wall));
    if (report.result.contains("items_per_second"_L1))
        sentence += u", at %1 in a second between the first and the last"_s.arg(
            QString::number(resultNumber(report, "items_per_second"), 'f', 1));
    if (percents.isEmpty())
        return sentence + u'.';
    sentence += u"; each took %1 from the first stage to the last on average."_s.arg(
        lengthOf(report, "latency_mean_ms"));
    const auto busiest = qsizetype(countOf(report, "busiest_stage"));
    const double share = percents.at(busiest - 1).toDouble();
    if (share < 1)
        return sentence + u" No stage was at work for even 1 % of the time."_s;
    return sentence
        + u" Stage %1 was at work the most, %2 % of the time (all stages in order: %3)."_s.arg(
            QString::number(busiest), wholeText(share), stagesText(percents));
}

/// "2 threads", "1 child process": what the chunks were mapped by.
QString carriersText(const RunReport &report)
{
    const std::uint64_t carriers = countOf(report, "carriers");
    if (report.model == "processes"_L1)
        return QString::number(carriers)
            + (carriers == 1 ? u" child process"_s : u" child processes"_s);
    return counted(carriers, u"thread"_s);
}

QString mapReduceSentence(const RunReport &report)
{
    const double total = resultNumber(report, "total_ms");
    QString sentence = u"%1 were mapped by %2 and had reached main after %3; then main alone put "
                       "them together in %4"_s.arg(counted(countOf(report, "chunks"), u"chunk"_s),
                                                   carriersText(report), lengthOf(report, "map_ms"),
                                                   lengthOf(report, "reduce_ms"));
    if (countOf(report, "chunks") == 1)
        sentence =
            u"1 chunk was mapped and had reached main after %1; then main put its result "
            "together in %2"_s.arg(lengthOf(report, "map_ms"), lengthOf(report, "reduce_ms"));
    if (total > 0)
        sentence += u", %1 % of the whole"_s.arg(
            wholeText(100 * resultNumber(report, "reduce_ms") / total));
    if (report.model != "processes"_L1)
        return sentence
            + u". All of that was in the memory of one process, so nothing was copied."_s;
    return sentence
        + u". %1 went through pipes, which took %2 % of the child processes' time for chunks."_s
              .arg(megabytes(resultNumber(report, "copied_bytes")),
                   QString::number(resultNumber(report, "transfer_percent"), 'f', 1));
}

} // namespace

std::optional<QString> flowSentence(const RunReport &report)
{
    if (report.slug == "file-io"_L1)
        return fileIoSentence(report);
    if (report.slug == "pipeline"_L1)
        return pipelineSentence(report);
    if (report.slug == "map-reduce"_L1)
        return mapReduceSentence(report);
    return std::nullopt;
}

} // namespace Interleave
