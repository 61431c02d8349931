// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/examplesfolder.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

#include <map>

namespace Interleave
{

namespace
{

using Files = std::map<QString, QByteArray>; ///< by name

Files builtInExamples()
{
    Files files;
    const QDir resource(QStringLiteral(":/python/examples"));
    const QStringList names = resource.entryList({QStringLiteral("*.py")}, QDir::Files);
    for (const QString &name : names) {
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

bool isThere(const QString &path, const QByteArray &contents)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.readAll() == contents;
}

Error refused(const QString &path, const QString &why)
{
    return {ErrorCode::Io,
            QStringLiteral("the Python examples cannot be written to %1: %2")
                .arg(path, why)
                .toStdString()};
}

} // namespace

Result<QString> examplesFolder()
{
    const Files files = builtInExamples();
    if (files.empty())
        return Error{ErrorCode::NotFound, "the Python examples are not part of this build"};
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation)
        + QStringLiteral("/interleave/examples-") + hashOf(files);
    if (!QDir().mkpath(folder)
        || !QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
        return refused(folder, QStringLiteral("the folder cannot be made"));
    for (const auto &[name, contents] : files) {
        const QString path = folder + u'/' + name;
        if (isThere(path, contents))
            continue;
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size()
            || !file.commit())
            return refused(path, file.errorString());
    }
    return folder;
}

} // namespace Interleave
