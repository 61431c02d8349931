// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace Interleave::Support
{

/// A MariaDB of our own, from the distribution's package: with its data in a temporary folder, on a Unix
/// socket there, and gone without a trace when this object goes. It never touches the system's server.
class MariaDbServer
{
public:
    ~MariaDbServer() { stop(); }

    /// Why there can be none on this machine; empty: there can.
    [[nodiscard]] static QString obstacle()
    {
        for (const QString &name : {QStringLiteral("mariadbd"), QStringLiteral("mariadb"),
                                    QStringLiteral("mariadb-install-db")}) {
            if (programPath(name).isEmpty())
                return name
                    + QStringLiteral(" is not installed: the package mariadb-server brings it");
        }
        return {};
    }

    /// \return what went wrong; empty: it runs, with an empty database "interleave".
    [[nodiscard]] QString start()
    {
        if (!m_folder.isValid())
            return m_folder.errorString();
        const QStringList asRoot =
            geteuid() == 0 ? QStringList{QStringLiteral("--user=root")} : QStringList();
        QProcess install;
        install.setProcessChannelMode(QProcess::MergedChannels);
        install.start(programPath(QStringLiteral("mariadb-install-db")),
                      QStringList{QStringLiteral("--no-defaults"),
                                  QStringLiteral("--auth-root-authentication-method=normal"),
                                  QStringLiteral("--skip-test-db"),
                                  QStringLiteral("--datadir=") + dataFolder()}
                          + asRoot);
        if (!install.waitForFinished(60'000) || install.exitCode() != 0)
            return QStringLiteral("mariadb-install-db: ")
                + QString::fromLocal8Bit(install.readAll());
        m_server.setProcessChannelMode(QProcess::MergedChannels);
        m_server.setStandardOutputFile(m_folder.filePath(QStringLiteral("log")));
        // Whatever happens to the test, no server stays behind.
        m_server.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
        m_server.start(
            programPath(QStringLiteral("mariadbd")),
            QStringList{
                QStringLiteral("--no-defaults"), QStringLiteral("--skip-networking"),
                QStringLiteral("--skip-log-bin"), QStringLiteral("--performance-schema=OFF"),
                QStringLiteral("--innodb-flush-log-at-trx-commit=0"),
                QStringLiteral("--innodb-buffer-pool-size=16M"),
                QStringLiteral("--innodb-log-file-size=8M"),
                QStringLiteral("--pid-file=") + m_folder.filePath(QStringLiteral("pid")),
                QStringLiteral("--socket=") + socket(), QStringLiteral("--datadir=") + dataFolder()}
                + asRoot);
        const bool answers = QTest::qWaitFor(
            [this] {
                return m_server.state() == QProcess::NotRunning
                    || ask(QStringLiteral("SELECT 1"), {}) == QLatin1String("1");
            },
            30'000);
        if (!answers || m_server.state() == QProcess::NotRunning)
            return QStringLiteral("mariadbd did not start: ") + log();
        (void)ask(QStringLiteral("CREATE DATABASE interleave"), {});
        return {};
    }

    /// Ends it in order. \return what went wrong; empty: it has ended by itself, with exit code 0.
    QString stop()
    {
        if (m_server.state() == QProcess::NotRunning)
            return {};
        m_server.terminate();
        if (!m_server.waitForFinished(30'000)) {
            m_server.kill();
            m_server.waitForFinished(10'000);
            return QStringLiteral("mariadbd did not answer SIGTERM: ") + log();
        }
        if (m_server.exitStatus() != QProcess::NormalExit || m_server.exitCode() != 0)
            return QStringLiteral("mariadbd ended badly: ") + log();
        return {};
    }

    [[nodiscard]] QString folder() const { return m_folder.path(); }
    [[nodiscard]] qint64 pid() const { return m_server.processId(); }
    /// For the set's parameter "database".
    [[nodiscard]] QString url() const
    {
        return QStringLiteral("mysql://root@localhost/interleave?socket=") + socket();
    }
    /// The answer of the server's own client, without column names; empty where there is none.
    [[nodiscard]] QString ask(const QString &sql,
                              const QString &database = QStringLiteral("interleave")) const
    {
        QStringList words{QStringLiteral("--no-defaults"),
                          QStringLiteral("--user=root"),
                          QStringLiteral("--batch"),
                          QStringLiteral("--skip-column-names"),
                          QStringLiteral("--socket=") + socket(),
                          QStringLiteral("--execute=") + sql};
        if (!database.isEmpty())
            words << database;
        QProcess client;
        client.start(programPath(QStringLiteral("mariadb")), words);
        if (!client.waitForFinished(10'000) || client.exitCode() != 0)
            return {};
        return QString::fromUtf8(client.readAllStandardOutput()).trimmed();
    }
    /// One of SHOW GLOBAL STATUS; -1 when the server does not tell.
    [[nodiscard]] qint64 status(const QString &name) const
    {
        const QString line =
            ask(QStringLiteral("SHOW GLOBAL STATUS LIKE '%1'").arg(name), QString());
        bool isNumber = false;
        const qint64 value = line.section(u'\t', 1, 1).toLongLong(&isNumber);
        return isNumber ? value : -1;
    }

private:
    [[nodiscard]] static QString programPath(const QString &name)
    {
        const QString found = QStandardPaths::findExecutable(name);
        return found.isEmpty()
            ? QStandardPaths::findExecutable(
                  name, {QStringLiteral("/usr/sbin"), QStringLiteral("/usr/local/sbin")})
            : found;
    }
    [[nodiscard]] QString socket() const { return m_folder.filePath(QStringLiteral("s")); }
    [[nodiscard]] QString dataFolder() const { return m_folder.filePath(QStringLiteral("data")); }
    [[nodiscard]] QString log() const
    {
        QFile file(m_folder.filePath(QStringLiteral("log")));
        return file.open(QIODevice::ReadOnly) ? QString::fromLocal8Bit(file.readAll()).right(2000)
                                              : QStringLiteral("it left no log");
    }

    QTemporaryDir m_folder;
    QProcess m_server;
};

} // namespace Interleave::Support
