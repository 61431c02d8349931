// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/taskgroup.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace Interleave
{

/// Runs several tasks side by side on the current executor and waits for all of them.
/// \return how each ended, in their order. When one failed by an exception, the first such exception
/// comes out, after all are done. \param submitter recorded as the one who queued them.
inline Task<std::vector<TaskStatus>> whenAll(std::vector<Task<TaskStatus>> tasks,
                                             TaskId submitter = kNoTask)
{
    TaskGroup group(submitter);
    for (Task<TaskStatus> &task : tasks)
        group.start(std::move(task));
    co_await group.all();
    group.rethrowFailure();
    std::vector<TaskStatus> statuses;
    statuses.reserve(group.size());
    for (std::size_t i = 0; i < group.size(); ++i)
        statuses.push_back(group.status(i));
    co_return statuses;
}

} // namespace Interleave
