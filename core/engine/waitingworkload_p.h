// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/taskgroup.h"
#include "core/engine/enginerun.h"
#include "core/engine/workload.h"

#include <deque>
#include <memory>

namespace Interleave
{

// The sets of makeWaitingWorkload(), one a file.
[[nodiscard]] std::unique_ptr<Workload> makeGather(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeBlockingCall(const EngineRun &run);
[[nodiscard]] std::unique_ptr<Workload> makeResponsiveWindow(const EngineRun &run);

/// Gives the group a task for each context, as Workload::coroutine() makes it.
void startTasks(TaskGroup &group, Workload &workload, std::deque<TaskContext> &contexts);
/// How the group's tasks, all of which have ended, did so.
[[nodiscard]] TaskTally tallyOf(const TaskGroup &group, const std::deque<TaskContext> &contexts);

} // namespace Interleave
