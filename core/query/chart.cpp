// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/chart.h"

#include "core/query/sentenceparts.h"
#include "core/taskset/taskset.h"

#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// Pieces of the curve: each is a few pixels long in any panel.
constexpr int kCurvePieces = 48;

/// Of a report from a file nothing is certain: what cannot be drawn is left out.
bool isCost(double ns)
{
    return ns > 0 && ns < 1e15;
}

bool isSpeedUp(double ratio)
{
    return ratio > 0 && ratio < 1e6;
}

Chart costChart()
{
    Chart chart;
    chart.kind = Chart::Kind::LogarithmicBars;
    chart.title = u"What one task costs"_s;
    chart.xTitle = u"logarithmic: each power of ten is as wide"_s;
    return chart;
}

std::optional<Chart> spawnChart(const RunReport &report)
{
    const double each = resultNumber(report, "per_task_ns");
    if (!isCost(each))
        return std::nullopt;
    Chart chart = costChart();
    chart.bars.push_back({u"A task of this run"_s, each, false});
    if (const double bare = resultNumber(report, "bare_ns"); isCost(bare))
        chart.bars.push_back({u"A bare "_s + primitiveOf(report.model), bare, true});
    if (report.statistics.spawn > 0)
        chart.bars.push_back({u"Start delay, mean"_s, double(report.statistics.spawn), true});
    return chart;
}

/// Source: Amdahl 1967. \param serial share of the work that one task has to do alone
double lawOf(double serial, double tasks)
{
    return 1 / (serial + (1 - serial) / tasks);
}

/// The law from `first` to `last` tasks, in steps of the same ratio, as the axis has them.
std::vector<Chart::Point> lawCurve(double serial, double first, double last)
{
    std::vector<Chart::Point> curve;
    curve.reserve(kCurvePieces + 1);
    for (int i = 0; i <= kCurvePieces; ++i) {
        const double x = first * std::pow(last / first, double(i) / kCurvePieces);
        curve.push_back({x, lawOf(serial, x)});
    }
    return curve;
}

/// Where more tasks cannot help any more: there are no more cores for them.
std::optional<Chart::Mark> coresMark(const RunReport &report)
{
    if (report.model == "coroutines"_L1)
        return Chart::Mark{1, u"one thread for all"_s};
    const int cores = report.result.value("cores"_L1).toInt();
    if (cores < 1)
        return std::nullopt;
    return Chart::Mark{double(cores), counted(std::uint64_t(cores), u"core"_s)};
}

std::optional<Chart> amdahlChart(const RunReport &report)
{
    Chart chart;
    chart.kind = Chart::Kind::Curve;
    chart.title = u"How many times as fast as one task"_s;
    chart.xTitle = u"tasks"_s;
    chart.measuredName = u"measured"_s;
    const QJsonArray points = report.result.value("points"_L1).toArray();
    for (qsizetype i = 0; i < points.size(); ++i) {
        const QJsonObject point = points[i].toObject();
        const double tasks = point.value("n"_L1).toInt();
        const double measured = point.value("measured"_L1).toDouble();
        const double theory = point.value("theory"_L1).toDouble();
        const bool isLater = chart.measured.empty() || tasks > chart.measured.back().x;
        if (tasks < 1 || !isSpeedUp(measured) || !isSpeedUp(theory) || !isLater)
            continue;
        chart.measured.push_back({tasks, measured});
        chart.expected.push_back({tasks, theory});
    }
    if (chart.measured.size() < 2)
        return std::nullopt;
    const double percent = report.params.value("serial_percent"_L1).toDouble(-1);
    if (percent >= 0 && percent <= 100) {
        chart.curveName = u"Amdahl's law, %1 % serial"_s.arg(percent);
        chart.curve = lawCurve(percent / 100, chart.measured.front().x, chart.measured.back().x);
    }
    chart.mark = coresMark(report);
    return chart;
}

double medianOf(std::vector<double> numbers)
{
    std::sort(numbers.begin(), numbers.end());
    const std::size_t middle = numbers.size() / 2;
    return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

} // namespace

std::optional<Chart> chartOf(const RunReport &report)
{
    if (report.slug == "spawn-cost"_L1)
        return spawnChart(report);
    if (report.slug == "amdahl"_L1)
        return amdahlChart(report);
    return std::nullopt;
}

std::optional<Chart> chartOfRuns(const std::vector<RunReport> &runs)
{
    std::vector<std::pair<QString, std::vector<double>>> costs; // of each model, by its first run
    for (const RunReport &run : runs) {
        const double each = resultNumber(run, "per_task_ns");
        if (run.slug != "spawn-cost"_L1 || run.outcome != RunOutcome::Finished || !isCost(each))
            continue;
        auto model = std::find_if(costs.begin(), costs.end(),
                                  [&](const auto &known) { return known.first == run.model; });
        if (model == costs.end()) {
            costs.emplace_back(run.model, std::vector<double>());
            model = std::prev(costs.end());
        }
        model->second.push_back(each);
    }
    if (costs.empty())
        return std::nullopt;
    Chart chart = costChart();
    for (auto &[model, numbers] : costs)
        chart.bars.push_back({modelTitle(model), medianOf(std::move(numbers)), false});
    return chart;
}

} // namespace Interleave
