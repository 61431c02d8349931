// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session.h"

#include "app/outputs.h"
#include "app/ownsetsworker.h"
#include "app/processlist.h"
#include "core/base/topology.h"
#include "core/query/repeats.h"
#include "core/sched/sourceprobe.h"
#include "ui/mainwindow/mainwindow.h"

#include <QTimer>

namespace Interleave
{

Session::Session(const Catalogue &catalogue, MainWindow &window, OwnSetsWorker *ownSets,
                 QObject *parent)
    : QObject(parent)
    , m_catalogue(catalogue)
    , m_window(window)
    , m_ownSets(ownSets ? ownSets : new OwnSetsWorker(this))
    , m_processes(new ProcessList(this))
    , m_queue(m_controller)
{
    connect(&window, &MainWindow::runRequested, this, &Session::run);
    connect(&window, &MainWindow::compareRequested, this, &Session::compare);
    connect(&window, &MainWindow::stopRequested, &m_queue, &RunQueue::cancel);
    connect(&window, &MainWindow::exportRequested, this, &Session::exportTo);
    connectOwnSets();
    connectCommands();
    connect(&window, &MainWindow::exactPriorityChanged, this, [this](bool exact) {
        m_exactPriority = exact;
        m_controller.prepare(!exact);
    });
    connect(&m_queue, &RunQueue::runStarted, this, &Session::onStarted);
    connect(&m_queue, &RunQueue::linePrinted, this, [this](const PrintedLine &line) {
        const QString task = m_trace && line.task != kNoTask
            ? QString::fromStdString(m_trace->taskName(line.task))
            : QString();
        m_window.addLine(line, task, m_trace ? m_trace->origin() : line.time);
    });
    connect(&m_controller, &RunController::deadlockFound, &window, &MainWindow::deadlockFound);
    connect(&m_controller, &RunController::standstillSuspected, &window,
            &MainWindow::standstillSuspected);
    connect(&m_controller, &RunController::standstillOver, &window, &MainWindow::standstillOver);
    connect(&m_queue, &RunQueue::runFinished, this, &Session::onRunFinished);
    connect(&m_queue, &RunQueue::allFinished, this, &Session::onAllFinished);
    // After the first frame: neither the probe nor the first engine host may delay it.
    QTimer::singleShot(0, this, [this] {
        showSource();
        m_controller.prepare(!m_exactPriority);
    });
}

Session::~Session() = default;

void Session::showSource()
{
    const SourceVerdict verdict = probeSources();
    const std::size_t cores = onlineCores().size();
    SourceChip chip;
    chip.good = verdict.best == Source::KernelWide || verdict.best == Source::Kernel;
    const QString coresText = cores == 1 ? tr("1 core") : tr("%1 cores").arg(cores);
    switch (verdict.best) {
    case Source::KernelWide:
        chip.text = tr("kernel, whole machine · %1").arg(coresText);
        break;
    case Source::Kernel:
        chip.text = tr("kernel · %1").arg(coresText);
        break;
    case Source::Sampled:
        chip.text = tr("sampled · %1").arg(coresText);
        break;
    case Source::Events:
        chip.text = tr("events only · %1").arg(coresText);
        break;
    }
    chip.detail = QString::fromStdString(verdict.reason);
    if (!verdict.remedy.empty())
        chip.detail +=
            QLatin1Char('\n') + tr("To improve: %1").arg(QString::fromStdString(verdict.remedy));
    m_window.setSourceChip(chip);
}

RunRequest Session::requestFor(const TaskSet &set, const QString &model,
                               const QJsonObject &params) const
{
    RunRequest request;
    request.set = set;
    request.model = model;
    request.params = params;
    request.background = !m_exactPriority;
    request.keepSpare = true;
    return request;
}

void Session::run(const QString &slug, const QString &model, const QJsonObject &params, int repeat)
{
    const TaskSet *set = m_catalogue.find(slug);
    if (!isRunnable(set))
        return;
    const std::optional<QJsonObject> values = valuesFor(*set, params);
    if (!values)
        return;
    const RunRequest request = requestFor(*set, model, *values);
    begin(comparisonRequests(request, {model}, repeat), repeat > 1 ? Job::Repeats : Job::Single);
}

void Session::compare(const QString &slug, const QJsonObject &params, int repeat)
{
    const TaskSet *set = m_catalogue.find(slug);
    if (!isRunnable(set))
        return;
    const std::optional<QJsonObject> values = valuesFor(*set, params);
    if (!values)
        return;
    const RunRequest request = requestFor(*set, set->defaultModel, *values);
    begin(comparisonRequests(request, set->models, repeat), Job::Comparison);
}

void Session::begin(std::vector<RunRequest> requests, Job job)
{
    m_job = job;
    m_shown.clear();
    m_trace.reset();
    m_window.runStarting(requests.front().set.title, requests.front().model);
    m_queue.start(std::move(requests),
                  job == Job::Repeats          ? RunQueue::Keep::Numbers
                      : job == Job::Comparison ? RunQueue::Keep::FirstOfModel
                                               : RunQueue::Keep::Everything);
}

void Session::onStarted(const std::shared_ptr<const Trace> &trace)
{
    m_trace = trace;
    m_window.runStarted(trace, m_queue.current().set.title, m_queue.current().model);
}

void Session::onRunFinished(const RunReport &report, int done)
{
    if (m_job != Job::Comparison)
        m_shown = {report};
    if (m_job == Job::Single) {
        m_window.runFinished(report);
        emit runReported(report);
        return;
    }
    if (m_job == Job::Repeats) {
        m_window.repeatProgress(m_queue.reports(), done, m_queue.total());
        return;
    }
    // Of repeats the first of each model is shown; the table has them all.
    bool known = false;
    for (const RunReport &shown : m_shown)
        known = known || shown.model == report.model;
    if (!known)
        m_shown.push_back(report);
    m_window.comparisonProgress(m_shown, done, m_queue.total());
}

void Session::onAllFinished()
{
    if (m_job == Job::Single)
        return;
    if (m_job == Job::Repeats) {
        m_window.repeatsFinished(m_queue.reports());
        emit repeatsReported(m_queue.reports());
        return;
    }
    const Comparison comparison = compareRuns(m_queue.reports());
    m_window.comparisonFinished(comparison);
    emit comparisonReported(comparison);
}

void Session::exportTo(const QString &path)
{
    if (m_shown.empty()) {
        m_window.showMessage(tr("There is nothing to export yet: run a task set first."), true);
        return;
    }
    const Comparison comparison = compareRuns(m_shown);
    QJsonObject document = m_shown.size() == 1 ? m_shown.front().toJson() : comparison.toJson();
    if (m_job == Job::Repeats) {
        document.insert(QStringLiteral("repeats"), repeatsToJson(m_queue.reports()));
        document.insert(QStringLiteral("distribution"),
                        distributionsToJson(distributionsOf(m_queue.reports())));
    }
    auto written = writeOutput(m_shown, document, path, Arguments{});
    if (written)
        m_window.showMessage(tr("Saved %1.").arg(path), false);
    else
        m_window.showMessage(QString::fromStdString(written.error().message), true);
}

} // namespace Interleave
