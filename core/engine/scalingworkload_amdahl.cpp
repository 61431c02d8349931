// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/asyncbarrier.h"
#include "core/engine/enginerun.h"
#include "core/engine/scalingworkload_p.h"
#include "core/engine/work/amdahlstate.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace Interleave
{

namespace
{

double rounded(double number)
{
    return std::round(number * 1000.0) / 1000.0;
}

/// S32: the same work again and again, by 1, 2, 4, ... tasks, where a part of it is for one alone.
class Amdahl final : public Workload
{
public:
    explicit Amdahl(const EngineRun &run)
        : Workload(run)
        , m_plan(AmdahlPlan::of(parameters(), taskCount()))
    {
    }

    /// "most_tasks"; 0: twice the cores, to see that more than there are cores do not help.
    [[nodiscard]] int taskCount() const override
    {
        const int asked = parameters().count("most_tasks", 0, 0, AmdahlPlan::kMostTasks);
        return asked > 0 ? asked : std::min(2 * coresOfThisRun(), AmdahlPlan::kMostTasks);
    }
    [[nodiscard]] std::string prefix() const override { return "worker"; }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<AmdahlState>();
    }
    [[nodiscard]] int workers() const override { return taskCount(); } // fewer would never meet
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override
    {
        const auto most = std::uint32_t(taskCount());
        run.defineObject(AmdahlState::kBegin, ObjectKind::Barrier, "begin", most);
        run.defineObject(AmdahlState::kSerialDone, ObjectKind::Barrier, "serial part done", most);
        run.defineObject(AmdahlState::kDone, ObjectKind::Barrier, "done", most);
    }

    void prepare() override
    {
        for (int i = 0; i < m_plan.phases; ++i) {
            const auto tasks = std::size_t(m_plan.sizes[std::size_t(i)]);
            m_meetings[std::size_t(i)].begin.emplace(tasks, AmdahlState::kBegin);
            m_meetings[std::size_t(i)].serialDone.emplace(tasks, AmdahlState::kSerialDone);
            m_meetings[std::size_t(i)].done.emplace(tasks, AmdahlState::kDone);
        }
    }

    /// On one thread the shares are done one after another, however many there are.
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override
    {
        const bool isFirst = context->index() == 0;
        bool going = !context->stopRequested();
        for (int i = 0; going && i < m_plan.phases; ++i) {
            if (!m_plan.takesPart(context->index(), i))
                continue;
            Meetings &meetings = m_meetings[std::size_t(i)];
            going = co_await meetings.begin->arrive();
            const TimestampNs begin = monotonicNow();
            if (going && isFirst) {
                going = context->burn(m_plan.serialMs());
                state().phases[std::size_t(i)].serialNs.store(
                    std::uint64_t(monotonicNow() - begin));
            }
            if (going)
                going = co_await meetings.serialDone->arrive();
            if (going)
                going = context->burn(m_plan.parallelMs(i));
            if (going)
                going = co_await meetings.done->arrive();
            if (going && isFirst)
                state().phases[std::size_t(i)].tookNs.store(std::uint64_t(monotonicNow() - begin));
        }
        const TaskStatus status = context->outcome(going);
        co_return status;
    }

    /// "points": for each number of tasks n how many times as fast they were as one, "measured" and
    /// in "theory"; "cores": that the run may use. "most_speed_up": what no number of cores can exceed,
    /// as one task alone did all of the work in so many times the time of its serial part; null where
    /// there is no such part.
    void finish(EngineRun &run) override
    {
        QJsonArray points;
        const double alone = tookNs(0);
        for (int i = 0; i < m_plan.phases && alone > 0 && tookNs(i) > 0; ++i) {
            const int tasks = m_plan.sizes[std::size_t(i)];
            points.append(QJsonObject{
                {QStringLiteral("n"), tasks},
                {QStringLiteral("measured"), rounded(alone / tookNs(i))},
                {QStringLiteral("theory"), rounded(m_plan.speedUp(tasks))},
            });
        }
        run.result("points", points);
        run.result("cores", coresOfThisRun());
        const double serial = double(state().phases[0].serialNs.load(std::memory_order_acquire));
        if (m_plan.serial <= 0)
            run.result("most_speed_up", QJsonValue(QJsonValue::Null));
        else if (alone > 0 && serial > 0)
            run.result("most_speed_up", rounded(alone / serial));
    }

private:
    struct Meetings {
        std::optional<AsyncBarrier> begin, serialDone, done;
    };

    [[nodiscard]] AmdahlState &state() const { return run().setup().board->object<AmdahlState>(); }
    /// 0: the phase was not done.
    [[nodiscard]] double tookNs(int phase) const
    {
        return double(state().phases[std::size_t(phase)].tookNs.load(std::memory_order_acquire));
    }

    const AmdahlPlan m_plan;
    std::array<Meetings, AmdahlPlan::kMostPhases> m_meetings;
};

} // namespace

std::unique_ptr<Workload> makeAmdahl(const EngineRun &run)
{
    return std::make_unique<Amdahl>(run);
}

} // namespace Interleave
