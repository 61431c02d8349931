// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/explanation.h"

#include <string>

namespace Interleave
{

// Private to core/query.

/// What one waits for, after "for ".
[[nodiscard]] const char *waitedFor(WaitReason reason);

/// What the task of a blocked or suspended slice waited for, and who had it meanwhile. A slice does
/// not name it: it is found by the hand-over that ended the wait, or because just one object that
/// fits was waited for then. Left out where neither says it.
/// Cost: O(slices of the object's track in the gap).
void findWaitedObject(const TraceSnapshot &snapshot, const SliceHit &hit, Explanation &result);

/// "fork 2, held by Bob until 1.24 s", after "for ". Empty when no object was found.
[[nodiscard]] std::string waitedObjectText(const TraceSnapshot &snapshot,
                                           const Explanation &explanation);

/// The sentence of a slice of a lock track.
[[nodiscard]] std::string heldText(const Trace &trace, const SliceHit &hit);

} // namespace Interleave
