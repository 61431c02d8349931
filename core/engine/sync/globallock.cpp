// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/globallock.h"

#include "core/record/recorder.h"

namespace Interleave
{

namespace
{

/// Held, so never the word of a lock that could be taken.
constexpr std::uint32_t kFromAny = 0xffffffffu;

} // namespace

// m_word and m_waiters are seq_cst: a waiter counts itself and then looks at the word, whoever
// gives the lock back changes the word and then looks for waiters. In one order of all four, either
// the waiter finds the lock free or the other one finds the waiter, and wakes it.

/// \param word what was last seen of m_word; brought up to date. \param notFrom the free word from
/// which this task must not take it. \return whether it was taken.
bool GlobalLock::tryTake(std::uint32_t &word, std::uint32_t notFrom, TaskId task)
{
    while ((word & kHeld) == 0 && word != notFrom) {
        // The word says that the last owner has given it back, so it has said who it is. When
        // another one comes in between, the word is a different one.
        const bool isSwitch = m_lastOwner.load(std::memory_order_relaxed) != task;
        const std::uint32_t taken = word + kHeld + (isSwitch ? kSwitch : 0);
        if (m_word.compare_exchange_weak(word, taken, std::memory_order_seq_cst)) {
            m_lastOwner.store(task, std::memory_order_relaxed);
            m_owner.store(task, std::memory_order_relaxed);
            // Whoever asked has got what it asked for, or will ask again after its next interval.
            // One who asks only now still waits, so that giving way to it cannot be in vain.
            m_isAsked.store(0, std::memory_order_relaxed);
            return true;
        }
    }
    return false;
}

bool GlobalLock::take(const TaskContext &context)
{
    std::uint32_t word = m_word.load(std::memory_order_seq_cst);
    if (!tryTake(word, kFromAny, context.id()) && !waitForIt(context, kFromAny))
        return false;
    Recorder::acquire(context.id(), m_object);
    return true;
}

void GlobalLock::giveBack(const TaskContext &context)
{
    m_owner.store(kNoTask, std::memory_order_relaxed);
    Recorder::release(context.id(), m_object);
    m_word.fetch_sub(kHeld, std::memory_order_seq_cst);
    if (m_waiters.load(std::memory_order_seq_cst) != 0)
        wakeOne(m_word);
}

void GlobalLock::giveWay(const TaskContext &context)
{
    if (!isHeldBy(context.id()))
        return;
    const std::uint32_t left = m_word.load(std::memory_order_relaxed) - kHeld;
    giveBack(context);
    if (waitForIt(context, left))
        Recorder::acquire(context.id(), m_object);
}

/// \return false when stopped.
bool GlobalLock::waitForIt(const TaskContext &context, std::uint32_t notFrom)
{
    Recorder::wait(WaitReason::GlobalLock, m_object);
    m_waiters.fetch_add(1, std::memory_order_seq_cst);
    WaitEnd end = WaitEnd::TimedOut;
    while (end == WaitEnd::TimedOut)
        end = waitOneInterval(context, notFrom);
    m_waiters.fetch_sub(1, std::memory_order_relaxed);
    Recorder::waitEnd();
    return end == WaitEnd::Changed;
}

/// Waits for at most one interval. \return Changed: the task has the lock. TimedOut: it has not,
/// and has asked the holder to give way if that is the one whom it has been waiting for all the
/// time.
WaitEnd GlobalLock::waitOneInterval(const TaskContext &context, std::uint32_t notFrom)
{
    const std::atomic<std::uint32_t> &stopWord = context.setup().rings->header().stopWord;
    const TimestampNs deadline = deadlineAfter(m_interval);
    std::uint32_t word = m_word.load(std::memory_order_seq_cst);
    // Who has just given way waits for the one that comes after it. Nobody wakes it when that one
    // comes: it would only have to sleep again.
    const std::uint32_t watched = word == notFrom ? word + kSwitch + kHeld : word;
    for (;;) {
        if (tryTake(word, notFrom, context.id()))
            return WaitEnd::Changed;
        const WaitEnd end = waitWhileEqual(m_word, word, stopWord, deadline);
        if (end == WaitEnd::TimedOut && word == watched && (word & kHeld) != 0)
            m_isAsked.store(1, std::memory_order_relaxed);
        if (end != WaitEnd::Changed)
            return end;
        word = m_word.load(std::memory_order_seq_cst);
    }
}

} // namespace Interleave
