// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"
#include "perftruth.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace Interleave::Bench
{

namespace
{

using Words = std::vector<std::string>;

constexpr int kSourceFiles = 40; // of the small C project

/// A folder of its own, gone with this object.
class Folder
{
public:
    Folder()
    {
        char path[] = "/tmp/interleave-bench-XXXXXX";
        if (const char *made = ::mkdtemp(path))
            m_path = made;
        else
            std::fprintf(stderr, "  there is no room in /tmp\n");
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder()
    {
        std::error_code ignored; // what is left of it is the system's to clean
        if (!m_path.empty())
            std::filesystem::remove_all(m_path, ignored);
    }
    [[nodiscard]] std::string file(const std::string &name) const { return m_path + '/' + name; }
    void write(const std::string &name, const std::string &text) const
    {
        std::ofstream(file(name)) << text;
    }
    [[nodiscard]] const std::string &path() const { return m_path; }

private:
    std::string m_path;
};

std::string self()
{
    return binFolder() + "/tests/interleave-bench";
}

/// Of the source: what the benchmarks run that is not compiled.
std::string source(const std::string &path)
{
    return std::string(INTERLEAVE_SOURCE_DIR) + '/' + path;
}

bool isInPath(const std::string &program)
{
    return runProgram({"sh", "-c", "command -v \"$1\"", "sh", program}).status == 0;
}

/// A C project whose files take the compiler some tens of milliseconds each.
void writeProject(const Folder &folder)
{
    std::filesystem::create_directory(folder.file("project"));
    for (int file = 0; file < kSourceFiles; ++file) {
        const std::string n = std::to_string(file);
        std::string text = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n";
        for (int i = 0; i < 60; ++i) {
            const std::string name = "part" + n + "_" + std::to_string(i);
            text += "int " + name + "(int a, const int *v)\n{\n    int s = a;\n"
                + "    for (int i = 0; i < a; ++i) {\n        s += v[i % 16] * (i ^ "
                + std::to_string(i + file) + ");\n        if (s & 4)\n"
                + "            s -= abs(v[(i + 3) % 16]) + (int)strlen(\"" + name + "\");\n"
                + "    }\n    return s;\n}\n";
        }
        if (file == 0)
            text += "int main(void)\n{\n    int v[16] = {1, 2, 3};\n"
                    "    printf(\"%d\\n\", part0_0(9, v));\n    return 0;\n}\n";
        folder.write("project/part" + n + ".c", text);
    }
    folder.write("project/Makefile",
                 "program: $(patsubst %.c,%.o,$(sort $(wildcard *.c)))\n\tgcc -o $@ $^\n"
                 "%.o: %.c\n\tgcc -O1 -c -o $@ $<\n");
}

void writeNodeProgram(const Folder &folder)
{
    folder.write("workers.js",
                 "const { Worker, isMainThread, workerData } = require('worker_threads');\n"
                 "if (isMainThread) {\n"
                 "    for (const name of ['left', 'right'])\n"
                 "        new Worker(__filename, { workerData: name, name });\n"
                 "} else {\n"
                 "    let total = 0;\n"
                 "    for (let i = 0; i < 60e6; ++i)\n"
                 "        total += Math.sqrt(i);\n"
                 "    console.log(workerData, total > 0);\n"
                 "}\n");
}

/// Text that xz has some work with, in several of its blocks.
void writeBigText(const Folder &folder)
{
    std::ofstream file(folder.file("text"));
    std::uint64_t x = 88172645463325252ull;
    for (int line = 0; line < 700'000; ++line) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        file << "line " << line << " has the number " << x % 1'000'000 << '\n';
    }
}

QJsonObject readDocument(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

/// Process numbers of the run in the order of their appearance; the first is the command's.
QJsonArray processesOf(const QJsonObject &document)
{
    return document.value(QStringLiteral("command"))
        .toObject()
        .value(QStringLiteral("processes"))
        .toArray();
}

/// Two rows: how far we agree with perf on the same run, and whether a thread is missing.
void compareWithPerf(Report &report, const Folder &folder, const std::string &name,
                     const Words &command)
{
    const std::string csv = folder.file("slices.csv"), json = folder.file("run.json");
    const std::string rows[] = {"agreement with perf, " + name, "threads missing, " + name};
    PerfRun theirs;
    const std::string problem =
        recordWithPerf(recordedCommand({"--out", csv, "--out", json}, command), theirs);
    const QJsonObject document = readDocument(json);
    const QJsonArray processes = processesOf(document);
    if (!problem.empty() || processes.isEmpty()) {
        for (const std::string &row : rows)
            report.skipped(row, problem.empty() ? "the document tells no process" : problem);
        return;
    }
    const RecordedRun ours = readSlices(csv);
    const Agreement agreement = agreementOf(ours, theirs);
    char note[160];
    std::snprintf(note, sizeof note, "%s, %.1f ms on cores, one task per core: %s",
                  qPrintable(document.value(QStringLiteral("source")).toString()),
                  double(agreement.both) / 1e6, ours.oneTaskPerCore ? "yes" : "NO");
    report.value(rows[0], ours.oneTaskPerCore ? agreement.share() : 0, "", Bar::AtLeast, 0.999,
                 note);
    const int root = processes[0].toObject().value(QStringLiteral("pid")).toInt();
    const std::set<int> expected = threadsBelow(theirs, root);
    std::vector<int> missing;
    std::set_difference(expected.begin(), expected.end(), ours.tids.begin(), ours.tids.end(),
                        std::back_inserter(missing));
    std::snprintf(note, sizeof note, "of %zu in %d processes; we have %zu", expected.size(),
                  int(processes.size()), ours.tids.size());
    report.value(rows[1], double(missing.size()), "", Bar::Exactly, 0, note);
    std::filesystem::remove(csv);
    std::filesystem::remove(json);
}

struct Case {
    std::string name;
    std::string needs; ///< a program
    Words command;
};

std::vector<Case> truthCases(const Folder &folder)
{
    const std::string examples = source("resources/python/examples/");
    std::vector<Case> cases{
        {"python3 threads",
         "python3",
         {"python3", examples + "threads.py", "--class", "--work", "compute"}},
        {"python3 threads, tasks and a process",
         "python3",
         {"python3", examples + "mixed.py", "--class"}},
        {"xz -T2", "xz", {"xz", "-T2", "-1", "-k", "-f", folder.file("text")}},
        {"make -j2", "make", {"make", "-s", "-B", "-j2", "-C", folder.file("project")}},
        {"node worker_threads", "node", {"node", folder.file("workers.js")}},
    };
    for (const char *method : {"fork", "spawn", "forkserver"}) {
        cases.push_back({std::string("multiprocessing ") + method,
                         "python3",
                         {"python3", examples + "processes.py", "--class", "--start", method}});
    }
    return cases;
}

void benchTruthOfCommands(Report &report, const Folder &folder)
{
    for (const char *tier : {"kernel-wide", "kernel"}) {
        ::setenv("INTERLEAVE_SOURCE", tier, 1);
        for (const Case &each : truthCases(folder)) {
            const std::string name = each.name + " (" + tier + ")";
            if (isInPath(each.needs))
                compareWithPerf(report, folder, name, each.command);
            else
                report.skipped("agreement with perf, " + name, each.needs + " is not installed");
        }
        ::unsetenv("INTERLEAVE_SOURCE");
    }
}

/// What a workload says of itself.
struct OwnFigures {
    double ns = 1;
    double switches = 0;
    [[nodiscard]] double thousandsPerSecond() const { return switches / ns * 1e6; }
};

/// \return 1 ns and a problem when the command did not end well.
OwnFigures runItself(const Words &words, std::string &problem)
{
    const Output output = runProgram(words);
    OwnFigures own;
    if (output.status == 0
        && std::sscanf(output.text.c_str(), "%lf %lf", &own.ns, &own.switches) == 2 && own.ns > 0)
        return own;
    problem = words.front() + " ended with " + std::to_string(output.status);
    return {};
}

Words workloadCommand(const Words &workload)
{
    Words command{self(), "workload"};
    command.insert(command.end(), workload.begin(), workload.end());
    return command;
}

/// Thousands of context switches a second as the recording has them; and its source.
std::string recordedRate(const Folder &folder, const Words &command)
{
    const std::string json = folder.file("rate.json");
    (void)runProgram(recordedCommand({"--out", json}, command));
    const QJsonObject document = readDocument(json);
    const QJsonObject switches = document.value(QStringLiteral("switches")).toObject();
    const double count = switches.value(QStringLiteral("voluntary")).toDouble()
        + switches.value(QStringLiteral("involuntary")).toDouble();
    const double wall = std::max(1.0, document.value(QStringLiteral("wall_ns")).toDouble());
    char text[64];
    std::snprintf(text, sizeof text, "%.1f k recorded, %s", count / wall * 1e6,
                  qPrintable(document.value(QStringLiteral("source")).toString()));
    return text;
}

struct Comparison {
    std::string name;
    Words workload;
    double bar = 1;
    double leastRate = 0; ///< thousands of switches a second; a bare run with fewer proves nothing
};

/// A row: the length of what `interleave-bench workload WORDS` does, recorded against bare. It
/// measures itself, so that the start and the end of the recording program are no part of it.
void compareWithBare(Report &report, const Folder &folder, const Comparison &comparison)
{
    constexpr int kRounds = 15;
    const Words command = workloadCommand(comparison.workload);
    std::string problem;
    std::vector<double> rates;
    const Pair pair = alternate(
        kRounds,
        [&] {
            const OwnFigures own = runItself(command, problem);
            rates.push_back(own.thousandsPerSecond());
            return own.ns;
        },
        [&] { return runItself(recordedCommand({}, command), problem).ns; });
    char bareRate[64];
    std::snprintf(bareRate, sizeof bareRate, "%.1f k switches/s bare", median(rates));
    if (problem.empty() && median(rates) < comparison.leastRate)
        problem = std::string(bareRate) + " are too few";
    if (!problem.empty()) {
        report.skipped(comparison.name, problem);
        return;
    }
    report.ratio(comparison.name, pair.ratio * pair.first / 1e6, pair.first / 1e6, "ms",
                 Bar::AtMost, comparison.bar,
                 std::string(bareRate) + ", " + recordedRate(folder, command));
}

Words pingPong(long work)
{
    constexpr int kTurnsEach = 30'000; // 0.6 s at the promised rate
    return {"one-core", std::to_string(kTurnsEach), std::to_string(work)};
}

/// Time from one switch to the next of the bare ping-pong, ns.
double switchPeriod(long work, std::string &problem)
{
    std::vector<double> periods;
    for (int i = 0; i < 3; ++i) {
        const OwnFigures own = runItself(workloadCommand(pingPong(work)), problem);
        periods.push_back(own.ns / std::max(1.0, own.switches));
    }
    return median(periods);
}

/// How much a turn has to compute for `period` ns from one switch to the next; 0 where the switches
/// alone take as long.
long workForPeriod(double period, std::string &problem)
{
    constexpr long kTrial = 4000; // some 8 us
    const double none = switchPeriod(0, problem);
    const double slope = (switchPeriod(kTrial, problem) - none) / double(kTrial);
    if (slope <= 0)
        return 0;
    const double guess = std::max(0.0, (period - none) / slope);
    const double correction = (period - switchPeriod(std::lround(guess), problem)) / slope;
    return std::lround(std::max(0.0, guess + correction));
}

/// The bar is on 100 k switches/s: two threads on one core that compute in between.
void benchPingPong(Report &report, const Folder &folder)
{
    const std::string name = "100 k switches/s ping-pong, recorded / bare";
    std::string problem;
    const long work = workForPeriod(10'000, problem);
    if (problem.empty())
        compareWithBare(report, folder, {name, pingPong(work), 1.3, 90});
    else
        report.skipped(name, problem);
}

} // namespace

void benchCommand(Report &report)
{
    const Folder folder;
    if (folder.path().empty()) {
        report.skipped("commands", "no folder can be made in /tmp");
        return;
    }
    writeProject(folder);
    writeNodeProgram(folder);
    writeBigText(folder);
    if (isInPath("perf"))
        benchTruthOfCommands(report, folder);
    else
        report.skipped("agreement with perf, commands", "perf is not installed");
    if (isInPath("make") && isInPath("gcc"))
        compareWithBare(report, folder,
                        {"wall of make -j2, recorded / bare",
                         {"wall", "make", "-s", "-B", "-j2", "-C", folder.file("project")},
                         1.03});
    else
        report.skipped("wall of make -j2, recorded / bare", "make and gcc are needed");
    benchPingPong(report, folder);
}

} // namespace Interleave::Bench
