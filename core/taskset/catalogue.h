// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/taskset/taskset.h"

#include <vector>

namespace Interleave
{

/// The built-in task sets, from the resource ":/tasksets", in catalogue order. Value, immutable.
class Catalogue
{
public:
    /// Reads every *.json below `folder`. Errors: those of parseTaskSet().
    static Result<Catalogue> load(const QString &folder = QStringLiteral(":/tasksets"));

    [[nodiscard]] const std::vector<TaskSet> &sets() const { return m_sets; }
    /// By slug ("primes"), id ("S06") or title, without regard to case.
    [[nodiscard]] const TaskSet *find(const QString &name) const;
    /// find(), or a BadInput error with the nearest names.
    [[nodiscard]] Result<TaskSet> named(const QString &name) const;
    /// {"schema": "interleave.list/1", ...} of DESIGN.md, section 8.
    [[nodiscard]] QJsonObject toJson() const;

private:
    std::vector<TaskSet> m_sets;
};

} // namespace Interleave
