// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/nicelevelsstate.h"
#include "core/engine/work/sharedboard.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include <sched.h>
#include <sys/resource.h>

namespace Interleave
{

namespace
{

constexpr double kPieceMs = 0.2; ///< between two looks at the clock
constexpr double kHighsWorkMs = 1; ///< under the lock, once it has it

/// What the kernel refuses ends the run: the others wait for this task at the start.
TaskStatus giveUp(TaskContext &context, const std::string &what)
{
    const int error = errno;
    context.setup().rings->requestStop();
    return context.fail(context.name() + " could not " + what + ": " + std::strerror(error));
}

/// The calling thread runs only on these cores from now on. \return false when the kernel refuses.
bool keepTo(const std::vector<CoreId> &cores)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const CoreId core : cores)
        CPU_SET(core, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

/// For Linux a thread has a nice value of its own: 0 names the calling one, not its process.
bool raiseNice(int by, int &now)
{
    errno = 0;
    now = getpriority(PRIO_PROCESS, 0);
    if (errno != 0)
        return false;
    const int wanted = std::min(now + by, NiceLevelsPlan::kLowestNice);
    if (wanted == now)
        return true;
    if (setpriority(PRIO_PROCESS, 0, wanted) != 0)
        return false;
    now = wanted;
    return true;
}

/// Both end at the same moment: the nicer one would else have the core alone for as long as it
/// began later.
bool spinForAWhile(TaskContext &context, NiceLevelsState &state, const NiceLevelsPlan &plan)
{
    std::int64_t end = 0;
    const std::int64_t mine = monotonicNow() + DurationNs(plan.spinMs * double(kMillisecond));
    if (state.endNs.compare_exchange_strong(end, mine, std::memory_order_acq_rel))
        end = mine;
    bool going = !context.stopRequested();
    while (going && monotonicNow() < end)
        going = context.burn(kPieceMs);
    return going;
}

bool work(TaskContext &context, NiceLevelsState::Spinner &self, double ms)
{
    const TimestampNs begin = monotonicNow();
    const bool going = context.burn(ms);
    self.workedNs.store(std::uint64_t(monotonicNow() - begin), std::memory_order_relaxed);
    return going;
}

bool invert(TaskContext &context, NiceLevelsState &state, const NiceLevelsPlan &plan)
{
    Mutex lock(state.lock, NiceLevelsState::kLock);
    CountdownLatch lockIsHeld(state.lockIsHeld, NiceLevelsState::kLockIsHeld, 1);
    const bool isLow = context.index() == NiceLevelsPlan::kLow;
    if (!isLow && !lockIsHeld.wait(context))
        return false;
    NiceLevelsState::Spinner &self = state.spinners[std::size_t(context.index())];
    if (context.index() == NiceLevelsPlan::kMedium)
        return work(context, self, plan.spinMs); // it needs no lock
    const TimestampNs asked = monotonicNow();
    const Held held(lock, context);
    if (!held)
        return false;
    self.waitedNs.store(std::uint64_t(monotonicNow() - asked), std::memory_order_relaxed);
    if (isLow)
        lockIsHeld.countDown(context);
    return work(context, self, isLow ? plan.holdMs : kHighsWorkMs);
}

} // namespace

NiceLevelsPlan NiceLevelsPlan::of(const WorkParameters &parameters)
{
    NiceLevelsPlan plan;
    const std::string lesson = parameters.text("lesson", "nice");
    const std::string pin = parameters.text("pin", "each");
    plan.pin = pin == "none" ? PinMode::None
        : pin == "one"       ? PinMode::One
        : pin == "mask"      ? PinMode::Mask
                             : PinMode::Each;
    if (plan.pin == PinMode::Mask)
        plan.mask = parseCoreList(parameters.text("core_mask", "0"));
    if (lesson == "inversion") {
        plan.lesson = NiceLesson::Inversion;
        plan.tasks = 3;
    } else if (lesson == "affinity") {
        plan.lesson = NiceLesson::Affinity;
        plan.tasks = parameters.count("tasks", 4, 1, kMostTasks);
    }
    plan.nice = parameters.count("nice", 5, 0, kLowestNice);
    plan.spinMs = std::clamp(parameters.real("spin_ms", 1000), 1.0, 1e5);
    plan.holdMs = std::clamp(parameters.real("hold_ms", 50), 0.0, 1e5);
    return plan;
}

int NiceLevelsPlan::niceOf(int index) const
{
    switch (lesson) {
    case NiceLesson::Nice:
        return index == 1 ? nice : 0;
    case NiceLesson::Inversion:
        return index == kLow ? kLowestNice : 0;
    case NiceLesson::Affinity:
        break;
    }
    return 0;
}

std::vector<CoreId> NiceLevelsPlan::coresOf(int index, const std::vector<CoreId> &allowed) const
{
    std::vector<CoreId> cores;
    if (allowed.empty())
        return cores;
    switch (pinMode()) {
    case PinMode::None:
        break;
    case PinMode::Each:
        cores.push_back(allowed[std::size_t(index) % allowed.size()]);
        break;
    case PinMode::One: // the last one: the first is where most machines handle their devices
        cores.push_back(allowed.back());
        break;
    case PinMode::Mask:
        std::set_intersection(mask.begin(), mask.end(), allowed.begin(), allowed.end(),
                              std::back_inserter(cores));
        break;
    }
    return cores;
}

TaskStatus niceLevelsBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    const int index = context.index();
    if (!setup.board || index >= NiceLevelsPlan::kMostTasks)
        return context.fail("the set nice-levels needs shared memory and at most 16 tasks");
    auto &state = setup.board->object<NiceLevelsState>();
    const NiceLevelsPlan plan = NiceLevelsPlan::of(setup.parameters);
    NiceLevelsState::Spinner &self = state.spinners[std::size_t(index)];

    if (plan.pinMode() != PinMode::None) {
        const std::vector<CoreId> cores = plan.coresOf(index, allowedCores());
        if (!keepTo(cores)) // that there are some, the workload has seen
            return giveUp(context, "be kept to its cores");
        if (plan.pinMode() != PinMode::Mask)
            self.core.store(std::uint32_t(cores.front()) + 1, std::memory_order_relaxed);
    }
    int nice = 0;
    if (!raiseNice(plan.niceOf(index), nice))
        return giveUp(context, "be made nicer by " + std::to_string(plan.niceOf(index)));
    self.nice.store(nice, std::memory_order_relaxed);

    bool going = Barrier(state.start, NiceLevelsState::kStart, std::uint32_t(plan.tasks))
                     .arriveAndWait(context);
    if (going && plan.lesson == NiceLesson::Nice)
        going = spinForAWhile(context, state, plan);
    else if (going && plan.lesson == NiceLesson::Inversion)
        going = invert(context, state, plan);
    else if (going)
        going = context.burn(plan.spinMs);
    self.units.store(context.work().unitsDone(), std::memory_order_release);
    return context.outcome(going);
}

} // namespace Interleave
