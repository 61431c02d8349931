// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/philosophersstate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <string>
#include <utility>

namespace Interleave
{

namespace
{

DurationNs varied(double meanMs, double part)
{
    return DurationNs(meanMs * (0.5 + part) * double(kMillisecond));
}

ForkStrategy strategyNamed(const std::string &word)
{
    if (word == "ordered")
        return ForkStrategy::Ordered;
    if (word == "waiter")
        return ForkStrategy::Waiter;
    return word == "try-and-back-off" ? ForkStrategy::TryAndBackOff : ForkStrategy::Naive;
}

/// One philosopher's life at the table, on a thread that blocks. Each call gives false when stopped,
/// and then no fork is held.
class Philosopher
{
public:
    Philosopher(TaskContext &context, PhilosophersState &state, const PhilosophersPlan &plan)
        : m_context(context)
        , m_state(state)
        , m_plan(plan)
        , m_seat(context.index())
        , m_first(forkMutex(plan.forksOf(m_seat).first))
        , m_second(forkMutex(plan.forksOf(m_seat).second))
        , m_waiter(state.waiter, kTableWaiterObject, plan.waiterPermits())
    {
    }

    bool live()
    {
        if (!sitDown())
            return false;
        SeatRecord &record = m_state.seats[std::size_t(m_seat)];
        record.satDown.store(monotonicNow(), std::memory_order_relaxed);
        bool going = true;
        for (int round = 0; going && round < m_plan.rounds; ++round) {
            going = dine(round);
            if (going && round + 1 < m_plan.rounds)
                going = m_context.sleepFor(m_plan.thinking(m_seat, round));
        }
        record.left.store(monotonicNow(), std::memory_order_relaxed);
        return going;
    }

private:
    Mutex forkMutex(int fork)
    {
        return Mutex(m_state.forks[std::size_t(fork)], kFirstForkObject + ObjectId(fork));
    }

    /// All who are there at the beginning become hungry at the same moment.
    bool sitDown()
    {
        const std::uint32_t together = m_state.together.load(std::memory_order_acquire);
        if (together < 2 || std::uint32_t(m_seat) >= together)
            return !m_context.stopRequested();
        return Barrier(m_state.table, kTableObject, together).arriveAndWait(m_context);
    }

    bool dine(int round)
    {
        SeatRecord &record = m_state.seats[std::size_t(m_seat)];
        const TimestampNs hungrySince = monotonicNow();
        if (m_plan.hasWaiter() && !m_waiter.acquire(m_context))
            return false;
        const bool hasForks = takeForks(round);
        bool going = hasForks;
        if (hasForks) {
            record.noteHunger(monotonicNow() - hungrySince);
            going = m_context.sleepFor(m_plan.eating(m_seat, round));
            if (going)
                Recorder::counter(m_context.id(), kFirstMealsObject + ObjectId(m_seat),
                                  record.meals.fetch_add(1, std::memory_order_relaxed) + 1);
            m_second.unlock(m_context);
            m_first.unlock(m_context);
        }
        if (m_plan.hasWaiter())
            m_waiter.release(m_context);
        return going;
    }

    bool takeForks(int round)
    {
        for (int attempt = 0;; ++attempt) {
            if (!m_first.lock(m_context))
                return false;
            Acquired second = Acquired::Stopped;
            if (m_context.sleepFor(m_plan.delay))
                second = takeSecond();
            if (second == Acquired::Yes)
                return true;
            m_first.unlock(m_context);
            if (second == Acquired::Stopped)
                return false;
            m_state.seats[std::size_t(m_seat)].backOffs.fetch_add(1, std::memory_order_relaxed);
            if (!m_context.sleepFor(m_plan.backingOff(m_seat, round, attempt)))
                return false;
        }
    }
    Acquired takeSecond()
    {
        if (m_plan.strategy == ForkStrategy::TryAndBackOff)
            return m_second.lockFor(m_context, PhilosophersPlan::kPatience);
        return m_second.lock(m_context) ? Acquired::Yes : Acquired::Stopped;
    }

    TaskContext &m_context;
    PhilosophersState &m_state;
    const PhilosophersPlan &m_plan;
    int m_seat;
    Mutex m_first;
    Mutex m_second;
    Semaphore m_waiter;
};

} // namespace

const char *philosopherName(int seat)
{
    constexpr std::array<const char *, kMostSeats> kNames{"Alice", "Bob",   "Carol", "Dave", "Eve",
                                                          "Frank", "Grace", "Heidi", "Ivan"};
    return kNames[std::size_t(std::clamp(seat, 0, kMostSeats - 1))];
}

PhilosophersPlan::Forks PhilosophersPlan::forksOf(int seat) const
{
    Forks forks{seat, (seat + 1) % seats};
    if (strategy == ForkStrategy::Ordered && forks.first > forks.second)
        std::swap(forks.first, forks.second);
    return forks;
}

DurationNs PhilosophersPlan::eating(int seat, int round) const
{
    return varied(eatMs, mixedFraction(seed, std::uint64_t(seat), std::uint64_t(round), 0));
}

DurationNs PhilosophersPlan::thinking(int seat, int round) const
{
    return varied(thinkMs, mixedFraction(seed, std::uint64_t(seat), std::uint64_t(round), 1));
}

DurationNs PhilosophersPlan::backingOff(int seat, int round, int attempt) const
{
    const double delayMs = double(delay) / double(kMillisecond);
    return varied(
        2 + 2 * delayMs,
        mixedFraction(seed, std::uint64_t(seat), std::uint64_t(round), 2 + std::uint64_t(attempt)));
}

PhilosophersPlan philosophersPlan(const WorkParameters &parameters)
{
    PhilosophersPlan plan;
    plan.seats = parameters.count("seats", 5, 2, kMostSeats);
    plan.rounds = parameters.count("rounds", 5, 1, 10'000);
    plan.thinkMs = std::clamp(parameters.real("think_ms", 100), 0.0, 1e5);
    plan.eatMs = std::clamp(parameters.real("eat_ms", 100), 0.0, 1e5);
    plan.delay =
        DurationNs(std::clamp(parameters.real("delay_ms", 20), 0.0, 1e5) * double(kMillisecond));
    plan.strategy = strategyNamed(parameters.text("strategy", "naive"));
    plan.seed = std::uint64_t(parameters.integer("seed", 1));
    return plan;
}

void SeatRecord::noteHunger(DurationNs hunger)
{
    hungry.fetch_add(hunger, std::memory_order_relaxed);
    if (longestHunger.load(std::memory_order_relaxed) < hunger)
        longestHunger.store(hunger, std::memory_order_relaxed); // nobody else writes it
}

TaskStatus philosophersBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set philosophers needs shared memory, and none was given");
    const PhilosophersPlan plan = philosophersPlan(setup.parameters);
    auto &state = setup.board->object<PhilosophersState>();
    const bool lived = Philosopher(context, state, plan).live();
    return context.outcome(lived);
}

} // namespace Interleave
