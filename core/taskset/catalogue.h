// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <vector>

namespace Interleave
{

/// The task sets: the built-in ones, from the resource ":/tasksets", in catalogue order; after them a
/// person's own, among which there may be some that cannot be used (TaskSet::fault). Value.
class Catalogue
{
public:
    /// Reads the built-in sets: every *.json below `folder`. They also get the parameters that all have
    /// in common (commonparameters.h). Errors: those of parseTaskSet().
    static Result<Catalogue> load(const QString &folder = QStringLiteral(":/tasksets"));

    [[nodiscard]] const std::vector<TaskSet> &sets() const { return m_sets; }
    /// Replaces the own sets; pointers from find() end here.
    void setOwnSets(std::vector<TaskSet> sets);
    /// By slug ("primes"), id ("S06") or title, without regard to case.
    [[nodiscard]] const TaskSet *find(const QString &name) const;
    /// The own set that was read from that file, or nullptr.
    [[nodiscard]] const TaskSet *findFile(const QString &path) const;
    /// find(), or a BadInput error: with the nearest names, or with the fault of what was found.
    [[nodiscard]] Result<TaskSet> named(const QString &name) const;
    /// {"schema": "interleave.list/1", "task_sets", "models", "not_usable": [{"file", "error"}]}. An own
    /// set has also "file", and "based_on" where there is one; a set that starts a program also "command",
    /// its words; a parameter also "at_least", "only_with", or "pattern" and "expected", where it has
    /// them.
    [[nodiscard]] QJsonObject toJson() const;

private:
    std::vector<TaskSet> m_sets;
};

} // namespace Interleave
