// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"

#include <cstdint>
#include <optional>

namespace Interleave
{

/// How a run is ended that does not end by itself: what is tried, and when. It only says so; the rungs
/// are carried out by its owner.
///
///   NotAsked --ask()--> Flag --500 ms--> Term --1 s--> Kill --2 s--> GivenUp
///
/// Every rung has its whole time, also when its owner was held up and looks late: a run is not killed
/// before it could answer SIGTERM. Value; one thread.
class StopLadder
{
public:
    enum class Rung : std::uint8_t {
        NotAsked,
        Flag, ///< the stop flag is set in the shared memory
        Term, ///< SIGTERM
        Kill, ///< SIGKILL
        GivenUp, ///< nothing more can be done: the run is closed without it
    };

    static constexpr DurationNs kAfterFlag = 500 * kMillisecond;
    static constexpr DurationNs kAfterTerm = kSecond;
    /// SIGKILL ends a process at once, unless that waits in the kernel (state D): for a disk or a
    /// network file system that does not answer (ps(1), "uninterruptible sleep").
    static constexpr DurationNs kAfterKill = 2 * kSecond;

    [[nodiscard]] Rung rung() const { return m_rung; }
    [[nodiscard]] bool isAsked() const { return m_rung != Rung::NotAsked; }

    /// The stop flag was set at `now`. The first call counts.
    void ask(TimestampNs now);
    /// Goes on to the next rung when its time has come. \return that rung; nothing when none is due.
    [[nodiscard]] std::optional<Rung> climb(TimestampNs now);

private:
    Rung m_rung = Rung::NotAsked;
    TimestampNs m_since = 0; ///< when m_rung was reached
};

} // namespace Interleave
