// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "perftruth.h"

#include <cstdio>

#include <unistd.h>

namespace Interleave::Bench
{

namespace
{

void agreement(Report &report, const std::string &name, const std::vector<std::string> &run)
{
    const std::string csv = "/tmp/interleave-truth-" + std::to_string(::getpid()) + ".csv";
    std::vector<std::string> words{binFolder() + "/interleave", "run"};
    words.insert(words.end(), run.begin(), run.end());
    words.insert(words.end(), {"--out", csv, "--json"});
    PerfRun theirs;
    if (const std::string problem = recordWithPerf(words, theirs); !problem.empty()) {
        report.skipped(name, problem);
        return;
    }
    const RecordedRun ours = readSlices(csv);
    const Agreement both = agreementOf(ours, theirs);
    char note[128];
    std::snprintf(note, sizeof note, "%zu threads, %.1f ms on cores, one task per core: %s",
                  ours.tids.size(), double(both.both) / 1e6, ours.oneTaskPerCore ? "yes" : "NO");
    report.value(name, ours.oneTaskPerCore ? both.share() : 0, "", Bar::AtLeast, 0.999, note);
    ::unlink(csv.c_str());
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
