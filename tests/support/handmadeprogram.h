// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/handmadetrace.h"

#include <string_view>

namespace Interleave
{

/// The trace of a program that a test writes process by process. Times are relative to the origin.
class HandmadeProgram : public HandmadeTrace
{
public:
    ProcessIndex addProcess(pid_t pid, ProcessIndex parent, std::string_view commandLine,
                            TimestampNs created = 0, TimestampNs ended = 0)
    {
        const ProcessIndex index = writable().addProcess(pid, parent, kOrigin + created, true);
        ProcessInfo &process = writable().writableProcess(index);
        process.commandLine.store(writable().addText(commandLine));
        if (ended != 0)
            process.ended.store(kOrigin + ended);
        return index;
    }

    void nameProcess(ProcessIndex process, std::string_view name)
    {
        writable().writableProcess(process).name.store(writable().addText(name));
    }

    /// A thread with a task of its own. \return its track.
    TrackIndex addThread(ProcessIndex process, pid_t tid, std::string_view name, TaskId task,
                         TimestampNs created = 0)
    {
        const pid_t pid = writable().process(process).pid.load();
        const ThreadIndex thread = writable().addThread(pid, tid, kOrigin + created, true);
        writable().writableThread(thread).process.store(process);
        nameThread(thread, name);
        writable().defineThreadTask(task, tid == pid ? TaskKind::Process : TaskKind::Thread,
                                    kNoTask, thread);
        return writable().addThreadTrack(thread);
    }

    void nameThread(ThreadIndex thread, std::string_view name)
    {
        writable().writableThread(thread).name.store(writable().addText(name));
    }

    /// A finer task. \param begunOn the track of the thread that it began on; kNoTrack: nowhere yet.
    TrackIndex addFinerTask(TaskId id, TaskKind kind, TaskId parent, std::string_view name,
                            TrackIndex begunOn = kNoTrack)
    {
        writable().defineTasks(id, 1, kind, parent, name);
        TaskInfo *task = writable().writableTask(id);
        if (begunOn != kNoTrack)
            task->thread.store(writable().track(begunOn).thread);
        return task->track.load();
    }

    void print(TimestampNs time, std::uint32_t number, std::string_view text)
    {
        writable().addMark({kOrigin + time, kNoTask, kNoThread, number, MarkKind::Printed});
        writable().setMarkText(number, text);
    }
};

} // namespace Interleave
