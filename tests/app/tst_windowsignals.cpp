// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/realprogram.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

using namespace RealProgram;
using namespace Qt::StringLiterals;

/// The real window is ended from outside.
class TestWindowSignals : public QObject
{
    Q_OBJECT

private:
    static bool isCaught(qint64 pid, int signal)
    {
        QFile file(u"/proc/%1/status"_s.arg(pid));
        if (!file.open(QIODevice::ReadOnly))
            return false;
        const QByteArrayList lines = file.readAll().split('\n');
        for (const QByteArray &line : lines) {
            if (line.startsWith("SigCgt:"))
                return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (signal - 1) & 1) != 0;
        }
        return false;
    }

private slots:
    void itClosesAsAPersonWouldCloseIt_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("asked to end") << SIGTERM;
        QTest::newRow("Ctrl+C where it was started") << SIGINT;
        QTest::newRow("the terminal is gone") << SIGHUP;
    }
    void itClosesAsAPersonWouldCloseIt()
    {
        QFETCH(int, signal);
        QTemporaryDir settings;
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"XDG_CONFIG_HOME"_s, settings.path());
        process.setProcessEnvironment(environment);
        // Also where the test itself was started with signals ignored, as in the background.
        process.setChildProcessModifier([] {
            for (const int each : {SIGINT, SIGTERM, SIGHUP})
                ::signal(each, SIG_DFL);
        });
        process.start(program(), QStringList());
        QVERIFY(process.waitForStarted(kPatienceMs));
        QTRY_VERIFY_WITH_TIMEOUT(isCaught(process.processId(), signal), kPatienceMs);
        QCOMPARE(::kill(pid_t(process.processId()), signal), 0);
        QVERIFY(process.waitForFinished(kPatienceMs));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 0);
        // What it does when it is closed, too.
        QVERIFY(QFile::exists(settings.filePath(u"Interleave/Interleave.conf"_s)));
    }
};

QTEST_GUILESS_MAIN(TestWindowSignals)
#include "tst_windowsignals.moc"
