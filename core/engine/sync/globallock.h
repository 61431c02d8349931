// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/work/stoppablewait.h"
#include "core/engine/work/taskcontext.h"
#include "core/record/objectkind.h"

#include <atomic>
#include <cstdint>

namespace Interleave
{

/// The global lock's number: higher than those that sets give, below Trace::kMostObjects.
constexpr ObjectId kGlobalLockObject = 4000;

/// The one lock under which all threads of an interpreter run, with CPython's rule of handing it
/// over.
///
///   free --take--> held --asked, at the next boundary--> free, but not for the one who gave it up
///                  held --the holder blocks or ends----> free
///
/// Who waits for it asks the holder to give it up when it has had to wait for one interval during
/// which the lock stayed with the same holder. The holder looks at that request between two pieces
/// of work, gives the lock up, and does not take it again before another task has had it (forced
/// switching: else it would usually be faster than the one it has woken).
/// Source: CPython, Python/ceval_gil.c (take_gil, drop_gil). There, whoever gives the lock up is
/// woken when another one has taken it and then begins to wait for its next turn; here it sleeps
/// through that.
///
/// Recorded as Wait(GlobalLock), Acquire and Release of its object; holders never overlap on
/// record, and nobody is on record as waiting for something else while it holds this. Every wait is
/// ended by a stop request. Made by EngineRun under the model `gil`. Thread: any of one process.
class GlobalLock
{
public:
    /// \param interval how long a waiter leaves the holder alone
    explicit GlobalLock(DurationNs interval, ObjectId object = kGlobalLockObject)
        : m_interval(interval)
        , m_object(object)
    {
    }
    GlobalLock(const GlobalLock &) = delete;
    GlobalLock &operator=(const GlobalLock &) = delete;

    /// The longest piece of work between two looks at the request: what a boundary between two
    /// bytecodes is there.
    static constexpr DurationNs kLongestPiece = 50 * kMicrosecond;

    /// Waits until the task has it. \return false when stopped: then it has not.
    [[nodiscard]] bool take(const TaskContext &context);
    /// By its holder.
    void giveBack(const TaskContext &context);
    /// At a boundary between two pieces of work: gives it up and takes it again if somebody has
    /// asked for that. Does nothing for a task that does not hold it. One load when nobody has
    /// asked.
    void giveWayIfAsked(const TaskContext &context)
    {
        if (m_isAsked.load(std::memory_order_relaxed) != 0) [[unlikely]]
            giveWay(context);
    }

    /// Exact when a task asks for itself.
    [[nodiscard]] bool isHeldBy(TaskId task) const
    {
        return task != kNoTask && m_owner.load(std::memory_order_relaxed) == task;
    }
    /// How often it went to a task that was not the last to hold it; the first one counts.
    [[nodiscard]] std::uint32_t switches() const
    {
        return m_word.load(std::memory_order_relaxed) / kSwitch;
    }
    [[nodiscard]] DurationNs interval() const { return m_interval; }

private:
    static constexpr std::uint32_t kHeld = 1; ///< bit of m_word
    static constexpr std::uint32_t kSwitch = 2; ///< unit of the rest of m_word

    void giveWay(const TaskContext &context);
    [[nodiscard]] bool tryTake(std::uint32_t &word, std::uint32_t notFrom, TaskId task);
    [[nodiscard]] bool waitForIt(const TaskContext &context, std::uint32_t notFrom);
    [[nodiscard]] WaitEnd waitOneInterval(const TaskContext &context, std::uint32_t notFrom);

    const DurationNs m_interval;
    const ObjectId m_object;
    /// kHeld, and the number of switches: one word tells a sleeper whether the holder is still the
    /// same.
    std::atomic<std::uint32_t> m_word{0};
    std::atomic<std::uint32_t> m_waiters{0};
    std::atomic<std::uint32_t> m_isAsked{0}; ///< somebody has waited for an interval, and waits on
    std::atomic<TaskId> m_owner{kNoTask};
    std::atomic<TaskId> m_lastOwner{kNoTask}; ///< written and read by who holds it or is about to
};

/// The task runs under the global lock of its run while this lives. Does nothing where there is
/// none, and no more than wait until a stop request has ended the wait.
class GilHold
{
public:
    explicit GilHold(const TaskContext &context)
        : m_context(context)
    {
        if (GlobalLock *const lock = context.setup().globalLock)
            (void)lock->take(context);
    }
    ~GilHold()
    {
        GlobalLock *const lock = m_context.setup().globalLock;
        // A stop request may have kept it from taking it.
        if (lock && lock->isHeldBy(m_context.id()))
            lock->giveBack(m_context);
    }
    GilHold(const GilHold &) = delete;
    GilHold &operator=(const GilHold &) = delete;

private:
    const TaskContext &m_context;
};

/// Around every call that blocks: gives the global lock up, if the task holds it, and takes it
/// again.
///
/// Made before the wait is recorded and ended after its end is, so that nobody is on record as
/// holding the global lock while it waits for something else. Costs two loads where there is no
/// global lock.
class GilRelease
{
public:
    explicit GilRelease(const TaskContext &context)
        : m_context(context)
        , m_lock(context.setup().globalLock)
    {
        if (!m_lock) [[likely]]
            return;
        if (m_lock->isHeldBy(context.id()))
            m_lock->giveBack(context);
        else
            m_lock = nullptr; // one of these lives already, or it is main, which runs without
    }
    ~GilRelease()
    {
        if (m_lock) [[unlikely]]
            (void)m_lock->take(m_context); // false: stopped, as the caller sees by itself
    }
    GilRelease(const GilRelease &) = delete;
    GilRelease &operator=(const GilRelease &) = delete;

private:
    const TaskContext &m_context;
    GlobalLock *m_lock;
};

} // namespace Interleave
