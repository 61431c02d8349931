// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/workload.h"

#include <QJsonValue>

#include <memory>
#include <string>

namespace Interleave
{

namespace
{

/// Tasks that crash, hang or do not listen, for the fault tests. Not in the catalogue.
class FaultyTasks final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 3, 1, 100'000);
    }
    [[nodiscard]] std::string prefix() const override { return "victim"; }
    [[nodiscard]] int workers() const override { return workersOr(taskCount()); }
};

/// Tasks that record as fast as they are told to, for the benchmarks. Not in the catalogue.
class RecordStorm final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 4, 1, 100'000);
    }
    [[nodiscard]] std::string prefix() const override { return "storm"; }
    [[nodiscard]] int workers() const override { return workersOr(taskCount()); }
    [[nodiscard]] std::size_t boardCells() const override { return 1; }
    /// "marks": how many were recorded, dropped ones included.
    void finish(EngineRun &run) override
    {
        run.result("marks", double(run.setup().board->cell(0).load(std::memory_order_relaxed)));
    }
};

} // namespace

std::unique_ptr<Workload> makeFaultWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "test-crash" || slug == "test-ignore-term" || slug == "test-hang")
        return std::make_unique<FaultyTasks>(run);
    if (slug == "test-storm")
        return std::make_unique<RecordStorm>(run);
    return nullptr;
}

} // namespace Interleave
