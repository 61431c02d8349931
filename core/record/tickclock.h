// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace Interleave
{

/// Which clock the recorder stamps events with. One for a whole run, kept in the shared header.
enum class TickSource : std::uint32_t {
    Monotonic = 0, ///< clock_gettime(CLOCK_MONOTONIC), about 24 ns a read
    Tsc = 1, ///< rdtsc, about 10 ns; only where the kernel itself trusts the TSC
};

/// The faster clock that this machine can be trusted with: Tsc when the kernel's own clock source is
/// `tsc` and the processor has an invariant TSC, else Monotonic.
[[nodiscard]] TickSource bestTickSource();

[[nodiscard]] inline std::uint64_t readTsc()
{
#if defined(__x86_64__)
    return __rdtsc();
#else
    return std::uint64_t(monotonicNow());
#endif
}

[[nodiscard]] inline std::uint64_t readTicks(TickSource source)
{
    return source == TickSource::Tsc ? readTsc() : std::uint64_t(monotonicNow());
}

/// The same moment on both clocks.
struct ClockPair {
    std::uint64_t ticks = 0;
    TimestampNs time = 0;
};

/// The tightest of several (ticks, time, ticks) readings; error below half of the tightest bracket,
/// about 10 ns. Any thread.
[[nodiscard]] ClockPair takeClockPair(TickSource source);

/// Turns ticks into nanoseconds of CLOCK_MONOTONIC by straight lines between calibration pairs.
///
/// Feed a pair at each drain, after which ticks up to that pair can be converted; between pairs the
/// two clocks drift by less than 10 ns at 60 pairs a second (DESIGN.md, section 2).
/// Thread: one owner.
class TickConverter
{
public:
    explicit TickConverter(TickSource source);

    /// Adds a pair later than all before. A pair that goes back is ignored.
    void addPair(ClockPair pair);
    /// ticks at or below newestTicks() and at or above the pair before are interpolated; others are
    /// extrapolated along the nearest line.
    [[nodiscard]] TimestampNs toTime(std::uint64_t ticks) const;
    [[nodiscard]] std::uint64_t newestTicks() const { return m_newer.ticks; }
    [[nodiscard]] TimestampNs newestTime() const { return m_newer.time; }
    [[nodiscard]] TickSource source() const { return m_source; }

private:
    TickSource m_source;
    ClockPair m_older;
    ClockPair m_newer;
    int m_pairs = 0;
    double m_nsPerTick = 1.0;
};

} // namespace Interleave
