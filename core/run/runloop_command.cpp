// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/commandsentence.h"
#include "core/query/processreports.h"
#include "core/run/attachedprocess.h"
#include "core/run/commandenvironment.h"
#include "core/run/commandprocess.h"
#include "core/run/runloop_p.h"
#include "core/run/setprogram.h"
#include "core/taskset/commandbytes.h"
#include "core/taskset/setcommand.h"

#include <QByteArray>
#include <QFileInfo>
#include <QString>

#include <algorithm>
#include <string_view>
#include <utility>

namespace Interleave
{

namespace
{

constexpr int kNotExecutable = 126; // as env(1)
constexpr int kNotFound = 127;
constexpr std::size_t kLongestMark = 400; ///< bytes: a tooltip shows less

/// Why the program cannot be there, with what to do about it; nothing when it may well be. Only the
/// command itself knows where it looks when PATH is changed for it, or its folder is missing; and a
/// name in bytes that are no UTF-8 cannot be looked for here.
std::optional<Error> missingProgram(const CommandSpec &spec)
{
    const bool isFolderThere = spec.folder.isEmpty() || QFileInfo(spec.folder).isDir();
    if (spec.words.isEmpty() || !isFolderThere || holdsRawBytes(spec.words.first())
        || CommandEnvironment::names(spec.environment, "PATH"))
        return std::nullopt;
    const auto found = findProgram(spec.words.first(), spec.folder);
    return found ? std::nullopt : std::optional<Error>(found.error());
}

DurationNs durationOf(const timeval &time)
{
    return DurationNs(time.tv_sec) * kSecond + DurationNs(time.tv_usec) * kMicrosecond;
}

QString stoppedText(StopLadder::Rung rung)
{
    switch (rung) {
    case StopLadder::Rung::NotAsked:
    case StopLadder::Rung::Flag:
    case StopLadder::Rung::GivenUp: // what could not be ended is told apart
        break;
    case StopLadder::Rung::Term:
        return QStringLiteral("stopped by SIGTERM: SIGINT did not end all of it");
    case StopLadder::Rung::Kill:
        return QStringLiteral("stopped by SIGKILL: neither SIGINT nor SIGTERM ended all of it");
    }
    return QStringLiteral("stopped on request");
}

/// In whole units: "4 GiB".
QString sizeText(std::size_t bytes)
{
    if (bytes >> 30 != 0)
        return QStringLiteral("%1 GiB").arg(bytes >> 30);
    if (bytes >> 20 != 0)
        return QStringLiteral("%1 MiB").arg(bytes >> 20);
    return QStringLiteral("%1 bytes").arg(bytes);
}

/// An attached process has ended. Not every source has seen that, or the process at all.
void noteEnded(CommandReport &command, pid_t pid)
{
    command.hasEnded = true;
    for (ProcessReport &process : command.processes) {
        if (process.pid == pid) {
            process.hasEnded = true;
            return;
        }
    }
}

/// The beginning of a line, not cut inside a UTF-8 character.
std::string_view beginningOf(std::string_view line)
{
    if (line.size() <= kLongestMark)
        return line;
    std::size_t end = kLongestMark;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0u) == 0x80u)
        --end;
    return line.substr(0, end);
}

} // namespace

QString timeIsUpText(DurationNs longest)
{
    return QStringLiteral("it was ended after %1 s, as asked")
        .arg(double(longest) / double(kSecond));
}

QString tooLargeText(std::size_t largest)
{
    return QStringLiteral("it was ended because its recording had grown to %1, the most that "
                          "one may need: record for a shorter time")
        .arg(sizeText(largest));
}

/// Of a set that starts a program: what that is. Files are read and written for it, which may take
/// long.
Result<void> RunLoop::findProgramOfSet(RunRequest &request)
{
    if (!request.set.command || request.command)
        return {};
    // Where it cannot be had the report names it like this.
    request.command = commandOf(request.set, request.params, u'{' + examplesPlaceholder() + u'}');
    Result<CommandSpec> program = programOf(request.set, request.params);
    if (!program)
        return program.error();
    request.command = std::move(program).value();
    return {};
}

/// Tells at once of a program that is not there. \return whether it did.
bool RunLoop::isRefused(const RunRequest &request)
{
    if (!request.command)
        return false;
    const std::optional<Error> missing = missingProgram(*request.command);
    if (missing)
        tellThatItNeverRan(request, RunOutcome::Failed, QString::fromStdString(missing->message),
                           missing->code == ErrorCode::NotFound ? kNotFound : kNotExecutable);
    return missing.has_value();
}

Result<std::unique_ptr<RunHost>> RunLoop::makeCommandHost(const RunRequest &request)
{
    std::unique_ptr<RunHost> host;
    if (request.command) {
        auto started = CommandProcess::start(
            {*request.command, enginePath("interleave-launch"), request.background});
        if (!started)
            return started.error();
        host = std::move(started).value();
    } else {
        auto opened = AttachedProcess::open(*request.attachTo);
        if (!opened)
            return opened.error();
        host = std::move(opened).value();
    }
    return host;
}

/// Begins the part of the report that only such runs have.
void RunLoop::describeCommand()
{
    ActiveRun &run = *m_run;
    CommandReport command;
    if (run.request.command)
        command.spec = *run.request.command;
    if (const auto *process = dynamic_cast<const CommandProcess *>(run.host.get())) {
        command.isHelperOn = process->hasHelper();
        run.hostRemark = QString::fromStdString(process->helperRemark());
    } else if (const auto *attached = dynamic_cast<const AttachedProcess *>(run.host.get())) {
        command.spec = attached->spec();
        command.isAttached = true;
        run.hostRemark = QString::fromStdString(attached->remark());
    }
    run.report.command = std::move(command);
}

/// Of a command that has ended: whether what it has started has ended, too, or is to be left alone.
bool RunLoop::hasFamilyEnded()
{
    constexpr DurationNs kPitch = 10 * kMillisecond;
    ActiveRun &run = *m_run;
    const TimestampNs now = monotonicNow();
    if (!run.exit->failure.empty()) // it has started nothing
        return true;
    if (now < run.orphansNext)
        return false;
    run.left = run.host->stillRunning(processesOf(*run.trace));
    run.orphansNext = now + std::max(kPitch, 20 * (monotonicNow() - now)); // 5 % of a core
    const bool mayStay =
        !run.ladder.isAsked() && !run.request.command->follow && now - run.exitedAt >= kGrace;
    return run.left.empty() || mayStay;
}

/// What its children leave to this process must not stay there as zombies while a command runs.
void RunLoop::reapOrphans()
{
    constexpr DurationNs kPitch = 250 * kMillisecond;
    ActiveRun &run = *m_run;
    const TimestampNs now = monotonicNow();
    if (!run.request.command || now < run.orphansNext)
        return;
    run.host->reapOrphans(processesOf(*run.trace));
    run.orphansNext = now + std::max(kPitch, 200 * (monotonicNow() - now)); // 0.5 % of a core
}

void RunLoop::ActiveRun::addMark(TimestampNs time, const std::string &text)
{
    trace->setMarkText(++lastMark, beginningOf(text));
    marks.push_back({time, lastMark});
}

/// Puts the lines that were read on the timeline, on no thread: a pipe does not tell who wrote. Marks
/// are in the order of their times, and those of the recorders come at the horizon: so they wait
/// for it.
void RunLoop::placeMarks(bool isOver)
{
    ActiveRun &run = *m_run;
    if (run.marks.empty())
        return;
    const TimestampNs horizon = run.trace->horizon();
    const auto &placed = run.trace->marks();
    for (; !run.marks.empty() && (isOver || run.marks.front().time < horizon);
         run.marks.pop_front()) {
        const std::size_t count = placed.size();
        const TimestampNs last = count > 0 ? placed[count - 1].time : 0;
        run.trace->addMark({std::max(last, run.marks.front().time), kNoTask, kNoThread,
                            run.marks.front().number, MarkKind::Printed});
    }
}

void RunLoop::fillCommandReport()
{
    ActiveRun &run = *m_run;
    CommandReport &command = *run.report.command;
    endStandstill();
    if (run.standstill)
        command.suspectedStandstill = run.standstill->longest();
    command.processes = processReports(TraceSnapshot(*run.trace));
    if (command.isAttached && run.host->pid() == 0)
        noteEnded(command, run.rootPid);
    if (!run.exit || !run.exit->isKnown)
        return;
    const RunHost::Exit &exit = *run.exit;
    (exit.signalled ? command.signal : command.exitCode) = exit.code;
    command.failure = readableText(textOfBytes(QByteArray::fromStdString(exit.failure)));
    if (!exit.failure.empty() && (exit.code == kNotFound || exit.code == kNotExecutable)) {
        if (const std::optional<Error> missing = missingProgram(command.spec))
            command.failure = QString::fromStdString(missing->message);
    }
    if (exit.usage) {
        command.user = durationOf(exit.usage->ru_utime);
        command.system = durationOf(exit.usage->ru_stime);
        // Where the kernel's number says nothing, what was measured now and then is the best.
        command.maxRssBytes =
            exit.usage->ru_maxrss > 0 ? std::uint64_t(exit.usage->ru_maxrss) * 1024 : run.peakBytes;
    }
    if (!run.ladder.isAsked() && exit.failure.empty())
        command.leftRunning = run.host->stillRunning(processesOf(*run.trace));
}

void RunLoop::fillCommandOutcome()
{
    const ActiveRun &run = *m_run;
    RunReport &report = m_run->report;
    const CommandReport &command = *report.command;
    const bool isStopped = run.ladder.isAsked();
    const bool isDeadlocked = report.deadlock.has_value() && isStopped && !command.isAttached;
    if (!isDeadlocked)
        report.deadlock.reset(); // it went on after all
    report.outcome = RunOutcome::Finished;
    if (!command.failure.isEmpty()) {
        report.outcome = RunOutcome::Failed;
        report.message = command.failure;
    } else if (isStopped && run.stopReason == StopReason::GrewTooLarge) {
        report.outcome = command.isAttached ? RunOutcome::Finished : RunOutcome::Failed;
        report.message = tooLargeText(run.request.largestTrace);
    } else if (command.isAttached) {
        // However the recording of it ended: that is what was asked for.
    } else if (isDeadlocked) {
        report.outcome = RunOutcome::Deadlocked;
        report.message = run.deadlockText;
    } else if (isStopped && run.stopReason == StopReason::TookTooLong) {
        report.outcome = RunOutcome::TimedOut;
        report.message = timeIsUpText(run.longest());
    } else if (isStopped) {
        report.outcome = RunOutcome::Cancelled;
        report.message = stoppedText(run.ladder.rung());
    } else if (command.signal || command.exitCode.value_or(0) != 0) {
        report.outcome = command.signal ? RunOutcome::Crashed : RunOutcome::Failed;
        report.message = QStringLiteral("the command ") + commandEndText(command);
    }
    if (!run.hostRemark.isEmpty())
        addTo(report.message, run.hostRemark);
}

} // namespace Interleave
