// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "perftruth.h"

#include "bench.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace Interleave::Bench
{

namespace
{

std::vector<std::string> fieldsOf(const std::string &line)
{
    std::vector<std::string> fields;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');)
        fields.push_back(field);
    return fields;
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

/// "…PERF_RECORD_FORK(1300:1301):(1300:1300)": the new thread, and who made it.
void addFork(const std::string &line, std::size_t at, PerfRun &run)
{
    PerfRun::Fork fork;
    if (std::sscanf(line.c_str() + at, "PERF_RECORD_FORK(%d:%d):(%d:", &fork.pid, &fork.tid,
                    &fork.parentPid)
        == 3)
        run.forks.push_back(fork);
}

} // namespace

RecordedRun readSlices(const std::string &path)
{
    RecordedRun run;
    std::map<int, TimestampNs> coreEnds;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const bool isOnCore =
            line.compare(0, 5, "core,") == 0 && line.find(",running,") != std::string::npos;
        const bool isOfThread = line.compare(0, 7, "thread,") == 0;
        if (!isOnCore && !isOfThread)
            continue;
        const std::vector<std::string> fields = fieldsOf(line);
        if (fields.size() < 11)
            continue;
        const int tid = std::atoi(fields[4].c_str());
        if (isOfThread) {
            run.tids.insert(tid);
            continue;
        }
        const TimestampNs begin = std::atoll(fields[fields.size() - 2].c_str());
        const TimeSpan span{begin, begin + std::atoll(fields.back().c_str())};
        const int core = std::atoi(fields[2].c_str());
        run.tids.insert(tid);
        auto &end = coreEnds[core];
        run.oneTaskPerCore = run.oneTaskPerCore && span.begin >= end;
        end = span.end;
        auto &list = run.onCore[{tid, core}];
        if (!list.empty() && list.back().end == span.begin)
            list.back().end = span.end; // pieces of one on-core interval
        else
            list.push_back(span);
        run.window = run.window.isEmpty()
            ? span
            : TimeSpan{std::min(run.window.begin, span.begin), std::max(run.window.end, span.end)};
    }
    return run;
}

PerfRun readPerf(const std::string &text)
{
    PerfRun run;
    std::map<int, std::pair<int, TimestampNs>> open; // tid -> (core, since)
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        const std::size_t slash = line.rfind('/', line.find('['));
        const std::size_t bracket = line.find('[');
        if (slash == std::string::npos || bracket == std::string::npos)
            continue;
        if (const std::size_t at = line.find("PERF_RECORD_FORK"); at != std::string::npos)
            addFork(line, at, run);
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
                run.onCore[{tid, found->second.first}].push_back({found->second.second, time});
            open.erase(found);
        }
        if (in)
            open[tid] = {core, time};
    }
    return run;
}

std::set<int> threadsBelow(const PerfRun &perf, int root)
{
    std::set<int> pids{root}, tids{root};
    for (const PerfRun::Fork &fork : perf.forks) {
        if (!pids.contains(fork.parentPid))
            continue;
        pids.insert(fork.pid);
        tids.insert(fork.tid);
    }
    return tids;
}

Agreement agreementOf(const RecordedRun &ours, const PerfRun &theirs)
{
    std::set<int> tids;
    for (const auto &[key, list] : ours.onCore)
        tids.insert(key.first);
    DurationNs both = 0, ourSum = 0, theirSum = 0;
    for (const auto &[key, list] : ours.onCore) {
        ourSum += lengthOf(list, ours.window);
        const auto found = theirs.onCore.find(key);
        if (found != theirs.onCore.end())
            both += common(list, found->second, ours.window);
    }
    for (const auto &[key, list] : theirs.onCore) {
        if (tids.contains(key.first))
            theirSum += lengthOf(list, ours.window);
    }
    return {both, ourSum + theirSum - both};
}

std::string recordWithPerf(const std::vector<std::string> &words, PerfRun &perf)
{
    const std::string data =
        "/tmp/interleave-truth-" + std::to_string(::getpid()) + ".perf"; // not over a neighbour's
    std::vector<std::string> all{"perf", "record", "-q", "-e", "dummy:u", "--switch-events"};
    all.insert(all.end(), {"--sample-cpu", "-k", "mono", "-o", data, "--"});
    all.insert(all.end(), words.begin(), words.end());
    if (const Output o = runProgram(all); o.status != 0) {
        ::unlink(data.c_str());
        return "perf record ended with " + std::to_string(o.status);
    }
    const Output script =
        runProgram({"perf", "script", "-i", data, "--show-switch-events", "--show-task-events",
                    "--ns", "-F", "comm,pid,tid,cpu,time,event"});
    ::unlink(data.c_str());
    perf = readPerf(script.text);
    return {};
}

} // namespace Interleave::Bench
