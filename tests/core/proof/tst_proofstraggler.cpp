// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

#include <cmath>
#include <thread>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S23: each phase lasts as long as its slowest task, and the others wait for the rest of it.
class TestProofStraggler : public QObject
{
    Q_OBJECT

private:
    static constexpr int kPhases = 3;

    static RunReport run(const char *model, int tasks, int workMs, double factor)
    {
        return runSet("straggler", model,
                      {{u"tasks"_s, QString::number(tasks)},
                       {u"phases"_s, QString::number(kPhases)},
                       {u"work_ms"_s, QString::number(workMs)},
                       {u"straggler"_s, QString::number(factor)}});
    }
    static bool isStraggler(const TaskStatistics &task) { return task.name == "straggler"; }
    static std::vector<MarkInfo> openings(const RunReport &report)
    {
        std::vector<MarkInfo> marks;
        for (std::size_t i = 0; i < report.trace->marks().size(); ++i) {
            if (report.trace->marks()[i].kind == MarkKind::Barrier)
                marks.push_back(report.trace->marks()[i]);
        }
        return marks;
    }

    static constexpr int kWorkMs = 60;
    static constexpr double kFactor = 2;
    static constexpr double kAsked = kPhases * kWorkMs * double(kMillisecond); ///< of the quick one
    static constexpr auto kTheory = DurationNs(kAsked * (kFactor - 1)); ///< lost, by the parameters

    struct Times {
        DurationNs wasted = 0, slow = 0, quick = 0, ready = 0;
    };
    static Times timesOf(const RunReport &report)
    {
        Times times;
        for (const TaskStatistics &task : tasksOf(report)) {
            times.wasted += waitOf(report, task, WaitReason::Barrier);
            (isStraggler(task) ? times.slow : times.quick) += task.running;
            times.ready += task.runnable;
        }
        return times;
    }
    /// Why the waits are not only for one another; empty when they are.
    static QString whyNoWaits(const RunReport &report)
    {
        if (timesOf(report).ready > kTheory / 20)
            return u"the tasks had to wait for cores during this run"_s;
        return disturbance(report);
    }
    /// Why the parameters do not foretell the times; empty when they do.
    static QString whyNoTheory(const RunReport &report)
    {
        const Times times = timesOf(report);
        if (std::abs(double(times.quick) - kAsked) > 0.05 * kAsked
            || std::abs(double(times.slow) - kFactor * kAsked) > 0.05 * kFactor * kAsked)
            return u"the processor is not as fast now as when it was measured"_s;
        return whyNoWaits(report);
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theBarrierOpensOnceAPhase_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("tasks");
        for (const char *model : {"threads", "pool", "processes", "coroutines"})
            QTest::addRow("%s", model) << QByteArray(model) << 2;
        QTest::newRow("five threads") << QByteArray("threads") << 5;
    }
    void theBarrierOpensOnceAPhase()
    {
        QFETCH(QByteArray, model);
        QFETCH(int, tasks);
        const RunReport report = run(model.constData(), tasks, 5, 3);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        QCOMPARE(report.result.value("phases"_L1).toInt(), kPhases);
        const std::vector<MarkInfo> opened = openings(report);
        QCOMPARE(opened.size(), std::size_t(kPhases));
        for (std::size_t i = 1; i < opened.size(); ++i)
            QVERIFY(opened[i].time > opened[i - 1].time);
        QCOMPARE(int(tasksOf(report).size()), tasks);
        QVERIFY(report.sentence.contains(u"came last"_s));
        QCOMPARE(report.sentence.contains(u"One thread carried them all"_s),
                 model == QByteArray("coroutines"));
    }

    void theTimeThatIsLostIsThatBetweenTheSlowestAndTheOthers()
    {
        if (std::thread::hardware_concurrency() < 2)
            QSKIP("needs two cores");
        const RunReport report = tried([] { return run("threads", 2, kWorkMs, kFactor); },
                                       [](const RunReport &r) { return whyNoTheory(r).isEmpty(); });
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (!knowsEachSwitch(report))
            QSKIP("needs the kernel as source");
        const Times times = timesOf(report);
        QVERIFY(times.slow > times.quick);
        for (const MarkInfo &mark : openings(report))
            QCOMPARE(report.trace->taskName(mark.task), std::string("straggler"));
        if (const QString why = whyNoWaits(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        // By the times on cores that this very run shows.
        const QString told = u"%1 ns lost, %2 ns and %3 ns on cores"_s.arg(times.wasted)
                                 .arg(times.slow)
                                 .arg(times.quick);
        QVERIFY2(std::abs(times.wasted - (times.slow - times.quick)) <= kTheory / 10,
                 qPrintable(told));
        // And by the parameters, where the processor is now as fast as when it was measured.
        if (const QString why = whyNoTheory(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        QVERIFY2(std::abs(times.wasted - kTheory) <= kTheory / 10, qPrintable(told));
        // Each phase lasts as long as its slowest task.
        const double phases = double(report.statistics.wall) / (kFactor * kAsked);
        QVERIFY2(phases > 0.9 && phases < 1.15, qPrintable(QString::number(phases)));
    }

    void withoutAStragglerHardlyAnythingIsLost()
    {
        if (std::thread::hardware_concurrency() < 2)
            QSKIP("needs two cores");
        const RunReport even = run("threads", 2, kWorkMs, 1);
        const RunReport uneven = run("threads", 2, kWorkMs, 3);
        QVERIFY2(even.outcome == RunOutcome::Finished, qPrintable(outcomeText(even)));
        QVERIFY2(uneven.outcome == RunOutcome::Finished, qPrintable(outcomeText(uneven)));
        const auto lost = [](const RunReport &report) {
            DurationNs sum = 0;
            for (const TaskStatistics &task : tasksOf(report))
                sum += waitOf(report, task, WaitReason::Barrier);
            return sum;
        };
        for (const RunReport *report : {&even, &uneven}) {
            if (const QString why = disturbance(*report); !why.isEmpty())
                QSKIP(qPrintable(why));
        }
        QVERIFY(lost(uneven) > 3 * lost(even));
    }
};

QTEST_GUILESS_MAIN(TestProofStraggler)
#include "tst_proofstraggler.moc"
