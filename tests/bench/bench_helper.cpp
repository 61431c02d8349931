// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace Interleave::Bench
{

namespace
{

/// Figures that the thread-heavy script prints of itself.
struct PythonFigures {
    double wallNs = 1;
    double involuntary = 1;
};

/// The runs of one round. The third is as the first: how much two equal runs differ is the noise.
enum Kind : std::size_t { Without, Helped, WithoutAgain, KindCount };
using Round = std::array<PythonFigures, KindCount>;

/// How the quotients of many rounds lie.
struct Spread {
    double median = 0;
    double low = 0, high = 0; ///< between them is the middle half
    double uncertainty = 0; ///< of the median, to both sides
};

Spread spreadOf(const std::vector<double> &values)
{
    Spread spread{median(values), percentile(values, 25), percentile(values, 75), 0};
    // As for the notches of box plots: two that do not overlap differ with some 95 % certainty
    // (McGill, Tukey, Larsen 1978).
    spread.uncertainty = 1.57 * (spread.high - spread.low) / std::sqrt(double(values.size()));
    return spread;
}

PythonFigures runThreadHeavy(bool withHelper, std::string &problem)
{
    const std::vector<std::string> script{
        "python3", INTERLEAVE_SOURCE_DIR "/tests/bench/python/thread_heavy.py"};
    std::vector<std::string> options;
    if (!withHelper)
        options.push_back("--no-helper");
    const Output output = runProgram(recordedCommand(options, script));
    PythonFigures figures;
    if (output.status != 0
        || std::sscanf(output.text.c_str(), "%lf %lf", &figures.wallNs, &figures.involuntary) != 2)
        problem = "the script ended with " + std::to_string(output.status);
    figures.involuntary += 1; // a quotient of nothing by nothing is no change
    return figures;
}

std::vector<Round> runRounds(int count, std::string &problem)
{
    (void)runThreadHeavy(true, problem); // the first one of all compiles the helper
    std::vector<Round> rounds;
    std::array<std::size_t, KindCount> order{Without, Helped, WithoutAgain};
    for (int i = 0; i < count && problem.empty(); ++i) {
        Round round;
        for (const std::size_t kind : order)
            round[kind] = runThreadHeavy(kind == Helped, problem);
        rounds.push_back(round);
        std::next_permutation(order.begin(), order.end()); // after the last comes the first again
    }
    return rounds;
}

/// A row: one figure with the helper, against the mean of the two runs without it.
void addRow(Report &report, const std::string &name, const std::vector<Round> &rounds,
            double PythonFigures::*figure, double perUnit, const std::string &unit)
{
    std::vector<double> bare, quotients, controls;
    for (const Round &round : rounds) {
        const double first = round[Without].*figure;
        const double second = round[WithoutAgain].*figure;
        bare.push_back((first + second) / 2);
        quotients.push_back(round[Helped].*figure / bare.back());
        controls.push_back(second / first);
    }
    const Spread found = spreadOf(quotients);
    const Spread control = spreadOf(controls);
    const bool isBeyondNoise =
        std::abs(found.median - control.median) > found.uncertainty + control.uncertainty;
    char note[192];
    std::snprintf(note, sizeof note,
                  "both recorded; middle half %.3f to %.3f; without / without %.3f, %.3f to %.3f: "
                  "%s the noise",
                  found.low, found.high, control.median, control.low, control.high,
                  isBeyondNoise ? "beyond" : "within");
    const double baseline = median(bare) / perUnit;
    report.ratio(name, found.median * baseline, baseline, unit, Bar::AtMost, 1.05, note);
}

void compareHelper(Report &report)
{
    constexpr int kRounds = 12; // each order of a round's three runs twice
    const std::string names[] = {"wall of a thread-heavy script, with helper / without",
                                 "its involuntary switches, with helper / without"};
    std::string problem;
    const std::vector<Round> rounds = runRounds(kRounds, problem);
    if (!problem.empty()) {
        for (const std::string &name : names)
            report.skipped(name, problem);
        return;
    }
    addRow(report, names[0], rounds, &PythonFigures::wallNs, 1e6, "ms");
    addRow(report, names[1], rounds, &PythonFigures::involuntary, 1, "");
}

/// A figure of helper_cost.py, and what it may be.
struct HelperCost {
    const char *name;
    const char *unit;
    double limit;
};
/// An event, a start and a step are promised; the limits of the last two are about twice what was
/// measured for the README of the helper.
constexpr HelperCost kHelperCosts[] = {
    {"event", "ns", 600},
    {"start, nothing imported", "ms", 10},
    {"start, threading", "ms", 10},
    {"start, asyncio", "ms", 10},
    {"step, bare yield", "us", 2.5},
    {"step and a callback", "us", 2.5},
    {"a task, its creation", "us", 10},
    {"a thread, its name", "us", 5},
};

/// The value of a line such as "  step, bare yield   1.90 -> 3.10 us (+1.20)  budget ...", which is
/// what is added where both are told. \return nothing: it is no such line.
std::optional<double> readHelperCost(const std::string &line, const HelperCost &cost)
{
    const std::string begin = "  " + std::string(cost.name) + "  ";
    const std::size_t unit = line.find(std::string(" ") + cost.unit + ' ');
    if (line.rfind(begin, 0) != 0 || unit == std::string::npos)
        return std::nullopt;
    const std::size_t added = line.find("(+");
    const std::size_t reduced = line.find("(-"); // within the noise
    const std::size_t sign = std::min(added, reduced);
    const char *text = line.c_str() + (sign == std::string::npos ? begin.size() : sign + 1);
    char *end = nullptr;
    const double value = std::strtod(text, &end);
    return end == text ? std::nullopt : std::optional<double>(value);
}

/// A row for each figure. One that is not told, or cannot be read, is not met.
void addHelperCosts(Report &report)
{
    const Output output =
        runProgram({"python3", INTERLEAVE_SOURCE_DIR "/tests/bench/python/helper_cost.py"});
    std::vector<std::string> lines;
    std::stringstream stream(output.text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    for (const HelperCost &cost : kHelperCosts) {
        const std::string name = std::string("helper: ") + cost.name;
        std::optional<double> value;
        for (std::size_t i = 0; i < lines.size() && !value; ++i)
            value = readHelperCost(lines[i], cost);
        if (output.status != 0)
            report.skipped(name, "helper_cost.py ended with " + std::to_string(output.status));
        else if (!value)
            report.skipped(name, "helper_cost.py did not tell it");
        else
            report.value(name, *value, cost.unit, Bar::AtMost, cost.limit);
    }
}

} // namespace

void benchHelper(Report &report)
{
    if (runProgram({"python3", "-V"}).status != 0) {
        report.skipped("helper: cost", "python3 is not installed");
        return;
    }
    compareHelper(report);
    addHelperCosts(report);
}

} // namespace Interleave::Bench
