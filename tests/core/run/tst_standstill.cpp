// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/uniquefd.h"
#include "core/sched/processtree.h"
#include "core/sched/sourceprobe.h"
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/runlistener.h"
#include "tests/core/run/standstillprograms.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

using StandstillPrograms::kFlag;

constexpr DurationNs kAfter = 300 * kMillisecond;

/// Why nothing can be suspected on this machine; empty: it can.
QString obstacle()
{
    if (probeSources().best == Source::Events)
        return u"needs a source that knows of threads"_s;
    QFile call(u"/proc/thread-self/syscall"_s);
    if (!call.open(QIODevice::ReadOnly) || call.readAll().isEmpty())
        return u"this kernel does not tell what threads wait for"_s;
    return {};
}

QStringList wordsOf(const char *program)
{
    return {QCoreApplication::applicationFilePath(), QString::fromLatin1(kFlag),
            QString::fromLatin1(program)};
}

RunRequest requestOf(const char *program)
{
    RunRequest request = programRequest(wordsOf(program));
    request.standstillAfter = kAfter;
    return request;
}

/// Whether a process has that many threads, and all of them are in futex(2).
bool areInFutexes(pid_t pid, std::size_t count)
{
    const std::vector<pid_t> threads = threadsOf(pid);
    const QByteArray call = QByteArray::number(qlonglong(SYS_futex)) + ' ';
    const auto isInFutex = [&](pid_t tid) {
        QFile file(u"/proc/%1/task/%2/syscall"_s.arg(pid).arg(tid));
        return file.open(QIODevice::ReadOnly) && file.readAll().startsWith(call);
    };
    return threads.size() == count && std::all_of(threads.begin(), threads.end(), isInFutex);
}

/// A process that was there before, and does not know of us.
struct Attached {
    explicit Attached(const QStringList &words)
    {
        process.start(words.first(), words.mid(1));
        if (!process.waitForStarted())
            qFatal("it cannot be started");
    }
    ~Attached()
    {
        process.kill();
        process.waitForFinished();
    }
    [[nodiscard]] RunRequest request() const
    {
        RunRequest request;
        request.attachTo = pid_t(process.processId());
        request.standstillAfter = kAfter;
        return request;
    }
    QProcess process;
};

/// What a controller says of standstills.
struct StandstillListener : RunListener {
    explicit StandstillListener(RunController &controller)
        : RunListener(controller)
        , suspected(&controller, &RunController::standstillSuspected)
        , over(&controller, &RunController::standstillOver)
    {
    }
    /// \return false when the run ends before that.
    bool waitForSuspicion()
    {
        const auto isDecided = [this] { return !suspected.isEmpty() || !finished.isEmpty(); };
        return QTest::qWaitFor(isDecided, kPatienceMs) && !suspected.isEmpty();
    }
    QSignalSpy suspected, over;
};

} // namespace

/// Real programs in which nothing moves, from the start of the recording to the report.
class TestStandstill : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        registerRunTypes();
        QCOMPARE(RunRequest().standstillAfter, 5 * kSecond);
    }
    void init()
    {
        if (const QString why = obstacle(); !why.isEmpty())
            QSKIP(qPrintable(why));
    }
    void cleanup() { QCOMPARE(childrenOfThisProcess(), std::vector<pid_t>()); }

    void aStandstillIsSuspected_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::newRow("two locks in opposite order") << QByteArray("deadlock");
        QTest::newRow("one thread") << QByteArray("alone");
        QTest::newRow("a process and its child") << QByteArray("parent");
        QTest::newRow("two processes of one thread") << QByteArray("processes");
    }
    void aStandstillIsSuspected()
    {
        QFETCH(QByteArray, program);
        RunController controller;
        StandstillListener listener(controller);
        controller.start(requestOf(program.constData()));
        QVERIFY(listener.waitForSuspicion());
        QVERIFY(listener.suspected.first().first().toLongLong() >= kAfter);
        QVERIFY(listener.finished.isEmpty()); // it goes on
        QVERIFY(listener.over.isEmpty());
        controller.stop();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Cancelled));
        QVERIFY(!report.deadlock); // it is not known
        QVERIFY(report.command->suspectedStandstill.value_or(0) >= kAfter);
        QCOMPARE(listener.suspected.size(), 1);
        QCOMPARE(listener.over.size(), 1);
        QVERIFY(!listener.over.first().first().toBool()); // it has not moved by itself
    }

    void itIsToldOnceAndChangesNothing()
    {
        RunController controller;
        StandstillListener listener(controller);
        RunRequest request = requestOf("deadlock");
        request.longest = 12 * kAfter; // its start is in it
        controller.start(request);
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::TimedOut)); // as without
        QCOMPARE(listener.suspected.size(), 1);
        QCOMPARE(listener.over.size(), 1);
        const qint64 told = report.toJson()
                                .value("command"_L1)
                                .toObject()
                                .value("suspected_standstill_ns"_L1)
                                .toInteger();
        QVERIFY2(told >= kAfter, qPrintable(QString::number(told)));
    }

    void whatMovesAgainIsSuspectedNoMore()
    {
        RunController controller;
        StandstillListener listener(controller);
        controller.start(requestOf("signalled"));
        QVERIFY(listener.waitForSuspicion());
        const auto trace = listener.started.first().first().value<std::shared_ptr<const Trace>>();
        QVERIFY(trace && trace->processCount() > 0);
        const pid_t pid = trace->process(0).pid.load();
        QCOMPARE(::kill(pid, SIGUSR1), 0);
        QTRY_VERIFY_WITH_TIMEOUT(!listener.over.isEmpty(), RunListener::kPatienceMs);
        QVERIFY(listener.over.first().first().toBool()); // it has moved
        QVERIFY(listener.finished.isEmpty());
        QCOMPARE(::kill(pid, SIGUSR1), 0);
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.command->exitCode.value_or(-1), 0);
        QVERIFY(report.command->suspectedStandstill.value_or(0) >= kAfter);
        QCOMPARE(listener.over.size(), listener.suspected.size());
    }

    void anAttachedOneIsLeftAsItIs()
    {
        Attached stuck(wordsOf("deadlock"));
        QTRY_VERIFY_WITH_TIMEOUT(areInFutexes(*stuck.request().attachTo, 3),
                                 RunListener::kPatienceMs);
        RunController controller;
        StandstillListener listener(controller);
        controller.start(stuck.request());
        QVERIFY(listener.waitForSuspicion());
        controller.stop();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QVERIFY(report.command->suspectedStandstill.value_or(0) >= kAfter);
        QVERIFY(!listener.over.first().first().toBool()); // it stands still as before
        QVERIFY(isAlive(*stuck.request().attachTo));
        stuck.process.kill();
        QVERIFY(stuck.process.waitForFinished());
    }

    void whatWaitsForTimeIsNotSuspected_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::newRow("one sleeps with a lock") << QByteArray("sleeper");
        QTest::newRow("a condition for some time") << QByteArray("patient");
    }
    void whatWaitsForTimeIsNotSuspected()
    {
        QFETCH(QByteArray, program);
        RunController controller;
        StandstillListener listener(controller);
        controller.start(requestOf(program.constData()));
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.command->exitCode.value_or(-1), 0);
        QVERIFY(listener.suspected.isEmpty());
        QVERIFY(listener.over.isEmpty());
        QVERIFY(!report.command->suspectedStandstill);
    }

    void whatOthersMayHaveIsNotSuspected_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::newRow("a lock of a file") << QByteArray("fileLock"); // this test has it
        QTest::newRow("a shared semaphore") << QByteArray("outside");
    }
    void whatOthersMayHaveIsNotSuspected()
    {
        QFETCH(QByteArray, program);
        const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
        QCOMPARE(::flock(file.get(), LOCK_EX), 0);
        RunController controller;
        StandstillListener listener(controller);
        RunRequest request = requestOf(program.constData());
        request.longest = 5 * kAfter;
        controller.start(request);
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::TimedOut)); // it did wait
        QVERIFY(listener.suspected.isEmpty());
        QVERIFY(!report.command->suspectedStandstill);
    }

    void whatWaitsForInputIsNotSuspected()
    {
        Attached reader({u"cat"_s}); // its input is a pipe that we hold
        RunController controller;
        StandstillListener listener(controller);
        RunRequest request = reader.request();
        request.longest = 5 * kAfter;
        controller.start(request);
        const RunReport report = listener.report();
        QVERIFY2(report.trace, qPrintable(report.message));
        QVERIFY(listener.suspected.isEmpty());
        QVERIFY(!report.command->suspectedStandstill);
        reader.process.kill();
        QVERIFY(reader.process.waitForFinished());
    }

    void aStoppedProgramIsNotSuspected()
    {
        RunController controller;
        StandstillListener listener(controller);
        RunRequest request = shellRequest(u"sh -c 'kill -STOP $$'; true"_s); // and who waits for it
        request.standstillAfter = kAfter;
        request.longest = 5 * kAfter;
        controller.start(request);
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::TimedOut));
        QVERIFY(listener.suspected.isEmpty());
    }
};

int main(int argc, char **argv)
{
    if (argc == 3 && std::strcmp(argv[1], kFlag) == 0)
        _exit(StandstillPrograms::runProgram(argv[2]));
    QCoreApplication app(argc, argv);
    TestStandstill test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_standstill.moc"
