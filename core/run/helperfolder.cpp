// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/helperfolder.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <cstdio>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Interleave
{

namespace
{

using Files = std::map<QString, QByteArray>; ///< by name

constexpr QLatin1String kCompiled("__pycache__"); // Python's own

Files filesOfHelper()
{
    Files files;
    const QDir resource(QStringLiteral(":/python"));
    for (const QString &name : resource.entryList({QStringLiteral("*.py")}, QDir::Files)) {
        QFile file(resource.filePath(name));
        if (file.open(QIODevice::ReadOnly))
            files[name] = file.readAll();
    }
    return files;
}

QString hashOf(const Files &files)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    for (const auto &[name, contents] : files) {
        hash.addData(name.toUtf8() + ' ' + QByteArray::number(contents.size()) + '\n');
        hash.addData(contents);
    }
    return QString::fromLatin1(hash.result().toHex().left(16));
}

/// PYTHONPATH cannot name it otherwise.
bool canBeOnAPath(const QString &folder)
{
    return !folder.contains(QLatin1Char(':'));
}

/// A real folder of ours that nobody else may enter.
bool isPrivate(const QString &folder)
{
    struct stat info = {};
    return ::lstat(QFile::encodeName(folder).constData(), &info) == 0 && S_ISDIR(info.st_mode)
        && info.st_uid == ::geteuid() && (info.st_mode & 077) == 0;
}

/// Whether exactly these files are there: one more would be imported in the place of the program's.
bool holds(const QString &folder, const Files &files)
{
    if (!isPrivate(folder))
        return false;
    const QDir dir(folder);
    for (const QString &name :
         dir.entryList(QDir::AllEntries | QDir::NoDotAndDotDot | QDir::Hidden | QDir::System)) {
        if (name != kCompiled && files.find(name) == files.end())
            return false;
    }
    for (const auto &[name, contents] : files) {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::ReadOnly) || file.readAll() != contents)
            return false;
    }
    return true;
}

bool write(const QString &folder, const Files &files)
{
    const QDir dir(folder);
    for (const auto &[name, contents] : files) {
        QFile file(dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly)
            || file.write(contents) != contents.size() || !file.flush())
            return false;
    }
    return true;
}

/// Writes them beside `folder` and puts them there in one step; what was wrong there goes away.
bool install(const QString &folder, const Files &files)
{
    QTemporaryDir fresh(folder + QStringLiteral(".XXXXXX"));
    if (!fresh.isValid() || !write(fresh.path(), files))
        return false;
    const QByteArray from = QFile::encodeName(fresh.path());
    const QByteArray to = QFile::encodeName(folder);
    struct stat info = {};
    if (::lstat(to.constData(), &info) == 0 && !S_ISDIR(info.st_mode))
        ::unlink(to.constData()); // a link must not be exchanged: its target would be emptied
    if (::rename(from.constData(), to.constData()) == 0) { // there was nothing, or an empty folder
        fresh.setAutoRemove(false);
        return true;
    }
    if (holds(folder, files)) // another Interleave was faster
        return true;
    // What is exchanged into the temporary place is removed with it.
    return ::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_EXCHANGE) == 0;
}

} // namespace

HelperFolder::HelperFolder() = default;
HelperFolder::~HelperFolder() = default;

QString HelperFolder::defaultCache()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation)
        + QStringLiteral("/interleave");
}

Result<std::unique_ptr<HelperFolder>> HelperFolder::make(const QString &cache)
{
    const Files files = filesOfHelper();
    if (files.empty())
        return Error{ErrorCode::NotFound, "the Python helper is not part of this build"};
    std::unique_ptr<HelperFolder> helper(new HelperFolder);
    const QString folder = cache + QStringLiteral("/python-") + hashOf(files);
    if (canBeOnAPath(folder) && QDir().mkpath(cache)
        && (holds(folder, files) || (install(folder, files) && holds(folder, files)))) {
        helper->m_path = folder;
        return helper;
    }
    helper->m_temporary = std::make_unique<QTemporaryDir>(
        QDir::tempPath() + QStringLiteral("/interleave-python-XXXXXX"));
    helper->m_path = helper->m_temporary->path();
    if (!helper->m_temporary->isValid() || !canBeOnAPath(helper->m_path)
        || !write(helper->m_path, files)) {
        const QString sentence =
            QStringLiteral("the Python helper can be written neither to %1 nor to %2: make one of "
                           "them writable")
                .arg(cache, QDir::tempPath());
        return Error{ErrorCode::Io, sentence.toStdString()};
    }
    return helper;
}

} // namespace Interleave
