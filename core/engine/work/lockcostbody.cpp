// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/lockcoststate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/time.h>

namespace Interleave
{

namespace
{

/// A file as a lock between processes (flock(2)), with the records of a Mutex.
///
/// The wait is the kernel's own; a timer interrupts it every 20 ms to look at the stop request. The
/// timer is the process's alarm clock, so this is for worker processes, which run one task.
class FileLock
{
public:
    /// \param inherited a descriptor of the file. It is opened anew: a lock belongs to what was
    /// opened, and the inherited one is the same for all children.
    FileLock(int inherited, ObjectId object)
        : m_file(::open(("/proc/self/fd/" + std::to_string(inherited)).c_str(), O_RDWR | O_CLOEXEC))
        , m_object(object)
    {
    }

    [[nodiscard]] bool isOpen() const { return m_file.isOpen(); }

    /// \return false when a stop request ended the wait.
    [[nodiscard]] bool lock(const TaskContext &context) const
    {
        if (context.stopRequested())
            return false;
        if (::flock(m_file.get(), LOCK_EX | LOCK_NB) != 0) {
            Recorder::wait(WaitReason::Lock, m_object);
            const bool got = waitForIt(context);
            Recorder::waitEnd();
            if (!got)
                return false;
        }
        Recorder::acquire(context.id(), m_object);
        return true;
    }
    void unlock(const TaskContext &context) const
    {
        Recorder::release(context.id(), m_object);
        ::flock(m_file.get(), LOCK_UN);
    }

    /// Lets a wait look at the stop request from time to time, in the calling process from now on.
    static void startInterrupting()
    {
        struct sigaction onAlarm = {};
        onAlarm.sa_handler = [](int) {};
        sigemptyset(&onAlarm.sa_mask); // and no SA_RESTART: the system call shall end
        sigaction(SIGALRM, &onAlarm, nullptr);
        const itimerval every{{0, 20'000}, {0, 20'000}};
        setitimer(ITIMER_REAL, &every, nullptr);
    }

private:
    [[nodiscard]] bool waitForIt(const TaskContext &context) const
    {
        while (::flock(m_file.get(), LOCK_EX) != 0) {
            if (errno != EINTR || context.stopRequested())
                return false;
        }
        return true;
    }

    UniqueFd m_file;
    ObjectId m_object;
};

/// The iterations of one task. \return false when stopped.
template<typename Lock>
bool addUnder(Lock &lock, TaskContext &context, const LockCostPlan &plan, LockCostState &state)
{
    const auto index = std::size_t(context.index());
    std::uint64_t done = 0;
    std::uint64_t timesLocked = 0;
    bool going = !context.stopRequested();
    const auto addOne = [&] {
        const std::uint64_t read = state.counter.load(std::memory_order_relaxed);
        if (!context.burn(plan.holdMs))
            return false;
        state.counter.store(read + 1, std::memory_order_relaxed);
        if (++done % plan.sampleEvery == 0 || done == plan.iterations)
            Recorder::counter(context.id(), LockCostState::kCounter, std::uint32_t(read + 1));
        return true;
    };
    const bool isCoarse = plan.mode == LockCostPlan::Mode::Chunked;
    while (going && done < plan.iterations) {
        if (plan.locks() && !lock.lock(context))
            break;
        timesLocked += plan.locks() ? 1 : 0;
        for (std::uint32_t i = 0; going && i < plan.chunk && done < plan.iterations; ++i)
            going = addOne() && (!isCoarse || context.burn(plan.workMs));
        if (plan.locks())
            lock.unlock(context);
        going = going && (isCoarse || context.burn(plan.workMs));
    }
    state.timesLocked[index].store(timesLocked, std::memory_order_relaxed);
    state.done[index].store(done, std::memory_order_release);
    return done == plan.iterations;
}

} // namespace

LockCostPlan LockCostPlan::of(const WorkParameters &parameters)
{
    constexpr std::uint32_t kSamples = 200; // of the counter by each task: enough for the plot
    LockCostPlan plan;
    const std::string mode = parameters.text("mode", "right");
    if (mode == "none")
        plan.mode = Mode::None;
    else if (mode == "two-locks")
        plan.mode = Mode::TwoLocks;
    else if (mode == "chunked")
        plan.mode = Mode::Chunked;
    plan.iterations = std::uint32_t(parameters.count("iterations", 30'000, 1, 1'000'000));
    if (plan.mode == Mode::Chunked)
        plan.chunk = std::uint32_t(parameters.count("chunk", 100, 1, 10'000));
    plan.sampleEvery = std::max<std::uint32_t>(1, plan.iterations / kSamples);
    plan.holdMs = std::clamp(parameters.real("hold_us", 5), 0.0, 1e5) / 1000.0;
    plan.workMs = std::clamp(parameters.real("work_us", 10), 0.0, 1e5) / 1000.0;
    plan.awaitBetween = parameters.boolean("await_between", true);
    return plan;
}

TaskStatus lockCostBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board || std::size_t(context.index()) >= LockCostState::kMostTasks)
        return context.fail("the set lock-cost needs shared memory and at most 8 tasks");
    auto &state = setup.board->object<LockCostState>();
    const LockCostPlan plan = LockCostPlan::of(setup.parameters);
    const std::size_t which = plan.lockOf(context.index());
    const ObjectId object = LockCostState::kLock + ObjectId(which);
    const std::uint32_t file = state.lockFiles[which].load(std::memory_order_acquire);
    const std::uint32_t participants = state.participants.load(std::memory_order_acquire);
    if (participants > 1
        && !Barrier(state.start, LockCostState::kStart, participants).arriveAndWait(context))
        return context.outcome(false);
    if (file == 0) {
        Mutex mutex(state.locks[which], object);
        return context.outcome(addUnder(mutex, context, plan, state));
    }
    FileLock onFile(int(file) - 1, object);
    if (!onFile.isOpen())
        return context.fail(std::string("the lock file cannot be opened: ") + std::strerror(errno));
    FileLock::startInterrupting();
    return context.outcome(addUnder(onFile, context, plan, state));
}

} // namespace Interleave
