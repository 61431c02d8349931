// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/primework.h"

#include <algorithm>
#include <array>
#include <vector>

namespace Interleave
{

namespace
{

std::uint32_t isPrimeByTrial(std::uint32_t candidate)
{
    std::uint32_t divisors = 0;
    for (std::uint32_t d = 2; d <= PrimeWork::kLargestDivisor; ++d)
        divisors += candidate % d == 0 ? 1u : 0u;
    return divisors == 0 ? 1u : 0u;
}

/// [i]: number of primes among the first i candidates.
using PrefixCounts = std::array<std::uint16_t, PrimeWork::kCandidates + 1>;

PrefixCounts countBySieve()
{
    constexpr std::uint32_t kEnd = PrimeWork::kFirstCandidate + PrimeWork::kCandidates;
    std::vector<bool> composite(kEnd, false);
    for (std::uint32_t p = 2; p * p < kEnd; ++p) {
        for (std::uint32_t multiple = p * p; multiple < kEnd && !composite[p]; multiple += p)
            composite[multiple] = true;
    }
    PrefixCounts counts{};
    for (std::uint32_t i = 0; i < PrimeWork::kCandidates; ++i) {
        const bool prime = !composite[PrimeWork::kFirstCandidate + i];
        counts[i + 1] = std::uint16_t(counts[i] + (prime ? 1 : 0));
    }
    return counts;
}

DurationNs threadCpuNow()
{
    timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return DurationNs(ts.tv_sec) * kSecond + ts.tv_nsec;
}

} // namespace

void PrimeWork::doUnits(std::uint64_t units)
{
    std::uint32_t offset = std::uint32_t((m_first + m_done) % kCandidates);
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < units; ++i) {
        found += isPrimeByTrial(kFirstCandidate + offset);
        offset = offset + 1 == kCandidates ? 0 : offset + 1;
    }
    m_done += units;
    m_found += found;
}

std::uint64_t PrimeWork::primesBySieve(std::uint64_t firstUnit, std::uint64_t units)
{
    static const PrefixCounts counts = countBySieve();
    const auto before = [](std::uint64_t unit) {
        return unit / kCandidates * counts[kCandidates] + counts[unit % kCandidates];
    };
    return before(firstUnit + units) - before(firstUnit);
}

double calibrateUnitsPerMs(DurationNs budget)
{
    constexpr DurationNs kShortestBurst = kMillisecond / 2; // the clock call itself is 0.2 us
    constexpr std::uint64_t kLargestBurst = 1u << 24; // a clock that stands still must not hold us
    PrimeWork work;
    std::uint64_t burst = 64;
    double best = 0;
    const DurationNs begin = threadCpuNow();
    while (best == 0 || threadCpuNow() - begin < budget) {
        const DurationNs before = threadCpuNow();
        work.doUnits(burst);
        const DurationNs took = threadCpuNow() - before;
        if (took < kShortestBurst && burst < kLargestBurst) {
            burst *= 2;
            continue;
        }
        best = std::max(
            best, double(burst) * double(kMillisecond) / double(std::max<DurationNs>(took, 1)));
    }
    return std::max(best, 1.0);
}

} // namespace Interleave
