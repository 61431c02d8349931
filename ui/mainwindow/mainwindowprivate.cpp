// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow/mainwindowprivate.h"

#include "core/query/knowledge.h"
#include "core/taskset/commandbytes.h"
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
#include "ui/mainwindow/shortcutsheet.h"
#include "ui/mainwindow/toolbar.h"
#include "ui/timeline/timescale.h"

#include <QAction>
#include <QApplication>
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace Interleave
{

void MainWindow::Private::showSet(const QString &slug)
{
    offerRun();
    if (RecentCommands::isProgramSlug(slug)) {
        showProgram(slug);
        return;
    }
    const TaskSet *set = catalogue.find(slug);
    if (!set)
        return;
    pages->setCurrentWidget(parameters);
    isShowingSet = true;
    parameters->setTaskSet(*set, models.value(slug), params.value(slug));
    isShowingSet = false;
    compare->setCurrentModel(parameters->model());
    if (comparedSlug.isEmpty() && !isComparing)
        compare->showEmpty(set->models.size() > 1 ? set->title : QString(),
                           int(set->models.size()));
    parameters->offerAnswer(seenSlugs.contains(slug));
    if (runs.empty())
        inspector->showEmpty(set);
    updateActions();
    emit q->selectionChanged();
}

void MainWindow::Private::rememberParameters()
{
    const QString slug = parameters->taskSet().slug;
    if (isShowingSet || slug.isEmpty())
        return;
    awaitedSlug.clear(); // who works with this set wants to keep it
    models.insert(slug, parameters->model());
    params.insert(slug, parameters->params());
}

void MainWindow::Private::requestRun()
{
    if (!isBusy && isProgramSelected()) {
        requestCommand();
        return;
    }
    const TaskSet *set = currentSet();
    if (isBusy || !set || !set->fault.isEmpty() || !isAgreedTo(*set))
        return;
    rememberParameters();
    isRepeatAsked = parameters->repeat() > 1;
    askedRuns = parameters->repeat();
    emit q->runRequested(set->slug, parameters->model(), parameters->params(),
                         parameters->repeat());
}

void MainWindow::Private::requestCompare()
{
    const TaskSet *set = currentSet();
    if (isBusy || !set || set->command) // one model: there is nothing to compare
        return;
    rememberParameters();
    isCompareAsked = true;
    askedRuns = int(set->models.size()) * parameters->repeat();
    emit q->compareRequested(set->slug, parameters->params(), parameters->repeat());
}

void MainWindow::Private::chooseExportPath(const QString &ending)
{
    const QString folder =
        QSettings().value(QStringLiteral("window/exportFolder"), QDir::homePath()).toString();
    QString name = reports.empty() ? QStringLiteral("interleave") : reports.front().slug;
    if (!reports.empty() && reports.front().command && name.isEmpty())
        name = QFileInfo(readableText(reports.front().command->spec.words.value(0)))
                   .completeBaseName();
    if (!reports.empty())
        name += u'-' + (reports.size() > 1 ? QStringLiteral("models") : reports.front().model);
    auto *dialog = new QFileDialog(q, MainWindow::tr("Export"), folder);
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(MainWindow::tr("%1 files (*.%2)").arg(ending.toUpper(), ending));
    dialog->setDefaultSuffix(ending);
    dialog->selectFile(name + u'.' + ending);
    QObject::connect(dialog, &QFileDialog::fileSelected, q, [this](const QString &path) {
        QSettings().setValue(QStringLiteral("window/exportFolder"), QFileInfo(path).absolutePath());
        emit q->exportRequested(path);
    });
    dialog->open();
}

void MainWindow::Private::showShortcuts()
{
    auto *sheet = new ShortcutSheet(actions, q);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->open();
}

void MainWindow::Private::showAbout()
{
    auto *box = new QMessageBox(q);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(MainWindow::tr("About Interleave"));
    box->setText(MainWindow::tr("Interleave %1").arg(QCoreApplication::applicationVersion()));
    box->setInformativeText(MainWindow::tr(
        "Makes concurrent execution visible: which task ran on which core, when, and "
        "why it waited. The picture comes from the kernel's own records.\n\nFree "
        "software under the GNU General Public License, version 3 or later."));
    box->open();
}

void MainWindow::Private::showDetails()
{
    actions.showRight->setChecked(true);
    showSelection();
    inspector->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::Private::setBusy(bool busy)
{
    // A button that is disabled while it has the focus hands it to its neighbour, which is no one's wish.
    QWidget *focus = QApplication::focusWidget();
    const bool isOnButton =
        busy != isBusy && focus && (toolBar->isAncestorOf(focus) || compare->isAncestorOf(focus));
    isBusy = busy;
    if (isOnButton)
        timeline->setFocus(Qt::OtherFocusReason);
    toolBar->setBusy(busy);
    updateActions();
}

void MainWindow::Private::updateActions()
{
    const TaskSet *set = currentSet();
    const bool canCompare = !isBusy && set && set->models.size() > 1;
    actions.run->setEnabled(
        !isBusy && (isProgramSelected() ? command->isReady() : set && set->fault.isEmpty()));
    actions.attach->setEnabled(!isBusy);
    actions.saveSet->setEnabled(isSavable(set));
    actions.stop->setEnabled(isBusy);
    actions.compare->setEnabled(canCompare);
    compare->setCompareEnabled(canCompare);
    const bool hasTrace = std::any_of(reports.begin(), reports.end(),
                                      [](const RunReport &report) { return bool(report.trace); });
    // Of repeats of one model the first is written; several models would need a column of their own.
    const bool isOneModel =
        std::all_of(reports.begin(), reports.end(), [this](const RunReport &report) {
            return report.model == reports.front().model;
        });
    for (QAction *action : std::as_const(actions.exports)) {
        const bool isSlices = action->data().toString() == QLatin1String("csv");
        action->setEnabled(!isBusy && hasTrace && (isOneModel || !isSlices));
        if (isSlices) {
            action->setToolTip(isOneModel
                                   ? QString()
                                   : MainWindow::tr("Slices are written of one run, not of a "
                                                    "comparison: run one model alone."));
        }
    }
}

void MainWindow::Private::showRuns(std::vector<RunView> views, bool live)
{
    runs = std::move(views);
    timeline->setRuns(runs, live);
    legend->setRuns(runs);
    updateStatusNumbers();
    // It survives when the same runs only get other titles.
    if (hasSelection())
        showSelection();
}

bool MainWindow::Private::hasSelection() const
{
    const TimelineState &state = timeline->state();
    return state.selected.has_value() || state.selectedSpan.has_value();
}

void MainWindow::Private::showSelection()
{
    const TimelineState &state = timeline->state();
    const auto run = std::size_t(state.selectedRun);
    if (state.selectedSpan && !state.selectedSpan->isEmpty())
        inspector->showSpan(runs, *state.selectedSpan);
    else if (state.selected && run < runs.size() && runs[run].trace)
        inspector->showSlice(runs[run].trace, *state.selected, runs[run].deadlock);
    else
        showNothingSelected();
}

void MainWindow::Private::showNothingSelected()
{
    if (isBusy) {
        inspector->showEmpty(runningSet, true);
    } else if (reports.size() == 1) {
        inspector->showReport(reports.front(), runningSet);
    } else if (reports.size() > 1) {
        DurationNs longest = 0;
        for (const RunReport &report : reports)
            longest = std::max(longest, report.statistics.wall);
        inspector->showSpan(runs, {0, longest});
    } else {
        inspector->showEmpty(currentSet());
    }
}

void MainWindow::Private::endComparison()
{
    isComparing = false;
    isCompareAsked = false;
    liveTimer.stop();
    timeline->setLive(false);
    output->flush();
    compare->stopProgress();
    setBusy(false);
    setStatus(MainWindow::tr("Comparison stopped"));
}

void MainWindow::Private::forgetOtherComparison()
{
    if (!runningSet && isProgram) {
        repeatedSlug.clear();
        repeats->showEmpty();
        comparedSlug.clear();
        compare->showEmpty({}, 1);
        return;
    }
    if (runningSet && runningSet->slug != repeatedSlug && !isRepeating) {
        repeatedSlug.clear();
        repeats->showEmpty();
    }
    if (!runningSet || runningSet->slug == comparedSlug)
        return;
    comparedSlug.clear();
    compare->showEmpty(runningSet->title, int(runningSet->models.size()));
}

void MainWindow::Private::tick()
{
    updateStatusNumbers();
    const QString elapsed =
        QStringLiteral("%1 s").arg(double(clock.isValid() ? clock.elapsed() : 0) / 1000, 0, 'f', 1);
    setStatus(MainWindow::tr("Running %1 · %2").arg(runningWords, elapsed));
    if (isProgram)
        command->setState(MainWindow::tr("Running for %1").arg(elapsed));
    if (!runs.empty() && runs.back().trace && statistics->isVisible())
        statistics->updateFrom(*runs.back().trace);
    inspector->refresh();
    legend->setRuns(runs); // it explains what has occurred until now
}

void MainWindow::Private::updateStatusNumbers()
{
    std::uint64_t slices = 0;
    for (const RunView &run : runs)
        slices += run.trace ? run.trace->sliceCount() : 0;
    if (runs.empty()) {
        statusNumbers->clear();
        return;
    }
    const int widthPx = std::max(1, timeline->builder().timeScale().widthPx);
    const DurationNs perPixel = timeline->state().window.duration() / widthPx;
    statusNumbers->setText(
        MainWindow::tr("%1/px · %2 slices")
            .arg(durationLabel(perPixel), QLocale().toString(qulonglong(slices))));
    // The hint of a styled label leaves out its padding.
    statusNumbers->setMinimumWidth(
        statusNumbers->fontMetrics().horizontalAdvance(statusNumbers->text()) + 28);
}

void MainWindow::Private::setStatus(const QString &text)
{
    status = text;
    if (hoverText.isEmpty())
        statusText->setText(text);
}

void MainWindow::Private::log(const QString &text, bool isAlert)
{
    if (text.isEmpty())
        return;
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("HH:mm:ss"));
    messages->addLine({stamp, {}, kNoTask, text, isAlert});
}

QString MainWindow::Private::summaryOf(const RunReport &report) const
{
    const QString wall = durationLabel(report.statistics.wall);
    QString outcome;
    if (report.command && !report.command->failure.isEmpty())
        return commandEndWords(report);
    switch (report.outcome) {
    case RunOutcome::Finished:
        outcome = MainWindow::tr("Finished in %1").arg(wall);
        break;
    case RunOutcome::Failed:
        outcome = MainWindow::tr("Failed after %1").arg(wall);
        break;
    case RunOutcome::Cancelled:
        outcome = MainWindow::tr("Stopped after %1").arg(wall);
        break;
    case RunOutcome::Deadlocked:
        outcome = MainWindow::tr("Deadlocked after %1").arg(wall);
        break;
    case RunOutcome::Crashed:
        outcome = MainWindow::tr("Crashed after %1").arg(wall);
        break;
    case RunOutcome::TimedOut:
        outcome = MainWindow::tr("Ended at its time limit after %1").arg(wall);
        break;
    }
    const bool isOwnEnd = report.outcome == RunOutcome::Finished
        || report.outcome == RunOutcome::Failed || report.outcome == RunOutcome::Crashed;
    if (report.command && isOwnEnd)
        outcome = shortCommand(report.title) + u' ' + commandEndWords(report);
    const std::uint64_t switches = report.statistics.voluntary + report.statistics.involuntary;
    const QString switchesText = knowledgeOf(report.source).switches
        ? MainWindow::tr("%1 switches").arg(QLocale().toString(qulonglong(switches)))
        : MainWindow::tr("switches not known");
    QString engine = report.priority;
    if (engine == QLatin1String("exact"))
        engine = MainWindow::tr("engine at exact priority");
    else if (engine == QLatin1String("background session"))
        engine = MainWindow::tr("engine in its own session");
    const std::uint64_t lost = report.recordsLost + report.eventsDropped;
    QStringList parts{outcome, switchesText,
                      lost == 1 ? MainWindow::tr("1 record lost")
                                : MainWindow::tr("%1 records lost").arg(lost)};
    if (!engine.isEmpty())
        parts << engine;
    return parts.join(QStringLiteral(" · "));
}

const TaskSet *MainWindow::Private::currentSet() const
{
    return gallery->selectedSlug().isEmpty() ? nullptr : catalogue.find(gallery->selectedSlug());
}

const TaskSet *MainWindow::Private::firstSet() const
{
    if (const TaskSet *set = catalogue.find(QStringLiteral("two-sleepers")))
        return set;
    return catalogue.sets().empty() ? nullptr : &catalogue.sets().front();
}

const TaskSet *MainWindow::Private::offeredSet() const
{
    const TaskSet *const chosen = currentSet();
    return chosen && chosen->fault.isEmpty() ? chosen : firstSet();
}

void MainWindow::Private::offerRun()
{
    const TaskSet *const set = offeredSet();
    if (!set)
        return;
    timeline->setEmptyText(MainWindow::tr("Choose a task set on the left and press %1 to see what "
                                          "each core does, moment by moment.")
                               .arg(actions.run->shortcut().toString(QKeySequence::NativeText)),
                           MainWindow::tr("Run “%1”").arg(set->title));
}

const TaskSet *MainWindow::Private::setOf(const QString &taskSet, const QString &slug) const
{
    const TaskSet *set = catalogue.find(taskSet);
    return set ? set : catalogue.find(slug);
}

const TaskSet *MainWindow::Private::setOf(const RunReport &report) const
{
    const TaskSet *set = setOf(report.taskSet, report.slug);
    if (!set && report.command)
        set = catalogue.find(report.title);
    return set && set->command.has_value() == report.command.has_value() ? set : nullptr;
}

const TaskSet *MainWindow::Private::setOfRun(const QString &title, const QString &model) const
{
    const TaskSet *set = catalogue.find(title);
    return set && set->command.has_value() == isProgramModel(model) ? set : nullptr;
}

} // namespace Interleave
