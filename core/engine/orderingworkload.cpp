// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/asyncbarrier.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/work/orderingboard.h"
#include "core/engine/workload.h"

#include <QJsonArray>
#include <QString>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace Interleave
{

namespace
{

/// What fits into one message with room to spare (kLargestMessage).
constexpr std::size_t kMostOrderBytes = 3000;

/// S15: every task writes its letter some times in each round; who is first is up to the scheduler.
/// The tasks live through all rounds and meet before each. One after another they cannot meet, so
/// under `sequential` each writes all its rounds alone.
class Ordering final : public Workload
{
public:
    using Workload::Workload;

    [[nodiscard]] int taskCount() const override { return parameters().count("tasks", 4, 1, 52); }
    [[nodiscard]] std::string prefix() const override { return "letter"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int index) const override
    {
        return std::string("letter ") + OrderingBoard::letterOf(index);
    }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return OrderingBoard::cellsFor(OrderingBoard::shapeOf(parameters(), taskCount()));
    }
    [[nodiscard]] int workers() const override { return taskCount(); } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void prepare() override
    {
        m_barrier.emplace(std::size_t(taskCount()));
        board().setParticipants(model() == Model::Sequential ? 1 : std::uint32_t(taskCount()));
    }

    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        OrderingBoard letters = board();
        const auto shape = OrderingBoard::shapeOf(parameters(), taskCount());
        const double meanMs = parameters().real("work_us", 200) / 1000.0;
        const auto seed = std::uint64_t(parameters().integer("seed", 1));
        const char letter = OrderingBoard::letterOf(context->index());
        bool going = !context->stopRequested();
        for (int round = 0; going && round < shape.rounds; ++round) {
            going = co_await m_barrier->arrive();
            for (int i = 0; going && i < shape.letters; ++i) {
                const double part = mixedFraction(
                    seed, std::uint64_t(round), std::uint64_t(context->index()), std::uint64_t(i));
                going = context->burn(2.0 * meanMs * part);
                if (!going)
                    break;
                letters.write(round, letter);
                context->print(std::string(1, letter));
                going = co_await yield();
            }
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    void finish(EngineRun &run) override
    {
        const auto shape = OrderingBoard::shapeOf(parameters(), taskCount());
        const std::size_t whole = std::size_t(shape.tasks) * std::size_t(shape.letters);
        std::set<std::string> distinct;
        QJsonArray orders;
        std::size_t bytes = 0;
        int rounds = 0;
        for (int round = 0; round < shape.rounds; ++round) {
            const std::string order = board().order(round);
            if (order.size() != whole)
                continue; // a stopped run's last round
            ++rounds;
            distinct.insert(order);
            bytes += order.size() + 3;
            if (bytes <= kMostOrderBytes)
                orders.append(QString::fromStdString(order));
        }
        run.result("orders", orders);
        run.result("rounds", rounds);
        run.result("distinct_orders", qint64(distinct.size()));
    }

private:
    [[nodiscard]] OrderingBoard board() const
    {
        return OrderingBoard(*run().setup().board,
                             OrderingBoard::shapeOf(parameters(), taskCount()));
    }

    std::optional<AsyncBarrier> m_barrier;
};

} // namespace

std::unique_ptr<Workload> makeOrderingWorkload(std::string_view slug, const EngineRun &run)
{
    if (slug == "ordering")
        return std::make_unique<Ordering>(run);
    return nullptr;
}

} // namespace Interleave
