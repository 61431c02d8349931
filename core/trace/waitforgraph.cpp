// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/waitforgraph.h"

#include "core/trace/heldindex.h"
#include "core/trace/knotfinder.h"
#include "core/trace/waitforgraph_p.h"

#include <unordered_set>
#include <utility>

namespace Interleave
{

bool WaitState::Thing::isTaken() const
{
    if (holders.isSignal())
        return false; // who took a permit has nothing to give back
    if (!kind)
        return holders.mode() == AccessMode::Exclusive && !holders.isEmpty();
    switch (*kind) {
    case ObjectKind::Lock:
    case ObjectKind::ReadWriteLock:
    case ObjectKind::GlobalLock:
        return !holders.isEmpty();
    case ObjectKind::Semaphore:
    case ObjectKind::Pool:
    case ObjectKind::Connections:
        return capacity != 0 && holders.size() >= capacity;
    case ObjectKind::Condition:
    case ObjectKind::Barrier:
    case ObjectKind::Latch:
    case ObjectKind::Channel:
    case ObjectKind::Counter:
        break;
    }
    return false;
}

bool WaitState::Thing::isGivenBackByItsHolder() const
{
    return kind == ObjectKind::Lock || kind == ObjectKind::ReadWriteLock
        || kind == ObjectKind::Connections;
}

bool WaitState::Thing::mayHaveOthers() const
{
    return kind == ObjectKind::Pool || kind == ObjectKind::ReadWriteLock
        || kind == ObjectKind::Semaphore || kind == ObjectKind::Connections || holders.size() > 1;
}

struct WaitForGraph::Private : WaitState {
    /// nullptr for numbers that are not kept.
    Thing *thing(ObjectId id)
    {
        if (id == kNoObject || id >= Trace::kMostObjects)
            return nullptr;
        if (things.size() <= id)
            things.resize(std::size_t(id) + 1);
        return &things[id];
    }
    /// Who waits for it may be stuck now, although nobody began to wait.
    void noteChanged(ObjectId id)
    {
        if (!isOver && !std::exchange(things[id].hasChanged, true))
            changedThings.push_back(id);
    }
    void countWaiter(const Wait &wait, bool begins)
    {
        if (Thing *wanted = thing(wait.wanted()))
            wanted->waiters += begins ? 1u : ~std::uint32_t(0);
    }
    std::vector<TaskId> takeStarts();
    bool isLost(ObjectId id, std::vector<TaskId> &starts) const;
    void addWaitersFor(const std::unordered_set<ObjectId> &lost, std::vector<TaskId> &starts);

    HeldIndex held;
    // Since the last look, and what it left for the next one. Whatever a knot is completed by is here.
    std::vector<TaskId> changed; ///< tasks that began to wait
    std::vector<ObjectId> changedThings;
    std::size_t steps = 0; ///< of the last look
    bool isOver = false; ///< nobody looks any more
};

/// \param starts gets its holders that wait. \return whether all have ended with it.
bool WaitForGraph::Private::isLost(ObjectId id, std::vector<TaskId> &starts) const
{
    const Thing &thing = things[id];
    bool isLost = thing.waiters != 0 && thing.isTaken();
    for (const TaskId holder : thing.holders.named()) {
        isLost = isLost && isLostWith(thing, holder);
        if (waits.find(holder) != waits.end())
            starts.push_back(holder);
    }
    return isLost;
}

void WaitForGraph::Private::addWaitersFor(const std::unordered_set<ObjectId> &lost,
                                          std::vector<TaskId> &starts)
{
    if (lost.empty())
        return;
    for (const auto &[task, wait] : waits) {
        if (!wait.isTimed && lost.count(wait.wanted()) != 0)
            starts.push_back(task);
    }
    steps += waits.size() / 8; // an entry that is merely passed by costs about so much less
}

/// The tasks that the next look begins with, those that are left from the last one first.
std::vector<TaskId> WaitForGraph::Private::takeStarts()
{
    std::vector<TaskId> starts = std::exchange(changed, {});
    std::unordered_set<ObjectId> lost;
    while (!changedThings.empty() && steps < KnotFinder::kMostSteps) {
        const ObjectId id = changedThings.back();
        changedThings.pop_back();
        things[id].hasChanged = false;
        steps += 1 + things[id].holders.named().size();
        if (isLost(id, starts))
            lost.insert(id);
    }
    addWaitersFor(lost, starts);
    return starts;
}

WaitForGraph::WaitForGraph()
    : d(std::make_unique<Private>())
{
}

WaitForGraph::~WaitForGraph() = default;

void WaitForGraph::defineObject(ObjectId id, ObjectKind kind, std::uint32_t capacity)
{
    WaitState::Thing *thing = d->thing(id);
    if (!thing)
        return;
    thing->kind = kind;
    thing->capacity = capacity;
    if (!d->waits.empty())
        d->noteChanged(id);
}

void WaitForGraph::acquire(TaskId task, ObjectId object, AccessMode mode)
{
    WaitState::Thing *thing = d->thing(object);
    if (!thing || task == kNoTask)
        return;
    if (!d->ended.empty())
        d->ended.erase(task); // so it has not
    thing->holders.acquire(task, mode, thing->capacity);
    d->held.add(task, object);
}

void WaitForGraph::release(TaskId task, ObjectId object)
{
    WaitState::Thing *thing = d->thing(object);
    if (!thing)
        return;
    if (thing->holders.release(task))
        d->held.remove(task, object);
    // Only this holder may have kept the others from being a knot.
    if (thing->waiters != 0 && thing->isTaken())
        d->noteChanged(object);
}

void WaitForGraph::wait(TaskId task, WaitReason reason, ObjectId object, TaskId awaited,
                        bool isTimed, TimestampNs now)
{
    if (task == kNoTask)
        return;
    if (!d->ended.empty())
        d->ended.erase(task); // so it has not
    const auto [entry, isNew] = d->waits.try_emplace(task);
    if (!isNew)
        d->countWaiter(entry->second, false);
    entry->second = {object, awaited, reason, isTimed, now};
    d->countWaiter(entry->second, true);
    if (!isTimed && !d->isOver)
        d->changed.push_back(task);
}

void WaitForGraph::waitEnd(TaskId task)
{
    const auto wait = d->waits.find(task);
    if (wait == d->waits.end())
        return;
    d->countWaiter(wait->second, false);
    d->waits.erase(wait);
}

void WaitForGraph::queued(TaskId task, ObjectId pool, TimestampNs now)
{
    if (task == kNoTask || !d->thing(pool))
        return;
    d->queued[task] = {pool, now};
    d->noteChanged(pool);
}

void WaitForGraph::begin(TaskId task)
{
    if (d->queued.empty())
        return;
    const auto job = d->queued.find(task);
    if (job == d->queued.end())
        return;
    const ObjectId pool = job->second.pool;
    d->queued.erase(job);
    // Also beyond the capacity: a pool may start one more worker in place of one that waits.
    if (d->workers.emplace(task, pool).second)
        d->thing(pool)->holders.acquire(task, AccessMode::Permit, 0);
}

bool WaitForGraph::end(TaskId task, TimestampNs now)
{
    waitEnd(task);
    d->queued.erase(task);
    if (const auto job = d->workers.find(task); job != d->workers.end()) {
        const ObjectId pool = job->second;
        d->workers.erase(job);
        d->thing(pool)->holders.release(task);
        if (!d->waits.empty())
            d->noteChanged(pool);
    }
    bool holds = false;
    d->held.forEach(task, [&](ObjectId object) {
        const WaitState::Thing &thing = d->things[object];
        if (!thing.holders.isNamed(task))
            return; // somebody else has got it since
        holds = true;
        if (thing.waiters != 0)
            d->noteChanged(object);
    });
    if (holds)
        d->ended.emplace(task, now);
    return holds;
}

bool WaitForGraph::hasChanged() const
{
    return !d->changed.empty() || !d->changedThings.empty();
}

std::size_t WaitForGraph::stepsOfLastLook() const
{
    return d->steps;
}

std::optional<Deadlock> WaitForGraph::find()
{
    d->steps = 0;
    if (d->waits.empty()) { // a queued job holds nothing: without other waits there is no knot
        d->changed.clear();
        for (const ObjectId id : std::exchange(d->changedThings, {}))
            d->things[id].hasChanged = false;
    }
    if (!hasChanged())
        return std::nullopt;
    const std::vector<TaskId> starts = d->takeStarts();
    KnotFinder finder(*d);
    const std::size_t taken = finder.start(starts);
    std::optional<Deadlock> found = finder.find();
    d->steps += finder.steps();
    // What is stuck is looked at again, until it is known to be so, or goes on after all.
    d->changed.assign(starts.begin() + std::ptrdiff_t(taken), starts.end());
    const std::vector<TaskId> stuck = finder.stuckStarts();
    d->changed.insert(d->changed.end(), stuck.begin(), stuck.end());
    return found;
}

void WaitForGraph::endSearch()
{
    d->isOver = true;
    d->changed = {};
    d->changedThings = {};
}

std::size_t WaitForGraph::waitCount() const
{
    return d->waits.size() + d->queued.size();
}

} // namespace Interleave
