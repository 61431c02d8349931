// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"

#include <QString>

namespace Interleave
{

/// "Deadlock", "Pool starvation", "Never given back".
[[nodiscard]] QString deadlockTitle(const DeadlockReport &deadlock);

/// What is waited for: "fork 2", "a worker of the pool", "its end".
/// \param trace of the run: tells a pool from a lock; may be null.
[[nodiscard]] QString wantedWords(const DeadlockReport::Edge &edge, const Trace *trace);

/// "Deadlock: Alice waits for fork 2, held by Bob; Bob waits for fork 1, held by Alice. None of them can
/// go on." A pool that has run out of workers, and a thing that somebody ended with, are told apart. This
/// is known, not guessed. Empty for a run without a deadlock.
[[nodiscard]] QString deadlockSentence(const RunReport &report);

/// While the run is still going on and its report is not made: of the words that come with the finding.
[[nodiscard]] QString deadlockFoundSentence(const QString &text);

/// Of a program whose locks nobody sees, in which nothing has moved for so long, and nothing is known to
/// wait for something else: a suspicion, and worded as one. "Nothing has moved for 5.00 s: perhaps a
/// deadlock. ..."
[[nodiscard]] QString standstillSentence(DurationNs quiet);

} // namespace Interleave
