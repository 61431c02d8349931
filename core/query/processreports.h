// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/trace/trace.h"

#include <vector>

namespace Interleave
{

/// The processes of a run of a command, with their numbers, in the order in which they were seen first.
///
/// The verdict "one at a time: GIL" says that the threads of a Python process had a core one after the
/// other though several of them wanted one. A thread wants a core while it runs, is ready to, or waits
/// for the GIL (inferred). The verdict is given when
///   - the process runs CPython with a global lock,
///   - in at least 1/kContendedShare of the time in which any of its threads wanted a core, two or more
///     wanted one (contended), and for at least kLeastContended: else there was nothing to take turns in,
///   - in less than 1/kOverlapShare of that contended time two or more were on cores, and
///   - waits for the GIL make up at least 1/kWaitShare of it: where too few cores were free instead, the
///     threads were ready and not waiting.
/// Overlap is compared with the contended time, and not with what the lesser thread computed: one that does
/// input and output beside one that computes is on its core mostly to find the lock taken, all of it while
/// the other one runs, and yet it loses 5 ms each time to the GIL.
///
/// From a source without switches, overlap, waits and verdict are not known, and empty. Thread: any. Cost:
/// O(slices log threads).
[[nodiscard]] std::vector<ProcessReport> processReports(const TraceSnapshot &snapshot);

constexpr int kContendedShare = 10;
/// A look whether the lock is free takes some 30 us of an interval of 5 ms (anchors/python.md, 1.4);
/// ten times as much on a busy machine is still no running at once.
constexpr int kOverlapShare = 20;
constexpr int kWaitShare = 4;
/// Two switch intervals: a thread that never had to wait for longer is none that took turns.
constexpr DurationNs kLeastContended = 10 * kMillisecond;

} // namespace Interleave
