// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sched/schedevent.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// Finds, from context switches alone, when threads of CPython waited for its global lock (GIL).
///
/// A thread that wants the lock waits on a condition with a time limit, the switch interval I (5 ms
/// unless the program sets another), and when that is over asks the holder to give it up and waits
/// again. So it leaves its core by itself, is off it for I to I + 0.9 ms, and meanwhile another thread of
/// its process is on a core for at least a part; a short time on its core between two such gaps belongs
/// to the same wait. What follows is told as inferred: no record says what a thread waits for.
/// Source: take_gil() in CPython's Python/ceval_gil.c; anchors/python.md, section 1.4.
///
///   thread:  any --off its core for I--> timed out (told)
///            timed out --a look, off for I again--> timed out (told)
///            timed out --a look, off for less, handed over--> has the lock (told)
///            timed out --a look, off for less, dropped--> timed out (told)
///            timed out, parted --looks, off for what is left of I--> timed out (told)
///            any other --off for less, dropped--> parted
///            any --on its core for longer than looks take--> has the lock
///
/// Handed over: a gap of more than kShortPart counts as the wait's last part only when another thread
/// of the process left its core by itself within kHandOver of the gap's end, as a holder does that gives
/// the lock up. Dropped: that thread had not left its core for an interval, as a holder has not that was
/// asked. From three threads on, the one that is woken then need not get the lock: another that just
/// timed out takes it first. Then it waits on, often (pthread_cond_timedwait() does, of which the signal
/// was taken) for what is left of the same interval. So a wait goes on through any number of such parts,
/// and parts with looks between them that add up to I are an interval.
///
/// Not found: waits that end before their first interval is over, and its first part if it has several;
/// ends of an interval that come later than kLatest, as where cores are scarce; and anything in a process
/// whose interval is below kShortestInterval, where other waits look alike. A thread that sleeps for just
/// I beside a busy one of its process looks alike, too, and is told as waiting.
///
/// Owned by the collector; thread: the collector's. Cost: O(log events of a drain) an event of a known
/// process, O(1) for the others.
class GlobalLockWaits
{
public:
    using Clock = std::function<TimestampNs()>;

    static constexpr DurationNs kDefaultInterval = 5 * kMillisecond;
    /// A timed wait ends so much late at most: the timer's slack and the wake-up.
    static constexpr DurationNs kLatest = 900 * kMicrosecond;
    /// And its gap is so much shorter at most: the time limit is computed before the thread leaves.
    static constexpr DurationNs kEarliest = 100 * kMicrosecond;
    /// On its core for no longer than this, a thread only looked whether the lock was free.
    static constexpr DurationNs kLongestLook = 200 * kMicrosecond;
    /// After a look, so short a gap is the wait for a holder that is just giving the lock up.
    static constexpr DurationNs kShortPart = 200 * kMicrosecond;
    /// Between the holder's leaving and the next one's coming lies a wake-up.
    static constexpr DurationNs kHandOver = 200 * kMicrosecond;
    /// So much before a part's end, or after it, the holder left that was asked to: mostly up to 10 us
    /// before and 30 us after (python.md, section 1.4).
    static constexpr DurationNs kDroppedBefore = 100 * kMicrosecond;
    static constexpr DurationNs kDroppedAfter = 50 * kMicrosecond;
    /// An interval of several parts ends so much late at most (30 to 95 us, the timer's slack and the
    /// wake-up). Less than kLatest, as two sleeps may well add up to about an interval.
    static constexpr DurationNs kLatestSum = 120 * kMicrosecond;
    static constexpr DurationNs kShortestInterval = kMillisecond;
    /// One in so many parts of a gap another thread was on a core, or in its queue, at least. No more,
    /// because one that was woken and has no core yet is in no record (python.md, section 1.4: a
    /// detector that asked for 80 % found half of the waits on a busy machine).
    static constexpr DurationNs kBusyShare = 10;

    /// \param isOff where switches are not known (sampled, events only): then nothing is found.
    /// \param clock replaced in tests.
    explicit GlobalLockWaits(bool isOff = false, Clock clock = {});

    /// Process `pid` runs CPython with a global lock, from now on. 0: the default interval. Said again,
    /// only the interval changes. A process that it forks is known to do the same.
    void addInterpreter(pid_t pid, DurationNs switchInterval);
    /// It does not, or it has executed something else. An Exec later than the addInterpreter() does the
    /// same, so that of a program that executes Python addInterpreter() is to be called after its Exec
    /// was added.
    void removeInterpreter(pid_t pid);

    /// Every event that was drained, in order of time within its core.
    void add(const SchedEvent &event);
    /// Appends a GlobalLockWait for each gap that a wait consists of, as soon as the gap has ended: what
    /// comes later cannot label it any more. Looks in between are left out.
    /// \param horizon no event with an earlier time can still be added (Observer::safeUntil()).
    void collect(TimestampNs horizon, std::vector<SchedEvent> &out);

private:
    struct Item {
        TimestampNs time = 0;
        TimestampNs until = 0; ///< of a loss
        pid_t pid = 0;
        pid_t tid = 0;
        SchedEventKind kind = SchedEventKind::SwitchIn;
        bool preempted = false;
    };
    enum class Place : std::uint8_t { Unknown, OnCore, Queued, Off };
    enum class HandOver : std::uint8_t { None, Left, Dropped };
    static constexpr TimestampNs kNone = -1; ///< no interval has begun
    struct Thread {
        pid_t pid = 0;
        Place place = Place::Unknown;
        bool hasTimedOut =
            false; ///< an interval was over, and since then it only waited and looked
        TimestampNs since = 0; ///< when it came to its place
        TimestampNs busySince =
            0; ///< when it last came onto a core or into its queue from elsewhere
        TimestampNs timedSince = kNone; ///< when the interval began that is not over
        DurationNs looked = 0; ///< how long it was on its core since then
        DurationNs busyBefore = 0; ///< of its process, when it left its core
    };
    struct Process {
        DurationNs interval = kDefaultInterval;
        TimestampNs knownSince = 0;
        TimestampNs lastLeft = 0; ///< when one of its threads left its core by itself
        TimestampNs lastDropped = 0; ///< the same of one that had not for an interval
        TimestampNs busySince = 0;
        DurationNs busy =
            0; ///< how long there was a thread on a core or in its queue, up to busySince
        int busyThreads = 0;
        int threads = 0; ///< that are known
        bool hasLeaderEnded = false;
    };
    using Threads = std::unordered_map<pid_t, Thread>;

    void handle(std::size_t index);
    void switchIn(std::size_t index, Process &process, Thread &thread, TimestampNs time);
    void switchOut(Process &process, Thread &thread, TimestampNs time, bool preempted);
    void judgeGap(std::size_t index, const Process &process, Thread &thread, TimestampNs end);
    void tell(const Item &item, TimestampNs since);
    void beginProgram(pid_t pid, Process &process, TimestampNs time);
    void endThread(pid_t pid, pid_t tid, TimestampNs time);
    void lose(TimestampNs since, TimestampNs until);
    void forgetThreads(pid_t pid);
    [[nodiscard]] HandOver handOverAt(std::size_t index, const Process &process) const;
    [[nodiscard]] static bool endsTimedWait(const Process &process, const Thread &thread,
                                            TimestampNs end);
    static void goOn(Thread &thread, TimestampNs end, HandOver handOver, DurationNs shortest);
    static void forgetWait(Thread &thread);
    [[nodiscard]] static bool hasRunAnInterval(const Process &process, const Thread &thread,
                                               TimestampNs time);
    static void noteLeaving(Process &process, const Thread &thread, TimestampNs time);
    [[nodiscard]] static bool isBusy(Place place);
    [[nodiscard]] static DurationNs busyUntil(const Process &process, TimestampNs time);
    static void move(Process &process, Thread &thread, Place place, TimestampNs time);

    bool m_isOff;
    Clock m_clock;
    std::unordered_map<pid_t, Process> m_processes;
    Threads m_threads; ///< of those processes
    std::vector<Item> m_items; ///< what is not final yet
    bool m_isSorted = true;
    TimestampNs m_handledUntil = 0;
    TimestampNs m_unknownUntil = 0; ///< records before it are missing
    std::vector<SchedEvent> *m_out = nullptr; ///< during collect()
};

} // namespace Interleave
