// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/semaphore.h"

#include "core/engine/sync/globallock.h"

namespace Interleave
{

namespace
{

/// \param seen how many were taken when there was none left. \return whether it took one.
bool takePermit(std::atomic<std::uint32_t> &taken, std::uint32_t permits, std::uint32_t &seen)
{
    // seq_cst, here and in release(): whoever finds no permit after it has counted itself as a waiter is
    // seen by the one who gives the next permit back, or sees that permit.
    seen = taken.load(std::memory_order_seq_cst);
    while (seen < permits) {
        if (taken.compare_exchange_weak(seen, seen + 1, std::memory_order_seq_cst))
            return true;
    }
    return false;
}

} // namespace

bool Semaphore::acquire(const TaskContext &context, WaitReason why)
{
    return acquireUntil(context, kNoDeadline, why) == Acquired::Yes;
}

bool Semaphore::tryAcquire(const TaskContext &context)
{
    std::uint32_t seen = 0;
    if (!takePermit(m_state->taken, m_permits, seen))
        return false;
    Recorder::acquire(context.id(), m_object, AccessMode::Permit);
    return true;
}

Acquired Semaphore::acquireFor(const TaskContext &context, DurationNs patience)
{
    if (patience <= 0)
        return tryAcquire(context) ? Acquired::Yes : Acquired::TimedOut;
    return acquireUntil(context, deadlineAfter(patience), WaitReason::Semaphore);
}

Acquired Semaphore::acquireUntil(const TaskContext &context, TimestampNs deadline, WaitReason why)
{
    if (tryAcquire(context))
        return Acquired::Yes;
    Acquired acquired = Acquired::Yes;
    std::uint32_t seen = 0;
    m_state->waiters.fetch_add(1, std::memory_order_seq_cst);
    if (!takePermit(m_state->taken, m_permits, seen)) {
        const GilRelease released(context);
        Detail::recordWait(why, m_object, deadline);
        do {
            const WaitEnd end =
                waitWhileEqual(m_state->taken, seen, Detail::stopWordOf(context), deadline);
            if (end == WaitEnd::Stopped || context.stopRequested())
                acquired = Acquired::Stopped;
            else if (end == WaitEnd::TimedOut)
                acquired = Acquired::TimedOut;
        } while (acquired == Acquired::Yes && !takePermit(m_state->taken, m_permits, seen));
        Recorder::waitEnd();
    }
    m_state->waiters.fetch_sub(1, std::memory_order_relaxed);
    if (acquired == Acquired::Yes)
        Recorder::acquire(context.id(), m_object, AccessMode::Permit);
    return acquired;
}

void Semaphore::release(const TaskContext &context)
{
    Recorder::release(context.id(), m_object);
    m_state->taken.fetch_sub(1, std::memory_order_seq_cst);
    if (m_state->waiters.load(std::memory_order_seq_cst) != 0)
        wakeOne(m_state->taken);
}

} // namespace Interleave
