// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/taskset/catalogue.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace Interleave
{

/// What a terminal shows of a run, a comparison, the catalogue. Plain text with aligned columns.
/// Of a person's own program, its processes stand before its tasks (its threads are among them).
[[nodiscard]] QString runText(const RunReport &report);
[[nodiscard]] QString comparisonText(const Comparison &comparison);
/// How several runs of the same differed: a sentence, and how often each value came out.
/// \param preferred  the result that the sentence speaks of, see repeatsSentence().
[[nodiscard]] QString repeatsText(const std::vector<RunReport> &runs,
                                  const QString &preferred = {});
[[nodiscard]] QString catalogueText(const Catalogue &catalogue);

/// Rows with their columns aligned: the first to the left, numbers to the right.
[[nodiscard]] QString alignedRows(const std::vector<QStringList> &rows);
/// With '?' for control characters: a program may call itself and its threads anything, and a terminal
/// obeys some of it.
[[nodiscard]] QString oneLine(QString text);

} // namespace Interleave
