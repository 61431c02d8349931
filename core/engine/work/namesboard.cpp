// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/namesboard.h"

#include "core/engine/work/kernelname.h"
#include "core/engine/work/taskcontext.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <tuple>

namespace Interleave
{

namespace
{

/// A name with its final 0, as the kernel keeps it. In its last byte no name has anything: there stands
/// that one was written.
using NameBytes = std::array<char, kLongestKernelName + 1>;
using NameCells = std::array<std::uint64_t, sizeof(NameBytes) / sizeof(std::uint64_t)>;
static_assert(sizeof(NameBytes) == 16 && sizeof(NameCells) == 16);

} // namespace

std::size_t NamesBoard::cellsFor(int tasks)
{
    return std::tuple_size_v<NameCells> * std::size_t(std::max(tasks, 0));
}

bool NamesBoard::hasRoomFor(int task) const
{
    return task >= 0 && cellsFor(task + 1) <= m_board.cellCount();
}

void NamesBoard::write(int task, std::string_view name)
{
    if (!hasRoomFor(task))
        return;
    NameBytes bytes{};
    std::copy_n(name.begin(), std::min(name.size(), kLongestKernelName), bytes.begin());
    bytes.back() = 1;
    NameCells cells{};
    std::memcpy(cells.data(), bytes.data(), sizeof bytes);
    const std::size_t first = cellsFor(task);
    m_board.cell(first).store(cells[0], std::memory_order_relaxed);
    // release: pairs with the acquire in name(); this cell says that the other is there, too
    m_board.cell(first + 1).store(cells[1], std::memory_order_release);
}

std::optional<std::string> NamesBoard::name(int task) const
{
    if (!hasRoomFor(task))
        return std::nullopt;
    const std::size_t first = cellsFor(task);
    NameCells cells{};
    cells[1] = m_board.cell(first + 1).load(std::memory_order_acquire);
    cells[0] = m_board.cell(first).load(std::memory_order_relaxed);
    NameBytes bytes{};
    std::memcpy(bytes.data(), cells.data(), sizeof bytes);
    if (bytes.back() == 0)
        return std::nullopt;
    bytes.back() = 0;
    return std::string(bytes.data());
}

void noteKernelName(const TaskContext &context)
{
    if (const SharedBoard *board = context.setup().board)
        NamesBoard(*board).write(context.index(), currentKernelName());
}

} // namespace Interleave
