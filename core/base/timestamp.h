// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace Interleave
{

/// Nanoseconds of CLOCK_MONOTONIC. Every time outside the recorder's rings is one of these.
using TimestampNs = std::int64_t;

/// A length of time in nanoseconds.
using DurationNs = std::int64_t;

constexpr DurationNs kMicrosecond = 1'000;
constexpr DurationNs kMillisecond = 1'000'000;
constexpr DurationNs kSecond = 1'000'000'000;

/// Half-open interval [begin, end) in nanoseconds; empty when end <= begin.
struct TimeSpan {
    TimestampNs begin = 0;
    TimestampNs end = 0;

    [[nodiscard]] constexpr DurationNs duration() const { return end - begin; }
    [[nodiscard]] constexpr bool isEmpty() const { return end <= begin; }
    [[nodiscard]] constexpr bool contains(TimestampNs t) const { return t >= begin && t < end; }
    [[nodiscard]] constexpr TimeSpan intersected(TimeSpan o) const
    {
        return {std::max(begin, o.begin), std::min(end, o.end)};
    }
    bool operator==(const TimeSpan &) const = default;
};

/// Now, in nanoseconds of CLOCK_MONOTONIC: the clock that perf is told to stamp its records with.
[[nodiscard]] inline TimestampNs monotonicNow()
{
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return TimestampNs(ts.tv_sec) * kSecond + ts.tv_nsec;
}

} // namespace Interleave
