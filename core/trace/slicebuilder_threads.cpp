// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder_p.h"

#include <algorithm>
#include <cstring>

namespace Interleave
{

void SliceBuilder::Private::handle(const SchedEvent &event, TimestampNs now)
{
    switch (event.kind) {
    case SchedEventKind::SwitchIn:
        if (isKernel())
            switchIn(event, now);
        break;
    case SchedEventKind::SwitchOut:
        if (isKernel())
            switchOut(event, now);
        break;
    case SchedEventKind::Lost:
        if (isKernel())
            lost(event, now);
        break;
    case SchedEventKind::Sampled:
        if (!isKernel())
            sampled(event, now);
        break;
    case SchedEventKind::Woken:
    case SchedEventKind::WokenSum:
        if (isKernel())
            woken(event, now);
        break;
    case SchedEventKind::WaitSeen:
        waitSeen(event);
        break;
    case SchedEventKind::GlobalLockWait:
        if (isKernel())
            lockWait(event);
        break;
    case SchedEventKind::Found:
        found(event, now);
        break;
    case SchedEventKind::Fork:
        fork(event, now);
        break;
    case SchedEventKind::Exit:
        exit(event, now);
        break;
    case SchedEventKind::Name:
        if (event.tid != 0)
            setName(threadOf(event.pid, event.tid, now), event.name.data(), event.name.size());
        break;
    case SchedEventKind::Exec:
        exec(event, now);
        break;
    }
}

/// A thread whose end is known, but that the kernel has still to take apart: that may be interrupted, and
/// then the whole-machine tier tells of some more switches. Not the begin of another life of its number:
/// that would have been told. (What is told of it may be among lost records.)
bool SliceBuilder::Private::isDying(const SchedEvent &event)
{
    const ThreadLife *thread = newestLife(event.tid);
    return thread && !thread->isAlive && thread->pid == event.pid
        && m_trace.thread(thread->index).ended.load(std::memory_order_relaxed) > m_lastLost;
}

void SliceBuilder::Private::switchIn(const SchedEvent &event, TimestampNs now)
{
    CoreLife *core = coreOf(event.core);
    if (core)
        core->isSilentSinceLost = false;
    if (event.tid == 0 || isDying(event)) { // idle, or as good as that: an empty core
        if (core)
            evict(*core, now);
        return;
    }
    ThreadLife &thread = threadOf(event.pid, event.tid, now);
    if (thread.state == SliceState::Running && thread.core == event.core)
        return;
    if (core)
        evict(*core, now);
    if (thread.state == SliceState::Blocked && thread.task == kNoTask)
        thread.idleUntil = now;
    setState(thread, SliceState::Running, WaitReason::None, now);
    leaveCore(thread);
    if (thread.isSeen && thread.core != kNoCore && thread.core != event.core)
        countMigration(thread);
    thread.core = event.core;
    thread.switchedIn = now;
    thread.isSeen = true;
    if (core)
        core->occupant = thread.index;
}

void SliceBuilder::Private::switchOut(const SchedEvent &event, TimestampNs now)
{
    if (event.tid == 0 || isDying(event))
        return;
    ThreadLife &thread = threadOf(event.pid, event.tid, now);
    if (thread.state == SliceState::Running && thread.core != event.core
        && thread.switchedIn == now) {
        return; // of the stint before, on another core, with the same stamp as this one's begin
    }
    if (thread.state != SliceState::Running)
        learnRunning(thread, event.core, now);
    if (CoreLife *core = coreOf(event.core))
        core->isSilentSinceLost = false;
    setState(thread, event.preempted ? SliceState::Runnable : SliceState::Blocked,
             event.preempted ? WaitReason::None : thread.wait, now);
    thread.switchedOut = now;
    if (thread.lockWait.contains(now))
        labelLockWait(thread);
    leaveCore(thread);
    thread.core = event.core;
    thread.isSeen = true;
    countSwitch(thread, event.preempted);
}

/// The thread leaves `coreId` (or ends on it) without having been seen to come there. It ran there
/// since it is known, if this is the first record of it; or since the records were lost, if this is
/// the first record of the core after that. Else nothing is known.
void SliceBuilder::Private::learnRunning(ThreadLife &thread, CoreId coreId, TimestampNs now)
{
    const CoreLife *core = coreOf(coreId);
    if (core && core->occupant != kNoThread)
        return;
    const bool isFirstOfCore = core && core->isSilentSinceLost;
    if (thread.isSeen && !isFirstOfCore)
        return;
    TimestampNs begin = thread.since;
    if (core)
        begin = std::min(std::max(begin, endOf(core->track)), now);
    closePiece(thread, begin);
    thread.state = SliceState::Running;
    thread.reason = WaitReason::None;
    thread.isDerived = false;
    thread.core = coreId;
}

/// Another thread came onto the core and no record says how this one left it: nothing is known of
/// it until the next one. (At equal times its switch out follows at once and says it.)
void SliceBuilder::Private::evict(CoreLife &core, TimestampNs now)
{
    if (core.occupant == kNoThread)
        return;
    setState(m_threads.writable(core.occupant), SliceState::Lost, WaitReason::None, now);
    core.occupant = kNoThread;
}

void SliceBuilder::Private::leaveCore(ThreadLife &thread)
{
    CoreLife *core = coreOf(thread.core);
    if (core && core->occupant == thread.index)
        core->occupant = kNoThread;
}

void SliceBuilder::Private::fork(const SchedEvent &event, TimestampNs now)
{
    ThreadLife *parent = aliveThread(event.parentTid);
    if (!parent)
        parent = aliveThread(event.parentPid);
    const bool isOfRun = m_source != Source::KernelWide || (parent && parent->isOfRun);
    ThreadLife *thread = aliveThread(event.tid);
    // The sampler tells of a thread long after it began; the kernel tells at once, so that a thread
    // whose creation is known already has ended unseen and its number is in use again.
    if (thread && thread->isForked && isKernel()) {
        closeThread(*thread, now);
        thread = nullptr;
    }
    if (!thread) {
        if (event.tid == event.pid && isKernel()) // else others of its threads may be known already
            beginProcess(event.pid, parent, now, isOfRun);
        thread = &addThread(event.pid, event.tid, now, isOfRun);
        if (parent) { // until it gets a name of its own
            const auto &from = m_trace.thread(parent->index).name;
            m_trace.writableThread(thread->index).name.store(from.load());
        }
        if (isKernel()) {
            thread->state = SliceState::Runnable; // a new thread waits for a core
            thread->isDerived = true;
            markDirty(*thread);
        }
    }
    thread->isForked = true;
    if (isOfRun)
        joinRun(*thread, now);
    ThreadInfo &info = m_trace.writableThread(thread->index);
    if (parent && parent != thread && info.parent.load() == kNoThread)
        info.parent.store(parent->index);
    if (parent) {
        noteParentProcess(thread->process, parent->process);
        giveTask(*parent, now);
    }
    giveTask(*thread, now);
}

void SliceBuilder::Private::exit(const SchedEvent &event, TimestampNs now)
{
    ThreadLife *thread = aliveThread(event.tid);
    if (!thread)
        return;
    if (isKernel() && thread->state != SliceState::Running)
        learnRunning(*thread, event.core, now);
    closeThread(*thread, now);
}

/// Only the thread that calls exec goes on, under the number of its process. Its own number, when
/// that was another one, gets no EXIT; the old leader's had one (kernel.md, section 1).
void SliceBuilder::Private::exec(const SchedEvent &event, TimestampNs now)
{
    bool isOfRun = m_source != Source::KernelWide;
    ThreadIndex parent = kNoThread;
    const ProcessIndex process = newestProcess(event.pid);
    if (process != kNoProcess)
        ++m_processes[process].threads; // so that it does not end in between
    ThreadIndex next = process == kNoProcess ? kNoThread : m_processes[process].firstThread;
    while (next != kNoThread) {
        ThreadLife &other = m_threads.writable(next);
        next = other.nextInProcess;
        if (other.tid == event.pid)
            continue;
        isOfRun = isOfRun || other.isOfRun;
        if (parent == kNoThread || other.state == SliceState::Running)
            parent = other.index;
        closeThread(other, now);
    }
    ThreadLife *thread = aliveThread(event.pid);
    if (!thread) {
        thread = &addThread(event.pid, event.pid, now, isOfRun);
        thread->isForked = true;
        if (parent != kNoThread)
            m_trace.writableThread(thread->index).parent.store(parent);
        if (isKernel() && event.core != kNoCore) {
            if (CoreLife *core = coreOf(event.core)) {
                evict(*core, now);
                core->isSilentSinceLost = false;
                core->occupant = thread->index;
            }
            thread->state = SliceState::Running; // it is what called exec
            thread->core = event.core;
            thread->switchedIn = now;
            thread->isSeen = true;
            markDirty(*thread);
        }
    }
    if (process != kNoProcess) {
        --m_processes[process].threads;
        endTasksOf(process, now); // its memory is gone, and they with it
    }
    forgetProgram(*thread);
    setName(*thread, event.name.data(), event.name.size());
    giveTask(*thread, now);
}

/// Forgets every thread last seen on the core: it may have run there, or left it, unseen. Except
/// those that the recorder knows to be in the middle of a wait.
void SliceBuilder::Private::lost(const SchedEvent &event, TimestampNs now)
{
    m_lastLost = std::max(m_lastLost, now);
    CoreLife *core = coreOf(event.core);
    if (!core)
        return;
    const TimestampNs begin = std::min(std::max(event.lostSince, endOf(core->track)), now);
    for (const auto &[tid, index] : m_newestLife) {
        ThreadLife &thread = m_threads.writable(index);
        const bool isWaiting =
            thread.state == SliceState::Blocked && thread.wait != WaitReason::None;
        if (thread.isAlive && thread.isSeen && thread.core == event.core && !isWaiting)
            setState(thread, SliceState::Lost, WaitReason::None, std::max(begin, thread.since));
    }
    core->occupant = kNoThread;
    core->isSilentSinceLost = true;
    Slice slice;
    slice.begin = begin;
    slice.end = now;
    slice.core = event.core;
    slice.state = SliceState::Lost;
    m_trace.append(core->track, slice);
}

void SliceBuilder::Private::closeThread(ThreadLife &thread, TimestampNs now)
{
    closePiece(thread, now);
    leaveCore(thread);
    if (m_source != Source::Events) {
        while (thread.task != kNoTask) {
            const bool isOwn = thread.task == thread.ownTask;
            end(thread.task, isOwn ? TaskOutcome::Finished : TaskOutcome::Crashed, now);
        }
    }
    thread.isAlive = false;
    leaveProcess(thread, now);
    m_trace.writableThread(thread.index).ended.store(now);
    markDirty(thread);
}

void SliceBuilder::Private::countSwitch(ThreadLife &thread, bool preempted)
{
    if (!thread.isOfRun)
        return;
    const auto count = [preempted](TrackTotals &totals) {
        addAsOnlyWriter(preempted ? totals.involuntary : totals.voluntary, std::uint64_t(1));
    };
    count(m_trace.writableTrack(trackOf(thread)).totals);
    if (thread.task != kNoTask)
        count(m_trace.writableTask(thread.task)->totals);
}

void SliceBuilder::Private::countMigration(ThreadLife &thread)
{
    if (!thread.isOfRun)
        return;
    addAsOnlyWriter(m_trace.writableTrack(trackOf(thread)).totals.migrations, std::uint64_t(1));
    if (thread.task != kNoTask)
        addAsOnlyWriter(m_trace.writableTask(thread.task)->totals.migrations, std::uint64_t(1));
}

void SliceBuilder::Private::setName(ThreadLife &thread, const char *name, std::size_t most)
{
    if (m_trace.thread(thread.index).isNamedByProgram.load())
        return;
    std::string text(name, strnlen(name, most));
    auto entry = m_names.find(text);
    if (entry == m_names.end()) {
        const std::uint32_t index = m_trace.addText(text);
        entry = m_names.emplace(std::move(text), index).first;
    }
    m_trace.writableThread(thread.index).name.store(entry->second);
}

ThreadLife *SliceBuilder::Private::newestLife(pid_t tid)
{
    if (tid == m_cachedTid)
        return m_cachedThread;
    const auto entry = m_newestLife.find(tid);
    if (entry == m_newestLife.end())
        return nullptr;
    m_cachedTid = tid;
    m_cachedThread = &m_threads.writable(entry->second);
    return m_cachedThread;
}

ThreadLife *SliceBuilder::Private::aliveThread(pid_t tid)
{
    ThreadLife *thread = newestLife(tid);
    return thread && thread->isAlive ? thread : nullptr;
}

ThreadLife &SliceBuilder::Private::threadOf(pid_t pid, pid_t tid, TimestampNs now)
{
    if (ThreadLife *thread = aliveThread(tid))
        return *thread;
    const ThreadLife *process = m_source == Source::KernelWide ? aliveThread(pid) : nullptr;
    ThreadLife &thread =
        addThread(pid, tid, now, m_source != Source::KernelWide || (process && process->isOfRun));
    giveTask(thread, now);
    return thread;
}

ThreadLife &SliceBuilder::Private::addThread(pid_t pid, pid_t tid, TimestampNs now, bool isOfRun)
{
    const ThreadIndex index = m_trace.addThread(pid, tid, now, isOfRun);
    while (m_threads.size() <= index) {
        m_threads.next();
        m_threads.publish();
    }
    ThreadLife &thread = m_threads.writable(index);
    thread.index = index;
    thread.pid = pid;
    thread.tid = tid;
    thread.since = now;
    thread.isOfRun = isOfRun;
    m_newestLife[tid] = index;
    m_cachedTid = tid;
    m_cachedThread = &thread;
    joinProcess(thread, now);
    return thread;
}

TrackIndex SliceBuilder::Private::trackOf(ThreadLife &thread)
{
    if (thread.track == kNoTrack)
        thread.track = m_trace.addThreadTrack(thread.index);
    return thread.track;
}

TimestampNs SliceBuilder::Private::endOf(TrackIndex track) const
{
    const auto &slices = m_trace.track(track).slices;
    const std::size_t size = slices.size();
    return size == 0 ? std::numeric_limits<TimestampNs>::min() : slices[size - 1].end;
}

} // namespace Interleave
