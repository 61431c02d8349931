// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <QString>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace Interleave::Support
{

/// Steps of bare arithmetic that `threads` threads do together in `length`.
inline std::uint64_t bareSteps(int threads, DurationNs length)
{
    std::atomic<std::uint64_t> all{0};
    const TimestampNs until = monotonicNow() + length;
    std::vector<std::thread> spinners;
    for (int i = 0; i < threads; ++i) {
        spinners.emplace_back([&all, until] {
            std::uint64_t steps = 0, value = 1;
            while (monotonicNow() < until) {
                for (int k = 0; k < 2000; ++k)
                    value = value * 6364136223846793005u + 1442695040888963407u;
                steps += value == 0 ? 1 : 2000; // the value is needed
            }
            all += steps;
        });
    }
    for (std::thread &spinner : spinners)
        spinner.join();
    return all;
}

/// What the machine itself can do at this moment: why no program could be much faster on two cores than
/// on one. Some virtual machines share a physical core with others, which no counter of theirs shows.
/// Empty when two bare threads do at least `least` times the work of one. Takes some 0.2 s.
inline QString lackOfParallelSpeed(double least = 1.85)
{
    constexpr DurationNs kLength = 50 * kMillisecond;
    const std::uint64_t before = bareSteps(1, kLength);
    const std::uint64_t two = bareSteps(2, kLength);
    const std::uint64_t after = bareSteps(1, kLength);
    const double ratio = double(two) / double(std::max<std::uint64_t>(1, std::max(before, after)));
    if (ratio >= least)
        return {};
    return QStringLiteral("two bare threads do only %1 times the work of one here now")
        .arg(ratio, 0, 'f', 2);
}

} // namespace Interleave::Support
