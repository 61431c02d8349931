// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/sched/kernelobserver_p.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

namespace Interleave
{

namespace
{

/// A record becomes visible at most 182 us after its stamp (measured over two cores: kernel.md,
/// section 2); five times that is taken as final.
constexpr DurationNs kVisibleAfter = kMillisecond;

/// The smallest ring that is still worth having (kernel.md, section 2: halve down to 8 pages).
constexpr std::size_t kFewestPages = 8;
/// Less than this is told (kernel.md, section 2: 20 ms of a storm).
constexpr std::size_t kEnoughPages = 128;

} // namespace

Error openingError(int error, pid_t pid, CoreId core)
{
    switch (error) {
    case EACCES:
    case EPERM:
    case ENOSYS:
        return {ErrorCode::NotAllowed, "perf_event_open was refused: " + errnoName(error)};
    case ESRCH:
        return {ErrorCode::NotFound,
                "process " + std::to_string(pid) + " ended before it could be observed"};
    default:
        return {ErrorCode::Io,
                "perf_event_open failed on core " + std::to_string(core) + ": " + errnoName(error)
                    + " (" + std::strerror(error) + ")"};
    }
}

KernelObserver::KernelObserver() = default;
KernelObserver::~KernelObserver() = default;

Result<std::unique_ptr<KernelObserver>> KernelObserver::open(pid_t pid,
                                                             const KernelObserverOptions &options)
{
    std::unique_ptr<KernelObserver> observer(new KernelObserver);
    if (const Result<void> opened = observer->openRings(pid, options); !opened)
        return opened.error();
    return Result<std::unique_ptr<KernelObserver>>(std::move(observer));
}

/// As large as the budget allows, but not larger than asked for.
Result<void> KernelObserver::openRings(pid_t pid, const KernelObserverOptions &options)
{
    m_wholeMachine = options.wholeMachine;
    m_pagesAsked = std::bit_floor(std::max<std::size_t>(options.ringPages, 1));
    std::vector<CoreId> cores = options.cores.empty() ? onlineCores() : options.cores;
    std::sort(cores.begin(), cores.end());
    cores.erase(std::unique(cores.begin(), cores.end()), cores.end());

    // Of a machine with many cores, not more than 32 MiB for all of them, if that is enough.
    constexpr std::size_t kMostPages = 8192;
    m_pages = m_pagesAsked;
    while (m_pages > kEnoughPages && m_pages * cores.size() > kMostPages)
        m_pages /= 2;
    for (;; m_pages /= 2) {
        bool isOutOfBudget = false;
        Result<void> opened = tryRings(pid, cores, isOutOfBudget);
        if (opened || !isOutOfBudget || m_pages <= kFewestPages)
            return opened;
    }
}

/// Opens and maps all of them with m_pages each. Events are opened again for every size, because
/// the watermark belongs to the event.
Result<void> KernelObserver::tryRings(pid_t pid, const std::vector<CoreId> &cores,
                                      bool &isOutOfBudget)
{
    m_rings.clear();
    m_cores.clear();
    const std::size_t ringBytes = m_pages * pageBytes();
    for (const CoreId core : cores) {
        auto ring = std::make_unique<CoreRing>(core, monotonicNow());
        const int refusal = m_isAttached && !m_wholeMachine
            ? ring->openOwner(ringBytes)
            : ring->open(pid, m_wholeMachine, ringBytes);
        if (refusal == ENODEV)
            continue; // the core went offline a moment ago
        if (refusal != 0)
            return openingError(refusal, pid, core);
        if (const int error = ring->map(ringBytes); error != 0) {
            isOutOfBudget = error == EPERM || error == ENOMEM;
            return Error{ErrorCode::Io,
                         "the kernel gives no memory for a ring of " + std::to_string(m_pages)
                             + " pages on core " + std::to_string(core) + ": " + errnoName(error)
                             + "; end other recordings of this user or raise"
                               " kernel.perf_event_mlock_kb"};
        }
        m_cores.push_back(core);
        m_rings.push_back(std::move(ring));
    }
    if (m_rings.empty())
        return Error{ErrorCode::Io, "none of the cores to be observed is online"};
    return {};
}

Source KernelObserver::source() const
{
    return m_wholeMachine ? Source::KernelWide : Source::Kernel;
}

void KernelObserver::drain(std::vector<SchedEvent> &out)
{
    // Taken before any data_head is read: whatever is stamped earlier than this less the delay of
    // visibility has been in the rings when they were read.
    const TimestampNs before = monotonicNow();
    out.insert(out.end(), m_pending.begin(), m_pending.end());
    m_pending.clear();
    drainRings(out);
    m_safeUntil = before - kVisibleAfter;
}

void KernelObserver::drainRings(std::vector<SchedEvent> &out)
{
    std::uint64_t lost = 0;
    for (const auto &ring : m_rings) {
        ring->drain(out);
        lost += ring->lost;
    }
    m_lost = lost;
}

TimestampNs KernelObserver::safeUntil() const
{
    return m_safeUntil;
}

std::vector<int> KernelObserver::wakeDescriptors() const
{
    std::vector<int> descriptors;
    for (const auto &ring : m_rings)
        descriptors.push_back(ring->fd.get());
    return descriptors;
}

std::uint64_t KernelObserver::lostRecords() const
{
    return m_lost;
}

const std::vector<CoreId> &KernelObserver::cores() const
{
    return m_cores;
}

std::string KernelObserver::remark() const
{
    std::string text = m_attachRemark;
    const std::size_t enough = std::min(m_pagesAsked, kEnoughPages);
    if (m_pages >= enough)
        return text;
    if (!text.empty())
        text += "; ";
    return text + "rings of " + std::to_string(m_pages) + " pages a core instead of "
        + std::to_string(enough)
        + ": this user's memory for perf is used up, so bursts of switches may be lost;"
          " end other recordings or raise kernel.perf_event_mlock_kb";
}

std::size_t KernelObserver::ringPages() const
{
    return m_pages;
}

} // namespace Interleave
