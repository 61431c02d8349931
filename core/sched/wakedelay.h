// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/timestamp.h"
#include "core/base/uniquefd.h"
#include "core/sched/machineload.h"
#include "core/sched/observer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// How long threads waited for a core after they were woken up.
///
/// No record tells an ordinary user when a sleeping thread became ready. But the kernel counts, for each
/// thread, its time on run queues (run_delay) and how often it got a core after that (pcount). What a
/// preemption or a fork began, the records explain; the rest followed wake-ups:
///
///     waits after wake-ups = delta(run_delay) - sum of the gaps (preempted out, or fork) .. in
///
/// Both counters change as the thread is switched in. So a reading whose pcount is n higher than that of
/// the reading before is about exactly the next n switches in, whatever the rings held at that moment;
/// it is kept until the n-th of them is final. With one wake-up among them its wait is exact (Woken),
/// with several only their sum is (WokenSum). What does not fit together (lost records, a switch that
/// the kernel did not count) is dropped, and the next reading is where counting begins anew.
///
///   thread:  OnCore --out, preempted--> Queued --in--> OnCore
///            OnCore --out-------------> Asleep --in (a wake-up)--> OnCore
///            --fork--> Queued    --held root--> Asleep    any --exit--> forgotten
///            --found, it waits--> Asleep    --found--> Unknown
///            any --lost records--> Unknown --in, out--> as above, and its counting begins anew
///
/// Source: sched_info_arrive(), sched_info_depart() in the kernel's kernel/sched/stats.h; kernel.md,
/// section 2, where the result was within 1.5 % of the sched_waking tracepoint. A wait of which the
/// kernel moves the thread to another core's queue is counted in parts; if a reading falls between
/// them, the first part is told with the wait before.
///
/// Owned by the collector; thread: the collector's. Cost: O(1) an event, O(log cores) in a merge; a
/// reading is about 1 us, for at most one in 100 us.
class WakeDelay
{
public:
    using Reader = std::function<bool(pid_t pid, pid_t tid, ThreadSchedStat &out)>;
    using Clock = std::function<TimestampNs()>;

    /// \param source KernelWide: only what descends from addRoot() counts; Kernel: every thread does;
    /// with the others there is nothing to find out, and nothing is done.
    /// \param reader, clock replaced in tests.
    explicit WakeDelay(Source source, Reader reader = {}, Clock clock = {});

    /// The held process, before its release. Of one that ran already, Found events tell all threads.
    void addRoot(pid_t pid);
    /// Every event that was drained, in order of time within its core.
    void add(const SchedEvent &event);
    /// Reads the counters of those that woke up. Appends Woken and WokenSum events to `out`.
    /// \param horizon no event with an earlier time can still be added (Observer::safeUntil()).
    void collect(TimestampNs horizon, std::vector<SchedEvent> &out);

    /// Threads for which there is memory: about as many as have lived at once.
    [[nodiscard]] std::size_t threadEntries() const { return m_threads.size(); }

    /// A thread is read at most 50 times a second (kernel.md, section 2: 10 to 50 Hz).
    static constexpr DurationNs kReadEvery = 20 * kMillisecond;
    /// One reading of any thread in this time: 1 % of a core at 1 us each.
    static constexpr DurationNs kReadingEarnedIn = 100 * kMicrosecond;
    static constexpr int kMostReadings = 200; ///< in one collect(); the others come next time
    /// A shorter wait is not told: the records' stamps do not agree with the counters that well.
    static constexpr DurationNs kShortestWait = kMicrosecond;

private:
    struct Item {
        TimestampNs time = 0;
        pid_t pid = 0;
        pid_t tid = 0;
        pid_t parentTid = 0;
        SchedEventKind kind = SchedEventKind::SwitchIn;
        bool preempted = false; ///< of a Found: it does not wait
    };
    /// What happened since the reading that is the base.
    struct Span {
        std::uint64_t switchesIn = 0;
        DurationNs gaps = 0; ///< that the records explain
        DurationNs asleep = 0; ///< gaps that ended in a wake-up: their waits lie within
        TimestampNs wokenSince = 0; ///< begin and end of the newest of those
        TimestampNs wokenUntil = 0;
        std::uint32_t wakes = 0;
        std::uint32_t preemptions = 0;
    };
    enum class Place : std::uint8_t { Unknown, OnCore, Asleep, Queued };
    struct Thread {
        TimestampNs since = 0; ///< when it came to its place
        pid_t pid = 0;
        pid_t tid = 0;
        Place place = Place::Unknown;
        bool isAlive = false;
        bool isAligned = false; ///< there is a base
        bool hasReading = false;
        bool isQueuedNow = false; ///< by the newest record, final or not
        bool isListed = false; ///< in m_due
        bool isNew = false; ///< has not slept since its fork
        bool wantsBase = false; ///< is to be read though it has not woken up
        TimestampNs baseTime = 0; ///< switches in until here are in the base,
        TimestampNs baseUntil = 0; ///< and until here perhaps
        ThreadSchedStat base;
        Span span;
        ThreadSchedStat reading; ///< waits for the last switch in that it counts
        TimestampNs readAt = 0;
        TimestampNs lastRead = -kReadEvery;
        UniqueFd file;
    };
    struct Slot {
        pid_t tid = 0; ///< 0: free
        std::uint32_t thread = 0;
    };

    /// A switch in that a reading counted is stamped at most this much later than the reading: mostly
    /// microseconds, but a virtual machine may be stopped in between.
    static constexpr DurationNs kStampedWithin = 100 * kMicrosecond;

    // What the records say (wakedelay.cpp).
    void sortItems();
    void handle(const Item &item);
    void lookAhead(const Item &item);
    void fork(const Item &item);
    void findRunning(const Item &item);
    void exec(const Item &item);
    void lose();
    void switchIn(Thread &thread, TimestampNs time);
    void switchOut(Thread &thread, TimestampNs time, bool preempted);
    void beginLife(Thread &thread, pid_t pid);
    void endLife(Thread &thread);
    void forget(Thread &thread);
    void evaluate(Thread &thread);
    void tell(const Thread &thread, DurationNs wait);
    static void forgetSpan(Thread &thread);

    // What the counters say, and who is who (wakedelay_readings.cpp).
    void readDue(TimestampNs horizon);
    void earnReadings(TimestampNs now);
    void read(Thread &thread, TimestampNs now);
    bool readCounters(Thread &thread, ThreadSchedStat &out);
    void list(Thread &thread);

    [[nodiscard]] Thread *find(pid_t tid);
    Thread &threadWithNumber(pid_t tid);
    void release(Thread &thread);
    void growSlots();
    void eraseSlot(std::size_t slot);
    [[nodiscard]] std::size_t homeOf(pid_t tid) const;
    [[nodiscard]] std::size_t slotOf(pid_t tid) const;

    const bool m_isWholeMachine;
    bool m_isOff;
    Reader m_reader;
    Clock m_clock;

    std::vector<Item> m_items; ///< what is not final yet, in order, then what was added
    std::vector<Item> m_spare;
    std::vector<std::size_t> m_edges; ///< where in m_items time goes back
    std::vector<Thread> m_threads; ///< one for each that lives, and those in m_free
    std::vector<std::uint32_t> m_free; ///< threads whose number is in no slot
    std::vector<Slot> m_slots; ///< by number: open addressing, a power of two
    int m_slotShift = 0;
    std::vector<std::uint32_t> m_due; ///< threads to be read, the longest waiting first
    std::vector<SchedEvent> *m_out = nullptr; ///< during collect()
    std::size_t m_openFiles = 0;
    TimestampNs m_earnedUntil = 0;
    int m_readings = kMostReadings; ///< that may be made
};

} // namespace Interleave
