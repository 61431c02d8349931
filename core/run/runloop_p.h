// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/linebudget.h"
#include "core/run/runloop.h"
#include "core/run/stopladder.h"

#include <QString>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace Interleave
{

/// A run from its start to its report. The collector's thread.
struct RunLoop::ActiveRun {
    ActiveRun(RunRequest asked, EngineHostProcess process)
        : request(std::move(asked))
        , host(std::move(process))
    {
    }

    /// Until then the engine gets ready, and there is no trace.
    [[nodiscard]] bool isReleased() const { return released != 0; }

    /// Keeps a line to be told. \return false when there is no room for more: it is only counted.
    bool addLine(TimestampNs time, TaskId task, const std::string &text)
    {
        if (!budget.take(text.size()))
            return false;
        fresh.push_back({time, task, QString::fromStdString(text)});
        return true;
    }

    RunRequest request;
    EngineHostProcess host;
    TimestampNs readyBy = 0; ///< an engine that is not ready then is given up
    std::shared_ptr<Trace> trace;
    std::unique_ptr<Collector> collector;
    RunReport report;
    std::optional<Message> outcome;
    std::vector<CoreLoad> loadsBefore;
    LineBudget budget;
    std::vector<PrintedLine> fresh; ///< lines not yet told
    std::unordered_map<pid_t, std::size_t> living; ///< children: index into report.children
    TimestampNs released = 0;
    TimestampNs memoryNext = 0; ///< when it is measured next
    std::uint64_t peakBytes = 0;
    std::size_t remarks = 0; ///< of the collector, told so far
    QString deadlockText; ///< of report.deadlock
    TimestampNs deadlockShownUntil = 0;
    StopLadder ladder;
    bool timedOut = false;
    bool lowered = false;
};

} // namespace Interleave
