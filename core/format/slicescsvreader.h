// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/trace/trace.h"

#include <QString>

#include <memory>

namespace Interleave
{

/// Reads a slices.csv (DESIGN.md, section 7) back into a trace: tracks, slices, tasks and their sums.
/// What the format does not hold (printed lines, flows, counts of switches) is not there.
/// Errors: Io, or BadInput naming the file, the line and what was expected. Thread: any.
[[nodiscard]] Result<std::shared_ptr<const Trace>> readSlicesCsv(const QString &path);

} // namespace Interleave
