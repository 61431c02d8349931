// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/trace/trace.h"

#include <QString>

#include <memory>

namespace Interleave
{

/// Reads a slices.csv (DESIGN.md, section 7) back into a trace: tracks, slices, tasks and their sums; a task
/// without rows of its own, as a thread of a recorded program is, has those of its threads.
/// What the format does not hold (printed lines, flows, counts of switches, what kind of thing a lock
/// is, and of several holders how many and who) is not there.
///
/// Tasks of the same name are told apart by their tracks, whose rows stand together: where a title comes
/// again after another track, or a time goes back, there is another task. The rows of cores and threads
/// have nothing but the name: theirs is the one that was on that thread then. The file cannot tell
/// namesakes apart whose tracks follow each other in the file and in time, nor such as have no tracks:
/// they become one task.
///
/// A file that begins at time 0, which means "never" to a trace, is moved by 1 ns as a whole.
/// Errors: Io, or BadInput naming the file, the line and what was expected; a trace of more than
/// kLongestTrace is one. Thread: any. Cost: O(rows log rows).
[[nodiscard]] Result<std::shared_ptr<const Trace>> readSlicesCsv(const QString &path);

/// A week. What shows or sums up a trace need not be ready for more.
constexpr DurationNs kLongestTrace = DurationNs(7) * 24 * 3600 * kSecond;

} // namespace Interleave
