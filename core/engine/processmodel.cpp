// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/childprocesses.h"
#include "core/engine/enginerun.h"
#include "core/engine/models.h"
#include "core/engine/work/stoppablewait.h"
#include "core/engine/workerprocess.h"
#include "core/engine/workload.h"
#include "core/record/recorder.h"

#include <QCoreApplication>
#include <QEvent>
#include <QEventLoop>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace Interleave
{

namespace
{

/// Keeps up to a number of worker processes running until every task had one.
///
/// Children obey the stop request themselves, so waiting for them is all there is to do then; one that
/// does not obey is ended, with everything else of the run, from outside.
class ProcessCrew : public QObject, public ChildProcesses
{
public:
    ProcessCrew(EngineRun &run, const Workload &workload)
        : m_run(run)
        , m_workload(workload)
        , m_most(std::max(1, workload.mostProcesses()))
        , m_children(std::size_t(run.taskCount()))
    {
        for (int slot = std::min(m_most, run.taskCount()) - 1; slot >= 0; --slot)
            m_freeSlots.push_back(slot);
    }

    /// As many as there may be, with main's pause before each but the first.
    void startFirst()
    {
        m_isPausing = true;
        while (mayStart()) {
            startOne(m_next++);
            if (mayStart())
                pauseBetweenStarts();
        }
        m_isPausing = false;
    }

    void waitForAll()
    {
        if (m_running > 0) {
            Recorder::wait(WaitReason::Child);
            m_loop.exec();
            Recorder::waitEnd();
        }
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        tellShortage();
    }

    [[nodiscard]] bool hasEnded(int index) const override
    {
        return m_children[std::size_t(index)].hasEnded;
    }
    void waitUntil(const std::function<bool()> &isEnough, TimestampNs deadline) override
    {
        QTimer timer;
        timer.setTimerType(Qt::PreciseTimer);
        timer.setSingleShot(true);
        while (m_running > 0 && !isEnough()) {
            const DurationNs left = deadline - monotonicNow();
            if (left <= 0)
                return;
            // Rounded up: never a moment too early.
            if (deadline != kNoDeadline && !timer.isActive())
                timer.start(int(std::min(left / kMillisecond + 1, kLongestTimerMs)));
            m_loop.processEvents(QEventLoop::WaitForMoreEvents);
        }
    }
    void kill(int index) override
    {
        Child &child = m_children[std::size_t(index)];
        if (!child.process || child.process->state() == QProcess::NotRunning)
            return;
        child.isKilled = true;
        child.process->kill();
    }

private:
    static constexpr DurationNs kLongestTimerMs = 60'000; // as long as a run may last

    struct Child {
        std::unique_ptr<QProcess> process;
        qint64 pid = 0;
        int slot = 0;
        bool isKilled = false; ///< main has ended it on purpose
        bool hasEnded = false;
    };

    [[nodiscard]] bool mayStart() const
    {
        return m_running < m_most && m_next < m_run.taskCount() && m_failures == 0
            && !m_run.isStopRequested();
    }

    /// When one has ended.
    void startMore()
    {
        while (!m_isPausing && mayStart())
            startOne(m_next++);
    }

    /// Children that end meanwhile are noticed.
    void pauseBetweenStarts()
    {
        const DurationNs pause = m_run.startStagger();
        if (pause <= 0)
            return;
        const TimestampNs end = monotonicNow() + pause;
        Recorder::wait(WaitReason::Sleep);
        waitUntil([this] { return m_run.isStopRequested(); }, end);
        Recorder::waitEnd();
        const DurationNs left = end - monotonicNow();
        if (left > 0 && !m_run.isStopRequested()) // there is no child left that could wake it
            (void)m_run.mainContext().sleepFor(left);
    }

    void startOne(int index)
    {
        Child &child = m_children[std::size_t(index)];
        child.process = makeWorkerProcess(m_run, m_workload, index);
        connect(child.process.get(), &QProcess::finished, this,
                [this, index](int code, QProcess::ExitStatus status) {
                    onFinished(index, code, status);
                });
        connect(child.process.get(), &QProcess::errorOccurred, this,
                [this, index](QProcess::ProcessError error) {
                    if (error == QProcess::FailedToStart)
                        onFailedToStart(index);
                });
        child.slot = m_freeSlots.back();
        m_freeSlots.pop_back();
        ++m_running;
        QProcess *const process = child.process.get();
        process->start();
        if (!child.process || process->state() == QProcess::NotRunning)
            return; // refused at once; onFailedToStart() was called
        child.pid = process->processId();
        tellProcessStart(m_run, index, child.pid);
    }

    void onFinished(int index, int code, QProcess::ExitStatus status)
    {
        Child &child = m_children[std::size_t(index)];
        if (child.isKilled && status == QProcess::CrashExit) {
            // It could not say so itself; and the kernel only tells that its thread is gone.
            Recorder::cancelled(m_run.taskId(index));
            tellProcessKilled(m_run, index, child.pid, code, m_reaped.take());
        } else {
            tellProcessEnd(m_run, index, child.pid, code, status, m_reaped.take());
            if (status != QProcess::NormalExit)
                giveUpIfNeeded(m_run.tally().firstFailure);
        }
        m_run.addBusy(child.slot, m_workload.bodyTime(index));
        ++m_finished;
        retire(child);
    }

    void onFailedToStart(int index)
    {
        Child &child = m_children[std::size_t(index)];
        ++m_failures;
        m_failure =
            QString(child.process->program() + QStringLiteral(": ") + child.process->errorString())
                .toStdString();
        giveUpIfNeeded("not all processes could be started: " + m_failure);
        retire(child);
    }

    /// Tasks that meet at barriers would wait for ever for the one that is gone.
    void giveUpIfNeeded(const std::string &why)
    {
        if (!m_workload.needsAllTasks() || m_run.isStopRequested())
            return;
        m_run.fail(why);
        m_run.setup().rings->requestStop();
    }

    void retire(Child &child)
    {
        child.process.release()->deleteLater(); // not now: this is called by its signal
        child.hasEnded = true;
        m_freeSlots.push_back(child.slot);
        --m_running;
        startMore();
        if (m_running == 0)
            m_loop.quit();
    }

    void tellShortage()
    {
        const int wanted = m_run.taskCount();
        if (m_run.isStopRequested()) {
            TaskTally left;
            left.cancelled = std::uint32_t(wanted - m_finished);
            m_run.add(left);
        } else if (m_failures > 0) {
            const std::string sentence = "created " + std::to_string(m_finished) + " of "
                + std::to_string(wanted) + " processes: " + m_failure;
            if (m_finished == 0 || m_workload.needsAllTasks())
                m_run.fail(sentence);
            else
                m_run.note(sentence);
        }
    }

    EngineRun &m_run;
    const Workload &m_workload;
    const int m_most;
    std::vector<Child> m_children;
    std::vector<int> m_freeSlots;
    ReapedCpu m_reaped;
    QEventLoop m_loop;
    int m_next = 0;
    int m_running = 0;
    bool m_isPausing = false; ///< startFirst() starts the next one when it is time
    int m_finished = 0;
    int m_failures = 0;
    std::string m_failure;
};

} // namespace

void runProcesses(EngineRun &run, Workload &workload)
{
    for (int i = 0; i < run.taskCount(); ++i)
        Recorder::queued(run.taskId(i), run.mainTask());
    ProcessCrew crew(run, workload);
    crew.startFirst();
    workload.setChildren(&crew);
    workload.mainMeanwhile(run.mainContext());
    workload.setChildren(nullptr);
    if (!workload.joins())
        run.endMain(TaskStatus::Finished);
    crew.waitForAll();
    if (workload.joins())
        workload.mainAfterwards(run.mainContext());
}

} // namespace Interleave
