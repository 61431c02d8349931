// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/mainwindow.h"

#include "ui/command/commandpanel.h"
#include "ui/command/commandwords.h"
#include "ui/compare/comparepanel.h"
#include "ui/compare/outputpanel.h"
#include "ui/compare/repeatspanel.h"
#include "ui/compare/statisticspanel.h"
#include "ui/gallery/gallerypanel.h"
#include "ui/gallery/parameterpanel.h"
#include "ui/inspector/inspectorpanel.h"
#include "ui/inspector/legendpanel.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/mainwindowprivate.h"
#include "ui/mainwindow/toolbar.h"
#include "ui/timeline/runviews.h"

#include <QCloseEvent>
#include <QTabWidget>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace Interleave
{

MainWindow::MainWindow(const Catalogue &catalogue, Theme::Kind themeKind, QWidget *parent)
    : QMainWindow(parent)
    , d(std::make_unique<Private>(this, catalogue, themeKind))
{
    d->build();
    d->loadSettings();
    d->setBusy(false);
    d->showNothingSelected();
    d->updateStatusNumbers();
    d->timeline->setFocus();
    if (d->parameters->isExactPriority()) {
        // Later, because whoever made the window has yet to connect to it.
        QMetaObject::invokeMethod(
            this, [this] { emit exactPriorityChanged(d->parameters->isExactPriority()); },
            Qt::QueuedConnection);
    }
}

MainWindow::~MainWindow()
{
    // The panels live a moment longer than d and must not call it any more.
    const std::initializer_list<QObject *> senders{d->gallery,  d->parameters, d->command,
                                                   d->timeline, d->compare,    d->toolBar};
    for (QObject *sender : senders)
        sender->disconnect(this);
}

TimelineView *MainWindow::timeline() const
{
    return d->timeline;
}

void MainWindow::setSourceChip(const SourceChip &chip)
{
    d->toolBar->setSourceChip(chip);
    if (!chip.good)
        d->log(chip.text + QStringLiteral(". ") + chip.detail);
}

void MainWindow::selectTaskSet(const QString &name, const QString &model, const QJsonObject &params)
{
    const TaskSet *set = d->catalogue.find(name);
    if (!set) {
        showMessage(QString::fromStdString(d->catalogue.named(name).error().message), true);
        return;
    }
    if (set->models.contains(model))
        d->models.insert(set->slug, model);
    if (!params.isEmpty()) {
        QJsonObject merged = d->params.value(set->slug);
        for (auto it = params.begin(); it != params.end(); ++it)
            merged.insert(it.key(), it.value());
        d->params.insert(set->slug, merged);
    }
    if (d->gallery->selectedSlug() == set->slug)
        d->showSet(set->slug);
    else
        d->gallery->select(set->slug);
}

void MainWindow::runStarting(const QString &title, const QString &model)
{
    if (!d->isComparing && d->isCompareAsked) {
        d->isComparing = true;
        d->reports.clear();
        d->compare->showProgress({}, 0, d->askedRuns);
        d->tabs->setCurrentWidget(d->compare);
    }
    if (!d->isRepeating && d->isRepeatAsked) {
        d->isRepeating = true;
        d->reports.clear();
        d->repeats->showProgress({}, 0, d->askedRuns);
        d->tabs->setCurrentWidget(d->repeats);
    }
    d->isCompareAsked = false;
    d->isRepeatAsked = false;
    d->isProgram = isProgramModel(model);
    d->runningSet = d->setOfRun(title, model);
    d->runningWords = shortCommand(title) + QStringLiteral(" · ") + modelTitle(model);
    d->banner->dismiss();
    d->setBusy(true);
    if (d->isProgram)
        d->command->setState(tr("Starting…"));
    d->setStatus(tr("Starting %1…").arg(d->runningWords));
    d->log(tr("Starting %1.").arg(d->runningWords));
}

void MainWindow::runStarted(std::shared_ptr<const Trace> trace, const QString &title,
                            const QString &model)
{
    if (!trace)
        return;
    d->isProgram = isProgramModel(model);
    d->runningSet = d->setOfRun(title, model);
    d->runningWords = shortCommand(title) + QStringLiteral(" · ") + modelTitle(model);
    d->setBusy(true);
    std::vector<RunView> views;
    if (d->isComparing) {
        d->compare->showRunning(modelTitle(model));
        views = viewsOf(d->reports, RunStack::Comparison);
    } else {
        d->reports.clear();
        d->forgetOtherComparison();
        if (d->isRepeating)
            d->banner->dismiss(); // of the repeat before
    }
    if (views.empty()) {
        d->output->clearLines();
        d->statistics->clear();
    }
    const QWidget *tab = d->tabs->currentWidget();
    const bool isOne = !d->isComparing && !d->isRepeating;
    if (d->isProgram && isOne && tab != d->statistics && tab != d->messages)
        d->tabs->setCurrentWidget(d->output); // it is what a person expects of a program first
    // A repeat stays off the stack: the model already stands there.
    const bool isRepeat = std::any_of(views.begin(), views.end(),
                                      [&](const RunView &view) { return view.model == model; });
    if (!isRepeat) {
        const QString heading = d->isComparing ? modelTitle(model) : QString();
        views.push_back({std::move(trace), model, heading, {}});
        d->inspector->showEmpty(d->runningSet, true);
        d->showRuns(std::move(views), true);
    }
    d->clock.start();
    d->liveTimer.start();
    d->tick();
}

void MainWindow::addLine(const PrintedLine &line, const QString &taskName, TimestampNs origin)
{
    const DurationNs since = origin > 0 ? line.time - origin : 0;
    d->output->addLine({OutputPanel::secondsStamp(since), taskName, line.task, line.text, false,
                        line.stream == PrintedLine::Stream::Error});
}

void MainWindow::runFinished(const RunReport &report)
{
    d->liveTimer.stop();
    d->timeline->setLive(false);
    d->log(d->summaryOf(report) + (report.message.isEmpty() ? QString() : u' ' + report.message),
           Private::isFailure(report.outcome));
    if (d->isComparing) {
        // The other models still follow, unless the user has ended it.
        if (report.outcome == RunOutcome::Cancelled)
            d->endComparison();
        return;
    }
    d->isCompareAsked = false;
    d->isRepeatAsked = false;
    d->present(report);
    const QWidget *tab = d->tabs->currentWidget();
    if (tab == d->compare || tab == d->repeats)
        d->tabs->setCurrentWidget(d->statistics); // one run has nothing to be compared with
}

void MainWindow::comparisonProgress(const std::vector<RunReport> &runs, int done, int total)
{
    d->isComparing = true;
    d->isCompareAsked = false;
    d->liveTimer.stop();
    d->reports = runs;
    d->setBusy(true);
    if (!runs.empty()) {
        d->runningSet = d->setOf(runs.front().taskSet, runs.front().slug);
        d->comparedSlug = d->runningSet ? d->runningSet->slug : runs.front().slug;
        d->showRuns(viewsOf(runs, RunStack::Comparison), false);
    }
    d->compare->showProgress(runs, done, total);
    d->tabs->setCurrentWidget(d->compare);
    d->setStatus(tr("Comparing: %1 of %2 done").arg(done).arg(total));
}

void MainWindow::comparisonFinished(const Comparison &comparison)
{
    d->reports = comparison.runs;
    d->endComparison();
    if (comparison.runs.empty())
        return;
    d->runningSet = d->setOf(comparison.taskSet, comparison.slug);
    d->comparedSlug = d->runningSet ? d->runningSet->slug : comparison.slug;
    d->compare->showComparison(comparison);
    d->compare->setCurrentModel(d->parameters->model());
    d->tabs->setCurrentWidget(d->compare);
    d->statistics->setStatistics(comparison.runs.back().statistics, comparison.runs.back().source);
    d->statistics->setSentence(comparison.runs.back().sentence);
    d->showRuns(viewsOf(comparison.runs, RunStack::Comparison), false);
    d->timeline->fit();
    const bool isStopped =
        std::any_of(comparison.runs.begin(), comparison.runs.end(),
                    [](const RunReport &run) { return run.outcome == RunOutcome::Cancelled; });
    if (isStopped)
        d->banner->showSentence(tr("Stopped. Only what had finished is compared."), false);
    else if (comparison.models.size() == 1)
        d->setStatus(tr("Ran %1 times").arg(comparison.runs.size()));
    else
        d->setStatus(tr("Compared %1 models").arg(comparison.models.size()));
    d->log(comparison.sentence);
    for (const RunReport &run : comparison.runs) {
        d->noteRun(run);
        if (Private::isFailure(run.outcome)) {
            d->banner->showSentence(
                modelTitle(run.model) + QStringLiteral(": ") + d->failureOf(run), true);
        }
    }
    d->showSelection();
}

void MainWindow::showMessage(const QString &sentence, bool isError)
{
    d->log(sentence, isError);
    d->setStatus(sentence);
    if (isError)
        d->banner->showSentence(sentence, true);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    d->saveSettings();
    if (d->isBusy)
        emit stopRequested();
    event->accept();
}

} // namespace Interleave
