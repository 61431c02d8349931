// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/helperfolder.h"

#include "core/run/resourcefolder.h"

#include <QDir>
#include <QTemporaryDir>

namespace Interleave
{

namespace
{

/// PYTHONPATH cannot name it otherwise.
bool canBeOnAPath(const QString &folder)
{
    return !folder.contains(QLatin1Char(':'));
}

} // namespace

HelperFolder::HelperFolder() = default;
HelperFolder::~HelperFolder() = default;

QString HelperFolder::defaultCache()
{
    return ResourceFolder::defaultCache();
}

Result<std::unique_ptr<HelperFolder>> HelperFolder::make(const QString &cache)
{
    const ResourceFolder files(QStringLiteral(":/python"), QStringLiteral("python"));
    if (files.isEmpty())
        return Error{ErrorCode::NotFound, "the Python helper is not part of this build"};
    std::unique_ptr<HelperFolder> helper(new HelperFolder);
    if (canBeOnAPath(files.pathIn(cache))) {
        if (const auto kept = files.keepIn(cache)) {
            helper->m_path = kept.value();
            return helper;
        }
    }
    helper->m_temporary = std::make_unique<QTemporaryDir>(
        QDir::tempPath() + QStringLiteral("/interleave-python-XXXXXX"));
    helper->m_path = helper->m_temporary->path();
    if (!helper->m_temporary->isValid() || !canBeOnAPath(helper->m_path)
        || !files.writeTo(helper->m_path)) {
        const QString sentence =
            QStringLiteral("the Python helper can be written neither to %1 nor to %2: make one of "
                           "them writable")
                .arg(cache, QDir::tempPath());
        return Error{ErrorCode::Io, sentence.toStdString()};
    }
    return helper;
}

} // namespace Interleave
