// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>

#include <vector>

namespace Interleave
{

/// How often each value of one result came out over the repeats of a run. Value.
struct Distribution {
    struct Count {
        QJsonValue value;
        int count = 0;
    };
    QString key; ///< of RunReport::result; "outcome": how the runs ended
    std::vector<Count> values; ///< each once; numbers ascending, else by the alphabet
    bool isNumeric = false; ///< all of them are numbers

    /// Runs that told it: one that deadlocked or failed may not have.
    [[nodiscard]] int total() const;
    /// It was not the same every time.
    [[nodiscard]] bool differs() const { return values.size() > 1; }
};

/// Of the outcome, and then of every number, text and truth value that a run measured, by their keys'
/// alphabet. Lists and objects are left out. Thread: any. Cost: O(results log runs).
[[nodiscard]] std::vector<Distribution> distributionsOf(const std::vector<RunReport> &runs);

/// One bar of a histogram: "1,090,798", or "900,000 to 949,999".
struct DistributionBar {
    QString label;
    int count = 0;
    bool operator==(const DistributionBar &) const = default;
};
/// One bar for each value where there are no more than `mostBars`; else numbers are put together in
/// equal ranges (an empty one in between has a bar of 0), and of texts the rarest are "others". Numbers
/// that hardly ever come twice are put together, too.
/// \param mostBars >= 2. \return nothing for an empty distribution.
[[nodiscard]] std::vector<DistributionBar> barsOf(const Distribution &distribution, int mostBars);

/// The one number that the table of repeats has beside the wall time: `preferred` ("result.final" or
/// "final") where the runs have it, else the first number that differs, else the first; empty when
/// there is none.
[[nodiscard]] QString mainResultKey(const std::vector<RunReport> &runs,
                                    const QString &preferred = {});

/// "distinct_orders" -> "distinct orders"
[[nodiscard]] QString resultKeyText(const QString &key);
/// "1,090,798", "0.87", "yes"; empty for a value that is not there.
[[nodiscard]] QString resultValueText(const QJsonValue &value);

/// "20 runs: 18 deadlocked, 2 finished. Wall 121 ms in the median, from 118 ms to 140 ms." and what the
/// main result did. Empty for no runs.
/// \param preferred  the main result where the runs have it, see mainResultKey(): what the set's question
/// asks for (Prediction::key).
[[nodiscard]] QString repeatsSentence(const std::vector<RunReport> &runs,
                                      const QString &preferred = {});

/// [{"outcome", "wall_ns", "result"}], in the order in which they ran.
[[nodiscard]] QJsonArray repeatsToJson(const std::vector<RunReport> &runs);
/// {key: [{"value", "count"}]}
[[nodiscard]] QJsonObject distributionsToJson(const std::vector<Distribution> &distributions);

} // namespace Interleave
