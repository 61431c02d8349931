// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/slicescsvreader.h"

#include "core/format/csvline.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace Interleave
{

namespace
{

constexpr const char *kHeader =
    "track_kind,track,core,pid,tid,thread,task,state,reason,start_ns,duration_ns";
enum Column {
    TrackKindColumn,
    TrackColumn,
    CoreColumn,
    PidColumn,
    TidColumn,
    ThreadColumn,
    TaskColumn,
    StateColumn,
    ReasonColumn,
    StartColumn,
    DurationColumn,
    kColumns
};
using Row = std::array<QByteArray, kColumns>;

/// Puts the rows of one file into a trace.
class Importer
{
public:
    explicit Importer(QString path)
        : m_path(std::move(path))
        , m_trace(std::make_shared<Trace>())
    {
    }

    Result<void> add(const Row &row, int line)
    {
        Slice slice;
        if (auto read = readSlice(row, line, slice); !read)
            return read;
        const TrackIndex track = trackOf(row, slice);
        if (track == kNoTrack)
            return wrong(line, "track_kind core, thread, task or lock", row[TrackKindColumn]);
        auto &end = m_ends[track];
        if (slice.begin < end)
            return wrong(line, "rows of a track in order, without overlap", row[StartColumn]);
        end = slice.end;
        m_first = std::min(m_first, slice.begin);
        m_last = std::max(m_last, slice.end);
        if (m_last - m_first > kLongestTrace)
            return wrong(line, "a slice within a week of all others",
                         row[StartColumn] + " for " + row[DurationColumn]);
        m_slices.emplace_back(track, slice);
        return {};
    }

    std::shared_ptr<const Trace> finish()
    {
        if (m_slices.empty())
            m_first = 0;
        const DurationNs shift = m_first == 0 && !m_slices.empty() ? 1 : 0;
        tellNamesakesApart();
        m_trace->setOrigin(m_first + shift);
        m_trace->setSource(m_source);
        for (auto &[track, slice] : m_slices) {
            slice.begin += shift;
            slice.end += shift;
            m_trace->append(track, slice);
            noteTask(track, slice);
        }
        m_trace->publish(m_last + shift);
        m_trace->finish();
        return m_trace;
    }

private:
    Error wrong(int line, const char *expected, const QByteArray &got) const
    {
        return {ErrorCode::BadInput,
                m_path.toStdString() + ", line " + std::to_string(line) + ": " + expected
                    + " is expected, not '" + got.toStdString() + "'"};
    }

    Result<void> readSlice(const Row &row, int line, Slice &slice)
    {
        bool startOk = false, durationOk = false;
        slice.begin = row[StartColumn].toLongLong(&startOk);
        const DurationNs duration = row[DurationColumn].toLongLong(&durationOk);
        if (!startOk || !durationOk || slice.begin < 0 || duration < 0
            || duration > INT64_MAX - slice.begin)
            return wrong(line, "a start and a duration in ns", row[StartColumn]);
        slice.end = slice.begin + duration;
        int state = 0;
        while (state < kSliceStateCount && row[StateColumn] != sliceStateName(SliceState(state)))
            ++state;
        if (state == kSliceStateCount)
            return wrong(line, "a state", row[StateColumn]);
        slice.state = SliceState(state);
        readReason(row[ReasonColumn], slice);
        slice.core = row[CoreColumn].isEmpty() ? kNoCore : CoreId(row[CoreColumn].toUShort());
        slice.thread = threadOf(row);
        slice.task = taskOf(row[TaskColumn]);
        noteSource(slice.state);
        return {};
    }

    /// A word that is not known is no reason: a later version may have more of them.
    static void readReason(QByteArray word, Slice &slice)
    {
        for (const char *ending : {" (inferred)", " (sampled)"}) {
            if (slice.state == SliceState::Blocked && word.endsWith(ending)) {
                word.chop(qsizetype(std::strlen(ending)));
                slice.derived = true;
            }
        }
        slice.reason = WaitReason::None;
        for (int reason = 0; reason < kWaitReasonCount; ++reason) {
            if (word == waitReasonName(WaitReason(reason)))
                slice.reason = WaitReason(reason);
        }
        slice.derived = slice.derived && slice.reason != WaitReason::None;
    }

    void noteSource(SliceState state)
    {
        if (state == SliceState::Others)
            m_source = Source::KernelWide;
        else if (state == SliceState::Running && m_source != Source::KernelWide)
            m_source = Source::Kernel;
        else if (state == SliceState::Sampled)
            m_source = Source::Sampled;
    }

    ThreadIndex threadOf(const Row &row)
    {
        const pid_t tid = row[TidColumn].toInt();
        if (tid == 0)
            return kNoThread;
        const auto [entry, isNew] = m_threads.try_emplace({tid, row[ThreadColumn]}, kNoThread);
        if (isNew) {
            entry->second =
                m_trace->addThread(row[PidColumn].toInt(), tid, 0,
                                   row[StateColumn] != sliceStateName(SliceState::Others));
            m_trace->writableThread(entry->second)
                .name.store(m_trace->addText(row[ThreadColumn].toStdString()));
        }
        return entry->second;
    }

    /// The tasks of one name, in the order of their tracks.
    struct Namesakes {
        std::vector<TaskId> ids;
        std::size_t withTrack = 0; ///< so many of them have had rows of their own
    };

    TaskId addTask(const QByteArray &name, Namesakes &namesakes)
    {
        const TaskId id = ++m_lastTask;
        m_trace->defineTasks(id, 1, name == "main" ? TaskKind::Main : TaskKind::Thread, kNoTask,
                             name.toStdString());
        namesakes.ids.push_back(id);
        return id;
    }

    /// The first task of that name, until tellNamesakesApart().
    TaskId taskOf(const QByteArray &name)
    {
        if (name.isEmpty())
            return kNoTask;
        Namesakes &namesakes = m_tasks[name];
        return namesakes.ids.empty() ? addTask(name, namesakes) : namesakes.ids.front();
    }

    TrackIndex trackOf(const Row &row, Slice &slice)
    {
        const QByteArray &kind = row[TrackKindColumn];
        if (kind == "task")
            return taskTrackOf(row, slice);
        m_openTrack = kNoTrack;
        if (kind == "core") {
            const auto [entry, isNew] = m_cores.try_emplace(slice.core, kNoTrack);
            if (isNew)
                entry->second = m_trace->addCoreTrack(slice.core);
            return entry->second;
        }
        if (kind == "thread" && slice.thread != kNoThread) {
            const auto [entry, isNew] = m_threadTracks.try_emplace(slice.thread, kNoTrack);
            if (isNew)
                entry->second = m_trace->addThreadTrack(slice.thread);
            return entry->second;
        }
        return kind == "lock" ? lockTrackOf(row, slice) : kNoTrack;
    }

    /// Puts what the row says of holders and waiters into the slice. A time that goes back is of
    /// another object with the same name.
    TrackIndex lockTrackOf(const Row &row, Slice &slice)
    {
        const QByteArray &name = row[TrackColumn];
        if (slice.state != SliceState::Held || name.isEmpty())
            return kNoTrack;
        const QByteArray &reason = row[ReasonColumn];
        const unsigned waiters = reason.left(reason.indexOf(' ')).toUInt();
        slice.fraction = std::uint8_t(std::min(waiters, 255u));
        // Who holds it is told of one alone; without one and without waiters, it is several.
        slice.core = slice.task != kNoTask ? 1 : waiters == 0 ? 2 : 0;
        slice.thread = kNoThread;
        const auto [entry, isNew] = m_locks.try_emplace(name, kNoTrack);
        if (isNew || slice.begin < m_ends[entry->second]) {
            m_trace->defineObject(++m_lastObject, ObjectKind::Lock, 0, name.toStdString());
            const ObjectInfo *object = m_trace->findObject(m_lastObject);
            entry->second = object ? object->track : kNoTrack;
        }
        return entry->second;
    }

    TrackIndex taskTrackOf(const Row &row, Slice &slice)
    {
        const QByteArray &name = row[TrackColumn];
        const bool goesOn =
            m_openTrack != kNoTrack && name == m_openName && slice.begin >= m_ends[m_openTrack];
        if (!goesOn) {
            if (name.isEmpty())
                return kNoTrack;
            Namesakes &namesakes = m_tasks[name];
            const std::size_t number = namesakes.withTrack++;
            const TaskId id =
                number < namesakes.ids.size() ? namesakes.ids[number] : addTask(name, namesakes);
            const TaskInfo *task = m_trace->writableTask(id);
            m_openTrack = task ? task->track.load() : kNoTrack;
            m_openName = name;
        }
        if (m_openTrack != kNoTrack && row[TaskColumn] == name)
            slice.task = m_trace->track(m_openTrack).task;
        return m_openTrack;
    }

    /// A stretch of time that a task spent on a thread.
    struct Stay {
        TimestampNs begin = 0;
        TimestampNs end = 0;
        TaskId task = kNoTask;
    };
    /// By the first task of the name and the thread; on one thread they do not overlap.
    using Stays = std::map<std::pair<TaskId, ThreadIndex>, std::vector<Stay>>;

    void tellNamesakesApart()
    {
        std::map<TaskId, TaskId> first; // of its name; only where there are several
        for (const auto &[name, namesakes] : m_tasks) {
            for (const TaskId id : namesakes.ids) {
                if (namesakes.ids.size() > 1)
                    first[id] = namesakes.ids.front();
            }
        }
        if (first.empty())
            return;
        const Stays stays = staysOf(first);
        for (auto &[track, slice] : m_slices) {
            const auto found = stays.find({slice.task, slice.thread});
            if (found == stays.end() || m_trace->track(track).kind == TrackKind::Task)
                continue;
            const auto next = std::upper_bound(
                found->second.begin(), found->second.end(), slice.begin,
                [](TimestampNs time, const Stay &stay) { return time < stay.begin; });
            if (next != found->second.begin() && std::prev(next)->end > slice.begin)
                slice.task = std::prev(next)->task;
        }
    }

    Stays staysOf(const std::map<TaskId, TaskId> &first) const
    {
        Stays stays;
        for (const auto &[track, slice] : m_slices) {
            const TaskId task = m_trace->track(track).task;
            const auto found = first.find(task);
            const bool isOff =
                slice.state == SliceState::Suspended || slice.state == SliceState::Queued;
            if (m_trace->track(track).kind == TrackKind::Task && found != first.end() && !isOff)
                stays[{found->second, slice.thread}].push_back({slice.begin, slice.end, task});
        }
        for (auto &[key, list] : stays)
            std::sort(list.begin(), list.end(),
                      [](const Stay &a, const Stay &b) { return a.begin < b.begin; });
        return stays;
    }

    /// The sums of a task come from its own track; of one without, a thread of a recorded program, from
    /// the threads'.
    void noteTask(TrackIndex track, const Slice &slice)
    {
        const Track &of = m_trace->track(track);
        const bool standsForThread = of.kind == TrackKind::Thread && !hasRows(slice.task);
        if (of.kind != TrackKind::Task && !standsForThread)
            return;
        const TaskId id = standsForThread ? slice.task : of.task;
        TaskInfo *task = id != kNoTask ? m_trace->writableTask(id) : nullptr;
        if (!task)
            return;
        if (task->submitted.load() == 0 || slice.begin < task->submitted.load())
            task->submitted.store(slice.begin);
        if (slice.state != SliceState::Queued
            && (task->begun.load() == 0 || slice.begin < task->begun.load())) {
            task->begun.store(slice.begin);
            task->thread.store(slice.thread);
        }
        task->ended.store(std::max(task->ended.load(), slice.end));
        task->outcome.store(TaskOutcome::Finished);
        addToTotals(task->totals, slice);
    }

    /// Whether the task has a track, and that any rows.
    [[nodiscard]] bool hasRows(TaskId id) const
    {
        return id != kNoTask && id < m_trace->taskEnd()
            && m_ends.count(m_trace->task(id).track.load()) != 0;
    }

    QString m_path;
    std::shared_ptr<Trace> m_trace;
    Source m_source = Source::Events;
    std::map<std::pair<pid_t, QByteArray>, ThreadIndex> m_threads;
    std::map<QByteArray, Namesakes> m_tasks;
    TaskId m_lastTask = kNoTask;
    TrackIndex m_openTrack = kNoTrack; ///< of the row before, when that was of a task
    QByteArray m_openName;
    std::map<CoreId, TrackIndex> m_cores;
    std::map<ThreadIndex, TrackIndex> m_threadTracks;
    std::map<QByteArray, TrackIndex> m_locks; ///< the newest object of that name
    ObjectId m_lastObject = kNoObject;
    std::map<TrackIndex, TimestampNs> m_ends;
    std::vector<std::pair<TrackIndex, Slice>> m_slices;
    TimestampNs m_first = std::numeric_limits<TimestampNs>::max();
    TimestampNs m_last = 0;
};

} // namespace

Result<std::shared_ptr<const Trace>> readSlicesCsv(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::NotFound,
                     path.toStdString() + " cannot be read: " + file.errorString().toStdString()};
    }
    if (file.readLine(4096).trimmed() != kHeader) {
        return Error{ErrorCode::BadInput,
                     path.toStdString() + ", line 1: this is no file of slices; '" + kHeader
                         + "' is expected"};
    }
    Importer importer(path);
    Row row;
    for (int line = 2; !file.atEnd(); ++line) {
        QByteArray text = file.readLine(1 << 16);
        int further = 0; // a name may hold ends of lines: until its second quote the row goes on
        for (qsizetype quotes = text.count('"');
             quotes % 2 != 0 && text.size() < (1 << 16) && !file.atEnd(); ++further) {
            const QByteArray rest = file.readLine(1 << 16);
            quotes += rest.count('"');
            text += rest;
        }
        text = text.trimmed();
        if (text.isEmpty())
            continue;
        if (!splitCsvLine(text, row.data(), row.size()))
            return Error{ErrorCode::BadInput,
                         path.toStdString() + ", line " + std::to_string(line)
                             + ": 11 fields separated by commas are expected"};
        if (auto added = importer.add(row, line); !added)
            return added.error();
        line += further;
    }
    return importer.finish();
}

} // namespace Interleave
