// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/record/event.h"
#include "core/trace/trace.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
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

/// Tasks that wait for each other in a circle, or for something that was never given back: none of them
/// will ever go on by itself.
struct Deadlock {
    /// Each edge's holder is the next one's waiter, the last one's the first; of a leak, the last one's
    /// has ended.
    std::vector<WaitEdge> cycle;
    /// When the last wait began that it rests on, or the last holder ended. It rests on the told ones
    /// and on all that those depend on: of a semaphore, for one, every other holder has to be stuck.
    TimestampNs since = 0;
    bool isStarvation = false; ///< a pool's worker is among what is waited for
    bool isLeak =
        false; ///< no circle: what the last edge waits for is held by tasks that have ended
    std::size_t leakWaiters = 0; ///< of a leak: how many wait for that thing
    std::size_t leakHolders = 0; ///< of a leak: how many ended with it
    /// Something that it rests on may turn out otherwise by a record that is still on its way: a pool,
    /// permits, a lock that is shared, or something held by a task that has ended. Certain only when it
    /// has stayed like that for some time.
    bool needsSettling = false;
};

/// Who waits for whom, from what the recorder said: certain, not guessed.
///
/// A task with one thing to wait for goes on when that thing is given back. A lock is given back by its
/// holder; a permit, a shared lock or a pool's worker by any one of its holders. So the tasks that can
/// never go on are found by leaving out, again and again, every waiting task one of whose holders can
/// still go on; what is left, if anything, contains a circle. Waits with a time limit, and waits for
/// something that nobody is known to hold (a condition, a channel, I/O), can always end. A task that has
/// ended gives back nothing any more: a lock or a connection that it still holds is lost. (A permit of a
/// semaphore is not: anybody may give it back. Where tasks do so that have taken none, the semaphore is a
/// signal, and who took a permit of it is nobody to wait for.)
/// Source: the knot condition for multi-unit resources (Holt 1972, "Some Deadlock Properties of Computer
/// Systems").
///
/// Fed in order of time by SliceBuilder. find() looks at what has changed since the last time and at all
/// that it depends on: O(that), and no more than KnotFinder::kMostSteps; the rest is left for the next
/// call, and what one call cannot take in is taken to go on. end() costs O(what the task holds).
/// Thread: the collector's.
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
    /// \return whether it held something.
    bool end(TaskId task, TimestampNs now = 0);

    /// Whether find() has something to look at: a wait began, a holder ended or is one less, or what was
    /// found the last time is still there.
    [[nodiscard]] bool hasChanged() const;
    /// A circle or a leak that exists now, or nothing. Of several a certain one, if there is one, and
    /// then the oldest.
    [[nodiscard]] std::optional<Deadlock> find();
    /// How much the last find() looked at: tasks and holders.
    [[nodiscard]] std::size_t stepsOfLastLook() const;
    /// What has been found is enough: from now on find() finds nothing, and changes cost no memory.
    void endSearch();
    /// Number of tasks that wait right now. For the tests.
    [[nodiscard]] std::size_t waitCount() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// "Alice holds fork 1 and waits for fork 2, held by Bob; Bob holds fork 2 and waits for fork 1, held by
/// Alice": with the names of the trace. Of a leak: "query 6 and 24 more wait for a connection of the
/// pool: query 1 and 4 more ended without giving it back".
[[nodiscard]] std::string deadlockText(const Trace &trace, const Deadlock &deadlock);

} // namespace Interleave
