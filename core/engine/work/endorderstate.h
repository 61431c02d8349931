// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/stoppablewait.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// In which order tasks end, in memory that main and all of them share (SharedBoard); all bytes 0 is
/// "none has ended". Thread: any, in any process.
struct EndOrder {
    static constexpr std::size_t kMostTasks = 16;

    std::atomic<std::uint32_t> places; ///< given away so far
    std::array<std::atomic<std::uint32_t>, kMostTasks> taskAt; ///< futex words: 1 + the n-th to end
    std::array<std::atomic<std::uint32_t>, kMostTasks> hasEnded; ///< futex words, by task

    /// Called once by each task, at its end.
    void note(int task)
    {
        const std::size_t place = places.fetch_add(1, std::memory_order_relaxed);
        if (std::size_t(task) >= kMostTasks || place >= kMostTasks)
            return;
        // release: pairs with the acquire in waitWhileEqual()
        taskAt[place].store(std::uint32_t(task) + 1, std::memory_order_release);
        wakeWord(taskAt[place]);
        hasEnded[std::size_t(task)].store(1, std::memory_order_release);
        wakeWord(hasEnded[std::size_t(task)]);
    }
    /// The n-th that ended, or -1 as long as there is none.
    [[nodiscard]] int taskAtPlace(int place) const
    {
        return int(taskAt[std::size_t(place)].load(std::memory_order_acquire)) - 1;
    }
    [[nodiscard]] bool isEnded(int task) const
    {
        return hasEnded[std::size_t(task)].load(std::memory_order_acquire) != 0;
    }
};

/// Notes a task's end when its scope is left, however that happens.
class EndNote
{
public:
    EndNote(EndOrder &order, int task)
        : m_order(order)
        , m_task(task)
    {
    }
    ~EndNote() { m_order.note(m_task); }
    EndNote(const EndNote &) = delete;
    EndNote &operator=(const EndNote &) = delete;

private:
    EndOrder &m_order;
    int m_task;
};

} // namespace Interleave
