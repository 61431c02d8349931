// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <utility>

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

/// A row for each figure of helper_cost.py: "  step, waiting   1.90 -> 3.10 us (+1.20)  budget …".
void addHelperCost(Report &report, const std::string &line)
{
    static const std::pair<const char *, double> bars[] = {{"ns", 600}, {"ms", 10}, {"us", 2.5}};
    const std::size_t begin = line.find_first_not_of(' ');
    const std::size_t end = line.find("  ", begin);
    if (begin == 0 || begin == std::string::npos || end == std::string::npos)
        return; // the line that names the interpreter
    const std::string figures = line.substr(end, line.find("budget") - end);
    const std::size_t added = figures.find("(+");
    const double value = std::atof(figures.c_str() + (added == std::string::npos ? 0 : added + 2));
    for (const auto &[unit, limit] : bars) {
        if (figures.find(std::string(" ") + unit) != std::string::npos)
            report.value("helper: " + line.substr(begin, end - begin), value, unit, Bar::AtMost,
                         limit);
    }
}

void addHelperCosts(Report &report)
{
    const Output output =
        runProgram({"python3", INTERLEAVE_SOURCE_DIR "/tests/bench/python/helper_cost.py"});
    if (output.status != 0) {
        report.skipped("helper: cost",
                       "helper_cost.py ended with " + std::to_string(output.status));
        return;
    }
    std::stringstream stream(output.text);
    for (std::string line; std::getline(stream, line);)
        addHelperCost(report, line);
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
