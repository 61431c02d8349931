// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"

#include "app/doctor.h"
#include "app/exitcodes.h"
#include "app/outputs.h"
#include "app/owntasksets.h"
#include "app/printing.h"
#include "app/recordcommands.h"
#include "app/texttable.h"
#include "core/base/uniquefd.h"
#include "core/format/slicescsvreader.h"
#include "core/query/commandsentence.h"
#include "core/query/repeats.h"
#include "core/run/runqueue.h"
#include "core/taskset/ownsets.h"
#include "core/taskset/tasksetschema.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QJsonArray>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <memory>

#include <sys/signalfd.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

/// Runs requests to their end; Ctrl+C and SIGTERM end them, and what was recorded is kept.
class Batch
{
public:
    int run(std::vector<RunRequest> requests, RunQueue::Keep keep = RunQueue::Keep::Everything)
    {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGHUP);
        sigset_t before;
        pthread_sigmask(SIG_BLOCK, &set, &before); // before any thread: all inherit it
        const UniqueFd signalFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
        RunController controller;
        RunQueue queue(controller);
        QEventLoop loop;
        bool interrupted = false;
        QString progress;
        QSocketNotifier notifier(signalFd.get(), QSocketNotifier::Read);
        QObject::connect(&notifier, &QSocketNotifier::activated, &queue, [&] {
            signalfd_siginfo info;
            if (::read(signalFd.get(), &info, sizeof info) == sizeof info) {
                interrupted = true;
                queue.cancel();
            }
        });
        QObject::connect(&queue, &RunQueue::runStarted, &loop, [&] {
            progress = QStringLiteral("running %1 as %2 (%3 of %4)")
                           .arg(queue.current().set.slug, queue.current().model)
                           .arg(queue.reports().size() + 1)
                           .arg(queue.total());
            showProgress(progress);
        });
        QObject::connect(&controller, &RunController::standstillSuspected, &loop,
                         [&](DurationNs quiet) { tellStandstill(quiet, progress); });
        QObject::connect(&queue, &RunQueue::allFinished, &loop, &QEventLoop::quit);
        queue.start(std::move(requests), keep);
        loop.exec();
        showProgress({});
        m_reports = queue.reports();
        pthread_sigmask(SIG_SETMASK, &before,
                        nullptr); // what is written now can be interrupted again
        return interrupted ? ExitInterrupted : ExitDone;
    }
    [[nodiscard]] std::vector<RunReport> &reports() { return m_reports; }

private:
    std::vector<RunReport> m_reports;
};

/// Whether the person's own sets matter: they are files, and a built-in set goes before them.
bool needsOwnSets(const Arguments &arguments, const Catalogue &builtIn)
{
    using C = Arguments::Command;
    if (arguments.command == C::List)
        return !arguments.schema;
    const bool namesSet = arguments.command == C::Run || arguments.command == C::Compare;
    return namesSet && !builtIn.find(arguments.subject);
}

/// The set that was asked for: of the catalogue, or of a file.
Result<TaskSet> setOf(const Arguments &arguments, const Catalogue &catalogue)
{
    const QString &name = arguments.subject;
    const bool isFile = !catalogue.find(name)
        && (name.contains(QLatin1Char('/'))
            || name.endsWith(QLatin1String(".json"), Qt::CaseInsensitive));
    Result<TaskSet> set = isFile ? readOwnTaskSet(name, catalogue) : catalogue.named(name);
    if (!set)
        return set;
    if (auto runnable = checkRunnable(set.value()); !runnable)
        return runnable.error();
    return set;
}

Result<RunRequest> makeRequest(const Arguments &arguments, const Catalogue &catalogue,
                               const QString &model)
{
    auto set = setOf(arguments, catalogue);
    if (!set)
        return set.error();
    RunRequest request;
    request.set = std::move(set).value();
    request.model = model.isEmpty() ? request.set.defaultModel : model;
    if (!request.set.models.contains(request.model)) {
        return Error{
            ErrorCode::BadInput,
            QStringLiteral("%1 has no model '%2'; it has %3")
                .arg(request.set.slug, request.model, request.set.models.join(QStringLiteral(", ")))
                .toStdString()};
    }
    auto params = checkedParameters(request.set, arguments.params);
    if (!params)
        return params.error();
    request.params = params.value();
    request.source = arguments.source;
    return request;
}

int exitCodeOf(const RunReport &report)
{
    if (report.command && report.command->shellStatus() != 0)
        return ExitRunFailed;
    switch (report.outcome) {
    case RunOutcome::Finished:
        return ExitDone;
    case RunOutcome::Deadlocked: // a result, in a set that is meant to come to one
        return report.params.contains(QStringLiteral("deadlock_shown_ms")) ? ExitDone
                                                                           : ExitRunFailed;
    case RunOutcome::Cancelled:
    case RunOutcome::Failed:
    case RunOutcome::Crashed:
    case RunOutcome::TimedOut:
        break;
    }
    return ExitRunFailed;
}

/// Why a run failed, in one sentence.
QString failureOf(const RunReport &report)
{
    if (!report.message.isEmpty() || !report.command)
        return report.message;
    return QStringLiteral("the command ") + commandEndText(*report.command);
}

/// The run whose wall time is the median, so that one document stands for all repeats.
const RunReport &typical(const std::vector<RunReport> &reports)
{
    std::vector<const RunReport *> order;
    order.reserve(reports.size());
    for (const RunReport &report : reports)
        order.push_back(&report);
    std::sort(order.begin(), order.end(), [](const RunReport *a, const RunReport *b) {
        return a->statistics.wall < b->statistics.wall;
    });
    return *order[(order.size() - 1) / 2];
}

int run(const Arguments &arguments, const Catalogue &catalogue)
{
    auto request = makeRequest(arguments, catalogue, arguments.model);
    if (!request)
        return complain(request.error());
    const auto &predict = request.value().set.predict;
    const QString asked = predict ? predict->key : QString();
    Batch batch;
    // Only what is written needs a trace, and which of the runs that will be is known at the end.
    const auto keep =
        arguments.outs.isEmpty() ? RunQueue::Keep::Numbers : RunQueue::Keep::Everything;
    const int interrupted = batch.run(
        comparisonRequests(request.value(), {request.value().model}, arguments.repeat), keep);
    const RunReport &report = typical(batch.reports());
    QJsonObject document = report.toJson();
    if (arguments.repeat > 1) {
        const Comparison all = compareRuns(batch.reports());
        document.insert(QStringLiteral("repeat"), all.toJson().value(QStringLiteral("models"))[0]);
        document.insert(QStringLiteral("repeats"), repeatsToJson(batch.reports()));
        document.insert(QStringLiteral("distribution"),
                        distributionsToJson(distributionsOf(batch.reports())));
    }
    const int written = writeOutputs({report}, document, arguments);
    if (arguments.json)
        printJson(document);
    else
        printText(arguments.repeat > 1 ? runText(report) + repeatsText(batch.reports(), asked)
                                       : runText(report));
    if (interrupted)
        return interrupted;
    if (const int refused = sourceRefused(arguments, report))
        return refused;
    for (const RunReport &each : batch.reports()) {
        if (exitCodeOf(each) != ExitDone)
            return complain({ErrorCode::Failed, failureOf(each).toStdString()});
    }
    return written;
}

int compare(const Arguments &arguments, const Catalogue &catalogue)
{
    auto set = setOf(arguments, catalogue);
    if (!set)
        return complain(set.error());
    const QStringList models = arguments.models.isEmpty() ? set.value().models : arguments.models;
    RunRequest prototype;
    for (const QString &model : models) {
        auto request = makeRequest(arguments, catalogue, model);
        if (!request)
            return complain(request.error());
        prototype = std::move(request).value();
    }
    Batch batch;
    const int interrupted = batch.run(comparisonRequests(prototype, models, arguments.repeat),
                                      RunQueue::Keep::FirstOfModel);
    const Comparison comparison = compareRuns(batch.reports());
    const QJsonObject document = comparison.toJson();
    // One picture of each model: its first run.
    const auto firstRound =
        std::min<std::size_t>(std::size_t(models.size()), comparison.runs.size());
    const std::vector<RunReport> shown(comparison.runs.begin(),
                                       comparison.runs.begin() + std::ptrdiff_t(firstRound));
    const int written = writeOutputs(shown, document, arguments);
    if (arguments.json)
        printJson(document);
    else
        printText(comparisonText(comparison));
    if (interrupted)
        return interrupted;
    for (const RunReport &report : comparison.runs) {
        if (const int refused = sourceRefused(arguments, report))
            return refused;
        if (exitCodeOf(report) != ExitDone)
            return complain(
                {ErrorCode::Failed,
                 (report.model + QStringLiteral(": ") + failureOf(report)).toStdString()});
    }
    return written;
}

int stats(const Arguments &arguments)
{
    auto trace = readSlicesCsv(arguments.subject);
    if (!trace)
        return complain(trace.error());
    RunReport report;
    report.title = arguments.subject;
    report.source = trace.value()->source();
    report.trace = trace.value();
    report.statistics = computeStatistics(TraceSnapshot(*report.trace));
    report.sentence = resultSentence(report);
    if (arguments.json)
        printJson(report.toJson());
    else
        printText(runText(report));
    return ExitDone;
}

} // namespace

int sourceRefused(const Arguments &arguments, const RunReport &report)
{
    if (!arguments.source || report.outcome == RunOutcome::Failed
        || report.source == *arguments.source)
        return ExitDone;
    return complain(
        {ErrorCode::NotAllowed,
         QStringLiteral("the source %1 is not to be had here: %2. See interleave doctor.")
             .arg(QLatin1String(sourceName(*arguments.source)), report.sourceRemark)
             .toStdString()});
}

int complain(const Error &error)
{
    std::fprintf(stderr, "interleave: %s\n", error.message.c_str());
    switch (error.code) {
    case ErrorCode::BadInput:
    case ErrorCode::NotFound:
        return ExitBadUsage;
    case ErrorCode::NotAllowed:
        return ExitNotAllowed;
    case ErrorCode::Io:
    case ErrorCode::Failed:
        break;
    }
    return ExitRunFailed;
}

bool needsFonts(const Arguments &arguments)
{
    for (const QString &path : arguments.outs) {
        const QString ending = path.section(QLatin1Char('.'), -1).toLower();
        if (ending != QLatin1String("csv") && ending != QLatin1String("json"))
            return true;
    }
    return false;
}

int carryOut(const Arguments &arguments, Catalogue catalogue)
{
    using C = Arguments::Command;
    if (needsOwnSets(arguments, catalogue))
        addOwnTaskSets(catalogue);
    switch (arguments.command) {
    case C::List:
        if (arguments.schema)
            printJson(taskSetSchema());
        else if (arguments.json)
            printJson(catalogue.toJson());
        else
            printText(catalogueText(catalogue));
        return ExitDone;
    case C::Doctor: {
        const QJsonObject findings = examineMachine();
        if (arguments.json)
            printJson(findings);
        else
            printText(doctorText(findings));
        return ExitDone;
    }
    case C::Run:
        return run(arguments, catalogue);
    case C::Compare:
        return compare(arguments, catalogue);
    case C::Stats:
        return stats(arguments);
    case C::Record:
        return record(arguments);
    case C::Attach:
        return attach(arguments);
    case C::Help:
        printText(arguments.help);
        return ExitDone;
    case C::Version:
        printText(QStringLiteral("interleave " INTERLEAVE_VERSION "\n"));
        return ExitDone;
    case C::Window:
        break;
    }
    return ExitBadUsage;
}

} // namespace Interleave
