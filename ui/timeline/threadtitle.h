// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <QString>

namespace Interleave
{

/// What a person calls a thread: "event loop" for the first thread of a process when it carries
/// coroutines, as the kernel knows it by its program's name only; else the kernel's name.
/// Empty for kNoThread. Thread: any. Cost: O(task ranges) for the first thread of a process, else O(1).
[[nodiscard]] QString threadTitle(const Trace &trace, ThreadIndex thread);

} // namespace Interleave
