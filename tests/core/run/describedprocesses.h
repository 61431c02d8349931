// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/processdescriptions.h"

#include <QString>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Interleave::DescribedProcesses
{

using Program = ProcessDescriptions::Program;
constexpr pid_t kRoot = 10;

inline std::string words(std::string text)
{
    for (char &c : text)
        c = c == ' ' ? '\0' : c;
    return text + '\0';
}

/// A trace with processes, and what /proc would say of them.
struct Described {
    explicit Described(Source source = Source::Kernel)
        : descriptions(trace, lockWaits, source, [this](pid_t pid) -> std::optional<Program> {
            ++reads;
            const auto found = programs.find(pid);
            return found == programs.end() ? std::nullopt : std::optional<Program>(found->second);
        })
    {
        descriptions.addRoot(kRoot);
        trace.addProcess(kRoot, kNoProcess, 5, true);
        trace.publish(1'000'000);
    }
    ProcessIndex addProcess(pid_t pid) { return trace.addProcess(pid, 0, 5, true); }
    SchedEvent event(SchedEventKind kind, TimestampNs time, pid_t pid, pid_t tid) const
    {
        SchedEvent result;
        result.kind = kind;
        result.time = time;
        result.pid = pid;
        result.tid = tid;
        return result;
    }
    SchedEvent fork(TimestampNs time, pid_t pid, pid_t tid, pid_t parent) const
    {
        SchedEvent result = event(SchedEventKind::Fork, time, pid, tid);
        result.parentPid = parent;
        result.parentTid = parent;
        return result;
    }
    void add(const std::vector<SchedEvent> &events)
    {
        descriptions.addFound(events);
        descriptions.add(events);
        descriptions.settle(1'000'000);
    }
    void exec(TimestampNs time, pid_t pid) { add({event(SchedEventKind::Exec, time, pid, pid)}); }
    [[nodiscard]] QString name(ProcessIndex index) const
    {
        return QString::fromStdString(trace.processName(index));
    }

    Trace trace;
    GlobalLockWaits lockWaits;
    std::map<pid_t, Program> programs;
    int reads = 0;
    ProcessDescriptions descriptions;
};

} // namespace Interleave::DescribedProcesses
