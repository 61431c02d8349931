// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/commandsentence.h"
#include "core/query/runreport.h"
#include "core/query/setsentence.h"

#include <algorithm>

namespace Interleave
{

using namespace Qt::StringLiterals;

namespace
{

/// "was" or "were"
QString wereOf(std::size_t count)
{
    return count == 1 ? u"was"_s : u"were"_s;
}

/// "a fault" as a sentence: a full stop, unless it has one.
QString ended(const QString &text)
{
    return text.endsWith(u'.') ? text : QString(text + u'.');
}

QString outcomeWords(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Finished:
        break;
    case RunOutcome::Failed:
        return u"The run failed"_s;
    case RunOutcome::Cancelled:
        return u"The run was cancelled"_s;
    case RunOutcome::Deadlocked:
        return u"The run ended in a deadlock"_s;
    case RunOutcome::Crashed:
        return u"The run crashed"_s;
    case RunOutcome::TimedOut:
        return u"The run took too long"_s;
    }
    return u"The run finished"_s;
}

/// The outcome first, then how far it came: the set's own sentence would speak of a whole run.
QString unfinishedSentence(const RunReport &report)
{
    const QString words = outcomeWords(report.outcome);
    const QString what =
        ended(report.message.isEmpty() ? words : QString(words + u": "_s + report.message));
    const auto &tasks = report.statistics.tasks;
    if (tasks.empty())
        return what;
    const auto done = std::count_if(tasks.begin(), tasks.end(), [](const TaskStatistics &task) {
        return task.outcome == TaskOutcome::Finished;
    });
    return u"%1 Until then, in %2, %3 of %4 %5 done."_s.arg(
        what, lengthText(report.statistics.wall), QString::number(done),
        counted(tasks.size(), u"task"_s), wereOf(std::size_t(done)));
}

/// What the reader must know about where the numbers come from.
QString reservations(const RunReport &report)
{
    QString text;
    if (report.outcome == RunOutcome::Finished && !report.message.isEmpty())
        text += u' ' + ended(report.message.left(1).toUpper() + report.message.mid(1));
    if (!report.machineRemark.isEmpty())
        text += u' ' + ended(report.machineRemark.left(1).toUpper() + report.machineRemark.mid(1));
    if (report.recordsLost > 0)
        text += u" The kernel dropped %1: the numbers are too small by what happened then."_s.arg(
            counted(report.recordsLost, u"record"_s));
    if (report.eventsDropped > 0)
        text += u" %1 found no room in the recording: the numbers are too small by them."_s.arg(
            counted(report.eventsDropped, u"event"_s));
    if (report.source == Source::Sampled)
        text += u" When and on which core they ran was sampled, not witnessed: it is not known."_s;
    if (report.source == Source::Events)
        text += u" Without the kernel's records it is not known when they were on a core."_s;
    return text;
}

} // namespace

QString resultSentence(const RunReport &report)
{
    if (report.command)
        return commandSentence(report) + reservations(report);
    // A set that is meant to deadlock speaks of it in its own words.
    const bool isMeant =
        report.outcome == RunOutcome::Deadlocked && report.params.contains(u"deadlock_shown_ms"_s);
    const QString sentence = report.outcome == RunOutcome::Finished || isMeant
        ? setSentence(report)
        : unfinishedSentence(report);
    return sentence + reservations(report);
}

} // namespace Interleave
