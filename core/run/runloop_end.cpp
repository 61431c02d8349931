// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runloop_p.h"
#include "core/sched/topology.h"

#include <QString>

#include <algorithm>
#include <cstring>

namespace Interleave
{

namespace
{

QString machineText()
{
    const MachineDescription m = describeMachine();
    return QStringLiteral("%1 · %2 cores · %3")
        .arg(QString::fromStdString(m.processor))
        .arg(m.cores)
        .arg(QString::fromStdString(m.kernel));
}

/// What no mark, group or session may tell any more: the trace saw them being made.
std::vector<EngineHostProcess::KnownProcess> processesOf(const Trace &trace)
{
    std::vector<EngineHostProcess::KnownProcess> processes;
    for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
        const ThreadInfo &thread = trace.thread(i);
        const pid_t pid = thread.pid.load(std::memory_order_relaxed);
        const bool hasEnded = thread.ended.load(std::memory_order_relaxed) != 0;
        if (thread.tid.load(std::memory_order_relaxed) == pid && !hasEnded
            && thread.ofRun.load(std::memory_order_relaxed))
            processes.push_back({pid, thread.created.load(std::memory_order_relaxed)});
    }
    return processes;
}

/// What the cores did beyond our own: coarse (10 ms ticks), but better than nothing.
void addForeignLoad(RunStatistics &statistics, const std::vector<CoreLoad> &before)
{
    const std::vector<CoreLoad> after = readCoreLoads();
    auto &cores = statistics.cores;
    for (std::size_t i = 0; i < std::min({cores.size(), after.size(), before.size()}); ++i)
        cores[i].others = std::max<DurationNs>(0, after[i].busy - before[i].busy - cores[i].busy);
}

/// A child that ended badly took its task with it, also where no record could tell.
/// \param wasStopped then an exit code may just be its answer to that.
void judgeTasksByChildren(RunReport &report, bool wasStopped)
{
    auto &tasks = report.statistics.tasks; // by id
    for (const ChildProcess &child : report.children) {
        const bool crashed = child.end == ChildProcess::End::Signalled;
        const bool failed =
            child.end == ChildProcess::End::Exited && child.code != 0 && !wasStopped;
        const auto task = std::lower_bound(
            tasks.begin(), tasks.end(), child.task,
            [](const TaskStatistics &listed, TaskId id) { return listed.id < id; });
        if ((!crashed && !failed) || task == tasks.end() || task->id != child.task)
            continue;
        if (task->outcome == TaskOutcome::NeverStarted || task->outcome == TaskOutcome::Running)
            task->outcome = crashed ? TaskOutcome::Crashed : TaskOutcome::Failed;
    }
}

QString stoppedText(StopLadder::Rung rung)
{
    switch (rung) {
    case StopLadder::Rung::NotAsked:
    case StopLadder::Rung::Flag:
    case StopLadder::Rung::GivenUp: // what could not be ended is told apart
        break;
    case StopLadder::Rung::Term:
        return QStringLiteral("stopped by SIGTERM: it did not answer the request");
    case StopLadder::Rung::Kill:
        return QStringLiteral("stopped by SIGKILL: it answered neither the request nor SIGTERM");
    }
    return QStringLiteral("stopped on request");
}

QString stuckText(pid_t pid)
{
    const QString text = QStringLiteral("process %1 could not be ended").arg(pid);
    const char state = stateOfProcess(pid);
    if (state == 'D')
        return text + QStringLiteral(": it waits in the kernel (state D)");
    if (state == 0)
        return text + QStringLiteral(" in time");
    return text + QStringLiteral(" in time: it is in state %1").arg(QChar::fromLatin1(state));
}

void addTo(QString &message, const QString &sentence)
{
    if (!message.isEmpty())
        message += QStringLiteral("; ");
    message += sentence;
}

} // namespace

void RunLoop::finishRun(const std::optional<EngineHostProcess::Exit> &exit)
{
    ActiveRun &run = *m_run;
    run.collector->finish(monotonicNow());
    run.host.sweep(processesOf(*run.trace)); // now the trace knows all of them
    std::vector<pid_t> stuck = run.host.stuckOrphans();
    if (!exit) {
        stuck.insert(stuck.begin(), run.host.pid());
        run.host.abandon();
    }
    fillReport();
    fillOutcome(exit);
    for (const pid_t pid : stuck)
        addTo(run.report.message, stuckText(pid));
    const std::uint32_t ringless = run.host.rings().header().threadsWithoutRing.load();
    if (ringless > 0)
        addTo(run.report.message,
              QStringLiteral("%1 threads found no room to record: what they did is missing")
                  .arg(ringless));
    closeLines();
    run.report.sentence = resultSentence(run.report);
    const RunReport finished = std::move(run.report);
    const bool background = run.request.background;
    const bool keepSpare = run.request.keepSpare;
    m_run.reset();
    m_callbacks.finished(finished);
    if (keepSpare)
        prepare(background);
}

void RunLoop::fillReport()
{
    ActiveRun &run = *m_run;
    RunReport &report = run.report;
    report.taskSet = run.request.set.name();
    report.slug = run.request.set.work();
    report.title = run.request.set.title;
    report.model = run.request.model;
    report.params = withoutPasswords(run.request.params);
    report.machine = machineText();
    report.priority = QString::fromStdString(run.host.priority());
    report.peakRssBytes = run.peakBytes;
    report.eventsRecorded = run.collector->recordedEvents();
    report.eventsDropped = run.collector->droppedEvents();
    report.recordsLost = run.collector->lostRecords();
    report.eventsLate = run.trace->lateEvents();
    report.trace = run.trace;
    report.statistics = computeStatistics(TraceSnapshot(*run.trace));
    if (report.source != Source::KernelWide)
        addForeignLoad(report.statistics, run.loadsBefore);
    judgeTasksByChildren(report, run.ladder.isAsked());
}

void RunLoop::fillOutcome(const std::optional<EngineHostProcess::Exit> &exit)
{
    const ActiveRun &run = *m_run;
    RunReport &report = m_run->report;
    if (report.deadlock) { // whatever ended it after that
        report.outcome = RunOutcome::Deadlocked;
        report.message = run.deadlockText;
        if (run.ladder.rung() == StopLadder::Rung::Term
            || run.ladder.rung() == StopLadder::Rung::Kill)
            addTo(report.message, stoppedText(run.ladder.rung()));
    } else if (run.timedOut) {
        report.outcome = RunOutcome::TimedOut;
        report.message = QStringLiteral("it was ended after %1 s, the longest that a run may last")
                             .arg(kLongestRun / kSecond);
    } else if (run.ladder.isAsked()) {
        report.outcome = RunOutcome::Cancelled;
        report.message = stoppedText(run.ladder.rung());
    } else if (exit && exit->signalled) {
        report.outcome = RunOutcome::Crashed;
        report.message = QStringLiteral("the engine was ended by signal %1 (SIG%2: %3)")
                             .arg(exit->code)
                             .arg(QLatin1String(sigabbrev_np(exit->code)),
                                  QLatin1String(sigdescr_np(exit->code)));
    } else if (run.outcome && run.outcome->key == "finished") {
        report.outcome = RunOutcome::Finished;
        if (!run.outcome->text.empty())
            report.message = QString::fromStdString(run.outcome->text);
    } else {
        report.outcome = RunOutcome::Failed;
        report.message = run.outcome
            ? QString::fromStdString(run.outcome->text)
            : QStringLiteral("the engine ended with exit code %1 before its work was done")
                  .arg(exit ? exit->code : 0);
    }
}

/// Says how many lines are missing at the end, where there were too many.
void RunLoop::closeLines()
{
    ActiveRun &run = *m_run;
    if (run.budget.refused() > 0) {
        const QString text =
            QStringLiteral("and %1 more lines: of what a run prints the first %2 are kept")
                .arg(run.budget.refused())
                .arg(run.budget.kept());
        run.fresh.push_back({monotonicNow(), kNoTask, text});
    }
    tellLines();
}

} // namespace Interleave
