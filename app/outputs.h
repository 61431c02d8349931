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

} // namespace Interleave
