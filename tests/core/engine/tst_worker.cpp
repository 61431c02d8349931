// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/work/workermain.h"
#include "tests/core/engine/recording.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTest>

using namespace Interleave;

class TestWorker : public QObject
{
    Q_OBJECT

private:
    static QString workerPath()
    {
        const QString named = qEnvironmentVariable("INTERLEAVE_WORKER");
        return named.isEmpty()
            ? QCoreApplication::applicationDirPath() + QStringLiteral("/../interleave-worker")
            : named;
    }

    static QStringList arguments(const Recording &recording, const QString &slug,
                                 const QStringList &more)
    {
        QStringList result{
            QStringLiteral("--rings"),        QString::number(recording.rings().fd()),
            QStringLiteral("--messages"),     QString::number(recording.messageFd()),
            QStringLiteral("--slug"),         slug,
            QStringLiteral("--task"),         QStringLiteral("5"),
            QStringLiteral("--index"),        QStringLiteral("1"),
            QStringLiteral("--count"),        QStringLiteral("2"),
            QStringLiteral("--name"),         QStringLiteral("a worker with a name"),
            QStringLiteral("--units-per-ms"), QStringLiteral("200")};
        return result << more;
    }

    static void start(QProcess &process, const Recording &recording, const QStringList &words)
    {
        const int rings = recording.rings().fd();
        const int messages = recording.messageFd();
        process.setChildProcessModifier([rings, messages] {
            fcntl(rings, F_SETFD, 0);
            fcntl(messages, F_SETFD, 0);
        });
        process.start(workerPath(), words);
    }

private slots:
    void initTestCase() { QVERIFY2(QFile::exists(workerPath()), qPrintable(workerPath())); }

    void itRecordsItsTaskFromItsOwnProcess()
    {
        Recording recording;
        QProcess process;
        start(process, recording,
              arguments(recording, QStringLiteral("primes"), {QStringLiteral("work_ms=1")}));
        const qint64 pid = process.processId();
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), kWorkerFinished);
        const auto events = recording.events();
        const std::vector<EventKind> expected{EventKind::Begin, EventKind::End};
        QCOMPARE(kindsOf(events, 5), expected);
        QCOMPARE(qint64(events.front().pid), pid);
    }

    void itGivesItsRingBack()
    {
        Recording recording;
        for (int i = 0; i < 3; ++i) {
            QProcess process;
            start(process, recording, arguments(recording, QStringLiteral("spawn-cost"), {}));
            QVERIFY(process.waitForFinished());
            QCOMPARE(recording.events().size(), std::size_t(2));
        }
        QCOMPARE(recording.rings().ring(0).state.load(), RingState::Free);
    }

    void itPrintsAndIsNamedAndObeysAStop()
    {
        Recording recording;
        QProcess process;
        start(process, recording,
              arguments(recording, QStringLiteral("two-sleepers"),
                        {QStringLiteral("iterations=9"), QStringLiteral("period_ms=60000")}));
        const auto line = recording.nextMessage();
        QVERIFY(line.has_value());
        QCOMPARE(line->kind, MessageKind::Line);
        QCOMPARE(line->task, TaskId(5));
        QCOMPARE(line->text, std::string("a worker with a name is running"));
        QFile comm(QStringLiteral("/proc/%1/comm").arg(process.processId()));
        QVERIFY(comm.open(QIODevice::ReadOnly));
        QCOMPARE(comm.readAll(), QByteArray("a worker with a\n"));
        recording.rings().requestStop();
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), kWorkerCancelled);
        QCOMPARE(kindsOf(recording.events(), 5).back(), EventKind::Cancelled);
    }

    void aFailureHasItsOwnExitCodeAndALine()
    {
        Recording recording;
        QProcess process;
        start(process, recording,
              arguments(recording, QStringLiteral("test-crash"), {QStringLiteral("how=throw")}));
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), kWorkerFailed);
        const auto messages = recording.messages();
        QCOMPARE(messages.size(), std::size_t(1));
        QCOMPARE(messages[0].kind, MessageKind::Note);
        QVERIFY(messages[0].text.find("thrown on purpose") != std::string::npos);
    }

    void aCrashKeepsWhatWasRecorded()
    {
        Recording recording;
        QProcess process;
        start(process, recording,
              arguments(recording, QStringLiteral("test-crash"),
                        {QStringLiteral("how=kill"), QStringLiteral("period_ms=4")}));
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::CrashExit);
        const std::vector<EventKind> expected{EventKind::Begin};
        QCOMPARE(kindsOf(recording.events(), 5), expected);
    }

    void wrongArgumentsAreToldAndRefused_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("none") << QStringList{};
        QTest::newRow("no value") << QStringList{QStringLiteral("--rings")};
        QTest::newRow("no number") << QStringList{QStringLiteral("--rings"), QStringLiteral("x")};
        QTest::newRow("unknown") << QStringList{QStringLiteral("--colour"), QStringLiteral("red")};
        QTest::newRow("no parameter") << QStringList{QStringLiteral("tasks")};
        QTest::newRow("no rings") << QStringList{
            QStringLiteral("--rings"), QStringLiteral("0"),      QStringLiteral("--messages"),
            QStringLiteral("1"),       QStringLiteral("--slug"), QStringLiteral("primes"),
            QStringLiteral("--task"),  QStringLiteral("1"),      QStringLiteral("--units-per-ms"),
            QStringLiteral("100")};
    }
    void wrongArgumentsAreToldAndRefused()
    {
        QFETCH(QStringList, words);
        QProcess process;
        process.start(workerPath(), words);
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), kWorkerBadArguments);
        QVERIFY(process.readAllStandardError().startsWith("interleave-worker: "));
    }

    void anUnknownSetIsRefused()
    {
        Recording recording;
        QProcess process;
        start(process, recording, arguments(recording, QStringLiteral("no-such-set"), {}));
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), kWorkerBadArguments);
        QVERIFY(recording.events().empty());
    }
};

QTEST_GUILESS_MAIN(TestWorker)
#include "tst_worker.moc"
