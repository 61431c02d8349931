// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/async/asyncsync.h"
#include "core/engine/asyncbarrier.h"
#include "core/engine/enginerun.h"
#include "core/engine/executor.h"
#include "core/engine/sharingworkload_p.h"
#include "core/engine/work/philosophersstate.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

/// S22: everybody needs two forks, and each fork is shared with a neighbour.
class Philosophers final : public Workload
{
public:
    explicit Philosophers(const EngineRun &run)
        : Workload(run)
        , m_plan(philosophersPlan(parameters()))
    {
    }

    [[nodiscard]] int taskCount() const override { return m_plan.seats; }
    [[nodiscard]] std::string prefix() const override { return "philosopher"; }
    [[nodiscard]] bool hasOwnNames() const override { return true; }
    [[nodiscard]] std::string taskName(int index) const override { return philosopherName(index); }
    [[nodiscard]] std::size_t boardCells() const override
    {
        return SharedBoard::cellsFor<PhilosophersState>();
    }
    /// Fewer than seats do what the waiter does: not all are at the table at once.
    [[nodiscard]] int workers() const override { return workersOr(m_plan.seats); }
    [[nodiscard]] bool needsAllTasks() const override { return true; }

    void defineObjects(EngineRun &run) override;
    void prepare() override;
    [[nodiscard]] Task<TaskStatus> coroutine(TaskContext *context) override;
    void finish(EngineRun &run) override;

private:
    [[nodiscard]] PhilosophersState &state() const
    {
        return run().setup().board->object<PhilosophersState>();
    }
    [[nodiscard]] int together() const
    {
        if (model() == Model::Sequential)
            return 1;
        return model() == Model::Pool ? std::min(workers(), m_plan.seats) : m_plan.seats;
    }
    Task<bool> dine(TaskContext *context, int round);
    Task<bool> takeForks(TaskContext *context, int round);

    const PhilosophersPlan m_plan;
    std::optional<AsyncBarrier> m_table;
    std::optional<AsyncSemaphore> m_waiter;
    std::deque<AsyncMutex> m_forks; ///< addresses stay
};

void Philosophers::defineObjects(EngineRun &run)
{
    for (int i = 0; i < m_plan.seats; ++i)
        run.defineObject(kFirstForkObject + ObjectId(i), ObjectKind::Lock,
                         "fork " + std::to_string(i + 1));
    if (m_plan.hasWaiter())
        run.defineObject(kTableWaiterObject, ObjectKind::Semaphore, "waiter",
                         m_plan.waiterPermits());
    run.defineObject(kTableObject, ObjectKind::Barrier, "table", std::uint32_t(together()));
    for (int i = 0; i < m_plan.seats; ++i)
        run.defineObject(kFirstMealsObject + ObjectId(i), ObjectKind::Counter,
                         std::string("meals of ") + philosopherName(i),
                         std::uint32_t(m_plan.rounds));
}

void Philosophers::prepare()
{
    m_table.emplace(std::size_t(m_plan.seats), kTableObject);
    m_waiter.emplace(kTableWaiterObject, m_plan.waiterPermits());
    for (int i = 0; i < m_plan.seats; ++i)
        m_forks.emplace_back(kFirstForkObject + ObjectId(i));
    state().together.store(std::uint32_t(together()), std::memory_order_release);
}

Task<TaskStatus> Philosophers::coroutine(TaskContext *context)
{
    const int seat = context->index();
    SeatRecord &record = state().seats[std::size_t(seat)];
    bool going = co_await m_table->arrive();
    if (going)
        record.satDown.store(monotonicNow(), std::memory_order_relaxed);
    for (int round = 0; going && round < m_plan.rounds; ++round) {
        going = co_await dine(context, round);
        if (going && round + 1 < m_plan.rounds)
            going = co_await sleepFor(m_plan.thinking(seat, round));
    }
    record.left.store(monotonicNow(), std::memory_order_relaxed);
    const TaskStatus status = context->outcome(going);
    co_return status;
}

/// \return false when stopped; then no fork is held.
Task<bool> Philosophers::dine(TaskContext *context, int round)
{
    const int seat = context->index();
    SeatRecord &record = state().seats[std::size_t(seat)];
    const TimestampNs hungrySince = monotonicNow();
    if (m_plan.hasWaiter()) {
        const bool isAdmitted = co_await m_waiter->acquire(*context);
        if (!isAdmitted)
            co_return false;
    }
    bool going = co_await takeForks(context, round);
    if (going) {
        record.noteHunger(monotonicNow() - hungrySince);
        going = co_await sleepFor(m_plan.eating(seat, round));
        if (going) {
            const std::uint32_t meals = record.meals.fetch_add(1, std::memory_order_relaxed) + 1;
            Recorder::counter(context->id(), kFirstMealsObject + ObjectId(seat), meals);
        }
        const PhilosophersPlan::Forks forks = m_plan.forksOf(seat);
        m_forks[std::size_t(forks.second)].unlock(*context);
        m_forks[std::size_t(forks.first)].unlock(*context);
    }
    if (m_plan.hasWaiter())
        m_waiter->release(*context);
    co_return going;
}

Task<bool> Philosophers::takeForks(TaskContext *context, int round)
{
    const int seat = context->index();
    const PhilosophersPlan::Forks forks = m_plan.forksOf(seat);
    AsyncMutex &first = m_forks[std::size_t(forks.first)];
    AsyncMutex &second = m_forks[std::size_t(forks.second)];
    for (int attempt = 0;; ++attempt) {
        bool going = co_await first.lock(*context);
        if (!going)
            co_return false;
        Acquired got = Acquired::Stopped;
        going = co_await sleepFor(m_plan.delay);
        if (going && m_plan.strategy == ForkStrategy::TryAndBackOff) {
            got = co_await second.lockFor(*context, PhilosophersPlan::kPatience);
        } else if (going) {
            going = co_await second.lock(*context);
            if (going)
                got = Acquired::Yes;
        }
        if (got == Acquired::Yes)
            co_return true;
        first.unlock(*context);
        if (got == Acquired::Stopped)
            co_return false;
        state().seats[std::size_t(seat)].backOffs.fetch_add(1, std::memory_order_relaxed);
        going = co_await sleepFor(m_plan.backingOff(seat, round, attempt));
        if (!going)
            co_return false;
    }
}

/// "meals" by seat; hunger (from wanting to eat to having both forks) in ms; "fairness": of the
/// meals per time at the table; "back_offs": how often somebody put a fork back to try again.
void Philosophers::finish(EngineRun &run)
{
    const PhilosophersState &s = state();
    QJsonArray meals;
    std::uint64_t allMeals = 0, backOffs = 0;
    DurationNs hungry = 0, longest = 0;
    std::vector<double> rates;
    for (int i = 0; i < m_plan.seats; ++i) {
        const SeatRecord &seat = s.seats[std::size_t(i)];
        const std::uint32_t eaten = seat.meals.load(std::memory_order_relaxed);
        meals.append(int(eaten));
        allMeals += eaten;
        backOffs += seat.backOffs.load(std::memory_order_relaxed);
        hungry += seat.hungry.load(std::memory_order_relaxed);
        longest = std::max(longest, seat.longestHunger.load(std::memory_order_relaxed));
        const TimestampNs satDown = seat.satDown.load(std::memory_order_relaxed);
        const TimestampNs left = seat.left.load(std::memory_order_relaxed);
        rates.push_back(satDown != 0 && left > satDown
                            ? double(eaten) * double(kSecond) / double(left - satDown)
                            : 0);
    }
    run.result("meals", meals);
    run.result("meals_in_all", qint64(allMeals));
    run.result("hungry_ms_mean", roundedMs(allMeals == 0 ? 0 : hungry / DurationNs(allMeals)));
    run.result("hungry_ms_longest", roundedMs(longest));
    run.result("back_offs", qint64(backOffs));
    run.result("fairness", std::round(jainFairness(rates) * 1000.0) / 1000.0);
}

} // namespace

std::unique_ptr<Workload> makePhilosophers(const EngineRun &run)
{
    return std::make_unique<Philosophers>(run);
}

} // namespace Interleave
