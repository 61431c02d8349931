// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/waitforgraph_p.h"

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

namespace Interleave
{

/// One look at the wait-for graph: starts from some tasks, takes in all that they depend on, and leaves
/// out those that can go on, as WaitForGraph says. What is left can never go on.
///
/// Takes no more than kMostSteps: a task that lies beyond is taken to go on, so that nothing is found
/// that is not there. Private to core/trace. Used once; borrows the state. Cost: O(steps()).
class KnotFinder
{
public:
    /// Some 5 ms: looks at a task or a holder, of which each is one step.
    static constexpr std::size_t kMostSteps = 50'000;

    explicit KnotFinder(const WaitState &state)
        : m_state(state)
    {
    }

    /// Adds tasks to start from, in their order, as far as half of the steps reach.
    /// \return how many of them: the others are for the next look.
    std::size_t start(const std::vector<TaskId> &tasks);
    /// The circle or leak among what is left, if anything is: one that is certain before one that needs
    /// settling, then the one that has been there for longest.
    [[nodiscard]] std::optional<Deadlock> find();
    /// Those of the tasks to start from that can never go on. After find().
    [[nodiscard]] std::vector<TaskId> stuckStarts() const;
    [[nodiscard]] std::size_t steps() const { return m_steps; }

private:
    static constexpr std::size_t kNoNode = std::size_t(-1);
    static constexpr int kMostCandidates =
        8; ///< to choose from; each costs a walk through its knot

    struct Node {
        WaitEdge edge; ///< its holder is the awaited task, or not yet known
        bool goes = false;
        std::uint32_t walk = 0; ///< the number of the walk that came by; 0: none yet
        std::uint32_t judgement = 0; ///< the last one that it was a part of
        std::vector<ObjectId> holds; ///< of what is waited for
        std::vector<std::size_t> awaiters;
    };
    struct Wanted {
        bool isFree = false;
        std::uint32_t judgement = 0; ///< as of a Node
        std::vector<std::size_t> waiters;
    };

    [[nodiscard]] std::size_t nodeOf(TaskId task);
    [[nodiscard]] std::size_t stuckNode(TaskId task) const;
    void connect(std::size_t node);
    void connectHolders(ObjectId object, Wanted &wanted);
    void letGo(std::size_t node);
    void setFree(ObjectId object);
    void leaveOutWhatGoes();
    [[nodiscard]] std::optional<Deadlock> walkFrom(std::size_t node);
    [[nodiscard]] std::size_t nextOf(std::size_t node);
    [[nodiscard]] Deadlock circle(std::vector<std::size_t> path);
    [[nodiscard]] Deadlock leak(std::vector<std::size_t> path);
    void countLeak(Deadlock &deadlock);
    void judge(Deadlock &deadlock, std::vector<std::size_t> reached);
    void reach(TaskId task, std::vector<std::size_t> &reached);

    const WaitState &m_state;
    std::size_t m_steps = 0;
    std::vector<Node> m_nodes;
    std::size_t m_starts = 0; ///< the first of the nodes
    std::unordered_map<TaskId, std::size_t> m_nodeOf;
    std::unordered_map<ObjectId, Wanted> m_wanted;
    std::vector<std::size_t> m_going; ///< nodes that go on, to be told to those that wait for them
    std::uint32_t m_walks = 0;
    std::uint32_t m_judgements = 0;
};

} // namespace Interleave
