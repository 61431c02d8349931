// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/uniquefd.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace Interleave
{

/// Memory that all tasks of a run share, whatever carries them: threads, coroutines or worker
/// processes. A few words to wait on, each on a cache line of its own, and any number of 64-bit cells;
/// all of it starts as 0. What they mean is up to the task set.
///
/// Made by the engine host, attached by its workers through the inherited descriptor.
/// Thread: any; the words and cells are atomics.
class SharedBoard
{
public:
    static constexpr std::size_t kWords = 16;

    /// Errors: Io when the kernel gives no memory.
    static Result<SharedBoard> create(std::size_t cells);
    /// The descriptor is duplicated. Errors: BadInput when it is no such memory, Io.
    static Result<SharedBoard> attach(int fd);

    SharedBoard(SharedBoard &&other) noexcept;
    SharedBoard &operator=(SharedBoard &&other) noexcept;
    ~SharedBoard();

    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] std::size_t cellCount() const { return m_cells; }
    [[nodiscard]] std::atomic<std::uint32_t> &word(std::size_t index) const
    {
        return m_layout->words[index].value;
    }
    [[nodiscard]] std::atomic<std::uint64_t> &cell(std::size_t index) const
    {
        return m_cell[index];
    }
    /// How many cells an object() of that type takes.
    template<typename T>
    [[nodiscard]] static constexpr std::size_t cellsFor()
    {
        return (sizeof(T) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
    }
    /// The cells from `firstCell` on seen as a T, whose state "all bytes 0" is its initial one: atomics
    /// and what is made of them (core/engine/sync). The caller asks for cellsFor<T>() cells.
    template<typename T>
    [[nodiscard]] T &object(std::size_t firstCell = 0) const
    {
        static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>);
        static_assert(alignof(T) <= 64);
        return *reinterpret_cast<T *>(m_cell + firstCell);
    }

private:
    struct alignas(64) Word {
        std::atomic<std::uint32_t> value;
    };
    struct Layout {
        std::array<Word, kWords> words;
    };

    SharedBoard() = default;
    Result<void> map(std::size_t bytes);

    UniqueFd m_fd;
    Layout *m_layout = nullptr;
    std::atomic<std::uint64_t> *m_cell = nullptr;
    std::size_t m_bytes = 0;
    std::size_t m_cells = 0;
};

/// A barrier on two words, of a board or in other shared memory: every task waits until `participants`
/// have arrived. Works across processes. Thread: any.
class SharedBarrier
{
public:
    /// \param firstWord the barrier uses the words firstWord and firstWord + 1.
    SharedBarrier(const SharedBoard &board, std::size_t firstWord);
    /// \param object the wait record's argument
    SharedBarrier(std::atomic<std::uint32_t> &arrived, std::atomic<std::uint32_t> &generation,
                  std::uint32_t object);

    /// Records Wait(Barrier) around a real wait. \param arriving when it is a task and the last one to
    /// arrive, it records MarkKind::Barrier. \return false when a stop was requested meanwhile.
    bool arriveAndWait(std::uint32_t participants, const std::atomic<std::uint32_t> &stopWord,
                       TaskId arriving = kNoTask);

private:
    std::atomic<std::uint32_t> &m_arrived;
    std::atomic<std::uint32_t> &m_generation;
    std::uint32_t m_object; ///< the wait record's argument
};

} // namespace Interleave
