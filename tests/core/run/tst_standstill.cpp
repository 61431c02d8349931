// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sched/sourceprobe.h"
#include "tests/core/run/livingprocess.h"
#include "tests/core/run/runlistener.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QtTest>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <semaphore.h>

using namespace Interleave;
using namespace Qt::StringLiterals;

namespace
{

constexpr const char *kFlag = "--as-program";
constexpr DurationNs kAfter = 300 * kMillisecond;
/// Longer than kAfter: for a program that waits so long, and then ends well.
constexpr std::chrono::milliseconds kPause(1'200);

// The programs: this executable is started again, with kFlag and the name of one.

sem_t never; ///< nobody posts it
sem_t untilSignalled;

/// A semaphore's wait without end that no signal ends.
void waitFor(sem_t &semaphore)
{
    while (sem_wait(&semaphore) != 0 && errno == EINTR) {
    }
}

/// Two threads that take two locks in the opposite order.
int deadlock()
{
    std::mutex first, second;
    std::latch bothHaveOne(2);
    const auto takeBoth = [&bothHaveOne](std::mutex &own, std::mutex &other) {
        const std::lock_guard has(own);
        bothHaveOne.arrive_and_wait();
        const std::lock_guard wants(other);
    };
    std::thread one([&] { takeBoth(first, second); });
    std::thread two([&] { takeBoth(second, first); });
    one.join();
    two.join();
    return 1;
}

/// One thread that waits for itself.
int alone()
{
    waitFor(never);
    return 1;
}

/// A process that waits for one that waits for itself.
int parent()
{
    const pid_t child = fork();
    if (child == 0) {
        waitFor(never);
        _exit(1);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child ? 0 : 1;
}

/// A thread waits for a lock, which another one holds that sleeps.
int sleeper()
{
    std::mutex mutex;
    std::latch isHeld(1);
    std::thread thread([&] {
        const std::lock_guard lock(mutex);
        isHeld.count_down();
        std::this_thread::sleep_for(kPause);
    });
    isHeld.wait();
    {
        const std::lock_guard lock(mutex);
    }
    thread.join();
    return 0;
}

/// A thread waits for another one, which waits for a condition, but not for ever.
int patient()
{
    std::thread thread([] {
        std::mutex mutex;
        std::condition_variable condition;
        std::unique_lock lock(mutex);
        condition.wait_for(lock, kPause, [] { return false; });
    });
    thread.join();
    return 0;
}

/// Two threads that wait until a signal comes.
int signalled()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { sem_post(&untilSignalled); };
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
    std::thread thread([] { waitFor(untilSignalled); });
    thread.join();
    return 0;
}

int runProgram(const char *name)
{
    sem_init(&never, 0, 0);
    sem_init(&untilSignalled, 0, 0);
    constexpr struct {
        const char *name;
        int (*run)();
    } kPrograms[] = {{"deadlock", deadlock}, {"alone", alone},     {"parent", parent},
                     {"sleeper", sleeper},   {"patient", patient}, {"signalled", signalled}};
    for (const auto &program : kPrograms) {
        if (std::strcmp(program.name, name) == 0)
            return program.run();
    }
    return 2;
}

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
    }

    void itIsToldOnceAndChangesNothing()
    {
        RunController controller;
        StandstillListener listener(controller);
        RunRequest request = requestOf("deadlock");
        request.longest = 5 * kAfter;
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
        QCOMPARE(::kill(trace->process(0).pid.load(), SIGUSR1), 0);
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QCOMPARE(report.command->exitCode.value_or(-1), 0);
        QVERIFY(report.command->suspectedStandstill.value_or(0) >= kAfter);
        QCOMPARE(listener.suspected.size(), 1);
        QCOMPARE(listener.over.size(), 1);
    }

    void anAttachedOneIsLeftAsItIs()
    {
        Attached stuck(wordsOf("deadlock"));
        RunController controller;
        StandstillListener listener(controller);
        controller.start(stuck.request());
        QVERIFY(listener.waitForSuspicion());
        controller.stop();
        const RunReport report = listener.report();
        QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
        QVERIFY(report.command->suspectedStandstill.value_or(0) >= kAfter);
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
        _exit(runProgram(argv[2]));
    QCoreApplication app(argc, argv);
    TestStandstill test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_standstill.moc"
