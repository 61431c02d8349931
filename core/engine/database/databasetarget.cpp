// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/databasetarget.h"

#include <QUrl>
#include <QUrlQuery>

namespace Interleave
{

namespace
{

/// \param what  no part of the text: whatever was mistaken for something else may be of a password.
Error badTarget(const QString &what)
{
    return {
        ErrorCode::BadInput,
        "the parameter database is not usable: " + what.toStdString()
            + "; expected is mysql://user[:password]@host[:port]/database, with ?socket=/path "
              "for a Unix socket (in a name or a password / is written %2F, : %3A and @ %40), or "
              "nothing for the embedded SQLite"};
}

/// What stands behind the question mark. \return what is wrong with it; empty: nothing.
QString readOptions(const QUrl &url, DatabaseTarget &target)
{
    const QUrlQuery query(url);
    const auto items = query.queryItems(QUrl::FullyDecoded);
    for (const auto &[key, value] : items) {
        if (key != QLatin1String("socket"))
            return QStringLiteral("socket is the only option of it");
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
        return badTarget(QStringLiteral("it begins with neither mysql:// nor mariadb://"));
    target.isEmbedded = false;
    target.host = url.host();
    target.port = url.port(0);
    target.user = url.userName(QUrl::FullyDecoded);
    target.password = url.password(QUrl::FullyDecoded);
    target.name = url.path(QUrl::FullyDecoded).mid(1);
    if (target.name.isEmpty() || target.name.contains(u'/')
        || url.path(QUrl::FullyEncoded).contains(u'@')) // that of a password with a / before it
        return badTarget(QStringLiteral("it must name one database after the host"));
    if (url.hasFragment()) // the rest of a password with a # in it
        return badTarget(QStringLiteral("nothing can stand behind a #"));
    if (const QString wrong = readOptions(url, target); !wrong.isEmpty())
        return badTarget(wrong);
    if (target.host.isEmpty())
        target.host = QStringLiteral("localhost");
    return target;
}

} // namespace Interleave
