// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/executor.h"

#include <utility>
#include <vector>

namespace Interleave
{

/// A barrier for coroutines of one executor: `co_await barrier.arrive()` until all have arrived.
///
/// They go on in the order in which they arrived, the last one last, so that a round is like the one
/// before. Used again for the next round at once. Thread: the executor's.
class AsyncBarrier
{
public:
    explicit AsyncBarrier(std::size_t participants)
        : m_participants(participants)
    {
    }

    class Arrival final : public Detail::SuspensionPoint
    {
    public:
        explicit Arrival(AsyncBarrier &barrier)
            : m_barrier(barrier)
        {
        }
        [[nodiscard]] bool await_ready()
        {
            m_waiting.cancelled = Executor::current()->isStopRequested();
            return m_waiting.cancelled;
        }
        template<typename Promise>
        void await_suspend(std::coroutine_handle<Promise> self)
        {
            Executor &executor = suspend(self, WaitReason::Barrier);
            if (m_barrier.m_arrived.size() + 1 < m_barrier.m_participants) {
                m_barrier.m_arrived.push_back(&m_waiting);
                executor.park(m_waiting);
                return;
            }
            for (WaitingCoroutine *waiting : std::exchange(m_barrier.m_arrived, {}))
                executor.release(*waiting, m_waiting.task);
            executor.makeReady(m_waiting, kNoTask);
        }
        /// \return false when stopped
        [[nodiscard]] bool await_resume() const { return !m_waiting.cancelled; }

    private:
        AsyncBarrier &m_barrier;
    };
    [[nodiscard]] Arrival arrive() { return Arrival(*this); }

private:
    std::size_t m_participants;
    std::vector<WaitingCoroutine *> m_arrived;
};

} // namespace Interleave
