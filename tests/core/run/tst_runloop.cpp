// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/linebudget.h"
#include "core/run/processstat.h"
#include "core/run/runcontroller.h"
#include "tests/support/fakeengine.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QSignalSpy>
#include <QtTest>

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>

using namespace Interleave;

/// The loop's way from start to report where things do not go their usual way.
class TestRunLoop : public QObject
{
    Q_OBJECT

private:
    QByteArray m_bin = qgetenv("INTERLEAVE_BIN");

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
    static void use(const FakeEngine &engine)
    {
        qputenv("INTERLEAVE_BIN", engine.folder().toLocal8Bit());
    }
    static std::optional<RunReport> nextReport(QSignalSpy &spy)
    {
        if (spy.isEmpty() && !spy.wait(30'000))
            return std::nullopt;
        return spy.takeFirst().first().value<RunReport>();
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }
    void cleanup() { qputenv("INTERLEAVE_BIN", m_bin); }

    void aStopWhileTheEngineGetsReadyIsHeard_data()
    {
        QTest::addColumn<bool>("atOnce");
        QTest::newRow("together with the start") << true;
        QTest::newRow("in the middle of it") << false;
    }
    void aStopWhileTheEngineGetsReadyIsHeard()
    {
        QFETCH(bool, atOnce);
        const FakeEngine engine("echo $$ >\"$0.note\"\nexec sleep 1000\n"); // never gets ready
        use(engine);
        RunController controller;
        QSignalSpy started(&controller, &RunController::started);
        QSignalSpy finished(&controller, &RunController::finished);
        QElapsedTimer timer;
        timer.start();
        for (int round = 0; round < 2; ++round) {
            controller.start(request("primes", "threads"));
            if (!atOnce)
                QTRY_VERIFY_WITH_TIMEOUT(!engine.note().isEmpty(), 5'000);
            controller.stop();
            const auto report = nextReport(finished);
            QVERIFY(report.has_value());
            QCOMPARE(int(report->outcome), int(RunOutcome::Cancelled));
            QCOMPARE(report->message, QStringLiteral("stopped before it began"));
            QCOMPARE(report->slug, QStringLiteral("primes"));
            QVERIFY(!report->trace);
            QVERIFY(!controller.isRunning());
        }
        // Far from the 10 s that an engine has to get ready.
        QVERIFY(timer.elapsed() < 9'000);
        QCOMPARE(started.size(), qsizetype(0));
        QCOMPARE(finished.size(), qsizetype(0)); // one for each start, and those were taken
    }

    void quittingWhileTheEngineGetsReadyEndsIt()
    {
        const FakeEngine engine("echo $$ >\"$0.note\"\nexec sleep 1000\n");
        use(engine);
        auto controller = std::make_unique<RunController>();
        controller->start(request("primes", "threads"));
        QTRY_VERIFY_WITH_TIMEOUT(!engine.note().isEmpty(), 5'000);
        QElapsedTimer timer;
        timer.start();
        controller.reset();
        QVERIFY(timer.elapsed() < 9'000);
        QVERIFY(!readProcessStat(engine.note().toInt()).has_value());
    }

    void anEngineThatEndsTooSoonFailsTheRunOnce()
    {
        const FakeEngine engine("echo no luck >&2\nexit 3\n");
        use(engine);
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        for (int round = 0; round < 2; ++round) {
            controller.start(request("primes", "threads"));
            const auto report = nextReport(finished);
            QVERIFY(report.has_value());
            QCOMPARE(int(report->outcome), int(RunOutcome::Failed));
            QCOMPARE(report->message,
                     QStringLiteral("the engine ended before it was ready: no luck"));
        }
        QCOMPARE(finished.size(), qsizetype(0));
    }

    void whatARunPrintsIsBounded()
    {
        const FakeEngine engine(QByteArray(FakeEngine::kGetReady)
                                + "seq 1 150000\nprintf 'no end'\n");
        use(engine);
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request("primes", "threads"));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        QCOMPARE(report->lines.size(), LineBudget::kMostLines + 1);
        QCOMPARE(report->lines.front().text, QStringLiteral("1"));
        QCOMPARE(report->lines[LineBudget::kMostLines - 1].text, QStringLiteral("100000"));
        QCOMPARE(report->lines.back().text,
                 QStringLiteral("and 50001 more lines: of what a run prints the first 100000 are "
                                "kept"));
    }

    void whatARunDefinesIsBounded()
    {
        // 1,100 ranges of 600 tasks, of which a trace keeps the first 1,000.
        const FakeEngine engine(
            QByteArray(FakeEngine::kGetReady)
            + "seq 1 1100 | sed 's/.*/define\\t&001\\t0\\t600\\t0\\tjob\\trange &/' >&4\n");
        use(engine);
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request("primes", "threads"));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        QCOMPARE(report->trace->taskRangeCount(), std::size_t(Trace::kMostBigRanges));
        QCOMPARE(report->trace->taskName(1001), std::string("range 1 1"));
        QCOMPARE(report->trace->taskName(1'001'001), std::string("task 1001001"));
        QVERIFY2(report->message.contains(QStringLiteral(
                     "100 names of tasks are missing: there are more than a run keeps")),
                 qPrintable(report->message));
    }

    void theResultsOfARunAreBounded()
    {
        const FakeEngine engine(
            QByteArray(FakeEngine::kGetReady)
            + "seq 1 1200 | sed 's/.*/result\\t0\\t0\\t0\\t0\\tkey &\\t&/' >&4\n"
              "printf 'result\\t0\\t0\\t0\\t0\\tkey 7\\t77\\n' >&4\n");
        use(engine);
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request("primes", "threads"));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        QCOMPARE(report->result.size(), qsizetype(1'000));
        QCOMPARE(report->result.value(QStringLiteral("key 1000")).toInt(), 1'000);
        QCOMPARE(report->result.value(QStringLiteral("key 7")).toInt(), 77); // it was there before
        QVERIFY2(report->message.contains(
                     QStringLiteral("200 results are missing: the first 1000 of a run are kept")),
                 qPrintable(report->message));
    }

    void theLastLineIsToldWithoutItsEnd()
    {
        const FakeEngine engine(QByteArray(FakeEngine::kGetReady) + "printf 'one\\ntwo'\n");
        use(engine);
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request("primes", "threads"));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        QCOMPARE(report->lines.size(), std::size_t(2));
        QCOMPARE(report->lines.back().text, QStringLiteral("two"));
        QVERIFY2(report->message.contains(QStringLiteral("exit code 0")),
                 qPrintable(report->message));
    }

    void everyChildIsInTheReportWithItsEnd()
    {
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request(
            "test-crash", "processes",
            {{QStringLiteral("tasks"), 3}, {QStringLiteral("how"), QStringLiteral("abort")}}));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Failed));
        QCOMPARE(report->children.size(), std::size_t(3));
        for (const ChildProcess &child : report->children) {
            const auto &tasks = report->statistics.tasks;
            const auto task = std::find_if(tasks.begin(), tasks.end(), [&](const auto &listed) {
                return listed.id == child.task;
            });
            QVERIFY(task != tasks.end());
            const bool crashed = child.end == ChildProcess::End::Signalled;
            QCOMPARE(child.code, crashed ? SIGABRT : 0);
            QCOMPARE(int(task->outcome),
                     int(crashed ? TaskOutcome::Crashed : TaskOutcome::Finished));
            QVERIFY(child.user + child.system > 0);
            const auto line = std::find_if(
                report->lines.begin(), report->lines.end(),
                [&](const PrintedLine &printed) { return printed.task == child.task; });
            QCOMPARE(line != report->lines.end(), crashed);
            if (crashed)
                QVERIFY2(line->text.contains(QStringLiteral("SIGABRT")), qPrintable(line->text));
        }
        const QJsonArray json = report->toJson().value(QStringLiteral("children")).toArray();
        QCOMPARE(json.size(), qsizetype(3));
    }

    void aRunWithoutChildrenHasNone()
    {
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request("primes", "threads",
                                 {{QStringLiteral("tasks"), 1}, {QStringLiteral("work_ms"), 1}}));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        QCOMPARE(int(report->outcome), int(RunOutcome::Finished));
        QVERIFY(report->children.empty());
    }

    void moreThreadsThanThereIsRoomForAreToldPlainly()
    {
        // They all wait at once, for longer than it takes to start them; there are 1,024 rings.
        RunController controller;
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request("pool-saturation", "threads",
                                 {{QStringLiteral("jobs"), 1100},
                                  {QStringLiteral("blocking_share"), 100},
                                  {QStringLiteral("job_ms_min"), 3000},
                                  {QStringLiteral("job_ms_max"), 3000}}));
        const auto report = nextReport(finished);
        QVERIFY(report.has_value());
        if (report->message.contains(QStringLiteral("of 1100 threads")))
            QSKIP("this system does not give as many threads");
        QCOMPARE(int(report->outcome), int(RunOutcome::Finished));
        QVERIFY2(report->message.contains(QStringLiteral("threads found no room to record")),
                 qPrintable(report->message));
        QVERIFY(report->eventsDropped > 0);
        QVERIFY2(report->sentence.contains(QStringLiteral("threads found no room to record")),
                 qPrintable(report->sentence));
    }
};

QTEST_GUILESS_MAIN(TestRunLoop)
#include "tst_runloop.moc"
