// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QByteArray>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <unistd.h>

namespace Interleave::Bench
{

void benchGlobalLock(Report &report);

namespace
{

/// Shorter ones are late wake-ups, not waits for the lock, which last an interval of 5 ms at least.
constexpr DurationNs kShortestTrueWait = kMillisecond;

using Spans = std::vector<TimeSpan>;

/// For how long of it the thread waited for the lock; the rest of it, it was ready and had no core.
struct TrueWait {
    TimeSpan span;
    DurationNs forLock = 0;
};

/// One thread of gil_truth.py, by its own account.
struct TrueThread {
    int pid = 0;
    int tid = 0;
    TimeSpan life;
    std::vector<TrueWait> waits;
};

struct Truth {
    QByteArray python;
    bool hasGlobalLock = true;
    std::vector<TrueThread> threads;
};

/// What `interleave record` made of the same run.
struct Recorded {
    std::string error; ///< why there is nothing
    Truth truth;
    QJsonObject document;
    std::map<int, Spans> lockWaits; ///< by tid: blocked pieces that are told as waits for the lock
    std::map<int, Spans> running; ///< by tid: on any core
};

std::string scriptPath()
{
    return INTERLEAVE_SOURCE_DIR "/tests/bench/python/gil_truth.py";
}

TimestampNs timeOf(const QJsonValue &value)
{
    return TimestampNs(value.toInteger());
}

Truth readTruth(const std::string &path)
{
    Truth truth;
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return truth;
    const QJsonObject document = QJsonDocument::fromJson(file.readAll()).object();
    truth.python = document.value(QStringLiteral("python")).toString().toUtf8();
    truth.hasGlobalLock = document.value(QStringLiteral("has_global_lock")).toBool();
    const QJsonArray threads = document.value(QStringLiteral("threads")).toArray();
    for (const QJsonValue &entry : threads) {
        const QJsonObject object = entry.toObject();
        TrueThread thread;
        thread.pid = object.value(QStringLiteral("pid")).toInt();
        thread.tid = object.value(QStringLiteral("tid")).toInt();
        thread.life = {timeOf(object.value(QStringLiteral("begin"))),
                       timeOf(object.value(QStringLiteral("end")))};
        const QJsonArray waits = object.value(QStringLiteral("waits")).toArray();
        for (const QJsonValue &wait : waits) {
            const QJsonArray ends = wait.toArray();
            const TimeSpan span{timeOf(ends.at(0)), timeOf(ends.at(1))};
            const DurationNs forLock = span.duration() - timeOf(ends.at(2));
            if (forLock >= kShortestTrueWait)
                thread.waits.push_back({span, forLock});
        }
        truth.threads.push_back(thread);
    }
    return truth;
}

/// The fields up to the thread's number have no commas: the script's threads are named so.
void readSlices(const std::string &path, Recorded &out)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::vector<std::string> fields;
        std::stringstream stream(line);
        for (std::string field; std::getline(stream, field, ',');)
            fields.push_back(field);
        if (fields.size() < 11)
            continue;
        const TimestampNs begin = std::atoll(fields[fields.size() - 2].c_str());
        const TimeSpan span{begin, begin + std::atoll(fields.back().c_str())};
        const std::string &reason = fields[fields.size() - 3];
        const std::string &state = fields[fields.size() - 4];
        const int tid = std::atoi(fields[4].c_str());
        if (fields[0] == "core" && state == "running")
            out.running[tid].push_back(span);
        else if (fields[0] == "thread" && state == "blocked" && reason.rfind("global lock", 0) == 0)
            out.lockWaits[tid].push_back(span);
    }
    for (auto &[tid, spans] : out.running) // the cores' tracks come one after the other
        std::sort(spans.begin(), spans.end(),
                  [](const TimeSpan &a, const TimeSpan &b) { return a.begin < b.begin; });
}

Recorded recordScript(const std::string &scenario, bool helper)
{
    const std::string base = "/tmp/interleave-gil-" + std::to_string(::getpid());
    const std::string csv = base + ".csv", json = base + ".json";
    std::vector<std::string> words{binFolder() + "/interleave", "record", "--json", "--out", csv};
    if (!helper)
        words.push_back("--no-helper");
    words.insert(words.end(), {"--", "python3", scriptPath(), json, scenario});
    const Output output = runProgram(words);
    Recorded recorded;
    if (output.status != 0)
        recorded.error = "interleave record ended with " + std::to_string(output.status);
    recorded.document = QJsonDocument::fromJson(QByteArray::fromStdString(output.text)).object();
    recorded.truth = readTruth(json);
    readSlices(csv, recorded);
    if (recorded.error.empty() && recorded.truth.threads.empty())
        recorded.error = "the script wrote no account of itself";
    if (recorded.error.empty() && recorded.document.isEmpty())
        recorded.error = "the recording printed no document";
    if (recorded.error.empty() && !recorded.truth.hasGlobalLock)
        recorded.error = "this Python has no global lock";
    ::unlink(csv.c_str());
    ::unlink(json.c_str());
    return recorded;
}

DurationNs commonOf(const TimeSpan &span, const Spans &list)
{
    DurationNs sum = 0;
    for (const TimeSpan &other : list) {
        const TimeSpan both = span.intersected(other);
        sum += both.isEmpty() ? 0 : both.duration();
    }
    return sum;
}

struct Judgement {
    int trueWaits = 0, foundWaits = 0; ///< found: at least half of its wait for the lock was told
    int toldWaits = 0, falseWaits = 0; ///< false: less than half of it was one
    DurationNs trueTime = 0, foundTime = 0;
    DurationNs readyTime = 0; ///< of the true waits, without a core; part of neither
};

Judgement judge(const Recorded &recorded)
{
    Judgement sum;
    for (const TrueThread &thread : recorded.truth.threads) {
        const auto entry = recorded.lockWaits.find(thread.tid);
        const Spans told = entry == recorded.lockWaits.end() ? Spans() : entry->second;
        Spans waits;
        for (const TrueWait &wait : thread.waits) {
            const DurationNs found = std::min(commonOf(wait.span, told), wait.forLock);
            ++sum.trueWaits;
            sum.foundWaits += 2 * found >= wait.forLock ? 1 : 0;
            sum.foundTime += found;
            sum.trueTime += wait.forLock;
            sum.readyTime += wait.span.duration() - wait.forLock;
            waits.push_back(wait.span);
        }
        for (const TimeSpan &span : told) {
            if (span.duration() < kShortestTrueWait
                || span.intersected(thread.life).duration() != span.duration())
                continue; // a last part, or from before the thread kept account
            ++sum.toldWaits;
            sum.falseWaits += 2 * commonOf(span, waits) < span.duration() ? 1 : 0;
        }
    }
    return sum;
}

void compare(Report &report, const std::string &scenario, bool helper)
{
    const std::string tail = " (" + scenario + (helper ? ", helper)" : ", no helper)");
    const Recorded recorded = recordScript(scenario, helper);
    if (!recorded.error.empty()) {
        report.skipped("GIL waits found" + tail, recorded.error);
        return;
    }
    const Judgement sum = judge(recorded);
    if (sum.trueWaits == 0) {
        report.skipped("GIL waits found" + tail, "the script did not wait for its lock");
        return;
    }
    char note[128];
    std::snprintf(
        note, sizeof note, "Python %s: %d of %d waits, %.1f of %.1f ms, and %.1f ms without a core",
        recorded.truth.python.constData(), sum.foundWaits, sum.trueWaits,
        double(sum.foundTime) / 1e6, double(sum.trueTime) / 1e6, double(sum.readyTime) / 1e6);
    report.value("GIL waits found" + tail, double(sum.foundWaits) / sum.trueWaits, "", Bar::AtLeast,
                 0.95, note);
    report.value("time of GIL waits found" + tail, double(sum.foundTime) / double(sum.trueTime), "",
                 Bar::AtLeast, 0.90, note);
    std::snprintf(note, sizeof note, "%d of %d told waits", sum.falseWaits, sum.toldWaits);
    report.value("GIL waits that were none" + tail,
                 sum.toldWaits > 0 ? double(sum.falseWaits) / sum.toldWaits : 0, "", Bar::AtMost,
                 0.05, note);
}

/// From the first one's beginning to the last one's end.
TimeSpan spanOf(const Truth &truth)
{
    TimeSpan span = truth.threads.front().life;
    for (const TrueThread &thread : truth.threads)
        span = {std::min(span.begin, thread.life.begin), std::max(span.end, thread.life.end)};
    return span;
}

void sumInThreads(Report &report)
{
    const std::string name = "overlap of two sums in threads / wall";
    const std::string verdictName = "two sums in threads are told as one at a time: GIL";
    const Recorded recorded = recordScript("sum-threads", true);
    if (!recorded.error.empty()) {
        report.skipped(name, recorded.error);
        report.skipped(verdictName, recorded.error);
        return;
    }
    const int pid = recorded.truth.threads.front().pid;
    const QJsonArray processes = recorded.document.value(QStringLiteral("command"))
                                     .toObject()
                                     .value(QStringLiteral("processes"))
                                     .toArray();
    for (const QJsonValue &entry : processes) {
        const QJsonObject process = entry.toObject();
        if (process.value(QStringLiteral("pid")).toInt() != pid)
            continue;
        const std::string verdict =
            process.value(QStringLiteral("verdict")).toString().toStdString();
        const double overlap = process.value(QStringLiteral("overlap_ns")).toDouble();
        const std::string note = "verdict: \"" + verdict + '"';
        report.value(name, overlap / double(spanOf(recorded.truth).duration()), "", Bar::AtMost,
                     0.01, note);
        report.value(verdictName, verdict == "one at a time: GIL" ? 1 : 0, "", Bar::Exactly, 1,
                     note);
        return;
    }
    report.skipped(name, "the document has no process " + std::to_string(pid));
    report.skipped(verdictName, "the document has no process " + std::to_string(pid));
}

void sumInProcesses(Report &report)
{
    const std::string name = "overlap of two sums in processes / wall";
    const Recorded recorded = recordScript("sum-processes", true);
    if (!recorded.error.empty() || recorded.truth.threads.size() != 2) {
        report.skipped(name, recorded.error.empty() ? "there are no two sums" : recorded.error);
        return;
    }
    const TimeSpan wall = spanOf(recorded.truth);
    const auto spansOf = [&recorded](std::size_t index) {
        const auto entry = recorded.running.find(recorded.truth.threads[index].tid);
        return entry == recorded.running.end() ? Spans() : entry->second;
    };
    const Spans second = spansOf(1);
    DurationNs overlap = 0;
    for (const TimeSpan &span : spansOf(0)) {
        const TimeSpan clipped = span.intersected(wall);
        overlap += clipped.isEmpty() ? 0 : commonOf(clipped, second);
    }
    report.value(name, double(overlap) / double(wall.duration()), "", Bar::AtLeast, 0.80,
                 "Python " + recorded.truth.python.toStdString());
}

} // namespace

void benchGlobalLock(Report &report)
{
    for (const bool helper : {true, false}) {
        for (const char *scenario : {"io", "crunchers", "three-crunchers"})
            compare(report, scenario, helper);
    }
    sumInThreads(report);
    sumInProcesses(report);
}

} // namespace Interleave::Bench
