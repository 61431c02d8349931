// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What a thread does now, as far as it matters for whether a program stands still.
enum class StandstillRole : std::uint8_t {
    Ended, ///< nobody's any more: gone, or not yet reaped
    Moves, ///< on a core, or ready for one
    Elsewhere, ///< waits for something that no other thread has to do: time, input, a signal
    Lock, ///< waits without end for a lock, a condition or the end of a thread
    Child, ///< waits for the end of a process
    Unknown, ///< waits in a way that nobody knows
};

/// Watches a person's program for a standstill: no thread of it moves any more. That is only a
/// suspicion, because nobody sees who holds the locks of such a program.
///
/// It is suspected when every living thread of the run has been off its core for as long as given,
/// when a look into /proc then says of none of them that it waits for something else, and when one
/// waits for a lock, or where there are several, in a way that nobody knows. Not when a process runs
/// below them that the trace does not have: that may be what they wait for.
/// Once in each quiet stretch. With Source::Events nothing is known of threads: nothing is suspected.
///
///   quiet for less --for long, suspicious--> suspected --something moves--> quiet for less
///   quiet for less --for long, harmless----> harmless --something moves---> quiet for less
///
/// Owned by the RunLoop's run; thread: the collector's. Cost of a look: O(threads ever), 10 times a
/// second at most and never more than 1 % of a core; once in a stretch some 20 us a living thread.
class StandstillWatch
{
public:
    enum class News : std::uint8_t {
        None,
        Suspected, ///< see quiet()
        Over, ///< something has moved since
    };
    using Reader = std::function<StandstillRole(pid_t pid, pid_t tid)>;

    /// \param trace must outlive this. \param after > 0: so long nothing must have moved.
    /// \param reader replaced in tests.
    StandstillWatch(const Trace &trace, DurationNs after, Reader reader = {});

    /// \return what has changed. Between two looks that are due it does nothing.
    News look(TimestampNs now);
    /// It is not watched any more: what moves from now on is somebody else's doing.
    /// \return whether one was suspected until now.
    bool end(TimestampNs now);
    /// For how long nothing had moved when it was suspected last.
    [[nodiscard]] DurationNs quiet() const { return m_quiet; }
    /// The longest stretch that was suspected, until something moved or end(); nothing: none was.
    [[nodiscard]] std::optional<DurationNs> longest() const { return m_longest; }

    static constexpr DurationNs kLookPitch = 100 * kMillisecond;

    /// \param state of /proc/PID/task/TID/stat. \param syscallLine, wchan what these files say;
    /// empty: they may not be read. Who keeps both to itself (a program with privileges) is
    /// Elsewhere: it may well wait for a password. Source: proc(5), futex(2).
    [[nodiscard]] static StandstillRole roleOf(char state, std::string_view syscallLine,
                                               std::string_view wchan);
    /// The same, read now.
    [[nodiscard]] static StandstillRole readRole(pid_t pid, pid_t tid);
    /// Whether threads with these roles look like a deadlock.
    [[nodiscard]] static bool isSuspicious(const std::vector<StandstillRole> &roles);

private:
    [[nodiscard]] std::optional<TimestampNs> lastMovement() const;
    [[nodiscard]] std::optional<TimestampNs> quietSince(ThreadIndex thread) const;
    [[nodiscard]] bool judge(TimestampNs since);
    [[nodiscard]] bool hasUnseenDescendants() const;
    void close(TimestampNs now);

    const Trace &m_trace;
    const DurationNs m_after;
    Reader m_reader;
    TimestampNs m_next = 0; ///< no look before
    std::optional<TimestampNs> m_suspectedSince; ///< the last movement before the suspected stretch
    std::optional<TimestampNs> m_harmlessSince; ///< the same of one that was found harmless
    DurationNs m_quiet = 0;
    std::optional<DurationNs> m_longest;
};

} // namespace Interleave
