// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace Interleave
{

/// How much of what a run prints is kept: the beginning of it. A task may print for ever, and memory
/// does not last for that. Value; one thread.
class LineBudget
{
public:
    static constexpr std::size_t kMostLines = 100'000; ///< as many as the output panel shows
    static constexpr std::size_t kMostBytes = 32u << 20;

    /// Takes the room of one line. \return false when there is not enough left; from then on nothing is
    /// kept, so that what is has no gaps.
    bool take(std::size_t bytes)
    {
        if (m_refused > 0 || m_kept == kMostLines || bytes > kMostBytes - m_bytes) {
            ++m_refused;
            return false;
        }
        ++m_kept;
        m_bytes += bytes;
        return true;
    }
    [[nodiscard]] std::uint64_t kept() const { return m_kept; }
    /// How many lines were not kept.
    [[nodiscard]] std::uint64_t refused() const { return m_refused; }

private:
    std::size_t m_kept = 0;
    std::size_t m_bytes = 0; ///< at most kMostBytes
    std::uint64_t m_refused = 0;
};

} // namespace Interleave
