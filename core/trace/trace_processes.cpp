// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/trace/trace.h"

#include <string_view>
#include <utility>

namespace Interleave
{

namespace
{

/// The kernel keeps 15 bytes of a program's name, which of our own is nothing that a person would know.
std::string readableName(const std::string &kernelName)
{
    constexpr std::pair<std::string_view, const char *> kOwn[] = {
        {"interleave-engi", "Interleave's engine"}, {"interleave-work", "Interleave's worker"},
        {"interleave-qt-w", "Interleave's worker"}, {"interleave-laun", "Interleave's launcher"},
        {"interleave-serv", "Interleave's server"},
    };
    for (const auto &[own, readable] : kOwn) {
        if (kernelName == own)
            return readable;
    }
    return kernelName;
}

} // namespace

std::string Trace::threadName(ThreadIndex index) const
{
    if (index >= m_threads.size())
        return {};
    const ThreadInfo &info = m_threads[index];
    const std::string &name = m_texts[info.name.load(std::memory_order_acquire)];
    return name.empty() ? "thread " + std::to_string(info.tid.load(std::memory_order_relaxed))
                        : readableName(name);
}

std::string Trace::processName(ProcessIndex index) const
{
    if (index >= m_processes.size())
        return {};
    const ProcessInfo &info = m_processes[index];
    for (const std::atomic<std::uint32_t> *name : {&info.name, &info.commandLine}) {
        const std::string &text = m_texts[name->load(std::memory_order_acquire)];
        if (!text.empty())
            return text;
    }
    const ThreadIndex main = info.mainThread.load(std::memory_order_acquire);
    if (main < m_threads.size()) {
        const std::string &text = m_texts[m_threads[main].name.load(std::memory_order_acquire)];
        if (!text.empty())
            return readableName(text);
    }
    return "process " + std::to_string(info.pid.load(std::memory_order_relaxed));
}

void Trace::defineThreadTask(TaskId id, TaskKind kind, TaskId parent, ThreadIndex thread)
{
    if (id == kNoTask || id >= kMostTasks)
        return;
    const auto number = std::uint32_t(m_ranges.size());
    m_ranges.append(id, std::uint32_t(1), kind, parent, std::uint32_t(0), true);
    TaskInfo &info = *writableTask(id);
    info.thread.store(thread, std::memory_order_relaxed);
    // release: pairs with the acquire in rangeOf()
    info.range.store(number + 1, std::memory_order_release);
    m_threads.writable(thread).task.store(id, std::memory_order_release);
}

ProcessIndex Trace::addProcess(pid_t pid, ProcessIndex parent, TimestampNs created, bool ofRun)
{
    const auto index = ProcessIndex(m_processes.size());
    ProcessInfo &info = m_processes.next();
    info.pid.store(pid, std::memory_order_relaxed);
    info.parent.store(parent, std::memory_order_relaxed);
    info.created.store(created, std::memory_order_relaxed);
    info.ofRun.store(ofRun, std::memory_order_relaxed);
    m_processes.publish();
    return index;
}

} // namespace Interleave
