// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/databasetarget.h"

#include <QUrl>
#include <QUrlQuery>

namespace Interleave
{

namespace
{

Error badTarget(const QString &what)
{
    // Not the text itself, which may hold a password.
    return {ErrorCode::BadInput,
            "the parameter database is not usable: " + what.toStdString()
                + "; expected is mysql://user[:password]@host[:port]/database, with ?socket=/path "
                  "for a Unix socket, or nothing for the embedded SQLite"};
}

/// What stands behind the question mark. \return what is wrong with it; empty: nothing.
QString readOptions(const QUrl &url, DatabaseTarget &target)
{
    const QUrlQuery query(url);
    const auto items = query.queryItems(QUrl::FullyDecoded);
    for (const auto &[key, value] : items) {
        if (key != QLatin1String("socket"))
            return QStringLiteral("\"%1\" is no option of it").arg(key);
        // Qt takes options as one text, in which these separate.
        if (!value.startsWith(u'/') || value.contains(u';') || value.contains(u'='))
            return QStringLiteral("the socket must be an absolute path without ; and =");
        target.socket = value;
    }
    return {};
}

} // namespace

QString DatabaseTarget::driver() const
{
    return isEmbedded ? QStringLiteral("QSQLITE") : QStringLiteral("QMYSQL");
}

QString DatabaseTarget::driverPackage() const
{
    return isEmbedded ? QStringLiteral("libqt6sql6-sqlite") : QStringLiteral("libqt6sql6-mysql");
}

Result<DatabaseTarget> databaseTarget(const QString &text, const QString &file)
{
    DatabaseTarget target;
    if (text.trimmed().isEmpty()) {
        target.file = file;
        return target;
    }
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid())
        return badTarget(QStringLiteral("it is no URL"));
    if (url.scheme() != QLatin1String("mysql") && url.scheme() != QLatin1String("mariadb"))
        return badTarget(QStringLiteral("\"%1\" is neither mysql nor mariadb").arg(url.scheme()));
    target.isEmbedded = false;
    target.host = url.host();
    target.port = url.port(0);
    target.user = url.userName(QUrl::FullyDecoded);
    target.password = url.password(QUrl::FullyDecoded);
    target.name = url.path(QUrl::FullyDecoded).mid(1);
    if (target.name.isEmpty() || target.name.contains(u'/'))
        return badTarget(QStringLiteral("it must name one database after the host"));
    if (const QString wrong = readOptions(url, target); !wrong.isEmpty())
        return badTarget(wrong);
    if (target.host.isEmpty())
        target.host = QStringLiteral("localhost");
    return target;
}

} // namespace Interleave
