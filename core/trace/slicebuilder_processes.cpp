// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/slicebuilder_p.h"

#include <algorithm>

namespace Interleave
{

/// A new process begins with the number `pid`. If another one had it, its end was not seen.
void SliceBuilder::Private::beginProcess(pid_t pid, const ThreadLife *creator, TimestampNs now,
                                         bool isOfRun)
{
    const ProcessIndex before = newestProcess(pid);
    if (before != kNoProcess) {
        while (m_processes[before].firstThread != kNoThread)
            closeThread(m_threads.writable(m_processes[before].firstThread), now);
        endProcess(before, now);
    }
    const ProcessIndex parent = creator ? creator->process : kNoProcess;
    const ProcessIndex index = m_trace.addProcess(pid, parent, now, isOfRun);
    m_processes.resize(std::size_t(index) + 1);
    m_newestProcess[pid] = index;
}

void SliceBuilder::Private::joinProcess(ThreadLife &thread, TimestampNs now)
{
    ProcessIndex index = newestProcess(thread.pid);
    const bool isGone = index != kNoProcess && m_processes[index].threads == 0
        && m_trace.process(index).ended.load(std::memory_order_relaxed) != 0;
    if (index == kNoProcess || isGone) {
        beginProcess(thread.pid, nullptr, now, thread.isOfRun);
        index = newestProcess(thread.pid);
    }
    ProcessLife &process = m_processes[index];
    ++process.threads;
    thread.process = index;
    thread.nextInProcess = process.firstThread;
    if (process.firstThread != kNoThread)
        m_threads.writable(process.firstThread).previousInProcess = thread.index;
    process.firstThread = thread.index;
    m_trace.writableThread(thread.index).process.store(index);
    ProcessInfo &info = m_trace.writableProcess(index);
    info.ended.store(0);
    if (thread.tid == thread.pid || info.mainThread.load() == kNoThread)
        info.mainThread.store(thread.index);
}

void SliceBuilder::Private::leaveProcess(ThreadLife &thread, TimestampNs now)
{
    ProcessLife &process = m_processes[thread.process];
    if (thread.nextInProcess != kNoThread)
        m_threads.writable(thread.nextInProcess).previousInProcess = thread.previousInProcess;
    if (thread.previousInProcess != kNoThread)
        m_threads.writable(thread.previousInProcess).nextInProcess = thread.nextInProcess;
    else
        process.firstThread = thread.nextInProcess;
    if (--process.threads == 0)
        endProcess(thread.process, now);
}

void SliceBuilder::Private::endProcess(ProcessIndex index, TimestampNs now)
{
    ProcessInfo &info = m_trace.writableProcess(index);
    if (info.ended.load(std::memory_order_relaxed) != 0)
        return;
    info.ended.store(now);
    endTasksOf(index, now);
}

ProcessIndex SliceBuilder::Private::newestProcess(pid_t pid) const
{
    const auto found = m_newestProcess.find(pid);
    return found == m_newestProcess.end() ? kNoProcess : found->second;
}

/// A thread that was there before the recording began.
void SliceBuilder::Private::found(const SchedEvent &event, TimestampNs now)
{
    if (event.tid == 0)
        return;
    ThreadLife *thread = aliveThread(event.tid);
    if (!thread)
        thread = &addThread(event.pid, event.tid, now, true);
    thread->isForked = true;
    joinRun(*thread, now);
    const TimestampNs created = event.lostSince != 0 ? event.lostSince : now;
    noteFoundProcess(*thread, event, created);
    ThreadInfo &info = m_trace.writableThread(thread->index);
    info.wasThere.store(true);
    info.created.store(created);
    if (event.name[0] != 0)
        setName(*thread, event.name.data(), event.name.size());
    giveTask(*thread, now);
    if (isKernel() && event.waiting && !thread->isSeen) {
        setState(*thread, SliceState::Blocked, WaitReason::None, now);
        thread->isDerived = true;
    }
}

void SliceBuilder::Private::noteParentProcess(ProcessIndex child, ProcessIndex parent)
{
    for (ProcessIndex i = parent; i != kNoProcess; i = m_trace.process(i).parent.load()) {
        if (i == child)
            return; // a number that came back would close a circle
    }
    if (parent == kNoProcess)
        return;
    ProcessInfo &info = m_trace.writableProcess(child);
    if (info.parent.load(std::memory_order_relaxed) == kNoProcess)
        info.parent.store(parent);
}

/// Who has made a thread is not known, only the parent of its process: its main thread is taken for it.
void SliceBuilder::Private::noteFoundProcess(const ThreadLife &thread, const SchedEvent &event,
                                             TimestampNs created)
{
    ProcessInfo &info = m_trace.writableProcess(thread.process);
    const bool isFirst = !info.wasThere.exchange(true);
    info.created.store(isFirst ? created : std::min(info.created.load(), created));
    noteParentProcess(thread.process, newestProcess(event.parentPid));
    const ProcessIndex creator = thread.tid == thread.pid ? info.parent.load() : thread.process;
    if (creator == kNoProcess)
        return;
    const ThreadIndex main = m_trace.process(creator).mainThread.load();
    ThreadInfo &threadInfo = m_trace.writableThread(thread.index);
    if (main != thread.index && threadInfo.parent.load() == kNoThread)
        threadInfo.parent.store(main);
}

void SliceBuilder::Private::joinRun(ThreadLife &thread, TimestampNs now)
{
    if (thread.isOfRun)
        return;
    closePiece(thread, now); // until here it was another program's
    thread.isOfRun = true;
    m_trace.writableThread(thread.index).ofRun.store(true);
    m_trace.writableProcess(thread.process).ofRun.store(true);
}

/// What was known of the program that a process has run until now is not true of the next one.
void SliceBuilder::Private::forgetProgram(const ThreadLife &thread)
{
    m_trace.writableThread(thread.index).isNamedByProgram.store(false);
    ProcessInfo &info = m_trace.writableProcess(thread.process);
    info.name.store(0);
    info.commandLine.store(0);
    info.interpreter.store(Interpreter::None);
    info.switchInterval.store(0);
    info.hasHelper.store(false);
    info.isHousekeeping.store(false);
}

/// The task that stands for the thread begins, if it has not yet.
void SliceBuilder::Private::giveTask(ThreadLife &thread, TimestampNs now)
{
    if (!m_takeTaskId || !thread.isOfRun || !thread.isAlive || thread.ownTask != kNoTask)
        return;
    const TaskId id = m_takeTaskId();
    if (id == kNoTask || !m_trace.writableTask(id))
        return; // there are more than are kept
    const ThreadIndex creator = m_trace.thread(thread.index).parent.load();
    const TaskId parent = creator == kNoThread ? kNoTask : m_trace.thread(creator).task.load();
    const TaskKind kind = thread.tid == thread.pid ? TaskKind::Process : TaskKind::Thread;
    m_trace.defineThreadTask(id, kind, parent, thread.index);
    thread.ownTask = id;
    begin(thread, id, now);
}

/// Of a task on no thread (a request of a person's program), the first suspension is the begin, whether
/// or not it has waited in a queue before (as the jobs of a pool of processes have).
void SliceBuilder::Private::noteBegunNowhere(TaskId id, TimestampNs now)
{
    TaskInfo *info = m_trace.writableTask(id);
    if (!m_takeTaskId || info->begun.load(std::memory_order_relaxed) != 0)
        return;
    info->begun.store(now, std::memory_order_relaxed);
    info->outcome.store(TaskOutcome::Running, std::memory_order_relaxed);
}

/// Tasks of a process end with it. Its numbers lie close together: so two of them are enough.
void SliceBuilder::Private::noteTaskOf(const ThreadLife &thread, TaskId task)
{
    if (!m_takeTaskId || task == kNoTask)
        return;
    taskLife(task).process = thread.process;
    ProcessLife &process = m_processes[thread.process];
    if (process.firstTask == kNoTask || task < process.firstTask)
        process.firstTask = task;
    process.lastTask = std::max(process.lastTask, task);
}

void SliceBuilder::Private::endTasksOf(ProcessIndex index, TimestampNs now)
{
    const ProcessLife process = m_processes[index];
    if (process.firstTask == kNoTask)
        return;
    for (TaskId id = process.firstTask; id <= process.lastTask; ++id) {
        TaskLife &life = taskLife(id);
        if (life.process != index || life.phase == TaskPhase::None || life.phase == TaskPhase::Done)
            continue;
        const bool hasBegun = m_trace.task(id).begun.load(std::memory_order_relaxed) != 0;
        end(id, hasBegun ? TaskOutcome::Crashed : TaskOutcome::NeverStarted, now);
    }
}

} // namespace Interleave
