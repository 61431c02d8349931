// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
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
        constexpr int kWorkMs = 60;
        constexpr double kFactor = 2;
        if (std::thread::hardware_concurrency() < 2)
            QSKIP("needs two cores");
        const RunReport report = run("threads", 2, kWorkMs, kFactor);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        if (report.source != Source::Kernel && report.source != Source::KernelWide)
            QSKIP("needs the kernel as source");
        DurationNs wasted = 0, slow = 0, quick = 0, ready = 0;
        for (const TaskStatistics &task : tasksOf(report)) {
            wasted += waitOf(report, task, WaitReason::Barrier);
            (isStraggler(task) ? slow : quick) += task.running;
            ready += task.runnable;
        }
        QVERIFY(slow > quick);
        for (const MarkInfo &mark : openings(report))
            QCOMPARE(report.trace->taskName(mark.task), std::string("straggler"));
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        const DurationNs theory =
            DurationNs(kPhases * kWorkMs * (kFactor - 1) * double(kMillisecond));
        if (ready > theory / 20)
            QSKIP("the tasks had to wait for cores during this run");
        // By the times on cores that this very run shows.
        const QString told =
            u"%1 ns lost, %2 ns and %3 ns on cores"_s.arg(wasted).arg(slow).arg(quick);
        QVERIFY2(std::abs(wasted - (slow - quick)) <= theory / 10, qPrintable(told));
        // And by the parameters, where the processor is now as fast as when it was measured.
        const double asked = kPhases * kWorkMs * double(kMillisecond);
        if (std::abs(double(quick) - asked) > 0.05 * asked
            || std::abs(double(slow) - kFactor * asked) > 0.05 * kFactor * asked)
            QSKIP("the processor is not as fast now as when it was measured");
        QVERIFY2(std::abs(wasted - theory) <= theory / 10, qPrintable(told));
        // Each phase lasts as long as its slowest task.
        const double phases = double(report.statistics.wall) / (kFactor * asked);
        QVERIFY2(phases > 0.9 && phases < 1.15, qPrintable(QString::number(phases)));
    }

    void withoutAStragglerHardlyAnythingIsLost()
    {
        constexpr int kWorkMs = 60;
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
