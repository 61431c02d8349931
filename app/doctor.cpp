// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/doctor.h"

#include "core/base/topology.h"
#include "core/record/tickclock.h"
#include "core/sched/sourceprobe.h"
#include "core/taskset/commandspec.h"

#include <QFile>
#include <QProcess>
#include <QStringList>
#include <QVersionNumber>

#include <sys/resource.h>

namespace Interleave
{

namespace
{

QString firstLine(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readLine()).trimmed()
                                          : QString();
}

QString sourceInWords(const QString &word)
{
    if (word == QLatin1String("kernel-wide"))
        return QStringLiteral(
            "kernel, whole machine: every context switch, other programs included");
    if (word == QLatin1String("kernel"))
        return QStringLiteral("kernel: every context switch of your own programs");
    if (word == QLatin1String("sampled"))
        return QStringLiteral("sampled: totals are right, placement on the cores is not known");
    return QStringLiteral("events only: what the tasks themselves record, nothing about the cores");
}

/// What python3 says of itself: {"program", "version", "helper", "global_lock"}; null without one. The
/// version is empty where it did not answer.
QJsonValue examinePython()
{
    constexpr int kPatienceMs = 5'000;
    const QVersionNumber oldest(3, 8); // that the helper knows
    const auto program = findProgram(QStringLiteral("python3"), {});
    if (!program)
        return QJsonValue(QJsonValue::Null);
    QProcess python;
    python.setStandardInputFile(QProcess::nullDevice());
    python.start(program.value(),
                 {QStringLiteral("-I"), QStringLiteral("-S"), QStringLiteral("-c"),
                  QStringLiteral("import sys; print('%d.%d.%d' % sys.version_info[:3], "
                                 "int(getattr(sys, '_is_gil_enabled', lambda: True)()))")});
    if (!python.waitForFinished(kPatienceMs)) {
        python.kill();
        python.waitForFinished(kPatienceMs);
    }
    const QStringList answer =
        QString::fromUtf8(python.readAllStandardOutput()).simplified().split(QLatin1Char(' '));
    const QString version = answer.size() == 2 ? answer[0] : QString();
    return QJsonObject{
        {QStringLiteral("program"), program.value()},
        {QStringLiteral("version"), version},
        {QStringLiteral("helper"), QVersionNumber::fromString(version) >= oldest},
        {QStringLiteral("global_lock"), answer.last() == QLatin1String("1")},
    };
}

QString pythonInWords(const QJsonValue &python)
{
    if (!python.isObject())
        return QStringLiteral("no python3 in PATH");
    const QString version = python[QStringLiteral("version")].toString();
    if (version.isEmpty())
        return QStringLiteral("%1 does not answer")
            .arg(python[QStringLiteral("program")].toString());
    if (!python[QStringLiteral("helper")].toBool())
        return QStringLiteral("%1: kernel view only, the helper needs 3.8 or newer").arg(version);
    return QStringLiteral("%1, %2; the helper can tell its tasks and requests by name")
        .arg(version,
             python[QStringLiteral("global_lock")].toBool()
                 ? QStringLiteral("with a global lock (GIL)")
                 : QStringLiteral("without a global lock"));
}

} // namespace

QJsonObject examineMachine()
{
    const SourceVerdict verdict = probeSources();
    const MachineDescription machine = describeMachine();
    rlimit locked{};
    getrlimit(RLIMIT_MEMLOCK, &locked);
    const QString autogroup = firstLine(QStringLiteral("/proc/sys/kernel/sched_autogroup_enabled"));
    return {
        {QStringLiteral("schema"), QStringLiteral("interleave.doctor/1")},
        {QStringLiteral("version"), QStringLiteral(INTERLEAVE_VERSION)},
        {QStringLiteral("source"), QString::fromLatin1(sourceName(verdict.best))},
        {QStringLiteral("reason"), QString::fromStdString(verdict.reason)},
        {QStringLiteral("remedy"), QString::fromStdString(verdict.remedy)},
        {QStringLiteral("perf_event_paranoid"), verdict.paranoid},
        {QStringLiteral("perf_event_mlock_kb"), verdict.mlockKb},
        {QStringLiteral("memlock_limit_bytes"),
         locked.rlim_cur == RLIM_INFINITY ? QJsonValue(QStringLiteral("unlimited"))
                                          : QJsonValue(double(locked.rlim_cur))},
        {QStringLiteral("clock"),
         bestTickSource() == TickSource::Tsc ? QStringLiteral("tsc")
                                             : QStringLiteral("clock_gettime")},
        {QStringLiteral("autogroup"), autogroup == QLatin1String("1")},
        {QStringLiteral("processor"), QString::fromStdString(machine.processor)},
        {QStringLiteral("cores"), machine.cores},
        {QStringLiteral("allowed_cores"), int(allowedCores().size())},
        {QStringLiteral("kernel"), QString::fromStdString(machine.kernel)},
        {QStringLiteral("distribution"), QString::fromStdString(machine.distribution)},
        {QStringLiteral("python"), examinePython()},
    };
}

QString doctorText(const QJsonObject &f)
{
    const auto text = [&f](const char *key) {
        return f.value(QLatin1String(key)).toVariant().toString();
    };
    QString out;
    const auto row = [&out](const QString &name, const QString &value) {
        if (!value.isEmpty())
            out += name.leftJustified(16) + value + QLatin1Char('\n');
    };
    row(QStringLiteral("Machine"),
        text("processor") + QStringLiteral(", ") + text("cores") + QStringLiteral(" cores (")
            + text("allowed_cores") + QStringLiteral(" allowed), ") + text("kernel")
            + QStringLiteral(", ") + text("distribution"));
    row(QStringLiteral("Source"), sourceInWords(text("source")));
    row(QStringLiteral("Why not better"), text("reason"));
    row(QStringLiteral("To improve"), text("remedy"));
    row(QStringLiteral("Perf"),
        QStringLiteral("perf_event_paranoid %1, ring budget %2 KiB per core")
            .arg(text("perf_event_paranoid"), text("perf_event_mlock_kb")));
    row(QStringLiteral("Recorder clock"),
        text("clock") == QLatin1String("tsc")
            ? QStringLiteral("processor's time stamp counter, about 10 ns a read")
            : QStringLiteral(
                  "clock_gettime, about 24 ns a read (the kernel does not trust the TSC)"));
    row(QStringLiteral("Window"),
        f.value(QStringLiteral("autogroup")).toBool()
            ? QStringLiteral("stays smooth while tasks burn every core (autogroup)")
            : QStringLiteral("tasks run at nice 19 beside it (no autogroup)"));
    row(QStringLiteral("Python"), pythonInWords(f.value(QStringLiteral("python"))));
    return out;
}

} // namespace Interleave
