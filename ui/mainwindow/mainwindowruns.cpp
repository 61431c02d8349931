// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/repeats.h"
#include "ui/compare/outputpanel.h"
#include "ui/compare/repeatspanel.h"
#include "ui/compare/statisticspanel.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/deadlockwords.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/legendpanel.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/mainwindowprivate.h"
#include "ui/timeline/runviews.h"

#include <QTabWidget>

namespace Interleave
{

bool MainWindow::Private::isFailure(RunOutcome outcome)
{
    return outcome != RunOutcome::Finished && outcome != RunOutcome::Cancelled;
}

QString MainWindow::Private::failureOf(const RunReport &report) const
{
    if (report.deadlock)
        return deadlockSentence(report);
    return report.message.isEmpty() ? summaryOf(report) : report.message;
}

void MainWindow::Private::present(const RunReport &report)
{
    reports = {report};
    const bool isShown = runs.size() == 1 && runs.front().trace == report.trace;
    if (!isShown) { // also when it has none: the picture of another run must not stand under its numbers
        showRuns(viewsOf(reports, RunStack::Picture), false);
    } else if (report.deadlock || report.command) {
        // The same picture, with what is known of it only now: the moment from which nothing moves, or the
        // numbers of the processes.
        runs.front() = viewsOf(reports, RunStack::Picture).front();
        timeline->setRuns(runs, false);
    }
    runningSet = setOf(report);
    setBusy(false);
    output->flush();
    statistics->setStatistics(report.statistics, report.source);
    statistics->setCommand(report.command, report.source);
    statistics->setSentence(report.sentence);
    setStatus(summaryOf(report));
    updateStatusNumbers();
    if (report.command)
        presentProgram(report);
    else if (isFailure(report.outcome))
        banner->showSentence(failureOf(report), true);
    else if (report.outcome == RunOutcome::Cancelled)
        banner->showSentence(
            MainWindow::tr("Stopped. The timeline shows what was recorded until then."), false);
    noteRun(report);
    legend->setRuns(runs); // how the tasks ended is known only now
    if (!hasSelection())
        showNothingSelected();
    else if (report.deadlock)
        showSelection(); // who waits for whom is known only now
    else
        inspector->refresh();
}

void MainWindow::Private::noteRun(const RunReport &report)
{
    const bool wasSeen =
        report.outcome == RunOutcome::Finished || report.outcome == RunOutcome::Deadlocked;
    const TaskSet *set = setOf(report);
    if (!wasSeen || !set)
        return;
    seenSlugs.insert(set->slug);
    if (gallery->selectedSlug() == set->slug)
        parameters->offerAnswer(true);
}

void MainWindow::repeatProgress(const std::vector<RunReport> &runs, int done, int total)
{
    const bool isFirst = !d->isRepeating || done <= 1;
    d->isRepeating = true;
    d->isRepeatAsked = false;
    d->liveTimer.stop();
    d->timeline->setLive(false);
    d->setBusy(true);
    if (!runs.empty()) {
        const RunReport &last = runs.back();
        d->runningSet = d->setOf(last.taskSet, last.slug);
        d->repeatedSlug = d->runningSet ? d->runningSet->slug : last.slug;
        d->log(d->summaryOf(last), Private::isFailure(last.outcome));
    }
    d->repeats->showProgress(runs, done, total);
    if (isFirst) // later on, whoever looks at something else is left alone
        d->tabs->setCurrentWidget(d->repeats);
    d->setStatus(tr("Repeating: %1 of %2 done").arg(done).arg(total));
}

void MainWindow::repeatsFinished(const std::vector<RunReport> &runs)
{
    d->isRepeating = false;
    d->isRepeatAsked = false;
    d->liveTimer.stop();
    d->timeline->setLive(false);
    if (runs.empty()) {
        d->repeats->showEmpty();
        d->setBusy(false);
        d->setStatus(tr("Stopped before the first run"));
        return;
    }
    const RunReport &last = runs.back();
    const TaskSet *set = d->setOf(last.taskSet, last.slug);
    d->repeatedSlug = set ? set->slug : last.slug;
    const QString asked = set && set->predict ? set->predict->key : QString();
    d->repeats->showRepeats(runs, asked);
    d->present(last);
    d->tabs->setCurrentWidget(d->repeats);
    d->log(repeatsSentence(runs, asked));
    if (last.outcome != RunOutcome::Cancelled)
        d->setStatus(runs.size() == 1 ? tr("Ran once") : tr("Ran %1 times").arg(runs.size()));
}

void MainWindow::deadlockFound(const QString &text)
{
    const QString sentence = deadlockFoundSentence(text);
    d->banner->showSentence(sentence, true);
    d->log(sentence, true);
}

void MainWindow::standstillSuspected(DurationNs quiet)
{
    d->suspicion = standstillSentence(quiet);
    d->banner->showSentence(d->suspicion, false); // no failure: nobody knows it
    d->log(d->suspicion, true);
}

void MainWindow::standstillOver(bool hasMoved)
{
    if (d->suspicion.isEmpty())
        return;
    if (d->banner->sentence() == d->suspicion) // else it says something newer
        d->banner->dismiss();
    d->suspicion.clear();
    if (hasMoved)
        d->log(tr("The standstill is over."));
}

} // namespace Interleave
