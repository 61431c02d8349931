// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/sync/mutex.h"

namespace Interleave
{

/// Who goes first when readers and writers wait.
enum class ReadWritePolicy : std::uint8_t {
    PreferReaders, ///< a reader comes in whenever no writer is in
    PreferWriters, ///< a reader waits while a writer waits
};

/// All bytes 0 is "free".
struct ReadWriteState {
    std::atomic<std::uint32_t> word; ///< number of readers; kWriter when a writer is in
    std::atomic<std::uint32_t> waitingWriters;
    /// What sleepers wait on: grows whenever somebody may go on; odd while somebody may sleep.
    std::atomic<std::uint32_t> changes;
};

/// Many readers or one writer; recorded as Acquire with AccessMode Shared or Exclusive.
/// Thread: any; between processes, too. Every wait is ended by a stop request.
class ReadWriteLock
{
public:
    static constexpr std::uint32_t kWriter = 0x80000000u;

    ReadWriteLock(ReadWriteState &state, ObjectId object, ReadWritePolicy policy)
        : m_state(&state)
        , m_object(object)
        , m_policy(policy)
    {
    }
    /// \return false when stopped.
    [[nodiscard]] bool lockForRead(const TaskContext &context);
    [[nodiscard]] bool lockForWrite(const TaskContext &context);
    void unlockRead(const TaskContext &context);
    void unlockWrite(const TaskContext &context);

private:
    [[nodiscard]] bool tryRead();
    [[nodiscard]] bool tryWrite();
    bool waitFor(const TaskContext &context, AccessMode mode);
    void announce();

    ReadWriteState *m_state;
    ObjectId m_object;
    ReadWritePolicy m_policy;
};

} // namespace Interleave
