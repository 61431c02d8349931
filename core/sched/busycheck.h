// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/sched/machineload.h"

#include <optional>
#include <string>
#include <vector>

namespace Interleave
{

/// Whether the machine is busy with something else: told before a run whose point needs idle cores.
///
/// Sampled again and again while nothing runs, it has its answer when a run is started. It needs
/// two readings at least kWindow apart: /proc/stat counts in ticks of 10 ms. What this process
/// itself computes meanwhile (it draws) does not count as something else; its children do, so
/// forget() after one was started. Value; one thread at a time.
/// Source: machineload.h.
class BusyCheck
{
public:
    static constexpr DurationNs kWindow = 300 * kMillisecond;
    /// An answer older than this says nothing about now.
    static constexpr DurationNs kMostAge = 2 * kSecond;
    /// Less is what an idle desktop does: ten ticks of sixty, on two cores, are certainly
    /// something.
    static constexpr double kBusyShare = 0.15;

    /// Reads the loads if kWindow has passed since the last reading. About 10 us when it does.
    void sample();
    /// What has been read so far counts no more.
    void forget();
    /// When the next sample() will read something; 0 when nothing has been read.
    [[nodiscard]] TimestampNs nextSample() const;
    /// Whether there is a complete window, not older than kMostAge, whatever it has given.
    [[nodiscard]] bool isMeasured() const { return isMeasuredAt(monotonicNow()); }

    /// The share of all cores that something else had in the last window, 0 to 1. Nothing: no
    /// window is complete, it is older than kMostAge, or the loads cannot be read.
    [[nodiscard]] std::optional<double> share() const { return shareAt(monotonicNow()); }
    /// "this machine is 60 % busy with something else: speed-ups will be too small"; empty when it
    /// is below kBusyShare or not known.
    [[nodiscard]] std::string remark() const;

    // What sample() is made of, for the tests.
    struct Reading {
        TimestampNs time = 0;
        DurationNs own = 0; ///< CPU time of this process
        std::vector<CoreLoad> cores;
    };
    void add(Reading reading);
    [[nodiscard]] bool isMeasuredAt(TimestampNs now) const;
    [[nodiscard]] std::optional<double> shareAt(TimestampNs now) const;
    /// Nothing when they do not belong together (cores came or went) or no time has passed.
    [[nodiscard]] static std::optional<double> shareBetween(const Reading &before,
                                                            const Reading &after);
    [[nodiscard]] static std::string remarkFor(std::optional<double> share);

private:
    std::optional<Reading> m_last;
    bool m_isWindow = false; ///< m_last is the end of one
    std::optional<double> m_share; ///< of that window
};

} // namespace Interleave
