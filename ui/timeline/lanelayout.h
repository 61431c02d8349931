// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/trace/trace.h"
#include "ui/timeline/objecthistory.h"

#include <QRectF>
#include <QSet>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace Interleave
{

/// One run as the timeline shows it. Several stand above each other on one time axis, each from its
/// own zero.
struct RunView {
    std::shared_ptr<const Trace> trace;
    QString model; ///< word, decides the lane groups
    QString title; ///< "Threads"; empty when there is one run only
    QString subtitle; ///< "wall 121 ms"
    std::optional<DeadlockReport> deadlock = std::nullopt; ///< that it ended in
};

/// What stands in one row of the timeline.
struct Lane {
    enum class Kind { RunHeading, GroupHeading, Track, Counter };
    Kind kind = Kind::Track;
    int run = 0;
    TrackIndex track = kNoTrack;
    ObjectId object = kNoObject; ///< of a Counter
    QString group; ///< key of its group: "0/cores"
    QString title;
    QString subtitle;
    qreal y = 0; ///< from the top of the first lane, before scrolling
    qreal height = 0;
    bool collapsed = false; ///< of a group heading

    [[nodiscard]] bool isHeading() const
    {
        return kind == Kind::RunHeading || kind == Kind::GroupHeading;
    }
};

/// Which lanes there are, in which order and how tall. Pure: no widget, no painting.
///
/// Core lanes first, then the groups of the model (threads: "Threads"; pool: "Pool workers", "Jobs";
/// processes: "Processes"; coroutines: "Event loop", "Coroutines"), then locks and counters, then threads
/// that carry no task.
/// Lanes grow to fill `availableHeight`: cores up to 64 px, tasks up to 40 px (times scale).
class LaneLayout
{
public:
    void update(const std::vector<RunView> &runs, qreal availableHeight, qreal scale,
                const QSet<QString> &collapsedGroups, const QString &filter);
    /// Key of the group of threads that carry no task: the engine's own housekeeping, folded by default.
    [[nodiscard]] static QString housekeepingGroup(int run);
    [[nodiscard]] const std::vector<Lane> &lanes() const { return m_lanes; }
    [[nodiscard]] qreal contentHeight() const { return m_contentHeight; }
    /// Index of the lane at `y`, or -1. O(log lanes).
    [[nodiscard]] int laneAt(qreal y) const;
    /// Of one of the runs of the last update(), which also brought it up to date.
    [[nodiscard]] const ObjectHistory &objects(int run) const
    {
        return m_objects[std::size_t(run)];
    }
    [[nodiscard]] ObjectHistory &objects(int run) { return m_objects[std::size_t(run)]; }

private:
    struct Group;
    void appendRun(const RunView &run, int index, const QSet<QString> &collapsed,
                   const QString &filter);
    void appendGroup(const Group &group, int run, const QSet<QString> &collapsed);
    void followObjects(const std::vector<RunView> &runs);
    void spread(qreal availableHeight, qreal scale);

    std::vector<Lane> m_lanes;
    std::vector<ObjectHistory> m_objects; ///< by run
    qreal m_contentHeight = 0;
};

} // namespace Interleave
