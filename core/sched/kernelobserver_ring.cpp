// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/kernelobserver_p.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Room is given back to the kernel this often within one drain, so that a full ring that is being
/// emptied does not go on losing records until its last one has been read.
constexpr std::uint64_t kReleaseBytes = 64 * 1024;

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

/// The kernel refuses events of different clocks in one ring.
void setClock(perf_event_attr &attr)
{
    attr.use_clockid = 1;
    attr.clockid = CLOCK_MONOTONIC;
}

void setWatermark(perf_event_attr &attr, std::size_t ringBytes)
{
    attr.watermark = 1;
    attr.wakeup_watermark = __u32(ringBytes / 4);
}

perf_event_attr switchEvent(bool wholeMachine)
{
    perf_event_attr attr = dummyEvent();
    attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
    attr.sample_id_all = 1;
    attr.context_switch = 1;
    attr.comm = 1;
    attr.comm_exec = 1;
    attr.task = 1;
    attr.inherit = wholeMachine ? 0 : 1;
    attr.read_format = PERF_FORMAT_LOST;
    setClock(attr);
    return attr;
}

/// How many records the event could not write. Source: PERF_FORMAT_LOST in perf_event_open(2).
std::uint64_t lossesOf(const UniqueFd &event)
{
    std::array<std::uint64_t, 2> values{}; // {value, lost}
    if (::read(event.get(), values.data(), sizeof values) != ssize_t(sizeof values))
        return 0;
    return values[1];
}

} // namespace

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

KernelObserver::CoreRing::~CoreRing()
{
    if (control)
        munmap(control, pageBytes() + dataBytes);
}

int KernelObserver::CoreRing::open(pid_t pid, bool wholeMachine, std::size_t ringBytes)
{
    perf_event_attr attr = switchEvent(wholeMachine);
    setWatermark(attr, ringBytes);
    fd.reset(openEvent(attr, wholeMachine ? -1 : pid, core));
    if (!fd.isOpen() && errno == EINVAL) {
        attr.read_format = 0; // PERF_FORMAT_LOST came with Linux 6.0
        countsLosses = false;
        fd.reset(openEvent(attr, wholeMachine ? -1 : pid, core));
    }
    return fd.isOpen() ? 0 : errno;
}

int KernelObserver::CoreRing::openOwner(std::size_t ringBytes)
{
    perf_event_attr attr = dummyEvent();
    setClock(attr);
    setWatermark(attr, ringBytes);
    attr.disabled = 1;
    fd.reset(openEvent(attr, 0, core));
    isOwner = true;
    return fd.isOpen() ? 0 : errno;
}

int KernelObserver::CoreRing::addThread(pid_t tid)
{
    perf_event_attr attr = switchEvent(false);
    if (!countsLosses)
        attr.read_format = 0;
    UniqueFd event(openEvent(attr, tid, core));
    if (!event.isOpen() && errno == EINVAL && countsLosses) {
        countsLosses = false;
        attr.read_format = 0;
        event.reset(openEvent(attr, tid, core));
    }
    if (!event.isOpen() || ioctl(event.get(), PERF_EVENT_IOC_SET_OUTPUT, fd.get()) != 0)
        return errno;
    threads.push_back(std::move(event));
    return 0;
}

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
    const std::size_t before = out.size();
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
    if (isOwner)
        removeRepeats(out, before);
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

/// A thread that was made while its maker was being attached to may have inherited an event and got
/// another one, and then writes everything twice, 0.3 to 1.5 us apart (kernel.md, section 1). The kernel
/// serves one event after the other at the same switch, so that the two stand side by side; and without a
/// loss in between no thread comes to its core, or leaves it, twice in a row.
void KernelObserver::CoreRing::removeRepeats(std::vector<SchedEvent> &events, std::size_t first)
{
    const auto isRepeat = [this](const SchedEvent &event) {
        const bool isSame = event.kind == last.kind && event.kind != SchedEventKind::Lost
            && event.tid == last.tid && event.pid == last.pid && event.preempted == last.preempted
            && event.name == last.name;
        last = event;
        return isSame;
    };
    events.erase(std::remove_if(events.begin() + std::ptrdiff_t(first), events.end(), isRepeat),
                 events.end());
}

std::uint64_t KernelObserver::CoreRing::countedLosses() const
{
    if (!isOwner)
        return lossesOf(fd);
    std::uint64_t sum = 0;
    for (const UniqueFd &thread : threads)
        sum += lossesOf(thread);
    return sum;
}

UniqueFd openKeeperEvent()
{
    // Belonging to a task makes the kernel patch its scheduler's static keys; it need not count.
    perf_event_attr attr = dummyEvent();
    attr.disabled = 1;
    return UniqueFd(openEvent(attr, 0, -1));
}

} // namespace Interleave
