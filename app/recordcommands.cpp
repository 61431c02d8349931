// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/recordcommands.h"

#include "app/commands.h"
#include "app/exitcodes.h"
#include "app/outputs.h"
#include "app/printing.h"
#include "app/stopsignals.h"
#include "app/texttable.h"
#include "core/run/runcontroller.h"
#include "ui/inspector/deadlockwords.h"

#include <QEventLoop>
#include <QFile>
#include <QSocketNotifier>

#include <cerrno>
#include <csignal>
#include <map>
#include <optional>
#include <string>

#include <unistd.h>

namespace Interleave
{

namespace
{

/// Two interrupts within this are meant for us, and not only for the command.
constexpr DurationNs kTwice = kSecond;
constexpr int kCapPerfmon = 38; // CAP_PERFMON, capabilities(7)

struct Recording {
    RunReport report;
    bool isInterrupted = false; ///< a signal ended it, and not the command's own end
};

/// Runs a request to its end. \param isCommand  then interrupts are the command's own.
/// \param progress  that is shown meanwhile.
Recording recordToItsEnd(const RunRequest &request, bool isCommand, const QString &progress)
{
    StopSignals stopSignals;
    RunController controller;
    QEventLoop loop;
    Recording result;
    bool hasStarted = false;
    bool isOver = false;
    std::optional<TimestampNs> interrupted;
    const auto stop = [&] {
        result.isInterrupted = true;
        controller.stop();
    };
    QSocketNotifier notifier(stopSignals.descriptor(), QSocketNotifier::Read);
    const auto handleSignals = [&] {
        while (const int signal = stopSignals.take()) {
            const bool isForCommand =
                isCommand && hasStarted && (signal == SIGINT || signal == SIGQUIT);
            const TimestampNs now = monotonicNow();
            if (!isForCommand || (interrupted && now - *interrupted <= kTwice))
                stop();
            else
                interrupted = now;
        }
    };
    // Behind what has been told before, among it that the command has begun.
    QObject::connect(&notifier, &QSocketNotifier::activated, &loop, [&] {
        QMetaObject::invokeMethod(&loop, handleSignals, Qt::QueuedConnection);
    });
    QObject::connect(&controller, &RunController::started, &loop, [&] { hasStarted = true; });
    QObject::connect(&controller, &RunController::standstillSuspected, &loop,
                     [&](DurationNs quiet) { tellStandstill(quiet, progress); });
    QObject::connect(&controller, &RunController::finished, &loop, [&](const RunReport &report) {
        result.report = report;
        isOver = true;
        loop.quit();
    });
    controller.start(request);
    if (!isOver)
        loop.exec();
    return result;
}

RunRequest requestOf(const Arguments &arguments, const QString &model)
{
    RunRequest request;
    request.model = model;
    request.longest = arguments.longest;
    request.source = arguments.source;
    return request;
}

/// Files, and the document where one was asked for. \return an exit code.
int writeAnswers(const RunReport &report, const Arguments &arguments)
{
    const QJsonObject document = report.toJson();
    // Of what never began there is nothing to be drawn; the document says why.
    const int written = report.trace ? writeOutputs({report}, document, arguments) : int(ExitDone);
    if (arguments.json)
        printJson(document);
    return written;
}

/// Of a command that was not started. \return the exit code.
int tellNotStarted(const RunReport &report, bool isInterrupted)
{
    if (report.outcome == RunOutcome::Cancelled && isInterrupted) {
        complain({ErrorCode::Failed, report.message.toStdString()});
        return ExitInterrupted;
    }
    const bool isKnown = report.command && !report.command->failure.isEmpty();
    const QString why = isKnown ? report.command->failure : report.message;
    complain({ErrorCode::Failed, why.toStdString()});
    return isKnown ? report.command->shellStatus() : int(ExitOwnFailure);
}

/// "Name:\tvalue" lines of /proc/PID/status; empty when there is no such process.
std::map<QByteArray, QByteArray> statusOf(const QString &process)
{
    std::map<QByteArray, QByteArray> fields;
    QFile file(QStringLiteral("/proc/%1/status").arg(process));
    if (!file.open(QIODevice::ReadOnly))
        return fields;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            fields[line.left(colon)] = line.mid(colon + 1).trimmed();
    }
    return fields;
}

bool hasPerfmon()
{
    const QByteArray effective = statusOf(QStringLiteral("self"))["CapEff"];
    return (effective.toULongLong(nullptr, 16) >> kCapPerfmon & 1) != 0;
}

/// Whether this user may look into it. What has no program (a kernel thread) refuses nobody.
bool mayLookInto(pid_t pid)
{
    char program[1];
    const QByteArray link = "/proc/" + QByteArray::number(pid) + "/exe";
    const ssize_t length = ::readlink(link.constData(), program, sizeof program);
    return length >= 0 || (errno != EACCES && errno != EPERM);
}

} // namespace

void tellStandstill(DurationNs quiet, const QString &progress)
{
    if (!progress.isEmpty())
        showProgress({});
    printAside(QStringLiteral("interleave: ") + standstillSentence(quiet) + QLatin1Char('\n'));
    if (!progress.isEmpty())
        showProgress(progress);
}

Result<void> checkAttachable(pid_t pid)
{
    auto status = statusOf(QString::number(pid));
    if (status.empty())
        return Error{ErrorCode::NotFound,
                     "there is no process " + std::to_string(pid) + "; ps -e lists them"};
    const QByteArray process = status["Tgid"];
    if (process.toInt() != pid)
        return Error{ErrorCode::NotFound,
                     std::to_string(pid) + " is a thread of process " + process.toStdString()
                         + ": attach to that"};
    if (status["State"].startsWith('Z'))
        return Error{ErrorCode::NotFound,
                     "process " + std::to_string(pid)
                         + " has ended already; its parent has only not asked for its end yet"};
    if (!mayLookInto(pid) && !hasPerfmon())
        return Error{ErrorCode::NotAllowed,
                     "process " + std::to_string(pid) + " (" + status["Name"].toStdString()
                         + ") may not be observed by this user: the kernel shows only one's own, "
                           "unless they have taken on other rights (setuid); as root, or with "
                           "CAP_PERFMON, it shows all"};
    return {};
}

int record(const Arguments &arguments)
{
    CommandSpec spec;
    spec.words = arguments.words;
    spec.streams = arguments.json ? CommandSpec::Streams::ToError : CommandSpec::Streams::Kept;
    spec.askPython = arguments.askPython;
    spec.showLocks = arguments.showLocks;
    spec.follow = arguments.follow;
    RunRequest request = requestOf(arguments, QStringLiteral("command"));
    request.set.slug = request.set.title = spec.text();
    request.command = spec;
    const Recording recording = recordToItsEnd(request, true, {});
    const RunReport &report = recording.report;
    const int written = writeAnswers(report, arguments);
    if (!report.trace || !report.command || !report.command->failure.isEmpty())
        return tellNotStarted(report, recording.isInterrupted);
    if (!arguments.json)
        printAside(QLatin1Char('\n') + runText(report));
    if (written != ExitDone || sourceRefused(arguments, report) != ExitDone)
        return ExitOwnFailure;
    return report.command->shellStatus();
}

int attach(const Arguments &arguments)
{
    if (const auto allowed = checkAttachable(arguments.pid); !allowed)
        return complain(allowed.error());
    RunRequest request = requestOf(arguments, QStringLiteral("attached"));
    request.attachTo = arguments.pid;
    const QString progress =
        QStringLiteral("recording process %1; Ctrl+C ends the recording").arg(arguments.pid);
    showProgress(progress);
    const Recording recording = recordToItsEnd(request, false, progress);
    showProgress({});
    const RunReport &report = recording.report;
    const int written = writeAnswers(report, arguments);
    if (!arguments.json && report.trace)
        printText(runText(report));
    if (recording.isInterrupted)
        return ExitInterrupted;
    if (const int refused = sourceRefused(arguments, report))
        return refused;
    if (report.outcome == RunOutcome::Failed || report.outcome == RunOutcome::Crashed)
        return complain({ErrorCode::Failed, report.message.toStdString()});
    return written;
}

} // namespace Interleave
