// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/indexsource.h"
#include "core/engine/work/taskcontext.h"
#include "core/record/recorder.h"

namespace Interleave
{

/// A worker's loop: takes indices and runs their tasks one after another, one record per task where
/// one follows the other (chained). Nothing is allocated, nothing is locked.
/// \param job callable as `TaskStatus job(std::uint32_t index)`; Cancelled ends the loop.
template<typename Source, typename Job>
void driveTasks(Source &source, int worker, TaskId firstTask, Job &&job)
{
    TaskId running = kNoTask;
    IndexRange range;
    while (source.take(worker, range)) {
        for (std::uint32_t i = range.begin; i < range.end; ++i) {
            const TaskId task = firstTask + i;
            if (running != kNoTask)
                Recorder::chain(task);
            else
                Recorder::begin(task);
            const TaskStatus status = job(i);
            running = task;
            if (status != TaskStatus::Finished) [[unlikely]] {
                recordEnd(task, status);
                if (status == TaskStatus::Cancelled)
                    return;
                running = kNoTask;
            }
        }
    }
    if (running != kNoTask)
        Recorder::end(running);
}

} // namespace Interleave
