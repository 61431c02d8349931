// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "core/record/helperboard.h"
#include "core/run/runloop_p.h"

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

/// What the cores did beyond our own: coarse (10 ms ticks), but better than nothing.
/// \param isOthersKnown from records: then only what no record can tell is added.
void addForeignLoad(RunStatistics &statistics, const std::vector<CoreLoad> &before,
                    bool isOthersKnown)
{
    const std::vector<CoreLoad> after = readCoreLoads();
    auto &cores = statistics.cores;
    for (std::size_t i = 0; i < std::min({cores.size(), after.size(), before.size()}); ++i) {
        cores[i].stolen = std::max<DurationNs>(0, after[i].steal - before[i].steal);
        if (!isOthersKnown)
            cores[i].others =
                std::max<DurationNs>(0, after[i].busy - before[i].busy - cores[i].busy);
    }
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

} // namespace

std::vector<RunHost::KnownProcess> processesOf(const Trace &trace)
{
    std::vector<RunHost::KnownProcess> processes;
    for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
        const ThreadInfo &thread = trace.thread(i);
        const pid_t pid = thread.pid.load(std::memory_order_relaxed);
        if (thread.tid.load(std::memory_order_relaxed) == pid
            && thread.ofRun.load(std::memory_order_relaxed))
            processes.push_back({pid, thread.created.load(std::memory_order_relaxed)});
    }
    return processes;
}

void describeRequest(const RunRequest &request, RunReport &report)
{
    report.taskSet = request.set.name();
    report.slug = request.set.work();
    report.title = request.set.title;
    report.model = request.model;
    report.params = withoutPasswords(request.params);
    if (!report.command)
        return;
    QString line = report.command->spec.text();
    if (line.isEmpty() && request.attachTo) // that is gone
        line = QStringLiteral("process %1").arg(*request.attachTo);
    report.taskSet = line;
    if (report.title.isEmpty())
        report.title = line;
    report.model =
        report.command->isAttached ? QStringLiteral("attached") : QStringLiteral("command");
}

void addTo(QString &message, const QString &sentence)
{
    if (!message.isEmpty())
        message += QStringLiteral("; ");
    message += sentence;
}

/// \pre run.exit says how the host ended, or that it could not be ended.
void RunLoop::finishRun()
{
    ActiveRun &run = *m_run;
    placeMarks(true);
    run.collector->finish(monotonicNow());
    if (run.isTaskSet() || run.ladder.isAsked()) // else what a command left running goes on
        run.host->sweep(processesOf(*run.trace)); // now the trace knows all of them
    std::vector<pid_t> stuck = run.host->stuckOrphans();
    if (!run.exit) {
        stuck.insert(stuck.begin(), run.host->pid());
        run.host->abandon();
    }
    fillReport();
    if (run.isTaskSet()) {
        fillOutcome();
    } else {
        fillCommandReport();
        fillCommandOutcome();
    }
    for (const pid_t pid : stuck)
        addTo(run.report.message, stuckText(pid));
    tellWhatIsLeftOut();
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

/// Once, however much it is.
void RunLoop::tellWhatIsLeftOut()
{
    ActiveRun &run = *m_run;
    QString &message = run.report.message;
    const std::uint32_t ringless = run.host->rings().header().threadsWithoutRing.load();
    if (ringless > 0)
        addTo(message,
              QStringLiteral("%1 threads found no room to record: what they did is missing")
                  .arg(ringless));
    if (const HelperBoard *board = run.host->helperBoard(); board && board->refusedProcesses() > 0)
        addTo(message,
              QStringLiteral("the Python helper found no room %1 times: of those processes and "
                             "threads only the kernel tells")
                  .arg(board->refusedProcesses()));
    // Of a task set the engine defines them, of a command its helpers.
    if (const std::uint64_t names = run.namesLeftOut + run.collector->taskNamesLeftOut(); names > 0)
        addTo(message,
              (names == 1 ? QStringLiteral("%1 name of a task is missing: there are")
                          : QStringLiteral("%1 names of tasks are missing: there are"))
                      .arg(names)
                  + QStringLiteral(" more than a run keeps"));
    if (const std::uint64_t facts = run.collector->factsLeftOut(); facts > 0)
        addTo(message,
              QStringLiteral("%1 names of processes and threads are missing: they came faster than "
                             "a recording takes them")
                  .arg(facts));
    if (run.resultsLeftOut > 0)
        addTo(message,
              QStringLiteral("%1 results are missing: the first %2 of a run are kept")
                  .arg(run.resultsLeftOut)
                  .arg(kMostResults));
}

void RunLoop::fillReport()
{
    ActiveRun &run = *m_run;
    RunReport &report = run.report;
    describeRequest(run.request, report);
    report.machine = machineText();
    report.priority = QString::fromStdString(run.host->priority());
    report.peakRssBytes = run.peakBytes;
    report.eventsRecorded = run.collector->recordedEvents();
    report.eventsDropped = run.collector->droppedEvents();
    report.recordsLost = run.collector->lostRecords();
    report.eventsLate = run.trace->lateEvents();
    report.trace = run.trace;
    report.statistics = computeStatistics(TraceSnapshot(*run.trace));
    addForeignLoad(report.statistics, run.loadsBefore, report.source == Source::KernelWide);
    judgeTasksByChildren(report, run.ladder.isAsked());
}

void RunLoop::fillOutcome()
{
    const ActiveRun &run = *m_run;
    RunReport &report = m_run->report;
    const std::optional<RunHost::Exit> &exit = run.exit;
    if (report.deadlock) { // whatever ended it after that
        report.outcome = RunOutcome::Deadlocked;
        report.message = run.deadlockText;
        if (run.ladder.rung() == StopLadder::Rung::Term
            || run.ladder.rung() == StopLadder::Rung::Kill)
            addTo(report.message, stoppedText(run.ladder.rung()));
    } else if (run.ladder.isAsked() && run.stopReason == StopReason::TookTooLong) {
        report.outcome = RunOutcome::TimedOut;
        report.message = run.longest() < kLongestRun
            ? timeIsUpText(run.longest())
            : QStringLiteral("it was ended after %1 s, the longest that a run may last")
                  .arg(kLongestRun / kSecond);
    } else if (run.ladder.isAsked() && run.stopReason == StopReason::GrewTooLarge) {
        report.outcome = RunOutcome::Failed;
        report.message = tooLargeText(run.request.largestTrace);
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
