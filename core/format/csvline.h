// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <cstddef>

namespace Interleave
{

/// Splits one line of a CSV file into exactly `count` fields; they may be quoted, with doubled quotes inside
/// (RFC 4180). Without the line's end. \return false when there are more or fewer, or a quote is open.
/// Thread: any.
[[nodiscard]] bool splitCsvLine(const QByteArray &line, QByteArray *fields, std::size_t count);

} // namespace Interleave
