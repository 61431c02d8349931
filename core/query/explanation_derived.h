// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/explanation.h"

#include <string>
#include <vector>

namespace Interleave
{

// Private to core/query: waits whose reason no recorder told, and requests, which are on no thread.

/// Whether the slice's reason was inferred or sampled.
[[nodiscard]] bool isReasonDerived(const Slice &slice);

/// What one waits for, after "for ": "the GIL (inferred)", "a lock or a condition (futex)".
[[nodiscard]] std::string derivedWaitedFor(WaitReason reason, bool isDerived);

/// Those of `onCores` that are other threads of the same process as `thread`.
[[nodiscard]] std::vector<Explanation::Occupant>
siblingsOf(const Trace &trace, ThreadIndex thread,
           const std::vector<Explanation::Occupant> &onCores);

/// The sentence of a blocked slice that is derived.
[[nodiscard]] std::string derivedWaitText(const Trace &trace, const Slice &slice,
                                          const Explanation &explanation);

[[nodiscard]] bool isRequest(const Trace &trace, TaskId task);
/// The sentence of a suspended slice of a request. \param isGoingOn  it is open.
[[nodiscard]] std::string requestText(const Slice &slice, bool isGoingOn);

} // namespace Interleave
