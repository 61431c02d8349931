// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace Interleave
{

/// Time on the axis <-> pixels. Times are relative to each run's zero. Pure value.
struct TimeScale {
    TimeSpan window{0, 100 * kMillisecond};
    int widthPx = 1;

    [[nodiscard]] double nsPerPixel() const;
    [[nodiscard]] double toX(TimestampNs time) const; ///< may lie outside [0, widthPx)
    [[nodiscard]] TimestampNs toTime(double x) const;
    /// Zoomed by `factor` (> 1: in) so that the time under x stays there. Never below 100 ns or above
    /// `longest` wide.
    [[nodiscard]] TimeScale zoomed(double factor, double x, DurationNs longest) const;
    /// Moved by so many pixels; a positive number shows later times.
    [[nodiscard]] TimeScale panned(double pixels) const;
};

struct RulerTick {
    double x = 0;
    bool major = false;
    QString text; ///< of major ticks: "50 ms"
};
/// Ticks at 1, 2, 5 times a power of ten, majors at least `majorPx` apart.
[[nodiscard]] std::vector<RulerTick> rulerTicks(const TimeScale &scale, double majorPx);

/// "73.214 ms": a time with the digits that a pixel of `nsPerPixel` can tell apart.
[[nodiscard]] QString timeLabel(TimestampNs time, double nsPerPixel);

/// "2,000,000": large numbers are read, not counted.
[[nodiscard]] QString countLabel(std::uint64_t count);

/// "41.2 ms"; three digits, a unit that a person reads, a narrow no-break space between.
[[nodiscard]] QString durationLabel(DurationNs duration);

} // namespace Interleave
