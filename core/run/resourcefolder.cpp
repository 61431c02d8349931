// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/resourcefolder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QLatin1String>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

constexpr QLatin1String kCompiled("__pycache__"); // Python's own

Error notWritten(const QString &path, const QString &why)
{
    return {ErrorCode::Io, QStringLiteral("%1 cannot be written: %2").arg(path, why).toStdString()};
}

/// A real folder of ours that nobody else may enter.
bool isPrivate(const QString &folder)
{
    struct stat info = {};
    return ::lstat(QFile::encodeName(folder).constData(), &info) == 0 && S_ISDIR(info.st_mode)
        && info.st_uid == ::geteuid() && (info.st_mode & 077) == 0;
}

} // namespace

ResourceFolder::ResourceFolder(const QString &resource, const QString &name)
{
    const QDir folder(resource);
    const QStringList names = folder.entryList({QStringLiteral("*.py")}, QDir::Files);
    for (const QString &fileName : names) {
        QFile file(folder.filePath(fileName));
        if (file.open(QIODevice::ReadOnly))
            m_files[fileName] = file.readAll();
    }
    QCryptographicHash hash(QCryptographicHash::Sha1);
    for (const auto &[fileName, contents] : m_files) {
        hash.addData(fileName.toUtf8() + ' ' + QByteArray::number(contents.size()) + '\n');
        hash.addData(contents);
    }
    m_name = name + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(16));
}

QString ResourceFolder::defaultCache()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation)
        + QStringLiteral("/interleave");
}

QString ResourceFolder::pathIn(const QString &cache) const
{
    return cache + QLatin1Char('/') + m_name;
}

Result<QString> ResourceFolder::keepIn(const QString &cache) const
{
    const QString folder = pathIn(cache);
    if (!QDir().mkpath(cache))
        return notWritten(cache, QStringLiteral("the folder cannot be made"));
    if (isIn(folder))
        return folder;
    if (const auto installed = install(folder); !installed)
        return installed.error();
    if (!isIn(folder))
        return notWritten(folder, QStringLiteral("something else changes it"));
    return folder;
}

Result<void> ResourceFolder::writeTo(const QString &folder) const
{
    const QDir dir(folder);
    for (const auto &[name, contents] : m_files) {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
            || file.write(contents) != contents.size() || !file.flush())
            return notWritten(file.fileName(), file.errorString());
    }
    return {};
}

/// Whether exactly these files are there: one more would be imported in the place of the program's.
bool ResourceFolder::isIn(const QString &folder) const
{
    if (!isPrivate(folder))
        return false;
    const QDir dir(folder);
    const QStringList names =
        dir.entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System);
    for (const QString &name : names) {
        if (name != kCompiled && m_files.find(name) == m_files.end())
            return false;
    }
    for (const auto &[name, contents] : m_files) {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::ReadOnly) || file.readAll() != contents)
            return false;
    }
    return true;
}

/// Writes them beside `folder` and puts them there in one step; what was wrong there goes away.
Result<void> ResourceFolder::install(const QString &folder) const
{
    QTemporaryDir fresh(folder + QStringLiteral(".XXXXXX"));
    if (!fresh.isValid())
        return notWritten(folder, fresh.errorString());
    if (auto written = writeTo(fresh.path()); !written)
        return written;
    const QByteArray from = QFile::encodeName(fresh.path());
    const QByteArray to = QFile::encodeName(folder);
    struct stat info = {};
    if (::lstat(to.constData(), &info) == 0 && !S_ISDIR(info.st_mode))
        ::unlink(to.constData()); // a link must not be exchanged: its target would be emptied
    if (::rename(from.constData(), to.constData()) == 0) { // there was nothing, or an empty folder
        fresh.setAutoRemove(false);
        return {};
    }
    if (isIn(folder)) // another Interleave was faster
        return {};
    // What is exchanged into the temporary place is removed with it.
    if (::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_EXCHANGE) != 0)
        return notWritten(folder, QString::fromLocal8Bit(std::strerror(errno)));
    return {};
}

} // namespace Interleave
