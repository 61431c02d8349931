// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/record/helperboard.h"
#include "core/record/messages.h"
#include "core/record/sharedrings.h"
#include "core/run/tracefacts.h"
#include "core/trace/trace.h"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace Interleave
{

/// Makes what language helpers say part of a trace: gives their tasks and objects the trace's own
/// numbers, their processes and threads the names that the program uses.
///
/// A helper counts its tasks and objects from 1 in each process; the trace counts them all together. So
/// an event or a line is only understood together with the slot (and its life) that it came from.
/// Nothing of it is trusted: at most kMostTasks tasks and kMostObjects objects of a process, kMostTexts
/// bytes of names altogether; what is beyond is counted and left out.
///
/// Thread: the collector's.
class HelperRecords
{
public:
    static constexpr std::uint32_t kMostTasks = 1'000'000;
    static constexpr std::uint32_t kMostObjects = 1000;
    static constexpr std::size_t kMostTexts = 256u << 20;

    struct InterpreterFound {
        pid_t pid = 0;
        Interpreter interpreter = Interpreter::None;
        DurationNs switchInterval = 0;
    };

    HelperRecords(Trace &trace, HelperBoard &board, std::function<TaskId()> takeTaskId,
                  std::function<void(const InterpreterFound &)> interpreterFound);

    /// Reads what was said since the last time; names and definitions go into the trace, those of
    /// processes and threads when it has come to them.
    /// \param time for what has none of its own: now.
    void hear(TimestampNs time);
    /// Replaces the numbers in an event of ring `ring` (its slot's process must be `pid`). A task of 0
    /// stays: it is whatever the thread does.
    /// \return false: the event makes no sense and is to be left out (counted).
    bool translate(Event &event, std::uint32_t ring, pid_t pid);
    /// The process has ended and all of it has been read.
    void processEnded(pid_t pid);
    /// The trace is complete: names that have waited for their threads find them now, or never.
    void finish();
    /// Events and lines that were left out.
    [[nodiscard]] std::uint64_t refused() const { return m_refused; }
    /// Names of tasks beyond Trace::kMostNames: these tasks are there, but called by their numbers.
    [[nodiscard]] std::uint64_t taskNamesLeftOut() const { return m_taskNamesLeftOut; }
    /// Names and the like of processes and threads for which there was no room (TraceFacts).
    [[nodiscard]] std::uint64_t factsLeftOut() const { return m_facts.leftOut(); }

    static constexpr std::size_t kLongestName = 400; ///< bytes; the rest is cut off

private:
    /// The trace's numbers by those of the helper.
    struct Process {
        std::unordered_map<std::uint32_t, TaskId> tasks;
        std::unordered_map<std::uint32_t, ObjectId> objects;
        bool isToldOf = false; ///< that it has a helper
    };
    void learnOwners();
    bool handle(const HelperBoard::Line &line, TimestampNs now);
    bool define(Process &process, const Message &message, pid_t pid);
    bool defineObject(Process &process, const Message &message);
    bool nameProcess(const Message &message, pid_t pid, TimestampNs time);
    bool noteInterpreter(const Message &message, pid_t pid, TimestampNs time);
    bool nameThread(const Message &message, pid_t pid, TimestampNs time);
    bool translateTasks(Event &event, Process &process);
    bool translateArgument(Event &event, Process &process);
    [[nodiscard]] TaskId taskOf(Process &process, std::uint32_t number);
    [[nodiscard]] ObjectId objectOf(const Process &process, std::uint32_t number) const;
    [[nodiscard]] TaskId mainTaskOf(pid_t pid);
    /// The text as far as there is room for it, whole characters of UTF-8.
    [[nodiscard]] std::string takeText(const std::string &text);

    Trace &m_trace;
    HelperBoard &m_board;
    std::function<TaskId()> m_takeTaskId;
    std::function<void(const InterpreterFound &)> m_interpreterFound;
    TraceFacts m_facts;
    std::vector<pid_t> m_owners; ///< by slot; 0: nobody
    std::unordered_map<pid_t, Process> m_processes;
    std::vector<HelperBoard::Line> m_lines;
    ObjectId m_nextObject = 1;
    std::size_t m_textBytes = 0;
    std::uint64_t m_refused = 0;
    std::uint64_t m_taskNamesLeftOut = 0;
};

} // namespace Interleave
