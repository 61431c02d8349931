// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <functional>

namespace Interleave
{

/// What main can do about the processes of its tasks while they run: during Workload::mainMeanwhile()
/// under `processes`. Thread: the engine's main thread.
class ChildProcesses
{
public:
    virtual ~ChildProcesses() = default;

    /// Whether the task's process has ended and is reaped, as far as events were handled.
    [[nodiscard]] virtual bool hasEnded(int index) const = 0;
    /// Handles what becomes of the processes until `isEnough()` holds, none is left, or the deadline
    /// (kNoDeadline: none) is there. A stop request ends the processes, and so the wait. Nothing is
    /// recorded: the caller knows what it waits for.
    virtual void waitUntil(const std::function<bool()> &isEnough, TimestampNs deadline) = 0;
    /// Ends the task's process from outside (SIGKILL). Its task counts as cancelled and not as failed.
    /// No effect on one that does not run.
    virtual void kill(int index) = 0;
};

} // namespace Interleave
