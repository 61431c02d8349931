// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/linebudget.h"
#include "core/run/runloop.h"
#include "core/run/standstillwatch.h"
#include "core/run/stopladder.h"

#include <QString>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace Interleave
{

/// What no mark, group or session may tell any more: the trace saw them being made. With those that
/// have ended: what is privileged ends for the trace before it does.
[[nodiscard]] std::vector<RunHost::KnownProcess> processesOf(const Trace &trace);

/// What a report says about what was asked for. Of a command `report.command` must be there.
void describeRequest(const RunRequest &request, RunReport &report);

/// Why a run was ended: sentences.
[[nodiscard]] QString timeIsUpText(DurationNs longest);
/// \param largest in bytes
[[nodiscard]] QString tooLargeText(std::size_t largest);

/// Adds a sentence to a message.
void addTo(QString &message, const QString &sentence);

/// A run from its start to its report. The collector's thread.
struct RunLoop::ActiveRun {
    ActiveRun(RunRequest asked, std::unique_ptr<RunHost> process)
        : request(std::move(asked))
        , host(std::move(process))
    {
    }

    /// Until then the engine gets ready, and there is no trace.
    [[nodiscard]] bool isReleased() const { return released != 0; }
    /// And not a command or an attached process.
    [[nodiscard]] bool isTaskSet() const { return !request.command && !request.attachTo; }
    /// 0: it may last for ever.
    [[nodiscard]] DurationNs longest() const
    {
        if (!isTaskSet())
            return request.longest;
        return request.longest > 0 ? std::min(request.longest, kLongestRun) : kLongestRun;
    }

    /// Keeps a line to be told. \return false when there is no room for more: it is only counted.
    bool addLine(TimestampNs time, TaskId task, const std::string &text,
                 PrintedLine::Stream stream = PrintedLine::Stream::Output)
    {
        if (!budget.take(text.size()))
            return false;
        fresh.push_back({time, task, QString::fromStdString(text), stream});
        return true;
    }
    /// A line of a command, for placeMarks().
    struct LineMark {
        TimestampNs time = 0;
        std::uint32_t number = 0;
    };
    void addMark(TimestampNs time, const std::string &text); // runloop_command.cpp

    RunRequest request;
    std::unique_ptr<RunHost> host;
    TimestampNs readyBy = 0; ///< a host that is not ready then is given up
    std::optional<RunHost::Exit> exit; ///< how the host ended, once it has
    TimestampNs exitedAt = 0;
    std::shared_ptr<Trace> trace;
    std::unique_ptr<Collector> collector;
    RunReport report;
    std::optional<Message> outcome;
    std::vector<CoreLoad> loadsBefore;
    LineBudget budget;
    std::uint64_t namesLeftOut = 0; ///< of tasks, in the trace
    std::uint64_t resultsLeftOut = 0; ///< beyond kMostResults
    std::vector<PrintedLine> fresh; ///< lines not yet told
    std::unordered_map<pid_t, std::size_t> living; ///< children: index into report.children
    TimestampNs released = 0;
    pid_t rootPid = 0; ///< of the host, also when that has ended
    TimestampNs orphansNext = 0; ///< when a command's are looked for next
    std::vector<pid_t> left; ///< of a command that has ended: what runs on
    QString hostRemark; ///< what a person should know of the host
    std::deque<LineMark> marks; ///< not yet in the trace
    std::uint32_t lastMark = 0; ///< the number of the newest
    TimestampNs memoryNext = 0; ///< when it is measured next
    std::uint64_t peakBytes = 0;
    std::size_t remarks = 0; ///< of the collector, told so far
    QString deadlockText; ///< of report.deadlock
    TimestampNs deadlockShownUntil = 0;
    std::optional<StandstillWatch> standstill; ///< of a command; it refers to `trace`
    StopLadder ladder;
    StopReason stopReason = StopReason::Asked; ///< once the ladder has been asked
    bool isTooLarge = false; ///< the trace
    bool lowered = false;
};

} // namespace Interleave
