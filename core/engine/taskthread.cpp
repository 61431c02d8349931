// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/taskthread.h"

#include "core/engine/work/kernelname.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QString>

namespace Interleave
{

TaskThread::TaskThread(EngineRun &run, const Workload &workload, int index)
    : m_run(run)
    , m_body(workload.body())
    , m_context(run.setup(), run.taskId(index), index, workload.taskName(index))
{
    setObjectName(
        QString::fromStdString(kernelName(m_context.name()))); // Qt hands it to the kernel
}

bool TaskThread::tryStart()
{
    Recorder::queued(m_context.id(), m_run.mainTask());
    start();
    return isRunning() || isFinished(); // neither: pthread_create() was refused
}

void TaskThread::join()
{
    Recorder::wait(WaitReason::Join, m_context.id());
    wait();
    Recorder::waitEnd();
}

void TaskThread::run()
{
    const TimestampNs begin = monotonicNow();
    const TaskStatus status = runRecorded(m_body, m_context);
    m_run.addBusy(m_context.index(), monotonicNow() - begin);
    TaskTally tally;
    tally.add(status, m_context.failure());
    m_run.add(tally);
}

} // namespace Interleave
