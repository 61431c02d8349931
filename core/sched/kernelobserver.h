// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/sched/observer.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace Interleave
{

/// Settings of a KernelObserver. Pages are counted without the control page.
struct KernelObserverOptions {
    bool wholeMachine = false; ///< pid = -1 on every core; needs CAP_PERFMON or paranoid <= 0
    /// Per core, a power of two; halved down to 8 when the budget is short. With 128, 20 ms of the
    /// densest storms fit (kernel.md, section 2); the rest is for when the reader itself gets no core.
    std::size_t ringPages = 512;
    std::vector<CoreId> cores; ///< empty: every online core
};

/// Context switches from the kernel itself: one software dummy event per core with context_switch,
/// comm, task and inherit, stamped with CLOCK_MONOTONIC, one ring per core.
///
/// open() observes a held process with one thread and everything it creates later; attach() one that
/// runs already, with its threads and its descendants, for which it takes an event for each thread and
/// core. Needs no privileges at perf_event_paranoid <= 2.
/// Source: perf_event_open(2); kernel.md, sections 1 and 2.
class KernelObserver final : public Observer
{
public:
    /// Errors: NotAllowed with the reason and the errno's name; Io when no ring could be mapped.
    static Result<std::unique_ptr<KernelObserver>> open(pid_t pid,
                                                        const KernelObserverOptions &options);
    /// Process `pid`, all of its threads, what descends from it, and what they all will create.
    ///
    /// The first drain() begins with a Found for each thread that was there (SchedEventKind::Found), each
    /// followed by its Name. A descendant that may not be observed is left out and told in remark().
    /// Disturbs nothing: no thread is stopped. Cost: about 10 us a thread and core, some milliseconds of
    /// its calling thread at least; that thread must live as long as the observer, because the rings
    /// belong to it. May raise the soft limit of open files up to the hard one.
    /// Errors: NotFound when there is no such process; NotAllowed when the kernel refuses to observe it
    /// (its message names the process and what would allow it) or anything at all; Io as open().
    static Result<std::unique_ptr<KernelObserver>> attach(pid_t pid,
                                                          const KernelObserverOptions &options);
    ~KernelObserver() override;

    [[nodiscard]] Source source() const override;
    void drain(std::vector<SchedEvent> &out) override;
    [[nodiscard]] TimestampNs safeUntil() const override;
    [[nodiscard]] std::vector<int> wakeDescriptors() const override;
    [[nodiscard]] std::uint64_t lostRecords() const override;
    [[nodiscard]] const std::vector<CoreId> &cores() const override;
    [[nodiscard]] std::string remark() const override;
    [[nodiscard]] std::size_t ringPages() const;

private:
    struct CoreRing; // kernelobserver_ring.cpp
    struct Attaching; // kernelobserver_attach.cpp
    KernelObserver();
    Result<void> openRings(pid_t pid, const KernelObserverOptions &options);
    Result<void> tryRings(pid_t pid, const std::vector<CoreId> &cores, bool &isOutOfBudget);
    void drainRings(std::vector<SchedEvent> &out);

    std::vector<std::unique_ptr<CoreRing>> m_rings;
    std::vector<CoreId> m_cores;
    TimestampNs m_safeUntil = 0;
    std::uint64_t m_lost = 0;
    std::size_t m_pages = 0;
    std::size_t m_pagesAsked = 0;
    bool m_wholeMachine = false;
    bool m_isAttached = false;
    std::vector<SchedEvent> m_pending; ///< what was found and recorded while it attached
    std::string m_attachRemark;
};

/// Decodes the bytes of one perf ring. Apart from the observer so that tests can feed it bytes.
/// Unknown record types are skipped by their size; a record that does not fit its size ends the batch.
class PerfRecordDecoder
{
public:
    /// \param since when the ring was opened: where a loss before the first record begins.
    explicit PerfRecordDecoder(CoreId core, TimestampNs since = 0);
    /// \param bytes whole records, already unwrapped. Appends to `out`. \return bytes understood.
    std::size_t decode(const unsigned char *bytes, std::size_t size, std::vector<SchedEvent> &out);
    [[nodiscard]] std::uint64_t lostRecords() const { return m_lost; }

private:
    bool decodeRecord(const unsigned char *record, std::vector<SchedEvent> &out);
    bool readSwitch(std::uint16_t misc, bool isWide, SchedEvent &event);
    bool readTask(const unsigned char *body, bool isFork, SchedEvent &event);
    static bool readName(const unsigned char *body, const unsigned char *end, bool isExec,
                         SchedEvent &event);
    void readLost(std::uint64_t count, SchedEvent &event);

    CoreId m_core;
    TimestampNs m_lastGood = 0;
    std::uint64_t m_lost = 0;
    pid_t m_dying = 0; ///< exited on this core, but not yet off it
};

/// Keeps one idle perf event open, so that no run pays the first event's ~24 ms (kernel.md, section 1).
[[nodiscard]] UniqueFd openKeeperEvent();

} // namespace Interleave
