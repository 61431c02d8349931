// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/commandsentence.h"

#include "core/query/sentenceparts.h"
#include "core/query/setsentence.h"

#include <QStringList>

#include <algorithm>
#include <cstring>
#include <optional>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// So many processes are named in a sentence; of more, the number is told.
constexpr int kMostNamed = 3;

/// A sentence of its own: with a capital and a full stop.
QString asSentence(const QString &text)
{
    const QString begun = text.left(1).toUpper() + text.mid(1);
    return begun.endsWith(u'.') ? begun : QString(begun + u'.');
}

/// "3 processes", "1 process"
QString processesText(std::size_t count)
{
    return QString::number(count) + (count == 1 ? u" process"_s : u" processes"_s);
}

QString nameOf(const ProcessReport &process)
{
    constexpr qsizetype kLongest = 60;
    const QString title = process.title.isEmpty() ? process.commandLine : process.title;
    if (title.isEmpty())
        return u"process %1"_s.arg(process.pid);
    return title.size() <= kLongest ? title : QString(title.left(kLongest - 3) + u"..."_s);
}

/// "3 processes and 7 threads used 1.9 of 2 cores for 2.10 s"; without records of the cores, only that
/// they were there.
QString usageText(const RunReport &report)
{
    const auto &processes = report.command->processes;
    int threads = 0;
    for (const ProcessReport &process : processes)
        threads += process.threads;
    const QString who =
        processesText(processes.size()) + u" and "_s + counted(std::uint64_t(threads), u"thread"_s);
    const RunStatistics &s = report.statistics;
    if (!knowsTotals(report))
        return u"%1 were there in %2."_s.arg(who, lengthText(s.wall));
    const QString cores = s.cores.empty()
        ? u"%1 cores"_s.arg(ratioText(s.parallelism))
        : u"%1 of %2"_s.arg(ratioText(s.parallelism), counted(s.cores.size(), u"core"_s));
    QString text = u"%1 used %2 for %3"_s.arg(who, cores, lengthText(s.wall));
    if (knowsSwitches(report) && threads > 1)
        text +=
            u"; two or more were on cores at once for %1 of it"_s.arg(shareText(s.overlap, s.wall));
    return text + u'.';
}

/// "python3 a.py ran one thread at a time (GIL): overlap 0.1 % of the 2.10 s in which several wanted a core,
/// and 2.08 s of waits for it (inferred)."
QString verdictText(const ProcessReport &process)
{
    return u" %1 ran one thread at a time (GIL): overlap %2 of the %3 in which several threads "
           u"wanted a "
           "core, and %4 of waiting for the GIL (inferred)."_s.arg(
               nameOf(process), shareText(process.overlap, process.contended),
               lengthText(process.contended), lengthText(process.globalLockWait));
}

QString globalLockText(const CommandReport &command)
{
    QString text;
    int judged = 0;
    DurationNs waited = 0; // where there is no verdict
    for (const ProcessReport &process : command.processes) {
        if (process.verdict.isEmpty())
            waited += process.globalLockWait;
        else if (++judged <= kMostNamed)
            text += verdictText(process);
    }
    if (judged > kMostNamed)
        text += u" So did %1 more."_s.arg(processesText(std::size_t(judged - kMostNamed)));
    // Below one interval it may as well be another wait of that length.
    if (waited > 10 * kMillisecond)
        text += u" %1 waited for the GIL for %2 in all (inferred)."_s.arg(
            judged > 0 ? u"Others"_s : u"Threads of Python"_s, lengthText(waited));
    return text;
}

/// Of the processes that should have told their names themselves, and did not.
QString helperText(const CommandReport &command)
{
    if (!command.isHelperOn)
        return {};
    QStringList silent;
    for (const ProcessReport &process : command.processes) {
        if (!process.interpreter.isEmpty() && !process.hasHelper && !process.isHousekeeping)
            silent.append(nameOf(process));
    }
    if (silent.isEmpty())
        return {};
    silent.removeDuplicates();
    const qsizetype more = silent.size() - kMostNamed;
    QString who = silent.mid(0, kMostNamed).join(u", "_s);
    if (more > 0)
        who += u" and %1 more"_s.arg(more);
    return u" Kernel view only of %1: the helper was not loaded there."_s.arg(who);
}

QString leftText(const CommandReport &command)
{
    if (command.leftRunning.empty())
        return {};
    const std::size_t count = command.leftRunning.size();
    QStringList pids;
    for (std::size_t i = 0; i < std::min(count, std::size_t(kMostNamed)); ++i)
        pids.append(QString::number(command.leftRunning[i]));
    if (count > std::size_t(kMostNamed))
        pids.append(u"..."_s);
    return u" What it left running still runs: %1 (%2)."_s.arg(processesText(count),
                                                               pids.join(u", "_s));
}

/// Of a standstill of which nothing certain is known.
QString standstillText(const RunReport &report)
{
    const std::optional<DurationNs> stood = report.command->suspectedStandstill;
    if (!stood || report.deadlock)
        return {};
    return u" For %1 nothing moved: perhaps a deadlock (suspected)."_s.arg(lengthText(*stood));
}

/// How it came to its end: the run's own message, and the command's end unless that tells it.
QString endText(const RunReport &report)
{
    const CommandReport &command = *report.command;
    if (!command.failure.isEmpty())
        return asSentence(command.failure);
    const QString subject = command.isAttached ? u"The process "_s : u"The command "_s;
    const QString end = subject + commandEndText(command) + u'.';
    if (report.outcome == RunOutcome::Finished || report.message.isEmpty())
        return end; // and what a finished run has to say stands at the end
    const QString message = asSentence(report.message);
    return report.message.contains(commandEndText(command)) ? message
                                                            : QString(message + u' ' + end);
}

} // namespace

QString commandEndText(const CommandReport &command)
{
    if (!command.failure.isEmpty())
        return u"could not be started"_s;
    if (command.signal) {
        const char *name = sigabbrev_np(*command.signal);
        const char *words = sigdescr_np(*command.signal);
        if (!name || !words) // the realtime ones have none
            return u"was ended by signal %1"_s.arg(*command.signal);
        return u"was ended by signal %1 (SIG%2: %3)"_s.arg(QString::number(*command.signal),
                                                           QString::fromLatin1(name),
                                                           QString::fromLatin1(words));
    }
    if (command.exitCode)
        return u"ended with status %1"_s.arg(*command.exitCode);
    if (command.hasEnded || (!command.processes.empty() && command.processes.front().hasEnded))
        return u"ended; only its parent knows how"_s;
    return u"was still running when the recording ended"_s;
}

QString commandSentence(const RunReport &report)
{
    const CommandReport &command = *report.command;
    const QString end = endText(report);
    if (!command.failure.isEmpty() || command.processes.empty())
        return end;
    return usageText(report) + globalLockText(command) + standstillText(report) + u' ' + end
        + leftText(command) + helperText(command);
}

} // namespace Interleave
