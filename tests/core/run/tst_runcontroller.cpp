// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/runcontroller.h"
#include "core/run/runqueue.h"
#include "core/taskset/catalogue.h"

#include <QSignalSpy>
#include <QtTest>

#include <algorithm>
#include <map>
#include <optional>

using namespace Interleave;

/// Real runs with the real engine; the invariants of the design are checked on what comes out.
class TestRunController : public QObject
{
    Q_OBJECT

private:
    Catalogue m_catalogue = Catalogue::load().value();

    RunRequest request(const char *slug, const char *model,
                       const std::vector<std::pair<QString, QString>> &params = {}) const
    {
        RunRequest result;
        result.set = m_catalogue.named(QString::fromUtf8(slug)).value();
        result.model = QString::fromUtf8(model);
        result.params = checkedParameters(result.set, params).value();
        return result;
    }

    static RunReport runToEnd(const RunRequest &request)
    {
        RunController controller;
        QSignalSpy spy(&controller, &RunController::finished);
        controller.start(request);
        if (spy.isEmpty() && !spy.wait(60'000))
            qFatal("the run did not end");
        return spy.first().first().value<RunReport>();
    }

    static std::vector<Slice> slicesOf(const Trace &trace, TrackIndex track)
    {
        std::vector<Slice> slices;
        for (std::size_t i = 0; i < trace.track(track).slices.size(); ++i)
            slices.push_back(trace.track(track).slices[i]);
        return slices;
    }

    /// The tasks of the set, without main.
    static std::vector<TaskStatistics> tasksOf(const RunReport &report)
    {
        std::vector<TaskStatistics> tasks = report.statistics.tasks;
        std::erase_if(tasks,
                      [](const TaskStatistics &task) { return task.kind == TaskKind::Main; });
        return tasks;
    }

    static void checkInvariants(const Trace &trace)
    {
        std::map<ThreadIndex, DurationNs> onCores, onThreadTracks;
        for (TrackIndex t = 0; t < trace.trackCount(); ++t) {
            const Track &track = trace.track(t);
            TimestampNs end = 0;
            for (const Slice &slice : slicesOf(trace, t)) {
                // Intervals of one track are in order and do not overlap: one task per core at a time.
                QVERIFY(slice.begin >= end);
                QVERIFY(slice.end > slice.begin);
                end = slice.end;
                if (slice.state == SliceState::Running && track.kind == TrackKind::Core) {
                    QCOMPARE(slice.core, track.core);
                    onCores[slice.thread] += slice.duration();
                } else if (slice.state == SliceState::Running && track.kind == TrackKind::Thread) {
                    QCOMPARE(slice.thread, track.thread);
                    onThreadTracks[slice.thread] += slice.duration();
                }
            }
        }
        // What a thread ran is what the cores ran of it.
        QCOMPARE(onCores, onThreadTracks);
        for (TaskId id = 1; id < trace.taskEnd(); ++id) {
            const TrackIndex index = trace.task(id).track.load();
            if (index == kNoTrack || trace.rangeOf(id) == nullptr)
                continue;
            DurationNs running = 0;
            for (const Slice &slice : slicesOf(trace, index)) {
                QCOMPARE(slice.task, id);
                running += slice.state == SliceState::Running ? slice.duration() : 0;
            }
            if (trace.source() == Source::Kernel || trace.source() == Source::KernelWide)
                QCOMPARE(running, trace.task(id).totals.running.load());
        }
    }

private slots:
    void initTestCase()
    {
        qRegisterMetaType<Interleave::RunReport>();
        qRegisterMetaType<std::shared_ptr<const Interleave::Trace>>();
    }

    void theInvariantsHoldForRealRuns_data()
    {
        QTest::addColumn<QByteArray>("slug");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("source");
        for (const char *model : {"sequential", "threads", "pool", "processes", "coroutines"}) {
            for (const Source source :
                 {Source::KernelWide, Source::Kernel, Source::Sampled, Source::Events})
                QTest::addRow("io-or-cpu as %s, %s", model, sourceName(source))
                    << QByteArray("io-or-cpu") << QByteArray(model) << int(source);
        }
        QTest::newRow("64 threads")
            << QByteArray("oversubscription") << QByteArray("threads") << int(Source::Kernel);
    }
    void theInvariantsHoldForRealRuns()
    {
        QFETCH(QByteArray, slug);
        QFETCH(QByteArray, model);
        QFETCH(int, source);
        RunRequest r = slug == "oversubscription"
            ? request(slug.constData(), model.constData(),
                      {{QStringLiteral("tasks"), QStringLiteral("64")},
                       {QStringLiteral("total_ms"), QStringLiteral("300")}})
            : request(slug.constData(), model.constData(),
                      {{QStringLiteral("total_ms"), QStringLiteral("60")}});
        r.source = Source(source);
        const RunReport report = runToEnd(r);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(report.message));
        if (report.source != Source(source))
            QSKIP("this machine does not allow this source");
        QCOMPARE(report.eventsDropped, std::uint64_t(0));
        QCOMPARE(report.recordsLost, std::uint64_t(0));
        QCOMPARE(report.eventsLate, std::uint64_t(0));
        checkInvariants(*report.trace);
    }

    void aTaskRunsForItsWorkAndWithinItsLife()
    {
        const RunReport report =
            runToEnd(request("primes", "threads",
                             {{QStringLiteral("tasks"), QStringLiteral("2")},
                              {QStringLiteral("work_ms"), QStringLiteral("100")}}));
        if (report.source != Source::Kernel && report.source != Source::KernelWide)
            QSKIP("needs the kernel as source");
        for (const TaskStatistics &task : tasksOf(report)) {
            QVERIFY(task.running > 20 * kMillisecond);
            QVERIFY(task.running <= task.end - task.start);
        }
    }

    void aSpareHostMakesNoDifferenceToTheResult()
    {
        RunController controller;
        QSignalSpy spy(&controller, &RunController::finished);
        controller.prepare(true);
        RunRequest r = request("primes", "threads",
                               {{QStringLiteral("tasks"), QStringLiteral("2")},
                                {QStringLiteral("work_ms"), QStringLiteral("50")}});
        r.background = true;
        r.keepSpare = true;
        for (int i = 0; i < 3; ++i) {
            controller.start(r);
            QVERIFY(spy.wait(30'000));
            const auto report = spy.takeFirst().first().value<RunReport>();
            QCOMPARE(int(report.outcome), int(RunOutcome::Finished));
            QCOMPARE(tasksOf(report).size(), std::size_t(2));
            QVERIFY(report.priority.contains(QStringLiteral("own session")));
        }
    }

    void aQueueRunsEveryModelInTurn()
    {
        RunController controller;
        RunQueue queue(controller);
        QSignalSpy all(&queue, &RunQueue::allFinished);
        const RunRequest r = request("two-sleepers", "threads",
                                     {{QStringLiteral("iterations"), QStringLiteral("1")},
                                      {QStringLiteral("period_ms"), QStringLiteral("50")}});
        queue.start(comparisonRequests(r, r.set.models, 1));
        QVERIFY(all.wait(60'000));
        QStringList models;
        for (const RunReport &report : queue.reports())
            models << report.model;
        QCOMPARE(models, r.set.models);
    }

    void cancellingAQueueDropsTheRest()
    {
        RunController controller;
        RunQueue queue(controller);
        QSignalSpy started(&queue, &RunQueue::runStarted);
        QSignalSpy all(&queue, &RunQueue::allFinished);
        const RunRequest r = request("two-sleepers", "threads");
        queue.start(comparisonRequests(r, r.set.models, 3));
        QVERIFY(started.wait(10'000));
        queue.cancel();
        QVERIFY(all.wait(10'000));
        QCOMPARE(queue.reports().size(), std::size_t(1));
        QCOMPARE(int(queue.reports().front().outcome), int(RunOutcome::Cancelled));
    }

    void twoTasksSleepTogetherInEveryModelButOne()
    {
        const std::vector<std::pair<QString, QString>> params{
            {QStringLiteral("iterations"), QStringLiteral("2")},
            {QStringLiteral("period_ms"), QStringLiteral("100")}};
        for (const char *model : {"threads", "pool", "processes", "coroutines"}) {
            const RunReport report = runToEnd(request("two-sleepers", model, params));
            QCOMPARE(report.lines.size(), std::size_t(4));
            QCOMPARE(tasksOf(report).size(), std::size_t(2));
            // From the trace's own times: both were in progress at once.
            const auto t = tasksOf(report);
            const DurationNs both = std::min(t[0].end, t[1].end) - std::max(t[0].start, t[1].start);
            QVERIFY2(both > 100 * kMillisecond, model); // of 200; in turns it would be nothing
        }
        const RunReport serial = runToEnd(request("two-sleepers", "sequential", params));
        const auto t = tasksOf(serial);
        QVERIFY(t[1].start >= t[0].end || t[1].queued > 190 * kMillisecond);
    }
};

QTEST_GUILESS_MAIN(TestRunController)
#include "tst_runcontroller.moc"
