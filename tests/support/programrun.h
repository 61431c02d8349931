// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/runcontroller.h"

#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace Interleave::Support
{

/// Records a program for real, as the window does, until it has ended. \return nothing when it has not
/// within `patienceMs`: it is killed then. \param whileItRuns  called once its trace grows.
inline std::optional<RunReport>
recordProgram(const CommandSpec &spec, int patienceMs = 60'000,
              const std::function<void(std::shared_ptr<const Trace>)> &whileItRuns = {})
{
    qRegisterMetaType<Interleave::RunReport>();
    qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    RunRequest request;
    request.set.slug = spec.text();
    request.set.title = spec.text();
    request.model = QStringLiteral("command");
    request.command = spec;
    RunController controller;
    QSignalSpy spy(&controller, &RunController::finished);
    if (whileItRuns)
        QObject::connect(&controller, &RunController::started, &controller, whileItRuns);
    controller.start(request);
    if (spy.isEmpty() && !spy.wait(patienceMs))
        return std::nullopt;
    return spy.first().first().value<RunReport>();
}

inline CommandSpec commandWith(const QStringList &words)
{
    CommandSpec spec;
    spec.words = words;
    return spec;
}

/// What ends a report that is not of a run that went well; empty: it did.
inline QString endOf(const std::optional<RunReport> &report)
{
    if (!report)
        return QStringLiteral("the run did not end");
    if (!report->command)
        return QStringLiteral("nothing is told of the command: ") + report->message;
    if (!report->command->failure.isEmpty())
        return report->command->failure;
    QStringList errors;
    for (const PrintedLine &line : report->lines) {
        if (line.stream == PrintedLine::Stream::Error)
            errors << line.text;
    }
    if (report->command->shellStatus() == 0)
        return {};
    return QStringLiteral("it ended with %1: %2")
        .arg(report->command->shellStatus())
        .arg(errors.join(QStringLiteral("; ")).right(2000));
}

/// Why nothing can be said of who ran where; empty: the kernel was the source.
inline QString withoutKernel(const RunReport &report)
{
    if (report.source == Source::Kernel || report.source == Source::KernelWide)
        return {};
    return QStringLiteral("needs the kernel as source: ") + report.sourceRemark;
}

/// Of the run's threads, as shown. \param pid  of its process; 0: of all.
inline QStringList threadNames(const RunReport &report, pid_t pid = 0)
{
    QStringList names;
    const Trace &trace = *report.trace;
    for (ThreadIndex i = 0; i < trace.threadCount(); ++i) {
        const ThreadInfo &thread = trace.thread(i);
        if (thread.ofRun.load() && (pid == 0 || thread.pid.load() == pid))
            names << QString::fromStdString(trace.threadName(i));
    }
    return names;
}

/// Of the finer tasks of one kind, in the order of their numbers.
inline std::vector<TaskId> tasksOfKind(const RunReport &report, TaskKind kind)
{
    std::vector<TaskId> tasks;
    const Trace &trace = *report.trace;
    for (TaskId id = 1; id < trace.taskEnd(); ++id) {
        const TaskRange *range = trace.rangeOf(id);
        if (range && range->kind == kind)
            tasks.push_back(id);
    }
    return tasks;
}

/// The program of the interpreter itself: what is called python3 in PATH may be a script that looks for
/// one, and those of its processes would be in the run. Empty: there is none.
inline QString pythonProgram()
{
    static const QString found = [] {
        QProcess process;
        process.start(QStringLiteral("python3"),
                      {QStringLiteral("-c"), QStringLiteral("import sys; print(sys.executable)")});
        return process.waitForFinished(20'000) && process.exitCode() == 0
            ? QString::fromLocal8Bit(process.readAllStandardOutput()).trimmed()
            : QString();
    }();
    return found;
}

/// Whether `python` can import it.
inline bool canImport(const QString &python, const QString &module)
{
    QProcess process;
    process.start(python, {QStringLiteral("-c"), QStringLiteral("import ") + module});
    return process.waitForFinished(30'000) && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0;
}

/// A Python that can import it: the person's own, or that of the distribution, to which its packages
/// belong. Empty: none can.
inline QString pythonWith(const QString &module)
{
    for (const QString &python : {pythonProgram(), QStringLiteral("/usr/bin/python3")}) {
        if (!python.isEmpty() && canImport(python, module))
            return python;
    }
    return {};
}

/// A file of the source; the environment says where that is.
inline QString sourceFile(const QString &path)
{
    return qEnvironmentVariable("INTERLEAVE_SOURCE_DIR") + QLatin1Char('/') + path;
}

} // namespace Interleave::Support
