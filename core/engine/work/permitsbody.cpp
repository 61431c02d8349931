// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/engine/work/bodies.h"
#include "core/engine/work/permitsstate.h"
#include "core/engine/work/sharedboard.h"
#include "core/record/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>

namespace Interleave
{

namespace
{

/// Nothing wakes a program when one of several files becomes free: it has to look again and again.
constexpr DurationNs kLookAgain = 5 * kMillisecond;

/// Permits that are the exclusive locks of so many files (flock(2)): who has one of the locks has a
/// permit. A lock belongs to an open file, so every task opens the files for itself.
class LockFiles
{
public:
    LockFiles(const std::string &folder, int permits)
    {
        for (int i = 0; i < permits; ++i) {
            const std::string path = permitFile(folder, i);
            m_files.emplace_back(::open(path.c_str(), O_RDWR | O_CLOEXEC));
            if (!m_files.back().isOpen())
                throw std::runtime_error("the lock file " + path
                                         + " cannot be opened: " + std::strerror(errno));
        }
    }

    /// \return false when stopped.
    [[nodiscard]] bool acquire(const TaskContext &context)
    {
        if (!tryAll()) {
            Recorder::wait(WaitReason::Semaphore, kPermitsObject);
            const bool got = waitForOne(context);
            Recorder::waitEnd();
            if (!got)
                return false;
        }
        Recorder::acquire(context.id(), kPermitsObject, AccessMode::Permit);
        return true;
    }

    void release(const TaskContext &context)
    {
        Recorder::release(context.id(), kPermitsObject);
        ::flock(m_files[m_held].get(), LOCK_UN);
    }

private:
    bool tryAll()
    {
        for (std::size_t i = 0; i < m_files.size(); ++i) {
            if (::flock(m_files[i].get(), LOCK_EX | LOCK_NB) == 0) {
                m_held = i;
                return true;
            }
            if (errno != EWOULDBLOCK && errno != EINTR)
                throw std::runtime_error(std::string("a lock file cannot be locked: ")
                                         + std::strerror(errno));
        }
        return false;
    }
    bool waitForOne(const TaskContext &context)
    {
        while (context.setup().rings->sleepUntil(monotonicNow() + kLookAgain)) {
            if (tryAll())
                return true;
        }
        return false;
    }

    std::vector<UniqueFd> m_files;
    std::size_t m_held = 0;
};

template<typename Permits>
bool holdOne(TaskContext &context, const PermitsPlan &plan, PermitsState &state, Permits &permits)
{
    if (!permits.acquire(context))
        return false;
    state.enter();
    const bool held = context.sleepFor(plan.hold);
    state.leave();
    permits.release(context);
    return held;
}

} // namespace

PermitsPlan permitsPlan(const WorkParameters &parameters)
{
    PermitsPlan plan;
    plan.tasks = parameters.count("tasks", 12, 1, 1000);
    plan.permits = parameters.count("permits", 3, 1, 256);
    plan.hold =
        DurationNs(std::clamp(parameters.real("hold_ms", 200), 0.0, 1e5) * double(kMillisecond));
    plan.usesLockFiles = parameters.text("processes_use", "shared-memory") == "lock-files";
    return plan;
}

void PermitsState::enter()
{
    const std::uint32_t now = inside.fetch_add(1, std::memory_order_acq_rel) + 1;
    std::uint32_t most = mostInside.load(std::memory_order_relaxed);
    while (most < now && !mostInside.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
    }
}

void PermitsState::leave()
{
    inside.fetch_sub(1, std::memory_order_acq_rel);
}

std::string permitFile(const std::string &folder, int permit)
{
    return folder + "/permit-" + std::to_string(permit + 1);
}

TaskStatus permitsBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set permits needs shared memory, and none was given");
    auto &state = setup.board->object<PermitsState>();
    const PermitsPlan plan = permitsPlan(setup.parameters);
    bool going = !context.stopRequested();
    if (going && state.folder[0] != '\0') {
        LockFiles files(state.folder.data(), plan.permits);
        going = holdOne(context, plan, state, files);
    } else if (going) {
        Semaphore semaphore(state.permits, kPermitsObject, std::uint32_t(plan.permits));
        going = holdOne(context, plan, state, semaphore);
    }
    return context.outcome(going);
}

} // namespace Interleave
