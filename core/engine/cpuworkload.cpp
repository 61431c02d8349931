// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/work/workplan.h"
#include "core/engine/workload.h"

#include <memory>
#include <string>

namespace Interleave
{

namespace
{

/// S06: nothing but computing. As coroutines they run one after another: none gives up the thread.
class Primes final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 4, 1, 100'000);
    }
    [[nodiscard]] std::string prefix() const override { return "prime"; }
};

/// S07: computing and waiting, in a ratio.
class IoOrCpu final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 4, 1, 100'000);
    }
    [[nodiscard]] std::string prefix() const override { return "mix"; }
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        bool going = !context->stopRequested();
        const std::vector<MixedRound> rounds = mixedRounds(context->parameters());
        for (const MixedRound &round : rounds) {
            going = going && context->burn(round.burnMs);
            if (going && round.sleep > 0)
                going = co_await sleepFor(round.sleep);
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }
};

/// S27: a fixed amount of computing, shared out among ever more tasks; or ever more tasks that all
/// compute as much.
class Oversubscription final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 16, 1, 100'000);
    }
    [[nodiscard]] std::string prefix() const override { return "spinner"; }
};

} // namespace

std::unique_ptr<Workload> makeCpuWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "primes")
        return std::make_unique<Primes>(run);
    if (slug == "io-or-cpu")
        return std::make_unique<IoOrCpu>(run);
    if (slug == "oversubscription")
        return std::make_unique<Oversubscription>(run);
    return nullptr;
}

} // namespace Interleave
