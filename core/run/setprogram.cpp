// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/setprogram.h"

#include "core/taskset/setcommand.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStringList>

#include <utility>

namespace Interleave
{

namespace
{

/// Whether the kernel runs the file itself (elf(5)), and not an interpreter of it.
bool isMachineCode(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly)
        && file.read(4)
        == QByteArray("\x7f"
                      "ELF",
                      4);
}

} // namespace

Result<CommandSpec> programOf(const TaskSet &set, const QJsonObject &params, const QString &cache)
{
    if (!set.command)
        return Error{ErrorCode::BadInput,
                     QStringLiteral("the set %1 starts no program").arg(set.name()).toStdString()};
    const QStringList names = placeholdersOf(*set.command);
    QString folder;
    if (names.contains(examplesPlaceholder())) {
        Result<QString> examples = examplesFolder(cache);
        if (!examples)
            return examples.error();
        folder = std::move(examples).value();
    }
    const QString python = names.contains(pythonPlaceholder()) ? pythonInterpreter() : QString();
    return commandOf(set, params, folder, python);
}

Result<QString> examplesFolder(const QString &cache)
{
    const ResourceFolder files(QStringLiteral(":/python/examples"), QStringLiteral("examples"));
    if (files.isEmpty())
        return Error{ErrorCode::NotFound, "the Python examples are not part of this build"};
    Result<QString> kept = files.keepIn(cache);
    if (kept)
        return kept;
    const QString why = QString::fromStdString(kept.error().message);
    return Error{kept.error().code,
                 QStringLiteral("the Python examples cannot be put on the disk: %1; make that "
                                "writable, or name another folder for caches in XDG_CACHE_HOME")
                     .arg(why)
                     .toStdString()};
}

QString pythonInterpreter()
{
    const QString name = QStringLiteral("python3");
    const QString path = qEnvironmentVariableIsSet("PATH") ? QString::fromLocal8Bit(qgetenv("PATH"))
                                                           : QStringLiteral("/bin:/usr/bin");
    const QStringList folders = path.split(QLatin1Char(':')); // an empty one is the current folder
    QString first;
    for (const QString &folder : folders) {
        const QString candidate =
            QDir(QDir::current().absoluteFilePath(folder)).absoluteFilePath(name);
        const QFileInfo file(candidate);
        if (!file.isFile() || !file.isExecutable())
            continue;
        if (isMachineCode(candidate))
            return candidate;
        if (first.isEmpty())
            first = candidate;
    }
    return first.isEmpty() ? name : first;
}

} // namespace Interleave
