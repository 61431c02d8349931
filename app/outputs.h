// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/arguments.h"
#include "core/query/runreport.h"

#include <QJsonObject>

namespace Interleave
{

/// Writes runs to a file as its ending says: picture, slices.csv (one run only) or the JSON document.
/// An existing file stays as it is when anything fails. Errors: BadInput, Io.
Result<void> writeOutput(const std::vector<RunReport> &runs, const QJsonObject &document,
                         const QString &path, const Arguments &arguments);

/// Writes all files that were asked for; each that fails is complained about. \return the exit code: of the
/// last failure, or 0.
[[nodiscard]] int writeOutputs(const std::vector<RunReport> &runs, const QJsonObject &document,
                               const Arguments &arguments);

} // namespace Interleave
