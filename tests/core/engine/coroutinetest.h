// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"

#include <cstddef>

namespace Interleave
{

inline TaskStatus endOf(bool good)
{
    return good ? TaskStatus::Finished : TaskStatus::Cancelled;
}

/// Cancels another task after some rounds of the others.
inline Task<TaskStatus> cancels(TaskId other, int rounds)
{
    bool going = true;
    for (int i = 0; going && i < rounds; ++i)
        going = co_await yield();
    Executor::current()->cancel(other);
    co_return TaskStatus::Finished;
}

inline Task<TaskStatus> withId(Task<TaskStatus> task, TaskId id)
{
    task.setId(id);
    return task;
}

inline TaskStatus statusOf(const Executor &executor, std::size_t index)
{
    return executor.spawned(index).promise().status();
}

} // namespace Interleave
