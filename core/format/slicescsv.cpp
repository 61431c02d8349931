// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format/slicescsv.h"

#include <QFile>
#include <QFileInfo>
#include <QIODevice>
#include <QSaveFile>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

constexpr std::size_t kFlushBytes = 1 << 20; // large enough that the device's own cost vanishes
constexpr std::string_view kHeader =
    "track_kind,track,core,pid,tid,thread,task,state,reason,start_ns,duration_ns\n";

/// A CSV field (RFC 4180): quoted only where it must be.
std::string quotedField(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string field = "\"";
    for (const char c : text) {
        if (c == '"')
            field += '"';
        field += c;
    }
    return field + '"';
}

const char *trackKindName(TrackKind kind)
{
    switch (kind) {
    case TrackKind::Core:
        return "core";
    case TrackKind::Thread:
        return "thread";
    case TrackKind::Task:
        return "task";
    case TrackKind::Lock:
        return "lock";
    }
    return "task";
}

/// Puts rows together in a buffer and hands it to the device a megabyte at a time.
class CsvWriter
{
public:
    CsvWriter(const TraceSnapshot &snapshot, QIODevice &device)
        : m_snapshot(snapshot)
        , m_device(device)
    {
        m_buffer.reserve(kFlushBytes + 4096);
    }

    /// \return false when the device refused; see its errorString().
    bool writeAll()
    {
        m_buffer += kHeader;
        const std::size_t tracks = m_snapshot.trace().trackCount();
        for (std::size_t i = 0; i < tracks; ++i) {
            if (!writeTrack(TrackIndex(i)))
                return false;
        }
        return flush();
    }

private:
    bool writeTrack(TrackIndex index)
    {
        const Track &track = m_snapshot.trace().track(index);
        m_prefix = std::string(trackKindName(track.kind)) + ',' + trackTitle(track) + ',';
        const std::size_t count = m_snapshot.sliceCount(index);
        for (std::size_t i = 0; i < count; ++i) {
            addRow(track, track.slices[i]);
            if (m_buffer.size() >= kFlushBytes && !flush())
                return false;
        }
        if (const std::optional<Slice> open = m_snapshot.openSlice(index))
            addRow(track, *open);
        return true;
    }

    void addRow(const Track &track, const Slice &slice)
    {
        m_buffer += m_prefix;
        // Of a slice in which nothing ran, the core is where it ran last: no fact about this time.
        const bool isOnCore =
            slice.state == SliceState::Running || slice.state == SliceState::Others;
        const CoreId core = track.kind == TrackKind::Core ? track.core : slice.core;
        if ((isOnCore || track.kind == TrackKind::Core) && core != kNoCore)
            addNumber(core);
        m_buffer += ',';
        m_buffer += threadFields(slice.thread);
        m_buffer += taskField(slice.task);
        m_buffer += ',';
        m_buffer += sliceStateName(slice.state);
        m_buffer += ',';
        if (slice.state == SliceState::Held && slice.waiters() != 0)
            m_buffer += std::to_string(slice.waiters()) + " waiting";
        else if (slice.reason != WaitReason::None)
            addReason(slice);
        m_buffer += ',';
        addNumber(slice.begin);
        m_buffer += ',';
        addNumber(slice.duration());
        m_buffer += '\n';
    }

    void addReason(const Slice &slice)
    {
        m_buffer += waitReasonName(slice.reason);
        if (slice.derived && slice.state == SliceState::Blocked)
            m_buffer += slice.reason == WaitReason::GlobalLock ? " (inferred)" : " (sampled)";
    }

    template<typename Number>
    void addNumber(Number number)
    {
        char digits[24]; // of 64 bits and a sign, 20 at most
        const char *end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
        m_buffer.append(digits, std::size_t(end - digits));
    }

    std::string trackTitle(const Track &track) const
    {
        const Trace &trace = m_snapshot.trace();
        switch (track.kind) {
        case TrackKind::Core:
            return "core " + std::to_string(track.core);
        case TrackKind::Thread:
            return quotedField(trace.threadName(track.thread));
        case TrackKind::Lock:
            return quotedField(trace.objectName(track.object));
        case TrackKind::Task:
            break;
        }
        return quotedField(trace.taskName(track.task));
    }

    /// "pid,tid,name,", made once per thread.
    const std::string &threadFields(ThreadIndex thread)
    {
        static const std::string none = ",,,";
        const Trace &trace = m_snapshot.trace();
        if (thread >= trace.threadCount()) // kNoThread among them
            return none;
        if (thread >= m_threads.size())
            m_threads.resize(trace.threadCount());
        std::string &fields = m_threads[thread];
        if (fields.empty()) {
            const ThreadInfo &info = trace.thread(thread);
            fields = std::to_string(info.pid.load(std::memory_order_relaxed)) + ','
                + std::to_string(info.tid.load(std::memory_order_relaxed)) + ','
                + quotedField(trace.threadName(thread)) + ',';
        }
        return fields;
    }

    /// A track's slices mostly belong to the task of the slice before.
    const std::string &taskField(TaskId task)
    {
        if (task != m_task) {
            m_task = task;
            m_taskField = quotedField(m_snapshot.trace().taskName(task));
        }
        return m_taskField;
    }

    bool flush()
    {
        const qint64 size = qint64(m_buffer.size());
        const bool isWritten = m_device.write(m_buffer.data(), size) == size;
        m_buffer.clear();
        return isWritten;
    }

    const TraceSnapshot &m_snapshot;
    QIODevice &m_device;
    std::string m_buffer;
    std::string m_prefix; ///< kind and title of the track at hand
    std::vector<std::string> m_threads;
    TaskId m_task = kNoTask;
    std::string m_taskField; ///< of m_task
};

Error cannotWrite(const QString &path, const QString &reason)
{
    return {ErrorCode::Io, u"cannot write %1: %2"_s.arg(path, reason).toStdString()};
}

Error cannotWrite(const QString &path, const Error &error)
{
    return {error.code, cannotWrite(path, QString::fromStdString(error.message)).message};
}

/// A device or a pipe: there is nothing to keep, and a rename would put a plain file in its place.
Result<void> writeDirectly(const QString &path,
                           const std::function<Result<void>(QIODevice &)> &write)
{
    QFile file(path);
    // Unbuffered: else the refusal of the last bytes would be found by close(), which tells nobody.
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        return cannotWrite(path, file.errorString());
    if (const Result<void> written = write(file); !written)
        return cannotWrite(path, written.error());
    if (file.error() != QFileDevice::NoError)
        return cannotWrite(path, file.errorString());
    return {};
}

} // namespace

Result<void> writeSlicesCsv(const TraceSnapshot &snapshot, QIODevice &device)
{
    if (!CsvWriter(snapshot, device).writeAll())
        return Error{ErrorCode::Io, device.errorString().toStdString()};
    return {};
}

Result<void> writeFileSafely(const QString &path,
                             const std::function<Result<void>(QIODevice &)> &write)
{
    const QFileInfo target(path);
    if (target.isDir())
        return cannotWrite(path, u"it is a folder; give the name of a file in it"_s);
    if (target.exists() && !target.isFile())
        return writeDirectly(path, write);
    const QFileInfo folder(target.absolutePath());
    if (!folder.exists())
        return cannotWrite(path, u"the folder %1 does not exist"_s.arg(folder.filePath()));
    if (!folder.isDir())
        return cannotWrite(path, u"%1 is not a folder"_s.arg(folder.filePath()));
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return cannotWrite(path, file.errorString());
    if (const Result<void> written = write(file); !written) {
        file.cancelWriting();
        return cannotWrite(path, written.error());
    }
    if (!file.commit())
        return cannotWrite(path, file.errorString());
    return {};
}

} // namespace Interleave
