// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QString>

namespace Interleave
{

/// Which database is asked: a file of SQLite, or a server that speaks MySQL's protocol. Value.
struct DatabaseTarget {
    bool isEmbedded = true;
    QString file; ///< of the embedded one
    QString host;
    int port = 0; ///< 0: the usual one
    QString socket; ///< a Unix socket instead of host and port; may be empty
    QString user;
    QString password;
    QString name; ///< of the database on the server

    [[nodiscard]] QString driver() const; ///< Qt's name of it
    [[nodiscard]] QString driverPackage() const; ///< of Debian and Ubuntu
};

/// Reads mysql://user[:password]@host[:port]/database[?socket=/path], mariadb:// likewise; an empty text
/// is the embedded database in `file`. Errors: BadInput, saying what was expected, and nothing of what the
/// text is: any part of it may be of a password.
[[nodiscard]] Result<DatabaseTarget> databaseTarget(const QString &text, const QString &file);

} // namespace Interleave
