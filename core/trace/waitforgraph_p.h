// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/objectkind.h"
#include "core/trace/holderlist.h"
#include "core/trace/waitforgraph.h"

#include <optional>
#include <unordered_map>
#include <vector>

namespace Interleave
{

/// What the recorder has told so far: who waits, and for what; who has what. Private to core/trace.
struct WaitState {
    struct Wait {
        ObjectId object = kNoObject;
        TaskId awaited = kNoTask;
        WaitReason reason = WaitReason::None;
        bool isTimed = false;
        TimestampNs since = 0;

        /// What it waits for, unless that is the end of a task.
        [[nodiscard]] ObjectId wanted() const { return awaited == kNoTask ? object : kNoObject; }
    };
    struct Thing {
        HolderList holders; ///< of a pool, the jobs that have its workers
        std::optional<ObjectKind> kind; ///< nothing: never defined
        std::uint32_t capacity = 0;
        std::uint32_t waiters = 0; ///< queued jobs are not among them
        bool hasChanged = false; ///< in `changedThings`

        /// Whether it is known to be taken: then one of its holders has to go on before anybody else
        /// gets it.
        [[nodiscard]] bool isTaken() const;
        /// Whether nobody but its holder gives it back. A permit is given back by anybody.
        [[nodiscard]] bool isGivenBackByItsHolder() const;
        /// Whether somebody may have it whose record is still on its way, or may get it although all
        /// that is known of are taken: who shares a lock or takes a permit says so only afterwards, a
        /// permit may come from anywhere, and a pool may start one more worker. Of a lock with one
        /// holder there is none: its Release is on record before anybody else can have it.
        [[nodiscard]] bool mayHaveOthers() const;
    };
    struct Job {
        ObjectId pool = kNoObject;
        TimestampNs since = 0;
    };

    std::unordered_map<TaskId, Wait> waits;
    std::unordered_map<TaskId, Job> queued; ///< waiting for a worker
    std::unordered_map<TaskId, ObjectId> workers; ///< which pool's worker a job has
    std::unordered_map<TaskId, TimestampNs> ended; ///< tasks that ended with something they held
    std::vector<Thing> things; ///< by ObjectId

    /// nullptr for an object of which nothing has been said.
    [[nodiscard]] const Thing *find(ObjectId id) const
    {
        return id != kNoObject && id < things.size() ? &things[id] : nullptr;
    }
    /// Whether `holder` has ended with it, and nobody else gives it back.
    [[nodiscard]] bool isLostWith(const Thing &thing, TaskId holder) const
    {
        return thing.isGivenBackByItsHolder() && ended.find(holder) != ended.end();
    }
};

} // namespace Interleave
