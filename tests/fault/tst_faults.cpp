// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runcontroller.h"
#include "core/taskset/taskset.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QtTest>

#include <csignal>
#include <optional>

#include <sys/resource.h>
#include <unistd.h>

using namespace Interleave;

/// Task sets that crash, hang and ignore signals, against the real engine.
class TestFaults : public QObject
{
    Q_OBJECT

private:
    static RunRequest request(const char *slug, const char *model, const QJsonObject &params = {})
    {
        RunRequest result;
        result.set.id = QStringLiteral("T");
        result.set.slug = QString::fromUtf8(slug);
        result.set.title = result.set.slug;
        result.model = QString::fromUtf8(model);
        result.params = params;
        return result;
    }

    /// Every process that carries this process's mark, found as `ps` would.
    static QStringList leftovers()
    {
        const QByteArray mark = "INTERLEAVE_RUN=" + QByteArray::number(getpid()) + ".";
        QStringList found;
        for (const QString &entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
            QFile environment(QStringLiteral("/proc/%1/environ").arg(entry));
            if (entry.toInt() > 0 && environment.open(QIODevice::ReadOnly)
                && environment.readAll().contains(mark))
                found << entry;
        }
        return found;
    }

    std::optional<RunReport> finish(RunController &controller, QSignalSpy &spy)
    {
        Q_UNUSED(controller)
        if (spy.isEmpty() && !spy.wait(30'000))
            return std::nullopt;
        return spy.takeFirst().first().value<RunReport>();
    }

    /// The tasks of the set, without main.
    static std::vector<TaskStatistics> tasksOf(const RunReport &report)
    {
        std::vector<TaskStatistics> tasks = report.statistics.tasks;
        std::erase_if(tasks,
                      [](const TaskStatistics &task) { return task.kind == TaskKind::Main; });
        return tasks;
    }

    /// Runs until the engine's task is seen to have begun, as the trace says.
    static bool waitForBegin(const std::shared_ptr<const Trace> &trace)
    {
        return QTest::qWaitFor(
            [&] {
                for (TaskId id = 1; id < trace->taskEnd(); ++id) {
                    const TaskRange *range = trace->rangeOf(id);
                    if (range && range->kind != TaskKind::Main && trace->task(id).begun.load() != 0)
                        return true;
                }
                return false;
            },
            10'000);
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }

    void cleanup() { QTRY_VERIFY_WITH_TIMEOUT(leftovers().isEmpty(), 5'000); }

    void aTaskThatCrashesEndsTheRunAndKeepsTheTrace()
    {
        RunController controller;
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request(
            "test-crash", "threads",
            {{QStringLiteral("tasks"), 3}, {QStringLiteral("how"), QStringLiteral("abort")}}));
        const auto report = finish(controller, spy);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Crashed));
        QVERIFY2(report->message.contains(QStringLiteral("SIG")), qPrintable(report->message));
        QVERIFY(report->trace->sliceCount() > 0);
        QVERIFY(report->trace->isFinished());
    }

    void aWorkerProcessThatCrashesFailsItsTaskOnly()
    {
        RunController controller;
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request(
            "test-crash", "processes",
            {{QStringLiteral("tasks"), 3}, {QStringLiteral("how"), QStringLiteral("abort")}}));
        const auto report = finish(controller, spy);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Failed));
        int finished = 0;
        for (const TaskStatistics &task : tasksOf(*report))
            finished += task.outcome == TaskOutcome::Finished;
        QCOMPARE(finished, 2);
    }

    void aHangingTaskIsStoppedByTheLadder_data()
    {
        QTest::addColumn<QByteArray>("slug");
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("thread that ignores the stop flag")
            << QByteArray("test-hang") << QByteArray("threads");
        QTest::newRow("child that ignores SIGTERM")
            << QByteArray("test-ignore-term") << QByteArray("processes");
    }
    void aHangingTaskIsStoppedByTheLadder()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, model);
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request(slug.constData(), model.constData()));
        QVERIFY(started.wait(10'000));
        QVERIFY(waitForBegin(started.first().first().value<std::shared_ptr<const Trace>>()));
        controller.stop();
        const auto report = finish(controller, spy);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Cancelled));
        QVERIFY(report->trace->sliceCount() > 0);
    }

    void stopEndsSleepersAtOnce()
    {
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request("two-sleepers", "threads",
                                 {{QStringLiteral("tasks"), 2},
                                  {QStringLiteral("iterations"), 20},
                                  {QStringLiteral("period_ms"), 2000}}));
        QVERIFY(started.wait(10'000));
        QVERIFY(waitForBegin(started.first().first().value<std::shared_ptr<const Trace>>()));
        controller.stop();
        const auto report = finish(controller, spy);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Cancelled));
        QCOMPARE(report->message,
                 QStringLiteral("stopped on request")); // the ladder was not needed
        for (const TaskStatistics &task : tasksOf(*report))
            QCOMPARE(int(task.outcome), int(TaskOutcome::Cancelled));
    }

    void theEngineKilledInTheMiddleLeavesTheTraceReadable()
    {
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request("two-sleepers", "processes",
                                 {{QStringLiteral("tasks"), 2},
                                  {QStringLiteral("iterations"), 20},
                                  {QStringLiteral("period_ms"), 2000}}));
        QVERIFY(started.wait(10'000));
        const auto trace = started.first().first().value<std::shared_ptr<const Trace>>();
        QVERIFY(waitForBegin(trace));
        ::kill(trace->thread(0).pid.load(), SIGKILL);
        const auto report = finish(controller, spy);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Crashed));
        QVERIFY(report->message.contains(QStringLiteral("SIGKILL")));
        QVERIFY(report->trace->sliceCount() > 0);

        // The window lives on: the next run is as good as any.
        controller.start(request("primes", "threads",
                                 {{QStringLiteral("tasks"), 1}, {QStringLiteral("work_ms"), 10}}));
        const auto next = finish(controller, spy);
        QVERIFY(next.has_value());
        QCOMPARE(int(next->outcome), int(RunOutcome::Finished));
    }

    void aWorkerKilledFromOutsideFailsItsTask()
    {
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request("two-sleepers", "processes",
                                 {{QStringLiteral("tasks"), 2},
                                  {QStringLiteral("iterations"), 20},
                                  {QStringLiteral("period_ms"), 400}}));
        QVERIFY(started.wait(10'000));
        const auto trace = started.first().first().value<std::shared_ptr<const Trace>>();
        QVERIFY(waitForBegin(trace));
        const pid_t engine = trace->thread(0).pid.load();
        pid_t worker = 0;
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                for (ThreadIndex i = 0; i < trace->threadCount(); ++i) {
                    const pid_t pid = trace->thread(i).pid.load();
                    if (pid != engine && trace->thread(i).ofRun.load()
                        && trace->threadName(i) == trace->taskName(2))
                        worker = pid;
                }
                return worker != 0;
            }(),
            10'000);
        ::kill(worker, SIGKILL);
        const auto report = finish(controller, spy);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Failed));
        QVERIFY2(report->message.contains(QStringLiteral("KILL")), qPrintable(report->message));
    }

    void anEngineThatIsMissingIsToldInASentence()
    {
        const QByteArray bin = qgetenv("INTERLEAVE_BIN");
        qputenv("INTERLEAVE_BIN", "/nowhere");
        RunController controller;
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request("primes", "threads"));
        const auto report = finish(controller, spy);
        qputenv("INTERLEAVE_BIN", bin);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Failed));
        QVERIFY(report->message.contains(QStringLiteral("/nowhere")));
    }

    void aSecondStartWhileOneRunsIsRefused()
    {
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy spy(&controller, &RunController::finished);
        const auto sleepers = request("two-sleepers", "threads",
                                      {{QStringLiteral("tasks"), 1},
                                       {QStringLiteral("iterations"), 20},
                                       {QStringLiteral("period_ms"), 2000}});
        controller.start(sleepers);
        QVERIFY(started.wait(10'000));
        controller.start(sleepers);
        const auto refused = finish(controller, spy);
        QVERIFY(refused.has_value());
        QCOMPARE(int(refused->outcome), int(RunOutcome::Failed));
        controller.stop();
        QVERIFY(finish(controller, spy).has_value());
    }

    void moreThreadsThanTheSystemGivesAreToldAndTheRunEnds()
    {
        if (::geteuid() == 0)
            QSKIP("the limit of processes does not bind root");
        rlimit old{};
        getrlimit(RLIMIT_NPROC, &old);
        const rlimit small{40, old.rlim_max};
        setrlimit(RLIMIT_NPROC, &small);
        RunController controller;
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(
            request("oversubscription", "threads",
                    {{QStringLiteral("tasks"), 200}, {QStringLiteral("total_ms"), 100}}));
        const auto report = finish(controller, spy);
        setrlimit(RLIMIT_NPROC, &old);
        QVERIFY(report.has_value());
        QVERIFY(report->message.contains(QStringLiteral("of 200")));
    }
};

QTEST_GUILESS_MAIN(TestFaults)
#include "tst_faults.moc"
