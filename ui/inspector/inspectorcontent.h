// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/chart.h"
#include "core/query/pixelruns.h"
#include "core/query/runreport.h"
#include "core/taskset/taskset.h"
#include "ui/timeline/lanelayout.h"

#include <QString>

#include <optional>
#include <vector>

namespace Interleave
{

/// What the inspector says, apart from how it looks: a page of words and numbers. Value.
struct InspectorContent {
    struct Fact {
        QString key;
        QString value;
        bool isUnknown = false; ///< the source cannot tell: the value is a dash
        bool operator==(const Fact &) const = default;
    };
    /// A part of the stacked bar.
    struct Share {
        SliceState state = SliceState::Running;
        WaitReason reason = WaitReason::None;
        QString label;
        DurationNs time = 0;
        bool isUnknown = false; ///< the source cannot tell: no part of the bar
        bool operator==(const Share &) const = default;
    };
    struct Row {
        std::optional<TaskId> task; ///< its colour stands before the name
        QString name;
        QString value;
        QString detail; ///< muted line below; may be empty
        bool isUnknown = false; ///< as of a Fact
        bool operator==(const Row &) const = default;
    };

    /// One arrow and the next in the picture of who waits for whom.
    struct Wait {
        TaskId waiter = kNoTask;
        QString waiterName;
        QString objectName; ///< what it waits for; empty: for the holder's end
        TaskId holder = kNoTask;
        QString holderName; ///< the next one's waiter
        bool operator==(const Wait &) const = default;
    };

    /// A fact that only some sources know.
    [[nodiscard]] static Fact factIf(bool isKnown, const QString &key, const QString &value);

    QString title;
    std::optional<TaskId> task; ///< its colour stands beside the title and in the bar
    QString subtitle;
    std::vector<Fact> facts;
    QString whyTitle;
    QString why;
    bool isWhyFirst = false; ///< above the facts: it is what the run has to say
    QString waitsTitle;
    std::vector<Wait> waits; ///< a circle
    bool isWaitsChain = false; ///< no circle: the last one's holder has ended
    std::optional<Chart> chart; ///< of what the run has measured
    QString sharesTitle;
    std::vector<Share> shares;
    std::vector<Fact> sums;
    QString listTitle;
    std::vector<Row> list;
    QString question;
    QString answer; ///< shown only when asked for
    QString hint;

    bool operator==(const InspectorContent &) const = default;
};

/// Nothing has run to its end yet; `set` may be null.
[[nodiscard]] InspectorContent emptyContent(const TaskSet *set, bool isRunning = false);
/// One slice: what it was, why, and the sums of its task; of a lock, who has it and who waits.
/// \param deadlock that the run ended in. Cost: O(slices of the task).
[[nodiscard]] InspectorContent
sliceContent(const TraceSnapshot &snapshot, const SliceHit &hit,
             const std::optional<DeadlockReport> &deadlock = std::nullopt);
/// A span of time, relative to each run's zero: per core busy, per task running, ready, waiting.
/// Cost: O(slices in the span).
[[nodiscard]] InspectorContent spanContent(const std::vector<RunView> &runs, TimeSpan span);
/// A finished run; `set` gives the question and may be null.
[[nodiscard]] InspectorContent reportContent(const RunReport &report, const TaskSet *set);

} // namespace Interleave
