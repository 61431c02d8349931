// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QString>

#include <optional>
#include <vector>

namespace Interleave
{

/// A picture of a few numbers that a run, or the comparison of several, has measured: which numbers,
/// their names and their units, apart from how they are drawn. Value.
struct Chart {
    enum class Kind {
        LogarithmicBars, ///< `bars`, on an axis on which every power of ten is as wide
        Curve, ///< `measured` beside `curve`, over numbers of tasks
    };
    struct Bar {
        QString name;
        double valueNs = 0; ///< > 0. Not whole: what costs a nanosecond is measured by the thousand
        bool isReference = false; ///< to compare with, not what the chart is about
        bool operator==(const Bar &) const = default;
    };
    struct Point {
        double x = 0; ///< a number of tasks, at least 1
        double y = 0; ///< how many times as fast as one task, above 0
        bool operator==(const Point &) const = default;
    };
    struct Mark {
        double x = 0; ///< as of a point
        QString name;
        bool operator==(const Mark &) const = default;
    };

    Kind kind = Kind::LogarithmicBars;
    QString title;
    QString xTitle; ///< of the axis below; may be empty
    std::vector<Bar> bars;
    QString measuredName, curveName;
    std::vector<Point> measured; ///< two or more, x growing
    std::vector<Point> expected; ///< what the law says, at the same x
    std::vector<Point> curve; ///< the law from the first x to the last; empty: not known
    std::optional<Mark> mark; ///< an x at which something changes

    bool operator==(const Chart &) const = default;
};

/// The chart that belongs to the run's task set, of what the run has measured; nothing for most sets,
/// and where the run ended before it had measured enough.
///
/// Spawn cost: what one task cost, the bare thing that it is made of, and the mean start delay.
/// Amdahl's law: how many times as fast each number of tasks was, on the curve of the law.
/// Thread: any. Cost: O(points). Errors: none; numbers that cannot be are left out.
[[nodiscard]] std::optional<Chart> chartOf(const RunReport &report);

/// The chart that belongs to a comparison: of spawn cost what one task cost under each model, the median
/// of its finished runs, in the order of the models' first runs. Nothing for other sets.
/// Thread: any. Cost: O(runs log runs).
[[nodiscard]] std::optional<Chart> chartOfRuns(const std::vector<RunReport> &runs);

} // namespace Interleave
