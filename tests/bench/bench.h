// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <functional>
#include <string>
#include <vector>

namespace Interleave::Bench
{

/// Which side of the bar is good.
enum class Bar { AtMost, AtLeast, Exactly };

/// One figure: measured value, what it stands beside, and the promise that it has to keep.
struct Row {
    std::string name;
    double value = 0;
    std::string unit;
    double baseline = 0; ///< in the same unit; 0 when the bar is on the value itself
    double ratio = 0; ///< value / baseline, or the value
    std::string bar; ///< "<= 1.10"
    bool met = false;
    std::string note; ///< why it could not be measured, or what else was seen
};

/// Collects rows. A benchmark that cannot run here says so and counts as not met.
class Report
{
public:
    /// The bar is on value / baseline.
    void ratio(const std::string &name, double value, double baseline, const std::string &unit,
               Bar bar, double limit, const std::string &note = {});
    /// The bar is on the value.
    void value(const std::string &name, double value, const std::string &unit, Bar bar,
               double limit, const std::string &note = {});
    void skipped(const std::string &name, const std::string &why);
    [[nodiscard]] const std::vector<Row> &rows() const { return m_rows; }
    void printTable() const;
    [[nodiscard]] std::string json() const;

private:
    void add(Row row, Bar bar, double limit);
    std::vector<Row> m_rows;
};

[[nodiscard]] double median(std::vector<double> values);
/// `percent` of 100, nearest rank.
[[nodiscard]] double percentile(std::vector<double> values, double percent);

/// Measures two variants in alternating order, so that the machine's moods hit both alike.
struct Pair {
    double first = 0; ///< medians
    double second = 0;
    double ratio = 0; ///< median of second / first, pair by pair
};
[[nodiscard]] Pair alternate(int rounds, const std::function<double()> &first,
                             const std::function<double()> &second);

/// Wall time of a call, ns.
template<typename Function>
double timed(Function &&function)
{
    const TimestampNs begin = monotonicNow();
    function();
    return double(monotonicNow() - begin);
}

/// The folder of the programs, this one's parent folder.
[[nodiscard]] std::string binFolder();

/// Runs a program and waits. \return what it printed on standard output.
struct Output {
    int status = -1;
    std::string text;
    double wallNs = 0;
};
[[nodiscard]] Output runProgram(const std::vector<std::string> &words);
/// `interleave record OPTIONS -- COMMAND`.
[[nodiscard]] std::vector<std::string> recordedCommand(const std::vector<std::string> &options,
                                                       const std::vector<std::string> &command);

// The benchmarks, one file each.
void benchRecording(Report &report);
void benchPool(Report &report);
void benchSpawn(Report &report);
void benchCoroutines(Report &report);
void benchSync(Report &report);
void benchObserving(Report &report);
void benchNothingLost(Report &report);
void benchTruth(Report &report);
void benchTaskSets(Report &report);
void benchWindow(Report &report);
void benchCommand(Report &report);
void benchHelper(Report &report);
void benchGlobalLock(Report &report);

/// Programs of this executable that others observe: `interleave-bench workload NAME ARGS`. Each
/// prints its length in ns and its context switches, also those of the programs that it starts.
int runWorkload(const std::vector<std::string> &words);

} // namespace Interleave::Bench
