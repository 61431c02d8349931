// SPDX-FileCopyrightText: 2026 The Interleave authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/proof/attempts.h"
#include "tests/core/proof/sharedobjects.h"

#include <QTest>

using namespace Interleave;
using namespace Interleave::Support;
using namespace Qt::StringLiterals;

/// S18: never more inside than there are permits, and as many as there are.
class TestProofPermits : public QObject
{
    Q_OBJECT

private:
    static RunReport run(const char *model, int tasks, int permits, int holdMs,
                         const QString &use = u"shared-memory"_s)
    {
        return runSet("permits", model,
                      {{u"tasks"_s, QString::number(tasks)},
                       {u"permits"_s, QString::number(permits)},
                       {u"hold_ms"_s, QString::number(holdMs)},
                       {u"processes_use"_s, use}});
    }

private slots:
    void initTestCase() { qRegisterMetaType<Interleave::RunReport>(); }

    void thePeakInsideIsTheNumberOfPermits_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("use");
        QTest::addColumn<int>("permits");
        QTest::addColumn<unsigned>("most");
        QTest::newRow("threads") << QByteArray("threads") << u"shared-memory"_s << 3 << 3u;
        QTest::newRow("pool") << QByteArray("pool") << u"shared-memory"_s << 3 << 3u;
        QTest::newRow("processes") << QByteArray("processes") << u"shared-memory"_s << 3 << 3u;
        QTest::newRow("processes, lock files")
            << QByteArray("processes") << u"lock-files"_s << 3 << 3u;
        QTest::newRow("coroutines") << QByteArray("coroutines") << u"shared-memory"_s << 3 << 3u;
        QTest::newRow("one after another")
            << QByteArray("sequential") << u"shared-memory"_s << 3 << 1u;
        QTest::newRow("a single permit") << QByteArray("threads") << u"shared-memory"_s << 1 << 1u;
        QTest::newRow("more permits than tasks")
            << QByteArray("threads") << u"shared-memory"_s << 20 << 7u;
    }
    void thePeakInsideIsTheNumberOfPermits()
    {
        QFETCH(QByteArray, model);
        QFETCH(QString, use);
        QFETCH(int, permits);
        QFETCH(unsigned, most);
        const RunReport report = run(model.constData(), 7, permits, 60, use);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<Slice> held = heldSlices(report, "permits");
        QVERIFY(!held.empty());
        QVERIFY2(mostHolders(held) <= unsigned(permits), "more inside than permits");
        PROVE(mostHolders(held) == most, QString::number(mostHolders(held)), disturbance(report));
        QCOMPARE(report.result.value("peak_inside"_L1).toInt(), int(most)); // by their own count
        QCOMPARE(report.result.value("lock_files"_L1).toBool(), use == "lock-files"_L1);
        QVERIFY(report.sentence.contains(u"at most %1 held one"_s.arg(most)));
    }

    void theTimeIsThatOfTheWaves_data()
    {
        QTest::addColumn<int>("permits");
        QTest::addColumn<int>("waves");
        QTest::newRow("3 permits") << 3 << 4;
        QTest::newRow("4 permits") << 4 << 3;
    }
    void theTimeIsThatOfTheWaves()
    {
        QFETCH(int, permits);
        QFETCH(int, waves);
        constexpr int kHoldMs = 60;
        const RunReport report = run("threads", 12, permits, kHoldMs);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        const std::vector<Slice> held = heldSlices(report, "permits");
        QVERIFY(!held.empty());
        // From the first permit taken to the last given back.
        const DurationNs took = held.back().end - held.front().begin;
        const DurationNs ideal = waves * kHoldMs * kMillisecond;
        QVERIFY2(took >= ideal, qPrintable(QString::number(took)));
        if (const QString why = disturbance(report); !why.isEmpty() && took > ideal * 115 / 100)
            QSKIP(qPrintable(why));
        QVERIFY2(took <= ideal * 115 / 100, qPrintable(QString::number(took)));
    }

    void whoeverComesLaterWaitsForThoseBefore()
    {
        constexpr int kHoldMs = 60;
        const RunReport report = run("threads", 4, 1, kHoldMs);
        QVERIFY2(report.outcome == RunOutcome::Finished, qPrintable(outcomeText(report)));
        std::vector<DurationNs> waits;
        for (const TaskStatistics &task : tasksOf(report))
            waits.push_back(waitOf(report, task, WaitReason::Semaphore));
        std::sort(waits.begin(), waits.end());
        QCOMPARE(waits.size(), std::size_t(4));
        // Whoever comes n-th waits for n - 1 holds, less the little by which it began later.
        constexpr DurationNs kLate = 20 * kMillisecond;
        if (const QString why = disturbance(report); !why.isEmpty())
            QSKIP(qPrintable(why));
        for (int i = 0; i < 4; ++i)
            QVERIFY2(waits[std::size_t(i)] >= i * kHoldMs * kMillisecond - kLate,
                     qPrintable(QString::number(waits[std::size_t(i)])));
    }
};

QTEST_GUILESS_MAIN(TestProofPermits)
#include "tst_proofpermits.moc"
