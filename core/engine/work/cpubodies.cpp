// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/blockingscope.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/workplan.h"

#include <cstddef>
#include <cstdint>

namespace Interleave
{

TaskStatus primesBody(TaskContext &context)
{
    return context.outcome(context.burn(context.parameters().real("work_ms", 400)));
}

TaskStatus ioOrCpuBody(TaskContext &context)
{
    bool going = !context.stopRequested();
    for (const MixedRound &round : mixedRounds(context.parameters())) {
        going = going && context.burn(round.burnMs);
        if (going && round.sleep > 0)
            going = context.sleepFor(round.sleep);
    }
    return context.outcome(going);
}

TaskStatus oversubscriptionBody(TaskContext &context)
{
    const double ms = spinnerMs(context.parameters(), context.setup().taskCount);
    return context.outcome(context.burn(ms));
}

/// In a process of its own it leaves on the board how long it took: its parent cannot know that.
TaskStatus poolSaturationBody(TaskContext &context)
{
    const TimestampNs begin = monotonicNow();
    const MixedRound job =
        poolJob(context.parameters(), context.index(), context.setup().taskCount);
    bool going = context.burn(job.burnMs);
    if (going && job.sleep > 0) {
        const BlockingScope scope(context); // others may have the worker meanwhile
        going = context.sleepFor(job.sleep);
    }
    const auto index = std::size_t(context.index());
    if (const SharedBoard *board = context.setup().board; board && index < board->cellCount())
        board->cell(index).store(std::uint64_t(monotonicNow() - begin));
    return context.outcome(going);
}

TaskStatus spawnCostBody(TaskContext &)
{
    return TaskStatus::Finished; // the cost of an empty task is what the set is about
}

} // namespace Interleave
