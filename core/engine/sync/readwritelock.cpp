// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/readwritelock.h"

#include "core/engine/sync/globallock.h"

namespace Interleave
{

// All of it is seq_cst: a sleeper first makes `changes` odd and then looks whether it may go in; whoever
// opens the way first changes the word and then looks whether `changes` is odd. In one order of all four,
// either the sleeper sees the open way or the other one sees the sleeper.

bool ReadWriteLock::tryRead()
{
    std::uint32_t word = m_state->word.load(std::memory_order_seq_cst);
    while ((word & kWriter) == 0) {
        if (m_policy == ReadWritePolicy::PreferWriters
            && m_state->waitingWriters.load(std::memory_order_seq_cst) != 0)
            return false;
        if (m_state->word.compare_exchange_weak(word, word + 1, std::memory_order_seq_cst))
            return true;
    }
    return false;
}

bool ReadWriteLock::tryWrite()
{
    std::uint32_t expected = 0;
    return m_state->word.compare_exchange_strong(expected, kWriter, std::memory_order_seq_cst);
}

/// Sleeps until it is in. \return false when stopped.
bool ReadWriteLock::waitFor(const TaskContext &context, AccessMode mode)
{
    const GilRelease released(context);
    const bool writes = mode == AccessMode::Exclusive;
    bool isIn = false, isRecorded = false, going = true;
    if (writes)
        m_state->waitingWriters.fetch_add(1, std::memory_order_seq_cst);
    while (going) {
        const std::uint32_t changes = m_state->changes.fetch_or(1, std::memory_order_seq_cst) | 1;
        isIn = writes ? tryWrite() : tryRead();
        if (isIn)
            break;
        if (!isRecorded)
            Recorder::wait(WaitReason::Lock, m_object);
        isRecorded = true;
        going = waitWhileEqual(m_state->changes, changes, Detail::stopWordOf(context))
            && !context.stopRequested();
    }
    if (isRecorded)
        Recorder::waitEnd();
    if (writes) {
        m_state->waitingWriters.fetch_sub(1, std::memory_order_seq_cst);
        if (!isIn)
            announce(); // a writer who gives up may have kept readers out
    }
    return isIn;
}

/// Wakes all who sleep, after something has changed that they wait for.
void ReadWriteLock::announce()
{
    std::uint32_t changes = m_state->changes.load(std::memory_order_seq_cst);
    // When somebody else is faster, the sleepers have looked again since, and seen what we changed.
    if ((changes & 1) != 0
        && m_state->changes.compare_exchange_strong(changes, changes + 1,
                                                    std::memory_order_seq_cst))
        wakeWord(m_state->changes);
}

bool ReadWriteLock::lockForRead(const TaskContext &context)
{
    if (!tryRead() && !waitFor(context, AccessMode::Shared))
        return false;
    Recorder::acquire(context.id(), m_object, AccessMode::Shared);
    return true;
}

bool ReadWriteLock::lockForWrite(const TaskContext &context)
{
    if (!tryWrite() && !waitFor(context, AccessMode::Exclusive))
        return false;
    Recorder::acquire(context.id(), m_object, AccessMode::Exclusive);
    return true;
}

void ReadWriteLock::unlockRead(const TaskContext &context)
{
    Recorder::release(context.id(), m_object);
    if (m_state->word.fetch_sub(1, std::memory_order_seq_cst) == 1)
        announce(); // the last reader: a writer may go in
}

void ReadWriteLock::unlockWrite(const TaskContext &context)
{
    Recorder::release(context.id(), m_object);
    m_state->word.exchange(0, std::memory_order_seq_cst);
    announce();
}

} // namespace Interleave
