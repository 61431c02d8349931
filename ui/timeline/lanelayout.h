// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/query/runreport.h"
#include "core/trace/trace.h"
#include "ui/timeline/objecthistory.h"
#include "ui/timeline/runprocesses.h"

#include <QRectF>
#include <QSet>
#include <QString>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
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
    /// Of a program, once it is over: the numbers of its processes.
    std::shared_ptr<const std::vector<ProcessReport>> processes = nullptr;
};

/// What stands in one row of the timeline.
struct Lane {
    enum class Kind {
        RunHeading,
        GroupHeading,
        Track,
        Counter,
        Output ///< a thin row: when a program printed its lines
    };
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
    int depth = 0; ///< how far its name is indented, in steps
    ProcessIndex process = kNoProcess; ///< of a heading: whose group it is

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
/// Of a program ("command", "attached"): the cores, then a group for each process as they were forked, with
/// its threads, and below each thread the finer tasks that run on it; processes that were gone at once stand
/// together where they are many, and like those of libraries they are folded at first. Such lanes are only
/// made anew when there is something new, and of very many a few times a second.
/// Lanes grow to fill `availableHeight`: cores up to 64 px, tasks up to 40 px (times scale).
class LaneLayout
{
public:
    void update(const std::vector<RunView> &runs, qreal availableHeight, qreal scale,
                const QSet<QString> &collapsedGroups, const QString &filter);
    /// Key of the group of threads that carry no task: the engine's own housekeeping, folded by default.
    [[nodiscard]] static QString housekeepingGroup(int run);
    /// Key of the group of short processes. It and the groups of libraries' processes are unfolded, and not
    /// folded, while they are among the collapsed groups of update().
    [[nodiscard]] static QString shortProcessesGroup(int run);
    [[nodiscard]] const std::vector<Lane> &lanes() const { return m_lanes; }
    [[nodiscard]] qreal contentHeight() const { return m_contentHeight; }
    /// Index of the lane at `y`, or -1. O(log lanes).
    [[nodiscard]] int laneAt(qreal y) const;
    /// First and past-the-end index of the lanes that are at least partly in [top, bottom). O(log lanes).
    [[nodiscard]] std::pair<std::size_t, std::size_t> lanesIn(qreal top, qreal bottom) const;
    /// Gives these lanes of programs the titles that they have now: a name may change, and of very many
    /// lanes only those that are seen have titles at all. Cost: O(last - first).
    void refreshTitles(std::size_t first, std::size_t last);
    /// In the order in which they were seen.
    [[nodiscard]] const std::vector<TrackIndex> &coreTracks(int run) const
    {
        return m_cores[std::size_t(run)].tracks;
    }
    [[nodiscard]] const RunProcesses &processes(int run) const
    {
        return m_processes[std::size_t(run)];
    }
    /// Of one of the runs of the last update(), which also brought it up to date.
    [[nodiscard]] const ObjectHistory &objects(int run) const
    {
        return m_objects[std::size_t(run)];
    }
    [[nodiscard]] ObjectHistory &objects(int run) { return m_objects[std::size_t(run)]; }

private:
    struct Group {
        QString key; ///< "cores"
        QString title;
        std::vector<TrackIndex> tracks;
        std::vector<ObjectId> counters;
    };
    /// The core tracks of a run, as far as its tracks have been looked at.
    struct Cores {
        std::vector<TrackIndex> tracks;
        std::size_t read = 0;
    };
    /// All that the lanes of programs depend on.
    struct Inputs {
        struct Run {
            const std::vector<ProcessReport> *processes = nullptr;
            QString title, subtitle;
            std::int64_t moment = 0; ///< of its horizon, in steps of kRefresh
            bool isFinished = false;
            bool operator==(const Run &) const = default;
        };
        std::vector<Run> runs;
        std::vector<std::size_t> counts; ///< of tracks, processes and counters
        qreal height = 0, scale = 0;
        QSet<QString> collapsed;
        QString filter;
    };
    /// How often, by the trace's time, lanes are made anew without anybody's doing: what has begun or ended
    /// may have another place.
    static constexpr DurationNs kRefresh = 250 * kMillisecond;
    /// More lanes than this are made anew only every kSlowRefresh, and not for every thread that begins.
    static constexpr std::size_t kManyLanes = 2'000;
    static constexpr DurationNs kSlowRefresh = kSecond;
    [[nodiscard]] bool isUpToDate(const std::vector<RunView> &runs, Inputs inputs);
    [[nodiscard]] static QString trackTitle(const Trace &trace, TrackIndex index);
    void appendRun(const RunView &run, int index, const QSet<QString> &collapsed,
                   const QString &filter);
    void appendGroup(const Trace &trace, const Group &group, int run,
                     const QSet<QString> &collapsed);
    void followRuns(const std::vector<RunView> &runs);
    void spread(qreal availableHeight, qreal scale);

    // Of a program (lanelayout_processes.cpp).
    void appendProgram(const RunView &run, int index, const QSet<QString> &collapsed,
                       const QString &filter);
    void appendCores(int index, const Trace &trace, const QSet<QString> &collapsed);
    void appendProcess(const RunView &run, int index, RunProcesses::Row row,
                       const QSet<QString> &collapsed, const QString &filter);
    void appendShortOnes(const RunView &run, int index, const QSet<QString> &collapsed,
                         const QString &filter);
    Lane &appendHeading(int index, const QString &group, const QString &title,
                        const QString &subtitle);
    void appendTrack(int index, TrackIndex track, const QString &group, const QString &title,
                     int depth);

    std::vector<Lane> m_lanes;
    std::vector<ObjectHistory> m_objects; ///< by run
    std::vector<RunProcesses> m_processes; ///< by run; of those that are no programs, empty
    std::vector<Cores> m_cores; ///< by run
    Inputs m_inputs; ///< of the lanes
    bool m_isStale = true; ///< the runs are others than those of the lanes
    qreal m_contentHeight = 0;
};

} // namespace Interleave
