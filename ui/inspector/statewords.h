// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <QString>

namespace Interleave
{

/// "running", "waiting for a core", "blocked on a lock": a slice's state for a person, in the user's
/// language. (The words of files are those of sliceStateName().)
[[nodiscard]] QString stateWords(SliceState state, WaitReason reason);
/// The same, and how it is known where nobody recorded it: "waiting for the GIL (inferred)",
/// "sleeping (sampled)".
[[nodiscard]] QString stateWords(const Slice &slice);

/// "done", "failed", "never started", ...
[[nodiscard]] QString outcomeWords(TaskOutcome outcome);

/// "kernel, whole machine", "kernel", "sampled", "events only".
[[nodiscard]] QString sourceWords(Source source);

/// What stands in place of a number that there is not, "–", and what the tooltip and assistive programs
/// say where the run's source cannot know it.
[[nodiscard]] QString dashMark();
[[nodiscard]] QString unknownWords();

/// "48 %"; "< 1 %" where it would round to nothing, "-" when there is no whole.
[[nodiscard]] QString percentWords(DurationNs part, DurationNs whole);

/// "core 1".
[[nodiscard]] QString coreWords(CoreId core);

/// The task's name, else the thread's, else empty.
[[nodiscard]] QString sliceName(const Trace &trace, TaskId task, ThreadIndex thread);

} // namespace Interleave
