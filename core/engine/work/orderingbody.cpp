// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/bodies.h"
#include "core/engine/work/orderingboard.h"

#include <algorithm>

namespace Interleave
{

namespace
{

constexpr std::size_t kBarrierWord = 0; // and the one after it
constexpr std::size_t kParticipantsWord = 2;

} // namespace

OrderingBoard::Shape OrderingBoard::shapeOf(const WorkParameters &parameters, int tasks)
{
    return {tasks, parameters.count("letters", 6, 1, 64), parameters.count("rounds", 20, 1, 1000)};
}

std::size_t OrderingBoard::cellsFor(Shape shape)
{
    return std::size_t(shape.rounds) * (1 + std::size_t(shape.tasks) * std::size_t(shape.letters));
}

char OrderingBoard::letterOf(int taskIndex)
{
    return taskIndex < 26 ? char('A' + taskIndex) : char('a' + (taskIndex - 26) % 26);
}

OrderingBoard::OrderingBoard(const SharedBoard &board, Shape shape)
    : m_board(board)
    , m_shape(shape)
{
}

void OrderingBoard::setParticipants(std::uint32_t count)
{
    m_board.word(kParticipantsWord).store(count, std::memory_order_release);
}

bool OrderingBoard::meet(const std::atomic<std::uint32_t> &stopWord)
{
    const std::uint32_t participants =
        m_board.word(kParticipantsWord).load(std::memory_order_acquire);
    return SharedBarrier(m_board, kBarrierWord).arriveAndWait(participants, stopWord);
}

std::size_t OrderingBoard::firstCell(int round) const
{
    return std::size_t(round) * (1 + std::size_t(m_shape.tasks) * std::size_t(m_shape.letters));
}

void OrderingBoard::write(int round, char letter)
{
    const std::size_t first = firstCell(round);
    const std::uint64_t place = m_board.cell(first).fetch_add(1, std::memory_order_relaxed);
    if (place < std::uint64_t(m_shape.tasks) * std::uint64_t(m_shape.letters))
        m_board.cell(first + 1 + place).store(std::uint64_t(letter), std::memory_order_release);
}

std::string OrderingBoard::order(int round) const
{
    const std::size_t first = firstCell(round);
    const std::uint64_t most = std::uint64_t(m_shape.tasks) * std::uint64_t(m_shape.letters);
    const std::uint64_t written =
        std::min(most, m_board.cell(first).load(std::memory_order_acquire));
    std::string text;
    for (std::uint64_t i = 0; i < written; ++i) {
        const auto letter = m_board.cell(first + 1 + i).load(std::memory_order_acquire);
        text += letter == 0 ? '?' : char(letter);
    }
    return text;
}

TaskStatus orderingBody(TaskContext &context)
{
    const RunSetup &setup = context.setup();
    if (!setup.board)
        return context.fail("the set ordering needs shared memory, and none was given");
    const auto shape = OrderingBoard::shapeOf(setup.parameters, setup.taskCount);
    OrderingBoard board(*setup.board, shape);
    const double meanMs = setup.parameters.real("work_us", 200) / 1000.0;
    const auto seed = std::uint64_t(setup.parameters.integer("seed", 1));
    const char letter = OrderingBoard::letterOf(context.index());
    bool going = true;
    for (int round = 0; going && round < shape.rounds; ++round) {
        going = board.meet(setup.rings->header().stopWord);
        for (int i = 0; going && i < shape.letters; ++i) {
            const double part = mixedFraction(seed, std::uint64_t(round),
                                              std::uint64_t(context.index()), std::uint64_t(i));
            going = context.burn(2.0 * meanMs * part);
            if (going) {
                board.write(round, letter);
                context.print(std::string(1, letter));
            }
        }
    }
    return context.outcome(going);
}

} // namespace Interleave
