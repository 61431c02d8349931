// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/sched/observer.h"

#include <memory>
#include <optional>
#include <string>

namespace Interleave
{

/// What the start-up self-test found.
struct SourceVerdict {
    Source best = Source::Events;
    std::string reason; ///< why not better, one sentence; empty at KernelWide
    std::string remedy; ///< the one command that would improve it; may be empty
    int paranoid = -1; ///< /proc/sys/kernel/perf_event_paranoid, -1 when unreadable
    int mlockKb = -1; ///< /proc/sys/kernel/perf_event_mlock_kb
};

/// Opens, maps, switches and reads for real (1 to 2 ms): the sysctl's value alone does not tell
/// (kernel.md, section 3). Any thread, but the caller's thread sleeps 1 ms and is renamed for a moment.
[[nodiscard]] SourceVerdict probeSources();

/// The observer for a held process: the tier asked for, or the best that works from there downwards.
/// \param wanted nothing: the best. \param remark why a lower tier was taken, for a person.
[[nodiscard]] std::unique_ptr<Observer> openObserver(pid_t pid, std::optional<Source> wanted,
                                                     std::string &remark);

/// The observer for a process that runs already, with its threads and descendants: chosen in the same
/// way, but a refusal that lies in the process (another user's, setuid) is an error and no reason for a
/// lower tier, unless that tier is asked for. What is there is told by Found events (schedevent.h).
/// The calling thread must live as long as the observer (KernelObserver::attach()).
/// \param remark also holds the observer's own: what of the tree may not be observed.
/// Errors: NotFound; NotAllowed with a sentence that names the process and what would allow it.
[[nodiscard]] Result<std::unique_ptr<Observer>>
openAttachedObserver(pid_t pid, std::optional<Source> wanted, std::string &remark);

} // namespace Interleave
