// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/calibrationcache.h"

#include "core/base/topology.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

#include <sys/stat.h>

namespace Interleave
{

namespace
{

/// One file per engine, build of it, and processor: another build, or another machine with the same
/// home folder, works at another speed.
QString cacheFile(const std::string &enginePath)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(QByteArray::fromStdString(enginePath));
    struct stat file = {};
    if (::stat(enginePath.c_str(), &file) == 0) {
        const qlonglong numbers[] = {file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec};
        for (const qlonglong number : numbers)
            hash.addData(QByteArray::number(number) + ' ');
    }
    hash.addData(QByteArray::fromStdString(describeMachine().processor));
    return QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation)
        + QStringLiteral("/interleave/units-per-ms-")
        + QString::fromLatin1(hash.result().toHex().left(12));
}

} // namespace

std::uint64_t cachedCalibration(const std::string &enginePath)
{
    QFile file(cacheFile(enginePath));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    bool ok = false;
    const qulonglong value = file.read(32).trimmed().toULongLong(&ok);
    return ok && value < 1'000'000'000 ? value : 0;
}

void storeCalibration(const std::string &enginePath, std::uint64_t unitsPerMs)
{
    const QString path = cacheFile(enginePath);
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile file(path);
    // A cache that cannot be written costs the next start 200 ms and nothing else.
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QByteArray::number(qulonglong(unitsPerMs)));
        file.commit();
    }
}

} // namespace Interleave
