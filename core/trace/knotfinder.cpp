// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/knotfinder.h"

#include <algorithm>
#include <utility>

namespace Interleave
{

namespace
{

/// Which of two to tell of.
bool isTold(const Deadlock &deadlock, const Deadlock &ratherThan)
{
    if (deadlock.needsSettling != ratherThan.needsSettling)
        return !deadlock.needsSettling;
    return deadlock.since < ratherThan.since;
}

} // namespace

std::size_t KnotFinder::start(const std::vector<TaskId> &tasks)
{
    std::size_t taken = 0;
    while (taken < tasks.size() && m_steps < kMostSteps / 2)
        (void)nodeOf(tasks[taken++]);
    m_starts = m_nodes.size();
    return taken;
}

std::optional<Deadlock> KnotFinder::find()
{
    // Grows meanwhile: what a node depends on becomes a node.
    for (std::size_t i = 0; i < m_nodes.size(); ++i)
        connect(i);
    leaveOutWhatGoes();
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < m_starts; ++i) {
        if (!m_nodes[i].goes)
            starts.push_back(i);
    }
    std::sort(starts.begin(), starts.end(), [this](std::size_t a, std::size_t b) {
        return m_nodes[a].edge.waiter < m_nodes[b].edge.waiter;
    });
    std::optional<Deadlock> told;
    int candidates = 0;
    for (std::size_t i = 0; i < starts.size() && candidates < kMostCandidates; ++i) {
        std::optional<Deadlock> found = walkFrom(starts[i]);
        if (!found)
            continue;
        ++candidates;
        if (!told || isTold(*found, *told))
            told = std::move(found);
    }
    if (told && told->isLeak)
        countLeak(*told);
    return told;
}

std::vector<TaskId> KnotFinder::stuckStarts() const
{
    std::vector<TaskId> tasks;
    for (std::size_t i = 0; i < m_starts; ++i) {
        if (!m_nodes[i].goes)
            tasks.push_back(m_nodes[i].edge.waiter);
    }
    return tasks;
}

/// The task's node when it waits without end, or kNoNode: then it can go on.
std::size_t KnotFinder::nodeOf(TaskId task)
{
    if (m_steps == kMostSteps)
        return kNoNode;
    ++m_steps;
    if (const auto known = m_nodeOf.find(task); known != m_nodeOf.end())
        return known->second;
    Node node;
    if (const auto wait = m_state.waits.find(task); wait != m_state.waits.end()) {
        const WaitState::Wait &its = wait->second;
        if (its.isTimed)
            return kNoNode;
        node.edge = {task, its.wanted(), its.awaited, its.reason, its.since};
    } else if (const auto job = m_state.queued.find(task); job != m_state.queued.end()) {
        node.edge = {task, job->second.pool, kNoTask, WaitReason::Queue, job->second.since};
    } else {
        return kNoNode;
    }
    m_nodes.push_back(std::move(node));
    m_nodeOf.emplace(task, m_nodes.size() - 1);
    return m_nodes.size() - 1;
}

/// Of a task that can never go on; else kNoNode.
std::size_t KnotFinder::stuckNode(TaskId task) const
{
    const auto known = m_nodeOf.find(task);
    return known != m_nodeOf.end() && !m_nodes[known->second].goes ? known->second : kNoNode;
}

/// Notes whom the node waits for; lets it go when one of them does not wait itself.
void KnotFinder::connect(std::size_t node)
{
    const WaitEdge edge = m_nodes[node].edge;
    if (edge.holder != kNoTask) {
        const std::size_t awaited = nodeOf(edge.holder);
        if (awaited == kNoNode || m_nodes[awaited].goes || edge.holder == edge.waiter)
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

void KnotFinder::connectHolders(ObjectId object, Wanted &wanted)
{
    const WaitState::Thing *thing = m_state.find(object);
    wanted.isFree = !thing || !thing->isTaken() || !thing->holders.areAllNamed();
    if (wanted.isFree)
        return;
    for (const TaskId holder : thing->holders.named()) {
        if (m_state.isLostWith(*thing, holder)) {
            if (m_steps < kMostSteps)
                ++m_steps;
            continue; // it is given back by others, or never
        }
        const std::size_t node = nodeOf(holder);
        wanted.isFree = node == kNoNode || m_nodes[node].goes;
        if (wanted.isFree)
            return;
        m_nodes[node].holds.push_back(object);
    }
}

void KnotFinder::leaveOutWhatGoes()
{
    while (!m_going.empty()) {
        const std::size_t node = m_going.back();
        m_going.pop_back();
        for (const ObjectId object : m_nodes[node].holds)
            setFree(object);
        for (const std::size_t waiter : m_nodes[node].awaiters)
            letGo(waiter);
    }
}

void KnotFinder::letGo(std::size_t node)
{
    if (!std::exchange(m_nodes[node].goes, true))
        m_going.push_back(node);
}

void KnotFinder::setFree(ObjectId object)
{
    Wanted &wanted = m_wanted[object];
    if (std::exchange(wanted.isFree, true))
        return;
    for (const std::size_t waiter : wanted.waiters)
        letGo(waiter);
}

/// What is left waits for nothing but what is left, or is lost: from any of them one comes back in the
/// end, or to one that waits for what was lost.
/// \return nothing where the way joins that of an earlier walk.
std::optional<Deadlock> KnotFinder::walkFrom(std::size_t node)
{
    ++m_walks;
    std::vector<std::size_t> path;
    while (m_nodes[node].walk == 0) {
        m_nodes[node].walk = m_walks;
        path.push_back(node);
        const std::size_t next = nextOf(node);
        if (next == kNoNode)
            return leak(std::move(path));
        node = next;
    }
    if (m_nodes[node].walk != m_walks)
        return std::nullopt;
    path.erase(path.begin(), std::find(path.begin(), path.end(), node));
    return circle(std::move(path));
}

/// Names the holder that the node waits for: one that waits itself, where there is one, as a circle says
/// more than what was lost. \return the holder's node, or kNoNode: all have ended.
std::size_t KnotFinder::nextOf(std::size_t node)
{
    WaitEdge &edge = m_nodes[node].edge;
    if (edge.object == kNoObject)
        return stuckNode(edge.holder);
    const std::vector<TaskId> &named = m_state.things[edge.object].holders.named();
    for (const TaskId holder : named) {
        const std::size_t next = stuckNode(holder);
        if (next == kNoNode)
            continue;
        edge.holder = holder;
        return next;
    }
    edge.holder = named.front();
    return kNoNode;
}

Deadlock KnotFinder::circle(std::vector<std::size_t> path)
{
    // The same circle always begins with the same task.
    std::rotate(path.begin(),
                std::min_element(path.begin(), path.end(),
                                 [this](std::size_t a, std::size_t b) {
                                     return m_nodes[a].edge.waiter < m_nodes[b].edge.waiter;
                                 }),
                path.end());
    Deadlock deadlock;
    for (const std::size_t each : path) {
        const WaitEdge &edge = m_nodes[each].edge;
        const WaitState::Thing *thing = m_state.find(edge.object);
        if (thing && thing->kind == ObjectKind::Pool)
            deadlock.isStarvation = true;
        deadlock.cycle.push_back(edge);
    }
    judge(deadlock, std::move(path));
    return deadlock;
}

/// \param path the last of it waits for what nobody gives back any more.
Deadlock KnotFinder::leak(std::vector<std::size_t> path)
{
    // Who merely waits for the end of another one has nothing to do with it.
    while (path.size() > 1 && m_nodes[path.front()].edge.object == kNoObject)
        path.erase(path.begin());
    Deadlock deadlock;
    deadlock.isLeak = true;
    for (const std::size_t each : path)
        deadlock.cycle.push_back(m_nodes[each].edge);
    judge(deadlock, std::move(path));
    return deadlock;
}

void KnotFinder::countLeak(Deadlock &deadlock)
{
    const ObjectId lost = deadlock.cycle.back().object;
    for (const TaskId holder : m_state.things[lost].holders.named())
        deadlock.leakHolders += m_state.ended.count(holder);
    for (const auto &[task, wait] : m_state.waits)
        deadlock.leakWaiters += !wait.isTimed && wait.wanted() == lost ? 1 : 0;
    m_steps += m_state.waits.size() / 8; // an entry that is merely passed by costs so much less
}

/// Looks at all that the deadlock rests on: everything that has to stay as it is, for it to be one.
/// \param reached the tasks that are told; whatever they depend on is added.
void KnotFinder::judge(Deadlock &deadlock, std::vector<std::size_t> reached)
{
    ++m_judgements;
    for (const std::size_t each : reached)
        m_nodes[each].judgement = m_judgements;
    deadlock.since = m_nodes[reached.front()].edge.since;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        const WaitEdge edge = m_nodes[reached[i]].edge;
        deadlock.since = std::max(deadlock.since, edge.since);
        if (edge.object == kNoObject) {
            reach(edge.holder, reached);
            continue;
        }
        if (std::exchange(m_wanted[edge.object].judgement, m_judgements) == m_judgements)
            continue;
        const WaitState::Thing &thing = m_state.things[edge.object];
        deadlock.needsSettling = deadlock.needsSettling || thing.mayHaveOthers();
        for (const TaskId holder : thing.holders.named()) {
            // A task's end may be said before it has put away the last things.
            if (const auto end = m_state.ended.find(holder); end != m_state.ended.end()) {
                deadlock.needsSettling = true;
                deadlock.since = std::max(deadlock.since, end->second);
            }
            reach(holder, reached);
        }
    }
}

void KnotFinder::reach(TaskId task, std::vector<std::size_t> &reached)
{
    const std::size_t node = stuckNode(task);
    if (node != kNoNode && std::exchange(m_nodes[node].judgement, m_judgements) != m_judgements)
        reached.push_back(node);
}

} // namespace Interleave
