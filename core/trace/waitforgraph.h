// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/record/event.h"
#include "core/trace/trace.h"

#include <memory>
#include <optional>
#include <vector>

namespace Interleave
{

/// `waiter` waits, without a time limit, for something that `holder` has: a lock, a permit, a worker of
/// a pool, or its end (then `object` is kNoObject).
struct WaitEdge {
    TaskId waiter = kNoTask;
    ObjectId object = kNoObject;
    TaskId holder = kNoTask;
    WaitReason reason = WaitReason::None;
    TimestampNs since = 0;
    bool operator==(const WaitEdge &) const = default;
};

/// Tasks that wait for each other in a circle: none of them will ever go on by itself.
struct Deadlock {
    std::vector<WaitEdge> cycle; ///< each edge's holder is the next one's waiter, the last one's the first
    TimestampNs since = 0; ///< when the last wait of the circle began
    bool isStarvation = false; ///< a pool's worker is among what is waited for
};

/// Who waits for whom, from what the recorder said: certain, not guessed.
///
/// A task with one thing to wait for goes on when that thing is given back. A lock is given back by its
/// holder; a permit, a shared lock or a pool's worker by any one of its holders. So the tasks that can
/// never go on are found by leaving out, again and again, every waiting task one of whose holders can
/// still go on; what is left, if anything, contains a circle. Waits with a time limit, and waits for
/// something that nobody is known to hold (a condition, a channel, I/O), can always end.
/// Source: the knot condition for multi-unit resources (Holt 1972, "Some Deadlock Properties of Computer
/// Systems").
///
/// Fed in order of time by SliceBuilder; find() costs O(waits + holders) and is called once a tick, and
/// only after a wait began. Thread: the collector's.
class WaitForGraph
{
public:
    WaitForGraph();
    ~WaitForGraph();
    WaitForGraph(const WaitForGraph &) = delete;
    WaitForGraph &operator=(const WaitForGraph &) = delete;

    void defineObject(ObjectId id, ObjectKind kind, std::uint32_t capacity);
    void acquire(TaskId task, ObjectId object, AccessMode mode);
    void release(TaskId task, ObjectId object);
    /// \param awaited for the end of which task; kNoTask: for `object`.
    void wait(TaskId task, WaitReason reason, ObjectId object, TaskId awaited, bool isTimed,
              TimestampNs now);
    void waitEnd(TaskId task);
    /// `task` is handed to the pool `object`, and waits for one of its workers until it begins.
    void queued(TaskId task, ObjectId pool, TimestampNs now);
    /// A queued task begins: it takes a worker until it ends.
    void begin(TaskId task);
    /// The task is over; what it held stays held (a lock that is never given back).
    void end(TaskId task);

    /// A circle that exists now, or nothing.
    [[nodiscard]] std::optional<Deadlock> find();
    /// Number of tasks that wait right now. For the tests.
    [[nodiscard]] std::size_t waitCount() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// "Alice holds fork 1 and waits for fork 2, held by Bob; Bob holds fork 2 and waits for fork 1, held by
/// Alice": with the names of the trace.
[[nodiscard]] std::string deadlockText(const Trace &trace, const Deadlock &deadlock);

} // namespace Interleave
