// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/work/kernelname.h"
#include "core/engine/work/namesboard.h"
#include "core/engine/work/workplan.h"
#include "core/engine/workload.h"

#include <QJsonArray>
#include <QJsonValue>
#include <QString>

#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

/// S01: tasks that print and sleep.
class TwoSleepers : public Workload
{
public:
    TwoSleepers(const EngineRun &run, SleeperPlan plan)
        : Workload(run)
        , m_plan(plan)
    {
    }

    [[nodiscard]] std::string prefix() const override { return "Task"; }
    /// One thread for each: sleepers do not need cores. Fewer show what a small pool does to them.
    [[nodiscard]] int workers() const override { return workersOr(taskCount()); }
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        bool going = !context->stopRequested();
        for (int i = 0; going && i < m_plan.iterations; ++i) {
            context->print(context->name() + " is running");
            going = co_await sleepFor(m_plan.period);
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

private:
    SleeperPlan m_plan;
};

/// S02: main works and prints while its tasks do the same.
class MainKeepsGoing final : public TwoSleepers
{
public:
    using TwoSleepers::TwoSleepers;

    [[nodiscard]] bool joins() const override { return parameters().boolean("join", true); }
    void mainMeanwhile(TaskContext &main) override
    {
        main.print("Main thread is running");
        const bool completed = main.burn(parameters().real("main_work_ms", 50));
        if (completed)
            main.print(joins() ? "Main thread waits for its tasks" : "Main thread exiting");
    }
    void mainAfterwards(TaskContext &main) override { main.print("Main thread exiting"); }
};

/// S03: every task has a name that the kernel knows, too, where it has a thread of its own.
class NamedWorkers final : public TwoSleepers
{
public:
    NamedWorkers(const EngineRun &run, SleeperPlan plan)
        : TwoSleepers(run, plan)
    {
        std::istringstream names(parameters().text("names", ""));
        for (std::string name; std::getline(names, name, ',');) {
            const std::size_t first = name.find_first_not_of(' ');
            const std::size_t last = name.find_last_not_of(' ');
            m_names.push_back(first == std::string::npos ? std::string()
                                                         : name.substr(first, last - first + 1));
        }
    }

    [[nodiscard]] int taskCount() const override
    {
        return parameters().count("tasks", 3, 1, 100'000);
    }
    [[nodiscard]] std::string prefix() const override { return "Thread"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int index) const override
    {
        const auto i = std::size_t(index);
        if (i < m_names.size() && !m_names[i].empty())
            return m_names[i];
        return "Thread-" + std::to_string(index + 1);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return NamesBoard::cellsFor(taskCount());
    }
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        noteKernelName(*context); // this is the thread that will run it
        return TwoSleepers::coroutine(context);
    }
    void finish(EngineRun &run) override;

private:
    std::vector<std::string> m_names;
};

/// "kernel_names": what the kernel called the thread of each task while it ran, in the order of the
/// tasks; null for a task that never ran. Where one thread carries all of them, it is that one's name.
/// "kernel_name_count": how many different ones these are; "names_known": how many tasks it knew by their
/// own.
void NamedWorkers::finish(EngineRun &run)
{
    const NamesBoard board(*run.setup().board);
    QJsonArray names;
    std::set<std::string> different;
    int known = 0;
    for (int i = 0; i < run.taskCount(); ++i) {
        const std::optional<std::string> name = board.name(i);
        if (names.size() < 64)
            names.append(name ? QJsonValue(QString::fromStdString(*name)) : QJsonValue());
        if (!name)
            continue;
        different.insert(*name);
        known += *name == kernelName(taskName(i)) ? 1 : 0;
    }
    run.result("kernel_names", names);
    run.result("kernel_name_count", int(different.size()));
    run.result("names_known", known);
}

} // namespace

std::unique_ptr<Workload> makeSleeperWorkload(std::string_view slug, const EngineRun &run)
{
    const WorkParameters &parameters = run.spec().parameters;
    if (slug == "two-sleepers")
        return std::make_unique<TwoSleepers>(run, sleeperPlan(parameters, 5, 300));
    if (slug == "main-keeps-going")
        return std::make_unique<MainKeepsGoing>(run, sleeperPlan(parameters, 3, 100));
    if (slug == "named-workers")
        return std::make_unique<NamedWorkers>(run, sleeperPlan(parameters, 2, 100));
    return nullptr;
}

} // namespace Interleave
