// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/engine/sync/mutex.h"
#include "core/engine/sync/readwritelock.h"
#include "core/engine/work/workparameters.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// The numbers of the set "readers-writer".
constexpr ObjectId kBookObject = 1;

enum class BookPolicy : std::uint8_t { Mutex, PreferReaders, PreferWriters };

struct ReadersWriterPlan {
    static constexpr int kMostTasks = 64;

    int readers = 6;
    int writers = 1;
    double readMs = 30;
    double writeMs = 60;
    double pauseMs = 3;
    DurationNs duration = 0;
    BookPolicy policy = BookPolicy::PreferReaders;
    std::uint64_t seed = 1;

    [[nodiscard]] int tasks() const { return readers + writers; }
    /// The readers come first.
    [[nodiscard]] bool isReader(int index) const { return index < readers; }
    /// How long a task is inside, and away, the n-th time: half to one and a half of the average, by
    /// the seed. Without that the readers would all come and go at the same moments.
    [[nodiscard]] DurationNs inside(int index, int time) const;
    [[nodiscard]] DurationNs away(int index, int time) const;
    [[nodiscard]] ReadWritePolicy readWritePolicy() const
    {
        return policy == BookPolicy::PreferWriters ? ReadWritePolicy::PreferWriters
                                                   : ReadWritePolicy::PreferReaders;
    }
};
[[nodiscard]] ReadersWriterPlan readersWriterPlan(const WorkParameters &parameters);

/// What the tasks of the set "readers-writer" share. All bytes 0 is its initial state. Thread: any.
struct ReadersWriterState {
    static constexpr std::size_t kMostWaits = 1 << 15;

    MutexState mutex;
    ReadWriteState lock;
    std::atomic<TimestampNs> begun; ///< when the first task came; 0: not yet
    std::atomic<std::uint32_t> readersInside;
    std::atomic<std::uint32_t> writersInside;
    std::atomic<std::uint32_t> violations; ///< how often somebody met who must not be there
    std::array<std::atomic<std::uint32_t>, ReadersWriterPlan::kMostTasks> accesses; ///< by task
    /// Of the time that the task would have needed for them alone.
    std::array<std::atomic<DurationNs>, ReadersWriterPlan::kMostTasks> demand;
    std::atomic<std::uint32_t> writerWaitCount; ///< may exceed kMostWaits: only the first are kept
    std::array<std::atomic<DurationNs>, kMostWaits> writerWaits;
    std::atomic<DurationNs> readerWait; ///< all of them together
    std::atomic<std::uint32_t> readerWaitCount;

    /// When the run's time is over; the first who asks begins it.
    [[nodiscard]] TimestampNs deadline(const ReadersWriterPlan &plan);
    /// Counts somebody in, and who must not be there with him.
    void enter(bool isReader);
    void leave(bool isReader);
    void noteWait(bool isReader, DurationNs wait);
    /// A whole access that took `alone` with the pause after it.
    void noteAccess(int index, DurationNs alone);
};

} // namespace Interleave
