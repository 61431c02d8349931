// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/observer.h"

namespace Interleave
{

/// What the source of a run can know (DESIGN.md, section 6). What it cannot is said to be unknown
/// wherever numbers are shown or written: 0 would be a claim. Value. Thread: any.
struct Knowledge {
    bool totals = true; ///< time on cores and time in the run queue, per thread
    bool switches = true; ///< when and where: overlap, switches, migrations, waits of the run queue
    bool operator==(const Knowledge &) const = default;
};

[[nodiscard]] Knowledge knowledgeOf(Source source);
/// What both know: of numbers that several runs have together.
[[nodiscard]] Knowledge sharedKnowledge(Knowledge a, Knowledge b);

} // namespace Interleave
