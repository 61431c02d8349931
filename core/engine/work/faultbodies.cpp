// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <unistd.h>

namespace Interleave
{

namespace
{

[[noreturn]] void crash(const std::string &how)
{
    if (how == "abort")
        std::abort();
    if (how == "kill") {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
    int *volatile nowhere = nullptr;
    *nowhere = 1; // NOLINT(clang-analyzer-core.NullDereference): what it is for
    std::abort(); // where address 0 happens to be mapped
}

} // namespace

/// The second task crashes as `how` says (null, abort, kill, throw); the others sleep `period_ms`.
TaskStatus testCrashBody(TaskContext &context)
{
    const std::string how = context.parameters().text("how", "null");
    const DurationNs period = context.parameters().integer("period_ms", 200) * kMillisecond;
    if (context.index() != 1)
        return context.outcome(context.sleepFor(period));
    if (how == "throw")
        throw std::runtime_error("thrown on purpose");
    if (!context.sleepFor(period / 4))
        return TaskStatus::Cancelled;
    crash(how);
}

/// Never ends, and neither the stop request nor SIGTERM changes that.
TaskStatus testIgnoreTermBody(TaskContext &)
{
    std::signal(SIGTERM, SIG_IGN);
    for (;;)
        pause();
}

/// Never ends and does not look at the stop request; SIGTERM ends the process.
TaskStatus testHangBody(TaskContext &)
{
    Recorder::wait(WaitReason::Condition);
    for (;;)
        pause();
}

/// Records `rate` marks a second for `duration` milliseconds, in a burst at each millisecond.
/// Their number is added to cell 0 of the board.
TaskStatus testStormBody(TaskContext &context)
{
    const WorkParameters &parameters = context.parameters();
    const std::int64_t rate = std::max<std::int64_t>(0, parameters.integer("rate", 250'000));
    const std::int64_t steps = std::max<std::int64_t>(0, parameters.integer("duration", 1000));
    const TimestampNs begin = monotonicNow();
    std::int64_t written = 0;
    for (std::int64_t step = 1; step <= steps; ++step) {
        // By the clock and not by counting on: a thread that was held up catches up.
        for (const std::int64_t due = rate * step / 1000; written < due; ++written)
            Recorder::mark(MarkKind::Value, context.id(), std::uint32_t(written));
        if (!context.setup().rings->sleepUntil(begin + step * kMillisecond))
            break;
    }
    if (context.setup().board)
        context.setup().board->cell(0).fetch_add(std::uint64_t(written), std::memory_order_relaxed);
    return context.outcome(!context.stopRequested());
}

} // namespace Interleave
