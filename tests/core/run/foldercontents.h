// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QStringList>

#include <sys/stat.h>

namespace Interleave::Support
{

inline QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline bool writeFile(const QString &path, const QByteArray &contents)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
}

/// 0: there is nothing. Of a link its own.
inline unsigned modeOf(const QString &path)
{
    struct stat info = {};
    return ::lstat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 07777 : 0;
}

/// All that is in a folder, however it is hidden.
inline QStringList entriesOf(const QString &folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden
                                  | QDir::System);
}

/// Whether the folder has exactly the Python files of the resource, with their contents.
inline bool isCopyOf(const QString &folder, const QString &resource)
{
    const QDir source(resource);
    const QStringList names = source.entryList({QStringLiteral("*.py")}, QDir::Files);
    if (names.isEmpty() || entriesOf(folder) != names)
        return false;
    for (const QString &name : names) {
        if (readFile(folder + QLatin1Char('/') + name) != readFile(source.filePath(name)))
            return false;
    }
    return true;
}

} // namespace Interleave::Support
