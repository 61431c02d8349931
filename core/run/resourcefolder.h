// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <map>

namespace Interleave
{

/// The Python files of a Qt resource folder, to be put on the disk, where Python reads them.
///
/// In a cache they are kept in a folder whose name is made of their contents, so that Python's
/// compiled files stay and two versions of Interleave do not meet. It is a real folder of the
/// user's own, and nobody else may look into it. What is in it is compared with the resource every
/// time: when a file is missing, changed or one more (but Python's "__pycache__"), a new folder
/// takes its place in one step. Value. Thread: any, one at a time for each cache.
class ResourceFolder
{
public:
    /// Reads the *.py of `resource` (":/python"), not those of the folders in it.
    /// \param name  the first part of the folder's name on the disk.
    ResourceFolder(const QString &resource, const QString &name);

    /// Whether this build has none of the files.
    [[nodiscard]] bool isEmpty() const { return m_files.empty(); }
    /// "CACHE/NAME-0123456789abcdef": where keepIn() puts them.
    [[nodiscard]] QString pathIn(const QString &cache) const;
    /// Makes sure that the folder is in the cache, which is made when it is missing.
    /// \return its path. Errors: Io, "PATH cannot be written: WHY".
    [[nodiscard]] Result<QString> keepIn(const QString &cache) const;
    /// Writes the files into an empty folder. Errors: as keepIn().
    [[nodiscard]] Result<void> writeTo(const QString &folder) const;

    /// The user's cache for them: "~/.cache/interleave".
    [[nodiscard]] static QString defaultCache();

private:
    [[nodiscard]] bool isIn(const QString &folder) const;
    [[nodiscard]] Result<void> install(const QString &folder) const;

    std::map<QString, QByteArray> m_files; ///< contents by name
    QString m_name;
};

} // namespace Interleave
