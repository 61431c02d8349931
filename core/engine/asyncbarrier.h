// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/async/queuedwait.h"

#include <cstddef>

namespace Interleave
{

/// A barrier for coroutines of one executor: `co_await barrier.arrive()` until all have arrived.
///
/// They go on in the order in which they arrived, the last one last, so that a round is like the one
/// before. Used again for the next round at once. Whoever arrives last records an instant of kind
/// MarkKind::Barrier with the object's number, if it has one. Who is cancelled while it waits has arrived
/// no more. Thread: the executor's.
class AsyncBarrier
{
public:
    explicit AsyncBarrier(std::size_t participants, ObjectId object = kNoObject)
        : m_participants(participants)
        , m_object(object)
    {
    }

    class Arrival final : public Detail::QueuedWait
    {
    public:
        explicit Arrival(AsyncBarrier &barrier)
            : QueuedWait(kNoTask)
            , m_barrier(barrier)
        {
        }
        [[nodiscard]] bool await_ready() { return isOverBefore(); }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            m_task = self.promise().task();
            if (!m_barrier.isLast() || Executor::current()->mustEnd(m_task)) {
                waitIn(m_barrier.m_arrived, self, WaitReason::Barrier, m_barrier.m_object);
                return;
            }
            Executor &executor = suspend(self, WaitReason::Barrier, m_barrier.m_object);
            m_barrier.open(m_task);
            executor.makeReady(m_waiting, kNoTask);
        }
        /// \return false when stopped
        [[nodiscard]] bool await_resume()
        {
            leaveQueue();
            return !m_waiting.cancelled;
        }

    private:
        AsyncBarrier &m_barrier;
    };
    [[nodiscard]] Arrival arrive() { return Arrival(*this); }

private:
    [[nodiscard]] bool isLast()
    {
        if (m_arrived.count() + 1 < m_participants)
            return false;
        m_arrived.dropEnded(); // who was cancelled is not there, even where it has not gone on yet
        return m_arrived.count() + 1 >= m_participants;
    }
    void open(TaskId last)
    {
        if (m_object != kNoObject)
            Recorder::mark(MarkKind::Barrier, Detail::recordedId(last), m_object);
        while (Detail::QueuedWait *const waiter = m_arrived.first())
            m_arrived.grant(*waiter, last);
    }

    std::size_t m_participants;
    ObjectId m_object;
    Detail::WaiterQueue m_arrived;
};

} // namespace Interleave
