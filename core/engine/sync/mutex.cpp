// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/mutex.h"

#include "core/engine/sync/globallock.h"

namespace Interleave
{

Acquired Detail::lockWordSlowly(std::atomic<std::uint32_t> &word,
                                const std::atomic<std::uint32_t> &stopWord, TimestampNs deadline)
{
    // Whoever had to wait takes the lock as "perhaps waited for": others may still sleep, and it cannot
    // know. That costs one wake-up too many at most, and loses none.
    while (word.exchange(2, std::memory_order_acquire) != 0) {
        switch (waitWhileEqual(word, 2, stopWord, deadline)) {
        case WaitEnd::Changed:
            // What a stopped task gives back is for nobody: the others are asked to stop, too.
            if (stopWord.load(std::memory_order_acquire) != 0)
                return Acquired::Stopped;
            break;
        case WaitEnd::Stopped:
            return Acquired::Stopped;
        case WaitEnd::TimedOut:
            return Acquired::TimedOut;
        }
    }
    return Acquired::Yes;
}

Acquired Mutex::lockSlowly(const TaskContext &context, TimestampNs deadline)
{
    // It may have been given back meanwhile: only what really waits is recorded as a wait.
    if (m_state->word.exchange(2, std::memory_order_acquire) == 0)
        return Acquired::Yes;
    const GilRelease released(context);
    Detail::recordWait(WaitReason::Lock, m_object, deadline);
    const Acquired acquired =
        Detail::lockWordSlowly(m_state->word, Detail::stopWordOf(context), deadline);
    Recorder::waitEnd();
    return acquired;
}

Acquired Mutex::lockFor(const TaskContext &context, DurationNs patience)
{
    if (!Detail::tryLockWord(m_state->word)) {
        if (patience <= 0)
            return Acquired::TimedOut;
        const Acquired acquired = lockSlowly(context, deadlineAfter(patience));
        if (acquired != Acquired::Yes)
            return acquired;
    }
    noteHeld(context.id());
    return Acquired::Yes;
}

bool RecursiveMutex::lockAgain(const TaskContext &context)
{
    // Only the holder itself can find its own id here.
    if (context.id() == kNoTask || m_mutex.owner() != context.id())
        return false;
    // A plain add, and subtract below: only the holder changes it.
    m_state->depth.store(m_state->depth.load(std::memory_order_relaxed) + 1,
                         std::memory_order_relaxed);
    return true;
}

bool RecursiveMutex::lock(const TaskContext &context)
{
    return lockAgain(context) || m_mutex.lock(context);
}

bool RecursiveMutex::tryLock(const TaskContext &context)
{
    return lockAgain(context) || m_mutex.tryLock(context);
}

Acquired RecursiveMutex::lockFor(const TaskContext &context, DurationNs patience)
{
    return lockAgain(context) ? Acquired::Yes : m_mutex.lockFor(context, patience);
}

void RecursiveMutex::unlock(const TaskContext &context)
{
    const std::uint32_t depth = m_state->depth.load(std::memory_order_relaxed);
    if (depth > 0)
        m_state->depth.store(depth - 1, std::memory_order_relaxed);
    else
        m_mutex.unlock(context);
}

} // namespace Interleave
