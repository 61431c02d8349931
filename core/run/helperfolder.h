// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

#include <memory>

class QTemporaryDir;

namespace Interleave
{

/// The folder with the Python helper that is put first on a program's PYTHONPATH: the files of the
/// resource ":/python" on the disk.
///
/// It is kept in the cache as resourcefolder.h says. Where the cache cannot be used, a private
/// temporary folder takes its place, which is removed at the end of this object. Thread: one owner.
class HelperFolder
{
public:
    /// Makes sure that the folder is there.
    /// \param cache where it is to be; made when it is missing.
    /// Errors: NotFound when this build has no helper, Io when neither place can be written.
    static Result<std::unique_ptr<HelperFolder>> make(const QString &cache = defaultCache());
    ~HelperFolder();
    HelperFolder(const HelperFolder &) = delete;
    HelperFolder &operator=(const HelperFolder &) = delete;

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] bool isTemporary() const { return m_temporary != nullptr; }
    [[nodiscard]] static QString defaultCache();

private:
    HelperFolder();

    QString m_path;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

} // namespace Interleave
