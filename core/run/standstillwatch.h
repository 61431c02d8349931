// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/trace/trace.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What a thread does now, as far as it matters for whether a program stands still.
enum class StandstillRole : std::uint8_t {
    Ended, ///< nobody's any more: gone, or not yet reaped
    Moves, ///< on a core, or ready for one
    Elsewhere, ///< waits for something that no other thread has to do: time, input, a signal
    Lock, ///< waits without end for a lock or a condition of its own process
    Shared, ///< the same of one that other programs may share, or for the end of a thread
    Child, ///< waits for the end of a process
    Unknown, ///< waits in a way that nobody knows
};

/// Watches a person's program for a standstill: no thread of it moves any more. That is only a
/// suspicion, because nobody sees who holds the locks of such a program.
///
/// It is suspected when every living thread of the run has been off its core for as long as given,
/// when a reading of /proc then says of none of them that it waits for something else, and when one
/// waits for a lock, or several in a way that nobody knows. Not when a process runs below them that
/// the trace does not have: that may be what they wait for. Threads of housekeeping processes do not
/// count: these wait for the others to end.
/// A reading takes several looks where there are many threads. It is told when the trace has passed
/// the end of the reading, and nothing has moved until then: what a thread woke up for after it was
/// read is in the trace by then.
/// Once in each quiet stretch. With Source::Events nothing is known of threads: nothing is suspected.
///
///   quiet for less --for long--> being read --suspicious, trace is beyond--> suspected
///   being read --one is about to move, or an unseen process runs--> being read, from the beginning
///   being read --harmless--> harmless
///   being read, suspected, harmless --something moves--> quiet for less
///
/// Owned by the RunLoop's run; thread: the collector's. Cost of a look: O(threads ever) and at most
/// kMostReads * 20 us, 10 times a second at most and never more than 1 % of a core.
class StandstillWatch
{
public:
    enum class News : std::uint8_t {
        None,
        Suspected, ///< see quiet()
        Over, ///< something has moved since
    };
    using Reader = std::function<StandstillRole(pid_t pid, pid_t tid)>;
    using Clock = std::function<TimestampNs()>;

    /// \param trace must outlive this. \param after > 0: so long nothing must have moved.
    /// \param reader, clock replaced in tests; the trace's times are of that clock.
    StandstillWatch(const Trace &trace, DurationNs after, Reader reader = {}, Clock clock = {});

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
    /// Threads and processes that a look reads: 4 ms. The collector has events to drain meanwhile.
    static constexpr int kMostReads = 200;

    /// \param state of /proc/PID/task/TID/stat. \param syscallLine, wchan what these files say;
    /// empty: they may not be read. Who keeps both to itself (a program with privileges) is
    /// Elsewhere: it may well wait for a password. So is who waits for a futex and does not tell how:
    /// it may be for some time (of others than descendants Yama shows no call). So are 32-bit programs,
    /// whose calls have other numbers, and who waits for a lock of a file or a semaphore of System V:
    /// somebody outside may have it. Source: proc(5), futex(2), ptrace(2).
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
    [[nodiscard]] bool readRoles(int &left);
    [[nodiscard]] bool isToBeRead(const ThreadInfo &thread) const;
    [[nodiscard]] StandstillRole readRoleOf(ThreadIndex thread);
    [[nodiscard]] bool readProcesses(int &left);
    void listProcesses();
    void close(TimestampNs now);

    /// Of all threads, and of the processes of the machine, over several looks.
    struct Reading {
        TimestampNs since =
            0; ///< the last movement before it: after another one it is worth nothing
        ThreadIndex thread = 0; ///< the next one
        std::vector<StandstillRole> roles;
        bool hasMoved = false; ///< one has ended, which the trace does not know yet
        bool areProcessesListed = false;
        std::unordered_set<pid_t> ownProcesses; ///< those that the trace has
        std::vector<pid_t> otherProcesses; ///< still to be read
        std::optional<TimestampNs> end; ///< when all had been read
    };

    const Trace &m_trace;
    const DurationNs m_after;
    Reader m_reader;
    Clock m_clock;
    TimestampNs m_next = 0; ///< no look before
    std::optional<TimestampNs> m_suspectedSince; ///< the last movement before the suspected stretch
    std::optional<TimestampNs> m_harmlessSince; ///< the same of one that was found harmless
    std::optional<Reading> m_reading;
    /// Read as ended, and when, while they were alive in the trace.
    std::unordered_map<ThreadIndex, TimestampNs> m_gone;
    DurationNs m_quiet = 0;
    std::optional<DurationNs> m_longest;
};

} // namespace Interleave
