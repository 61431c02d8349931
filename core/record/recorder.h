// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/event.h"
#include "core/record/sharedrings.h"
#include "core/record/tickclock.h"

#include <atomic>
#include <cstdint>

#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#define INTERLEAVE_HAS_RSEQ 1
#endif

namespace Interleave
{

/// Writes what tasks do into the calling thread's ring. The hot path: a clock read and a store.
///
/// A thread gets its ring at its first record and gives it back when it ends. While no rings are
/// installed, every call is one predictable branch (under 1 ns). A full ring drops the event and
/// counts it. Thread: any; install() and uninstall() while no other thread records.
class Recorder
{
public:
    /// From now on the threads of this process record into `rings`, which must outlive uninstall().
    static void install(const SharedRings *rings);
    static void uninstall();
    [[nodiscard]] static const SharedRings *installed()
    {
        return s_rings.load(std::memory_order_acquire);
    }

    /// Whether the calling thread records, or would from its next record on. One or two loads: for code
    /// that has several things to skip while recording is off.
    [[nodiscard]] static bool isOn()
    {
        return t_writer.attached || s_rings.load(std::memory_order_relaxed) != nullptr;
    }

    /// \param pool the object (EngineRun::defineObject) whose free worker it waits for; 0: none
    static void queued(TaskId task, TaskId submitter = kNoTask, std::uint32_t pool = 0)
    {
        record(EventKind::Queued, task, submitter, pool, 0);
    }
    static void begin(TaskId task) { record(EventKind::Begin, task, kNoTask, 0, 0); }
    static void end(TaskId task) { record(EventKind::End, task, kNoTask, 0, 0); }
    /// The task before is done and `task` begins, at the same moment.
    static void chain(TaskId task) { record(EventKind::Chain, task, kNoTask, 0, 0); }
    static void cancelled(TaskId task) { record(EventKind::Cancelled, task, kNoTask, 0, 0); }
    static void failed(TaskId task) { record(EventKind::Failed, task, kNoTask, 0, 0); }
    static void suspend(TaskId task, WaitReason why, std::uint32_t object = 0)
    {
        record(EventKind::Suspend, task, kNoTask, object, std::uint8_t(why));
    }
    static void resume(TaskId task, TaskId resumer = kNoTask)
    {
        record(EventKind::Resume, task, resumer, 0, 0);
    }
    static void wait(WaitReason why, std::uint32_t object = 0)
    {
        record(EventKind::Wait, kNoTask, kNoTask, object, std::uint8_t(why));
    }
    /// A wait that ends by itself after some time, whatever the others do.
    static void timedWait(WaitReason why, std::uint32_t object = 0)
    {
        record(EventKind::Wait, kNoTask, kNoTask, object, std::uint8_t(why) | kTimedWaitFlag);
    }
    /// A wait for the end of `awaited`.
    static void waitForTask(WaitReason why, TaskId awaited)
    {
        record(EventKind::Wait, kNoTask, awaited, 0, std::uint8_t(why));
    }
    static void timedSuspend(TaskId task, WaitReason why, std::uint32_t object = 0)
    {
        record(EventKind::Suspend, task, kNoTask, object, std::uint8_t(why) | kTimedWaitFlag);
    }
    static void acquire(TaskId task, std::uint32_t object, AccessMode mode = AccessMode::Exclusive)
    {
        record(EventKind::Acquire, task, kNoTask, object, std::uint8_t(mode));
    }
    /// Before the object can be had by others, so that its holders never overlap on record.
    static void release(TaskId task, std::uint32_t object, TaskId next = kNoTask)
    {
        record(EventKind::Release, task, next, object, 0);
    }
    static void counter(TaskId task, std::uint32_t object, std::uint32_t value)
    {
        record(EventKind::Counter, task, value, object, 0);
    }
    static void waitEnd() { record(EventKind::WaitEnd, kNoTask, kNoTask, 0, 0); }
    static void mark(MarkKind kind, TaskId task, std::uint32_t number)
    {
        record(EventKind::Mark, task, kNoTask, number, std::uint8_t(kind));
    }

    /// Takes a ring now instead of at the first record, so that the cost falls where the caller wants.
    /// \return false when nothing is installed or no ring is free.
    static bool attachThread();
    /// Gives the calling thread's ring back. Called by itself when the thread ends.
    static void detachThread();

    /// Forgets the writer inherited from the parent. To be called in a forked child that goes on
    /// recording: a ring has one writer.
    static void afterFork();

private:
    struct Writer {
        const SharedRings *rings = nullptr;
        RingHeader *shared = nullptr;
        Event *events = nullptr;
        std::uint64_t head = 0;
        std::uint64_t cachedTail = 0;
        std::uint64_t mask = 0;
        TickSource source = TickSource::Monotonic;
        bool attached = false;
        bool refused = false; ///< there was no ring for this thread; do not ask at every event
    };

    static void record(EventKind kind, TaskId task, TaskId cause, std::uint32_t argument,
                       std::uint8_t reason)
    {
        Writer &w = t_writer;
        if (!w.attached) [[unlikely]] {
            if (!s_rings.load(std::memory_order_relaxed) || !attachThread())
                return;
        }
        const std::uint64_t head = w.head;
        if (head - w.cachedTail > w.mask) [[unlikely]] {
            if (!makeRoom(w))
                return;
        }
        // Before the clock is read: the reader must know that a stamp may exist (RingReader).
        w.shared->claim.store(head + 1, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        Event &event = w.events[head & w.mask];
        event.ticks = readTicks(w.source);
        event.task = task;
        event.cause = cause;
        event.argument = argument;
        event.kind = kind;
        event.reason = reason;
        event.core = currentCore();
        w.head = head + 1;
        // release: pairs with the acquire in RingReader::drain()
        w.shared->head.store(head + 1, std::memory_order_release);
    }

    /// The processor this thread is on: one load of the area that glibc registers with rseq(2).
    static CoreId currentCore()
    {
#if defined(INTERLEAVE_HAS_RSEQ) && defined(__x86_64__)
        const auto *area = reinterpret_cast<const struct rseq *>(
            static_cast<const char *>(__builtin_thread_pointer()) + __rseq_offset);
        return CoreId(area->cpu_id);
#else
        return kNoCore;
#endif
    }

    static bool makeRoom(Writer &writer);

    static std::atomic<const SharedRings *> s_rings;
    static std::atomic<int>
        s_detaching; ///< threads inside detachThread(): uninstall() waits for them
    static constinit thread_local Writer t_writer;
};

} // namespace Interleave
