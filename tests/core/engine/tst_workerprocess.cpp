// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/enginerun.h"
#include "core/engine/work/sharedboard.h"
#include "core/engine/work/workermain.h"
#include "core/engine/workerprocess.h"
#include "core/engine/workload.h"
#include "tests/core/engine/recording.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTest>

#include <array>
#include <memory>

using namespace Interleave;

namespace
{

constexpr char kAddress[] = "mysql://me:secret@localhost/shop";

QString workerPath()
{
    const QString named = qEnvironmentVariable("INTERLEAVE_WORKER");
    return named.isEmpty()
        ? QCoreApplication::applicationDirPath() + QStringLiteral("/../interleave-worker")
        : named;
}

RunSpec specOf(const char *slug)
{
    RunSpec spec;
    spec.slug = slug;
    spec.model = Model::Processes;
    spec.worker = workerPath().toStdString();
    return spec;
}

QByteArray procFile(qint64 pid, const char *name)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QString::fromLatin1(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// What a child process is started with: everybody can read its arguments, only its owner its environment.
class TestWorkerProcess : public QObject
{
    Q_OBJECT

private:
    /// Why the task of a worker of the set "database" failed, whose environment has `address`.
    static QString failureOf(const QString &address, const QStringList &more)
    {
        Recording recording;
        const auto board = SharedBoard::create(4096);
        if (!board)
            return QString::fromStdString(board.error().message);
        const std::array<int, 3> inherited{recording.rings().fd(), recording.messageFd(),
                                           board.value().fd()};
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(kSecretVariable), address);
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::ForwardedChannels);
        process.setChildProcessModifier([inherited] {
            for (const int fd : inherited)
                fcntl(fd, F_SETFD, 0);
        });
        QStringList words{
            QStringLiteral("--rings"),        QString::number(inherited[0]),
            QStringLiteral("--messages"),     QString::number(inherited[1]),
            QStringLiteral("--board"),        QString::number(inherited[2]),
            QStringLiteral("--slug"),         QStringLiteral("database"),
            QStringLiteral("--task"),         QStringLiteral("5"),
            QStringLiteral("--units-per-ms"), QStringLiteral("200"),
        };
        process.start(QFileInfo(workerPath()).path() + QStringLiteral("/interleave-qt-worker"),
                      words << more);
        if (!process.waitForFinished() || process.exitCode() != kWorkerFailed)
            return QStringLiteral("exit code %1").arg(process.exitCode());
        const auto messages = recording.messages();
        return messages.empty() ? QString() : QString::fromStdString(messages.back().text);
    }

private slots:
    void thePasswordIsNotAmongTheArguments()
    {
        Recording recording;
        RunSpec spec = specOf("database");
        spec.parameters.set("database", kAddress);
        spec.parameters.set("queries", "4");
        const EngineRun run(spec, recording.rings(), recording.messageFd(), 200);
        const auto workload = makeWorkload("database", run);
        QVERIFY(workload != nullptr);
        const auto process = makeWorkerProcess(run, *workload, 0);
        const QString words = process->arguments().join(u' ');
        QVERIFY2(!words.contains(QStringLiteral("secret")), qPrintable(words));
        QVERIFY(!words.contains(QStringLiteral("database=")));
        QVERIFY(process->arguments().contains(QStringLiteral("queries=4")));
        QCOMPARE(process->processEnvironment().value(QString::fromLatin1(kSecretVariable)),
                 QString::fromLatin1(kAddress));
    }

    void noAddressIsNoSecret()
    {
        Recording recording;
        RunSpec spec = specOf("database");
        spec.parameters.set("database", "");
        const EngineRun run(spec, recording.rings(), recording.messageFd(), 200);
        const auto workload = makeWorkload("database", run);
        const auto process = makeWorkerProcess(run, *workload, 0);
        QVERIFY(process->arguments().contains(QStringLiteral("database=")));
        QVERIFY(!process->processEnvironment().contains(QString::fromLatin1(kSecretVariable)));
    }

    void nobodyElseCanReadThePasswordOfARunningWorker()
    {
        Recording recording;
        RunSpec spec = specOf("two-sleepers"); // for its worker waits long enough to be looked at
        spec.parameters.set("iterations", "9");
        spec.parameters.set("period_ms", "60000");
        spec.parameters.set("database", kAddress);
        const EngineRun run(spec, recording.rings(), recording.messageFd(), 200);
        const auto workload = makeWorkload("two-sleepers", run);
        const auto process = makeWorkerProcess(run, *workload, 1);
        process->start();
        QVERIFY(process->waitForStarted());
        const bool isAtWork = recording.nextMessage().has_value();
        const QByteArray words = procFile(process->processId(), "cmdline");
        const QByteArray environment = procFile(process->processId(), "environ");
        recording.rings().requestStop();
        QVERIFY(process->waitForFinished());
        QVERIFY(isAtWork);
        QVERIFY2(words.contains("period_ms=60000"), words.constData());
        QVERIFY2(!words.contains("secret"), words.constData());
        QVERIFY(environment.contains(QByteArray(kSecretVariable) + '=' + kAddress));
    }

    void theWorkerTakesTheAddressFromItsEnvironment()
    {
        const QString why = failureOf(QStringLiteral("postgres://me:secret@host/db"), {});
        QVERIFY2(why.contains(QStringLiteral("neither mysql:// nor mariadb://")), qPrintable(why));
        QVERIFY2(!why.contains(QStringLiteral("secret")), qPrintable(why));
    }

    void anArgumentGoesBeforeTheEnvironment()
    {
        const QString why = failureOf(QStringLiteral("postgres://me:secret@host/db"),
                                      {QStringLiteral("database=mysql://me@host")});
        QVERIFY2(why.contains(QStringLiteral("must name one database")), qPrintable(why));
    }
};

QTEST_GUILESS_MAIN(TestWorkerProcess)
#include "tst_workerprocess.moc"
