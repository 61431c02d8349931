// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/base/timestamp.h"
#include "core/engine/database/databasetarget.h"
#include "core/record/sharedrings.h"

#include <QSqlDatabase>
#include <QString>

namespace Interleave
{

/// One connection to the database of a run, by Qt SQL.
///
///   closed --open()--> open --execute()--> in a transaction --commit()--> open --close()--> closed
///
/// A query of the set: a row is written; then, in a transaction, it is read again by a SELECT that takes
/// its time inside the database. MariaDB and MySQL have SLEEP() for that; SQLite gets a function of
/// ours, interleave_wait(), which a stop request ends early.
/// Thread: the one that opened it, as Qt demands; close() also by another one when that has ended.
/// Errors: Failed, with the database's own words.
class SqlConnection
{
public:
    /// \param rings whose stop request ends waits in SQLite; borrowed.
    SqlConnection(DatabaseTarget target, QString table, const SharedRings *rings);
    ~SqlConnection() { close(); }
    SqlConnection(const SqlConnection &) = delete;
    SqlConnection &operator=(const SqlConnection &) = delete;

    [[nodiscard]] bool isOpen() const { return !m_name.isEmpty(); }
    Result<void> open();
    void close();

    /// "SQLite 3.40.1", "MariaDB 10.11.6": who answers.
    Result<QString> product();
    /// The table of the run, which nobody else has.
    Result<void> createTable();
    Result<void> dropTable();
    Result<int> rowCount();

    /// The query of that number, which takes `wait`; its transaction stays open.
    Result<void> execute(int number, DurationNs wait);
    Result<void> commit();

private:
    Result<void> configureSqlite();
    Result<void> change(const QString &sql);
    Result<QString> ask(const QString &sql, int column);
    [[nodiscard]] QString waitCall(DurationNs wait) const;

    DatabaseTarget m_target;
    QString m_table;
    const SharedRings *m_rings;
    QString m_name; ///< Qt's, of an open connection
    QSqlDatabase m_database;
};

} // namespace Interleave
