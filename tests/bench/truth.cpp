// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <unistd.h>

namespace Interleave::Bench
{

namespace
{

/// Who ran where: intervals by (tid, core), in order.
using Intervals = std::map<std::pair<int, int>, std::vector<TimeSpan>>;

/// Core rows of a slices.csv that are the run's own. The fields up to the thread's name have no commas.
Intervals readSlices(const std::string &path, TimeSpan &window, bool &oneTaskPerCore)
{
    Intervals result;
    std::map<int, TimestampNs> coreEnds;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        if (line.compare(0, 5, "core,") != 0 || line.find(",running,") == std::string::npos)
            continue;
        std::vector<std::string> fields;
        std::stringstream stream(line);
        for (std::string field; std::getline(stream, field, ',');)
            fields.push_back(field);
        if (fields.size() < 11)
            continue;
        const TimestampNs begin = std::atoll(fields[fields.size() - 2].c_str());
        const TimeSpan span{begin, begin + std::atoll(fields.back().c_str())};
        const int core = std::atoi(fields[2].c_str());
        const int tid = std::atoi(fields[4].c_str());
        auto &end = coreEnds[core];
        oneTaskPerCore = oneTaskPerCore && span.begin >= end;
        end = span.end;
        auto &list = result[{tid, core}];
        if (!list.empty() && list.back().end == span.begin)
            list.back().end = span.end; // pieces of one on-core interval
        else
            list.push_back(span);
        window = window.isEmpty()
            ? span
            : TimeSpan{std::min(window.begin, span.begin), std::max(window.end, span.end)};
    }
    return result;
}

/// The same from `perf script --show-switch-events --show-task-events --ns`.
Intervals readPerf(const std::string &text)
{
    Intervals result;
    std::map<int, std::pair<int, TimestampNs>> open; // tid -> (core, since)
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        const std::size_t slash = line.rfind('/', line.find('['));
        const std::size_t bracket = line.find('[');
        if (slash == std::string::npos || bracket == std::string::npos)
            continue;
        const int tid = std::atoi(line.c_str() + slash + 1);
        const int core = std::atoi(line.c_str() + bracket + 1);
        const std::size_t timeAt = line.find(']') + 1;
        const long long seconds = std::atoll(line.c_str() + timeAt);
        const std::size_t dot = line.find('.', timeAt);
        const TimestampNs time = seconds * kSecond + std::atoll(line.c_str() + dot + 1);
        const bool in = line.find("PERF_RECORD_SWITCH IN") != std::string::npos;
        const bool out = line.find("PERF_RECORD_SWITCH OUT") != std::string::npos
            || line.find("PERF_RECORD_EXIT") != std::string::npos;
        const auto found = open.find(tid);
        if ((in || out) && found != open.end()) {
            if (out)
                result[{tid, found->second.first}].push_back({found->second.second, time});
            open.erase(found);
        }
        if (in)
            open[tid] = {core, time};
    }
    return result;
}

DurationNs lengthOf(const std::vector<TimeSpan> &list, TimeSpan window)
{
    DurationNs sum = 0;
    for (const TimeSpan &span : list) {
        const TimeSpan clipped = span.intersected(window);
        sum += clipped.isEmpty() ? 0 : clipped.duration();
    }
    return sum;
}

DurationNs common(const std::vector<TimeSpan> &a, const std::vector<TimeSpan> &b, TimeSpan window)
{
    DurationNs sum = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const TimeSpan both = a[i].intersected(b[j]).intersected(window);
        sum += both.isEmpty() ? 0 : both.duration();
        (a[i].end < b[j].end ? i : j) += 1;
    }
    return sum;
}

void agreement(Report &report, const std::string &name, const std::vector<std::string> &run)
{
    const std::string csv = "/tmp/interleave-truth.csv", data = "/tmp/interleave-truth.perf";
    std::vector<std::string> words{
        "perf", "record", "-q", "-e", "dummy:u", "--switch-events",           "--sample-cpu",
        "-k",   "mono",   "-o", data, "--",      binFolder() + "/interleave", "run"};
    words.insert(words.end(), run.begin(), run.end());
    words.insert(words.end(), {"--out", csv, "--json"});
    if (const Output o = runProgram(words); o.status != 0) {
        report.skipped(name, "perf record ended with " + std::to_string(o.status));
        return;
    }
    const Output script =
        runProgram({"perf", "script", "-i", data, "--show-switch-events", "--show-task-events",
                    "--ns", "-F", "comm,pid,tid,cpu,time,event"});
    TimeSpan window{};
    bool oneTaskPerCore = true;
    const Intervals ours = readSlices(csv, window, oneTaskPerCore);
    const Intervals theirs = readPerf(script.text);
    std::set<int> tids;
    for (const auto &[key, list] : ours)
        tids.insert(key.first);
    DurationNs both = 0, ourSum = 0, theirSum = 0;
    for (const auto &[key, list] : ours) {
        ourSum += lengthOf(list, window);
        const auto found = theirs.find(key);
        if (found != theirs.end())
            both += common(list, found->second, window);
    }
    for (const auto &[key, list] : theirs) {
        if (tids.contains(key.first))
            theirSum += lengthOf(list, window);
    }
    const DurationNs either = ourSum + theirSum - both;
    char note[128];
    std::snprintf(note, sizeof note, "%zu threads, %.1f ms on cores, one task per core: %s",
                  tids.size(), double(both) / 1e6, oneTaskPerCore ? "yes" : "NO");
    report.value(name, oneTaskPerCore && either > 0 ? double(both) / double(either) : 0, "",
                 Bar::AtLeast, 0.999, note);
    ::unlink(csv.c_str());
    ::unlink(data.c_str());
}

} // namespace

void benchTruth(Report &report)
{
    for (const char *source : {"kernel-wide", "kernel"}) {
        const std::string tier = std::string(" (") + source + ")";
        agreement(report, "agreement with perf, CPU-bound" + tier,
                  {"primes", "--model", "threads", "--param", "tasks=4", "--source", source});
        agreement(report, "agreement with perf, processes" + tier,
                  {"primes", "--model", "processes", "--param", "work_ms=100", "--source", source});
        agreement(
            report, "agreement with perf, I/O-bound" + tier,
            {"io-or-cpu", "--model", "threads", "--param", "cpu_share=20", "--source", source});
        agreement(
            report, "agreement with perf, 64 threads" + tier,
            {"oversubscription", "--model", "threads", "--param", "tasks=64", "--source", source});
    }
}

} // namespace Interleave::Bench
