// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <cstdint>

namespace Interleave
{

/// CPU work in units of constant cost, whose result is used and can be checked.
///
/// One unit decides by trial division whether one candidate is a prime number: always all divisors,
/// no early exit, so that a unit costs the same whatever the candidate is. The candidates are an
/// endless cycle; a sieve tells what the count must be. About 0.3 us a unit (126 divisions of 32 bits
/// at about 2.5 ns). Value; one thread at a time.
class PrimeWork
{
public:
    static constexpr std::uint32_t kFirstCandidate = 8192;
    static constexpr std::uint32_t kCandidates = 8192;
    /// 127 * 127 = 16129, and the next prime squared, 131 * 131 = 17161, is beyond all candidates.
    static constexpr std::uint32_t kLargestDivisor = 127;

    /// \param firstUnit where in the cycle to begin.
    explicit PrimeWork(std::uint64_t firstUnit = 0)
        : m_first(firstUnit)
    {
    }

    void doUnits(std::uint64_t units);

    [[nodiscard]] std::uint64_t unitsDone() const { return m_done; }
    [[nodiscard]] std::uint64_t primesFound() const { return m_found; }
    /// The count that a sieve gives for the same units. O(1) after the first call in a process.
    [[nodiscard]] static std::uint64_t primesBySieve(std::uint64_t firstUnit, std::uint64_t units);
    [[nodiscard]] bool isRight() const { return m_found == primesBySieve(m_first, m_done); }

private:
    std::uint64_t m_first;
    std::uint64_t m_done = 0;
    std::uint64_t m_found = 0;
};

/// How many units the calling thread does in one millisecond on a core of its own: the best of several
/// short bursts, in CPU time of the thread, so that other load does not count.
/// \param budget CPU time to spend, more or less. \return > 0.
[[nodiscard]] double calibrateUnitsPerMs(DurationNs budget);

} // namespace Interleave
