// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginehost.h"
#include "tests/core/engine/recording.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <csignal>

using namespace Interleave;

namespace
{

QString programPath(const QString &name)
{
    const QString folder = qEnvironmentVariable("INTERLEAVE_BIN");
    return (folder.isEmpty() ? QCoreApplication::applicationDirPath() + QStringLiteral("/..")
                             : folder)
        + QLatin1Char('/') + name;
}

/// A held engine host with a control pipe of its own.
class HeldHost
{
public:
    explicit HeldHost(const Recording &recording)
    {
        int fds[2];
        if (pipe2(fds, O_CLOEXEC) != 0)
            qFatal("no pipe");
        UniqueFd readEnd(fds[0]);
        control.reset(fds[1]);
        const int inherited[3] = {recording.rings().fd(), readEnd.get(), recording.messageFd()};
        process.setChildProcessModifier([inherited] {
            for (const int fd : inherited)
                fcntl(fd, F_SETFD, 0);
        });
        process.setProcessChannelMode(QProcess::ForwardedChannels);
        process.start(programPath(QStringLiteral("interleave-engine")),
                      {QStringLiteral("--host"), QStringLiteral("--rings"),
                       QString::number(inherited[0]), QStringLiteral("--control"),
                       QString::number(inherited[1]), QStringLiteral("--messages"),
                       QString::number(inherited[2]), QStringLiteral("--units-per-ms"),
                       QStringLiteral("200")});
    }
    void release(const QByteArray &line)
    {
        if (::write(control.get(), line.constData(), size_t(line.size())) != line.size())
            qFatal("the control pipe is closed");
    }

    QProcess process;
    UniqueFd control;
};

} // namespace

class TestEngineHost : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const QString engine = programPath(QStringLiteral("interleave-engine"));
        QVERIFY2(QFile::exists(engine), qPrintable(engine));
    }

    void itIsHeldWithOneThreadUntilItIsReleased()
    {
        Recording recording;
        HeldHost host(recording);
        const auto ready = recording.nextMessage();
        QVERIFY(ready.has_value());
        QCOMPARE(ready->kind, MessageKind::Ready);
        QCOMPARE(ready->number, std::uint64_t(200));
        const QDir threads(QStringLiteral("/proc/%1/task").arg(host.process.processId()));
        QCOMPARE(threads.entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), qsizetype(1));
        QVERIFY(recording.events().empty());
        host.control.reset(); // nobody will release it
        QVERIFY(host.process.waitForFinished());
        QCOMPARE(host.process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(host.process.exitCode(), 0);
        QVERIFY(recording.messages().empty());
    }

    void aReleasedHostRunsTellsTheOutcomeAndEnds()
    {
        Recording recording;
        HeldHost host(recording);
        host.release(
            R"({"slug":"primes","model":"threads","params":{"tasks":2,"work_ms":1},"worker":""})"
            "\n");
        QVERIFY(host.process.waitForFinished());
        QCOMPARE(host.process.exitCode(), 0);
        const auto messages = recording.messages();
        QCOMPARE(messages.front().kind, MessageKind::Ready);
        QCOMPARE(messages.back().kind, MessageKind::Outcome);
        QCOMPARE(messages.back().key, std::string("finished"));
        const auto events = recording.events();
        QCOMPARE(countOf(events, EventKind::Begin), 3);
        QCOMPARE(countOf(events, EventKind::End), 3);
    }

    void aLineThatMakesNoSenseIsAFailedRun()
    {
        Recording recording;
        HeldHost host(recording);
        host.release("nonsense\n");
        QVERIFY(host.process.waitForFinished());
        QCOMPARE(host.process.exitCode(), 0);
        const auto messages = recording.messages();
        QCOMPARE(messages.back().kind, MessageKind::Outcome);
        QCOMPARE(messages.back().key, std::string("failed"));
    }

    void theEndOfTheControlPipeStopsTheRun()
    {
        Recording recording;
        HeldHost host(recording);
        host.release(R"({"slug":"two-sleepers","model":"coroutines","params":{"period_ms":60000}})"
                     "\n");
        for (;;) {
            const auto message = recording.nextMessage();
            QVERIFY(message.has_value());
            if (message->kind == MessageKind::Line)
                break;
        }
        host.control.reset();
        QVERIFY(host.process.waitForFinished());
        QCOMPARE(host.process.exitCode(), 0);
        QVERIFY(recording.rings().isStopRequested());
        QCOMPARE(countOf(recording.events(), EventKind::Cancelled), 2);
    }

    void aCrashInATaskEndsTheHostAndKeepsTheRecords()
    {
        Recording recording;
        HeldHost host(recording);
        host.release(
            R"({"slug":"test-crash","model":"threads","params":{"how":"kill","period_ms":4}})"
            "\n");
        QVERIFY(host.process.waitForFinished());
        QCOMPARE(host.process.exitStatus(), QProcess::CrashExit);
        QCOMPARE(host.process.exitCode(), SIGKILL);
        QVERIFY(countOf(recording.events(), EventKind::Begin) >= 2);
    }

    void wrongArgumentsAreRefused()
    {
        QProcess process;
        process.start(programPath(QStringLiteral("interleave-engine")), {QStringLiteral("--host")});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), 2);
        QVERIFY(process.readAllStandardError().startsWith("interleave-engine: "));
    }
};

QTEST_GUILESS_MAIN(TestEngineHost)
#include "tst_enginehost.moc"
