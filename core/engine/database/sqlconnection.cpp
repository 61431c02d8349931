// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database/sqlconnection.h"

#include <QSqlDriver>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <atomic>
#include <utility>

#include <sqlite3.h>

namespace Interleave
{

namespace
{

constexpr DurationNs kLongestWait = 60 * kSecond;

Error refused(const QString &what, const QSqlError &error)
{
    QString why = error.databaseText().trimmed();
    if (why.isEmpty())
        why = error.text().trimmed();
    return {ErrorCode::Failed,
            what.toStdString() + ": " + (why.isEmpty() ? "no reason is told" : why.toStdString())};
}

/// SELECT interleave_wait(40.5): waits for so many milliseconds.
void waitInSqlite(sqlite3_context *context, int, sqlite3_value **arguments)
{
    const auto *const rings = static_cast<const SharedRings *>(sqlite3_user_data(context));
    const double ns = sqlite3_value_double(arguments[0]) * double(kMillisecond);
    const auto wait = DurationNs(std::clamp(ns, 0.0, double(kLongestWait)));
    if (rings->sleepUntil(monotonicNow() + wait))
        sqlite3_result_int(context, 0);
    else
        sqlite3_result_error(context, "stopped", -1);
}

/// SQLite's own handle, by which functions are added. \return nullptr when Qt does not tell it.
sqlite3 *handleOf(const QSqlDatabase &database)
{
    const QVariant handle = database.driver()->handle();
    if (!handle.isValid() || qstrcmp(handle.typeName(), "sqlite3*") != 0)
        return nullptr;
    return *static_cast<sqlite3 *const *>(handle.constData());
}

} // namespace

SqlConnection::SqlConnection(DatabaseTarget target, QString table, const SharedRings *rings)
    : m_target(std::move(target))
    , m_table(std::move(table))
    , m_rings(rings)
{
}

Result<void> SqlConnection::open()
{
    static std::atomic<unsigned> counter{0};
    if (isOpen())
        return {};
    const QString driver = m_target.driver();
    if (!QSqlDatabase::isDriverAvailable(driver)) {
        return Error{ErrorCode::NotFound,
                     "Qt's database driver " + driver.toStdString()
                         + " is missing: install the package "
                         + m_target.driverPackage().toStdString()};
    }
    m_name = QStringLiteral("interleave-%1").arg(counter.fetch_add(1) + 1);
    m_database = QSqlDatabase::addDatabase(driver, m_name);
    if (m_target.isEmbedded) {
        m_database.setDatabaseName(m_target.file);
        m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=10000"));
    } else {
        m_database.setDatabaseName(m_target.name);
        m_database.setHostName(m_target.host);
        m_database.setPort(m_target.port > 0 ? m_target.port : -1);
        m_database.setUserName(m_target.user);
        m_database.setPassword(m_target.password);
        QString options = QStringLiteral("MYSQL_OPT_CONNECT_TIMEOUT=5");
        if (!m_target.socket.isEmpty())
            options += QStringLiteral(";UNIX_SOCKET=") + m_target.socket;
        m_database.setConnectOptions(options);
    }
    Result<void> opened;
    if (!m_database.open())
        opened = refused(QStringLiteral("the database cannot be opened"), m_database.lastError());
    else if (m_target.isEmbedded)
        opened = configureSqlite();
    if (!opened)
        close();
    return opened;
}

/// Readers and a writer side by side, no waiting for the disk, and the function that takes its time.
Result<void> SqlConnection::configureSqlite()
{
    sqlite3 *const handle = handleOf(m_database);
    if (!handle)
        return Error{ErrorCode::Failed, "Qt does not give SQLite's handle away"};
    const int added =
        sqlite3_create_function(handle, "interleave_wait", 1, SQLITE_UTF8,
                                const_cast<SharedRings *>(m_rings), waitInSqlite, nullptr, nullptr);
    if (added != SQLITE_OK)
        return Error{ErrorCode::Failed,
                     std::string("SQLite takes no function: ") + sqlite3_errstr(added)};
    auto journal = ask(QStringLiteral("PRAGMA journal_mode=WAL"), 0);
    if (!journal)
        return journal.error();
    return change(QStringLiteral("PRAGMA synchronous=OFF"));
}

void SqlConnection::close()
{
    if (!isOpen())
        return;
    m_database.close();
    m_database = QSqlDatabase(); // nobody may refer to it when it is removed
    QSqlDatabase::removeDatabase(m_name);
    m_name.clear();
}

Result<QString> SqlConnection::product()
{
    if (m_target.isEmbedded) {
        auto version = ask(QStringLiteral("SELECT sqlite_version()"), 0);
        if (!version)
            return version.error();
        return QStringLiteral("SQLite ") + version.value();
    }
    auto version = ask(QStringLiteral("SELECT VERSION()"), 0);
    if (!version)
        return version.error();
    const bool isMariaDb = version.value().contains(QLatin1String("MariaDB"), Qt::CaseInsensitive);
    return (isMariaDb ? QStringLiteral("MariaDB ") : QStringLiteral("MySQL "))
        + version.value().section(u'-', 0, 0);
}

Result<void> SqlConnection::createTable()
{
    return change(QStringLiteral("CREATE TABLE %1 (number INTEGER NOT NULL PRIMARY KEY, "
                                 "planned_us INTEGER NOT NULL)")
                      .arg(m_table));
}

Result<void> SqlConnection::dropTable()
{
    return change(QStringLiteral("DROP TABLE %1").arg(m_table));
}

Result<int> SqlConnection::rowCount()
{
    auto count = ask(QStringLiteral("SELECT COUNT(*) FROM %1").arg(m_table), 0);
    if (!count)
        return count.error();
    return count.value().toInt();
}

Result<void> SqlConnection::execute(int number, DurationNs wait)
{
    const qint64 plannedUs = wait / kMicrosecond;
    // Before the transaction: one that has read and then writes would be refused where another
    // connection has written meanwhile.
    if (auto inserted = change(QStringLiteral("INSERT INTO %1 (number, planned_us) VALUES (%2, %3)")
                                   .arg(m_table)
                                   .arg(number)
                                   .arg(plannedUs));
        !inserted)
        return inserted;
    if (auto begun = change(QStringLiteral("BEGIN")); !begun)
        return begun;
    auto answer = ask(QStringLiteral("SELECT %1, planned_us FROM %2 WHERE number = %3")
                          .arg(waitCall(wait), m_table)
                          .arg(number),
                      1);
    if (answer && answer.value() == QString::number(plannedUs))
        return {};
    (void)change(QStringLiteral("ROLLBACK")); // the first reason is the one to tell
    if (!answer)
        return answer.error();
    return Error{ErrorCode::Failed,
                 "query " + std::to_string(number + 1) + " was answered with "
                     + answer.value().toStdString() + " instead of " + std::to_string(plannedUs)};
}

Result<void> SqlConnection::commit()
{
    return change(QStringLiteral("COMMIT"));
}

QString SqlConnection::waitCall(DurationNs wait) const
{
    if (m_target.isEmbedded)
        return QStringLiteral("interleave_wait(%1)")
            .arg(QString::number(double(wait) / double(kMillisecond), 'f', 3));
    return QStringLiteral("SLEEP(%1)").arg(QString::number(double(wait) / double(kSecond), 'f', 6));
}

Result<void> SqlConnection::change(const QString &sql)
{
    QSqlQuery query(m_database);
    if (query.exec(sql))
        return {};
    return refused(QStringLiteral("the database refuses \"%1\"").arg(sql.section(u' ', 0, 2)),
                   query.lastError());
}

/// \return the first row's value in that column.
Result<QString> SqlConnection::ask(const QString &sql, int column)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(sql) || !query.next()) {
        const QString what =
            QStringLiteral("the database does not answer \"%1\"").arg(sql.section(u' ', 0, 2));
        return refused(what, query.lastError());
    }
    QString answer = query.value(column).toString();
    query.finish();
    return answer;
}

} // namespace Interleave
