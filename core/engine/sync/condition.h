// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/mutex.h"

namespace Interleave
{

/// All bytes 0 is "nobody waits".
struct ConditionState {
    std::atomic<std::uint32_t> sequence;
    std::atomic<std::uint32_t> waiters;
};

/// Waits until somebody says that something has changed. Wakes may come without a reason: wait in a loop.
/// Thread: any; between processes, too. Every wait is ended by a stop request.
class Condition
{
public:
    Condition(ConditionState &state, ObjectId object)
        : m_state(&state)
        , m_object(object)
    {
    }
    /// Gives `mutex` back while it waits (Wait(Condition)) and takes it again.
    /// \return Stopped: the mutex is not held. TimedOut: it is.
    [[nodiscard]] Acquired wait(Mutex &mutex, const TaskContext &context,
                                TimestampNs deadline = kNoDeadline);
    void wakeOne(const TaskContext &context);
    void wakeAll(const TaskContext &context);
    static constexpr TimestampNs kNoDeadline = Interleave::kNoDeadline;

private:
    ConditionState *m_state;
    ObjectId m_object;
};

/// All bytes 0 is "nobody has arrived".
struct BarrierState {
    std::atomic<std::uint32_t> arrived;
    std::atomic<std::uint32_t> generation;
};

/// Where a number of tasks wait for each other, again and again. The last to arrive records an instant of
/// kind MarkKind::Barrier with the object's number: the vertical line.
class Barrier
{
public:
    Barrier(BarrierState &state, ObjectId object, std::uint32_t participants)
        : m_state(&state)
        , m_object(object)
        , m_participants(participants)
    {
    }
    /// \return false when stopped.
    [[nodiscard]] bool arriveAndWait(const TaskContext &context);

private:
    BarrierState *m_state;
    ObjectId m_object;
    std::uint32_t m_participants;
};

/// All bytes 0 is "nobody has counted down".
struct LatchState {
    std::atomic<std::uint32_t> counted;
};

/// Opens once a number of tasks have counted down, and stays open.
class CountdownLatch
{
public:
    CountdownLatch(LatchState &state, ObjectId object, std::uint32_t count)
        : m_state(&state)
        , m_object(object)
        , m_count(count)
    {
    }
    void countDown(const TaskContext &context);
    /// Records Wait(Event). \return false when stopped.
    [[nodiscard]] bool wait(const TaskContext &context);

private:
    LatchState *m_state;
    ObjectId m_object;
    std::uint32_t m_count;
};

} // namespace Interleave
