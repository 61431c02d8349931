// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver.h"

#include "core/sched/topology.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// A record becomes visible at most 182 us after its stamp (measured over two cores: kernel.md,
/// section 2); five times that is taken as final.
constexpr DurationNs kVisibleAfter = kMillisecond;

/// The smallest ring that is still worth having (kernel.md, section 2: halve down to 8 pages).
constexpr std::size_t kFewestPages = 8;

/// Room is given back to the kernel this often within one drain, so that a full ring that is being
/// emptied does not go on losing records until its last one has been read.
constexpr std::uint64_t kReleaseBytes = 64 * 1024;

std::size_t pageBytes()
{
    static const std::size_t bytes = std::size_t(sysconf(_SC_PAGESIZE));
    return bytes;
}

std::string errnoName(int error)
{
    const char *name = strerrorname_np(error);
    return name ? std::string(name) : "error " + std::to_string(error);
}

int openEvent(perf_event_attr &attr, pid_t pid, int core)
{
    return int(syscall(SYS_perf_event_open, &attr, pid, core, -1, PERF_FLAG_FD_CLOEXEC));
}

perf_event_attr dummyEvent()
{
    perf_event_attr attr{};
    attr.size = sizeof attr;
    attr.type = PERF_TYPE_SOFTWARE;
    attr.config = PERF_COUNT_SW_DUMMY;
    attr.exclude_kernel = 1; // else paranoid 2 refuses it
    attr.exclude_hv = 1;
    return attr;
}

perf_event_attr switchEvent(bool wholeMachine, std::size_t ringBytes)
{
    perf_event_attr attr = dummyEvent();
    attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
    attr.sample_id_all = 1;
    attr.context_switch = 1;
    attr.comm = 1;
    attr.comm_exec = 1;
    attr.task = 1;
    attr.inherit = wholeMachine ? 0 : 1;
    attr.use_clockid = 1;
    attr.clockid = CLOCK_MONOTONIC;
    attr.watermark = 1;
    attr.wakeup_watermark = __u32(ringBytes / 4);
    attr.read_format = PERF_FORMAT_LOST;
    return attr;
}

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

} // namespace

/// One perf event and its ring. The kernel writes, the collector reads.
struct KernelObserver::CoreRing {
    CoreRing(CoreId onCore, TimestampNs since)
        : core(onCore)
        , decoder(onCore, since)
    {
    }
    CoreRing(const CoreRing &) = delete;
    CoreRing &operator=(const CoreRing &) = delete;
    ~CoreRing()
    {
        if (control)
            munmap(control, pageBytes() + dataBytes);
    }

    int open(pid_t pid, bool wholeMachine, std::size_t ringBytes);
    int map(std::size_t ringBytes);
    void drain(std::vector<SchedEvent> &out);
    std::size_t decodeSplit(std::uint64_t tail, std::uint64_t head, std::vector<SchedEvent> &out);
    [[nodiscard]] std::uint64_t countedLosses() const;

    CoreId core;
    UniqueFd fd;
    bool countsLosses = true;
    perf_event_mmap_page *control = nullptr;
    unsigned char *data = nullptr;
    std::size_t dataBytes = 0;
    PerfRecordDecoder decoder;
    std::uint64_t lost = 0;
};

/// \return 0 or the errno.
int KernelObserver::CoreRing::open(pid_t pid, bool wholeMachine, std::size_t ringBytes)
{
    perf_event_attr attr = switchEvent(wholeMachine, ringBytes);
    fd.reset(openEvent(attr, wholeMachine ? -1 : pid, core));
    if (!fd.isOpen() && errno == EINVAL) {
        attr.read_format = 0; // PERF_FORMAT_LOST came with Linux 6.0
        countsLosses = false;
        fd.reset(openEvent(attr, wholeMachine ? -1 : pid, core));
    }
    return fd.isOpen() ? 0 : errno;
}

/// \return 0 or the errno.
int KernelObserver::CoreRing::map(std::size_t ringBytes)
{
    void *memory =
        mmap(nullptr, pageBytes() + ringBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED)
        return errno;
    control = static_cast<perf_event_mmap_page *>(memory);
    data = static_cast<unsigned char *>(memory) + pageBytes();
    dataBytes = ringBytes;
    return 0;
}

void KernelObserver::CoreRing::drain(std::vector<SchedEvent> &out)
{
    // acquire: pairs with the kernel's barrier between writing records and publishing data_head
    const std::uint64_t head =
        std::atomic_ref<__u64>(control->data_head).load(std::memory_order_acquire);
    // release: no read of a record may move below the store that lets the kernel overwrite it
    std::atomic_ref<__u64> publishedTail(control->data_tail);
    std::uint64_t tail = publishedTail.load(std::memory_order_relaxed);
    const bool wasFilling = head - tail > dataBytes / 2;
    while (tail != head) {
        const std::uint64_t offset = tail & (dataBytes - 1);
        const std::uint64_t chunk = std::min({head - tail, dataBytes - offset, kReleaseBytes});
        const std::size_t understood = decoder.decode(data + offset, chunk, out);
        tail += understood;
        if (understood < chunk) {
            const std::size_t split = decodeSplit(tail, head, out);
            // Nothing after a record of impossible size can be told apart, so it is all dropped.
            tail = split > 0 ? tail + split : head;
        }
        publishedTail.store(tail, std::memory_order_release);
    }
    lost = std::max(lost, decoder.lostRecords());
    // A loss is recorded in the ring only with the next record that is accepted, which may never
    // come; the counter tells it at once. Asked only when there can be a loss: it is a system call.
    if (wasFilling && countsLosses)
        lost = std::max(lost, countedLosses());
}

/// Decodes the one record at `tail` that goes on at the start of the ring or past the chunk's end.
/// \return its size, 0 when it makes no sense.
std::size_t KernelObserver::CoreRing::decodeSplit(std::uint64_t tail, std::uint64_t head,
                                                  std::vector<SchedEvent> &out)
{
    const std::size_t offset = tail & (dataBytes - 1);
    perf_event_header header; // never split itself: records begin at multiples of 8 bytes
    if (head - tail < sizeof header || dataBytes - offset < sizeof header)
        return 0;
    std::memcpy(&header, data + offset, sizeof header);
    if (header.size < sizeof header || header.size > head - tail)
        return 0;
    std::vector<unsigned char> record(header.size);
    const std::size_t first = std::min<std::size_t>(header.size, dataBytes - offset);
    std::memcpy(record.data(), data + offset, first);
    std::memcpy(record.data() + first, data, header.size - first);
    return decoder.decode(record.data(), record.size(), out);
}

std::uint64_t KernelObserver::CoreRing::countedLosses() const
{
    std::array<std::uint64_t, 2> values{}; // {value, lost}
    if (::read(fd.get(), values.data(), sizeof values) != ssize_t(sizeof values))
        return 0;
    return values[1];
}

KernelObserver::KernelObserver() = default;
KernelObserver::~KernelObserver() = default;

Result<std::unique_ptr<KernelObserver>> KernelObserver::open(pid_t pid,
                                                             const KernelObserverOptions &options)
{
    std::unique_ptr<KernelObserver> observer(new KernelObserver);
    observer->m_wholeMachine = options.wholeMachine;
    observer->m_pagesAsked = std::bit_floor(std::max<std::size_t>(options.ringPages, 1));
    std::vector<CoreId> cores = options.cores.empty() ? onlineCores() : options.cores;
    std::sort(cores.begin(), cores.end());
    cores.erase(std::unique(cores.begin(), cores.end()), cores.end());

    for (observer->m_pages = observer->m_pagesAsked;; observer->m_pages /= 2) {
        bool isOutOfBudget = false;
        const Result<void> opened = observer->openRings(pid, cores, isOutOfBudget);
        if (opened)
            return Result<std::unique_ptr<KernelObserver>>(std::move(observer));
        if (!isOutOfBudget || observer->m_pages <= kFewestPages)
            return opened.error();
    }
}

/// Opens and maps all of them with m_pages each. Events are opened again for every size, because
/// the watermark belongs to the event.
Result<void> KernelObserver::openRings(pid_t pid, const std::vector<CoreId> &cores,
                                       bool &isOutOfBudget)
{
    m_rings.clear();
    m_cores.clear();
    const std::size_t ringBytes = m_pages * pageBytes();
    for (const CoreId core : cores) {
        auto ring = std::make_unique<CoreRing>(core, monotonicNow());
        const int refusal = ring->open(pid, m_wholeMachine, ringBytes);
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
    std::uint64_t lost = 0;
    for (const auto &ring : m_rings) {
        ring->drain(out);
        lost += ring->lost;
    }
    m_lost = lost;
    m_safeUntil = before - kVisibleAfter;
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
    if (m_pages >= m_pagesAsked)
        return {};
    return "rings of " + std::to_string(m_pages) + " pages a core instead of "
        + std::to_string(m_pagesAsked)
        + ": this user's memory for perf is used up, so bursts of switches may be lost;"
          " end other recordings or raise kernel.perf_event_mlock_kb";
}

std::size_t KernelObserver::ringPages() const
{
    return m_pages;
}

UniqueFd openKeeperEvent()
{
    // Belonging to a task makes the kernel patch its scheduler's static keys; it need not count.
    perf_event_attr attr = dummyEvent();
    attr.disabled = 1;
    return UniqueFd(openEvent(attr, 0, -1));
}

} // namespace Interleave
