// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/recorder.h"

#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Gives the ring back when its thread ends. Apart from the writer itself, which has to stay trivial:
/// a thread_local with a destructor would put an initialisation check into every record.
struct DetachAtThreadEnd {
    bool armed = false;
    ~DetachAtThreadEnd()
    {
        if (armed)
            Recorder::detachThread();
    }
};
thread_local DetachAtThreadEnd t_detach;

} // namespace

std::atomic<const SharedRings *> Recorder::s_rings{nullptr};
std::atomic<int> Recorder::s_detaching{0};
constinit thread_local Recorder::Writer Recorder::t_writer;

void Recorder::install(const SharedRings *rings)
{
    s_rings.store(rings, std::memory_order_release);
}

void Recorder::uninstall()
{
    detachThread();
    // QThread::wait() returns before the thread's thread_local objects are destroyed, so that a thread
    // that has "ended" may still be about to give its ring back. seq_cst: either it sees that the rings
    // are gone, or its entry is seen here.
    s_rings.store(nullptr, std::memory_order_seq_cst);
    while (s_detaching.load(std::memory_order_seq_cst) != 0)
        std::this_thread::yield();
}

bool Recorder::attachThread()
{
    Writer &w = t_writer;
    if (w.attached)
        return true;
    const SharedRings *rings = installed();
    if (!rings || w.refused)
        return false;
    const int index = rings->claim();
    if (index < 0) {
        w.refused = true;
        return false;
    }
    RingHeader &ring = rings->ring(std::uint32_t(index));
    ring.pid.store(getpid(), std::memory_order_relaxed);
    ring.tid.store(pid_t(syscall(SYS_gettid)), std::memory_order_relaxed);
    w.rings = rings;
    w.shared = &ring;
    w.events = rings->eventsOf(std::uint32_t(index));
    w.head = ring.head.load(std::memory_order_relaxed);
    w.cachedTail = ring.tail.load(std::memory_order_acquire);
    w.mask = rings->ringCapacity() - 1;
    w.source = rings->tickSource();
    ring.claim.store(w.head, std::memory_order_relaxed);
    // release: pairs with the acquire of the state in RingReader::drain()
    ring.state.store(RingState::Active, std::memory_order_release);
    w.attached = true;
    t_detach.armed = true;
    return true;
}

void Recorder::detachThread()
{
    Writer &w = t_writer;
    if (w.attached) {
        s_detaching.fetch_add(1, std::memory_order_seq_cst);
        if (s_rings.load(std::memory_order_seq_cst) == w.rings)
            w.shared->state.store(RingState::Closed, std::memory_order_release);
        s_detaching.fetch_sub(1, std::memory_order_seq_cst);
    }
    w = Writer{};
}

void Recorder::afterFork()
{
    t_writer = Writer{};
}

bool Recorder::makeRoom(Writer &writer)
{
    // acquire: pairs with the release of the tail in RingReader::drain()
    writer.cachedTail = writer.shared->tail.load(std::memory_order_acquire);
    if (writer.head - writer.cachedTail <= writer.mask)
        return true;
    // A plain add: this thread is the only writer of the counter.
    writer.shared->dropped.store(writer.shared->dropped.load(std::memory_order_relaxed) + 1,
                                 std::memory_order_relaxed);
    return false;
}

} // namespace Interleave
