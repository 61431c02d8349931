// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/timeline/lanelayout.h"

#include "core/taskset/taskset.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(LaneLayout)
};

/// Groups of one run in the order in which they stand.
enum class Room {
    Cores,
    Carriers,
    Steps,
    Threads,
    Processes,
    Jobs,
    Coroutines,
    Main,
    Locks,
    Counters,
    Others
};
constexpr std::size_t kRooms = 11;
constexpr std::array<const char *, kRooms> kRoomKeys{
    "cores",      "carriers", "steps", "threads",  "processes", "jobs",
    "coroutines", "main",     "locks", "counters", "others"};

// Least and most heights in pixels at scale 1: the most as UI.md says; at the least a name is readable.
struct Heights {
    qreal runHeading;
    qreal groupHeading;
    qreal coreLeast;
    qreal taskLeast;
    qreal counterLeast;
};
constexpr Heights kOneRun{32, 22, 30, 20, 30};
constexpr Heights kSeveralRuns{28, 18, 22, 15, 24};
constexpr qreal kCoreMost = 64;
constexpr qreal kTaskMost = 40;
constexpr qreal kCounterMost = 64; // a curve needs height to be read

QString roomTitle(Room room, const QString &model)
{
    switch (room) {
    case Room::Cores:
        return Texts::tr("Cores");
    case Room::Carriers:
        if (model == QLatin1String("coroutines"))
            return Texts::tr("Event loop");
        return model == QLatin1String("pool") ? Texts::tr("Pool workers") : Texts::tr("Threads");
    case Room::Steps:
        return Texts::tr("One after another");
    case Room::Threads:
        return Texts::tr("Threads");
    case Room::Processes:
        return Texts::tr("Processes");
    case Room::Jobs:
        return Texts::tr("Jobs");
    case Room::Coroutines:
        return Texts::tr("Coroutines");
    case Room::Main:
        return Texts::tr("Main");
    case Room::Others:
        return Texts::tr("Other threads");
    case Room::Locks:
        return Texts::tr("Locks");
    case Room::Counters:
        return Texts::tr("Counters");
    }
    return {};
}

Room roomOfTask(const Trace &trace, TaskId task)
{
    const TaskRange *range = trace.rangeOf(task);
    switch (range ? range->kind : TaskKind::Thread) {
    case TaskKind::Main:
        return Room::Main;
    case TaskKind::Thread:
        return Room::Threads;
    case TaskKind::Job:
        return Room::Jobs;
    case TaskKind::Process:
        return Room::Processes;
    case TaskKind::Coroutine:
        return Room::Coroutines;
    case TaskKind::Step:
        return Room::Steps;
    case TaskKind::Request: // beside the coroutines that wait for them
        return Room::Coroutines;
    }
    return Room::Threads;
}

enum class Load { Nothing, NoTask, ItsTask, ManyTasks };

/// What a thread is there for, judged by its first and newest slices: reading all of them at every
/// frame would cost more than the picture.
Load loadOf(const TraceSnapshot &snapshot, TrackIndex index)
{
    constexpr std::size_t kLook = 64;
    const Track &track = snapshot.trace().track(index);
    const std::size_t count = snapshot.sliceCount(index);
    Load load = Load::Nothing;
    const auto look = [&](const Slice &slice) {
        if (load == Load::Nothing)
            load = Load::NoTask;
        if (slice.task == kNoTask)
            return false;
        const Room room = roomOfTask(snapshot.trace(), slice.task);
        const Trace &trace = snapshot.trace();
        const bool hasLane = slice.task < trace.taskEnd()
            && trace.task(slice.task).track.load(std::memory_order_relaxed) != kNoTrack;
        const bool isOneOfMany = room == Room::Jobs || room == Room::Coroutines || !hasLane;
        load = isOneOfMany ? Load::ManyTasks : Load::ItsTask;
        return load == Load::ManyTasks;
    };
    for (std::size_t i = 0; i < std::min(count, kLook); ++i) {
        if (look(track.slices[i]))
            return load;
    }
    for (std::size_t i = std::max(kLook, count > kLook ? count - kLook : 0); i < count; ++i) {
        if (look(track.slices[i]))
            return load;
    }
    if (const std::optional<Slice> open = snapshot.openSlice(index))
        look(*open);
    return load;
}

/// The group a track stands in; nothing for a track that another lane already shows.
std::optional<Room> roomOf(const TraceSnapshot &snapshot, TrackIndex index)
{
    const Track &track = snapshot.trace().track(index);
    switch (track.kind) {
    case TrackKind::Core:
        return Room::Cores;
    case TrackKind::Task:
        return roomOfTask(snapshot.trace(), track.task);
    case TrackKind::Lock:
        return Room::Locks;
    case TrackKind::Thread:
        break;
    }
    switch (loadOf(snapshot, index)) {
    case Load::ManyTasks:
        return Room::Carriers;
    case Load::NoTask:
        return Room::Others;
    case Load::ItsTask: // the task's own lane shows the same
    case Load::Nothing:
        break;
    }
    return std::nullopt;
}

/// Cores and tasks by their number, as they may be added in any order.
std::uint64_t sortKey(const Track &track)
{
    switch (track.kind) {
    case TrackKind::Core:
        return track.core;
    case TrackKind::Task:
        return track.task;
    case TrackKind::Thread:
        return track.thread;
    case TrackKind::Lock:
        return track.object;
    }
    return 0;
}

bool isCoreLane(const Lane &lane)
{
    return lane.group.endsWith(QLatin1String("/cores"));
}

qreal leastHeight(const Lane &lane, const Heights &heights)
{
    switch (lane.kind) {
    case Lane::Kind::RunHeading:
        return heights.runHeading;
    case Lane::Kind::GroupHeading:
        return heights.groupHeading;
    case Lane::Kind::Counter:
        return heights.counterLeast;
    case Lane::Kind::Output:
        return heights.taskLeast;
    case Lane::Kind::Track:
        break;
    }
    return isCoreLane(lane) ? heights.coreLeast : heights.taskLeast;
}

/// How much taller it may become.
qreal growthOf(const Lane &lane, const Heights &heights)
{
    if (lane.isHeading() || lane.kind == Lane::Kind::Output)
        return 0;
    const qreal most = lane.kind == Lane::Kind::Counter ? kCounterMost
        : isCoreLane(lane)                              ? kCoreMost
                                                        : kTaskMost;
    return most - leastHeight(lane, heights);
}

} // namespace

void LaneLayout::update(const std::vector<RunView> &runs, qreal availableHeight, qreal scale,
                        const QSet<QString> &collapsedGroups, const QString &filter)
{
    followRuns(runs);
    Inputs inputs;
    inputs.height = availableHeight;
    inputs.scale = scale;
    inputs.collapsed = collapsedGroups;
    inputs.filter = filter;
    if (isUpToDate(runs, std::move(inputs)))
        return;
    m_lanes.clear();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i].trace)
            appendRun(runs[i], int(i), collapsedGroups, filter);
    }
    if (m_lanes.size() <= kManyLanes)
        refreshTitles(0, m_lanes.size());
    spread(availableHeight, scale);
}

void LaneLayout::appendRun(const RunView &run, int index, const QSet<QString> &collapsed,
                           const QString &filter)
{
    if (!run.title.isEmpty()) {
        Lane heading;
        heading.kind = Lane::Kind::RunHeading;
        heading.run = index;
        heading.group = QString::number(index);
        heading.title = run.title;
        heading.subtitle = run.subtitle;
        heading.collapsed = collapsed.contains(heading.group);
        m_lanes.push_back(heading);
        if (heading.collapsed)
            return;
    }

    if (isProgramModel(run.model)) {
        appendProgram(run, index, collapsed, filter);
        return;
    }
    std::array<Group, kRooms> groups;
    const TraceSnapshot snapshot(*run.trace);
    const std::size_t tracks = run.trace->trackCount();
    for (std::size_t i = 0; i < tracks; ++i) {
        const auto track = TrackIndex(i);
        const std::optional<Room> room = roomOf(snapshot, track);
        if (!room)
            continue;
        // The cores stay: they are the ground on which the matches are seen.
        if (!filter.isEmpty() && *room != Room::Cores
            && !trackTitle(*run.trace, track).contains(filter, Qt::CaseInsensitive))
            continue;
        groups[std::size_t(*room)].tracks.push_back(track);
    }
    for (const ObjectId object : objects(index).counters()) {
        if (filter.isEmpty()
            || QString::fromStdString(run.trace->objectName(object))
                   .contains(filter, Qt::CaseInsensitive))
            groups[std::size_t(Room::Counters)].counters.push_back(object);
    }
    for (std::size_t i = 0; i < kRooms; ++i) {
        Group &group = groups[i];
        if (group.tracks.empty() && group.counters.empty())
            continue;
        std::stable_sort(group.tracks.begin(), group.tracks.end(), [&](TrackIndex a, TrackIndex b) {
            return sortKey(run.trace->track(a)) < sortKey(run.trace->track(b));
        });
        group.key = QLatin1String(kRoomKeys[i]);
        group.title = roomTitle(Room(i), run.model);
        appendGroup(*run.trace, group, index, collapsed);
    }
}

void LaneLayout::appendGroup(const Trace &trace, const Group &group, int run,
                             const QSet<QString> &collapsed)
{
    Lane heading;
    heading.kind = Lane::Kind::GroupHeading;
    heading.run = run;
    heading.group = QStringLiteral("%1/%2").arg(run).arg(group.key);
    heading.title = group.title;
    heading.subtitle = QString::number(group.tracks.size() + group.counters.size());
    heading.collapsed = collapsed.contains(heading.group);
    m_lanes.push_back(heading);
    if (heading.collapsed)
        return;
    for (const TrackIndex track : group.tracks) {
        Lane lane;
        lane.run = run;
        lane.track = track;
        lane.group = heading.group;
        lane.title = trackTitle(trace, track);
        m_lanes.push_back(std::move(lane));
    }
    for (const ObjectId object : group.counters) {
        Lane lane;
        lane.kind = Lane::Kind::Counter;
        lane.run = run;
        lane.object = object;
        lane.group = heading.group;
        lane.title = QString::fromStdString(trace.objectName(object));
        m_lanes.push_back(std::move(lane));
    }
}

void LaneLayout::spread(qreal availableHeight, qreal scale)
{
    const bool several =
        std::count_if(m_lanes.begin(), m_lanes.end(),
                      [](const Lane &lane) { return lane.kind == Lane::Kind::RunHeading; })
        > 1;
    const Heights &heights = several ? kSeveralRuns : kOneRun;
    qreal least = 0;
    qreal growth = 0;
    for (const Lane &lane : m_lanes) {
        least += leastHeight(lane, heights) * scale;
        growth += growthOf(lane, heights) * scale;
    }
    const qreal share =
        growth > 0 ? std::clamp<qreal>((availableHeight - least) / growth, 0, 1) : 0;
    qreal y = 0;
    for (Lane &lane : m_lanes) {
        // Whole pixels: a lane's edge that lies between two would be smeared over both.
        lane.height =
            std::floor((leastHeight(lane, heights) + growthOf(lane, heights) * share) * scale);
        lane.y = y;
        y += lane.height;
    }
    m_contentHeight = y;
}

QString LaneLayout::housekeepingGroup(int run)
{
    return QStringLiteral("%1/others").arg(run);
}

std::pair<std::size_t, std::size_t> LaneLayout::lanesIn(qreal top, qreal bottom) const
{
    const auto first = std::partition_point(m_lanes.begin(), m_lanes.end(), [&](const Lane &lane) {
        return lane.y + lane.height <= top;
    });
    const auto last = std::partition_point(first, m_lanes.end(),
                                           [&](const Lane &lane) { return lane.y < bottom; });
    return {std::size_t(first - m_lanes.begin()), std::size_t(last - m_lanes.begin())};
}

int LaneLayout::laneAt(qreal y) const
{
    if (y < 0 || y >= m_contentHeight)
        return -1;
    const auto after =
        std::upper_bound(m_lanes.begin(), m_lanes.end(), y,
                         [](qreal value, const Lane &lane) { return value < lane.y; });
    return int(after - m_lanes.begin()) - 1;
}

} // namespace Interleave
