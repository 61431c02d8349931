// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/query/setsentence.h"

#include <QString>
#include <QStringList>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What the sentences of the task sets are made of. Thread: any.
using ListedTasks = std::vector<const TaskStatistics *>;

/// The tasks that the set is about: all but main, and only those that began.
[[nodiscard]] ListedTasks workOf(const RunReport &report);
/// Main, or nullptr when it never began.
[[nodiscard]] const TaskStatistics *mainOf(const RunReport &report);
/// "a", "a and b", "a, b and c"
[[nodiscard]] QString listed(const QStringList &words);
/// What a task of the model is made of, as the machine has it without Interleave: "QThread".
[[nodiscard]] QString primitiveOf(const QString &model);
/// "1.97"
[[nodiscard]] QString ratioText(double ratio);
/// "12.5 %"; a part that would be rounded to nothing is "less than 0.1 %".
[[nodiscard]] QString shareText(DurationNs part, DurationNs whole);
/// How long each thread that carried any of the tasks had one, by pid and tid.
[[nodiscard]] std::map<std::pair<pid_t, pid_t>, DurationNs>
occupancyByThread(const ListedTasks &tasks);
/// Whether the source knows how long tasks were on cores in all.
[[nodiscard]] bool knowsTotals(const RunReport &report);
/// Whether the source knows each switch.
[[nodiscard]] bool knowsSwitches(const RunReport &report);
/// A number of RunReport::result, or `fallback`.
[[nodiscard]] double resultNumber(const RunReport &report, const char *key, double fallback = 0);

// One for each file of sentences: nothing when the set is none of theirs.
[[nodiscard]] std::optional<QString> hazardSentence(const RunReport &report); ///< S16 S17 S19 S28
[[nodiscard]] std::optional<QString>
sharingSentence(const RunReport &report); ///< S18 S20 S21 S22 S23
[[nodiscard]] std::optional<QString> poolSentence(const RunReport &report); ///< S24
[[nodiscard]] std::optional<QString> waitingSentence(const RunReport &report); ///< S04 S05 S09 S33
[[nodiscard]] std::optional<QString> scalingSentence(const RunReport &report); ///< S08 S25 S26 S32
[[nodiscard]] std::optional<QString> flowSentence(const RunReport &report); ///< S11 S30 S31
[[nodiscard]] std::optional<QString> networkSentence(const RunReport &report); ///< S10 S12 S13 S14
[[nodiscard]] std::optional<QString>
databaseSentence(const RunReport &report); ///< S14, by the one above

} // namespace Interleave
