// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/uniquefd.h"
#include "core/sched/observer.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace Interleave
{

/// Settings of a KernelObserver. Pages are counted without the control page.
struct KernelObserverOptions {
    bool wholeMachine = false; ///< pid = -1 on every core; needs CAP_PERFMON or paranoid <= 0
    std::size_t ringPages =
        128; ///< per core, a power of two; halved down to 8 when the budget is short
    std::vector<CoreId> cores; ///< empty: every online core
};

/// Context switches from the kernel itself: one software dummy event per core with context_switch,
/// comm, task and inherit, stamped with CLOCK_MONOTONIC, one ring per core.
///
/// Observes `pid` (a held process with one thread) and everything it creates later. Needs no
/// privileges at perf_event_paranoid <= 2. Source: perf_event_open(2); kernel.md, sections 1 and 2.
class KernelObserver final : public Observer
{
public:
    /// Errors: NotAllowed with the reason and the errno's name; Io when no ring could be mapped.
    static Result<std::unique_ptr<KernelObserver>> open(pid_t pid,
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
    struct CoreRing;
    KernelObserver();
    Result<void> openRings(pid_t pid, const std::vector<CoreId> &cores, bool &isOutOfBudget);

    std::vector<std::unique_ptr<CoreRing>> m_rings;
    std::vector<CoreId> m_cores;
    TimestampNs m_safeUntil = 0;
    std::uint64_t m_lost = 0;
    std::size_t m_pages = 0;
    std::size_t m_pagesAsked = 0;
    bool m_wholeMachine = false;
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
