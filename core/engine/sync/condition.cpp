// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sync/condition.h"

#include "core/engine/sync/globallock.h"
#include "core/engine/work/sharedboard.h"

namespace Interleave
{

Acquired Condition::wait(Mutex &mutex, const TaskContext &context, TimestampNs deadline)
{
    // Both while the mutex is held: whoever changes what is waited for holds it, too, and so finds the
    // waiter, and changes the sequence after it was read here.
    m_state->waiters.fetch_add(1, std::memory_order_relaxed);
    const std::uint32_t sequence = m_state->sequence.load(std::memory_order_relaxed);
    mutex.unlock(context);
    const GilRelease released(context);
    Detail::recordWait(WaitReason::Condition, m_object, deadline);
    const WaitEnd end =
        waitWhileEqual(m_state->sequence, sequence, Detail::stopWordOf(context), deadline);
    Recorder::waitEnd();
    m_state->waiters.fetch_sub(1, std::memory_order_relaxed);
    if (end == WaitEnd::Stopped || !mutex.lock(context))
        return Acquired::Stopped;
    return end == WaitEnd::TimedOut ? Acquired::TimedOut : Acquired::Yes;
}

void Condition::wakeOne(const TaskContext &)
{
    if (m_state->waiters.load(std::memory_order_relaxed) == 0)
        return;
    m_state->sequence.fetch_add(1, std::memory_order_release);
    Interleave::wakeOne(m_state->sequence);
}

void Condition::wakeAll(const TaskContext &)
{
    if (m_state->waiters.load(std::memory_order_relaxed) == 0)
        return;
    m_state->sequence.fetch_add(1, std::memory_order_release);
    wakeWord(m_state->sequence);
}

bool Barrier::arriveAndWait(const TaskContext &context)
{
    const GilRelease released(context);
    return SharedBarrier(m_state->arrived, m_state->generation, m_object)
        .arriveAndWait(m_participants, Detail::stopWordOf(context), context.id());
}

void CountdownLatch::countDown(const TaskContext &)
{
    // Release: what was done before is seen by whoever comes through.
    if (m_state->counted.fetch_add(1, std::memory_order_acq_rel) + 1 == m_count)
        wakeWord(m_state->counted);
}

bool CountdownLatch::wait(const TaskContext &context)
{
    std::uint32_t counted = m_state->counted.load(std::memory_order_acquire);
    if (counted >= m_count)
        return true;
    const GilRelease released(context);
    Recorder::wait(WaitReason::Event, m_object);
    bool going = true;
    // Only the last one wakes; what changes before is looked at when a sleep is about to begin.
    while (going && counted < m_count) {
        going = waitWhileEqual(m_state->counted, counted, Detail::stopWordOf(context));
        counted = m_state->counted.load(std::memory_order_acquire);
    }
    Recorder::waitEnd();
    return counted >= m_count;
}

} // namespace Interleave
