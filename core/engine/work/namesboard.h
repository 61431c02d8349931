// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/work/sharedboard.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace Interleave
{

class TaskContext;

/// The shared memory of the set "named-workers": what the kernel calls the thread of each task, as that
/// thread has asked it. Thread: any, in any process.
class NamesBoard
{
public:
    [[nodiscard]] static std::size_t cellsFor(int tasks);

    explicit NamesBoard(const SharedBoard &board)
        : m_board(board)
    {
    }

    /// \param name at most kLongestKernelName bytes are kept.
    void write(int task, std::string_view name);
    /// \return nothing when the task has written none.
    [[nodiscard]] std::optional<std::string> name(int task) const;

private:
    [[nodiscard]] bool hasRoomFor(int task) const;

    const SharedBoard &m_board;
};

/// Asks the kernel for the name of the calling thread, which runs the task, and writes it down.
void noteKernelName(const TaskContext &context);

} // namespace Interleave
