// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/mutex.h"

namespace Interleave
{

/// All bytes 0 is "all permits free".
struct SemaphoreState {
    std::atomic<std::uint32_t> taken;
    std::atomic<std::uint32_t> waiters;
};

/// A number of permits, each held by the task that took it (Acquire with AccessMode Permit).
/// Thread: any; between processes, too. Every wait is ended by a stop request.
class Semaphore
{
public:
    Semaphore(SemaphoreState &state, ObjectId object, std::uint32_t permits)
        : m_state(&state)
        , m_object(object)
        , m_permits(permits)
    {
    }
    /// \return false when stopped.
    [[nodiscard]] bool acquire(const TaskContext &context, WaitReason why = WaitReason::Semaphore);
    [[nodiscard]] bool tryAcquire(const TaskContext &context);
    [[nodiscard]] Acquired acquireFor(const TaskContext &context, DurationNs patience);
    void release(const TaskContext &context);

private:
    Acquired acquireUntil(const TaskContext &context, TimestampNs deadline, WaitReason why);

    SemaphoreState *m_state;
    ObjectId m_object;
    std::uint32_t m_permits;
};

} // namespace Interleave
