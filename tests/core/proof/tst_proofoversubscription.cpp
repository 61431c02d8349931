// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

namespace
{

constexpr int kAttempts = 3;

bool knowsTotals(const RunReport &report)
{
    return report.source == Source::Kernel || report.source == Source::KernelWide;
}

DurationNs cpuOf(const RunReport &report)
{
    DurationNs sum = 0;
    for (const TaskStatistics &task : tasksOf(report))
        sum += task.running;
    return sum;
}

} // namespace

/// S27, where every task brings its own work (fixed per task): more tasks have more to do.
class TestProofOversubscription : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const QByteArray &model, const char *fixed, int tasks)
    {
        return runSet("oversubscription", model.constData(),
                      {{u"tasks"_s, QString::number(tasks)},
                       {u"fixed"_s, QString::fromLatin1(fixed)},
                       {u"total_ms"_s, u"160"_s},
                       {u"each_ms"_s, u"40"_s}});
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void theWorkGrowsWithTheTasksOrDoesNot_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("fixed");
        QTest::addColumn<double>("expected"); // times as much work for four times the tasks
        for (const char *model : {"threads", "pool", "processes", "coroutines", "sequential"}) {
            QTest::addRow("per task, %s", model)
                << QByteArray(model) << QByteArray("per-task") << 4.0;
            QTest::addRow("in all, %s", model) << QByteArray(model) << QByteArray("in-all") << 1.0;
        }
    }
    void theWorkGrowsWithTheTasksOrDoesNot()
    {
        QFETCH(QByteArray, model);
        QFETCH(QByteArray, fixed);
        QFETCH(double, expected);
        double ratio = 0;
        QString spoiltBy;
        const auto isAsItShould = [&] { return ratio > 0.7 * expected && ratio < 1.4 * expected; };
        for (int i = 0; i < kAttempts && !isAsItShould(); ++i) {
            const RunReport few = run(model, fixed.constData(), 3);
            const RunReport many = run(model, fixed.constData(), 12);
            QVERIFY2(few.outcome == RunOutcome::Finished, qPrintable(outcomeText(few)));
            QVERIFY2(many.outcome == RunOutcome::Finished, qPrintable(outcomeText(many)));
            if (!knowsTotals(few) || !knowsTotals(many))
                QSKIP("needs the kernel as source");
            QCOMPARE(many.sentence.contains(u"12 tasks of 40"_s), expected > 1);
            QCOMPARE(many.sentence.contains(u"times its work"_s), expected > 1);
            ratio = double(cpuOf(many)) / double(std::max<DurationNs>(1, cpuOf(few)));
            spoiltBy = firstReason({disturbance(few), disturbance(many)});
        }
        if (!isAsItShould() && !spoiltBy.isEmpty())
            QSKIP(qPrintable(spoiltBy));
        QVERIFY2(isAsItShould(), qPrintable(QString::number(ratio)));
    }
};

QTEST_GUILESS_MAIN(TestProofOversubscription)
#include "tst_proofoversubscription.moc"
