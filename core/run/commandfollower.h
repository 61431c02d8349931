// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/helperboard.h"
#include "core/record/sharedrings.h"
#include "core/run/helperrecords.h"
#include "core/run/processdescriptions.h"
#include "core/sched/globallockwaits.h"
#include "core/sched/observer.h"
#include "core/sched/waitchannels.h"
#include "core/trace/trace.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

namespace Interleave
{

/// What a collector does in addition when it follows a person's program: what the processes are and what
/// their language helpers say, why threads wait, which rings and slots are free again.
///
/// In each drain the collector calls prepare(), drains the rings, drains the observer, calls add(),
/// hear(), translate() for each event of the rings, collect() and release(), in this order: so a
/// definition has been heard before what it defines, and a process is forgotten when all that it wrote
/// before its end has been read.
/// Owned by the Collector; thread: the collector's.
class CommandFollower
{
public:
    /// \param board of a run with language helpers, else nullptr; it and `reader` must outlive this.
    CommandFollower(Trace &trace, RingReader &reader, HelperBoard *board, Source source);

    /// A number for a task, never given before; kNoTask when there are none left.
    TaskId takeTaskId();
    /// The held process, before its release.
    void addRoot(pid_t pid);
    void prepare();
    void add(const std::vector<SchedEvent> &events);
    void hear(TimestampNs now);
    /// \return false when the event is to be left out.
    bool translate(Event &event, const RingReader::DrainedRing &ring);
    /// Appends what is known of waits. \param horizon Observer::safeUntil()
    void collect(TimestampNs horizon, TimestampNs now, std::vector<SchedEvent> &out);
    /// Frees what processes had that have ended before the last drain.
    void release(TimestampNs now);
    /// The trace is complete.
    void finish();
    /// Events and lines of helpers that were lost or made no sense.
    [[nodiscard]] std::uint64_t leftOut() const;
    /// Names and the like of processes and threads that are missing, because there was no room for more.
    [[nodiscard]] std::uint64_t factsLeftOut() const;
    /// Names of helpers' tasks that are missing: they are more than a trace keeps.
    [[nodiscard]] std::uint64_t taskNamesLeftOut() const;

    /// A process may still be ending when the kernel tells, or have gained privileges and live on.
    static constexpr DurationNs kLookAgainAfter = 20 * kMillisecond;
    /// Ends may have been missed: so often all that have slots are looked at.
    static constexpr DurationNs kLookAtAllEvery = kSecond;

private:
    struct Ending {
        pid_t pid = 0;
        TimestampNs lookAt = 0; ///< not before
    };
    void noteEnded(pid_t pid, TimestampNs lookAt);
    void lookAtAll(TimestampNs now);

    RingReader &m_reader;
    HelperBoard *m_board;
    TaskId m_nextTask = 1;
    const bool m_seesEnds; ///< the kernel tells of every process and its end
    GlobalLockWaits m_lockWaits;
    WaitChannels m_waitChannels;
    ProcessDescriptions m_descriptions;
    std::optional<HelperRecords> m_helpers;
    std::vector<Ending> m_ending; ///< processes with slots
    std::vector<pid_t> m_justEnded; ///< in the last drain: what they wrote may be unread
    TimestampNs m_lookAtAllNext = 0;
};

} // namespace Interleave
