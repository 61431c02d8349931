// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

using namespace Interleave::Bench;

/// `interleave-bench [--json] [NAME...]`: all benchmarks, or those named. Exit code 1 when a bar is
/// not met.
int main(int argc, char *argv[])
{
    std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words.front() == "workload")
        return runWorkload({words.begin() + 1, words.end()});
    setenv("INTERLEAVE_BIN", binFolder().c_str(), 0); // this program is not where the engine is
    const bool json = std::erase(words, "--json") > 0;
    const std::pair<const char *, void (*)(Report &)> all[] = {
        {"recording", benchRecording},   {"pool", benchPool},     {"spawn", benchSpawn},
        {"coroutines", benchCoroutines}, {"sync", benchSync},     {"observing", benchObserving},
        {"lost", benchNothingLost},      {"truth", benchTruth},   {"tasksets", benchTaskSets},
        {"command", benchCommand},       {"helper", benchHelper}, {"gil", benchGlobalLock},
        {"window", benchWindow},
    };
    Report report;
    for (const auto &[name, run] : all) {
        if (!words.empty() && std::find(words.begin(), words.end(), name) == words.end())
            continue;
        std::fprintf(stderr, "%s\n", name);
        if (std::strcmp(name, "window") == 0) {
            run(report); // starts programs of its own with their own applications
        } else {
            QCoreApplication application(argc, argv);
            run(report);
        }
    }
    if (json)
        std::printf("%s", report.json().c_str());
    else
        report.printTable();
    for (const Row &row : report.rows()) {
        if (!row.met)
            return 1;
    }
    return 0;
}
