// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/sharedboard.h"
#include "core/engine/work/workparameters.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace Interleave
{

/// The shared memory of the set "ordering": what was written first stands first.
///
/// Each round has a counter and a place for every letter of every task; writing takes the next place.
/// Thread: any, in any process.
class OrderingBoard
{
public:
    struct Shape {
        int tasks = 0;
        int letters = 0;
        int rounds = 0;
    };
    [[nodiscard]] static Shape shapeOf(const WorkParameters &parameters, int tasks);
    [[nodiscard]] static std::size_t cellsFor(Shape shape);
    /// 'A' for the first task; beyond 'Z' small letters.
    [[nodiscard]] static char letterOf(int taskIndex);

    OrderingBoard(const SharedBoard &board, Shape shape);

    /// How many tasks run side by side, and so have to meet before a round: all of them, or 1 where
    /// one runs after another. Set before the tasks start.
    void setParticipants(std::uint32_t count);
    /// Waits for the other tasks. \return false when stopped.
    bool meet(const std::atomic<std::uint32_t> &stopWord);
    void write(int round, char letter);
    /// The letters of a round in the order in which they were written so far.
    [[nodiscard]] std::string order(int round) const;

private:
    [[nodiscard]] std::size_t firstCell(int round) const;

    const SharedBoard &m_board;
    Shape m_shape;
};

} // namespace Interleave
