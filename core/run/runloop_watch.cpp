// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runloop_p.h"
#include "core/sched/processmemory.h"

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cinttypes>
#include <csignal>
#include <cstdio>

namespace Interleave
{

namespace
{

/// More than any task set starts; a broken engine must not fill the memory with them.
constexpr std::size_t kMostChildren = 100'000;

TaskKind taskKindOf(const std::string &word)
{
    if (word == "main")
        return TaskKind::Main;
    if (word == "job")
        return TaskKind::Job;
    if (word == "process")
        return TaskKind::Process;
    if (word == "coroutine")
        return TaskKind::Coroutine;
    return word == "step" ? TaskKind::Step : TaskKind::Thread;
}

} // namespace

void RunLoop::watch()
{
    ActiveRun &run = *m_run;
    if (!run.lowered)
        run.lowered = run.host->lowerPriority();
    const bool over = isOver(); // before the drain: then the drain sees all of it
    run.collector->tick([&] { hear(over); });
    placeMarks(false);
    measureMemory();
    for (; run.remarks < run.collector->remarks().size(); ++run.remarks)
        run.addLine(monotonicNow(), kNoTask, run.collector->remarks()[run.remarks]);
    tellLines();
    watchForDeadlock();
    watchForStandstill();
    if (over) {
        finishRun();
        return;
    }
    watchLimits();
    climbLadder();
}

/// Whether nothing more will happen.
bool RunLoop::isOver()
{
    ActiveRun &run = *m_run;
    if (!run.exit) {
        run.exit = run.host->tryReap();
        if (!run.exit) {
            reapOrphans();
            return false;
        }
        run.exitedAt = monotonicNow();
        run.orphansNext = 0;
        if (run.isTaskSet())
            run.host->sweep({});
    }
    return !run.request.command || hasFamilyEnded();
}

void RunLoop::watchLimits()
{
    const ActiveRun &run = *m_run;
    const DurationNs longest = run.longest();
    if (longest > 0 && monotonicNow() - run.released > longest)
        requestStop(StopReason::TookTooLong);
    else if (run.isTooLarge)
        requestStop(StopReason::GrewTooLarge);
}

/// Takes in what the engine and its children have said since the last time.
/// \param isOver nothing more will come: a line without an end is one, too.
void RunLoop::hear(bool isOver)
{
    ActiveRun &run = *m_run;
    std::vector<Message> messages;
    run.host->readMessages(messages);
    for (const Message &message : messages)
        handle(message);
    std::vector<OutputLine> output;
    if (isOver)
        run.host->readRestOfOutput(output);
    else
        run.host->readOutput(output);
    const TimestampNs now = monotonicNow();
    for (const OutputLine &line : output) {
        const bool isKept =
            run.addLine(now, kNoTask, line.text,
                        line.stream == OutputLine::Stream::Error ? PrintedLine::Stream::Error
                                                                 : PrintedLine::Stream::Output);
        if (isKept && !run.isTaskSet())
            run.addMark(now, line.text);
    }
}

void RunLoop::handle(const Message &message)
{
    ActiveRun &run = *m_run;
    const TimestampNs time = message.time != 0 ? message.time : monotonicNow();
    switch (message.kind) {
    case MessageKind::Define:
        if (!run.trace->defineTasks(
                message.task,
                std::uint32_t(std::min<std::uint64_t>(message.number, Trace::kMostTasks)),
                taskKindOf(message.key), message.cause, message.text))
            ++run.namesLeftOut;
        break;
    case MessageKind::Object:
        if (const auto kind = objectKindNamed(message.key))
            run.trace->defineObject(message.task, *kind, std::uint32_t(message.number),
                                    message.text);
        break;
    case MessageKind::Line:
        if (run.addLine(time, message.task, message.text))
            run.trace->setMarkText(std::uint32_t(message.number), message.text);
        break;
    case MessageKind::Result:
        addResult(message);
        break;
    case MessageKind::Outcome:
        run.outcome = message;
        break;
    case MessageKind::Note:
        run.addLine(time, message.task, message.text);
        if (run.report.message.isEmpty())
            run.report.message = QString::fromStdString(message.text);
        break;
    case MessageKind::Output:
        run.addLine(time, message.task, message.text);
        break;
    case MessageKind::ProcessStarted:
    case MessageKind::ProcessEnded:
        noteChild(message);
        break;
    case MessageKind::Ready:
    case MessageKind::Process: // these are said on a HelperBoard
    case MessageKind::Interpreter:
    case MessageKind::ThreadName:
        break;
    }
}

void RunLoop::addResult(const Message &message)
{
    ActiveRun &run = *m_run;
    const QString key = QString::fromStdString(message.key);
    if (run.report.result.size() >= kMostResults && !run.report.result.contains(key)) {
        ++run.resultsLeftOut;
        return;
    }
    // A value, not a document: wrapped, because QJsonDocument reads objects and arrays only.
    const QByteArray wrapped = "[" + QByteArray::fromStdString(message.text) + "]";
    run.report.result.insert(key, QJsonDocument::fromJson(wrapped)[0]);
}

void RunLoop::noteChild(const Message &message)
{
    ActiveRun &run = *m_run;
    const auto pid = pid_t(message.number);
    if (message.kind == MessageKind::ProcessStarted) {
        if (run.report.children.size() == kMostChildren)
            return;
        run.living[pid] = run.report.children.size();
        ChildProcess child;
        child.task = message.task;
        child.pid = pid;
        run.report.children.push_back(child);
        return;
    }
    const auto found = run.living.find(pid);
    if (found == run.living.end())
        return;
    ChildProcess &child = run.report.children[found->second];
    child.end = message.key == "signal" ? ChildProcess::End::Signalled : ChildProcess::End::Exited;
    child.code = int(message.cause);
    std::int64_t user = 0, system = 0;
    if (std::sscanf(message.text.c_str(), "%" SCNd64 " %" SCNd64, &user, &system) == 2) {
        child.user = std::max<DurationNs>(0, user);
        child.system = std::max<DurationNs>(0, system);
    }
    run.living.erase(found);
}

void RunLoop::tellLines()
{
    ActiveRun &run = *m_run;
    if (run.fresh.empty())
        return;
    m_callbacks.printed(run.fresh);
    run.report.lines.insert(run.report.lines.end(), run.fresh.begin(), run.fresh.end());
    run.fresh.clear();
}

void RunLoop::measureMemory()
{
    constexpr DurationNs kInterval =
        20 * kMillisecond; // below 1 % of a core for some ten processes
    ActiveRun &run = *m_run;
    const TimestampNs now = monotonicNow();
    if (now < run.memoryNext)
        return;
    run.isTooLarge = run.trace->allocatedBytes() > run.request.largestTrace;
    if (const pid_t pid = run.host->pid(); pid != 0)
        run.peakBytes = std::max(run.peakBytes, residentBytesOfTree(pid));
    // Hundreds of threads take milliseconds to look at: never more than 1 % of a core.
    run.memoryNext = now + std::max(kInterval, 100 * (monotonicNow() - now));
}

void RunLoop::climbLadder()
{
    ActiveRun &run = *m_run;
    const auto rung = run.ladder.climb(monotonicNow());
    if (!rung)
        return;
    switch (*rung) {
    case StopLadder::Rung::Term:
        run.host->signalGroup(SIGTERM);
        break;
    case StopLadder::Rung::Kill:
        run.host->signalGroup(SIGKILL);
        if (const pid_t pid = run.host->pid(); pid != 0) // of a command only others may be left
            ::kill(pid, SIGKILL);
        break;
    case StopLadder::Rung::GivenUp:
        hear(true);
        finishRun();
        break;
    case StopLadder::Rung::NotAsked:
    case StopLadder::Rung::Flag:
        break; // these are asked for, not climbed to
    }
}

} // namespace Interleave
