// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/slicescsvreader.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <map>
#include <string>
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

/// Splits one line; fields may be quoted with doubled quotes inside. \return false when malformed.
bool splitLine(const QByteArray &line, Row &out)
{
    std::size_t column = 0;
    QByteArray field;
    bool quoted = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted) {
            if (c == '"' && i + 1 < line.size() && line[i + 1] == '"')
                field += line[++i];
            else if (c == '"')
                quoted = false;
            else
                field += c;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            if (column + 1 >= kColumns)
                return false;
            out[column++] = std::exchange(field, {});
        } else {
            field += c;
        }
    }
    out[column] = field;
    return !quoted && column + 1 == kColumns;
}

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
            return wrong(line, "track_kind core, thread or task", row[TrackKindColumn]);
        auto &end = m_ends[track];
        if (slice.begin < end)
            return wrong(line, "rows of a track in order, without overlap", row[StartColumn]);
        end = slice.end;
        m_first = m_first == 0 ? slice.begin : std::min(m_first, slice.begin);
        m_last = std::max(m_last, slice.end);
        m_slices.emplace_back(track, slice);
        noteTask(row, slice);
        return {};
    }

    std::shared_ptr<const Trace> finish()
    {
        m_trace->setOrigin(m_first);
        m_trace->setSource(m_source);
        for (const auto &[track, slice] : m_slices)
            m_trace->append(track, slice);
        m_trace->publish(m_last);
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
        for (int reason = 0; reason < kWaitReasonCount; ++reason) {
            if (row[ReasonColumn] == waitReasonName(WaitReason(reason)))
                slice.reason = WaitReason(reason);
        }
        slice.core = row[CoreColumn].isEmpty() ? kNoCore : CoreId(row[CoreColumn].toUShort());
        slice.thread = threadOf(row);
        slice.task = taskOf(row[TaskColumn]);
        noteSource(slice.state);
        return {};
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

    TaskId taskOf(const QByteArray &name)
    {
        if (name.isEmpty())
            return kNoTask;
        const auto [entry, isNew] = m_tasks.try_emplace(name, TaskId(m_tasks.size() + 1));
        if (isNew)
            m_trace->defineTasks(entry->second, 1,
                                 name == "main" ? TaskKind::Main : TaskKind::Thread, kNoTask,
                                 name.toStdString());
        return entry->second;
    }

    TrackIndex trackOf(const Row &row, const Slice &slice)
    {
        const QByteArray &kind = row[TrackKindColumn];
        if (kind == "task") {
            const TaskInfo *task = m_trace->writableTask(taskOf(row[TrackColumn]));
            return task ? task->track.load() : kNoTrack;
        }
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
        return kNoTrack;
    }

    /// The sums of a task come from its own track.
    void noteTask(const Row &row, const Slice &slice)
    {
        if (row[TrackKindColumn] != "task")
            return;
        TaskInfo *task = m_trace->writableTask(taskOf(row[TrackColumn]));
        if (!task)
            return;
        if (task->submitted.load() == 0)
            task->submitted.store(slice.begin);
        if (slice.state != SliceState::Queued && task->begun.load() == 0) {
            task->begun.store(slice.begin);
            task->thread.store(slice.thread);
        }
        task->ended.store(slice.end);
        task->outcome.store(TaskOutcome::Finished);
        const DurationNs ns = slice.duration();
        auto &t = task->totals;
        switch (slice.state) {
        case SliceState::Running:
            t.running.fetch_add(ns);
            break;
        case SliceState::Runnable:
            t.runnable.fetch_add(ns);
            break;
        case SliceState::Blocked:
            t.blocked.fetch_add(ns);
            break;
        case SliceState::Suspended:
            t.suspended.fetch_add(ns);
            break;
        case SliceState::Queued:
            t.queued.fetch_add(ns);
            break;
        default:
            break;
        }
    }

    QString m_path;
    std::shared_ptr<Trace> m_trace;
    Source m_source = Source::Events;
    std::map<std::pair<pid_t, QByteArray>, ThreadIndex> m_threads;
    std::map<QByteArray, TaskId> m_tasks;
    std::map<CoreId, TrackIndex> m_cores;
    std::map<ThreadIndex, TrackIndex> m_threadTracks;
    std::map<TrackIndex, TimestampNs> m_ends;
    std::vector<std::pair<TrackIndex, Slice>> m_slices;
    TimestampNs m_first = 0;
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
        const QByteArray text = file.readLine(1 << 16).trimmed();
        if (text.isEmpty())
            continue;
        if (!splitLine(text, row))
            return Error{ErrorCode::BadInput,
                         path.toStdString() + ", line " + std::to_string(line)
                             + ": 11 fields separated by commas are expected"};
        if (auto added = importer.add(row, line); !added)
            return added.error();
    }
    return importer.finish();
}

} // namespace Interleave
