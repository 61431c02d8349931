// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/core/proof/sharedobjects.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace Interleave::Support
{

/// A line that a task printed, with the time that its record bears.
struct Printed {
    TimestampNs time = 0; ///< CLOCK_MONOTONIC
    TaskId task = kNoTask;
    std::string text;
};

/// In the order of their times.
inline std::vector<Printed> printedLines(const RunReport &report)
{
    std::vector<Printed> lines;
    const auto &marks = report.trace->marks();
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const std::string *text = report.trace->markText(marks[i].number);
        if (marks[i].kind == MarkKind::Printed && text)
            lines.push_back({marks[i].time, marks[i].task, *text});
    }
    return lines;
}

inline TaskStatistics mainTask(const RunReport &report)
{
    for (const TaskStatistics &task : report.statistics.tasks) {
        if (task.kind == TaskKind::Main)
            return task;
    }
    return {};
}

/// What main printed, in its order.
inline std::vector<Printed> printedByMain(const RunReport &report)
{
    std::vector<Printed> lines = printedLines(report);
    const TaskId main = mainTask(report).id;
    std::erase_if(lines, [main](const Printed &line) { return line.task != main; });
    return lines;
}

/// When a task ended, in ns of CLOCK_MONOTONIC.
inline TimestampNs endOf(const RunReport &report, const TaskStatistics &task)
{
    return task.end + report.trace->origin();
}

/// The longest that a task kept its thread without giving it up: neither queued nor suspended.
inline DurationNs longestTurn(const RunReport &report, const TaskStatistics &task)
{
    DurationNs longest = 0;
    TimestampNs begin = 0, end = 0;
    for (const Slice &slice : slicesOf(report, report.trace->task(task.id).track.load())) {
        if (slice.state == SliceState::Suspended || slice.state == SliceState::Queued)
            continue;
        if (slice.begin != end)
            begin = slice.begin;
        end = slice.end;
        longest = std::max(longest, end - begin);
    }
    return longest;
}

} // namespace Interleave::Support
