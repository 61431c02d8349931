// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/owntasksets.h"

#include "core/format/slicescsv.h"
#include "core/taskset/ownsets.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QIODevice>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>
#include <iterator>

namespace Interleave
{

namespace
{

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(OwnTaskSets)
};

const QString kOpened = QStringLiteral("tasksets/opened");

QStringList openedFiles()
{
    return QSettings().value(kOpened).toStringList();
}

void setOpenedFiles(const QStringList &files)
{
    QSettings().setValue(kOpened, files);
}

bool isInFolder(const QString &path)
{
    const QFileInfo folder(ownTaskSetFolder());
    return folder.exists() && QFileInfo(QFileInfo(path).absolutePath()) == folder;
}

Error ioError(const QString &sentence)
{
    return {ErrorCode::Io, sentence.toStdString()};
}

} // namespace

QString ownTaskSetFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
        + QStringLiteral("/tasksets");
}

void addOwnTaskSets(Catalogue &catalogue)
{
    catalogue.setOwnSets(readOwnTaskSets(ownTaskSetFolder(), openedFiles(), catalogue));
}

std::vector<TaskSet> ownTaskSets(const Catalogue &catalogue)
{
    std::vector<TaskSet> own;
    std::copy_if(catalogue.sets().begin(), catalogue.sets().end(), std::back_inserter(own),
                 [](const TaskSet &set) { return set.isOwn(); });
    return own;
}

QString ownTaskSetPath(const Catalogue &catalogue, const QString &title)
{
    const QString slug = ownSlug(title);
    const TaskSet *same = catalogue.find(slug);
    if (same && same->isOwn() && same->fault.isEmpty())
        return same->path;
    const QString stem = ownTaskSetFolder() + QLatin1Char('/') + slug.section(QLatin1Char('/'), -1);
    QString path = stem + QStringLiteral(".json");
    for (int i = 2; QFileInfo::exists(path); ++i) // a file that is not usable, or has another title
        path = QStringLiteral("%1-%2.json").arg(stem).arg(i);
    return path;
}

Result<void> saveOwnTaskSet(const Catalogue &catalogue, const TaskSet &set, const QString &title,
                            const QString &model, const QJsonObject &params, const QString &path)
{
    const TaskSet *builtIn = catalogue.find(set.work());
    if (!builtIn || builtIn->isOwn())
        return Error{
            ErrorCode::BadInput,
            Texts::tr("“%1” has no parameters that can be saved.").arg(set.title).toStdString()};
    const QString folder = QFileInfo(path).absolutePath();
    const bool isOwnFolder = folder == QFileInfo(ownTaskSetFolder()).absoluteFilePath();
    if (isOwnFolder && !QDir().mkpath(folder))
        return ioError(
            Texts::tr("The folder %1 cannot be made, so “%2” is not saved: choose another "
                      "place by “Save as”.")
                .arg(folder, title));
    const QByteArray bytes = ownTaskSetJson(set, *builtIn, title, model, params);
    // Read back before it is written: what would not open again is not saved.
    const Result<TaskSet> checked = parseOwnTaskSet(bytes, QFileInfo(path).fileName(), catalogue);
    if (!checked)
        return checked.error();
    const Result<void> written = writeFileSafely(path, [&](QIODevice &device) -> Result<void> {
        if (device.write(bytes) != bytes.size())
            return ioError(device.errorString());
        return {};
    });
    if (!written)
        return ioError(Texts::tr("“%1” is not saved: %2. Choose another place by “Save as”.")
                           .arg(title, QString::fromStdString(written.error().message)));
    return {};
}

Result<void> openOwnTaskSet(const Catalogue &catalogue, const QString &path)
{
    const Result<TaskSet> set = readOwnTaskSet(path, catalogue);
    if (!set)
        return set.error();
    QStringList files = openedFiles();
    if (!isInFolder(path) && !files.contains(set.value().path))
        setOpenedFiles(files << set.value().path);
    return {};
}

Result<void> removeOwnTaskSet(const TaskSet &set)
{
    if (set.isLinked) {
        QStringList files = openedFiles();
        for (qsizetype i = files.size() - 1; i >= 0; --i) {
            if (QFileInfo(files[i]) == QFileInfo(set.path))
                files.removeAt(i);
        }
        setOpenedFiles(files);
        return {};
    }
    QFile file(set.path);
    if (file.remove() || !file.exists())
        return {};
    return ioError(Texts::tr("%1 cannot be deleted: %2").arg(set.path, file.errorString()));
}

} // namespace Interleave
