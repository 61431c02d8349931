// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <sys/types.h>

namespace Interleave
{

/// Resident memory of a process and of everything that descends from it, in bytes, without shared
/// memory (the recorder's rings are ours, not the program's). 0 when the process is gone. This process,
/// with what it has started, is left out where it is itself a descendant.
///
/// getrusage(2) would be simpler, but its ru_maxrss counts what the *starting* process held: a child made
/// by vfork shares its parent's memory until it calls exec, and the kernel keeps that peak.
/// Thread: any. Cost: about 20 us a process. Source: proc_pid_status(5), RssAnon and RssFile.
[[nodiscard]] std::uint64_t residentBytesOfTree(pid_t root);

} // namespace Interleave
