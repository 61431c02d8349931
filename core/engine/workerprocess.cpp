// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/workerprocess.h"

#include "core/engine/enginerun.h"
#include "core/engine/work/workermain.h"
#include "core/engine/workload.h"

#include <QFileInfo>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <array>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>

namespace Interleave
{

namespace
{

/// Where the work needs Qt, its worker stands beside the other one.
QString workerProgram(const EngineRun &run, const Workload &workload)
{
    const QString plain = QString::fromStdString(run.spec().worker);
    return workload.needsQtWorker()
        ? QString(QFileInfo(plain).path() + QStringLiteral("/interleave-qt-worker"))
        : plain;
}

const std::string kSecretPrefix = std::string(kSecretParameter) + '=';

/// An empty one is none, and stays among the arguments: then the environment's does not count.
bool hasSecret(const WorkParameters &parameters)
{
    return !parameters.text(kSecretParameter, "").empty();
}

QStringList workerArguments(const EngineRun &run, const Workload &workload, int index)
{
    const RunSetup &setup = run.setup();
    QStringList arguments{
        QStringLiteral("--rings"),        QString::number(setup.rings->fd()),
        QStringLiteral("--messages"),     QString::number(setup.messageFd),
        QStringLiteral("--slug"),         QString::fromStdString(run.spec().slug),
        QStringLiteral("--task"),         QString::number(run.taskId(index)),
        QStringLiteral("--index"),        QString::number(index),
        QStringLiteral("--count"),        QString::number(run.taskCount()),
        QStringLiteral("--name"),         QString::fromStdString(workload.taskName(index)),
        QStringLiteral("--units-per-ms"), QString::number(setup.unitsPerMs, 'g', 17),
    };
    if (setup.board)
        arguments << QStringLiteral("--board") << QString::number(setup.board->fd());
    for (const std::string &parameter : setup.parameters.toArguments()) {
        if (!hasSecret(setup.parameters) || parameter.rfind(kSecretPrefix, 0) != 0)
            arguments << QString::fromStdString(parameter);
    }
    return arguments;
}

/// The engine's own, and what must not stand among the arguments.
QProcessEnvironment workerEnvironment(const WorkParameters &parameters)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QLatin1String(kSecretVariable),
                       QString::fromStdString(parameters.text(kSecretParameter, "")));
    return environment;
}

/// "SIGSEGV"; "" for a number that is no signal.
std::string signalName(int signal)
{
    const char *const name = sigabbrev_np(signal);
    return name ? "SIG" + std::string(name) : std::string();
}

std::string endedBadly(int index, qint64 pid, int code, QProcess::ExitStatus status)
{
    const std::string who =
        "task " + std::to_string(index + 1) + " (child process " + std::to_string(pid) + ")";
    if (status == QProcess::CrashExit)
        return who + " was ended by signal " + std::to_string(code) + " " + signalName(code);
    if (code == kWorkerFailed)
        return who + " failed; it told why in a line of its own";
    return who + " ended with exit code " + std::to_string(code);
}

DurationNs lengthOf(timeval time)
{
    return DurationNs(time.tv_sec) * kSecond + DurationNs(time.tv_usec) * kMicrosecond;
}

CpuTime cpuOfReaped()
{
    rusage usage = {};
    getrusage(RUSAGE_CHILDREN, &usage);
    return {lengthOf(usage.ru_utime), lengthOf(usage.ru_stime)};
}

/// \return when the end is told to have been.
TimestampNs tellEnd(EngineRun &run, int index, qint64 pid, int code, QProcess::ExitStatus status,
                    CpuTime cpu)
{
    Message message;
    message.kind = MessageKind::ProcessEnded;
    message.task = run.taskId(index);
    message.number = std::uint64_t(pid);
    message.time = monotonicNow();
    message.key = status == QProcess::CrashExit ? "signal" : "exit";
    message.cause = TaskId(code);
    message.text = std::to_string(cpu.user) + ' ' + std::to_string(cpu.system);
    run.tell(message);
    return message.time;
}

} // namespace

ReapedCpu::ReapedCpu()
    : m_total(cpuOfReaped())
{
}

CpuTime ReapedCpu::take()
{
    const CpuTime before = std::exchange(m_total, cpuOfReaped());
    return {m_total.user - before.user, m_total.system - before.system};
}

std::unique_ptr<QProcess> makeWorkerProcess(const EngineRun &run, const Workload &workload,
                                            int index)
{
    auto process = std::make_unique<QProcess>();
    process->setProgram(workerProgram(run, workload));
    process->setArguments(workerArguments(run, workload, index));
    if (hasSecret(run.setup().parameters))
        process->setProcessEnvironment(workerEnvironment(run.setup().parameters));
    // No pipes: what the child has to say goes through the message pipe.
    process->setProcessChannelMode(QProcess::ForwardedChannels);
    process->setInputChannelMode(QProcess::ForwardedInputChannel);
    const RunSetup &setup = run.setup();
    const std::array<int, 3> inherited{setup.rings->fd(), setup.messageFd,
                                       setup.board ? setup.board->fd() : -1};
    process->setChildProcessModifier([inherited] {
        for (const int fd : inherited) {
            if (fd >= 0)
                fcntl(fd, F_SETFD, 0);
        }
    });
    return process;
}

void tellProcessStart(EngineRun &run, int index, qint64 pid)
{
    Message message;
    message.kind = MessageKind::ProcessStarted;
    message.task = run.taskId(index);
    message.number = std::uint64_t(pid);
    message.time = monotonicNow();
    run.tell(message);
}

void tellProcessEnd(EngineRun &run, int index, qint64 pid, int code, QProcess::ExitStatus status,
                    CpuTime cpu)
{
    const TimestampNs ended = tellEnd(run, index, pid, code, status, cpu);
    TaskTally tally;
    if (status == QProcess::NormalExit && code == kWorkerFinished)
        tally.add(TaskStatus::Finished);
    else if (status == QProcess::NormalExit && code == kWorkerCancelled)
        tally.add(TaskStatus::Cancelled);
    else
        tally.add(TaskStatus::Failed, endedBadly(index, pid, code, status));
    run.add(tally);
    if (tally.failed == 0 || (status == QProcess::NormalExit && code == kWorkerFailed))
        return; // that one has told why itself
    Message line;
    line.kind = MessageKind::Output;
    line.task = run.taskId(index);
    line.time = ended;
    line.text = tally.firstFailure;
    run.tell(line);
}

void tellProcessKilled(EngineRun &run, int index, qint64 pid, int signal, CpuTime cpu)
{
    tellEnd(run, index, pid, signal, QProcess::CrashExit, cpu);
    TaskTally tally;
    tally.add(TaskStatus::Cancelled);
    run.add(tally);
}

} // namespace Interleave
