// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/topology.h"
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

constexpr DurationNs kStagger = 60 * kMillisecond;

bool knowsSwitches(const RunReport &report)
{
    return report.source == Source::Kernel || report.source == Source::KernelWide;
}

/// The cores on which the run's tasks were.
std::set<CoreId> coresOf(const RunReport &report)
{
    std::set<CoreId> cores;
    for (const TaskStatistics &task : report.statistics.tasks) {
        const TrackIndex track = report.trace->task(task.id).track.load();
        if (track == kNoTrack)
            continue;
        for (const Slice &slice : slicesOf(report, track)) {
            if (slice.state == SliceState::Running)
                cores.insert(slice.core);
        }
    }
    return cores;
}

const TaskStatistics *mainOf(const RunReport &report)
{
    const auto &tasks = report.statistics.tasks;
    const auto found = std::find_if(tasks.begin(), tasks.end(), [](const TaskStatistics &task) {
        return task.kind == TaskKind::Main;
    });
    return found == tasks.end() ? nullptr : &*found;
}

} // namespace

/// What sets have in common: the cores that a run may use, and the pause between the starts of its tasks.
class TestProofCommonParameters : public QObject
{
    Q_OBJECT

private:
    static RunReport runPrimes(const QByteArray &model, int cores)
    {
        return runSet(
            "primes", model.constData(),
            {{u"tasks"_s, u"3"_s}, {u"work_ms"_s, u"50"_s}, {u"cores"_s, QString::number(cores)}});
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void aRunStaysOnTheCoresItIsAllowed_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model :
             {"sequential", "threads", "pool", "processes", "coroutines", "gil"})
            QTest::newRow(model) << QByteArray(model);
    }
    void aRunStaysOnTheCoresItIsAllowed()
    {
        QFETCH(QByteArray, model);
        const RunReport report = runPrimes(model, 1);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.params.value("cores"_L1).toInt(), 1);
        QCOMPARE(tasksOf(report).size(), std::size_t(3));
        if (model == "pool") { // as wide as the cores that there are for it
            std::set<pid_t> threads;
            for (const TaskStatistics &task : tasksOf(report))
                threads.insert(task.tid);
            QCOMPARE(threads.size(), std::size_t(1));
        }
        if (!knowsSwitches(report))
            QSKIP("needs the kernel as source");
        QVERIFY2(coresOf(report).size() == 1, qPrintable(outcomeText(report)));
        QCOMPARE(report.statistics.overlap, DurationNs(0));
        QVERIFY(report.statistics.peakParallelism <= 1);
    }

    void moreThanThereAreIsAllOfThem()
    {
        const int cores = int(allowedCores().size());
        if (cores < 2)
            QSKIP("needs two cores");
        for (const int allowed : {0, cores, 256}) {
            const RunReport report = runPrimes("threads", allowed);
            QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
            if (!knowsSwitches(report))
                QSKIP("needs the kernel as source");
            QVERIFY2(report.statistics.overlap > 0, qPrintable(outcomeText(report)));
        }
    }

    void tasksStartOneAfterAnother_data()
    {
        QTest::addColumn<QByteArray>("model");
        for (const char *model : {"threads", "pool", "processes", "coroutines", "gil"})
            QTest::newRow(model) << QByteArray(model);
    }
    void tasksStartOneAfterAnother()
    {
        QFETCH(QByteArray, model);
        const RunReport report =
            runSet("two-sleepers", model.constData(),
                   {{u"tasks"_s, u"4"_s},
                    {u"iterations"_s, u"1"_s},
                    {u"period_ms"_s, u"50"_s}, // the first has ended before the third begins
                    {u"start_stagger_ms"_s, QString::number(kStagger / kMillisecond)}});
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const TaskStatistics *const main = mainOf(report);
        std::vector<TaskStatistics> tasks = tasksOf(report);
        QVERIFY(main != nullptr);
        QCOMPARE(tasks.size(), std::size_t(4));
        std::sort(tasks.begin(), tasks.end(),
                  [](const TaskStatistics &a, const TaskStatistics &b) { return a.id < b.id; });
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            QCOMPARE(int(tasks[i].outcome), int(TaskOutcome::Finished));
            // Main has paused so often before; that a task begins late proves nothing.
            const DurationNs after = tasks[i].start - main->start;
            QVERIFY2(
                after >= DurationNs(i) * kStagger,
                qPrintable(u"task %1 began after %2 ms"_s.arg(i + 1).arg(after / kMillisecond)));
        }
    }

    void aStopEndsThePauses_data() { tasksStartOneAfterAnother_data(); }
    void aStopEndsThePauses()
    {
        QFETCH(QByteArray, model);
        static const Catalogue catalogue = Catalogue::load().value();
        RunRequest request;
        request.set = catalogue.named(u"two-sleepers"_s).value();
        request.model = QString::fromLatin1(model);
        request.params = checkedParameters(request.set,
                                           {{u"tasks"_s, u"32"_s},
                                            {u"start_stagger_ms"_s, u"500"_s},
                                            {u"period_ms"_s, u"2000"_s}})
                             .value();
        RunController controller;
        QSignalSpy printed(&controller, &RunController::linePrinted);
        QSignalSpy finished(&controller, &RunController::finished);
        controller.start(request);
        QVERIFY(!printed.isEmpty() || printed.wait(20'000)); // the first one is at work
        controller.stop();
        QVERIFY(!finished.isEmpty() || finished.wait(20'000));
        const auto report = finished.first().first().value<RunReport>();
        QVERIFY2(report.outcome == RunOutcome::Cancelled, qPrintable(outcomeText(report)));
        for (const TaskStatistics &task : tasksOf(report))
            QVERIFY2(task.outcome == TaskOutcome::Cancelled
                         || task.outcome == TaskOutcome::NeverStarted,
                     task.name.c_str());
    }
};

QTEST_GUILESS_MAIN(TestProofCommonParameters)
#include "tst_proofcommonparameters.moc"
