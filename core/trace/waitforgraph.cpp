// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/waitforgraph.h"

#include "core/trace/holderlist.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace Interleave
{

namespace
{

struct Wait {
    ObjectId object = kNoObject;
    TaskId awaited = kNoTask;
    WaitReason reason = WaitReason::None;
    bool isTimed = false;
    TimestampNs since = 0;
};

struct Thing {
    HolderList holders; ///< of a pool, the jobs that have its workers
    std::optional<ObjectKind> kind; ///< nothing: never defined
    std::uint32_t capacity = 0;
};

struct Job {
    ObjectId pool = kNoObject;
    TimestampNs since = 0;
};

/// Whether it is known that `thing` is taken: then one of its holders has to go on before anybody
/// else gets it.
bool isTaken(const Thing &thing)
{
    if (!thing.kind)
        return thing.holders.mode() == AccessMode::Exclusive && !thing.holders.isEmpty();
    switch (*thing.kind) {
    case ObjectKind::Lock:
    case ObjectKind::ReadWriteLock:
    case ObjectKind::GlobalLock:
        return !thing.holders.isEmpty();
    case ObjectKind::Semaphore:
    case ObjectKind::Pool:
    case ObjectKind::Connections:
        return thing.capacity != 0 && thing.holders.size() >= thing.capacity;
    case ObjectKind::Condition:
    case ObjectKind::Barrier:
    case ObjectKind::Latch:
    case ObjectKind::Channel:
    case ObjectKind::Counter:
        break;
    }
    return false;
}

/// Whether nobody but its holder gives it back. A permit is given back by anybody (a semaphore as a
/// signal).
bool isGivenBackByItsHolder(const Thing &thing)
{
    return thing.kind == ObjectKind::Lock || thing.kind == ObjectKind::ReadWriteLock
        || thing.kind == ObjectKind::Connections;
}

/// One look at the graph: starts from every task that waits without end, and leaves out those that
/// can go on, as WaitForGraph says. Each wait and each holder is looked at once.
class KnotFinder
{
public:
    KnotFinder(const std::unordered_map<TaskId, Wait> &waits,
               const std::unordered_map<TaskId, Job> &queued, const std::vector<Thing> &things,
               const std::unordered_map<TaskId, TimestampNs> &ended)
        : m_waits(waits)
        , m_queued(queued)
        , m_things(things)
        , m_ended(ended)
    {
    }

    std::optional<Deadlock> find()
    {
        for (const auto &[task, wait] : m_waits) {
            if (!wait.isTimed)
                nodeOf(task);
        }
        // Grows meanwhile: a queued job becomes a node when somebody waits for it.
        for (std::size_t i = 0; i < m_nodes.size(); ++i)
            connect(i);
        while (!m_going.empty()) {
            const std::size_t node = m_going.back();
            m_going.pop_back();
            for (const ObjectId object : m_nodes[node].holds)
                setFree(object);
            for (const std::size_t waiter : m_nodes[node].awaiters)
                letGo(waiter);
        }
        return cycle();
    }

private:
    static constexpr std::size_t kNoNode = std::size_t(-1);

    struct Node {
        WaitEdge edge; ///< its holder is the awaited task, or not yet known
        bool goes = false;
        std::vector<ObjectId> holds; ///< of what is waited for
        std::vector<std::size_t> awaiters;
    };
    struct Wanted {
        bool isFree = false;
        std::vector<std::size_t> waiters;
    };

    /// The task's node when it waits without end, or kNoNode: then it can go on.
    std::size_t nodeOf(TaskId task)
    {
        if (const auto known = m_nodeOf.find(task); known != m_nodeOf.end())
            return known->second;
        Node node;
        if (const auto wait = m_waits.find(task); wait != m_waits.end()) {
            if (wait->second.isTimed)
                return kNoNode;
            const Wait &its = wait->second;
            const ObjectId object = its.awaited == kNoTask ? its.object : kNoObject;
            node.edge = {task, object, its.awaited, its.reason, its.since};
        } else if (const auto job = m_queued.find(task); job != m_queued.end()) {
            node.edge = {task, job->second.pool, kNoTask, WaitReason::Queue, job->second.since};
        } else {
            return kNoNode;
        }
        m_nodes.push_back(std::move(node));
        m_nodeOf.emplace(task, m_nodes.size() - 1);
        return m_nodes.size() - 1;
    }

    /// Notes whom the node waits for; lets it go when one of them does not wait itself.
    void connect(std::size_t node)
    {
        const WaitEdge edge = m_nodes[node].edge;
        if (edge.holder != kNoTask) {
            const std::size_t awaited = nodeOf(edge.holder);
            if (awaited == kNoNode || edge.holder == edge.waiter)
                letGo(node);
            else
                m_nodes[awaited].awaiters.push_back(node);
            return;
        }
        const auto [entry, isNew] = m_wanted.try_emplace(edge.object);
        entry->second.waiters.push_back(node);
        if (isNew)
            connectHolders(edge.object, entry->second);
        if (entry->second.isFree)
            letGo(node);
    }
    void connectHolders(ObjectId object, Wanted &wanted)
    {
        const Thing *thing = object < m_things.size() ? &m_things[object] : nullptr;
        if (!thing || !isTaken(*thing) || !thing->holders.areAllNamed()) {
            wanted.isFree = true;
            return;
        }
        for (const TaskId holder : thing->holders.named()) {
            if (isLostWith(*thing, holder))
                continue; // it is given back by others, or never
            const std::size_t node = nodeOf(holder);
            if (node == kNoNode || m_nodes[node].goes)
                wanted.isFree = true;
            else
                m_nodes[node].holds.push_back(object);
        }
    }
    [[nodiscard]] bool isLostWith(const Thing &thing, TaskId holder) const
    {
        return isGivenBackByItsHolder(thing) && m_ended.contains(holder);
    }
    void letGo(std::size_t node)
    {
        if (std::exchange(m_nodes[node].goes, true))
            return;
        m_going.push_back(node);
    }
    void setFree(ObjectId object)
    {
        Wanted &wanted = m_wanted[object];
        if (std::exchange(wanted.isFree, true))
            return;
        for (const std::size_t waiter : wanted.waiters)
            letGo(waiter);
    }

    /// What is left waits for nothing but what is left, or is lost: from any of them one comes back in the
    /// end, or to one that waits for what was lost.
    std::optional<Deadlock> cycle()
    {
        const std::size_t first = firstLeft();
        if (first == kNoNode)
            return std::nullopt;
        std::vector<std::size_t> path;
        std::unordered_map<std::size_t, std::size_t> placeOf;
        std::size_t node = first;
        while (placeOf.try_emplace(node, path.size()).second) {
            path.push_back(node);
            WaitEdge &edge = m_nodes[node].edge;
            if (edge.holder == kNoTask)
                edge.holder = holderToName(edge.object);
            const auto next = m_nodeOf.find(edge.holder);
            if (next == m_nodeOf.end())
                return leak(path);
            node = next->second;
        }
        path.erase(path.begin(), path.begin() + std::ptrdiff_t(placeOf.at(node)));
        // The same circle always begins with the same task.
        std::rotate(path.begin(),
                    std::min_element(path.begin(), path.end(),
                                     [this](std::size_t a, std::size_t b) {
                                         return m_nodes[a].edge.waiter < m_nodes[b].edge.waiter;
                                     }),
                    path.end());
        Deadlock deadlock;
        deadlock.since = m_nodes[path.front()].edge.since;
        for (const std::size_t each : path) {
            const WaitEdge &edge = m_nodes[each].edge;
            deadlock.since = std::max(deadlock.since, edge.since);
            deadlock.isStarvation = deadlock.isStarvation
                || (edge.object != kNoObject && m_things[edge.object].kind == ObjectKind::Pool);
            deadlock.cycle.push_back(edge);
        }
        return deadlock;
    }
    /// One that waits itself, where there is one: a circle says more than what was lost.
    [[nodiscard]] TaskId holderToName(ObjectId object) const
    {
        const std::vector<TaskId> &named = m_things[object].holders.named();
        const auto waiting = std::find_if(named.begin(), named.end(), [this](TaskId holder) {
            return m_nodeOf.contains(holder);
        });
        return waiting != named.end() ? *waiting : named.front();
    }
    /// \param path the last of it waits for what nobody gives back any more.
    [[nodiscard]] Deadlock leak(const std::vector<std::size_t> &path) const
    {
        Deadlock deadlock;
        deadlock.isLeak = true;
        for (const std::size_t each : path) {
            deadlock.cycle.push_back(m_nodes[each].edge);
            deadlock.since = std::max(deadlock.since, m_nodes[each].edge.since);
        }
        const ObjectId lost = deadlock.cycle.back().object;
        for (const TaskId holder : m_things[lost].holders.named()) {
            const auto end = m_ended.find(holder);
            if (end == m_ended.end())
                continue;
            ++deadlock.leakHolders;
            deadlock.since = std::max(deadlock.since, end->second);
        }
        deadlock.leakWaiters =
            std::size_t(std::count_if(m_nodes.begin(), m_nodes.end(), [lost](const Node &node) {
                return !node.goes && node.edge.object == lost;
            }));
        return deadlock;
    }
    [[nodiscard]] std::size_t firstLeft() const
    {
        std::size_t first = kNoNode;
        for (std::size_t i = 0; i < m_nodes.size(); ++i) {
            if (!m_nodes[i].goes
                && (first == kNoNode || m_nodes[i].edge.waiter < m_nodes[first].edge.waiter))
                first = i;
        }
        return first;
    }

    const std::unordered_map<TaskId, Wait> &m_waits;
    const std::unordered_map<TaskId, Job> &m_queued;
    const std::vector<Thing> &m_things; ///< by ObjectId
    const std::unordered_map<TaskId, TimestampNs> &m_ended;
    std::vector<Node> m_nodes;
    std::unordered_map<TaskId, std::size_t> m_nodeOf;
    std::unordered_map<ObjectId, Wanted> m_wanted;
    std::vector<std::size_t> m_going; ///< nodes that go on, to be told to those that wait for them
};

} // namespace

struct WaitForGraph::Private {
    /// nullptr for numbers that are not kept.
    Thing *thing(ObjectId id)
    {
        if (id == kNoObject || id >= Trace::kMostObjects)
            return nullptr;
        if (things.size() <= id)
            things.resize(std::size_t(id) + 1);
        return &things[id];
    }

    std::unordered_map<TaskId, Wait> waits;
    std::unordered_map<TaskId, Job> queued; ///< waiting for a worker
    std::unordered_map<TaskId, ObjectId> workers; ///< which pool's worker a job has
    std::unordered_map<TaskId, TimestampNs> ended; ///< tasks that ended with something they held
    std::vector<Thing> things; ///< by ObjectId
};

WaitForGraph::WaitForGraph()
    : d(std::make_unique<Private>())
{
}

WaitForGraph::~WaitForGraph() = default;

void WaitForGraph::defineObject(ObjectId id, ObjectKind kind, std::uint32_t capacity)
{
    if (Thing *thing = d->thing(id)) {
        thing->kind = kind;
        thing->capacity = capacity;
    }
}

void WaitForGraph::acquire(TaskId task, ObjectId object, AccessMode mode)
{
    Thing *thing = d->thing(object);
    if (thing && task != kNoTask)
        thing->holders.acquire(task, mode, thing->capacity);
}

void WaitForGraph::release(TaskId task, ObjectId object)
{
    if (Thing *thing = d->thing(object))
        thing->holders.release(task);
}

void WaitForGraph::wait(TaskId task, WaitReason reason, ObjectId object, TaskId awaited,
                        bool isTimed, TimestampNs now)
{
    if (task != kNoTask)
        d->waits[task] = {object, awaited, reason, isTimed, now};
}

void WaitForGraph::waitEnd(TaskId task)
{
    d->waits.erase(task);
}

void WaitForGraph::queued(TaskId task, ObjectId pool, TimestampNs now)
{
    if (task != kNoTask && d->thing(pool))
        d->queued[task] = {pool, now};
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
    d->waits.erase(task);
    d->queued.erase(task);
    if (const auto job = d->workers.find(task); job != d->workers.end()) {
        d->thing(job->second)->holders.release(task);
        d->workers.erase(job);
    }
    const bool holds = std::any_of(d->things.begin(), d->things.end(), [task](const Thing &thing) {
        const std::vector<TaskId> &named = thing.holders.named();
        return std::find(named.begin(), named.end(), task) != named.end();
    });
    if (holds)
        d->ended.emplace(task, now);
    return holds;
}

std::optional<Deadlock> WaitForGraph::find()
{
    if (d->waits.empty()) // a queued job holds nothing: without other waits there is no circle
        return std::nullopt;
    return KnotFinder(d->waits, d->queued, d->things, d->ended).find();
}

std::size_t WaitForGraph::waitCount() const
{
    return d->waits.size() + d->queued.size();
}

} // namespace Interleave
